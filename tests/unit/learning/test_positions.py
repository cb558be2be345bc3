"""Position bias on simulated lists: people look at the first places, and a fit must not take that for merit."""

import numpy as np
import pytest

from matchmaker.learning.positions import MOST_WEIGHT, Showings, assumed, examination, weights_of

PLACES = 20
TRULY_LOOKED_AT = 1 / np.arange(1, PLACES + 1)


@pytest.fixture(scope="module")
def lists():
    """Two lists of 20 for each of 400 needs. Lists go by `shine`, people by `worth`, who looks by the place."""
    dice = np.random.default_rng(5)
    rows = []
    for need in range(400):
        shine, worth = dice.random(PLACES), dice.random(PLACES)
        deserves = 1 / (1 + np.exp(3.0 - 4.0 * worth))
        was_answered = np.zeros(PLACES, bool)
        for _showing in range(2):
            for place, one in enumerate(np.argsort(-(shine + 0.4 * dice.random(PLACES)))):
                answers = not was_answered[one] and dice.random() < TRULY_LOOKED_AT[place] * deserves[one]
                rows.append((need * PLACES + one, place + 1, answers, was_answered[one], shine[one], worth[one]))
                was_answered[one] |= answers
    pair, position, answered, is_over, shine, worth = map(np.array, zip(*rows, strict=True))
    showings = Showings(pair, position, answered.astype(bool))
    return showings, ~is_over.astype(bool), np.stack([shine, worth], axis=1)


def slopes(scores, answered, weight):
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=1e4).fit(scores, answered, sample_weight=weight).coef_[0]


def test_candidates_at_several_places_tell_how_far_down_people_look(lists):
    showings, _counts, _scores = lists

    learned = examination(showings, places=PLACES)

    assert np.abs(learned - TRULY_LOOKED_AT).max() < 0.2
    assert np.abs(learned - TRULY_LOOKED_AT).mean() < np.abs(assumed(PLACES) - TRULY_LOOKED_AT).mean()


def test_the_corrected_weights_recover_what_people_want_and_the_plain_ones_praise_the_list_itself(lists):
    showings, counts, scores = lists
    position, answered = showings.position[counts], showings.answered[counts]
    corrected = weights_of(position, answered, examination(showings, places=PLACES))

    plain_shine, plain_worth = slopes(scores[counts], answered, np.ones(len(position)))
    shine, worth = slopes(scores[counts], answered, corrected)

    assert plain_shine > plain_worth
    assert worth > 2 * shine


def test_without_lists_the_assumption_stands():
    nothing = Showings(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, bool))

    assert examination(nothing, places=5) == pytest.approx(assumed(5))


def test_a_candidate_that_always_stood_at_one_place_tells_nothing():
    pair, position = np.repeat(np.arange(500), 2), np.full(1000, 3)
    showings = Showings(pair, position, np.tile([False, True], 500))

    assert examination(showings, places=5) == pytest.approx(assumed(5))


def test_little_data_moves_the_assumption_little():
    showings = Showings(np.array([0, 0]), np.array([1, 5]), np.array([False, True]))

    learned = examination(showings, places=5)

    assert np.abs(learned - assumed(5)).max() < 0.1


def test_places_further_down_are_never_looked_at_more(lists):
    showings, _counts, _scores = lists

    assert (np.diff(examination(showings, places=PLACES, pull=0.1)) <= 0).all()


def test_no_answer_counts_for_more_than_ten_and_nobody_passed_over_for_more_than_one():
    position = np.arange(1, PLACES + 1).repeat(2)
    answered = np.tile([True, False], PLACES)

    weight = weights_of(position, answered, np.full(PLACES, 1e-3))

    assert weight.max() == MOST_WEIGHT
    assert weight[~answered].max() <= 1
