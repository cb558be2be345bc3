"""The question that the composer answers, as plain arrays: candidates, what is needed, and rules as rows.

Candidate i is row i of every column. A team is a set of candidates; its worth is what its members are worth by
themselves, what their pairs add or take, and the needed capabilities that somebody has at the level asked for. Every
rule, seat and limit has a key, by which an answer names what it broke, what clashes, and what to relax.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from matchmaker.profiles import Ints, Mask, Scores, Smalls

INFINITE = float("inf")

#: A set of candidates, as rows of the instance.
Members = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """low <= sum of `weights` over the members <= high. Counts, shares, money and head counts are all of this form:
    at least 30 % SMEs is sum over members of (is_sme - .3) >= 0.

    `price` is what relaxing it by one unit costs in a repair; infinite where nobody may relax it.
    """

    key: str
    weights: Scores  # n
    low: float = -INFINITE
    high: float = INFINITE
    price: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """The members come from at least `least` different groups (districts). -1 counts for none."""

    key: str
    group: Ints  # n
    least: int
    price: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class SeatRole:
    """A role with at least `least` and at most `most` members. Who fits several seats sits in one of them; where there
    are seats at all, every member must find one."""

    key: str
    admits: Mask  # n
    least: int
    most: int
    price: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Capabilities:
    """K needed capabilities: worth `weight` when one member has `required`, `second` more when another has it too.

    A `must` is a rule whose key is `keys[k]`; `price` is what doing without it costs in a repair.
    """

    keys: tuple[str, ...]
    levels: Smalls  # n x K, 0: not at all or not known
    required: Smalls  # K
    weight: Scores  # K
    must: Mask  # K
    second: Scores  # K
    price: Scores  # K


def _no_pairs() -> Ints:
    return np.empty((0, 2), np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class Instance:
    """One question. `held` are in every team, `barred` in none; `apart` may not meet (one key a pair)."""

    value: Scores  # n, what a member is worth by itself; may be below zero
    capabilities: Capabilities
    seats: tuple[SeatRole, ...] = ()
    rules: tuple[Rule, ...] = ()
    spreads: tuple[Spread, ...] = ()
    pairs: Ints = field(default_factory=_no_pairs)  # p x 2, candidates whose meeting is worth something
    worth: Scores = field(default_factory=lambda: np.empty(0))  # p, below zero where it costs
    apart: Ints = field(default_factory=_no_pairs)  # q x 2
    apart_keys: tuple[str, ...] = ()  # q
    held: Ints = field(default_factory=lambda: np.empty(0, np.int32))
    barred: Mask | None = None  # n

    def __len__(self) -> int:
        return len(self.value)


@dataclass(frozen=True, slots=True, eq=False)
class Team:
    """Members as rows of the instance, rising, and what the team is worth."""

    members: Members
    value: float


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that a team breaks: what it comes to, and what it should."""

    key: str
    actual: float
    low: float = -INFINITE
    high: float = INFINITE
