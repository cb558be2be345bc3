"""What the composer's rows accept is what the judge calls met, and unknown is never either."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.consortium.check import breaches
from matchmaker.consortium.compiling import compile_rules, rule_of
from matchmaker.consortium.facts import FIGURES, OWNERSHIPS, POSITIONS, Facts
from matchmaker.consortium.judging import is_accepted, judge
from matchmaker.consortium.rules import (
    Apart,
    AtPositions,
    ConflictsApart,
    DifferentDistricts,
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
from models.enums import LeadFigure, Quantifier, RuleOutcome
from tests.unit.consortium.teams_of_facts import (
    BUDGET,
    DISTRICTS,
    MANY,
    SCHEMES,
    facts,
    instance_of,
    part,
    verdict,
)

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
