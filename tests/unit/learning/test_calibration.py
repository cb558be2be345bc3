import numpy as np
import pytest

from matchmaker.learning.calibration import calibrate
from matchmaker.profiles import Scores
from matchmaker.scoring.weighting import Calibration


@pytest.fixture
def dice():
    return np.random.default_rng(3)


def line_through(order: Scores, outcome: Scores, weight: Scores) -> Calibration:
    line = calibrate(order, outcome, weight)
    assert line is not None
    return line


def test_a_line_finds_the_chances_that_outcomes_were_drawn_by(dice):
    order = dice.random(20_000)
    outcome = (dice.random(len(order)) < 1 / (1 + np.exp(-(6 * order - 4)))).astype(float)

    line = line_through(order, outcome, np.ones(len(order)))

    assert line.slope == pytest.approx(6, abs=0.4)
    assert line.shift == pytest.approx(-4, abs=0.3)


def test_a_row_of_weight_two_counts_like_two_rows(dice):
    order, outcome = dice.random(400), (dice.random(400) < 0.4).astype(float)
    twice = np.arange(400) % 3 == 0

    weighted = line_through(order, outcome, 1.0 + twice)
    repeated = line_through(np.r_[order, order[twice]], np.r_[outcome, outcome[twice]], np.ones(400 + twice.sum()))

    assert weighted.slope == pytest.approx(repeated.slope, rel=1e-3)


def test_half_an_outcome_is_half_a_yes_and_half_a_no(dice):
    order = dice.random(400)

    line = line_through(order, np.full(400, 0.5), np.ones(400))

    assert line.chance(order) == pytest.approx(0.5, abs=1e-3)


def test_a_better_place_never_promises_less(dice):
    order = dice.random(2000)
    outcome = (dice.random(len(order)) < 1 - order).astype(float)

    line = line_through(order, outcome, np.ones(len(order)))

    assert line.slope == 0
    assert line.chance(order) == pytest.approx(outcome.mean(), abs=1e-6)


@pytest.mark.parametrize("rare", [0.0, 1.0])
def test_five_outcomes_of_each_kind_give_chances_and_four_do_not(dice, rare):
    order, outcome = dice.random(100), np.full(100, 1 - rare)

    outcome[:4] = rare
    assert calibrate(order, outcome, np.ones(100)) is None

    outcome[4] = rare
    assert calibrate(order, outcome, np.ones(100)) is not None


@pytest.mark.parametrize(("place", "weight"), [(-np.inf, 1.0), (np.nan, 1.0), (0.5, 0.0)])
def test_an_outcome_without_a_place_or_a_weight_does_not_count(dice, place, weight):
    order, weights = dice.random(100), np.ones(100)
    outcome = np.r_[np.ones(5), np.zeros(95)]
    order[0], weights[0] = place, weight

    assert calibrate(order, outcome, weights) is None
