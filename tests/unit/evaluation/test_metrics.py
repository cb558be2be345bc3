"""Metrics on rankings small enough to count by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.evaluation.metrics import (
    Estimate,
    both_sides_acceptance,
    calibration_error,
    catalogue_coverage,
    exposures,
    gini,
    group_means,
    kendall_tau,
    mark_hits,
    ndcg_at,
    overlap_at,
    perturbed,
    recall_at,
    reciprocal_rank,
    reliability,
)

chances = st.floats(0, 1, width=32)
answered_queries = st.tuples(st.permutations(range(8)), st.frozensets(st.integers(0, 9), min_size=1, max_size=5))
rankings = st.lists(answered_queries, min_size=1, max_size=5)


def test_hits_stand_where_the_relevant_candidates_stand():
    hits = mark_hits([np.array([4, 2, 9]), np.array([1])], [frozenset({2, 9}), frozenset({7})], depth=3)

    assert hits.tolist() == [[False, True, True], [False, False, False]]


def test_each_metric_of_a_ranking_counted_by_hand():
    hits, wanted = np.array([[False, True, False, True]]), np.array([3])

    assert recall_at(hits, wanted, 2) == pytest.approx([1 / 3])
    assert recall_at(hits, wanted, 4) == pytest.approx([2 / 3])
    assert reciprocal_rank(hits) == pytest.approx([1 / 2])
    best = 1 + 1 / np.log2(3) + 1 / 2
    assert ndcg_at(hits, wanted, 4) == pytest.approx([(1 / np.log2(3) + 1 / np.log2(5)) / best])


def test_a_query_without_anybody_relevant_counts_for_nothing():
    hits, wanted = np.array([[False], [True]]), np.array([0, 1])

    assert np.isnan(recall_at(hits, wanted, 1)[0])
    assert Estimate.of(recall_at(hits, wanted, 1)).mean == 1


def test_the_standard_error_is_that_of_a_mean():
    estimate = Estimate.of(np.array([0.0, 1.0, np.nan, 1.0, 0.0]))

    assert estimate.mean == 0.5
    assert estimate.error == pytest.approx(np.std([0, 1, 1, 0], ddof=1) / 2)


@given(rankings)
def test_metrics_are_those_of_the_slow_twin(answered):
    ranked, relevant = [np.array(r) for r, _ in answered], [wanted for _, wanted in answered]
    wanted = np.array([len(rows) for rows in relevant])

    hits = mark_hits(ranked, relevant, depth=6)

    for query, (order, rows) in enumerate(answered):
        positions = [place for place, row in enumerate(order[:6], start=1) if row in rows]
        gain = sum(1 / np.log2(place + 1) for place in positions)
        best = sum(1 / np.log2(place + 1) for place in range(1, min(len(rows), 6) + 1))
        assert recall_at(hits, wanted, 6)[query] == pytest.approx(len(positions) / len(rows))
        assert reciprocal_rank(hits)[query] == pytest.approx(1 / positions[0] if positions else 0)
        assert ndcg_at(hits, wanted, 6)[query] == pytest.approx(gain / best)


def test_the_means_of_groups_are_those_of_their_queries():
    means = group_means(np.array([1.0, 0.0, np.nan, 0.0]), ["Yubei", "Bishan", "Yubei", "Bishan"])

    assert list(means) == ["Yubei", "Bishan"]
    assert means["Yubei"].mean == 1
    assert means["Bishan"] == Estimate(0.0, 0.0)


def test_coverage_and_exposure_count_who_is_shown_at_all():
    ranked = [np.array([7, 3]), np.array([7, 5])]

    assert catalogue_coverage(ranked, 4, 1) == 1 / 4
    assert catalogue_coverage(ranked, 4, 2) == 3 / 4
    assert exposures(ranked, np.array([3, 7, 9]), 2).tolist() == [1, 2, 0]  # 5 is not of the pool
    assert np.isnan(catalogue_coverage([], 0, 20))


@given(st.lists(st.integers(0, 9), min_size=1, max_size=12).filter(any))
def test_gini_is_half_the_mean_difference_of_two_over_the_mean(amounts):
    pairs = np.mean([abs(a - b) for a in amounts for b in amounts])

    assert gini(np.array(amounts, float)) == pytest.approx(pairs / 2 / np.mean(amounts))


def test_gini_says_nothing_where_there_is_nothing_to_share():
    assert np.isnan(gini(np.zeros(3)))


def test_both_sides_accept_by_the_product_of_what_is_known_of_both():
    forward = np.array([[0.5, 0.8, 1.0], [np.nan, np.nan, 1.0]])
    backward = np.array([[0.4, np.nan, 1.0], [1.0, 1.0, 1.0]])

    assert both_sides_acceptance(forward, backward, 2)[0] == pytest.approx(0.2)
    assert np.isnan(both_sides_acceptance(forward, backward, 2)[1])


@given(st.permutations(range(8)), st.permutations(range(8)), st.integers(1, 8))
def test_overlap_and_tau_of_two_orders_are_those_of_the_slow_twins(one, other, k):
    pairs = [(a, b) for a in range(8) for b in range(a)]
    agreed = sum((one.index(a) - one.index(b)) * (other.index(a) - other.index(b)) > 0 for a, b in pairs)
    places = [np.array([order.index(a) for a in range(8)], float) for order in (one, other)]

    assert overlap_at(np.array(one), np.array(other), k) == pytest.approx(len({*one[:k]} & {*other[:k]}) / k)
    assert kendall_tau(*places) == pytest.approx((2 * agreed - len(pairs)) / len(pairs))


def test_an_order_without_a_difference_has_no_tau_and_no_list_no_overlap():
    assert np.isnan(kendall_tau(np.array([1.0, 1.0]), np.array([1.0, 2.0])))
    assert np.isnan(overlap_at(np.empty(0, int), np.empty(0, int), 20))


def test_perturbed_weights_stay_within_their_share_and_are_the_same_for_the_same_seed():
    weights = {"ties": 10.0, "walk": 0.0}

    drawn = perturbed(weights, share=0.2, draws=50, seed=1)

    assert drawn == perturbed(weights, share=0.2, draws=50, seed=1) != perturbed(weights, share=0.2, draws=50, seed=2)
    assert all(8 <= one["ties"] <= 12 and one["walk"] == 0 for one in drawn)
    assert max(one["ties"] for one in drawn) > 11 > 9 > min(one["ties"] for one in drawn)


def test_chances_that_come_true_as_often_as_promised_have_no_error():
    chance = np.repeat([0.2, 0.8], 10)
    outcome = np.array([1.0] * 2 + [0.0] * 8 + [1.0] * 8 + [0.0] * 2)

    table = reliability(chance, outcome, bins=2)

    assert table.chance == pytest.approx([0.2, 0.8])
    assert table.came_about == pytest.approx([0.2, 0.8])
    assert table.mass.tolist() == [0.5, 0.5]
    assert calibration_error(chance, outcome, bins=2) == pytest.approx(0)
    assert calibration_error(chance, 1 - outcome, bins=2) == pytest.approx(0.6)


def test_unknown_chances_are_left_out_and_no_outcome_at_all_has_no_error():
    assert calibration_error(np.array([0.3, np.nan]), np.array([1.0, 0.0])) == pytest.approx(0.7)
    assert np.isnan(calibration_error(np.empty(0), np.empty(0)))


@given(st.lists(st.tuples(chances, st.booleans(), st.integers(0, 3)), min_size=1, max_size=30), st.integers(1, 6))
def test_the_table_of_chances_is_that_of_rows_repeated_as_often_as_they_weigh(rows, bins):
    chance, outcome, weight = (np.array(column, float) for column in zip(*rows, strict=True))
    repeats = weight.astype(int)

    table = reliability(chance, outcome, bins=bins, weight=weight)
    repeated = reliability(np.repeat(chance, repeats), np.repeat(outcome, repeats), bins=bins)

    assert table.chance == pytest.approx(repeated.chance)
    assert table.came_about == pytest.approx(repeated.came_about)
    assert table.mass == pytest.approx(repeated.mass)
    assert (np.diff(table.chance) > 0).all()


@given(st.sets(chances, min_size=1, max_size=30), st.integers(1, 6))
def test_bins_have_equal_mass_where_no_two_chances_are_equal(different, bins):
    chance = np.array(sorted(different))

    mass = reliability(chance, np.zeros(len(chance)), bins=bins).mass

    assert np.ptp(mass * len(chance)) <= 1 + 1e-9
    assert len(mass) == min(bins, len(chance))


@given(st.lists(st.tuples(chances, st.booleans()), min_size=1, max_size=30))
def test_one_bin_compares_the_mean_chance_with_the_mean_outcome(rows):
    chance, outcome = (np.array(column, float) for column in zip(*rows, strict=True))

    assert calibration_error(chance, outcome, bins=1) == pytest.approx(abs(chance.mean() - outcome.mean()))
