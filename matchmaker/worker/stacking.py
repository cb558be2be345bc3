"""Working out a capital stack as a job: the best plan, other plans, what closes a gap, what holds it back.

Killed at any moment it goes on behind its last step: the question was frozen when it was asked, and each part is kept
when it is done. The best plan so far is written as it is found, so one who stops the search keeps it.
"""

from collections.abc import Callable
from time import monotonic
from typing import Any
from uuid import UUID

from sqlmodel import Session

from matchmaker.instance import Instance
from matchmaker.jobs.running import CancelAsked, Message, Work
from matchmaker.services.stacks import keeping, solving
from models.rounds import CapitalStack
from models.sessions import reading, writing

SECONDS_BETWEEN_LOOKS = 1.0
STEPS = 5  # plan, other plans, repairs, limits, end


def build_stack(instance: Instance, work: Work) -> Message:
    stack_id = UUID(work.arguments["stack_id"])
    try:
        return _build(instance, work, stack_id)
    except CancelAsked:
        with writing(instance.engine) as session:
            keeping.end(session, stack_id)
        raise


def _build(instance: Instance, work: Work, stack_id: UUID) -> Message:
    work.expect(STEPS)
    with reading(instance.engine) as session:
        question = session.get_one(CapitalStack, stack_id).question
    steps = _Steps(work, stack_id)
    kept = steps.plan(lambda: solving.best(question, watch=steps.show))
    solved = solving.again(question, kept)
    steps.part("alternatives", lambda: solving.others(solved, watch=steps.look))
    repairs = steps.part("repairs", lambda: solving.mended(solved, watch=steps.look))
    steps.part("rooms", lambda: solving.held_by(solved, watch=steps.look))
    steps.end()
    facts = {"funds": len(kept["funds"]), "gap": kept["gap"], "repairs": len(repairs)}
    if solved.has_gap:
        return Message("stack_gap", facts)
    return Message("stack_proved" if kept["is_proved"] else "stack_found", facts)


class _Steps:
    """The steps of one job, each kept when it is done."""

    def __init__(self, work: Work, stack_id: UUID) -> None:
        self._work, self._id = work, stack_id
        self._done = 0
        self._shown = float("-inf")

    def show(self, solved: solving.Solved) -> None:
        """Write down the best plan so far; raises what ends the job."""
        self._work.advance(0)
        if monotonic() - self._shown < SECONDS_BETWEEN_LOOKS or not solved.plan.funds:
            return
        self._shown = monotonic()
        plan = solving.so_far(solved)
        self._work.show(lambda session: keeping.show_plan(session, self._id, plan))

    def look(self, _plan: object) -> None:
        self._work.advance(0)

    def plan(self, solve: Callable[[], solving.Solved]) -> dict[str, Any]:
        def save(session: Session, solved: solving.Solved) -> dict[str, Any]:
            plan = solving.plan(solved)
            keeping.keep_plan(session, self._id, plan, has_gap=solved.has_gap)
            return plan

        found: dict[str, Any] = self._step("plan", solve, save)
        return found

    def part(self, name: str, compute: Callable[[], list[dict[str, Any]]]) -> list[dict[str, Any]]:
        def save(session: Session, parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
            keeping.keep(session, self._id, name, parts)
            return parts

        found: list[dict[str, Any]] = self._step(name, compute, save)
        return found

    def end(self) -> None:
        self._step("end", lambda: None, lambda session, _none: keeping.end(session, self._id))

    def _step(self, name: str, compute: Any, save: Any) -> Any:
        result = self._work.step(name, compute, save=save)
        self._done += 1
        self._work.report(self._done, STEPS)
        return result
