"""Metrics on rankings small enough to count by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.evaluation.metrics import Estimate, mark_hits, ndcg_at, recall_at, reciprocal_rank

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
