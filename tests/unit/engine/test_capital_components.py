"""What components say that hold rounds and mandates against each other, each beside its slow readable twin."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.engine import Engine, capital_components, portfolio_components
from matchmaker.profiles import UNKNOWN, Candidates, Profiles
from matchmaker.ranking import rank_terms
from matchmaker.scoring.base import Component
from matchmaker.scoring.capital import (
    Capital,
    DistrictAsked,
    FieldMeeting,
    MoneyLeft,
    Patience,
    StageNearness,
    TicketMeeting,
)
from models.enums import FinancingStage, RiskTolerance
from tests.unit.engine.capital_world import CODES, NAMES, capital_of, for_mandate, for_round, nan, rows
from tests.unit.engine.world import Firm, need, world
from tests.unit.funding.columns_of import mandates_of

NODE = {code: row for row, code in enumerate(CODES)}

limits = st.sampled_from([nan, 0.0, 1e6, 3e6, 1e7])
years = st.sampled_from([nan, 0.0, 0.5, 3.0, 12.0])
nodes = st.sets(st.integers(0, len(CODES) - 1), max_size=3)
mandate_rows = st.fixed_dictionaries(
    {"ticket_low": limits, "ticket_high": limits, "remaining": limits, "investing_left": years, "life_left": years},
    optional={
        "stages": st.sets(st.sampled_from(FinancingStage), max_size=3),
        "fields": nodes,
        "places": st.sets(st.integers(0, 4), max_size=2),
        "tolerance": st.sampled_from(RiskTolerance),
    },
).flatmap(
    lambda row: (
        st.sets(st.sampled_from(sorted(row["fields"]))).map(lambda main: {**row, "main_fields": main})
        if row.get("fields")
        else st.just(row)
    )
)
firm_rows = st.fixed_dictionaries(
    {"amount": st.sampled_from([nan, 5e5, 2e6, 2e7]), "exit_months": st.sampled_from([nan, 6.0, 60.0, 180.0])},
    optional={
        "stage": st.sampled_from(FinancingStage),
        "nodes": nodes,
        "place": st.integers(-1, 4),
        "trl": st.integers(1, 9),
    },
)
plan_rows = st.tuples(st.integers(0, 4), st.sampled_from([nan, 0, 1]), st.integers(1, 40))
sides = st.tuples(
    st.lists(mandate_rows, min_size=1, max_size=4),
    st.lists(st.tuples(firm_rows, plan_rows), min_size=1, max_size=4),
)


def laid(drawn: Any) -> tuple[Capital, list[dict[str, Any]], list[dict[str, Any]], Profiles]:
    mandates, both = drawn
    firms = [firm for firm, _ in both]
    profiles = world([Firm()] * (len(mandates) + len(firms)))
    return capital_of(mandates, firms, [plan for _, plan in both]), mandates, firms, profiles


def one(kind: Callable[[Any], Component], mandate: dict[str, Any], firm: dict[str, Any]) -> float:
    capital = capital_of([mandate], [firm])
    return float(for_round(kind(capital), capital, world([Firm(), Firm()]))[0])


# The formulas, written for reading: one mandate and one firm at a time; None where it cannot be told.
def ticket_twin(mandate, firm, _profiles):
    low, high, amount = mandate["ticket_low"], mandate["ticket_high"], firm["amount"]
    if np.isnan(amount) or (np.isnan(low) and np.isnan(high)):
        return None
    room = amount / low if amount < low else 1.0
    return min(1.0, room, high / amount if high < amount else 1.0)


def stage_twin(mandate, firm, _profiles):
    if "stage" not in firm or not mandate.get("stages"):
        return None
    order = list(FinancingStage)
    return max(0.0, 1 - min(abs(order.index(s) - order.index(firm["stage"])) for s in mandate["stages"]) / 2)


def field_twin(mandate, firm, profiles):
    fields, main, own = mandate.get("fields"), mandate.get("main_fields", set()), firm.get("nodes")
    if not fields or not own:
        return None
    related = profiles.taxonomy.related.toarray()

    def near(a, b):
        if a == b:
            return 1.0
        return related[a, b] if max(a, b) < len(NAMES) else 0.0

    return max(near(a, b) * (1.0 if b in main or not main else 0.8) for a in own for b in fields)


def place_twin(mandate, firm, _profiles):
    if not mandate.get("places") or firm.get("place", UNKNOWN) == UNKNOWN:
        return None
    return float(firm["place"] in mandate["places"])


def patience_twin(mandate, firm, _profiles):
    way, life = firm["exit_months"] / 12, mandate["life_left"]
    if np.isnan(way):
        return None
    if mandate.get("tolerance") is RiskTolerance.HIGH:
        return 1.0
    return None if np.isnan(life) else 1 - max(0.0, way - life) / way


def money_twin(mandate, firm, _profiles):
    low, high, left, amount = (mandate["ticket_low"], mandate["ticket_high"], mandate["remaining"], firm["amount"])
    ticket = amount if np.isnan(high) else high if np.isnan(amount) else min(amount, high)
    ticket = ticket if np.isnan(low) else low if np.isnan(ticket) else max(ticket, low)
    if np.isnan(left) or np.isnan(ticket) or ticket == 0:
        return None
    return 0.0 if mandate["investing_left"] <= 0 else (left / ticket) / (1 + left / ticket)


TWINS = {
    TicketMeeting: ticket_twin,
    StageNearness: stage_twin,
    FieldMeeting: field_twin,
    DistrictAsked: place_twin,
    Patience: patience_twin,
    MoneyLeft: money_twin,
}


@pytest.mark.parametrize("kind", TWINS, ids=lambda kind: kind.name)
@given(drawn=sides)
@settings(max_examples=40)
def test_each_says_what_its_slow_twin_says_in_both_directions(kind, drawn):
    capital, mandates, firms, profiles = laid(drawn)
    expected = np.array([[TWINS[kind](m, f, profiles) for f in firms] for m in mandates], np.float64)

    of_rounds = [for_round(kind(capital), capital, profiles, firm) for firm in range(len(firms))]
    of_mandates = [for_mandate(kind(capital), capital, profiles, mandate) for mandate in range(len(mandates))]

    np.testing.assert_allclose(np.stack(of_rounds, axis=1), expected, atol=1e-6)
    np.testing.assert_allclose(np.stack(of_mandates), expected, atol=1e-6)


@given(drawn=sides)
@settings(max_examples=40)
def test_scores_lie_between_0_and_1_and_what_is_known_has_its_evidence(drawn):
    capital, _mandates, _firms, profiles = laid(drawn)

    for component in capital_components(capital):
        component.fit(profiles)
        for asked, candidates in (
            (need(round=0), rows(len(capital.mandates))),
            (need(mandate=0), rows(len(capital.firms), len(capital.mandates))),
        ):
            scores = component.score_candidates(asked, candidates)
            known = np.flatnonzero(~np.isnan(scores))
            assert ((scores[known] >= 0) & (scores[known] <= 1)).all()
            for row in known:
                assert component.evidence(asked, candidates, int(row)).code.startswith(f"{component.name}.")


@given(drawn=sides)
def test_they_say_nothing_where_somebody_asks_about_something_else(drawn):
    capital, _mandates, firms, profiles = laid(drawn)

    for component in [*capital_components(capital), *portfolio_components()]:
        said = component.fit(profiles).score_candidates(need(), rows(len(firms)))
        assert np.isnan(said).all(), component.name


def test_nothing_is_known_of_a_mandate_and_a_round_that_say_nothing():
    capital = capital_of([{}], [{}])
    profiles = world([Firm(), Firm()])

    for component in [*capital_components(capital), *portfolio_components()]:
        component.fit(profiles)
        assert np.isnan(component.score_candidates(need(round=0), rows(1))).all(), component.name
        assert np.isnan(component.score_candidates(need(mandate=0, organisation=0), rows(1, 1))).all(), component.name


@given(drawn=sides, factor=st.floats(1, 5))
@settings(max_examples=30)
def test_wider_tickets_a_longer_life_and_more_money_never_lower_a_score(drawn, factor):
    capital, mandates, _firms, profiles = laid(drawn)
    better = [
        row
        | {"ticket_low": row["ticket_low"] / factor, "ticket_high": row["ticket_high"] * factor}
        | {"life_left": row["life_left"] * factor}
        for row in mandates
    ]
    richer = [row | {"remaining": row["remaining"] * factor} for row in mandates]

    for kind, changed in ((TicketMeeting, better), (Patience, better), (MoneyLeft, richer)):
        before = for_round(kind(capital), capital, profiles)
        after = for_round(kind(replace(capital, mandates=mandates_of(changed))), capital, profiles)
        known = ~np.isnan(before)
        assert (after[known] >= before[known] - 1e-9).all(), kind.name


@given(drawn=sides, more=nodes)
@settings(max_examples=40)
def test_naming_one_more_field_never_lowers_who_met_a_field_before(drawn, more):
    capital, mandates, _firms, profiles = laid(drawn)
    wider = [row | {"fields": row.get("fields", set()) | more} if row.get("main_fields") else row for row in mandates]

    before = for_round(FieldMeeting(capital), capital, profiles)
    after = for_round(FieldMeeting(replace(capital, mandates=mandates_of(wider))), capital, profiles)

    known = ~np.isnan(before)
    assert (after[known] >= before[known] - 1e-9).all()


def test_a_long_way_is_no_penalty_where_the_fund_lives_or_tolerates_it():
    far = {"exit_months": 120.0}

    assert one(Patience, {"life_left": 10.0}, far) == 1
    assert one(Patience, {"life_left": 4.0}, far) == pytest.approx(0.4)
    assert one(Patience, {"life_left": 4.0, "tolerance": RiskTolerance.HIGH}, far) == 1
    assert one(Patience, {"life_left": 4.0, "tolerance": RiskTolerance.LOW}, far) == pytest.approx(0.4)


def test_a_main_field_counts_more_than_another_and_that_more_than_a_neighbour():
    fields = {"fields": {NODE["displays"], NODE["metal"]}, "main_fields": {NODE["displays"]}}

    main, other, sibling, far = (
        one(FieldMeeting, fields, {"nodes": {NODE[name]}}) for name in ("displays", "metal", "sensing", "newest")
    )

    assert (main, other, far) == (1, 0.8, 0)
    assert other > sibling > far


@pytest.mark.parametrize(
    ("mandate", "firm", "code"),
    [
        ({"life_left": 4.0}, {"exit_months": 120.0}, "patience.short"),
        ({"life_left": 4.0, "tolerance": RiskTolerance.HIGH}, {"exit_months": 120.0}, "patience.tolerant"),
        ({"tolerance": RiskTolerance.HIGH}, {"exit_months": 120.0}, "patience.tolerant"),
        ({"life_left": 14.0, "tolerance": RiskTolerance.HIGH}, {"exit_months": 120.0}, "patience.reaches"),
        ({"remaining": 1e7, "ticket_low": 1e6}, {"amount": 2e6}, "money_left.tickets"),
        ({"remaining": 1e7, "ticket_low": 1e6, "investing_left": 0.0}, {"amount": 2e6}, "money_left.over"),
        ({"places": {2}}, {"place": 2}, "mandate_place.inside"),
        ({"places": {2}}, {"place": 3}, "mandate_place.outside"),
        ({"fields": {1}, "main_fields": {1}}, {"nodes": {1}}, "invested_field.main"),
        ({"fields": {1}}, {"nodes": {1}}, "invested_field.other"),
        ({"fields": {1}}, {"nodes": {3}}, "invested_field.near"),
        ({"fields": {1}}, {"nodes": {5}}, "invested_field.far"),
    ],
)
def test_the_evidence_says_which_case_it_is(mandate, firm, code):
    capital = capital_of([mandate], [firm])
    (component,) = (c for c in capital_components(capital) if c.name == code.partition(".")[0])

    evidence = component.fit(world([Firm(), Firm()])).evidence(need(round=0), rows(1), 0)

    assert evidence.code == code


# One list.
def test_a_list_of_terms_sums_up_ties_stand_by_id_and_two_mandates_of_a_fund_are_two():
    capital = capital_of([{"ticket_low": 1e6}, {"ticket_low": 1e6}, {}, {"ticket_low": 4e6}], [{"amount": 2e6}])
    profiles = world([Firm()] * 3)
    engine = _engine(profiles, capital)
    funds = Candidates(np.array([1, 0, 2, 0], np.int32), np.full(4, UNKNOWN, np.int32), np.arange(4, dtype=np.int32))

    found = rank_terms(engine, need(round=0), {"ticket": 10, "patience": 5}, among=funds, top=10)

    assert found.candidates.terms.tolist() == [1, 0, 3]
    assert found.candidates.organisation.tolist() == [0, 1, 0]
    assert (found.found, found.unscored) == (3, 1)
    np.testing.assert_allclose(found.blend.terms.sum(axis=1), found.blend.fit)
    np.testing.assert_allclose(found.blend.coverage, 10 / 15)


def _engine(profiles: Profiles, capital: Capital) -> Engine:
    return Engine.fit(profiles).beside([one.fit(profiles) for one in capital_components(capital)])
