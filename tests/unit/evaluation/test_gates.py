"""The gates that learned weights must pass: on simulated held-out periods with a known answer."""

from dataclasses import replace

import numpy as np
import pytest

from matchmaker.evaluation import gates
from matchmaker.evaluation.gates import EVERYBODY, HeldOut, Judged, Limits, Measure, Standing

LIMITS = Limits(resamples=300)
QUERIES, CANDIDATES = 120, 15


@pytest.fixture
def dice():
    return np.random.default_rng(7)


def chances(order):
    return 1 / (1 + np.exp(-order))


def held_out_by(truth, dice, **groups):
    """Outcomes drawn from the true log-odds of each candidate."""
    query = np.repeat(np.arange(QUERIES), CANDIDATES)
    outcome = (dice.random(len(query)) < chances(truth)).astype(float)
    return HeldOut(query, outcome, np.ones(len(query)), groups)


def judged(order):
    return Judged(order, chances(order))


def standings(compared):
    return {(one.group, one.measure): one.standing for one in compared}


def test_who_has_no_score_surprises_as_much_under_either_weighting(dice):
    truth = dice.normal(-4, 2, QUERIES * CANDIDATES)
    held_out = replace(held_out_by(truth, dice), usual=0.05)
    of_whom_nothing_is_known = dice.random(len(truth)) < 0.7
    flat = Judged(np.zeros(len(truth)), np.full(len(truth), 0.05))
    seeing = Judged(
        np.where(of_whom_nothing_is_known, -np.inf, truth), np.where(of_whom_nothing_is_known, np.nan, chances(truth))
    )

    loss = standings(gates.compare(held_out, flat, seeing, limits=LIMITS, seed=1))[EVERYBODY, Measure.LOG_LOSS]

    assert loss is Standing.BETTER


def test_weights_that_differ_by_a_rounding_alone_are_neither_worse_nor_a_gain(dice):
    truth = dice.normal(-2, 2, QUERIES * CANDIDATES)
    held_out = held_out_by(truth, dice)

    for rounding in (-1e-7, 1e-7):
        rounded = truth + rounding * (held_out.outcome - 0.5)  # a little off, each time the same way
        compared = gates.compare(held_out, judged(truth), judged(rounded), limits=LIMITS, seed=1)
        assert set(standings(compared).values()) == {Standing.NOT_WORSE}
        assert not gates.is_gain(compared)


def test_weights_that_see_the_truth_are_a_gain_over_weights_that_see_nothing(dice):
    truth = dice.normal(-2, 2, QUERIES * CANDIDATES)
    held_out = held_out_by(truth, dice)

    compared = gates.compare(held_out, judged(np.zeros_like(truth)), judged(truth), limits=LIMITS, seed=1)

    assert standings(compared)[EVERYBODY, Measure.NDCG] is Standing.BETTER
    assert standings(compared)[EVERYBODY, Measure.LOG_LOSS] is Standing.BETTER
    assert gates.is_gain(compared)
    assert not gates.worse(compared)


def test_weights_that_lose_what_was_known_are_worse(dice):
    truth = dice.normal(-2, 2, QUERIES * CANDIDATES)
    held_out = held_out_by(truth, dice)

    compared = gates.compare(held_out, judged(truth), judged(np.zeros_like(truth)), limits=LIMITS, seed=1)

    assert {one.measure for one in gates.worse(compared)} >= {Measure.NDCG, Measure.LOG_LOSS}
    assert not gates.is_gain(compared)


def test_the_same_weights_are_neither_worse_nor_a_gain(dice):
    truth = dice.normal(-2, 2, QUERIES * CANDIDATES)
    held_out = held_out_by(truth, dice)

    compared = gates.compare(held_out, judged(truth), judged(truth), limits=LIMITS, seed=1)

    assert all(one.difference == 0 for one in compared)
    assert not gates.worse(compared)
    assert not gates.is_gain(compared)


def test_what_is_won_by_most_and_lost_by_one_group_is_worse_for_that_group(dice):
    truth = dice.normal(-2, 2, QUERIES * CANDIDATES)
    is_new = dice.random(len(truth)) < 0.3
    held_out = held_out_by(truth, dice, newcomers=is_new, others=~is_new)
    blind_to_new = np.where(is_new, -6.0, truth)

    compared = gates.compare(held_out, judged(0.3 * truth), judged(blind_to_new), limits=LIMITS, seed=1)

    worse = {(one.group, one.measure) for one in gates.worse(compared)}
    assert ("newcomers", Measure.NDCG) in worse
    assert ("others", Measure.NDCG) not in worse


def test_a_group_with_few_queries_is_too_few_to_tell_and_no_pass(dice):
    truth = dice.normal(-2, 2, QUERIES * CANDIDATES)
    is_rare = np.arange(len(truth)) < 3 * CANDIDATES
    held_out = held_out_by(truth, dice, rare=is_rare, nobody=np.zeros(len(truth), bool))

    compared = gates.compare(held_out, judged(truth), judged(-truth), limits=LIMITS, seed=1)

    assert set(gates.untold(compared)) == {"rare", "nobody"}
    assert all(one.group == EVERYBODY for one in gates.worse(compared))


def test_chances_that_promise_too_much_are_worse_though_the_order_is_the_same(dice):
    truth = dice.normal(-2, 2, QUERIES * CANDIDATES)
    held_out = held_out_by(truth, dice)
    boastful = Judged(truth, chances(truth + 2))

    compared = gates.compare(held_out, judged(truth), boastful, limits=LIMITS, seed=1)

    assert {one.measure for one in gates.worse(compared)} == {Measure.LOG_LOSS, Measure.CALIBRATION}


def test_the_same_seed_tells_the_same(dice):
    truth = dice.normal(-2, 2, QUERIES * CANDIDATES)
    held_out = held_out_by(truth, dice)

    first, second = (
        gates.compare(held_out, judged(0.5 * truth), judged(truth), limits=LIMITS, seed=3) for _ in range(2)
    )

    assert first == second


def test_gain_is_discounted_by_place_and_ties_share_it():
    query = np.array([4, 4, 4, 9, 9])
    gain = np.array([0.0, 1.0, 0.0, 0.0, 0.0])

    first = gates.ndcg_of_queries(np.array([0, 0, 0, 1, 1]), np.array([1.0, 3.0, 2.0, 0.0, 0.0]), gain)
    tied = gates.ndcg_of_queries(np.unique(query, return_inverse=True)[1], np.zeros(5), gain)

    assert first[0] == 1
    assert tied[0] == pytest.approx((1 + 1 / np.log2(3) + 1 / 2) / 3)
    assert np.isnan(first[1])


def test_scores_of_the_same_source_have_not_drifted_and_moved_ones_have(dice):
    before, same, moved = dice.normal(0, 1, 4000), dice.normal(0, 1, 1000), dice.normal(0.8, 1, 1000)

    assert gates.drift(before, same) < 0.05
    assert gates.drift(before, moved) > gates.MOST_DRIFT


def test_becoming_unknown_is_drift(dice):
    before = dice.normal(0, 1, 1000)
    after = np.where(dice.random(1000) < 0.5, np.nan, dice.normal(0, 1, 1000))

    assert gates.drift(before, after) > gates.MOST_DRIFT
