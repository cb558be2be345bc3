"""Two directions as one number."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.scoring.both_sides import both_sides, harmonic_mean
from matchmaker.scoring.weighting import Calibration, Weighting

SET = Weighting({"text": 1.0})
LEARNED = Weighting({"text": 1.0}, calibration=Calibration(slope=4.0, shift=-2.0))
NONE = float("-inf")
orders = st.lists(st.floats(1e-6, 1), min_size=1, max_size=5)
weightings = st.sampled_from([SET, LEARNED])


def value(weighting: Weighting, ours: float, theirs: float) -> float:
    return float(both_sides(weighting, np.array([ours]), np.array([theirs]))[0])


def test_calibrated_it_is_the_chance_that_both_say_yes() -> None:
    chance = LEARNED.calibration.chance(np.array([0.5, 0.8]))  # type: ignore[union-attr]

    assert value(LEARNED, 0.5, 0.8) == pytest.approx(chance[0] * chance[1])


def test_uncalibrated_it_is_the_harmonic_mean() -> None:
    assert value(SET, 0.5, 1.0) == pytest.approx(2 / 3)
    assert value(SET, 0.0, 0.0) == 0.0


@pytest.mark.parametrize("weighting", [SET, LEARNED], ids=["set", "learned"])
def test_where_one_side_is_not_known_neither_is_the_match(weighting: Weighting) -> None:
    assert np.isnan(value(weighting, 0.9, NONE))
    assert np.isnan(value(weighting, float("nan"), 0.9))


@given(weighting=weightings, ours=st.floats(0, 1), theirs=st.floats(0, 1))
def test_it_does_not_matter_which_side_is_called_ours(weighting: Weighting, ours: float, theirs: float) -> None:
    assert value(weighting, ours, theirs) == pytest.approx(value(weighting, theirs, ours))


@given(weighting=weightings, ours=st.floats(0, 1), theirs=st.floats(0, 1), more=st.floats(0, 1))
def test_a_better_side_never_makes_a_worse_match(weighting: Weighting, ours: float, theirs: float, more: float) -> None:
    assert value(weighting, max(ours, more), theirs) >= value(weighting, ours, theirs) - 1e-9


@given(ours=orders)
def test_equal_sides_are_their_own_mean(ours: list[float]) -> None:
    np.testing.assert_allclose(harmonic_mean(np.array(ours), np.array(ours)), ours)
