"""The smallest changes that close a gap: funds of typical terms that would have to be there, or one limit relaxed.

A fund to add has typical terms and is asked for as few times as closes most; a limit gives way as little as closes
most. Each repair is the best plan of the question so changed, so what it says it leaves open is what is left.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np

from matchmaker.funding.stack.check import TOLERANCE, standing
from matchmaker.funding.stack.instance import Instance, Limit, with_typical
from matchmaker.funding.stack.model import Aim
from matchmaker.funding.stack.solve import Plan, Watch, ignore, solve

#: So many funds of each typical kind may be added.
COPIES = 2

#: A repair has to close at least this share of the gap.
LEAST_CLOSED = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Added:
    """A typical fund that would have to be there: its kind's key, its own in the changed question, and what it pays by
    phase (P)."""

    key: str
    fund: str
    tickets: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Repair:
    """Funds added, or a limit from where it stood to where it has to be. `gap` is what stays open; `plan` is of the
    question as it was `changed`."""

    gap: float
    plan: Plan
    changed: Instance
    added: tuple[Added, ...] = ()
    limit: Limit | None = None
    after: float | None = None


def repairs(instance: Instance, best: Plan, *, seconds: float = 30.0, watch: Watch = ignore) -> tuple[Repair, ...]:
    """What closes the gap of `best`, wholly first, by the smallest change."""
    tiny = TOLERANCE * float(instance.need.sum()) * 10
    if best.gap <= tiny:
        return ()
    until = perf_counter() + seconds
    most_left = (1 - LEAST_CLOSED) * best.gap
    found = [one for one in _all(instance, until, watch) if one.gap <= most_left]
    return tuple(sorted(found, key=lambda one: (one.gap > tiny, one.gap if one.gap > tiny else 0, len(one.added))))


def _all(instance: Instance, until: float, watch: Watch) -> Iterator[Repair]:
    turns = len(instance.limits) + 1
    if instance.typical is not None and len(instance.typical):
        yield _by_funds(instance, seconds=_share(until, turns), watch=watch)
    for number, limit in enumerate(instance.limits, start=1):
        yield _by_limit(instance, limit, seconds=_share(until, turns - number), watch=watch)


def _share(until: float, turns: int) -> float:
    return max(until - perf_counter(), 0.0) / max(turns, 1)


def _by_funds(instance: Instance, *, seconds: float, watch: Watch) -> Repair:
    there = len(instance.funds)
    asked = with_typical(instance, COPIES)
    aims = (Aim.GAP, Aim.ADDED, Aim.DILUTION, Aim.FUNDS)
    plan = solve(asked, aims=aims, added_from=there, seconds=seconds, watch=watch)
    rows = [row for row in plan.funds if row >= there]
    changed = replace(asked, funds=replace(asked.funds, keys=_told_apart(asked.funds.keys, rows)))
    added = (Added(asked.funds.keys[row], changed.funds.keys[row], plan.tickets[row]) for row in rows)
    return Repair(plan.gap, plan, changed, added=tuple(added))


def _told_apart(keys: Sequence[str], rows: Sequence[int]) -> tuple[str, ...]:
    """Of several that are added of one kind, each a key of its own."""
    own, kinds = list(keys), Counter[str]()
    for row in rows:
        kinds[keys[row]] += 1
        own[row] = f"{keys[row]}:{kinds[keys[row]]}"
    return tuple(own)


def _by_limit(instance: Instance, limit: Limit, *, seconds: float, watch: Watch) -> Repair:
    aims = (Aim.GAP, Aim.SLACK, Aim.DILUTION, Aim.FUNDS)
    plan = solve(instance, aims=aims, relaxed=limit.key, seconds=seconds, watch=watch)
    return Repair(plan.gap, plan, instance, limit=limit, after=standing(instance, plan.tickets, limit))
