"""From a frozen question to its answers, part by part. Nothing here reads or writes a table; a worker, the command line
and tests call the same parts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from matchmaker.funding.stack.alternatives import alternatives
from matchmaker.funding.stack.check import TOLERANCE
from matchmaker.funding.stack.instance import Instance
from matchmaker.funding.stack.model import Aim
from matchmaker.funding.stack.repair import repairs
from matchmaker.funding.stack.room import rooms
from matchmaker.funding.stack.solve import Plan, Reached, solve
from matchmaker.funding.stack.solve import Watch as PlanWatch
from matchmaker.funding.stack.solve import ignore as watch_nothing
from matchmaker.services.stacks.questions import Plain, instance_of
from matchmaker.services.stacks.results import alternative_of, plan_of, repair_of, room_of

PLAN_SECONDS, OTHERS_SECONDS, REPAIR_SECONDS, ROOM_SECONDS = 60.0, 30.0, 30.0, 30.0


@dataclass(frozen=True, eq=False)
class Solved:
    """The best plan with the question it answers; its arrays go no further than this."""

    question: Mapping[str, Any]
    instance: Instance
    plan: Plan

    @property
    def has_gap(self) -> bool:
        return self.plan.gap > 10 * TOLERANCE * float(self.instance.need.sum())


Watch = Callable[[Solved], None]


def ignore(solved: Solved) -> None:
    """Watches nothing."""


def best(question: Mapping[str, Any], *, seconds: float = PLAN_SECONDS, watch: Watch = ignore) -> Solved:
    """`watch` is told of the best plan so far; what it raises stops the search and passes on, here and below."""
    instance = instance_of(question)

    def tell(plan: Plan) -> None:
        watch(Solved(question, instance, plan))

    return Solved(question, instance, solve(instance, seconds=seconds, watch=tell))


def again(question: Mapping[str, Any], kept: Mapping[str, Any]) -> Solved:
    """A plan as it was kept, so that what comes after it need not work it out again."""
    instance = instance_of(question)
    tickets = np.zeros(instance.funds.allowed.shape)
    row_of = {key: row for row, key in enumerate(instance.funds.keys)}
    for ticket in kept["tickets"]:
        tickets[row_of[ticket["key"]], ticket["phase"]] = ticket["amount"]
    reached = {Aim(aim): Reached(**one) for aim, one in kept["proof"].items()}
    return Solved(question, instance, Plan(tickets, reached, kept["seconds"]))


def plan(solved: Solved) -> Plain:
    return plan_of(solved.instance, solved.plan)


def so_far(solved: Solved) -> Plain:
    """The same while it is searched for: aims may still be ahead, so nothing is proved of it as a whole."""
    return plan(solved) | {"is_proved": False}


def others(solved: Solved, *, seconds: float = OTHERS_SECONDS, watch: PlanWatch = watch_nothing) -> list[Plain]:
    """Up to three plans with clearly different funds."""
    found = alternatives(solved.instance, solved.plan, seconds=seconds, watch=watch)
    return [alternative_of(solved.instance, solved.plan, one) for one in found]


def mended(solved: Solved, *, seconds: float = REPAIR_SECONDS, watch: PlanWatch = watch_nothing) -> list[Plain]:
    """What would close the gap, the smallest change first; nothing where there is none."""
    found = repairs(solved.instance, solved.plan, seconds=seconds, watch=watch)
    return [repair_of(solved.instance, solved.question, one) for one in found]


def held_by(solved: Solved, *, seconds: float = ROOM_SECONDS, watch: PlanWatch = watch_nothing) -> list[Plain]:
    """Where the plan stands against each limit, and what one step more room would change."""
    found = rooms(solved.instance, solved.plan, seconds=seconds, watch=watch)
    return [room_of(one) for one in found]
