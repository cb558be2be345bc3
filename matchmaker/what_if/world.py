"""Everything that a what-if is worked out from: what the engine sees on one day, frozen.

A changed world shares every array that it does not change. Rows keep their number and their content, new ones stand
behind them; so what differs between two worlds can be told by looking at both.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from matchmaker.chain.columns import ChainColumns
from matchmaker.chain.supply import Limits
from matchmaker.consortium.asking import Seat
from matchmaker.consortium.facts import Facts
from matchmaker.consortium.rules import TeamRule
from matchmaker.engine import Engine
from matchmaker.funding.columns import Firms, Mandates
from matchmaker.profiles import Ints, Mask, Need, Profiles, Scores, Smalls
from matchmaker.scoring.weighting import Weighting
from matchmaker.what_if.remembered import Remembered

FIRST = 10  # the places of a list that people read
DRAWS, SPREAD, SEED = 20, 0.2, 20261122


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """An open challenge. Its team is led by who posted it; `musts` are columns of capabilities that it must have."""

    key: str
    need: Need
    lead: int
    musts: frozenset[int] = frozenset()
    seats: tuple[Seat, ...] = ()
    rules: tuple[TeamRule, ...] = ()
    members_at_most: int = 8
    budget: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Money:
    """Mandates and open rounds as every signed-in person may know them."""

    mandates: Mandates
    firms: Firms
    follows_usual: Mask  # m x clauses: the fund says nothing of its own of how hard it holds the clause
    usual: NDArray[np.uint8]  # clauses, row of FORCES
    nodes: Sequence[str]
    places: Sequence[str]
    schemes: Sequence[str]


@dataclass(frozen=True, slots=True, eq=False)
class World:
    engine: Engine
    weighting: Weighting
    need_ids: NDArray[np.bytes_]
    needs: tuple[Need, ...]
    lets_in: Smalls  # of each offer, a door of chain/doors.py; UNKNOWN: a facility that does not say
    chain_of_node: Ints  # row of the chain; -1: of none
    money: Money
    calls: tuple[Call, ...]
    facts: Facts  # in the order of the organisations
    chain: ChainColumns
    limits: Limits
    day: int
    line: float  # a need is met from this fit on
    first: int = FIRST
    shakes: Mapping[str, Scores] = field(default_factory=dict)  # component -> by how much each draw multiplies it
    remembered: Remembered = field(default_factory=Remembered)  # no part of what is told: it only saves time

    @property
    def profiles(self) -> Profiles:
        return self.engine.profiles


def shakes_of(
    components: Sequence[str], *, draws: int = DRAWS, spread: float = SPREAD, seed: int = SEED
) -> dict[str, Scores]:
    """For each component `draws` factors between 1 - spread and 1 + spread, the same for the same seed and names."""
    names = sorted(components)
    factors = np.random.default_rng(seed).uniform(1 - spread, 1 + spread, size=(len(names), draws))
    return dict(zip(names, factors, strict=True))
