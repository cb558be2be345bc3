"""From a puzzle to its answers, step by step: a first team at once, the proof, other teams, or why there is none.

Nothing here reads or writes a table; a worker, the command line and tests call the same steps. What a step gives is
plain, so that a worker can keep it and go on behind it after a death.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from matchmaker.consortium.alternatives import alternatives
from matchmaker.consortium.check import worth
from matchmaker.consortium.clash import smallest_clash
from matchmaker.consortium.instance import Members, Team
from matchmaker.consortium.members import MemberStudy, study
from matchmaker.consortium.prove import Progress, prove
from matchmaker.consortium.repair import Repair, repairs
from matchmaker.consortium.search import search
from matchmaker.services.composing.puzzles import Puzzle

FIRST_SECONDS = 0.8
PROOF_SECONDS = 60.0
OTHERS_SECONDS = 20.0
OTHERS, DIFFER = 5, 3
SUBSTITUTES = 5

Watch = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Found:
    """The best team so far, as ids, and what no team can exceed. Proved: none is better; hopeless: none is possible."""

    team: tuple[str, ...] | None = None
    value: float | None = None
    bound: float | None = None
    is_proved: bool = False
    is_hopeless: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Other:
    team: Team
    is_proved: bool  # no better one is as different


@dataclass(frozen=True, slots=True, eq=False)
class Clash:
    """Keys that cannot all hold, and the cheapest changes after which a team passes."""

    keys: tuple[str, ...]
    repairs: tuple[Repair, ...]


def first(puzzle: Puzzle, *, seed: int, seconds: float = FIRST_SECONDS) -> Found:
    """A team by local search, and how much better one could be at most."""
    if puzzle.guide.bound == -np.inf:
        return Found(is_hopeless=True)
    team = search(puzzle.instance, seed=seed, seconds=seconds, guide=puzzle.guide)
    return _found(puzzle, team, puzzle.guide.bound)


def proof(puzzle: Puzzle, start: Found, *, watch: Watch, seconds: float = PROOF_SECONDS) -> Found:
    """The best team and whether that is proved; what `watch` raises stops it."""
    best = team_of(puzzle, start.team)
    proved = prove(puzzle.instance, start=best, seconds=seconds, watch=watch, guide=puzzle.guide)
    if proved.is_infeasible:
        return Found(is_hopeless=True)
    return _found(puzzle, proved.team, proved.bound, is_proved=proved.is_proved)


def others(puzzle: Puzzle, best: Team, *, seconds: float = OTHERS_SECONDS) -> list[Other]:
    """Good teams that differ clearly from the best one and from each other."""
    found = alternatives(puzzle.instance, best, count=OTHERS, differ=_differ(best), seconds=seconds)
    return [Other(team, is_proved) for team, is_proved in zip(found.teams, found.proved, strict=True)]


def members(puzzle: Puzzle, team: Team) -> Sequence[MemberStudy]:
    return study(puzzle.instance, team, substitutes=SUBSTITUTES)


def clash(puzzle: Puzzle) -> Clash:
    return Clash(tuple(sorted(smallest_clash(puzzle.instance))), repairs(puzzle.instance))


def team_of(puzzle: Puzzle, ids: Sequence[str] | None) -> Team | None:
    """The team of these organisations; None where there is none, or where one of them is no candidate any more."""
    if ids is None:
        return None
    rows = puzzle.rows_of(ids)
    return Team(rows, worth(puzzle.instance, rows)) if len(rows) == len(ids) else None


def found_of(puzzle: Puzzle, progress: Progress) -> Found:
    return _found(puzzle, progress.team, progress.bound)


def ids_of(puzzle: Puzzle, team: Members) -> tuple[str, ...]:
    return tuple(str(puzzle.organisation_ids[row]) for row in team)


def _found(puzzle: Puzzle, team: Team | None, bound: float, *, is_proved: bool = False) -> Found:
    if team is None:
        return Found(bound=float(bound) if np.isfinite(bound) else None)
    # A bound is as exact as the solver's tolerance, and never below a team that is there.
    value = float(team.value)
    return Found(ids_of(puzzle, team.members), value, value if is_proved else max(float(bound), value), is_proved)


def _differ(best: Team) -> int:
    """Three members, or in a small team as many as leave the lead in both."""
    return max(1, min(DIFFER, len(best.members) - 1))
