"""Money in the demo: terms in full, rounds that say their way, and a story between a firm, its funds and a desk."""

from collections import Counter, defaultdict
from uuid import UUID

import pytest
from sqlmodel import col, select

from matchmaker.services import clearing
from matchmaker.services.actors import Actor
from matchmaker.services.capital import dossiers
from matchmaker.services.desk import deals, lists, portfolio, rights, screens, stages
from matchmaker.services.mandates import checking, editions, reading
from matchmaker.services.mandates.reading import STATED_BY
from models.audit import AuditEntry
from models.desk import Deal, DealStage
from models.enums import (
    ClauseForce,
    ClearanceVerdict,
    DossierState,
    MandateStatus,
    MembershipRole,
    QuestionState,
    RoundState,
    StageKind,
)
from models.funds import Mandate, MandateClause, MandateEdition
from models.organisations import Organisation
from models.rounds import Dossier, FactQuestion, FieldGrant, Round, RoundMilestone, RoundSupport
from seeds.demo.identity import HERO, SOURCE, identity

FIRST = identity("fund-01/mandate-1")


@pytest.fixture(scope="session")
def manager():
    funds = (identity("fund-01"), identity("fund-39"))
    return Actor(user_id=identity("user/fund"), memberships=dict.fromkeys(funds, MembershipRole.OWNER))


@pytest.fixture(scope="session")
def sme():
    return Actor(user_id=identity("user/sme"), memberships={identity(HERO): MembershipRole.OWNER})


@pytest.fixture(scope="session")
def own_round(played):
    return played.exec(select(Round).where(Round.organisation_id == identity(HERO))).one()


# Terms and rounds


def test_every_clause_is_stated_by_some_mandate_and_worded_by_some_fund(world):
    mandates, clauses = world.all_of(Mandate), world.all_of(MandateClause)
    columns = {name for names in STATED_BY.values() for name in names if name in Mandate.model_fields}

    assert all(any(getattr(one, name) not in (None, []) for one in mandates) for name in columns)
    assert {one.force for one in clauses} == set(ClauseForce)
    assert all(one.text_zh and one.text_en and "{" not in one.text_zh + one.text_en for one in clauses)
    assert all(one.source for one in clauses)


def test_a_fund_words_only_clauses_that_its_terms_state(world):
    mandates = {one.id: one for one in world.all_of(Mandate)}

    for clause in world.all_of(MandateClause):
        names = [name for name in STATED_BY[clause.kind] if name in Mandate.model_fields]
        stated = [getattr(mandates[clause.mandate_id], name) for name in names]
        assert all(value not in (None, [], "") for value in stated), clause.kind


def test_rounds_say_their_way_and_few_leave_it_open(world):
    rounds = world.all_of(Round)
    last: dict[UUID, int] = defaultdict(int)
    for one in world.all_of(RoundMilestone):
        last[one.round_id] = max(last[one.round_id], one.month)

    silent = [one for one in rounds if one.exit_months is None]

    assert 0.03 < len(silent) / len(rounds) < 0.25
    for one in rounds:
        if one.exit_months is not None:
            assert last[one.id] <= one.market_months <= one.exit_months
    assert len({one.round_id for one in world.all_of(RoundSupport)}) > 0.6 * len(rounds)


def test_every_published_mandate_has_its_terms_frozen_as_they_are(played):
    for mandate in played.exec(select(Mandate).where(Mandate.source == SOURCE)):
        terms = reading.terms_of(played, mandate)
        edition = editions.get_edition(played, mandate, 1)

        assert mandate.edition == 1
        assert editions.compare(edition.terms, editions.freeze(played, terms)) == ()
        assert [one for one in checking.findings(terms) if one.stops] == []


def test_the_funds_person_has_two_funds_two_mandates_in_one_and_drafts(played, manager):
    own = played.exec(select(Mandate).where(col(Mandate.organisation_id).in_(list(manager.memberships)))).all()
    states = Counter((one.organisation_id == identity("fund-01"), one.status) for one in own)

    assert len(rights.list_funds(played, manager)) == 2
    assert states[True, MandateStatus.INVESTING] == 2
    assert states[True, MandateStatus.DRAFT] == states[False, MandateStatus.DRAFT] == 1
    assert [one.revises_id for one in own if one.revises_id] == [FIRST]
    second = next(one for one in own if one.source is None and one.status is MandateStatus.INVESTING)
    assert played.exec(select(MandateEdition).where(MandateEdition.mandate_id == second.id)).one().number == 1


# What the SME sees


def test_some_money_is_open_to_the_sme_some_asks_some_waits_for_a_waiver(played, sme, own_round, world):
    found = clearing.for_round(played, sme, own_round.id, today=world.today)

    assert own_round.state is RoundState.OPEN
    assert found.counts[ClearanceVerdict.CLEARED] >= 3
    assert found.counts[ClearanceVerdict.TO_ASK] >= 2
    assert found.counts[ClearanceVerdict.TO_WAIVE] >= 2
    assert found.counts[ClearanceVerdict.STOPPED] > 30


def test_one_changed_fact_opens_more_of_it(played, sme, own_round, world):
    openings = clearing.what_would_open(played, sme, own_round.id, today=world.today)

    (ratio,) = openings.opens_by("rd_ratio")
    assert (ratio.before, ratio.after) == (None, (0.03,))
    assert len(ratio.mandate_ids) >= 2
    assert {"trl", "certifications"} <= {one.fact for one in openings.by_fact}


def test_one_dossier_is_with_a_fund_one_came_back_and_one_is_being_written(played, sme):
    sent = dossiers.list_for_firm(played, sme, identity(HERO))
    digest = dossiers.digest(played, sme, identity(HERO))

    assert Counter(one.state for one in sent) == dict.fromkeys(
        (DossierState.SUBMITTED, DossierState.DECLINED, DossierState.DRAFT), 1
    )
    assert digest.declined == 1
    assert digest.by_clause
    assert all(one.answer for one in digest.answers)


def test_just_what_is_with_a_fund_is_granted_to_it(played):
    with_funds = played.exec(
        select(Dossier).where(col(Dossier.state).in_((DossierState.SUBMITTED, DossierState.TAKEN_UP)))
    ).all()
    promised = {(one.organisation_id, one.fund_id, name) for one in with_funds for name in one.fields}
    granted = played.exec(select(FieldGrant).where(col(FieldGrant.dossier_id).is_not(None))).all()

    assert {(one.organisation_id, one.grantee_id, one.field) for one in granted} == promised
    assert promised


def test_questions_wait_are_answered_and_are_declined(played):
    states = Counter(one.state for one in played.exec(select(FactQuestion)))

    assert set(states) == set(QuestionState)


# The desk


def test_the_desk_has_deals_in_every_stage_with_owners_notes_and_days(played, manager):
    first, second = lists.list_lists(played, manager, identity("fund-01"))
    seeds = next(one for one in (first, second) if one.mandate_id == FIRST)
    held = played.exec(
        select(Deal, DealStage).join(DealStage, col(Deal.stage_id) == DealStage.id).where(Deal.list_id == seeds.id)
    ).all()

    assert len(held) >= 10
    assert (
        {stage.kind for _, stage in held} == set(StageKind) == {one.kind for one in stages.list_stages(played, seeds)}
    )
    assert all(deal.owner_id == manager.user_id for deal, _ in held)
    assert all(deals.list_notes(played, manager, deal.id) for deal, stage in held if stage.kind is not StageKind.LEAD)
    paid = [deal for deal, stage in held if stage.kind in (StageKind.PORTFOLIO, StageKind.EXIT)]
    assert all(deal.amount and deal.paid_on for deal in paid)
    assert [one["label"] for one in seeds.columns] == ["项目来源", "拟持股比例（%）", "首次接触"]


def test_the_sister_fund_keeps_to_its_main_fields_owes_re_investment_and_has_firms_to_hand_over(played, manager, world):
    held = portfolio.read_portfolio(played, manager, identity("fund-39"), today=world.today)[0]

    assert held.main_share is not None
    assert held.paid is not None
    assert held.main_share >= (held.mandate.main_field_share or 1.0)
    assert held.owed == pytest.approx(1.2 * held.paid)
    assert [over.is_beyond_stage for over in held.hand_overs]
    assert any(over.takers for over in held.hand_overs)


def test_whoever_entered_a_stage_against_its_rules_says_why(played, world):
    moves = played.exec(select(AuditEntry).where(AuditEntry.action == "deal.move")).all()
    against = [one for one in moves if "rules" in one.changes]

    assert against
    assert all(one.changes["override"] for one in against)


def test_a_screen_was_looked_through_three_weeks_ago_and_something_is_new(played, manager, world):
    (screen,) = screens.list_screens(played, manager, identity("fund-01"))
    until = screens.seen_until(played, manager, [screen])[screen.id]

    assert [one for one in played.exec(select(Round)) if one.state is RoundState.OPEN and one.changed_at > until]


def test_a_clause_was_waived_with_a_reason(played, manager, world):
    (waiver,) = clearing.list_waivers(played, manager, FIRST)
    pair = clearing.lines(played, manager, FIRST, waiver.organisation_id, today=world.today)

    assert waiver.reason
    assert [one.is_waived for one in pair.lines if one.kind is waiver.kind] == [True]
    assert played.get(Organisation, waiver.organisation_id) is not None
