import numpy as np
import pytest

from matchmaker.learning.calibration import calibrate


@pytest.fixture
def dice():
    return np.random.default_rng(3)


def test_a_line_finds_the_chances_that_outcomes_were_drawn_by(dice):
    order = dice.random(20_000)
    outcome = (dice.random(len(order)) < 1 / (1 + np.exp(-(6 * order - 4)))).astype(float)

    line = calibrate(order, outcome, np.ones(len(order)))

    assert line.slope == pytest.approx(6, abs=0.4)
    assert line.shift == pytest.approx(-4, abs=0.3)


def test_a_row_of_weight_two_counts_like_two_rows(dice):
    order, outcome = dice.random(400), (dice.random(400) < 0.4).astype(float)
    twice = np.arange(400) % 3 == 0

    weighted = calibrate(order, outcome, 1.0 + twice)
    repeated = calibrate(np.r_[order, order[twice]], np.r_[outcome, outcome[twice]], np.ones(400 + twice.sum()))

    assert weighted.slope == pytest.approx(repeated.slope, rel=1e-3)


def test_half_an_outcome_is_half_a_yes_and_half_a_no(dice):
    order = dice.random(400)

    line = calibrate(order, np.full(400, 0.5), np.ones(400))

    assert line.chance(order) == pytest.approx(0.5, abs=1e-3)


def test_a_better_place_never_promises_less(dice):
    order = dice.random(2000)
    outcome = (dice.random(len(order)) < 1 - order).astype(float)

    line = calibrate(order, outcome, np.ones(len(order)))

    assert line.slope == 0
    assert line.chance(order) == pytest.approx(outcome.mean(), abs=1e-6)


def test_too_few_outcomes_give_no_chances(dice):
    order = np.r_[dice.random(100), -np.inf]
    outcome = np.r_[np.ones(4), np.zeros(97)]

    assert calibrate(order, outcome, np.ones(101)) is None
