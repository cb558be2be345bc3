"""The boosted variant learns what a sum cannot, and gives the same answer each time."""

from collections.abc import Sequence

import numpy as np

from matchmaker.learning.boosted import Boosted
from matchmaker.learning.examples import Examples

NAMES = ("one", "other", "one again", "other again")  # a tree sees half of them


def either_but_not_both(queries: int, *, rows: int = 40) -> Examples:
    """A match comes about where exactly one of the two is high: no sum of rising curves can say so."""
    rng = np.random.default_rng(3)
    scores = rng.random((queries * rows, 2))
    outcome = ((scores[:, 0] > 0.5) != (scores[:, 1] > 0.5)).astype(float)
    return Examples(
        NAMES, np.hstack([scores, scores]), outcome, np.repeat(np.arange(queries), rows), np.ones(len(scores))
    )


def twice(scores: Sequence[Sequence[float]] | np.ndarray) -> np.ndarray:
    return np.hstack([scores, scores])


def test_it_learns_how_components_work_on_one_another() -> None:
    trees = Boosted.fit(either_but_not_both(60), seeds=1)

    high_low, low_high, both, none = trees.score(twice([[0.9, 0.1], [0.1, 0.9], [0.9, 0.9], [0.1, 0.1]]))

    assert min(high_low, low_high) > max(both, none)


def test_the_same_examples_teach_it_the_same() -> None:
    examples = either_but_not_both(20)
    asked = twice(np.random.default_rng(1).random((50, 2)))

    one, other = (Boosted.fit(examples, seeds=2).score(asked) for _ in range(2))

    np.testing.assert_array_equal(one, other)


def test_an_unknown_score_is_taken_as_it_is() -> None:
    assert np.isfinite(Boosted.fit(either_but_not_both(20), seeds=1).score(twice([[np.nan, 0.3]]))).all()


def test_forests_are_averaged() -> None:
    examples, asked = either_but_not_both(20), twice(np.random.default_rng(1).random((50, 2)))

    trees = Boosted.fit(examples, seeds=2)

    apart = [Boosted(trees.names, (forest,)).score(asked) for forest in trees.forests]
    assert (apart[0] != apart[1]).any()
    np.testing.assert_allclose(trees.score(asked), np.mean(apart, axis=0))
