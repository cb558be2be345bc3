"""The pairing of institutions with parks, held against a twin that tries every plan."""

import time
from itertools import chain, combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.consortium.pairing import Plan, Question, Unpaired, breaches, fits, plan

NAN = float("nan")
NOBODY = np.empty((0, 3), np.int32)


def make_question(seed: int) -> Question:
    dice = np.random.default_rng(seed)
    shape = (*dice.integers(1, 4, 2).tolist(), 2)
    fit = np.where(dice.random(shape) < 0.45, dice.integers(1, 10, shape) / 10, NAN)
    cells = np.argwhere(~np.isnan(fit)).astype(np.int32)
    dice.shuffle(cells)
    cells = cells[:8]
    thinned = np.full(shape, NAN)
    thinned[tuple(cells.T)] = fit[tuple(cells.T)]
    held, refused = cells[: int(dice.integers(0, 2))], cells[2 : 2 + int(dice.integers(0, 2))]
    return Question(
        fit=thinned,
        parks_at_most=dice.integers(0, 3, shape[0]).astype(np.int32),
        institutions_at_most=dice.integers(1, 3, shape[1]).astype(np.int32),
        held=held.reshape(-1, 3),
        refused=refused.reshape(-1, 3),
    )


def twin(question: Question, *, least_fit: float) -> tuple[int, float]:
    """The most parks with somebody, and the highest sum of fits among such plans."""
    cells = [cell for cell in np.argwhere(question.fit >= least_fit).tolist() if cell not in question.refused.tolist()]
    held = question.held.tolist()
    free = [cell for cell in cells if cell not in held]
    best = (0, 0.0)
    for extra in chain.from_iterable(combinations(free, size) for size in range(len(free) + 1)):
        rows = np.array([*held, *extra], np.int32).reshape(-1, 3)
        if not breaches(question, rows):
            value = float(question.fit[tuple(rows.T)].sum()) if len(rows) else 0.0
            best = max(best, (len(set(rows[:, 1].tolist())), value))
    return best


def test_the_plan_serves_most_parks_and_then_fits_best_on_every_small_question():
    for seed in range(150):
        question = make_question(seed)

        found = plan(question, least_fit=0.3)

        assert breaches(question, found.pairings) == [], seed
        served = len(set(found.pairings[:, 1].tolist()))
        assert (served, found.value) == pytest.approx(twin(question, least_fit=0.3)), seed
        assert set(found.unpaired) == set(range(question.fit.shape[1])) - set(found.pairings[:, 1].tolist())


def ask(fit: list[list[float]], *, parks: list[int], institutions: list[int], **named: np.ndarray) -> Plan:
    """One way only: `fit` is institutions x parks."""
    question = Question(np.array(fit)[:, :, None], np.array(parks, np.int32), np.array(institutions, np.int32), **named)
    return plan(question, least_fit=0.2)


def test_a_park_that_nobody_else_serves_comes_before_a_better_fit():
    found = ask([[0.9, 0.3], [0.8, NAN]], parks=[1, 1], institutions=[2, 2])

    assert found.pairings.tolist() == [[0, 1, 0], [1, 0, 0]]
    assert found.unpaired == {}


def test_a_park_without_anybody_says_whether_none_fits_or_all_are_taken():
    found = ask([[0.9, 0.8, 0.1]], parks=[1], institutions=[1, 1, 1])

    assert found.pairings.tolist() == [[0, 0, 0]]
    assert found.unpaired == {1: Unpaired.ALL_TAKEN, 2: Unpaired.NO_FIT}


def test_what_is_agreed_stays_and_what_was_refused_does_not_come_back():
    held, refused = np.array([[1, 0, 0]], np.int32), np.array([[0, 1, 0]], np.int32)

    found = ask([[0.9, 0.9], [0.3, NAN]], parks=[1, 1], institutions=[1, 1], held=held, refused=refused)

    assert found.pairings.tolist() == [[1, 0, 0]]
    assert found.unpaired == {1: Unpaired.NO_FIT}


def test_one_institution_may_serve_a_park_in_several_ways_and_counts_once():
    question = Question(np.array([[[0.9, 0.8]]]), np.array([1], np.int32), np.array([1], np.int32))

    assert plan(question, least_fit=0.2).pairings.tolist() == [[0, 0, 0], [0, 0, 1]]


values = st.lists(st.one_of(st.just(NAN), st.floats(0, 1)), min_size=3, max_size=3)


@given(values=values, weights=st.lists(st.floats(0.5, 40), min_size=3, max_size=3))
def test_the_parts_sum_to_the_fit_and_unknown_terms_only_lower_the_coverage(values, weights):
    evidence = np.array([True, True, False])

    told = fits(
        np.array(values).reshape(1, 1, 1, 3), np.array([weights]), offers=np.ones((1, 1), bool), is_evidence=evidence
    )

    known = [n for n, value in enumerate(values) if not np.isnan(value)]
    if not any(evidence[n] for n in known):
        assert np.isnan(told.fit).all()
        return
    mean = sum(weights[n] * values[n] for n in known) / sum(weights[n] for n in known)
    assert told.fit[0, 0, 0] == pytest.approx(mean)
    assert told.parts[0, 0, 0].sum() == pytest.approx(mean)
    assert told.coverage[0, 0, 0] == pytest.approx(sum(weights[n] for n in known) / sum(weights))


def test_who_offers_nothing_of_a_way_has_no_fit_in_it():
    told = fits(np.ones((1, 1, 1, 1)), np.ones((1, 1)), offers=np.zeros((1, 1), bool), is_evidence=np.ones(1, bool))

    assert np.isnan(told.fit).all()
    assert told.parts.sum() == 0


def test_a_city_of_parks_is_planned_in_seconds():
    dice = np.random.default_rng(1)
    shape = (40, 25, 4)
    fit = np.where(dice.random(shape) < 0.5, dice.random(shape), NAN)
    question = Question(fit, dice.integers(1, 4, 40).astype(np.int32), np.full(25, 3, np.int32))
    start = time.perf_counter()

    found = plan(question, least_fit=0.2)

    assert breaches(question, found.pairings) == []
    assert not found.unpaired
    assert time.perf_counter() - start < 30
