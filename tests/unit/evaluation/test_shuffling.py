"""Outcomes dealt out anew."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.evaluation.shuffling import shuffle_outcomes
from matchmaker.learning.examples import Examples


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
