"""Money on the home page: what waits on a fund's desk, and how a firm's round stands."""

from datetime import timedelta

import pytest

from matchmaker.services import clearing
from matchmaker.services.calendar import today
from matchmaker.services.capital import dossiers, rounds
from matchmaker.services.capital.dossiers import DossierDraft
from matchmaker.services.capital.rounds import RoundDraft
from matchmaker.services.desk import deals, lists
from matchmaker.services.desk.deals import DealDraft
from matchmaker.services.desk.lists import ListDraft
from models.accounts import User
from models.enums import CapitalType, ClauseKind, DeclineReason, MandateStatus, PlatformRole
from tests import capital_records as make_capital
from tests import desk_records
from tests import records as make


@pytest.fixture
def market(session):
    make.add_taxonomy(session)
    desk_records.add_stage_templates(session)
    market = make_capital.add_market(session)
    market.firm.organisation.short_name = ""
    session.commit()
    return market


@pytest.fixture
def home_of(session, sign_in):
    """The home page of somebody of this side."""

    def read(side):
        session.commit()
        return sign_in(session.get_one(User, side.actor.user_id)).get("/home").text

    return read


@pytest.fixture
def handed_in(session, market):
    dossier = dossiers.prepare(session, market.firm.actor, market.round.id, market.mandate.id, DossierDraft())
    return dossiers.submit(session, market.firm.actor, dossier.id, today=today())


def put_on_list(session, market, *, due_in_days):
    actor = market.fund.actor
    listed = lists.create_list(session, actor, market.fund.organisation.id, ListDraft(name="种子期项目"))
    deal = deals.add_deal(session, actor, listed.id, market.firm.organisation.id)
    due_on = today() + timedelta(days=due_in_days)
    deals.update_deal(session, actor, deal.id, DealDraft(due_on=due_on))
    return deal


def test_a_fund_sees_a_dossier_until_it_has_answered(session, market, handed_in, home_of):
    before = home_of(market.fund)
    dossiers.decline(session, market.fund.actor, handed_in.id, DeclineReason.TOO_EARLY)
    after = home_of(market.fund)

    assert f"/funds/dossiers/{handed_in.id}" in before
    assert market.firm.organisation.name_zh in before
    assert f"/funds/dossiers/{handed_in.id}" not in after


def test_a_fund_sees_a_deal_whose_day_has_passed_and_no_other(session, market, home_of):
    deal = put_on_list(session, market, due_in_days=-2)
    late = home_of(market.fund)
    deals.update_deal(session, market.fund.actor, deal.id, DealDraft(due_on=today()))
    in_time = home_of(market.fund)

    assert f"/funds/desk/deals/{deal.id}" in late
    assert "种子期项目" in late
    assert f"/funds/desk/deals/{deal.id}" not in in_time
    assert "没有待答复的材料，也没有逾期项目" in in_time


def test_a_funds_next_steps_are_a_mandate_and_a_list(session, market, home_of):
    market.mandate.status = MandateStatus.DRAFT
    page = home_of(market.fund)

    assert "发布一个投资方案" in page
    assert "说明基金的资本与存续期" in page
    assert "下一项：已发布的投资方案" in page
    assert "发布一条供给" not in page
    assert "已发布供给中的能力" not in page
    assert "没有待答复的材料" not in page

    market.mandate.status = MandateStatus.INVESTING
    terms = {"capital_type": CapitalType.SOCIAL, "remaining": 1e8, "investment_years": 5, "exit_years": 5}
    make_capital.say(session, market.mandate, started_on=today(), **terms)
    put_on_list(session, market, due_in_days=5)
    assert "发布一个投资方案" not in home_of(market.fund)


def test_only_who_belongs_to_a_fund_is_led_from_a_gap_to_its_mandates(session, market, sign_in):
    market.mandate.status = MandateStatus.DRAFT
    person = make.person(session, PlatformRole.OFFICER)
    session.commit()
    profile = f"/organisations/{market.fund.organisation.id}/profile"
    manager = sign_in(session.get_one(User, market.fund.actor.user_id))
    officer = sign_in(person)

    own, others = manager.get(profile).text, officer.get(profile).text

    assert '<li><a href="/funds/mandates">投资策略</a>' in own
    assert "<li><strong>投资策略</strong>" in others
    assert "下一项：已发布的投资方案" in others
    for page in (own, others):
        assert page.count("供企业阅读，不参与任何判断") == 2  # the thesis and the weeks to a decision


def test_nobody_of_a_firm_or_of_another_fund_sees_a_funds_desk(session, market, handed_in, home_of):
    deal = put_on_list(session, market, due_in_days=-2)
    rival = make_capital.fund(session)

    for page in (home_of(market.firm), home_of(rival)):
        assert f"/funds/desk/deals/{deal.id}" not in page
        assert f"/funds/dossiers/{handed_in.id}" not in page


def test_a_firm_sees_its_open_round_and_what_waits_and_the_answer_with_its_clause(session, market, handed_in, home_of):
    waiting = home_of(market.firm)
    reason = DeclineReason.TOO_EARLY
    dossiers.decline(session, market.fund.actor, handed_in.id, reason, clause=ClauseKind.RD_RATIO)
    answered = home_of(market.firm)

    assert f"/capital/rounds/{market.round.id}/funds" in waiting
    assert "1份材料等待答复" in waiting
    assert "1份材料等待答复" not in answered
    assert f"/capital/rounds/{market.round.id}/dossiers/{market.mandate.id}" in answered
    assert "研发投入占比" in answered


def test_a_firm_sees_that_a_fund_asks_it(session, market, home_of):
    market.mandate.rd_ratio_low = 0.03
    make_capital.say(session, market.firm.organisation, rd_ratio=None)
    questions = f"/organisations/{market.firm.organisation.id}/fund-questions"
    before = home_of(market.firm)
    firm = market.firm.organisation.id
    clearing.ask(session, market.fund.actor, market.mandate.id, firm, ClauseKind.RD_RATIO, today=today())

    assert questions not in before
    assert questions in home_of(market.firm)


def test_a_draft_says_how_much_is_missing_and_a_round_past_its_day_asks_for_a_new_one(session, market, home_of):
    make_capital.say(session, market.round, closes_on=today() - timedelta(days=1))
    past = home_of(market.firm)
    rounds.close(session, market.firm.actor, market.round.id)
    without = home_of(market.firm)
    begun = rounds.start(session, market.firm.actor, market.firm.organisation.id, RoundDraft(amount=3e6))
    draft = home_of(market.firm)

    assert "截止日期已过" in past
    assert f"/capital/rounds/{market.round.id}/figures" in past
    assert "/capital/rounds/" not in without
    assert f"/capital/rounds/{begun.id}/check" in draft
    assert "还差4项即可开放" in draft
