"""The learned blend is a sum of rising curves, drawn to the prior while outcomes are few."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.learning import additive
from matchmaker.learning.additive import Hinges, _Choice
from matchmaker.learning.examples import Examples
from matchmaker.scoring.blend import add_up
from matchmaker.scoring.weighting import Weighting

NAMES = ("good", "better", "noise")
PRIOR = Weighting({"good": 30.0, "noise": 70.0})


def made_up(queries: int, *, seed: int = 0, rows: int = 12, gaps: float = 0.0) -> Examples:
    """Outcomes that follow `good` a little and `better` much, and nothing else."""
    rng = np.random.default_rng(seed)
    scores = rng.random((queries * rows, len(NAMES)))
    chance = 1 / (1 + np.exp(-(2 * scores[:, 0] + 8 * scores[:, 1] ** 2 - 6)))
    outcome = (rng.random(len(scores)) < chance).astype(float)
    scores[rng.random(scores.shape) < gaps] = np.nan
    return Examples(NAMES, scores, outcome, np.repeat(np.arange(queries), rows), np.ones(len(scores)))


def test_what_outcomes_follow_weighs_more_than_what_they_do_not() -> None:
    learned = additive.fit(made_up(300), PRIOR)

    assert learned.weights["better"] > learned.weights["good"] > learned.weights["noise"]
    assert sum(learned.weights.values()) == pytest.approx(100)


def test_few_outcomes_move_the_weights_little() -> None:
    few, many = (additive.fit(made_up(queries), PRIOR, strength=20.0) for queries in (2, 500))

    assert few.weights["noise"] > 45 > 5 > many.weights["noise"]


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), queries=st.integers(8, 15), gaps=st.sampled_from([0.0, 0.3]), data=st.data())
def test_more_of_a_component_never_counts_for_less(seed: int, queries: int, gaps: float, data: st.DataObject) -> None:
    learned = additive.fit(made_up(queries, seed=seed, gaps=gaps), PRIOR)
    row = np.array(data.draw(st.lists(st.floats(0, 1), min_size=3, max_size=3)))
    k = data.draw(st.integers(0, 2))
    better = row.copy()
    better[k] = data.draw(st.floats(float(row[k]), 1))

    before, after = add_up(NAMES, learned, np.stack([row, better]), np.ones(3, bool)).fit

    assert after >= before - 1e-9


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), gaps=st.sampled_from([0.0, 0.4]))
def test_terms_of_a_learned_blend_sum_to_its_fit_and_an_empty_profile_has_none(seed: int, gaps: float) -> None:
    examples = made_up(8, seed=seed, gaps=gaps)
    learned = additive.fit(examples, PRIOR)
    scores = np.vstack([examples.scores, np.full((1, 3), np.nan)])

    blend = add_up(NAMES, learned, scores, np.ones(3, bool))

    known = ~np.isnan(blend.fit)
    np.testing.assert_allclose(blend.terms[known].sum(axis=1), blend.fit[known])
    assert np.isnan(blend.fit[-1])
    assert blend.order[-1] == -np.inf


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), gaps=st.sampled_from([0.0, 0.3]))
def test_the_loss_and_its_slope_are_those_of_the_slow_twin(seed: int, gaps: float) -> None:
    examples = made_up(6, seed=seed, rows=5, gaps=gaps)
    matrix = Hinges.of(examples.scores).read(examples)
    try:
        choice = _Choice.of(matrix, examples)
    except ValueError:
        return
    segments = np.random.default_rng(seed).random(matrix.shape[1]) * 2

    value, slope = choice.loss(segments)

    assert value == pytest.approx(slow_loss(matrix, examples, segments), rel=1e-4)
    for k in range(matrix.shape[1]):
        step = np.zeros(matrix.shape[1])
        step[k] = 1e-3
        rise = slow_loss(matrix, examples, segments + step) - slow_loss(matrix, examples, segments - step)
        assert slope[k] == pytest.approx(rise / 2e-3, rel=1e-2, abs=1e-3)


def slow_loss(matrix: np.ndarray, examples: Examples, segments: np.ndarray) -> float:
    """One query and one match at a time."""
    total = 0.0
    for query in np.unique(examples.query):
        rows = np.flatnonzero(examples.query == query)
        z = {row: float(matrix[row].astype(float) @ segments) for row in rows}
        came = [row for row in rows if examples.outcome[row] == 1]
        missed = [row for row in rows if examples.outcome[row] == 0]
        if not came or not missed:
            continue
        for row in came:
            whole = sum(np.exp(z[other]) for other in missed) + np.exp(z[row])
            total += np.log(whole / np.exp(z[row])) / np.sqrt(len(came))
    return total


def test_an_unknown_score_is_read_as_the_mean_of_its_query() -> None:
    scores = np.array([[0.0], [1.0], [np.nan], [0.2], [np.nan]])
    examples = Examples(("one",), scores, np.zeros(5), np.array([0, 0, 0, 1, 1]), np.ones(5))

    read = Hinges(np.array([0]), np.array([0.0]), np.array([1.0])).read(examples)

    assert read[:, 0] == pytest.approx([0, 1, 0.5, 0.2, 0.2])


def test_a_component_that_says_the_same_of_everybody_gets_no_weight() -> None:
    examples = made_up(50)
    level = Examples(
        NAMES, examples.scores * [1, 1, 0] + [0, 0, 0.5], examples.outcome, examples.query, examples.weight
    )

    assert additive.fit(level, PRIOR).weights["noise"] == 0


def test_without_anything_to_compare_there_is_nothing_to_learn() -> None:
    examples = made_up(3)

    with pytest.raises(ValueError, match="no query has both"):
        additive.fit(Examples(NAMES, examples.scores, np.zeros(len(examples)), examples.query, examples.weight), PRIOR)


def test_the_same_examples_teach_the_same_to_the_last_bit() -> None:
    one, other = (additive.fit(made_up(40, gaps=0.2), PRIOR) for _ in range(2))

    assert one.weights == other.weights
    assert all(np.array_equal(one.curves[name].values, other.curves[name].values) for name in one.curves)
