"""A firm and its money in the browser: a round in steps, dossiers, what funds ask, who pays when."""

from datetime import timedelta

import pytest
from lxml import html  # type: ignore[import-untyped]
from sqlmodel import select

from matchmaker.services.calendar import today
from models.enums import ClauseKind, DossierState, Grade, QuestionState, RoundState
from models.rounds import Dossier, FactQuestion, FieldGrant, Round, RoundMilestone, RoundSupport
from models.taxonomy import FieldGradeDefault
from tests import records as make
from tests.factories import make_fund, make_mandate, make_member, make_user
from tests.web.conftest import post
from tests.web.test_base import assert_well_formed

FIGURES = {
    "amount": "500",
    "stage": "angel",
    "valuation": "4000",
    "use_zh": "用于座舱域控制器的样件试制、台架验证与首批产线工装。",
    "closes_on": (today() + timedelta(days=90)).isoformat(),
}
WAY = {
    "trl": "5",
    "milestones-0-trl": "6",
    "milestones-0-month": "8",
    "milestones-0-cost": "200",
    "milestones-0-title_zh": "样件通过台架试验",
    "market_months": "24",
    "exit_months": "60",
}
MONEY = {
    "supports-0-kind": "innovation_voucher",
    "supports-0-amount": "20",
    "supports-0-month": "2",
    "stake_most": "20",
    "funds_most": "3",
}


class Firm:
    """A firm's owner in a browser, on the way to an open round."""

    def __init__(self, session, browser, organisation):
        self.session, self.browser, self.organisation = session, browser, organisation

    @property
    def round(self) -> Round:
        self.session.rollback()  # a new look at what requests have committed
        return self.session.exec(select(Round).where(Round.organisation_id == self.organisation.id)).one()

    def start(self, **changed):
        return post(self.browser, f"/organisations/{self.organisation.id}/rounds/new", {**FIGURES, **changed})

    def save(self, step, data, **changed):
        shown = {"version": str(self.round.version)}
        return post(self.browser, f"/capital/rounds/{self.round.id}/{step}", {**shown, **data, **changed})

    def open(self):
        assert self.start().status_code == 302
        assert self.save("way", WAY).status_code == 302
        assert self.save("money", MONEY).status_code == 302
        assert post(self.browser, f"/capital/rounds/{self.round.id}/open").status_code == 302
        return self.round


@pytest.fixture
def firm(session, sign_in, owner, organisation):
    make.add_taxonomy(session)
    grades = {"rounds": Grade.OPEN, "round_figures": Grade.CONDITIONAL, "rd_ratio": Grade.CONDITIONAL}
    for name, grade in grades.items():
        session.merge(FieldGradeDefault(field=name, grade=grade, source="test"))
    session.commit()
    return Firm(session, sign_in(owner), organisation)


class Fund:
    """A fund with a mandate, and its manager in a browser."""

    def __init__(self, session, sign_in):
        self.organisation, person = make_fund(name_zh="重庆云岭基金"), make_user()
        session.add_all([self.organisation, person])
        session.flush()
        self.mandate = make_mandate(self.organisation, name_zh="种子方案", stages=["angel"])
        session.add_all([self.mandate, make_member(person, self.organisation)])
        session.commit()
        self.browser = sign_in(person)


@pytest.fixture
def fund(session, sign_in):
    return Fund(session, sign_in)


def page(browser, url, status=200):
    response = browser.get(url)
    assert response.status_code == status, url
    assert_well_formed(response.text)
    return response.text


# --- The round ------------------------------------------------------------------------------------------------------


def test_a_round_is_written_in_steps_and_opened(firm):
    one = firm.open()

    assert (one.state, one.amount, one.valuation, one.stake_most) == (RoundState.OPEN, 5e6, 4e7, 0.2)
    (step,) = firm.session.exec(select(RoundMilestone))
    assert (step.trl, step.month, step.cost) == (6, 8, 2e6)
    (voucher,) = firm.session.exec(select(RoundSupport))
    assert (voucher.amount, voucher.month) == (2e5, 2)
    shown = page(firm.browser, f"/capital/rounds/{one.id}")
    assert "500万元" in shown
    assert "样件通过台架试验" in shown


def test_what_is_still_missing_is_named_before_it_is_opened(firm):
    firm.start(use_zh="")

    shown = page(firm.browser, f"/capital/rounds/{firm.round.id}/check")

    assert "至少一个里程碑" in shown
    assert "资金用途（至少 20 个字）" in shown
    assert post(firm.browser, f"/capital/rounds/{firm.round.id}/open").status_code == 422
    assert firm.round.state is RoundState.DRAFT


def test_a_figure_that_cannot_be_is_told_at_its_field_and_nothing_typed_is_lost(firm):
    response = firm.start(amount="-3", valuation="abc")

    assert response.status_code == 422
    assert 'value="-3"' in response.text
    assert 'value="abc"' in response.text
    assert firm.session.exec(select(Round)).first() is None


def test_milestones_out_of_order_are_refused_with_everything_typed(firm):
    firm.start()
    wrong = {"milestones-1-trl": "7", "milestones-1-month": "3", "milestones-1-cost": "90"}

    response = firm.save("way", {**WAY, **wrong})

    assert response.status_code == 422
    assert "成熟度 7 早于成熟度 6 达成" in response.text
    assert 'value="90"' in response.text


def test_a_milestone_with_a_month_alone_is_not_dropped_in_silence(firm):
    firm.start()

    response = firm.save("way", {"milestones-0-month": "5"})

    assert response.status_code == 422


def test_one_more_row_keeps_what_was_typed(firm):
    firm.start()

    response = firm.save("way", {**WAY, "action": "add-row"})

    assert response.status_code == 200
    assert 'name="milestones-1-trl"' in response.text
    assert "样件通过台架试验" in response.text


def test_two_colleagues_who_edit_the_same_round_lose_nothing(firm):
    firm.start()
    opened = str(firm.round.version)
    firm.save("figures", FIGURES, amount="600")

    response = firm.save("figures", FIGURES, amount="700", version=opened)

    assert response.status_code == 409
    assert firm.round.amount == 6e6
    assert 'value="700"' in response.text


def test_strangers_find_no_round(firm, session, sign_in):
    firm.start()
    stranger = make_user()
    session.add(stranger)
    session.commit()
    browser = sign_in(stranger)

    for path in ("", "/figures", "/way", "/money", "/check", "/end", "/funds", "/stacks"):
        assert browser.get(f"/capital/rounds/{firm.round.id}{path}").status_code == 404, path


def test_a_withdrawn_round_makes_room_for_the_next(firm):
    one = firm.open()
    page(firm.browser, f"/capital/rounds/{one.id}/end")

    assert post(firm.browser, f"/capital/rounds/{one.id}/end", {"how": "withdrawn"}).status_code == 302

    assert firm.round.state is RoundState.WITHDRAWN
    assert "开始融资" in page(firm.browser, "/capital")


def test_somebody_without_an_organisation_is_told_where_to_begin(session, sign_in):
    person = make_user()
    session.add(person)
    session.commit()

    assert "/organisations/join" in page(sign_in(person), "/capital")


# --- Dossiers -------------------------------------------------------------------------------------------------------


def dossier_of(session) -> Dossier:
    session.rollback()
    return session.exec(select(Dossier)).one()


def test_a_dossier_goes_to_one_fund_and_comes_back_with_a_reason(firm, fund, session):
    one = firm.open()
    form = f"/capital/rounds/{one.id}/dossiers/{fund.mandate.id}"
    assert "融资数据：估值、费用与限制" in page(firm.browser, form)

    sent = post(
        firm.browser, form, {"fields": ["round_figures"], "message": "盼面谈", "action": "send", "expires_on": ""}
    )
    assert sent.status_code == 302
    assert dossier_of(session).state is DossierState.SUBMITTED
    assert [one.field for one in session.exec(select(FieldGrant))] == ["round_figures"]

    assert firm.organisation.name_zh in page(fund.browser, "/funds/dossiers")
    received = f"/funds/dossiers/{dossier_of(session).id}"
    assert "盼面谈" in page(fund.browser, received)
    assert post(fund.browser, f"{received}/decline", {}).status_code == 422
    declined = {"decline-reason": "terms", "decline-clause": "valuation", "decline-answer": "投前估值偏高"}
    assert post(fund.browser, f"{received}/decline", declined).status_code == 302

    shown = page(firm.browser, f"/capital/rounds/{one.id}")
    assert "投前估值偏高" in shown
    assert "投前估值上限" in shown
    session.rollback()
    assert session.exec(select(FieldGrant)).first() is None


def test_a_dossier_says_which_kept_back_fields_this_funds_clauses_ask_for(firm, fund, session):
    one = firm.open()
    fund.mandate.valuation_high, fund.mandate.rd_ratio_low = 1e8, 0.03
    session.commit()

    shown = page(firm.browser, f"/capital/rounds/{one.id}/dossiers/{fund.mandate.id}")

    (panel,) = html.fromstring(shown).xpath("//*[h2[contains(., '本基金要核对的内容')]]")
    told = " ".join(panel.text_content().split())
    assert "融资数据：估值、费用与限制：投前估值上限" in told
    assert "研发投入占销售收入比例：研发投入占比" in told
    assert "联系人" not in told


def test_a_fund_takes_a_dossier_up_with_a_word(firm, fund, session):
    one = firm.open()
    post(firm.browser, f"/capital/rounds/{one.id}/dossiers/{fund.mandate.id}", {"action": "send"})

    answered = post(fund.browser, f"/funds/dossiers/{dossier_of(session).id}/take-up", {"answer": "下周联系"})

    assert answered.status_code == 302
    assert "下周联系" in page(firm.browser, f"/capital/rounds/{one.id}/dossiers/{fund.mandate.id}")


def test_what_is_only_saved_no_fund_sees(firm, fund, session):
    one = firm.open()
    post(firm.browser, f"/capital/rounds/{one.id}/dossiers/{fund.mandate.id}", {"message": "草稿", "action": "save"})

    assert firm.organisation.name_zh not in page(fund.browser, "/funds/dossiers")
    assert fund.browser.get(f"/funds/dossiers/{dossier_of(session).id}").status_code == 404


def test_a_dossier_is_taken_back(firm, fund, session):
    one = firm.open()
    post(firm.browser, f"/capital/rounds/{one.id}/dossiers/{fund.mandate.id}", {"action": "send"})

    post(firm.browser, f"/capital/dossiers/{dossier_of(session).id}/withdraw")

    assert dossier_of(session).state is DossierState.WITHDRAWN
    assert fund.browser.get(f"/funds/dossiers/{dossier_of(session).id}").status_code == 404


def test_two_colleagues_who_edit_one_dossier_lose_nothing(firm, fund, session):
    one = firm.open()
    form = f"/capital/rounds/{one.id}/dossiers/{fund.mandate.id}"
    post(firm.browser, form, {"message": "第一版", "action": "save"})
    opened = str(dossier_of(session).version)
    post(firm.browser, form, {"message": "第二版", "version": opened, "action": "save"})

    response = post(firm.browser, form, {"message": "第三版", "version": opened, "action": "save"})

    assert response.status_code == 409
    assert "第三版" in response.text
    assert dossier_of(session).message == "第二版"


# --- What funds ask -------------------------------------------------------------------------------------------------


@pytest.fixture
def question(firm, fund, session):
    firm.open()
    one = FactQuestion(mandate_id=fund.mandate.id, organisation_id=firm.organisation.id, kind=ClauseKind.RD_RATIO)
    session.add(one)
    session.commit()
    return one


def answered(firm, question, action, **data):
    prefix = f"q{question.id.hex[-8:]}-"
    typed = {f"{prefix}{name}": value for name, value in {"version": str(question.version), **data}.items()}
    response = post(firm.browser, f"/fund-questions/{question.id}", {**typed, "action": action})
    firm.session.rollback()  # a new look at what the request has committed
    firm.session.expire_all()
    return response


def test_a_firm_sees_what_funds_ask_and_shows_the_fact_to_that_fund_alone(firm, fund, question, session):
    assert "基金向您询问 1 项事实" in page(firm.browser, f"/capital/rounds/{firm.round.id}")
    assert "研发投入占比" in page(firm.browser, f"/organisations/{firm.organisation.id}/fund-questions")

    assert answered(firm, question, "show").status_code == 302

    assert session.get_one(FactQuestion, question.id).state is QuestionState.ANSWERED
    assert [(one.field, one.grantee_id) for one in session.exec(select(FieldGrant))] == [
        ("rd_ratio", fund.organisation.id)
    ]


def test_what_was_shown_is_taken_back(firm, question, session, sign_in):
    answered(firm, question, "show")
    grant = session.exec(select(FieldGrant)).one()
    url = f"/fund-grants/{grant.id}/take-back"
    assert "研发投入" in page(firm.browser, f"/organisations/{firm.organisation.id}/fund-questions")
    stranger = make_user()
    session.add(stranger)
    session.commit()

    assert post(sign_in(stranger), url).status_code == 404
    assert post(firm.browser, url).status_code == 302

    session.rollback()
    assert session.exec(select(FieldGrant)).first() is None


def test_an_answer_in_words_needs_words(firm, question):
    response = answered(firm, question, "say", answer="")

    assert response.status_code == 422
    assert question.state is QuestionState.ASKED


def test_a_firm_may_decline_to_say(firm, question, session):
    assert answered(firm, question, "decline", answer="上市前不披露").status_code == 302

    assert session.get_one(FactQuestion, question.id).state is QuestionState.DECLINED


def test_what_is_no_level_is_an_error_of_its_field_and_not_a_milestone_without_one(firm):
    firm.start()

    answer = firm.save("way", WAY, **{"milestones-0-trl": "nonsense"})

    assert answer.status_code == 422
    assert 'href="#milestones-0-trl"' in answer.text or 'id="milestones-0-trl-error"' in answer.text
    assert firm.session.exec(select(RoundMilestone)).all() == []
