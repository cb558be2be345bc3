"""Clearance in the browser: which firms pass a mandate, one firm clause by clause, questions and waivers."""

import re
from datetime import date

import pytest
from sqlmodel import select

from matchmaker.services.calendar import today
from models.base import new_id
from models.enums import (
    ClauseForce,
    ClauseKind,
    FinancingStage,
    Grade,
    MandateStatus,
    MembershipRole,
    PlatformRole,
    QuestionState,
)
from models.funds import ClauseDefault, ClauseWaiver, MandateClause
from models.organisations import FieldGrade
from models.rounds import FactQuestion
from models.taxonomy import FieldGradeDefault
from tests import records as make
from tests.factories import make_fund, make_mandate, make_member, make_round, make_user
from tests.web.conftest import post

USUAL = {
    ClauseKind.STATUS: ClauseForce.HARD,
    ClauseKind.REINVESTMENT: ClauseForce.SOFT,
    ClauseKind.STAFF: ClauseForce.HARD,
}


@pytest.fixture
def fund(session):
    make.add_taxonomy(session)
    session.merge(FieldGradeDefault(field="rounds", grade=Grade.OPEN, source="test"))
    session.merge(FieldGradeDefault(field="rd_ratio", grade=Grade.CONDITIONAL, source="test"))
    session.merge(FieldGradeDefault(field="round_figures", grade=Grade.CONDITIONAL, source="test"))
    session.add_all(
        ClauseDefault(kind=kind, force=USUAL.get(kind, ClauseForce.WAIVABLE), source="章程") for kind in ClauseKind
    )
    fund = make_fund(name_zh="重庆云岭基金")
    session.add(fund)
    session.commit()
    return fund


@pytest.fixture
def mandate(session, fund):
    mandate = make_mandate(
        fund,
        name_zh="种子方案",
        stages=["angel"],
        ticket_low=500_000.0,
        ticket_high=2_000_000.0,
        firm_age_high=5,
        staff_high=100,
        rd_ratio_low=0.03,
        reinvestment_multiple=1.2,
        started_on=date(2020, 1, 1),
        investment_years=5,
        exit_years=5,
    )
    session.add(mandate)
    session.commit()
    return mandate


@pytest.fixture
def firm_of(session, fund):
    """A firm with an open round; young and small where nothing else is said."""

    def add(name, *, amount=2_000_000.0, **facts):
        young = {"founded_on": date(today().year - 2, 1, 1), "staff": 20, "district_code": "500112", "rd_ratio": 0.0271}
        firm = make.organisation(session, name_zh=name, **(young | facts))
        session.add(make_round(firm, stage=FinancingStage.ANGEL, amount=amount, exit_months=120))
        session.commit()
        return firm

    return add


@pytest.fixture
def person_of(session, sign_in):
    def open_browser(*organisations, role=MembershipRole.OWNER):
        user = make_user()
        session.add(user)
        session.flush()
        session.add_all(make_member(user, one, role) for one in organisations)
        session.commit()
        return sign_in(user)

    return open_browser


@pytest.fixture
def manager(fund, person_of):
    return person_of(fund)


def text_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def row_of(page, kind):
    found = re.search(rf'<tr id="{kind}">.*?</tr>', page, re.S)
    assert found, f"no row of {kind}"
    return text_of(found[0])


# The list


def test_open_rounds_stand_by_verdict_with_the_clauses_in_their_way(mandate, manager, firm_of):
    firm_of("重庆青年科技")
    firm_of("重庆老字号科技", founded_on=date(1999, 1, 1))
    firm_of("重庆千人科技", staff=1000)

    page = manager.get(f"/funds/mandates/{mandate.id}/clearance").text

    assert page.index("重庆青年科技") < page.index("重庆老字号科技") < page.index("重庆千人科技")
    assert "3轮公开融资" in page
    assert "企业员工人数：不符合" in page


def test_filters_live_in_the_address_and_the_counts_are_of_all(mandate, manager, firm_of):
    firm_of("重庆青年科技")
    firm_of("重庆老字号科技", founded_on=date(1999, 1, 1))
    firm_of("重庆千人科技", staff=1000)
    url = f"/funds/mandates/{mandate.id}/clearance"

    stopped = manager.get(f"{url}?verdict=stopped").text
    by_age = manager.get(f"{url}?clause=firm_age").text
    to_waive = manager.get(f"{url}?clause=firm_age&outcome=waivable").text
    failing = manager.get(f"{url}?clause=firm_age&outcome=failed").text
    nonsense = manager.get(f"{url}?verdict=x&clause=y&page=99").text

    assert "重庆千人科技" in stopped
    assert "重庆青年科技" not in stopped
    assert f'href="{url}?verdict=to_ask"' in stopped
    assert "重庆老字号科技" in by_age
    assert "重庆千人科技" not in by_age
    assert "重庆老字号科技" in to_waive
    assert "0轮公开融资" in failing
    assert "3轮公开融资" in nonsense


def test_long_lists_come_in_pages(mandate, manager, firm_of):
    for number in range(23):
        firm_of(f"重庆第{number}家")

    first = manager.get(f"/funds/mandates/{mandate.id}/clearance").text
    second = manager.get(f"/funds/mandates/{mandate.id}/clearance?page=2").text

    assert first.count('<article class="panel result">') == 20
    assert second.count('<article class="panel result">') == 3


def test_without_open_rounds_the_page_says_so(mandate, manager):
    assert "目前没有企业在融资" in manager.get(f"/funds/mandates/{mandate.id}/clearance").text


def test_a_paused_mandate_says_why_nobody_passes(session, mandate, manager, firm_of):
    firm_of("重庆青年科技")
    mandate.status = MandateStatus.PAUSED
    session.commit()

    page = manager.get(f"/funds/mandates/{mandate.id}/clearance").text

    assert "拦下所有企业" in page


@pytest.mark.parametrize("path", ["clearance", "firms/{firm}", "firms/{firm}/waive/firm_age"])
def test_clearance_is_for_the_fund_alone(session, mandate, firm_of, person_of, sign_in, path):
    firm = firm_of("重庆老字号科技", founded_on=date(1999, 1, 1))
    rival = make_fund(name_zh="对手基金")
    session.add(rival)
    session.commit()
    url = f"/funds/mandates/{mandate.id}/{path.format(firm=firm.id)}"

    assert person_of(rival).get(url).status_code in {403, 404}
    assert person_of(firm).get(url).status_code in {403, 404}


def test_an_officer_may_look_and_not_act(session, mandate, firm_of, sign_in):
    firm = firm_of("重庆老字号科技", founded_on=date(1999, 1, 1))
    officer = make_user(PlatformRole.OFFICER)
    session.add(officer)
    session.commit()
    browser = sign_in(officer)
    url = f"/funds/mandates/{mandate.id}/firms/{firm.id}"

    page = browser.get(url)

    assert page.status_code == 200
    assert "放行<" not in page.text
    assert post(browser, f"{url}/waive/firm_age", {"reason": "特例"}).status_code == 403
    assert post(browser, f"{url}/ask/rd_ratio").status_code == 403


# One firm


def test_every_clause_has_its_text_its_force_and_the_fact_it_was_held_against(session, mandate, manager, firm_of):
    session.add(
        MandateClause(
            mandate_id=mandate.id,
            kind=ClauseKind.FIRM_AGE,
            force=ClauseForce.HARD,
            text_zh="投早投小，五年以内",
            source="合伙协议第八条",
        )
    )
    firm = firm_of("重庆老字号科技", founded_on=date(1999, 1, 1))
    session.commit()

    page = manager.get(f"/funds/mandates/{mandate.id}/firms/{firm.id}").text

    age = row_of(page, "firm_age")
    assert "投早投小，五年以内" in age
    assert "企业成立不超过5年" in age
    assert "合伙协议第八条" in age
    assert "1999年1月1日" in age
    assert "企业因此被拦下" in age
    assert "员工不超过100人" in row_of(page, "staff")
    assert "20人" in row_of(page, "staff")


def test_from_the_clauses_a_firm_is_put_on_a_list_of_the_desk(session, fund, mandate, manager, firm_of):
    firm = firm_of("重庆青年科技")
    post(manager, f"/funds/{fund.id}/desk/new", {"name": "2026种子项目"})
    session.rollback()
    page = manager.get(f"/funds/mandates/{mandate.id}/firms/{firm.id}").text
    typed = dict(re.findall(r'name="(firm|round|list)" value="([^"]+)"', page))

    response = post(manager, "/funds/desk/add", typed)

    assert response.status_code == 302
    assert "重庆青年科技" in manager.get(response.location).text


def test_what_a_firm_keeps_back_is_not_known_and_is_asked_with_one_click(session, mandate, manager, firm_of, person_of):
    firm = firm_of("重庆青年科技")
    url = f"/funds/mandates/{mandate.id}/firms/{firm.id}"
    page = manager.get(url).text

    assert "2.7" not in page
    assert "未知" in row_of(page, "rd_ratio")
    assert "询问企业" in row_of(page, "rd_ratio")
    response = post(manager, f"{url}/ask/rd_ratio")

    assert response.location.endswith(url)
    question = session.exec(select(FactQuestion)).one()
    assert (question.kind, question.state, question.organisation_id) == (
        ClauseKind.RD_RATIO,
        QuestionState.ASKED,
        firm.id,
    )
    assert "询问企业" not in row_of(manager.get(url).text, "rd_ratio")


def test_all_missing_facts_are_asked_at_once(session, mandate, manager, firm_of):
    firm = firm_of("重庆青年科技", staff=None)
    url = f"/funds/mandates/{mandate.id}/firms/{firm.id}"
    assert "一次询问全部3项缺失事实" in manager.get(url).text

    post(manager, f"{url}/ask")

    kinds = {one.kind for one in session.exec(select(FactQuestion))}
    assert kinds == {ClauseKind.RD_RATIO, ClauseKind.STAFF, ClauseKind.LIFE}
    assert "一次询问全部" not in manager.get(url).text


def test_what_the_firm_opens_is_known(session, mandate, manager, firm_of):
    firm = firm_of("重庆青年科技")
    session.add(FieldGrade(organisation_id=firm.id, field="rd_ratio", grade=Grade.OPEN))
    session.commit()

    rd_ratio = row_of(manager.get(f"/funds/mandates/{mandate.id}/firms/{firm.id}").text, "rd_ratio")

    assert "2.7%" in rd_ratio
    assert "放行" in rd_ratio


def test_a_clause_is_let_pass_with_a_reason_and_taken_back(session, mandate, manager, firm_of):
    firm = firm_of("重庆老字号科技", founded_on=date(1999, 1, 1))
    url = f"/funds/mandates/{mandate.id}/firms/{firm.id}"
    assert manager.get(f"{url}/waive/firm_age").status_code == 200

    unreasoned = post(manager, f"{url}/waive/firm_age", {"reason": " "})
    assert unreasoned.status_code == 422
    assert "请填写理由" in unreasoned.text
    assert post(manager, f"{url}/waive/firm_age", {"reason": "投委会特批"}).status_code == 302

    assert session.exec(select(ClauseWaiver)).one().reason == "投委会特批"
    age = row_of(manager.get(url).text, "firm_age")
    assert "已豁免" in age
    assert "投委会特批" in age
    assert "撤回豁免" in manager.get(f"{url}/waive/firm_age").text
    assert post(manager, f"{url}/take-back/firm_age", {"reason": "尽调后不再适用"}).status_code == 302
    session.rollback()
    assert session.exec(select(ClauseWaiver)).all() == []


def test_a_hard_clause_cannot_be_let_pass(mandate, manager, firm_of):
    firm = firm_of("重庆千人科技", staff=1000)
    url = f"/funds/mandates/{mandate.id}/firms/{firm.id}"

    assert manager.get(f"{url}/waive/staff").status_code == 404
    assert post(manager, f"{url}/waive/staff", {"reason": "特批"}).status_code in {404, 422}
    assert manager.get(f"{url}/waive/nonsense").status_code == 404


def test_patience_is_told_in_years_where_the_fund_may_know_the_way(session, mandate, manager, firm_of):
    firm = firm_of("重庆慢工科技")
    url = f"/funds/mandates/{mandate.id}/firms/{firm.id}"
    kept_back = text_of(manager.get(url).text)
    session.add(FieldGrade(organisation_id=firm.id, field="round_figures", grade=Grade.OPEN))
    session.commit()

    told = text_of(manager.get(url).text)

    assert "退出时间比基金到期晚" not in kept_back
    assert re.search(r"退出时间比基金到期晚\d\.?\d*年", told)
    assert "周期长不是企业的减分项" in told


def test_local_reinvestment_is_a_soft_clause_with_what_the_deal_would_add(mandate, manager, firm_of):
    near, far = firm_of("重庆本地科技"), firm_of("外地科技", district_code=None, country="CN", region="成都")

    local = text_of(manager.get(f"/funds/mandates/{mandate.id}/firms/{near.id}").text)
    elsewhere = text_of(manager.get(f"/funds/mandates/{mandate.id}/firms/{far.id}").text)

    assert "最多可计入200万元" in local
    assert "软性条款" in local
    assert "不计入：企业注册在外地" in elsewhere


def test_a_firm_without_an_open_round_has_no_clearance(session, mandate, manager):
    quiet = make.organisation(session, name_zh="重庆静默科技")
    session.commit()

    assert manager.get(f"/funds/mandates/{mandate.id}/firms/{quiet.id}").status_code == 404
    assert manager.get(f"/funds/mandates/{mandate.id}/firms/{new_id()}").status_code == 404


def test_the_clause_table_speaks_english_too(mandate, manager, firm_of):
    firm = firm_of("重庆老字号科技", founded_on=date(1999, 1, 1))
    manager.get("/funds/mandates?lang=en")

    page = text_of(manager.get(f"/funds/mandates/{mandate.id}/firms/{firm.id}").text)

    assert "The firm is 5 years old at most" in page
    assert "founded on 1 Jan 1999" in page
    assert "Not met; the fund can let it pass with a reason." in page
