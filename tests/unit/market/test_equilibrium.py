"""The equilibrium on sparse lists: masses are kept, and nothing cancels."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.market import graph
from matchmaker.market.check import faults_of_equilibrium
from matchmaker.market.equilibrium import Equilibrium, Taste, equilibrium, matched, root, shadow_prices
from tests.unit.market.markets import market, markets, slow_equilibrium

tastes = st.builds(Taste, st.floats(0.05, 1.0), st.floats(0.0, 4.0))


@given(markets(), tastes)
def test_masses_are_kept_and_nobody_carries_more_than_it_can(one, taste):
    assert faults_of_equilibrium(one, equilibrium(one, taste)) == []


def test_turns_go_on_until_small_shares_rest_too():
    """Where many would gladly match, A is tiny; a move that is small beside 1 may be large beside A."""
    generator = np.random.default_rng(3)
    lists = [generator.permutation(400)[:100].tolist() for _ in range(400)]
    one = market(lists, asks=[generator.random(100) for _ in lists], capacity=[3.0] * 400)

    found = equilibrium(one)

    assert found.asker.min() < 1e-6
    assert faults_of_equilibrium(one, found) == []


@given(markets(), tastes)
def test_it_is_that_of_the_readable_twin(one, taste):
    bounded = graph.Market(
        one.candidate, one.asks, one.accepts, one.weight, np.where(np.isinf(one.capacity), 5.0, one.capacity)
    )

    found = equilibrium(bounded, taste, tolerance=0.0, most=12)
    askers, candidates = slow_equilibrium(bounded, taste, turns=found.turns)

    np.testing.assert_allclose(found.asker, askers, rtol=1e-4, atol=1e-12)
    np.testing.assert_allclose(found.candidate, candidates, rtol=1e-4, atol=1e-12)


@given(markets(), tastes)
def test_shadow_prices_are_never_negative_and_nothing_where_nobody_asks(one, taste):
    prices = shadow_prices(one, equilibrium(one, taste), highest=6.0)

    listed = one.sum_by_candidate(np.ones(one.candidate.shape)) > 0
    assert ((prices >= 0) & (prices <= 6.0)).all()
    assert not prices[~listed].any()


def test_who_is_wanted_by_more_has_the_higher_shadow_price():
    one = market([[0]] * 9 + [[1]], asks=[[0.9]] * 10, capacity=[1, 1])

    prices = shadow_prices(one, equilibrium(one), highest=6.0)

    assert prices[0] > prices[1] > 0


def test_matches_shrink_to_what_there_is_room_for():
    one = market([[0]] * 9, asks=[[1.0]] * 9, capacity=[2])

    found = equilibrium(one, most=500)

    assert matched(one, found).sum() == pytest.approx(2.0, rel=1e-2)


@given(st.floats(1e-3, 1e3), st.floats(0, 1e12))
def test_the_root_does_not_cancel_where_single_precision_would(mass, half):
    found = float(root(np.array([mass]), np.array([half]))[0])

    assert found > 0
    assert found * (found + 2 * half) == pytest.approx(mass, rel=1e-9)
    assert math.isfinite(found)


def test_the_checker_finds_matches_that_come_from_nowhere():
    one = market([[0], [0]], asks=[[0.9], [0.9]], capacity=[1])
    found = equilibrium(one)

    doubled = Equilibrium(found.asker * 2, found.candidate, found.taste, found.moved, found.turns)
    negative = Equilibrium(-found.asker, found.candidate, found.taste, found.moved, found.turns)

    assert "a candidate beyond its capacity" in faults_of_equilibrium(one, doubled)
    assert "a negative match or mass" in faults_of_equilibrium(one, negative)
