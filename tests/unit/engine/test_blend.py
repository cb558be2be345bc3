"""Fit and coverage are two numbers, and an explanation is the score taken apart."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from matchmaker.explain import shares
from matchmaker.scoring.blend import Blend, add_up
from matchmaker.scoring.weighting import Calibration, Curve, Weighting

COMPONENTS = 4
NAMES = tuple("abcd")
IS_EVIDENCE = np.array([True, True, False, False])
scores = arrays.arrays(
    np.float64,
    st.tuples(st.integers(1, 8), st.just(COMPONENTS)),
    elements=st.floats(0, 1) | st.just(float("nan")),
)
weights = arrays.arrays(np.float64, COMPONENTS, elements=st.floats(0.1, 50))


def blended(table: list[list[float]], given_weights: tuple[float, ...] = (1, 1, 1, 1)) -> Blend:
    return added_up(np.array(table, dtype=float), np.array(given_weights, dtype=float))


def added_up(table: np.ndarray, given_weights: np.ndarray) -> Blend:
    return add_up(NAMES, Weighting(dict(zip(NAMES, given_weights.tolist(), strict=True))), table, IS_EVIDENCE)


@given(table=scores, given_weights=weights)
def test_terms_sum_to_the_fit(table: np.ndarray, given_weights: np.ndarray) -> None:
    result = added_up(table, given_weights)

    known = ~np.isnan(result.fit)
    np.testing.assert_allclose(result.terms[known].sum(axis=1), result.fit[known], atol=1e-12)


@given(table=scores, given_weights=weights)
def test_fit_and_coverage_lie_between_0_and_1(table: np.ndarray, given_weights: np.ndarray) -> None:
    result = added_up(table, given_weights)

    known = result.fit[~np.isnan(result.fit)]
    assert ((known >= 0) & (known <= 1 + 1e-9)).all()
    assert ((result.coverage >= 0) & (result.coverage <= 1 + 1e-9)).all()


@given(table=scores, given_weights=weights, column=st.integers(0, COMPONENTS - 1))
def test_a_better_score_never_lowers_the_fit(table: np.ndarray, given_weights: np.ndarray, column: int) -> None:
    better = table.copy()
    better[:, column] = np.where(np.isnan(table[:, column]), np.nan, 1.0)

    before = added_up(table, given_weights).fit
    after = added_up(better, given_weights).fit

    assert (np.nan_to_num(after) >= np.nan_to_num(before) - 1e-9).all()


def test_without_evidence_there_is_no_score() -> None:
    result = blended([[np.nan, np.nan, 1.0, 1.0]])

    assert np.isnan(result.fit[0])
    assert result.order[0] == -np.inf
    assert result.terms.sum() == 0


def test_what_is_unknown_counts_in_the_coverage_and_not_in_the_fit() -> None:
    result = blended([[0.8, np.nan, np.nan, np.nan]], (30, 10, 10, 50))

    assert result.fit[0] == 0.8
    assert result.coverage[0] == 0.3


def test_a_gap_in_the_data_neither_earns_nor_hides() -> None:
    full_and_good, thin_and_good, full_and_bad, thin_and_bad = blended(
        [[0.9] * 4, [0.9, np.nan, np.nan, np.nan], [0.1] * 4, [0.1, np.nan, np.nan, np.nan]]
    ).order

    assert full_and_good > thin_and_good > thin_and_bad > full_and_bad


@given(st.lists(st.floats(0, 100), max_size=12))
def test_rounded_points_sum_to_the_rounded_sum(values: list[float]) -> None:
    rounded = shares(values)

    assert abs(round(sum(rounded), 1) - sum(values)) <= 0.05 + 1e-6
    assert all(abs(short - value) < 0.1 + 1e-6 for short, value in zip(rounded, values, strict=True))


@given(knots=st.lists(st.floats(0, 1), min_size=2, max_size=6, unique=True), data=st.data())
def test_a_curve_that_never_falls_keeps_a_better_score_better(knots: list[float], data: st.DataObject) -> None:
    values = data.draw(st.lists(st.floats(0, 1), min_size=len(knots), max_size=len(knots)))
    assume(np.diff(np.sort(knots)).min() > 1e-6)
    curve = Curve(np.sort(knots), np.sort(values))
    low, high = sorted(data.draw(st.tuples(st.floats(0, 1), st.floats(0, 1))))

    read = curve.read(np.array([low, high, np.nan]))

    assert read[0] <= read[1] + 1e-12
    assert np.isnan(read[2])


@pytest.mark.parametrize("values", [[0.5, 0.4], [0, 1.1], [-0.1, 1], [0.3]])
def test_a_curve_that_falls_or_leaves_its_range_is_refused(values: list[float]) -> None:
    with pytest.raises(ValueError, match="curve"):
        Curve(np.array([0.0, 1.0]), np.array(values))


def test_a_chance_rises_with_the_order_and_is_unknown_without_one() -> None:
    low, high, none = Calibration(slope=4.0, shift=-3.0).chance(np.array([0.1, 0.9, -np.inf]))

    assert 0 < low < high < 1
    assert np.isnan(none)
