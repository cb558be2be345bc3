"""The way from the lab to production, held against a twin that walks every way."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.consortium.relay import (
    Fitness,
    HopRange,
    Leg,
    Stations,
    Way,
    cheapest,
    fastest,
    find_ways,
    nearest,
)
from matchmaker.profiles import UNKNOWN

HOPS = (HopRange(2, 4), HopRange(3, 5), HopRange(4, 7), HopRange(7, 8), HopRange(8, 9))
LAB, PROOF, PILOT, SCENE, PRODUCTION = range(5)
FITNESS = Fitness(near=0.5, close=0.8)
NAN = float("nan")
Cost = tuple[int, int, int, float, int, float]  # missing levels, near, unpriced, money, untimed, months
Row = tuple[int, int, int, float, float]  # hop, level in, level out, months, money


def make_stations(*rows: Row, closeness: tuple[float, ...] = (), closed: tuple[int, ...] = ()) -> Stations:
    columns = np.array(rows, float).reshape(-1, 5).T
    return Stations(
        hop=columns[0].astype(np.int32),
        trl_in=columns[1].astype(np.int32),
        trl_out=columns[2].astype(np.int32),
        months=columns[3],
        money=columns[4],
        closeness=np.array(closeness or (1.0,) * len(rows)),
        is_open=~np.isin(np.arange(len(rows)), closed),
    )


def ways(stations: Stations, start: int, goal: int) -> tuple[Way, ...]:
    return find_ways(stations, HOPS, start=start, goal=goal, fitness=FITNESS)


def all_ways(stations: Stations, start: int, goal: int) -> Iterator[tuple[Leg, ...]]:
    """The twin: every sequence of legs, gaps of every length among them."""

    def onward(level: int, hop: int, legs: tuple[Leg, ...]) -> Iterator[tuple[Leg, ...]]:
        if level >= goal:
            yield legs
            return
        for row in range(len(stations)):
            its_hop, low, high = (int(column[row]) for column in (stations.hop, stations.trl_in, stations.trl_out))
            fits = stations.is_open[row] and stations.closeness[row] >= 0.5 and its_hop >= hop
            if fits and low != UNKNOWN and low <= level < high:
                to = min(high, goal)
                yield from onward(to, its_hop, (*legs, Leg(its_hop, row, level, to)))
        for later in range(hop, len(HOPS)):
            low = 1 if later == 0 else HOPS[later].low
            for to in range(level + 1, min(HOPS[later].high, goal) + 1) if level >= low else ():
                yield from onward(to, later, (*legs, Leg(later, UNKNOWN, level, to)))

    yield from onward(start, 0, ())


def cost_of(stations: Stations, legs: tuple[Leg, ...]) -> Cost:
    near = sum(not leg.is_missing and stations.closeness[leg.station] < 0.8 for leg in legs)
    missing = sum(leg.trl_to - leg.trl_from for leg in legs if leg.is_missing)
    money = [NAN if leg.is_missing else stations.money[leg.station] for leg in legs]
    months = [NAN if leg.is_missing else stations.months[leg.station] for leg in legs]
    unpriced, untimed = int(np.isnan(money).sum()), int(np.isnan(months).sum())
    return missing, int(near), unpriced, float(np.nansum(money)), untimed, float(np.nansum(months))


def cost_of_way(way: Way) -> Cost:
    return way.missing_levels, way.near, way.unpriced, way.money, way.untimed, way.months


def twin_front(costs: set[Cost]) -> set[Cost]:
    least = min(cost[:2] for cost in costs)
    tied = [cost for cost in costs if cost[:2] == least]

    def is_beaten(one: tuple[float, ...]) -> bool:
        return any(other != one and all(a <= b for a, b in zip(other, one, strict=True)) for other in tied)

    return {one for one in tied if not is_beaten(one)}


figures = st.one_of(st.just(NAN), st.integers(0, 6).map(float))
rows = st.tuples(st.integers(0, 4), st.integers(UNKNOWN, 8), st.integers(1, 9), figures, figures)


@given(
    some=st.lists(rows, max_size=8),
    start=st.integers(1, 8),
    goal=st.integers(2, 9),
    closed=st.sets(st.integers(0, 7), max_size=2),
    closeness=st.lists(st.sampled_from([0.2, 0.6, 0.9]), min_size=8, max_size=8),
)
def test_the_ways_found_are_exactly_those_that_no_other_way_beats(some, start, goal, closed, closeness):
    if goal <= start:
        return
    stations = make_stations(*some, closed=tuple(closed), closeness=tuple(closeness[: len(some)]))

    found = ways(stations, start, goal)

    every = {cost_of(stations, legs) for legs in all_ways(stations, start, goal)}
    assert {cost_of_way(way) for way in found} == twin_front(every)
    assert len(found) == len({cost_of_way(way) for way in found})


@given(some=st.lists(rows, max_size=8), start=st.integers(1, 8), goal=st.integers(2, 9))
def test_every_way_can_be_walked_and_sums_its_legs(some, start, goal):
    if goal <= start:
        return
    stations = make_stations(*some)

    for way in ways(stations, start, goal):
        levels = [start, *(leg.trl_to for leg in way.legs)]
        hops = [leg.hop for leg in way.legs]

        assert [leg.trl_from for leg in way.legs] == levels[:-1]
        assert levels[-1] == goal
        assert hops == sorted(hops)
        assert all(stations.trl_in[leg.station] <= leg.trl_from for leg in way.legs if not leg.is_missing)
        assert cost_of_way(way) == pytest.approx(cost_of(stations, way.legs))


def test_the_cheapest_and_the_fastest_way_may_differ():
    slow, quick = (PILOT, 4, 7, 12.0, 100.0), (PILOT, 4, 7, 3.0, 900.0)
    stations = make_stations(slow, quick)

    found = ways(stations, 4, 7)

    assert cheapest(found).legs[0].station == 0
    assert fastest(found).legs[0].station == 1


def test_whoever_states_no_price_is_not_called_the_cheapest():
    stations = make_stations((PILOT, 4, 7, 6.0, NAN), (PILOT, 4, 7, 6.0, 5_000_000.0))

    way = cheapest(ways(stations, 4, 7))

    assert way.legs[0].station == 1
    assert (way.money, way.unpriced) == (5_000_000.0, 0)


def test_a_hop_that_nobody_covers_is_a_gap_and_is_never_priced():
    stations = make_stations((LAB, 2, 4, 6.0, 10.0), (SCENE, 7, 8, 6.0, 10.0))

    way = cheapest(ways(stations, 2, 8))

    assert [(leg.hop, leg.is_missing) for leg in way.legs] == [(LAB, False), (PILOT, True), (SCENE, False)]
    assert (way.money, way.unpriced, way.missing_levels) == (20.0, 1, 3)


def test_the_shorter_gap_wins_over_the_cheaper_way():
    stations = make_stations((PILOT, 5, 7, 6.0, 9e6))

    way = cheapest(ways(stations, 4, 7))

    assert [(leg.trl_from, leg.trl_to, leg.is_missing) for leg in way.legs] == [(4, 5, True), (5, 7, False)]


def test_of_two_that_cost_the_same_the_closer_one_is_taken():
    stations = make_stations((PILOT, 4, 7, 6.0, 10.0), (PILOT, 4, 7, 6.0, 10.0), closeness=(0.6, 1.0))

    way = cheapest(ways(stations, 4, 7))

    assert way.legs[0].station == 1


def test_who_does_the_very_thing_comes_before_who_is_cheap_and_only_near():
    stations = make_stations((PILOT, 4, 7, 6.0, 10.0), (PILOT, 4, 7, 9.0, 90.0), closeness=(0.6, 1.0))

    found = ways(stations, 4, 7)

    assert [way.legs[0].station for way in found] == [1]
    assert cheapest(found).near == 0


def test_who_is_only_near_is_taken_where_nobody_does_the_thing():
    stations = make_stations((PILOT, 4, 7, 6.0, 10.0), closeness=(0.6,))

    (way,) = ways(stations, 4, 7)

    assert (way.near, way.missing_levels) == (1, 0)


def test_the_nearest_is_who_misses_by_the_least():
    starts_late, is_closed, lacks = (PILOT, 6, 7, 1.0, 1.0), (PILOT, 4, 7, 1.0, 1.0), (PILOT, 4, 7, 1.0, 1.0)
    stations = make_stations(starts_late, is_closed, lacks, closeness=(1.0, 1.0, 0.2), closed=(1,))

    miss = nearest(stations, Leg(PILOT, UNKNOWN, 4, 7), least_closeness=0.5)

    assert miss is not None
    assert (miss.station, miss.is_closed) == (2, False)
    assert miss.lacks_closeness == pytest.approx(0.3)


def test_a_hop_without_any_station_has_no_nearest():
    stations = make_stations((LAB, 2, 4, 1.0, 1.0))

    assert nearest(stations, Leg(SCENE, UNKNOWN, 7, 8), least_closeness=0.5) is None
