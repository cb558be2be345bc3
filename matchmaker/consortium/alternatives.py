"""Other good teams that are clearly different.

A team differs where at least `differ` of its members are not in the other: for each earlier team one more row,
sum of x over everybody outside it >= differ, and the best team is asked for again.
"""

from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np

from matchmaker.consortium.bound import relaxation
from matchmaker.consortium.instance import Instance, Rule, Team
from matchmaker.consortium.prove import Proof, prove
from matchmaker.consortium.search import search

#: The key of the rules that keep teams different.
DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Alternatives:
    """Best first. `proved` says of each that no better one is as different, `is_complete` that there is no other."""

    teams: tuple[Team, ...]
    proved: tuple[bool, ...]
    is_complete: bool


def alternatives(
    instance: Instance, best: Team, *, count: int = 5, differ: int = 3, seconds: float = 10.0, seed: int = 0
) -> Alternatives:
    """Up to `count` teams, each with at least `differ` members who are not in `best`, nor in any one before it.

    Each has an equal share of the time that is left; where a proof does not end in it, the best team found counts.
    """
    until = perf_counter() + seconds
    teams: list[Team] = []
    proved: list[bool] = []
    for turn in range(count):
        asked = _unlike(instance, [best, *teams], differ)
        proof = _next(asked, seconds=(until - perf_counter()) / (count - turn), seed=seed)
        if proof.team is None:
            return Alternatives(tuple(teams), tuple(proved), is_complete=proof.is_infeasible)
        teams.append(proof.team)
        proved.append(proof.is_proved)
    return Alternatives(tuple(teams), tuple(proved), is_complete=False)


def _unlike(instance: Instance, earlier: list[Team], differ: int) -> Instance:
    outside = np.ones((len(earlier), len(instance)))
    for weights, team in zip(outside, earlier, strict=True):
        weights[team.members] = 0.0
    return replace(instance, rules=(*instance.rules, *(Rule(DIFFERENT, weights, low=differ) for weights in outside)))


def _next(asked: Instance, *, seconds: float, seed: int) -> Proof:
    begun = perf_counter()
    guide = relaxation(asked)
    found = search(asked, seed=seed, seconds=seconds / 2, guide=guide)
    return prove(asked, start=found, seconds=seconds - (perf_counter() - begun), guide=guide)
