"""The load price: who is over-asked becomes dearer, nobody else does."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.market import graph
from matchmaker.market.check import faults_of_prices, overload
from matchmaker.market.load import HIGHEST, READ, LoadPrices, Steps, best_first, load_prices, loads, looks
from tests.unit.market.markets import market, markets, slow_loads, slow_prices

FEW = Steps(count=6, rate=0.5)


@given(markets())
def test_prices_are_free_of_faults(one):
    assert faults_of_prices(one, load_prices(one, FEW)) == []


@given(markets(), st.data())
def test_loads_are_those_of_the_readable_twin(one, data):
    price = np.array(data.draw(st.lists(st.floats(0, 6), min_size=len(one.capacity), max_size=len(one.capacity))))

    # The twin breaks ties as lists stand; rounding can make or break one, so nearly equal worths are left out.
    worth = np.sort(one.asks * one.accepts * np.exp(-one.of_candidates(price)), axis=1)
    if (np.diff(worth, axis=1) >= 1e-9).all():
        np.testing.assert_allclose(loads(one, price), slow_loads(one, price), rtol=1e-5, atol=1e-7)


def test_prices_are_those_of_the_readable_twin():
    generator = np.random.default_rng(7)
    lists = [generator.permutation(9)[: generator.integers(1, 9)].tolist() for _ in range(30)]
    one = market(
        lists,
        asks=[generator.random(len(each)) for each in lists],
        accepts=[generator.random(len(each)) for each in lists],
        capacity=generator.integers(1, 4, 9),
    )

    np.testing.assert_allclose(load_prices(one).price, slow_prices(one, Steps()), rtol=1e-6, atol=1e-9)


def test_nobody_has_a_price_where_nobody_is_over_asked():
    one = market([[0, 1], [1, 0]], asks=[[0.9, 0.8], [0.9, 0.8]], capacity=[3, 3])

    assert not load_prices(one).price.any()


def test_who_is_over_asked_becomes_dearer_and_the_equal_takes_requests():
    one = market([[0, 1]] * 10, asks=[[0.9, 0.85]] * 10, capacity=[5, 20])

    found = load_prices(one)

    assert found.price[0] > 0
    assert found.price[1] == 0
    assert found.load[0] == pytest.approx(9.0)
    assert found.load_after[0] < found.load[0]
    assert overload(one, found.load_after) < overload(one, found.load)


def test_who_can_carry_anything_never_has_a_price():
    one = market([[0, 1]] * 10, asks=[[0.9, 0.85]] * 10, capacity=[np.inf, 1])

    assert load_prices(one).price[0] == 0


def test_who_has_no_room_at_all_ends_at_the_bottom_not_beyond():
    one = market([[0, 1]] * 4, asks=[[0.9, 0.1]] * 4, capacity=[0, 50])

    found = load_prices(one)

    assert 0 < found.price[0] <= HIGHEST
    assert best_first(one, found.price)[0, 0] == 1


def test_nobody_is_asked_below_the_place_down_to_which_lists_are_read():
    length = READ + 5
    one = market([list(range(length))], asks=[np.linspace(1, 0.5, length)], capacity=[1] * length)

    load = loads(one, np.zeros(length))

    assert (load[:READ] > 0).all()
    assert not load[READ:].any()
    assert looks(length)[0] == 1.0


@given(markets())
def test_blocks_change_nothing(one):
    whole = load_prices(one, FEW)
    before, graph.BLOCK = graph.BLOCK, 1
    try:
        parts = load_prices(one, FEW)
    finally:
        graph.BLOCK = before

    np.testing.assert_allclose(parts.price, whole.price, atol=1e-12)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"price": np.array([-0.1, 0.0])}, "a price below 0"),
        ({"price": np.array([HIGHEST + 1, 0.0])}, "a price above the highest"),
        ({"price": np.array([0.0, 1.0])}, "a price of somebody who can carry anything"),
        ({"load": np.array([0.0, 0.0])}, "loads of other lists"),
    ],
)
def test_the_checker_finds_what_is_wrong(change, fault):
    one = market([[0, 1]] * 10, asks=[[0.9, 0.85]] * 10, capacity=[5, np.inf])
    found = load_prices(one)

    wrong = LoadPrices(**{"price": found.price, "load": found.load, "load_after": found.load_after, **change})

    assert fault in faults_of_prices(one, wrong)


def test_a_market_whose_parts_do_not_belong_together_is_refused():
    for change in (
        {"asks": [[1.5]], "capacity": [1]},
        {"asks": [[0.5]], "capacity": []},
        {"asks": [[0.5]], "capacity": [-1]},
        {"asks": [[0.5]], "capacity": [1], "weight": [1.0, 1.0]},
    ):
        with pytest.raises(ValueError, match=r"chance|candidate|least 0|weight"):
            market([[0]], **change)
