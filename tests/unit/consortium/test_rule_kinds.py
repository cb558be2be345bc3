"""What each kind of rule says of a team, and what the composer gets of it."""

import numpy as np
import pytest

from matchmaker.consortium.check import breaches
from matchmaker.consortium.compiling import HARD_PRICE, SOFT_PRICE, compile_rules
from matchmaker.consortium.facts import OWNERSHIPS
from matchmaker.consortium.rules import (
    FIGURES_OF,
    AtPositions,
    ConflictsApart,
    LargestShare,
    LeadIs,
    LeadReaches,
    MemberCount,
    Newcomers,
    OfKinds,
    OwnershipShare,
    OwnMoney,
    SmeShare,
    TeamRule,
    TechnicalStaff,
    Threshold,
    Together,
)
from matchmaker.profiles import UNKNOWN
from models.enums import ChainPosition, LeadFigure, OrganisationKind, Ownership, Quantifier, RuleKind, RuleOutcome
from tests.unit.consortium.teams_of_facts import facts, instance_of, kinds, spans, verdict


def test_every_kind_of_rule_has_its_figures():
    assert set(FIGURES_OF) == set(RuleKind)
    assert TeamRule(key="r", figures=MemberCount()).kind is RuleKind.MEMBER_COUNT


def test_who_leads_must_be_of_one_of_the_kinds():
    team = facts(2, kind=kinds(OrganisationKind.SME, OrganisationKind.CHAIN_LEADER))
    rule = LeadIs(kinds=(OrganisationKind.CHAIN_LEADER, OrganisationKind.LAB))

    assert verdict(rule, team, lead=1).outcome is RuleOutcome.MET
    assert verdict(rule, team, lead=0).outcome is RuleOutcome.BROKEN
    assert verdict(rule, team, lead=0).who == (0,)


def test_without_a_lead_it_is_open_whether_the_lead_may_lead():
    assert verdict(LeadIs(kinds=(OrganisationKind.LAB,)), facts(2), lead=None).outcome is RuleOutcome.UNKNOWN


def test_a_certification_that_is_on_nobodys_record_is_asked_for_and_an_expired_one_does_not_count():
    rule = LeadIs(certifications=("high_tech",))

    assert verdict(rule, facts(1, certifications=np.array([[1, 0]], np.int8))).outcome is RuleOutcome.MET
    assert verdict(rule, facts(1, certifications=np.array([[0, 1]], np.int8))).outcome is RuleOutcome.BROKEN
    assert verdict(rule, facts(1, certifications=np.array([[-1, 1]], np.int8))).outcome is RuleOutcome.UNKNOWN
    assert verdict(rule, facts(1, schemes=("x", "y"))).outcome is RuleOutcome.UNKNOWN


def test_three_percent_of_sales_or_thirty_million_is_met_by_either():
    rule = LeadReaches(
        needed=Quantifier.ANY,
        thresholds=(
            Threshold(figure=LeadFigure.RD_RATIO, least=0.03),
            Threshold(figure=LeadFigure.RD_SPENDING, least=30e6),
        ),
    )
    small_share = spans(1, LeadFigure.RD_RATIO, (0.01, 0.01))
    spends = spans(1, LeadFigure.RD_SPENDING, (40e6, 200e6))
    may_spend = spans(1, LeadFigure.RD_SPENDING, (10e6, 40e6))

    assert verdict(rule, facts(1, figures=small_share)).outcome is RuleOutcome.BROKEN
    assert verdict(rule, facts(1, figures=small_share + spends)).outcome is RuleOutcome.MET
    assert verdict(rule, facts(1, figures=small_share + may_spend)).outcome is RuleOutcome.UNKNOWN


def test_of_figures_that_are_all_needed_one_that_is_missed_is_enough_to_break_the_rule():
    rule = LeadReaches(
        needed=Quantifier.ALL,
        thresholds=(Threshold(figure=LeadFigure.RD_RATIO, least=0.03), Threshold(figure=LeadFigure.STAFF, least=30)),
    )
    few_staff = spans(1, LeadFigure.STAFF, (12, 12)) + spans(1, LeadFigure.RD_RATIO, (0, 1))

    assert verdict(rule, facts(1, figures=few_staff)).outcome is RuleOutcome.BROKEN


def test_a_lab_too_few_is_nobodys_fault_and_a_lab_too_many_is_named():
    team = facts(3, kind=kinds(OrganisationKind.LAB, OrganisationKind.LAB, OrganisationKind.SME))

    missing = verdict(OfKinds(kinds=(OrganisationKind.LAB,), least=3), team)
    too_many = verdict(OfKinds(kinds=(OrganisationKind.LAB,), most=1), team)

    assert (missing.outcome, missing.low, missing.least, missing.who) == (RuleOutcome.BROKEN, 2, 3, ())
    assert (too_many.outcome, too_many.who) == (RuleOutcome.BROKEN, (0, 1))


def test_three_of_ten_are_thirty_percent():
    team = facts(10, kind=kinds(*[OrganisationKind.SME] * 3, *[OrganisationKind.LAB] * 7))

    assert verdict(SmeShare(least=0.3), team).outcome is RuleOutcome.MET


def test_an_unknown_ownership_counts_for_neither_side():
    private, unknown = OWNERSHIPS.index(Ownership.PRIVATE), UNKNOWN
    team = facts(4, ownership=np.array([private, private, unknown, unknown], np.int8))
    rule = OwnershipShare(ownerships=(Ownership.PRIVATE,), least=0.75)

    found = verdict(rule, team)

    assert (found.outcome, found.low, found.high, found.unknown) == (RuleOutcome.UNKNOWN, 0.5, 1.0, (2, 3))


def test_technical_staff_is_summed_over_all_members_and_asked_where_it_is_not_known():
    reached = facts(2, figures=spans(2, LeadFigure.TECHNICAL_STAFF, (12, 12), (20, 20)))
    open_question = facts(2, figures=spans(2, LeadFigure.TECHNICAL_STAFF, (12, 12), (0, 80)))

    assert verdict(TechnicalStaff(least=30), reached).low == 32
    assert verdict(TechnicalStaff(least=30), open_question).unknown == (1,)
    assert verdict(TechnicalStaff(least=100), open_question).outcome is RuleOutcome.BROKEN


def test_the_member_with_too_large_a_share_of_the_money_is_named():
    team = facts(3, money=np.array([6e6, 2e6, 2e6]))

    found = verdict(LargestShare(most=0.4), team)

    assert (found.outcome, found.low, found.who) == (RuleOutcome.BROKEN, 0.6, (0,))


def test_however_the_money_is_split_two_members_cannot_keep_below_forty_percent_each():
    open_money = np.full(2, np.nan)

    assert verdict(LargestShare(most=0.4), facts(2, money=open_money), budget=None).outcome is RuleOutcome.BROKEN
    assert verdict(LargestShare(most=0.5), facts(2, money=open_money), budget=None).outcome is RuleOutcome.UNKNOWN


def test_own_money_is_a_share_of_the_budget_or_of_the_money_where_no_budget_is_set():
    team = facts(2, own_money=np.array([1e6, 2e6]), money=np.array([3e6, 3e6]))

    assert verdict(OwnMoney(least=0.3), team).low == pytest.approx(0.3)
    assert verdict(OwnMoney(least=0.3), team, budget=None).low == pytest.approx(0.5)


def test_whose_projects_may_not_be_seen_may_be_a_newcomer():
    team = facts(2, projects=np.array([5, np.nan]))

    assert verdict(Newcomers(projects_at_most=1, least=1), team).unknown == (1,)


def test_two_with_a_conflict_of_interest_are_both_named():
    team = facts(3, conflicts=np.array([[0, 2]], np.int32))

    assert verdict(ConflictsApart(), team).who == (0, 2)


def test_of_two_that_belong_together_neither_comes_alone():
    assert verdict(Together(first="org0", second="absent"), facts(2)).who == (0,)
    assert verdict(Together(first="absent", second="nobody"), facts(2)).outcome is RuleOutcome.MET


# --- what the composer gets ---


def test_a_floor_that_only_unknown_figures_could_reach_is_a_question_and_no_row():
    """Else no team could be composed at all where members keep their figures to themselves."""
    closed = facts(3, figures=spans(3, LeadFigure.TECHNICAL_STAFF, (5, 5), (0, 40), (0, 40)))

    compiled = compile_rules(
        [TeamRule(key="staff", figures=TechnicalStaff(least=30))], closed, lead=0, members_at_most=3
    )

    assert compiled.asked == ("staff",)
    assert compiled.rules == ()
    assert compiled.unknown["staff"].tolist() == [False, True, True]


def test_a_floor_that_nobody_could_reach_stays_a_row_so_that_the_clash_names_it():
    few = facts(2, figures=spans(2, LeadFigure.TECHNICAL_STAFF, (5, 5), (6, 6)))

    compiled = compile_rules([TeamRule(key="staff", figures=TechnicalStaff(least=30))], few, lead=0, members_at_most=8)

    assert [row.key for row in compiled.rules] == ["staff"]
    assert compiled.asked == ()


def test_a_ceiling_counts_whoever_is_unknown_as_one_of_them():
    some = facts(3, ownership=np.array([OWNERSHIPS.index(Ownership.PRIVATE), UNKNOWN, UNKNOWN], np.int8))
    rule = OwnershipShare(ownerships=(Ownership.CENTRAL_STATE,), most=0.5)

    assert breaches(instance_of(rule, some), [0, 1]) == ()
    assert [one.key for one in breaches(instance_of(rule, some, lead=1), [1, 2])] == ["r/most"]


def test_a_soft_rule_costs_little_to_relax_by_as_much_as_one_member_can_do_about_it():
    staff = facts(2, figures=spans(2, LeadFigure.TECHNICAL_STAFF, (50, 50), (20, 20)))
    hard = TeamRule(key="hard", figures=TechnicalStaff(least=30))
    soft = TeamRule(key="soft", figures=AtPositions(positions=(ChainPosition.UPSTREAM,), least=1), is_hard=False)

    compiled = compile_rules([hard, soft], staff, lead=0, members_at_most=8)

    assert {row.key: row.price for row in compiled.rules} == {"hard": HARD_PRICE / 50, "soft": SOFT_PRICE}
    assert compiled.soft == {"soft"}
