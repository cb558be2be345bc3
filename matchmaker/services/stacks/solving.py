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
from matchmaker.funding.stack.solve import Plan, Reached, ignore, solve
from matchmaker.services.stacks.questions import Plain, instance_of
from matchmaker.services.stacks.results import alternative_of, plan_of, repair_of, room_of

PLAN_SECONDS, OTHERS_SECONDS, REPAIR_SECONDS, ROOM_SECONDS = 60.0, 30.0, 30.0, 30.0

Watch = Callable[[Aim, Reached], None]


@dataclass(frozen=True, eq=False)
class Solved:
    """The best plan with the question it answers; its arrays go no further than this."""

    question: Mapping[str, Any]
    instance: Instance
    plan: Plan

    @property
    def has_gap(self) -> bool:
        return self.plan.gap > 10 * TOLERANCE * float(self.instance.need.sum())


def best(question: Mapping[str, Any], *, seconds: float = PLAN_SECONDS, watch: Watch = ignore) -> Solved:
    instance = instance_of(question)
    return Solved(question, instance, solve(instance, seconds=seconds, watch=watch))


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


def others(solved: Solved, *, seconds: float = OTHERS_SECONDS) -> list[Plain]:
    """Up to three plans with clearly different funds."""
    found = alternatives(solved.instance, solved.plan, seconds=seconds)
    return [alternative_of(solved.instance, solved.plan, one) for one in found]


def mended(solved: Solved, *, seconds: float = REPAIR_SECONDS) -> list[Plain]:
    """What would close the gap, the smallest change first; nothing where there is none."""
    found = repairs(solved.instance, solved.plan, seconds=seconds)
    return [repair_of(solved.instance, solved.question, one) for one in found]


def held_by(solved: Solved, *, seconds: float = ROOM_SECONDS) -> list[Plain]:
    """Where the plan stands against each limit, and what one step more room would change."""
    return [room_of(one) for one in rooms(solved.instance, solved.plan, seconds=seconds)]
