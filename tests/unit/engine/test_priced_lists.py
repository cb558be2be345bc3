"""Prices on a list: they move places, and nothing else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.engine import Engine
from matchmaker.explain import explain
from matchmaker.profiles import RequiredCapability
from matchmaker.ranking import PRICED, rank
from matchmaker.scoring.weighting import Calibration, Weighting
from tests.unit.engine.world import Firm, Offered, column, need, world

WEIGHTS = {"capability": 5.0, "capacity": 1.0}
ASKED = need(capabilities=(RequiredCapability(column("cockpit"), 3),))
LEARNED = st.builds(Calibration, st.floats(0.5, 20), st.floats(-10, 10))
orders = st.lists(st.floats(0, 1), min_size=1, max_size=8).map(np.array)
prices = st.floats(0, 6)


def engine_of(free) -> Engine:
    """Organisations that differ in their free capacity only, so the order by fit is known."""
    firms = [Firm(free=share) for share in free]
    return Engine.fit(world(firms, [Offered(owner=row, levels={"cockpit": 3}) for row in range(len(firms))]))


@given(orders, st.one_of(st.none(), LEARNED))
def test_without_a_price_the_order_stays_bit_for_bit(order, calibration):
    weighting = Weighting(WEIGHTS, calibration=calibration)

    assert (weighting.priced(order, np.zeros(len(order))) == order).all()


@given(orders, prices, st.one_of(st.none(), LEARNED))
def test_a_price_makes_the_chance_so_many_times_smaller(order, price, calibration):
    weighting = Weighting(WEIGHTS, calibration=calibration)

    lowered = weighting.priced(order, np.full(len(order), price))

    assert (lowered <= order).all()
    after = lowered if calibration is None else calibration.chance(lowered)
    np.testing.assert_allclose(after, weighting.chance(order) * np.exp(-price), rtol=1e-6, atol=1e-12)


@given(orders, prices, LEARNED)
def test_who_stands_before_another_at_the_same_price_still_does(order, price, calibration):
    lowered = Weighting(WEIGHTS, calibration=calibration).priced(np.sort(order), np.full(len(order), price))

    assert (np.diff(lowered) >= -1e-9).all()


def test_a_calibration_that_falls_says_nothing_of_chances():
    weighting = Weighting(WEIGHTS, calibration=Calibration(slope=-2.0, shift=0.0))

    assert weighting.chance(np.array([0.3])) == pytest.approx([0.3])


def test_a_price_moves_a_candidate_down_and_leaves_fit_terms_and_counts():
    engine = engine_of([1.0, 0.9, 0.8])
    price = np.array([0.5, 0.0, 0.0])

    plain = rank(engine, ASKED, WEIGHTS, top=3)
    priced = rank(engine, ASKED, WEIGHTS, top=3, prices=price)

    assert plain.candidates.organisation.tolist() == [0, 1, 2]
    assert priced.candidates.organisation.tolist() == [1, 2, 0]
    assert priced.blend.fit.tolist() == plain.blend.fit[[1, 2, 0]].tolist()
    assert (priced.found, priced.unscored, priced.hidden) == (plain.found, plain.unscored, plain.hidden)
    assert priced.lowered == pytest.approx([0, 0, float(priced.blend.order[2]) * (1 - np.exp(-0.5))])


def test_the_explanation_has_the_price_as_a_line_of_its_own():
    engine = engine_of([1.0, 0.9])

    plain = explain(engine, rank(engine, ASKED, WEIGHTS, top=2), 0)
    priced = explain(engine, rank(engine, ASKED, WEIGHTS, top=2, prices=np.array([0.5, 0.0])), 1)

    assert (plain.points, plain.terms, plain.lowered) == (priced.points, priced.terms, 0.0)
    assert priced.lowered > 0
    assert sum(term.points for term in priced.terms) == pytest.approx(priced.points)


def test_prices_reorder_no_further_than_they_were_made_for():
    engine = engine_of(np.linspace(1, 0.1, PRICED + 2))
    price = np.zeros(PRICED + 2)
    price[[0, PRICED]] = 6.0

    priced = rank(engine, ASKED, WEIGHTS, top=PRICED + 2, prices=price)

    assert priced.candidates.organisation.tolist() == [*range(1, PRICED), 0, PRICED, PRICED + 1]
    assert priced.lowered[PRICED:].tolist() == [0.0, 0.0]


def test_pages_of_a_priced_list_do_not_overlap():
    engine = engine_of([1.0, 0.9, 0.8, 0.7])
    price = np.array([0.2, 0.0, 0.3, 0.0])

    short = rank(engine, ASKED, WEIGHTS, top=2, prices=price).candidates.organisation.tolist()
    long = rank(engine, ASKED, WEIGHTS, top=PRICED, prices=price).candidates.organisation.tolist()

    assert long[:2] == short
    assert sorted(long) == [0, 1, 2, 3]
