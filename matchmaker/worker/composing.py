"""Composing a team as a job: a first team at once, the gap closing, then other teams, or why there is none.

Killed at any moment it goes on behind its last step. Steps carry the mark of the question: where the registry has
changed meanwhile, so that it is another question, everything is worked out anew.
"""

from functools import partial
from time import monotonic
from typing import Any
from uuid import UUID

from sqlmodel import Session

from matchmaker.consortium.prove import Progress
from matchmaker.instance import Instance
from matchmaker.jobs.running import CancelAsked, Message, Work
from matchmaker.reader import Reader
from matchmaker.services.calendar import today
from matchmaker.services.composing import asking, keeping, results, solving
from matchmaker.services.composing.puzzles import Puzzle
from matchmaker.services.composing.solving import Found
from models.consortia import Composition
from models.sessions import reading, writing

SECONDS_BETWEEN_LOOKS = 1.0
# Shares of the whole as people see it: question, first team, proof, members, other teams.
STEPS = 5


def compose_team(instance: Instance, work: Work) -> Message:
    composition_id = UUID(work.arguments["composition_id"])
    try:
        return _compose(instance, work, composition_id)
    except CancelAsked:
        with writing(instance.engine) as session:
            keeping.end(session, composition_id)
        raise


def _compose(instance: Instance, work: Work, composition_id: UUID) -> Message:
    work.expect(STEPS)
    with reading(instance.engine) as session:
        composition = session.get_one(Composition, composition_id)
        puzzle = asking.read_puzzle(session, Reader(instance), composition, today=today())
    steps = _Steps(work, composition_id, puzzle, seed=composition.seed)
    steps.begin()
    found = steps.first()
    if not found.is_hopeless:
        found = steps.prove(found)
    return steps.explain_clash() if found.is_hopeless else steps.explain_team(found)


class _Steps:
    """The steps of one job, each kept when it is done."""

    def __init__(self, work: Work, composition_id: UUID, puzzle: Puzzle, *, seed: int) -> None:
        self._work, self._id, self._puzzle, self._seed = work, composition_id, puzzle, seed
        self._started = self._shown = monotonic()
        self._done = 0

    def begin(self) -> None:
        self._step("question", lambda: None, lambda session, _none: keeping.begin(session, self._id, self._puzzle))

    def first(self) -> Found:
        return self._search("first", partial(solving.first, self._puzzle, seed=self._seed))

    def prove(self, start: Found) -> Found:
        return self._search("proof", lambda: solving.proof(self._puzzle, start, watch=self._watch))

    def explain_team(self, found: Found) -> Message:
        team = solving.team_of(self._puzzle, found.team)
        if team is None:
            self._end()
            return Message("composition_without_team")
        self._step(
            "members",
            lambda: results.studied(self._puzzle, team, is_proved=found.is_proved),
            lambda session, studied: keeping.keep_study(session, self._id, studied),
        )
        self._step(
            "others",
            lambda: results.others_of(self._puzzle, team, solving.others(self._puzzle, team)),
            lambda session, others: keeping.keep_others(session, self._id, others),
        )
        self._end()
        facts = {"members": len(team.members), "candidates": len(self._puzzle.instance)}
        return Message("composition_proved" if found.is_proved else "composition_found", facts)

    def explain_clash(self) -> Message:
        def save(session: Session, clash: dict[str, Any]) -> int:
            keeping.keep_clash(session, self._id, clash)
            return len(clash["repairs"])

        repairs = self._step("clash", lambda: results.clash_of(self._puzzle, solving.clash(self._puzzle)), save)
        self._end()
        return Message("composition_clash", {"repairs": repairs})

    def _search(self, name: str, find: Any) -> Found:
        def save(session: Session, found: Found) -> dict[str, Any]:
            keeping.keep_found(session, self._id, self._puzzle, found, seconds=self._seconds())
            return {field: getattr(found, field) for field in Found.__dataclass_fields__}

        return Found(**self._step(name, find, save))

    def _watch(self, progress: Progress) -> None:
        self._work.advance(0)
        if monotonic() - self._shown < SECONDS_BETWEEN_LOOKS:
            return
        self._shown = monotonic()
        found, seconds = solving.found_of(self._puzzle, progress), self._seconds()
        self._work.show(lambda session: keeping.show(session, self._id, self._puzzle, found, seconds=seconds))

    def _end(self) -> None:
        self._step("end", lambda: None, lambda session, _none: keeping.end(session, self._id))

    def _step(self, name: str, compute: Any, save: Any) -> Any:
        result = self._work.step(f"{name}:{self._puzzle.sha256[:16]}", compute, save=save)
        self._done += 1
        self._work.report(min(self._done, STEPS), STEPS)
        return result

    def _seconds(self) -> float:
        return monotonic() - self._started
