"""When no team is possible: the smallest set of rules, seats, must-haves and limits that cannot hold together.

First an elastic filter (Chinneck): all rules may give way at a cost, and whichever must is enforced from then on, until
the enforced ones alone cannot hold. Then a deletion filter: each is let go, and stays away if the rest clash still.
What is left clashes, and letting go of any one of it makes a team possible.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from matchmaker.consortium.elastic import Model, build
from matchmaker.consortium.instance import INFINITE, Instance

_GIVES_WAY = 1e-6


def smallest_clash(instance: Instance) -> frozenset[str]:
    """Keys that cannot all hold while any one fewer can; empty where a team is possible."""
    model = build(instance)
    keys = list(dict.fromkeys(soft.key for soft in model.softs))
    if _is_possible(model, keys):
        return frozenset()
    found = _elastic_filter(model, keys)
    # Which one is found depends on the order; two orders cost little, and the smaller clash is the easier to read.
    return min((_deletion_filter(model, order) for order in (found, found[::-1])), key=len)


def _elastic_filter(model: Model, keys: Sequence[str]) -> list[str]:
    """Enforce whatever has to give way, until what is enforced clashes by itself."""
    enforced: list[str] = []
    while True:
        cost = np.zeros(model.columns)
        for soft in model.softs:
            cost[soft.column] = float(soft.key not in enforced)
        solved = model.solve(cost, upper=_enforce(model, enforced))
        if solved.x is None:
            return enforced
        gave = {soft.key for soft in model.softs if solved.x[soft.column] > _GIVES_WAY}
        fresh = [key for key in keys if key in gave and key not in enforced]
        if not fresh:  # what is missing hides in the solver's tolerance: the deletion filter has to look at all
            return list(keys)
        enforced += fresh


def _deletion_filter(model: Model, keys: Sequence[str]) -> frozenset[str]:
    kept = list(keys)
    for key in keys:
        others = [other for other in kept if other != key]
        if not _is_possible(model, others):
            kept = others
    return frozenset(kept)


def _is_possible(model: Model, keys: Iterable[str]) -> bool:
    """Whether a team can hold these; all others are let go."""
    return model.solve(np.zeros(model.columns), upper=_enforce(model, keys)).x is not None


def _enforce(model: Model, keys: Iterable[str]) -> dict[int, float]:
    chosen = frozenset(keys)
    return {soft.column: 0.0 if soft.key in chosen else INFINITE for soft in model.softs}
