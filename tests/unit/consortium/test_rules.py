"""Composition rules: what the composer's rows accept is what the judge calls met, and unknown is never either."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.consortium.check import breaches
from matchmaker.consortium.compiling import HARD_PRICE, SOFT_PRICE, compile_rules, rule_of
from matchmaker.consortium.facts import FIGURES, OWNERSHIPS, POSITIONS, Facts
from matchmaker.consortium.instance import Capabilities, Instance
from matchmaker.consortium.judging import Verdict, is_accepted, judge
from matchmaker.consortium.rules import (
    FIGURES_OF,
    Apart,
    AtPositions,
    ConflictsApart,
    DifferentDistricts,
    Figures,
    FromDistricts,
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
from matchmaker.profiles import KINDS, UNKNOWN
from models.enums import ChainPosition, LeadFigure, OrganisationKind, Ownership, Quantifier, RuleKind, RuleOutcome

DISTRICTS = ("500112", "500106", "500107")
SCHEMES = ("high_tech", "little_giant")
BUDGET = 10e6
MANY = 30


def facts(n: int, **columns: object) -> Facts:
    """n private SMEs of one district of which everything is known; `columns` say what is otherwise."""
    known = Facts(
        ids=tuple(f"org{row}" for row in range(n)),
        kind=np.full(n, KINDS.index(OrganisationKind.SME), np.int8),
        ownership=np.full(n, OWNERSHIPS.index(Ownership.PRIVATE), np.int8),
        district=np.zeros(n, np.int32),
        districts=DISTRICTS,
        positions=np.zeros((n, len(POSITIONS)), np.int8),
        certifications=np.zeros((n, len(SCHEMES)), np.int8),
        schemes=SCHEMES,
        figures=np.zeros((n, len(FIGURES), 2)),
        projects=np.zeros(n),
        money=np.full(n, 1e6),
        own_money=np.zeros(n),
    )
    return replace(known, **columns)


def spans(n: int, figure: LeadFigure, *given_spans: tuple[float, float]) -> np.ndarray:
    whole = np.zeros((n, len(FIGURES), 2))
    whole[: len(given_spans), FIGURES.index(figure)] = given_spans
    return whole


def kinds(*given_kinds: OrganisationKind) -> np.ndarray:
    return np.array([KINDS.index(kind) for kind in given_kinds], np.int8)


def verdict(figures: Figures, team: Facts, *, lead: int | None = 0, budget: float | None = BUDGET) -> Verdict:
    (only,) = judge([TeamRule(key="r", figures=figures)], team, lead=lead, budget=budget)
    return only


def instance_of(figures: Figures | list[TeamRule], candidates: Facts, *, lead: int = 0) -> Instance:
    rules = figures if isinstance(figures, list) else [TeamRule(key="r", figures=figures)]
    rows = compile_rules(rules, candidates, lead=lead, members_at_most=MANY, budget=BUDGET)
    return Instance(
        value=np.zeros(len(candidates)),
        capabilities=Capabilities(
            (), np.zeros((len(candidates), 0), np.int8), np.zeros(0, np.int8), np.zeros(0), np.zeros(0, bool),
            np.zeros(0), np.zeros(0),
        ),
        rules=rows.rules,
        spreads=rows.spreads,
        apart=rows.apart,
        apart_keys=rows.apart_keys,
        held=np.array([lead], np.int32),
    )  # fmt: skip


def part(whole: Facts, members: list[int]) -> Facts:
    """The facts of the members alone."""
    at = {row: place for place, row in enumerate(members)}
    return replace(
        whole,
        **{
            name: getattr(whole, name)[members]
            for name in (
                "kind", "ownership", "district", "positions", "certifications", "figures", "projects", "money",
                "own_money",
            )
        },
        ids=tuple(whole.ids[row] for row in members),
        conflicts=np.array(
            [(at[a], at[b]) for a, b in whole.conflicts.tolist() if a in at and b in at], np.int32
        ).reshape(-1, 2),
    )  # fmt: skip


# --- the two readings of a rule agree ---

counts = st.integers(0, 5)
shares = st.sampled_from([0.1, 0.2, 0.25, 0.3, 1 / 3, 0.5, 0.6, 1.0])


def some_of(values: Iterable[object], least: int = 1) -> st.SearchStrategy:
    return st.lists(st.sampled_from(list(values)), min_size=least, max_size=3, unique=True).map(tuple)


def bounded(make: type, bounds: st.SearchStrategy, **others: st.SearchStrategy) -> st.SearchStrategy:
    return st.builds(make, least=st.none() | bounds, most=st.none() | bounds, **others)


names = st.sampled_from([f"org{row}" for row in range(10)])
pairs = st.tuples(names, names).filter(lambda pair: pair[0] != pair[1])
thresholds = st.builds(Threshold, figure=st.sampled_from(LeadFigure), least=st.sampled_from([0.03, 1.0, 30.0]))
figures_of_any_kind = st.one_of(
    st.builds(LeadIs, kinds=some_of(KINDS, 0), ownerships=some_of(OWNERSHIPS, 0), certifications=some_of(SCHEMES, 0)),
    st.builds(
        LeadReaches,
        needed=st.sampled_from(Quantifier),
        thresholds=st.lists(thresholds, min_size=1, max_size=3).map(tuple),
    ),
    bounded(MemberCount, counts),
    bounded(OfKinds, counts, kinds=some_of(KINDS)),
    bounded(FromDistricts, counts, districts=some_of(DISTRICTS)),
    st.builds(DifferentDistricts, least=counts),
    bounded(AtPositions, counts, positions=some_of(POSITIONS)),
    bounded(SmeShare, shares),
    bounded(OwnershipShare, shares, ownerships=some_of(OWNERSHIPS)),
    st.builds(LargestShare, most=shares),
    st.builds(OwnMoney, least=shares),
    st.builds(TechnicalStaff, least=st.integers(0, 100)),
    st.builds(Newcomers, projects_at_most=st.integers(0, 3), least=counts),
    st.just(ConflictsApart()),
    pairs.map(lambda pair: Apart(first=pair[0], second=pair[1])),
    pairs.map(lambda pair: Together(first=pair[0], second=pair[1])),
)


@st.composite
def known_candidates(draw) -> Facts:
    n = draw(st.integers(2, 9))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    figures = np.repeat(random.choice([0.0, 0.02, 0.03, 1.0, 20.0, 40.0], (n, len(FIGURES), 1)), 2, axis=2)
    return facts(
        n,
        kind=random.integers(0, len(KINDS), n).astype(np.int8),
        ownership=random.integers(0, len(OWNERSHIPS), n).astype(np.int8),
        district=random.integers(0, len(DISTRICTS), n).astype(np.int32),
        positions=random.integers(0, 2, (n, len(POSITIONS))).astype(np.int8),
        certifications=random.integers(0, 2, (n, len(SCHEMES))).astype(np.int8),
        figures=figures,
        projects=random.integers(0, 5, n).astype(float),
        money=random.choice([0.0, 1e6, 2.5e6, 5e6], n),
        own_money=random.choice([0.0, 1e6, 3e6], n),
        conflicts=np.argwhere(np.triu(random.random((n, n)) < 0.1, 1)).astype(np.int32),
    )


@given(known_candidates(), st.lists(figures_of_any_kind, min_size=1, max_size=4), st.data())
@settings(max_examples=200, deadline=None)
def test_rows_accept_a_team_if_and_only_if_the_judge_calls_every_hard_rule_met(candidates, some_figures, data):
    rules = [TeamRule(key=f"r{number}", figures=figures) for number, figures in enumerate(some_figures)]
    members = sorted(data.draw(st.sets(st.integers(0, len(candidates) - 1), min_size=1)))
    lead = data.draw(st.sampled_from(members))

    verdicts = judge(rules, part(candidates, members), lead=members.index(lead), budget=BUDGET)
    broken = breaches(instance_of(rules, candidates, lead=lead), members)

    assert {one.key for one in verdicts if one.outcome is not RuleOutcome.MET} == {rule_of(one.key) for one in broken}
    assert is_accepted(verdicts) == (not broken)


@given(known_candidates(), figures_of_any_kind, st.data())
@settings(max_examples=200, deadline=None)
def test_what_is_unknown_never_turns_a_verdict_round(candidates, figures, data):
    """Hiding facts makes a verdict unknown or leaves it as it is."""
    known = verdict(figures, candidates).outcome
    hidden = _hide(candidates, np.random.default_rng(data.draw(st.integers(0, 2**32 - 1))))

    assert verdict(figures, hidden).outcome in {known, RuleOutcome.UNKNOWN}


@given(known_candidates(), figures_of_any_kind, st.data())
@settings(max_examples=200, deadline=None)
def test_rows_over_unknown_facts_only_accept_teams_that_are_known_to_meet_the_rule(candidates, figures, data):
    hidden = _hide(candidates, np.random.default_rng(data.draw(st.integers(0, 2**32 - 1))))
    members = sorted(data.draw(st.sets(st.integers(0, len(candidates) - 1), min_size=1)))
    rule = TeamRule(key="r", figures=figures)

    asked = compile_rules([rule], hidden, lead=members[0], members_at_most=MANY, budget=BUDGET).asked
    broken = breaches(instance_of([rule], hidden, lead=members[0]), members)
    outcome = verdict(figures, part(hidden, members)).outcome

    assert broken or asked or outcome is RuleOutcome.MET
    assert not asked or not broken or outcome is RuleOutcome.BROKEN


def _hide(whole: Facts, random: np.random.Generator) -> Facts:
    n, some = len(whole), lambda *shape: random.random(shape) < 0.4
    figures = whole.figures.copy()
    figures[some(n, len(FIGURES))] = (0, np.inf)
    return replace(
        whole,
        kind=np.where(some(n), UNKNOWN, whole.kind),
        ownership=np.where(some(n), UNKNOWN, whole.ownership),
        district=np.where(some(n), UNKNOWN, whole.district),
        positions=np.where(some(n, len(POSITIONS)), UNKNOWN, whole.positions),
        certifications=np.where(some(n, len(SCHEMES)), UNKNOWN, whole.certifications),
        figures=figures,
        projects=np.where(some(n), np.nan, whole.projects),
        own_money=np.where(some(n), np.nan, whole.own_money),
    )


# --- what each kind says ---


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
