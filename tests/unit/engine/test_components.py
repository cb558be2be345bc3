"""What every component promises, and what each of the content components says."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.engine import column_components
from matchmaker.profiles import KINDS, SIZES, TYPES, UNKNOWN, Candidates, Need, Profiles, RequiredCapability
from matchmaker.scoring.base import Component
from matchmaker.scoring.capability import CapabilityCover
from matchmaker.scoring.chain import ChainAdjacency
from matchmaker.scoring.context import DistrictNearness, FreeCapacity, SizeComplement, TermsMeeting
from matchmaker.scoring.readiness import ReadinessOverlap
from matchmaker.scoring.text import TextMeeting
from models.enums import CooperationType, OrganisationKind, SizeClass
from tests.unit.engine.world import (
    CAPABILITIES,
    NODES,
    TODAY,
    Firm,
    Offered,
    column,
    everybody,
    need,
    world,
)

levels = st.dictionaries(st.sampled_from([code for code, _ in CAPABILITIES]), st.integers(1, 5), max_size=3)
trl_ranges = st.tuples(st.integers(1, 9), st.integers(1, 9)).map(lambda pair: (min(pair), max(pair)))
firms = st.builds(
    Firm,
    kind=st.sampled_from(OrganisationKind),
    size=st.none() | st.sampled_from(SizeClass),
    place=st.integers(-1, 4),
    area=st.integers(-1, 2),
    free=st.floats(0, 1) | st.just(float("nan")),
    nodes=st.lists(st.sampled_from([code for code, _ in NODES]), unique=True, max_size=2),
)
vectors = st.none() | st.lists(st.floats(-1, 1), min_size=2, max_size=8).filter(lambda v: max(map(abs, v)) > 0.01)


def offers_of(count: int) -> st.SearchStrategy[list[Offered]]:
    offered = st.builds(
        Offered,
        owner=st.integers(0, count - 1),
        levels=levels,
        trl=st.none() | trl_ranges,
        type=st.sampled_from(CooperationType),
        vector=vectors,
        wants_sizes=st.lists(st.sampled_from(SizeClass), max_size=2),
    )
    return st.lists(offered, max_size=6)


worlds = st.lists(firms, min_size=1, max_size=6).flatmap(
    lambda some: offers_of(len(some)).map(lambda offered: world(some, offered))
)
required = st.builds(
    RequiredCapability,
    column=st.integers(0, len(CAPABILITIES) - 1),
    level=st.integers(1, 5),
    weight=st.floats(0.1, 5),
)
needs = st.builds(
    Need,
    day=st.just(TODAY),
    kind=st.integers(-1, len(KINDS) - 1),
    size=st.integers(-1, len(SIZES) - 1),
    place=st.integers(-1, 4),
    area=st.integers(-1, 2),
    capabilities=st.lists(required, max_size=3, unique_by=lambda item: item.column).map(tuple),
    vector=vectors.map(lambda v: None if v is None else unit(v)),
    trl=st.none() | trl_ranges,
    type=st.integers(-1, len(TYPES) - 1),
    types=st.frozensets(st.integers(0, len(TYPES) - 1), max_size=2),
)


def unit(vector: list[float]) -> np.ndarray:
    padded = np.array([*vector, *([0.0] * (8 - len(vector)))], dtype=np.float32)
    return padded / np.linalg.norm(padded)


@pytest.mark.parametrize("component", column_components(), ids=lambda component: component.name)
class TestEveryComponent:
    @given(profiles=worlds, asked=needs)
    def test_scores_lie_between_0_and_1_or_are_unknown(
        self, component: Component, profiles: Profiles, asked: Need
    ) -> None:
        scores = component.fit(profiles).score_candidates(asked, everybody(profiles))

        assert scores.shape == (len(everybody(profiles)),)
        known = scores[~np.isnan(scores)]
        assert ((known >= 0) & (known <= 1 + 1e-9)).all()

    @given(profiles=worlds, asked=needs, data=st.data())
    def test_a_score_does_not_depend_on_who_else_is_judged(
        self, component: Component, profiles: Profiles, asked: Need, data: st.DataObject
    ) -> None:
        candidates = everybody(profiles)
        rows = np.array(data.draw(st.permutations(range(len(candidates)))), dtype=np.intp)[: len(candidates) // 2 + 1]
        component.fit(profiles)

        alone = component.score_candidates(asked, candidates.take(rows))

        np.testing.assert_allclose(alone, component.score_candidates(asked, candidates)[rows], rtol=1e-6, atol=1e-6)

    @given(profiles=worlds, asked=needs)
    def test_what_is_known_has_its_evidence(self, component: Component, profiles: Profiles, asked: Need) -> None:
        candidates = everybody(profiles)
        scores = component.fit(profiles).score_candidates(asked, candidates)

        for row in np.flatnonzero(~np.isnan(scores)):
            assert component.evidence(asked, candidates, int(row)).code.startswith(f"{component.name}.")

    def test_nothing_is_known_where_nothing_is_said(self, component: Component) -> None:
        profiles = world([Firm()])

        scores = component.fit(profiles).score_candidates(need(), everybody(profiles))

        assert np.isnan(scores).all()


def cover(offered: dict[str, int], *asked: RequiredCapability) -> float:
    profiles = world([Firm()], [Offered(owner=0, levels=offered)])
    return float(CapabilityCover().fit(profiles).score_candidates(need(capabilities=asked), everybody(profiles))[0])


def slow_cover(profiles: Profiles, asked: Need, candidates: Candidates) -> np.ndarray:
    """The formula of CapabilityCover, written for reading."""
    similarity = profiles.taxonomy.similarity.toarray()
    scores = []
    for offer in candidates.offer:
        offered = {} if offer == UNKNOWN else dict(enumerate(profiles.offers.capabilities.toarray()[offer]))
        offered = {code: level for code, level in offered.items() if level > 0}
        if not offered or not asked.capabilities:
            scores.append(np.nan)
            continue
        total = sum(
            item.weight
            * max(similarity[code, item.column] * min(1, level / item.level) for code, level in offered.items())
            for item in asked.capabilities
        )
        scores.append(total / sum(item.weight for item in asked.capabilities))
    return np.array(scores)


@given(profiles=worlds, asked=needs)
def test_the_fast_cover_equals_the_readable_one(profiles: Profiles, asked: Need) -> None:
    fast = CapabilityCover().fit(profiles).score_candidates(asked, everybody(profiles))

    np.testing.assert_allclose(fast, slow_cover(profiles, asked, everybody(profiles)), rtol=1e-5)


def test_the_same_capability_at_its_level_covers_a_need() -> None:
    assert cover({"cockpit": 4}, RequiredCapability(column("cockpit"), 3)) == 1


def test_a_level_below_the_need_covers_its_share() -> None:
    assert cover({"cockpit": 2}, RequiredCapability(column("cockpit"), 4)) == pytest.approx(0.5)


def test_a_neighbour_at_the_same_node_covers_less_than_half() -> None:
    assert 0 < cover({"hud": 5}, RequiredCapability(column("cockpit"), 3)) < 0.5


def test_a_stranger_to_the_capability_covers_nothing() -> None:
    assert cover({"forging": 5}, RequiredCapability(column("cockpit"), 3)) == 0


def test_weights_say_which_capability_matters() -> None:
    asked = (RequiredCapability(column("cockpit"), 3, weight=3), RequiredCapability(column("forging"), 3, weight=1))

    assert cover({"cockpit": 3}, *asked) == pytest.approx(0.75)


@given(offered=levels, asked=required, code=st.sampled_from([code for code, _ in CAPABILITIES]))
def test_a_higher_level_never_covers_less(offered: dict[str, int], asked: RequiredCapability, code: str) -> None:
    better = {**offered, code: 5}

    before = cover(offered, asked) if offered else 0.0

    assert cover(better, asked) >= before - 1e-6


@given(asked=trl_ranges, offered=trl_ranges)
def test_a_wider_offer_is_never_less_ready(asked: tuple[int, int], offered: tuple[int, int]) -> None:
    wider = (max(1, offered[0] - 1), min(9, offered[1] + 1))
    profiles = world([Firm()], [Offered(owner=0, trl=offered), Offered(owner=0, trl=wider)])

    narrow_score, wide_score = ReadinessOverlap().fit(profiles).score_candidates(need(trl=asked), everybody(profiles))

    assert wide_score >= narrow_score


def test_an_offer_one_level_off_counts_as_half_a_level() -> None:
    profiles = world([Firm()], [Offered(owner=0, trl=(3, 4))])

    score = ReadinessOverlap().fit(profiles).score_candidates(need(trl=(5, 6)), everybody(profiles))

    assert score == [0.25]


def test_texts_that_point_the_same_way_meet() -> None:
    profiles = world([Firm(), Firm()], [Offered(owner=0, vector=[1.0, 0.0]), Offered(owner=1, vector=[0.0, 1.0])])

    scores = TextMeeting().fit(profiles).score_candidates(need(vector=unit([1.0])), everybody(profiles))

    assert scores[0] == 1
    assert scores[1] == 0


def test_who_supplies_the_asker_stands_where_a_need_without_capabilities_points() -> None:
    profiles = world([Firm(nodes=["metal"]), Firm(nodes=["displays"])])
    asked = need(nodes=np.array([1], dtype=np.int32))

    supplier, rival = ChainAdjacency().fit(profiles).score_candidates(asked, everybody(profiles))

    assert supplier == 1
    assert rival == 0


def test_a_capability_without_a_node_points_nowhere_on_the_chain() -> None:
    profiles = world([Firm(nodes=[code]) for code, _ in NODES])
    astray = replace(profiles, taxonomy=replace(profiles.taxonomy, node_of_capability=np.full(4, UNKNOWN, np.int32)))
    asked = need(capabilities=(RequiredCapability(0, 3),))

    scores = ChainAdjacency().fit(astray).score_candidates(asked, everybody(astray))

    assert np.isnan(scores).all()


def test_a_district_is_nearer_than_its_part_of_the_city() -> None:
    profiles = world([Firm(place=1, area=0), Firm(place=2, area=0), Firm(place=3, area=1), Firm()])

    scores = DistrictNearness().fit(profiles).score_candidates(need(place=1, area=0), everybody(profiles))

    np.testing.assert_array_equal(scores, [1, 0.5, 0, np.nan])


def test_a_large_firm_complements_a_small_one_better_than_its_like() -> None:
    profiles = world([Firm(size=SizeClass.LARGE), Firm(size=SizeClass.SMALL)])
    asker = need(size=SIZES.index(SizeClass.SMALL))

    large, small = SizeComplement().fit(profiles).score_candidates(asker, everybody(profiles))

    assert large > small


def test_unknown_capacity_is_neither_free_nor_full() -> None:
    profiles = world([Firm(free=0.5), Firm()])

    scores = FreeCapacity().fit(profiles).score_candidates(need(), everybody(profiles))

    np.testing.assert_array_equal(scores, [0.5, np.nan])


def test_terms_count_only_what_both_sides_state() -> None:
    profiles = world([Firm()], [Offered(owner=0, type=CooperationType.LICENCE, budget=(100.0, 300.0))])
    asked = need(type=TYPES.index(CooperationType.LICENCE), budget=(200.0, 400.0))

    scores = TermsMeeting().fit(profiles).score_candidates(asked, everybody(profiles))

    assert scores == [pytest.approx((1 + 0.5) / 2)]
