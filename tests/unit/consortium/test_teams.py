"""The solvers against the twin that looks at every team."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.consortium.alternatives import alternatives
from matchmaker.consortium.bound import relaxation
from matchmaker.consortium.check import breaches, worth
from matchmaker.consortium.instance import Capabilities, Instance, Rule, Team
from matchmaker.consortium.members import study
from matchmaker.consortium.prove import Progress, prove
from matchmaker.consortium.search import search
from matchmaker.consortium.seating import seats_of
from scripts.benchmarks.questions import question
from tests.unit.consortium import team_twin as twin

QUESTIONS = 300
CHUNKS = 10

#: A seed whose question has several teams.
SOLVABLE = 1

seeds = st.integers(0, 10**9)


def team_of(members: tuple[int, ...]) -> np.ndarray:
    return np.array(members, dtype=np.intp)


@pytest.mark.slow
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_nobody_finds_a_better_team_than_the_proved_one(chunk):
    """300 random small questions: checker, bound, search and proof against every team there is."""
    for seed in range(chunk, QUESTIONS, CHUNKS):
        assert_agrees_with_the_twin(twin.small_question(seed), seed)


def test_with_many_seats_the_proof_still_agrees():
    for seed in range(10):
        assert_agrees_with_the_twin(twin.small_question(seed, many_seats=True), seed)


def assert_agrees_with_the_twin(question: Instance, seed: int) -> None:
    allowed = twin.allowed_teams(question)
    told: list[Progress] = []

    first = search(question, seed=seed, steps=60)
    proof = prove(question, start=first, watch=told.append)
    unaided = prove(question)

    assert proof.is_infeasible is unaided.is_infeasible is (not allowed), seed
    if not allowed:
        assert first is proof.team is None
        return
    best = allowed[0][0]
    assert proof.is_proved
    assert unaided.is_proved
    assert proof.team is not None
    assert unaided.team is not None
    assert proof.team.value == pytest.approx(best, abs=1e-5), seed
    assert unaided.team.value == pytest.approx(best, abs=1e-5), seed
    assert relaxation(question).bound >= best - 1e-6
    assert all(progress.bound >= best - 1e-6 for progress in told)
    for team in (first, proof.team, *(progress.team for progress in told)):
        assert team is None or twin.is_allowed(question, tuple(team.members.tolist())), seed
        assert team is None or team.value == pytest.approx(twin.worth(question, tuple(team.members.tolist())))


def test_the_checker_and_the_twin_judge_every_team_alike():
    for seed in range(20):
        question = twin.small_question(seed, many_seats=seed % 5 == 0)
        for members in twin.all_teams(question):
            assert (breaches(question, team_of(members)) == ()) is twin.is_allowed(question, members), (seed, members)
            assert worth(question, team_of(members)) == pytest.approx(twin.worth(question, members))


def test_most_small_questions_are_answered_by_the_search_alone():
    """Not a promise of the search, but a sign that it works: nearly all of its answers are the best there is."""
    best: list[float] = []
    found: list[float] = []
    for seed in range(25):
        question = twin.small_question(seed)
        allowed = twin.allowed_teams(question)
        if allowed:
            team = search(question, seed=seed, steps=200)
            best.append(allowed[0][0])
            found.append(team.value if team else -np.inf)

    right = np.isclose(best, found)

    assert right.mean() > 0.9


@settings(max_examples=15, deadline=None)
@given(seed=seeds)
def test_the_same_seed_finds_the_same_team(seed):
    question = twin.small_question(seed)

    one, other = (search(question, seed=seed, steps=40, seconds=60) for _ in range(2))

    assert (one is None) is (other is None)
    assert one is None or other is None or one.members.tolist() == other.members.tolist()


@settings(max_examples=15, deadline=None)
@given(seed=seeds)
def test_one_more_rule_never_makes_a_better_team(seed):
    question = twin.small_question(seed)
    weights = np.random.default_rng(seed).random(len(question))
    stricter = replace(question, rules=(*question.rules, Rule("more", weights, high=1.5)))

    loose, strict = prove(question), prove(stricter)

    assert not (loose.is_infeasible and strict.team)
    assert strict.team is None or loose.team is None or strict.team.value <= loose.team.value + 1e-6


@settings(max_examples=10, deadline=None)
@given(seed=seeds)
def test_alternatives_are_the_best_teams_that_differ(seed):
    question = twin.small_question(seed)
    allowed = twin.allowed_teams(question)
    proof = prove(question)
    if proof.team is None:
        return

    found = alternatives(question, proof.team, count=3, differ=2)

    earlier = [set(proof.team.members.tolist())]
    for team, is_proved in zip(found.teams, found.proved, strict=True):
        others = [value for value, members in allowed if all(len(set(members) - one) >= 2 for one in earlier)]
        assert is_proved
        assert team.value == pytest.approx(others[0], abs=1e-5)
        assert breaches(question, team.members) == ()
        earlier.append(set(team.members.tolist()))
    assert found.is_complete is (len(found.teams) < 3)
    if found.is_complete:
        assert not any(all(len(set(members) - one) >= 2 for one in earlier) for _, members in allowed)


@settings(max_examples=15, deadline=None)
@given(seed=seeds)
def test_a_substitute_is_whoever_loses_least_and_breaks_nothing(seed):
    question = twin.small_question(seed)
    proof = prove(question)
    if proof.team is None:
        return

    studies = study(question, proof.team, substitutes=3)

    members = proof.team.members.tolist()
    assert [one.member for one in studies] == members
    for one in studies:
        others = [i for i in members if i != one.member]
        free = replace(question, held=question.held[question.held != one.member])
        swaps = {who: tuple(sorted([*others, who])) for who in range(len(question)) if who not in members}
        losses = sorted(
            proof.team.value - twin.worth(question, swap) for swap in swaps.values() if twin.is_allowed(free, swap)
        )
        assert [substitute.loss for substitute in one.substitutes] == pytest.approx(losses[:3])
        assert one.marginal == pytest.approx(proof.team.value - twin.worth(question, tuple(others)))
        assert all(twin.is_allowed(free, swaps[substitute.candidate]) for substitute in one.substitutes)


@settings(max_examples=40, deadline=None)
@given(seed=seeds)
def test_everybody_in_an_allowed_team_has_a_seat_that_fits(seed):
    question = twin.small_question(seed)
    team = search(question, steps=30)
    if team is None or not question.seats:
        return

    seats = seats_of(question, team.members)

    by_key = {seat.key: seat for seat in question.seats}
    assert all(by_key[key].admits[member] for key, member in zip(seats, team.members, strict=True))
    assert all(seat.least <= seats.count(seat.key) <= seat.most for seat in question.seats)


@pytest.mark.parametrize("call", [1, 2, 3])
def test_a_watcher_can_stop_the_proof_and_its_error_passes_on(call):
    class Enough(Exception):
        pass

    calls: list[Progress] = []

    def watch(progress: Progress) -> None:
        calls.append(progress)
        if len(calls) == call:
            raise Enough

    with pytest.raises(Enough):
        prove(question(seed=1, candidates=300), watch=watch)

    assert len(calls) == call


def test_where_nobody_can_be_asked_the_team_is_empty_or_impossible():
    nobody = Instance(np.empty(0), without_capabilities(0))
    somebody = replace(nobody, rules=(Rule("size", np.empty(0), low=1),))

    empty, impossible = prove(nobody, start=search(nobody)), prove(somebody, start=search(somebody))

    assert empty.is_proved
    assert empty.team is not None
    assert empty.team.members.tolist() == []
    assert prove(nobody).is_proved
    assert impossible.is_infeasible


def test_at_full_size_the_first_team_is_nearly_the_best_and_the_bound_says_so():
    asked = question(seed=7, pairs=100, candidates=500)

    first = search(asked, seconds=30)
    proof = prove(asked, start=first, seconds=120)

    assert first is not None
    assert proof.team is not None
    assert proof.is_proved
    assert breaches(asked, proof.team.members) == ()
    assert 0.98 * proof.team.value <= first.value <= proof.team.value <= relaxation(asked).bound


def test_without_time_a_proof_gives_the_start_back_and_a_bound_that_holds():
    question = twin.small_question(SOLVABLE)
    best = twin.allowed_teams(question)
    start = Team(team_of(best[-1][1]), best[-1][0])

    proof = prove(question, start=start, seconds=0.0)

    assert proof.team is not None
    assert proof.team.value >= start.value
    assert proof.bound >= best[0][0] - 1e-6


def test_a_held_candidate_who_is_barred_leaves_no_team():
    question = twin.small_question(0)
    held = np.array([2], dtype=np.int32)

    proof = prove(replace(question, held=held, barred=np.arange(len(question)) == 2))

    assert proof.is_infeasible
    assert proof.team is None
    assert proof.bound == -np.inf


def test_without_any_rule_the_best_team_is_everybody_of_worth():
    question = replace(
        twin.small_question(SOLVABLE),
        rules=(),
        seats=(),
        spreads=(),
        held=np.empty(0, dtype=np.int32),
        barred=None,
        apart=np.empty((0, 2), dtype=np.int32),
        apart_keys=(),
        pairs=np.empty((0, 2), dtype=np.int32),
        worth=np.empty(0),
    )
    question = replace(question, capabilities=without_capabilities(len(question)))

    team = search(question)

    assert team is not None
    assert team.members.tolist() == np.flatnonzero(question.value > 0).tolist()
    assert prove(question, start=team).is_proved
    assert not any(one.is_single_point for one in study(question, team))


def without_capabilities(n: int) -> Capabilities:
    none = np.empty(0)
    return Capabilities(
        keys=(),
        levels=np.empty((n, 0), dtype=np.int8),
        required=np.empty(0, dtype=np.int8),
        weight=none,
        must=np.empty(0, dtype=bool),
        second=none,
        price=none,
    )
