"""What holds a plan back: where it stands against each limit, and what a little more room would change.

No shadow prices: they speak of fractions of funds. Each limit that is used up is moved by a step that people think in,
and the best plan is asked for again, so the answer is exact.
"""

from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np

from matchmaker.funding.stack.check import standing
from matchmaker.funding.stack.instance import Instance, Limit, LimitKind, with_limit
from matchmaker.funding.stack.model import Aim
from matchmaker.funding.stack.solve import Plan, Watch, ignore, solve
from matchmaker.profiles import Ints, Scores

#: By how much a limit is moved: 5 parts in 100 more stake or of a share, one fund more, no lead.
STEPS = {
    LimitKind.STAKE: 0.05,
    LimitKind.FUNDS: 1.0,
    LimitKind.PATIENCE: -0.05,
    LimitKind.LEAST: -0.05,
    LimitKind.MOST: 0.05,
    LimitKind.LEAD: -1.0,
}
#: A share within so much of its limit is used up.
NEAR_LIMIT = 0.01


@dataclass(frozen=True, slots=True)
class Room:
    """`stands` is NaN where it cannot be told; `gap` and `shares` of the best plan with the limit at `moved`."""

    limit: Limit
    stands: float
    is_used_up: bool
    moved: float | None = None
    gap: float | None = None
    shares: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Supply:
    """By phase (P): how many funds may pay, and the most that they could."""

    funds: Ints
    money: Scores


def rooms(instance: Instance, plan: Plan, *, seconds: float = 30.0, watch: Watch = ignore) -> tuple[Room, ...]:
    """Each limit with where `plan` stands; where it is used up, what one step more would come to."""
    until = perf_counter() + seconds
    return tuple(_room(instance, plan, limit, until, watch) for limit in instance.limits)


def supply(instance: Instance) -> Supply:
    funds = instance.funds
    most = np.where(funds.allowed, funds.ticket_high[:, None], 0.0)
    return Supply(funds.allowed.sum(axis=0).astype(np.int32), most.sum(axis=0))


def _room(instance: Instance, plan: Plan, limit: Limit, until: float, watch: Watch) -> Room:
    stands = standing(instance, plan.tickets, limit)
    is_used_up = bool(abs(stands - limit.value) <= NEAR_LIMIT)
    left = until - perf_counter()
    if not is_used_up or left <= 0:
        return Room(limit, stands, is_used_up)
    moved = replace(limit, value=float(np.clip(limit.value + STEPS[limit.kind], 0.0, _most(limit))))
    if moved.value == limit.value:
        return Room(limit, stands, is_used_up)
    better = solve(with_limit(instance, moved), aims=(Aim.GAP, Aim.DILUTION), seconds=left, watch=watch)
    if not better.is_proved:
        return Room(limit, stands, is_used_up)
    return Room(limit, stands, is_used_up, moved.value, better.gap, better.reached[Aim.DILUTION].value)


def _most(limit: Limit) -> float:
    return float("inf") if limit.kind is LimitKind.FUNDS else 1.0
