"""The page of a firm as a fund sees it: unknowns, rivals, who else could pay, and the comparison."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from matchmaker.services.calendar import today
from matchmaker.services.desk import coinvestors, conflicts, deals, moving, verdicts
from matchmaker.services.desk.deals import DealDraft
from matchmaker.services.desk.moving import Move
from models.base import utc_now
from models.desk import DealStage
from models.enums import (
    ClauseKind,
    ParticipationRole,
    PostingState,
    ProjectKind,
    RoundState,
    StageKind,
    StageRule,
)
from models.organisations import Organisation
from models.rounds import FactQuestion
from models.rules import OrganisationConflict
from models.track import Participation, Project
from tests import capital_records as capital
from tests import records as make
from tests.capital_records import Side
from tests.web.conftest import post
from tests.web.sky import TERMS, enter, grant, make_sky


@pytest.fixture
def sky(session, instance):
    return make_sky(session, instance)


@pytest.fixture
def manager(session, sky, sign_in):
    return enter(session, sign_in, sky.fund)


@pytest.fixture
def rival(session, sky, sign_in):
    return enter(session, sign_in, capital.fund(session))


def test_the_page_of_a_firm_shows_a_figure_only_to_the_fund_that_was_let_in(manager, rival, sky):
    grant(sky, "round_figures")
    sky.session.commit()
    url = f"/funds/firms/{sky.firm.organisation.id}"

    assert "4,000万元" in manager.get(url).text
    assert "4,000万元" not in rival.get(url).text


def test_what_is_unknown_is_asked_of_the_firm_with_one_click(manager, sky, session):
    capital.say(sky.session, sky.mandate, rd_ratio_low=0.03)
    sky.index()
    page = manager.get(f"/funds/firms/{sky.firm.organisation.id}").text
    url = f"/funds/mandates/{sky.mandate.id}/firms/{sky.firm.organisation.id}/ask/{ClauseKind.RD_RATIO.value}"

    answer = post(manager, url)

    assert f'action="{url}"' in page
    assert answer.status_code == 302
    session.rollback()
    assert session.exec(select(FactQuestion.kind)).one() is ClauseKind.RD_RATIO


def test_stage_rules_hold_a_deal_against_the_mandate_of_its_list(sky):
    stopped = sky.add_firm(nodes=("nev-bms",))
    deal_list = sky.add_list(sky.mandate)
    at = {one.kind: one for one in sky.session.exec(select(DealStage).where(DealStage.list_id == deal_list.id))}
    held = [
        deals.add_deal(sky.session, sky.fund.actor, deal_list.id, one.organisation.id) for one in (sky.firm, stopped)
    ]

    diligence, committee = (
        [asks(sky, deal, at[kind]) for deal in held] for kind in (StageKind.DILIGENCE, StageKind.COMMITTEE)
    )

    assert [one[StageRule.NO_FAIL] for one in diligence] == [True, False]
    assert committee[0][StageRule.NO_UNKNOWN] is False  # when a fund can leave is kept back
    grant(sky, "round_figures")
    assert asks(sky, held[0], at[StageKind.COMMITTEE])[StageRule.NO_UNKNOWN] is True


def asks(sky, deal, stage):
    found = moving.what_it_asks(sky.session, sky.fund.actor, deal, stage)
    return {one.rule: one.is_kept for one in found}


def test_a_firm_without_a_round_that_can_be_seen_keeps_no_rule_of_clearance(sky):
    capital.say(sky.session, sky.round, state=RoundState.DRAFT)
    deal_list = sky.add_list(sky.mandate)
    deal = deals.add_deal(sky.session, sky.fund.actor, deal_list.id, sky.firm.organisation.id)
    stages = select(DealStage).where(DealStage.list_id == deal_list.id, DealStage.kind == StageKind.DILIGENCE)

    assert asks(sky, deal, sky.session.exec(stages).one())[StageRule.NO_FAIL] is False
    assert verdicts.held_against(sky.session, sky.fund.actor, deal) == []


def test_a_firm_of_the_portfolio_that_offers_the_same_in_the_same_place_may_be_a_rival(sky):
    same, other = capital.firm(sky.session), capital.firm(sky.session, nodes=("nev-bms",))
    for one in (sky.firm, same, other):
        published = {"state": PostingState.PUBLISHED, "valid_until": today() + timedelta(days=90)}
        make.offer(sky.session, one.organisation, capabilities=["head-up-display"], **published)
    for one in (same, other):
        capital.add_investment(sky.session, sky.fund, one, 1e6)

    found = conflicts_of(sky)

    assert [(one.firm.id, one.capability_codes) for one in found.rivals] == [
        (same.organisation.id, {"head-up-display"})
    ]


def conflicts_of(sky):
    return conflicts.conflicts_of(sky.session, sky.fund.actor, sky.fund.organisation.id, sky.firm.organisation.id)


def test_a_conflict_on_record_is_told_of_firms_that_the_record_names_and_never_of_those_put_on_a_list(sky):
    invested, listed = capital.firm(sky.session), capital.firm(sky.session)
    for one in (invested, listed):
        pair = sorted((sky.firm.organisation.id, one.organisation.id))
        sky.session.add(OrganisationConflict(first_id=pair[0], second_id=pair[1], reason="股权纠纷", source="法院"))
    capital.add_investment(sky.session, sky.fund, invested, 1e6)
    capital.add_deal(sky.session, sky.fund, sky.mandate, listed, 1e6)

    assert [one.id for one in conflicts_of(sky).on_record] == [invested.organisation.id]


def test_funds_are_named_that_could_pay_the_rest_and_that_the_record_ties_to_the_deal(sky):
    beside, in_field, stranger, too_large = (capital.fund(sky.session) for _number in range(4))
    for side, ticket in ((beside, 1e6), (in_field, 1e6), (stranger, 1e6), (too_large, 4e6)):
        terms = TERMS | {"ticket_low": ticket, "ticket_high": 1e7}
        capital.mandate(sky.session, side, fields={"nev-cockpit": True}, **terms)
    paid = capital.firm(sky.session, nodes=("nev-bms",))
    together(sky.session, paid, sky.fund, beside, too_large)
    capital.add_investment(sky.session, in_field, capital.firm(sky.session), 1e6)

    found = coinvestors.suggest(sky.session, sky.fund.actor, sky.mandate.id, sky.firm.organisation.id)

    assert found.rest == 3e6
    assert [(one.fund.id, one.together, one.in_the_field) for one in found.funds] == [
        (beside.organisation.id, 1, 0),
        (in_field.organisation.id, 0, 1),
    ]
    assert all(one.closes(found.rest) for one in found.funds)


def test_no_fund_pays_more_than_it_has_left(sky):
    capital.say(sky.session, sky.mandate, remaining=1.5e6)
    poor = capital.fund(sky.session)
    terms = TERMS | {"ticket_high": 1e7, "remaining": 2e6}
    capital.mandate(sky.session, poor, fields={"nev-cockpit": True}, **terms)
    together(sky.session, capital.firm(sky.session, nodes=("nev-bms",)), sky.fund, poor)

    found = coinvestors.suggest(sky.session, sky.fund.actor, sky.mandate.id, sky.firm.organisation.id)

    assert (found.rest, [one.pays for one in found.funds]) == (3.5e6, [2e6])


def together(session: Session, firm: Side, *funds: Side) -> None:
    project = Project(kind=ProjectKind.INVESTMENT, title_zh="天使轮", started_on=today() - timedelta(days=300))
    session.add(project)
    session.flush()
    sides: list[tuple[Organisation, ParticipationRole]] = [(firm.organisation, ParticipationRole.INVESTEE)]
    sides += [(one.organisation, ParticipationRole.INVESTOR) for one in funds]
    session.add_all(Participation(project_id=project.id, organisation_id=one.id, role=role) for one, role in sides)
    session.flush()


def test_nobody_is_suggested_where_the_own_ticket_covers_the_round_or_the_amount_is_not_known(sky):
    capital.say(sky.session, sky.mandate, ticket_high=5e6)
    enough = coinvestors.suggest(sky.session, sky.fund.actor, sky.mandate.id, sky.firm.organisation.id)
    capital.say(sky.session, sky.round, amount=None)
    unknown = coinvestors.suggest(sky.session, sky.fund.actor, sky.mandate.id, sky.firm.organisation.id)

    assert (enough.rest, enough.funds) == (0.0, ())
    assert (unknown.rest, unknown.funds) == (None, ())


def test_firms_are_compared_clause_by_clause_as_far_as_the_fund_may_know(manager, sky):
    other = sky.add_firm(nodes=("nev-bms",))
    sky.index()
    both = f"with={sky.firm.organisation.id}&with={other.organisation.id}"

    page = manager.get(f"/funds/compare?{both}&lang=en", follow_redirects=True).text

    assert "Stopped by a clause" in page
    assert "Clause not met: " in page
    assert "4,000" not in page  # the valuation is kept back, on conditions
    assert "visible on request" in page


def test_more_than_five_are_not_compared_and_it_is_said(manager, sky):
    firms = [sky.add_firm() for _number in range(6)]
    sky.index()
    url = "/funds/compare?" + "&".join(f"with={one.organisation.id}" for one in firms)

    page = manager.get(f"{url}&lang=en", follow_redirects=True).text

    assert "Up to 5 firms are shown side by side" in page


def test_what_is_paid_stands_in_the_portfolio_stage_with_amount_and_day(sky):
    deal_list = sky.add_list(sky.mandate)
    deal = deals.add_deal(sky.session, sky.fund.actor, deal_list.id, sky.firm.organisation.id)
    draft = DealDraft(owner_id=sky.fund.actor.user_id, amount=2e6, paid_on=today())
    deals.update_deal(sky.session, sky.fund.actor, deal.id, draft)
    stages = select(DealStage).where(DealStage.list_id == deal_list.id, DealStage.kind == StageKind.PORTFOLIO)
    stage = sky.session.exec(stages).one()

    moving.move_deal(sky.session, sky.fund.actor, deal.id, Move(stage_id=stage.id))

    assert (deal.stage_id, deal.amount, deal.paid_on) == (stage.id, 2e6, today())
    assert deal.changed_at <= utc_now()
