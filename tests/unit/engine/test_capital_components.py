"""What components say that hold rounds and mandates against each other, each beside its slow readable twin."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

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
    Plans,
    StageNearness,
    TicketMeeting,
)
from matchmaker.scoring.portfolio import FundDeals, FundPlaces
from matchmaker.scoring.prospects import CapabilityScarcity, MilestonePlan
from models.enums import FinancingStage, RiskTolerance
from tests.unit.engine.record import Joint, history_of
from tests.unit.engine.world import CAPABILITIES, NODES, TODAY, Firm, Offered, need, world
from tests.unit.funding.columns_of import SETS, firms_of, mandates_of

NAMES = [code for code, _ in NODES]
CODES = [*NAMES, "newer", "newest"]  # two that the taxonomy of the columns does not know yet
NODE = {code: row for row, code in enumerate(CODES)}
PLACES = [f"place-{row}" for row in range(SETS["places"])]
nan = float("nan")

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


def capital_of(mandates: Any, firms: Any, plans: Any = None) -> Capital:
    said = np.array([plans[row] if plans else (0, nan, nan) for row in range(len(firms))], np.float64).reshape(-1, 3)
    return Capital(
        mandates=mandates_of(mandates),
        firms=firms_of(firms),
        plans=Plans(said[:, 0], said[:, 1], np.where(said[:, 0] > 0, said[:, 2], nan)),
        nodes=CODES,
        places=PLACES,
    )


def laid(drawn: Any) -> tuple[Capital, list[dict[str, Any]], list[dict[str, Any]], Profiles]:
    mandates, both = drawn
    firms = [firm for firm, _ in both]
    profiles = world([Firm()] * (len(mandates) + len(firms)))
    return capital_of(mandates, firms, [plan for _, plan in both]), mandates, firms, profiles


def rows(count: int, first: int = 0) -> Candidates:
    """Everybody of one side; funds stand before firms among the organisations."""
    order = np.arange(count, dtype=np.int32)
    return Candidates(order + first, np.full(count, UNKNOWN, np.int32), order)


def for_round(component: Component, capital: Capital, profiles: Profiles, firm: int = 0) -> np.ndarray:
    return component.fit(profiles).score_candidates(need(round=firm), rows(len(capital.mandates)))


def for_mandate(component: Component, capital: Capital, profiles: Profiles, mandate: int = 0) -> np.ndarray:
    funds = len(capital.mandates)
    return component.fit(profiles).score_candidates(need(mandate=mandate), rows(len(capital.firms), funds))


def one(kind: type[Component], mandate: dict[str, Any], firm: dict[str, Any]) -> float:
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


# What the fund has paid for.
TAGS = [f"node:{name}" for name in NAMES]


def invested(record: list[Joint], some: list[Firm]) -> Profiles:
    """Organisation 0 is the fund; the tags of rounds are chain nodes."""
    tags = np.zeros((len(record), len(TAGS)), np.float32)
    for row, deal in enumerate(record):
        tags[row, [TAGS.index(tag) for tag in deal.tags]] = 1
    history = replace(history_of([replace(deal, tags=()) for deal in record], len(some)), tags=csr_array(tags))
    profiles = world(some)
    return replace(
        profiles, history=history, vocabulary={**profiles.vocabulary, "tags": TAGS, "words": ["a", "b", "c", "d"]}
    )


deals = st.lists(
    st.builds(
        Joint,
        members=st.just([0, 1]) | st.just([2, 1]) | st.just([0, 1, 2]),
        years=st.integers(-2, 6).map(float),
        tags=st.lists(st.sampled_from(TAGS), unique=True, max_size=3),
        lead=st.sampled_from([0, 1, UNKNOWN]),
    ),
    max_size=6,
)
startups = st.lists(
    st.builds(Firm, nodes=st.lists(st.sampled_from(NAMES), unique=True, max_size=2), area=st.integers(-1, 2)),
    min_size=3,
    max_size=3,
)


def deals_twin(profiles: Profiles, record: list[Joint], some: list[Firm], firm: int) -> float | None:
    past = [d for d in record if d.years > 0]
    if not past:
        return None
    idf = {tag: np.log((1 + len(past)) / (1 + sum(tag in d.tags for d in past))) + 1 for tag in TAGS}
    own = {f"node:{node}" for node in some[firm].nodes}
    paid = [d for d in past if 0 in d.members and d.lead != 0 and d.tags]
    if not own or not paid:
        return None

    def length(tags):
        return np.sqrt(sum(idf[tag] ** 2 for tag in tags))

    total = 0.0
    for deal in paid:
        cosine = sum(idf[tag] ** 2 for tag in own & set(deal.tags)) / (length(own) * length(deal.tags))
        age = (TODAY - (TODAY - round(deal.years * 365.25))) / 365.25
        total += cosine**2 * 2 ** (-age / 4)
    logarithm = np.log1p(total)
    return float(logarithm / (1 + logarithm))


@given(record=deals, some=startups)
@settings(max_examples=40)
def test_the_nearest_past_deals_are_as_the_twin_has_them(record, some):
    profiles = invested(record, some)
    expected = [deals_twin(profiles, record, some, firm) for firm in range(3)]

    said = FundDeals().fit(profiles).score_candidates(need(mandate=0, organisation=0), rows(3))

    np.testing.assert_allclose(said, np.array(expected, np.float64), atol=1e-6)


def test_a_deal_that_was_nearer_names_itself_first():
    record = [
        Joint([0, 1], years=2, tags=["node:displays", "node:metal"], lead=1),
        Joint([0, 1], years=2, tags=["node:displays"], lead=1),
        Joint([2, 1], years=2, tags=["node:displays"], lead=1),  # another fund's
    ]
    component = FundDeals().fit(invested(record, [Firm(), Firm(), Firm(nodes=["displays"])]))
    asked = need(mandate=0, organisation=0)

    evidence = component.evidence(asked, rows(3), 2)

    assert evidence.code == "fund_deals.near"
    assert evidence.facts["ids"] == ["project-0001", "project-0000"]
    assert (evidence.facts["count"], evidence.facts["of"]) == (2, 2)


def test_another_deal_like_the_firm_never_lowers_it_and_one_that_comes_later_says_nothing():
    some = [Firm(), Firm(), Firm(nodes=["displays"])]
    like = Joint([0, 1], years=2, tags=["node:displays"], lead=1)
    asked = need(mandate=0, organisation=0)

    def score(record):
        return FundDeals().fit(invested(record, some)).score_candidates(asked, rows(3))[2]

    assert score([like, like]) > score([like])
    assert score([like, replace(like, years=-1.0)]) == score([like])


@given(record=deals, some=startups)
@settings(max_examples=40)
def test_places_lie_between_0_and_1_and_half_is_as_everywhere(record, some):
    profiles = invested(record, some)
    component = FundPlaces().fit(profiles)
    asked = need(mandate=0, organisation=0)

    said = component.score_candidates(asked, rows(3))

    assert (np.isnan(said) | ((said >= 0) & (said <= 1))).all()
    assert all(np.isnan(score) for score, firm in zip(said, some, strict=True) if firm.area == UNKNOWN)


def test_a_fund_that_invests_here_more_than_others_do_says_more_than_half():
    here = [Joint([0, 1], years=2, lead=1)] + [Joint([3, 2], years=2, lead=2)] * 3
    some = [Firm(), Firm(area=0), Firm(area=1), Firm()]

    said = FundPlaces().fit(invested(here, some)).score_candidates(need(mandate=0, organisation=0), rows(4))

    assert said[1] > 0.5 > said[2]


# What few others can do.
levels = st.dictionaries(st.sampled_from([code for code, _ in CAPABILITIES]), st.integers(1, 5), max_size=3)


@given(offered=st.lists(st.tuples(st.integers(0, 3), levels), max_size=8))
@settings(max_examples=40)
def test_scarcity_is_as_its_twin_counts_it(offered):
    profiles = world([Firm()] * 4, [Offered(owner=owner, levels=own) for owner, own in offered])
    best: list[dict[str, int]] = [{} for _ in range(4)]
    for owner, own in offered:
        for code, level in own.items():
            best[owner][code] = max(level, best[owner].get(code, 0))
    expected = [
        max(
            (
                1 / (1 + sum(best[k].get(code, 0) >= level for k in range(4) if k != j))
                for code, level in best[j].items()
            ),
            default=nan,
        )
        for j in range(4)
    ]

    said = CapabilityScarcity().fit(profiles).score_candidates(need(mandate=0), rows(4))

    np.testing.assert_allclose(said, expected)


def test_who_is_known_to_be_outside_the_region_does_not_count_as_another():
    offers = [Offered(owner=owner, levels={"radar": 3}) for owner in (0, 1)]
    profiles = world([Firm(place=0), Firm(place=1)], offers)
    profiles = replace(profiles, vocabulary={**profiles.vocabulary, "places": ["500112", "DE/Bayern"]})

    component = CapabilityScarcity().fit(profiles)

    assert component.score_candidates(need(mandate=0), rows(2)).tolist() == [1.0, 0.5]
    assert component.evidence(need(mandate=0), rows(2), 1).facts == {"capability": "radar", "level": 3, "others": 1}


# How clear the next steps are.
def plan_score(plan: tuple[float, float, float], *, trl: float = nan, shown: int | None = None) -> float:
    capital = capital_of([{}], [{"trl": trl}], [plan])
    offers = [] if shown is None else [Offered(owner=1, trl=(1, shown))]
    profiles = world([Firm(), Firm()], offers)
    return float(for_mandate(MilestonePlan(capital), capital, profiles)[0])


def test_milestones_are_the_mean_of_what_is_known_of_them():
    assert plan_score((2, 1, 6)) == pytest.approx((1 + 0.5) / 2)
    assert plan_score((2, nan, 24)) == pytest.approx(0.5)  # costs are kept back
    assert plan_score((2, 2, 24), trl=5, shown=6) == pytest.approx((0.5 + 1 + 1) / 3)
    assert plan_score((2, 2, 24), trl=7, shown=6) == pytest.approx((0.5 + 1 + 0) / 3)
    assert np.isnan(plan_score((0, nan, 6)))


@given(costed=st.integers(0, 3), sooner=st.integers(1, 30), later=st.integers(0, 30))
def test_one_more_cost_or_an_earlier_milestone_never_lowers(costed, sooner, later):
    assert plan_score((4, costed + 1, sooner)) >= plan_score((4, costed, sooner))
    assert plan_score((4, costed, sooner)) >= plan_score((4, costed, sooner + later))


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
