"""What is said of a firm for a fund: its nearest past deals, where they were, scarce capabilities, next steps."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from matchmaker.profiles import UNKNOWN, Profiles
from matchmaker.scoring.portfolio import FundDeals, FundPlaces
from matchmaker.scoring.prospects import CapabilityScarcity, MilestonePlan
from tests.unit.engine.capital_world import NAMES, capital_of, for_mandate, nan, rows
from tests.unit.engine.record import Joint, history_of
from tests.unit.engine.world import CAPABILITIES, Firm, Offered, need, world

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
    past = [d for d in record if d.years is not None and d.years > 0]
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
        age = round((deal.years or 0) * 365.25) / 365.25  # in whole days, as dates are
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


def test_an_investment_that_comes_later_says_nothing_of_places():
    some = [Firm(), Firm(area=0), Firm(area=1), Firm()]
    here = [Joint([0, 1], years=2, lead=1), Joint([3, 2], years=2, lead=2)]
    asked = need(mandate=0, organisation=0)

    before = FundPlaces().fit(invested(here, some)).score_candidates(asked, rows(4))
    later = FundPlaces().fit(invested([*here, Joint([0, 2], years=-1, lead=2)], some)).score_candidates(asked, rows(4))

    np.testing.assert_array_equal(before, later)


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
