"""Other good plans with clearly different funds: of each earlier set at least half of the funds are replaced."""

from dataclasses import replace
from time import perf_counter

from matchmaker.funding.stack.instance import Instance
from matchmaker.funding.stack.solve import Plan, Watch, ignore, solve

#: A plan that leaves this share of the need more open than the best one is no alternative to it.
MOST_WORSE = 0.1


def alternatives(
    instance: Instance, best: Plan, *, count: int = 3, seconds: float = 30.0, watch: Watch = ignore
) -> tuple[Plan, ...]:
    """Up to `count` plans, best first, each the best among those that differ from all before it."""
    until = perf_counter() + seconds
    plans: list[Plan] = []
    most_gap = best.gap + MOST_WORSE * float(instance.need.sum())
    for turn in range(count):
        earlier = (*instance.excluded, *(plan.funds for plan in (best, *plans) if plan.funds))
        share = max(until - perf_counter(), 0.0) / (count - turn)
        plan = solve(replace(instance, excluded=earlier), seconds=share, watch=watch)
        if not plan.funds or plan.gap > most_gap:
            break
        plans.append(plan)
    return tuple(plans)
