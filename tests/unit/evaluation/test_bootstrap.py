"""Two rankings of the same queries, compared."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.evaluation import bootstrap
from matchmaker.evaluation.bootstrap import paired_bootstrap

values = st.lists(st.floats(0, 1, width=32), min_size=2, max_size=20)


def test_a_ranking_is_no_better_than_itself():
    same = paired_bootstrap(np.array([0.2, 0.9, 0.4]), np.array([0.2, 0.9, 0.4]))

    assert (same.difference, same.low, same.high, same.share_better) == (0, 0, 0, 0.5)
    assert not same.is_clear


def test_the_same_step_on_every_query_is_certain_however_much_queries_differ():
    hard_to_easy = np.linspace(0, 0.9, 40)

    better = paired_bootstrap(hard_to_easy + 0.1, hard_to_easy)

    assert better.low == pytest.approx(0.1) == better.high
    assert better.share_better == 1
    assert better.is_clear


def test_the_interval_is_that_of_a_mean_of_many_differences():
    rng = np.random.default_rng(5)
    ours, theirs = rng.normal(0.02, 1, 3000), rng.normal(0, 1, 3000)

    compared = paired_bootstrap(ours, theirs)

    half = 1.96 * np.std(ours - theirs, ddof=1) / np.sqrt(3000)
    assert compared.high - compared.difference == pytest.approx(half, rel=0.1)
    assert compared.difference - compared.low == pytest.approx(half, rel=0.1)


def test_queries_that_one_of_them_leaves_open_are_left_out():
    compared = paired_bootstrap(np.array([0.5, np.nan, 1.0]), np.array([0.4, 0.1, np.nan]))

    assert compared.queries == 1
    assert compared.difference == pytest.approx(0.1)


def test_without_a_common_query_nothing_can_be_said():
    compared = paired_bootstrap(np.array([np.nan]), np.array([1.0]))

    assert compared.queries == 0
    assert np.isnan([compared.difference, compared.low, compared.high, compared.share_better]).all()
    assert not compared.is_clear


@settings(max_examples=25)
@given(values, st.integers(0, 9))
def test_swapping_the_two_turns_the_comparison_round(pairs, seed):
    ours, theirs = np.array(pairs), np.array(pairs[::-1])

    one, other = paired_bootstrap(ours, theirs, seed=seed), paired_bootstrap(theirs, ours, seed=seed)

    assert one.difference == pytest.approx(-other.difference)
    assert one.low == pytest.approx(-other.high)
    assert one.share_better == pytest.approx(1 - other.share_better)


def test_resampling_in_blocks_draws_as_many_as_asked_and_the_same_seed_draws_the_same(monkeypatch):
    rng = np.random.default_rng(1)
    ours, theirs = rng.random(30), rng.random(30)
    whole = paired_bootstrap(ours, theirs, resamples=1000, seed=3)

    monkeypatch.setattr(bootstrap, "BLOCK", 30 * 7)

    assert paired_bootstrap(ours, theirs, resamples=1000, seed=3) == whole


def test_the_resampled_means_are_those_of_the_slow_twin():
    values = np.array([0.0, 1.0, 4.0])
    counts = np.random.default_rng(2).multinomial(3, [1 / 3] * 3, size=5)

    means = bootstrap._resampled_means(values, 5, np.random.default_rng(2))

    assert means.tolist() == pytest.approx([np.repeat(values, drawn).mean() for drawn in counts])
