"""Mixing a list at the least cost, against a twin that tries every choice."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from matchmaker.engine import Engine
from matchmaker.network.past import DAYS_A_YEAR
from matchmaker.profiles import Candidates, Mask, Profiles, Scores
from matchmaker.ranking import Ranking, rank
from matchmaker.rerank import Floors, Rows, choose, mixed, newcomers, projects_before
from matchmaker.scoring.weighting import Weighting
from models.enums import SizeClass
from tests.unit.engine.record import Joint, history_of
from tests.unit.engine.world import TODAY, Firm, Offered, everybody, need, world

flags = st.lists(st.booleans(), min_size=12, max_size=12).map(lambda some: np.array(some))


class Case(NamedTuple):
    """A list from the best to the worst."""

    values: Scores
    is_newcomer: Mask
    is_small: Mask
    is_justified: Mask


@st.composite
def lists(draw: st.DrawFn) -> Case:
    length = draw(st.integers(0, 10))
    values = sorted(draw(st.lists(st.integers(0, 20), min_size=length, max_size=length)), reverse=True)
    is_newcomer, is_small, is_justified = (draw(flags)[:length] for _ in range(3))
    return Case(np.array(values, dtype=float) / 20, is_newcomer, is_small, is_justified)


floors = st.builds(
    Floors,
    newcomer_share=st.sampled_from([0.0, 0.2, 0.4, 0.5]),
    small_share=st.sampled_from([0.0, 0.2, 0.4, 0.5]),
    depth=st.just(5),
    largest_loss=st.sampled_from([0.0, 0.02, 0.1, 1.0]),
    nearness=st.sampled_from([0.0, 0.1, 0.5, 1.0]),
)


def slow_cost(case: Case, asked: Floors) -> tuple[int, float]:
    """Places short and value lost of the best choice, by trying every one."""
    values, is_newcomer, is_small, is_justified = case
    depth = min(asked.depth, len(values))
    cut = values[depth - 1]
    outside = [
        row
        for row in range(depth, len(values))
        if is_justified[row] and values[row] >= cut - asked.nearness * cut and (is_newcomer[row] or is_small[row])
    ]
    before = values[:depth].sum()
    choices = []
    for chosen in combinations([*range(depth), *outside], depth):
        rows = list(chosen)
        lost = before - values[rows].sum()
        if lost <= asked.largest_loss * depth + 1e-12 or rows == list(range(depth)):
            choices.append((short_of(rows, is_newcomer, is_small, asked), round(float(lost), 9)))
    return min(choices)


def short_of(rows: Sequence[int] | Rows, is_newcomer: Mask, is_small: Mask, asked: Floors) -> int:
    return sum(
        max(wanted - int(flag[rows].sum()), 0)
        for wanted, flag in zip(asked.wanted, (is_newcomer, is_small), strict=True)
    )


@given(case=lists().filter(lambda case: len(case.values) > 0), asked=floors)
def test_no_other_choice_meets_the_floors_better_or_costs_less(case: Case, asked: Floors) -> None:
    values, is_newcomer, is_small, _ = case
    mix = choose(*case, asked)
    depth = min(asked.depth, len(values))
    first = mix.order[:depth]

    assert (short_of(first, is_newcomer, is_small, asked), round(mix.lost * depth, 9)) == pytest.approx(
        slow_cost(case, asked)
    )


@given(case=lists(), asked=floors)
def test_everybody_stays_on_the_list_once_and_the_rest_keeps_its_order(case: Case, asked: Floors) -> None:
    mix = choose(*case, asked)
    depth = min(asked.depth, len(case.values))

    assert sorted(mix.order.tolist()) == list(range(len(case.values)))
    assert (np.diff(mix.order[:depth]) > 0).all()
    assert (np.diff(mix.order[depth:]) > 0).all()
    assert set(mix.moved) == set(mix.order[:depth]) - set(range(depth))


@given(case=lists(), asked=floors)
def test_a_floor_of_nothing_changes_nothing(case: Case, asked: Floors) -> None:
    mix = choose(*case, replace(asked, newcomer_share=0.0, small_share=0.0))

    assert mix.order.tolist() == list(range(len(case.values)))
    assert mix.lost == 0.0


@given(case=lists(), asked=floors)
def test_a_floor_that_is_met_already_changes_nothing(case: Case, asked: Floors) -> None:
    values, is_newcomer, is_small, _ = case
    first = np.arange(min(asked.depth, len(values)))
    assume(short_of(first, is_newcomer, is_small, asked) == 0)

    assert choose(*case, asked).order.tolist() == list(range(len(values)))


@given(case=lists(), asked=floors)
def test_the_price_never_passes_what_the_officer_allows(case: Case, asked: Floors) -> None:
    assert choose(*case, asked).lost <= asked.largest_loss + 1e-9


@given(case=lists(), asked=floors)
def test_who_moves_up_is_justified_near_and_one_of_those_the_floor_is_for(case: Case, asked: Floors) -> None:
    values, is_newcomer, is_small, is_justified = case

    for row in choose(*case, asked).moved:
        assert is_justified[row]
        assert is_newcomer[row] or is_small[row]
        assert values[row] >= values[asked.depth - 1] * (1 - asked.nearness) - 1e-12


def test_the_nearest_newcomer_takes_the_last_place_of_the_core() -> None:
    values = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.49, 0.48])
    no = np.zeros(7, bool)
    is_newcomer = np.array([0, 0, 0, 0, 0, 0, 1], bool)

    mix = choose(values, is_newcomer, no, ~no, Floors(newcomer_share=0.2, depth=5))

    assert mix.order.tolist() == [0, 1, 2, 3, 6, 4, 5]
    assert mix.moved.tolist() == [6]
    assert mix.lost == pytest.approx(0.02 / 5)


def test_one_who_is_both_new_and_small_serves_both_floors() -> None:
    values = np.linspace(0.9, 0.6, 7)
    both = np.array([0, 0, 0, 0, 0, 0, 1], bool)
    small = np.array([0, 0, 0, 0, 0, 1, 1], bool)

    asked = Floors(newcomer_share=0.2, small_share=0.2, depth=5, nearness=1)
    mix = choose(values, both, small, np.ones(7, bool), asked)

    assert mix.moved.tolist() == [6]


@pytest.fixture
def crowd() -> Profiles:
    """Thirty firms that meet the need ever less; the last five are small and without a project."""
    firms = [Firm(size=SizeClass.LARGE if row < 25 else SizeClass.MICRO) for row in range(30)]
    offers = [Offered(owner=row, vector=[1.0, 1.8 + 0.05 * row]) for row in range(30)]
    profiles = world(firms, offers)
    return replace(profiles, history=history_of([Joint(range(25)), Joint(range(25))], 30))


def ranked(profiles: Profiles, candidates: Candidates) -> Ranking:
    vector = np.zeros(8, np.float32)
    vector[0] = 1
    weights = Weighting({"text": 1.0, "size": 0.0})
    return rank(Engine.fit(profiles), need(vector=vector), weights, top=30, among=candidates)


def test_a_list_is_mixed_with_its_price_and_says_who_stood_where(crowd: Profiles) -> None:
    plain = ranked(crowd, everybody(crowd))

    result = mixed(plain, crowd, Floors(newcomer_share=0.1, depth=20, nearness=1.0, largest_loss=1.0))

    assert result.is_newcomer[:20].sum() == 2
    assert result.before[:20].tolist() == [*range(18), 25, 26]
    assert result.is_moved[18:20].all()
    assert not result.is_moved[:18].any()
    before, after = (one.blend.fit[:20].mean() for one in (plain, result.ranking))
    assert result.fit_lost == pytest.approx(before - after)
    assert result.fit_lost > 0
    assert (result.ranking.candidates.organisation == plain.candidates.organisation[result.before]).all()


def test_newcomers_are_who_has_hardly_a_project_before_that_day_or_was_founded_lately() -> None:
    firms = [Firm(), Firm(), Firm(founded=TODAY - 30), Firm(founded=TODAY - 3000)]
    past = [Joint([0, 2, 3], years=days / DAYS_A_YEAR) for days in (40, 20)]
    profiles = replace(world(firms), history=history_of(past, 4))

    def on(day: int) -> list[bool]:
        return newcomers(profiles, Floors(), projects_before(profiles, day), day=day).tolist()

    assert on(TODAY) == [False, True, True, False]
    # On the day of the second project only the first is on record.
    assert on(TODAY - 20) == [True, True, True, True]


def test_the_same_list_is_mixed_the_same_way_whatever_page_is_looked_at(crowd: Profiles) -> None:
    asked = Floors(small_share=0.2, nearness=1.0)
    first, second = (mixed(ranked(crowd, everybody(crowd)), crowd, asked) for _ in range(2))

    assert first.before.tolist() == second.before.tolist()


def test_an_empty_list_stays_one() -> None:
    no = np.empty(0, bool)

    assert choose(np.empty(0), no, no, no, Floors(small_share=0.2)).order.tolist() == []
