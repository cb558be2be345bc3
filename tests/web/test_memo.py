"""The memo for the investment committee, and the portfolio, in the browser."""

import io
from datetime import timedelta

import docx
import openpyxl
import pytest
from pypdf import PdfReader
from sqlmodel import select

from matchmaker.services.calendar import today
from matchmaker.services.desk import history
from models.accounts import User
from models.base import new_id
from models.desk import Deal
from models.enums import ClauseForce, ClauseKind, StageKind
from models.funds import MandateClause
from models.rounds import FieldGrant, RoundMilestone
from tests import capital_records as capital
from tests import records as make
from tests.capital_records import Side
from tests.desk_records import make_desk
from tests.factories import make_member, make_user
from tests.web.conftest import post
from tests.web.test_base import assert_well_formed


class Case:
    """A fund with a mandate, a firm on its desk that keeps its R&D ratio back, and the manager in a browser."""

    def __init__(self, session, sign_in):
        self.session = session
        make.add_taxonomy(session)
        capital.add_rules(session)
        self.desk = make_desk(session)
        side = Side(self.desk.fund, self.desk.manager)
        self.mandate = capital.mandate(
            session,
            side,
            fields={"nev-cockpit": True},
            name_zh="天使方案",
            name_en="Angel mandate",
            stages=["angel"],
            rd_ratio_low=0.03,
            valuation_high=3e7,
            ticket_low=1e6,
            ticket_high=5e6,
            edition=2,
        )
        self.firm = capital.firm(session, name_zh="重庆屏联智舱科技有限公司", name_en="Pinglian Smart Cockpit")
        self.round = capital.open_round(session, self.firm)
        session.add(RoundMilestone(round_id=self.round.id, trl=7, month=10, cost=2e6, title_zh="整车路试"))
        self.deal = Deal(
            list_id=self.desk.deal_list.id,
            organisation_id=self.desk.fund.id,
            candidate_id=self.firm.organisation.id,
            round_id=self.round.id,
            stage_id=self.desk.stage(StageKind.DILIGENCE).id,
            amount=2e6,
            override="委员会特批",
        )
        session.add(self.deal)
        session.commit()
        self.url = f"/funds/desk/deals/{self.deal.id}/memo"
        self.browser = sign_in(session.get_one(User, self.desk.manager.user_id))

    def file(self, kind, language="zh"):
        response = self.browser.get(f"{self.url}/{kind}?mandate={self.mandate.id}&language={language}")
        assert response.status_code == 200
        return response.data


@pytest.fixture
def case(session, sign_in):
    return Case(session, sign_in)


def words_of_docx(content):
    word = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in word.paragraphs), *cells])


def test_the_memo_says_what_is_proposed_what_stands_against_it_and_what_is_unknown(case):
    page = case.browser.get(case.url)

    assert page.status_code == 200
    assert_well_formed(page.text)
    assert "重庆屏联智舱科技有限公司拟融资 500万元（天使轮）" in page.text
    assert "基金拟投资 200万元" in page.text
    assert "委员会特批" in page.text
    assert "企业尚未向基金提供本轮融资的估值、费用和限制条件" in page.text


def test_the_memo_says_what_stake_the_amount_buys_and_which_terms_it_breaks(case, session):
    case.round.valuation = 1.5e7
    case.deal.amount = 6e6
    case.mandate.stake_high = 0.25
    session.add(
        FieldGrant(organisation_id=case.firm.organisation.id, field="round_figures", grantee_id=case.desk.fund.id)
    )
    session.commit()

    page = case.browser.get(case.url).text

    assert "按本轮条件约持股30%" in page
    assert "拟投资金额600万元高于投资方案的单笔上限500万元" in page
    assert "可持股30%，超过投资方案的持股上限25%" in page


def test_word_pdf_and_workbook_say_the_same_in_either_language(case):
    for language, name, clause in (("zh", "重庆屏联智舱", "研发投入占比"), ("en", "Pinglian", "R&D spending")):
        assert name in words_of_docx(case.file("docx", language))
        assert clause in words_of_docx(case.file("docx", language))
        assert clause in "".join(one.extract_text() for one in PdfReader(io.BytesIO(case.file("pdf", language))).pages)
        book = openpyxl.load_workbook(io.BytesIO(case.file("xlsx", language)))
        assert any(clause in str(cell.value) for sheet in book for row in sheet.rows for cell in row)


def test_what_another_fund_of_the_same_manager_was_given_is_in_no_paper_of_this_one(case):
    other = capital.fund(case.session)
    case.session.add(make_member(case.session.get_one(User, case.desk.manager.user_id), other.organisation))
    case.session.add(
        FieldGrant(organisation_id=case.firm.organisation.id, field="round_figures", grantee_id=other.organisation.id)
    )
    case.session.commit()
    firm, fund = case.firm.organisation.id, case.desk.fund.id

    pages = [case.url, f"/funds/firms/{firm}?fund={fund}", f"/funds/compare?with={firm}&fund={fund}"]
    shown = [case.browser.get(page) for page in pages]

    assert [page.status_code for page in shown] == [200, 200, 200]
    assert not [page for page in shown if "4,000万元" in page.text]
    assert "4,000万元" in case.browser.get(f"/funds/firms/{firm}?fund={other.organisation.id}").text


def test_the_same_data_give_the_same_bytes(case):
    assert case.file("docx") == case.file("docx")
    assert case.file("xlsx") == case.file("xlsx")


def test_what_the_firm_keeps_back_is_unknown_in_it_and_known_once_it_is_given(case):
    assert "4,000万元" not in case.browser.get(case.url).text

    case.session.add(
        FieldGrant(
            organisation_id=case.firm.organisation.id,
            field="round_figures",
            grantee_id=case.desk.fund.id,
            purpose="test",
        )
    )
    case.session.commit()
    page = case.browser.get(case.url).text

    assert "4,000万元" in page
    assert "不符合：投前估值上限" in page
    assert "<svg" in page


def test_the_history_keeps_that_it_was_made(case):
    made = post(case.browser, case.url, {"mandate": str(case.mandate.id), "format": "pdf", "language": "en"})

    assert made.status_code == 302
    assert made.location.endswith(f"/memo/pdf?mandate={case.mandate.id}&language=en")
    case.session.rollback()
    assert history.has_memo(case.session, case.deal)


@pytest.mark.parametrize(("days", "told", "held"), [(-30, "资质已过期", "到期）"), (30, "即将到期", "（有效期至")])
def test_what_has_expired_is_not_said_to_run_out_one_day(case, days, told, held):
    capital.certify(case.session, case.firm, valid_until=today() + timedelta(days=days))
    case.session.commit()

    page = case.browser.get(case.url).text

    assert told in page
    assert held in page


def test_a_format_that_there_is_not_is_not_found(case):
    assert case.browser.get(f"{case.url}/odt").status_code == 404


def test_a_fund_without_a_mandate_is_told_what_to_do(case):
    case.session.delete(case.mandate)
    case.session.commit()

    assert "请先发布方案" in case.browser.get(case.url).text


def test_nobody_else_reads_the_memo(case, session, sign_in):
    stranger = make_user()
    session.add(stranger)
    session.commit()

    assert sign_in(stranger).get(case.url).status_code == 404
    assert sign_in(session.get_one(User, case.firm.actor.user_id)).get(f"{case.url}/docx").status_code == 404


def test_a_clause_that_the_fund_words_itself_stands_in_its_words(case):
    words = "研发投入须达到三个百分点"
    case.session.add(
        MandateClause(mandate_id=case.mandate.id, kind=ClauseKind.RD_RATIO, force=ClauseForce.HARD, text_zh=words)
    )
    case.session.commit()

    assert words in case.browser.get(case.url).text


def test_the_portfolio_holds_what_was_paid_against_what_was_promised(case):
    deal = case.session.exec(select(Deal)).one()
    deal.stage_id, deal.amount = case.desk.stage(StageKind.PORTFOLIO).id, 3e6
    case.mandate.main_field_share = 0.6
    case.desk.deal_list.mandate_id = case.mandate.id
    case.session.commit()

    page = case.browser.get("/funds/portfolio")

    assert page.status_code == 200
    assert_well_formed(page.text)
    assert "300万元" in page.text
    assert "约定 60%" in page.text
    assert "<svg" in page.text


def test_a_portfolio_with_nothing_paid_says_so(case):
    assert "尚无投资记录" in case.browser.get("/funds/portfolio").text


def test_somebody_without_a_fund_is_told_where_to_begin(session, sign_in):
    person = make_user(id=new_id())
    session.add(person)
    session.commit()
    browser = sign_in(person)

    assert "/organisations/join" in browser.get("/funds/portfolio").text
    assert "/organisations/join" in browser.get("/funds/dossiers").text
