"""Outcomes dealt out anew."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.evaluation.bootstrap import paired_bootstrap
from matchmaker.evaluation.metrics import mark_hits, ndcg_at
from matchmaker.evaluation.shuffling import shuffle_outcomes
from matchmaker.learning.additive import fit
from matchmaker.learning.examples import Examples
from matchmaker.scoring.blend import add_up
from matchmaker.scoring.weighting import Weighting

NAMES = ("ties", "walk", "place", "recency")
EVEN = Weighting(dict.fromkeys(NAMES, 1.0))
CANDIDATES = 20


def examples_of(sizes):
    n = sum(sizes)
    rng = np.random.default_rng(1)
    return Examples(
        names=("ties",),
        scores=rng.random((n, 1)),
        outcome=np.arange(n, dtype=float),
        query=np.repeat(np.arange(len(sizes)), sizes),
        weight=np.arange(n, dtype=float) * 10,
    )


@given(st.lists(st.integers(1, 6), min_size=1, max_size=5), st.integers(0, 99))
def test_each_query_keeps_its_outcomes_with_their_weights_and_its_scores(sizes, seed):
    examples = examples_of(sizes)

    shuffled = shuffle_outcomes(examples, seed=seed)

    for query in range(len(sizes)):
        rows = examples.query == query
        assert sorted(shuffled.outcome[rows]) == sorted(examples.outcome[rows])
    assert (shuffled.weight == shuffled.outcome * 10).all()
    assert shuffled.scores is examples.scores
    assert (shuffled.query == examples.query).all()


def test_shuffled_outcomes_have_nothing_to_do_with_the_scores():
    rng = np.random.default_rng(0)
    scores = rng.random((4000, 1))
    told = Examples(("ties",), scores, (scores[:, 0] > 0.5).astype(float), np.repeat(np.arange(40), 100), np.ones(4000))

    shuffled = shuffle_outcomes(told, seed=3)

    assert abs(np.corrcoef(shuffled.scores[:, 0], shuffled.outcome)[0, 1]) < 0.05


def test_the_same_seed_deals_the_same():
    examples = examples_of([5, 5])

    once, again, other = (shuffle_outcomes(examples, seed=seed).outcome.tolist() for seed in (1, 1, 2))

    assert once == again != other


def a_world(*, seed, queries):
    """Two of the four components decide with whom it comes about; the others say nothing."""
    rng = np.random.default_rng(seed)
    scores = rng.random((queries * CANDIDATES, len(NAMES)))
    pull = 6 * scores[:, 0] + 3 * scores[:, 1] + rng.gumbel(size=len(scores))
    chosen = pull.reshape(queries, CANDIDATES).argsort(axis=1)[:, -2:] + CANDIDATES * np.arange(queries)[:, None]
    outcome = np.zeros(len(scores))
    outcome[chosen.ravel()] = 1.0
    return Examples(NAMES, scores, outcome, np.repeat(np.arange(queries), CANDIDATES), np.ones(len(scores)))


def quality(weighting, examples):
    """nDCG@5 of each query in the order of the weighting."""
    order = add_up(NAMES, weighting, examples.scores, np.ones(len(NAMES), bool)).order.reshape(-1, CANDIDATES)
    ranked = list(np.argsort(-order, axis=1))
    relevant = [frozenset(np.flatnonzero(row).tolist()) for row in examples.outcome.reshape(-1, CANDIDATES)]
    return ndcg_at(mark_hits(ranked, relevant, depth=5), np.array([len(rows) for rows in relevant]), 5)


@pytest.mark.parametrize("seed", range(3))
def test_what_is_learned_from_shuffled_outcomes_gains_nothing_and_from_the_real_ones_much(seed):
    lesson, later = a_world(seed=seed, queries=150), a_world(seed=seed + 100, queries=200)
    before = quality(EVEN, later)

    learned = paired_bootstrap(quality(fit(lesson, EVEN), later), before)
    misled = paired_bootstrap(quality(fit(shuffle_outcomes(lesson, seed=seed), EVEN), later), before)

    assert learned.low > 0.05
    assert misled.low <= 0
    assert misled.difference < learned.difference / 5
