"""What two outcomes of the same region differ in, item by item; the items sum to the difference of the totals."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matchmaker.chain.supply import STATES
from matchmaker.profiles import UNKNOWN
from matchmaker.what_if.running import Outcome
from matchmaker.what_if.world import World


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is otherwise: its row in the changed world, and its value before and after (1: yes, 0: no)."""

    row: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Range:
    """The least and the most that a net change comes to."""

    low: int
    high: int


@dataclass(frozen=True, slots=True, eq=False)
class Changes:
    needs: tuple[Item, ...]  # met or not
    rounds: tuple[Item, ...]  # a fund clears it or not
    gaps: tuple[Item, ...]  # covered or not
    calls: tuple[Item, ...]  # a team is possible or not
    nodes: tuple[Item, ...]  # rows of STATES
    places: tuple[Item, ...]  # of organisations: how many first places
    needs_range: Range  # under shaken weights
    rounds_range: Range  # where what is unknown turns out well or not
    gaps_range: Range


Totals = Mapping[str, int]


def totals(world: World, outcome: Outcome) -> Totals:
    """Everything that changes are counted of. What is unknown counts for nothing."""
    counted = {f"nodes_{state}": int((leaf_states(world, outcome) == row).sum()) for row, state in enumerate(STATES)}
    return {
        "needs": _count(outcome.needs.met),
        "rounds": _count(outcome.rounds.cleared),
        "gaps": _count(outcome.rounds.covered),
        "calls": _count(outcome.teams.feasible),
        "places": int(_places(world, outcome).sum()),
        **counted,
    }


def difference(before: tuple[World, Outcome], after: tuple[World, Outcome]) -> Changes:
    (old_world, old), (world, new) = before, after
    return Changes(
        needs=_items(_yes(old.needs.met), _yes(new.needs.met)),
        rounds=_items(_yes(old.rounds.cleared), _yes(new.rounds.cleared)),
        gaps=_items(_yes(old.rounds.covered), _yes(new.rounds.covered)),
        calls=_items(_yes(old.teams.feasible), _yes(new.teams.feasible)),
        nodes=_node_items(world, old, new),
        places=_items(_places(old_world, old), _places(world, new)),
        needs_range=_range((_yes(new.needs.shaken) - _yes(old.needs.shaken)).sum(axis=0)),
        rounds_range=_between(old.rounds.cleared, new.rounds.cleared, old.rounds.perhaps, new.rounds.perhaps),
        gaps_range=_between(
            old.rounds.covered, new.rounds.covered, old.rounds.perhaps_covered, new.rounds.perhaps_covered
        ),
    )


def leaf_states(world: World, outcome: Outcome) -> NDArray[np.uint8]:
    """Of the nodes without others below them; a node above only repeats the worst of those."""
    return outcome.nodes[leaves(world)]


def leaves(world: World) -> NDArray[np.intp]:
    return np.setdiff1d(np.arange(len(world.chain.nodes)), world.chain.parent)


def net(items: tuple[Item, ...]) -> int:
    return sum(one.after - one.before for one in items)


def _node_items(world: World, old: Outcome, new: Outcome) -> tuple[Item, ...]:
    rows = leaves(world)
    differing = rows[old.nodes[rows] != new.nodes[rows]]
    return tuple(Item(int(row), int(old.nodes[row]), int(new.nodes[row])) for row in differing)


def _items(before: NDArray[Any], after: NDArray[Any]) -> tuple[Item, ...]:
    """Rows that differ; of those that are new nothing was there before."""
    was = np.zeros(len(after), np.int64)
    was[: len(before)] = before
    return tuple(Item(int(row), int(was[row]), int(after[row])) for row in np.flatnonzero(was != after))


def _places(world: World, outcome: Outcome) -> NDArray[np.int64]:
    first = outcome.needs.first
    return np.bincount(first[first != UNKNOWN], minlength=len(world.profiles.organisations))


def _between(before: Any, after: Any, perhaps_before: Any, perhaps_after: Any) -> Range:
    """From the net change by what is known, and that by what may be."""
    known, possible = _count(after) - _count(before), _count(perhaps_after) - _count(perhaps_before)
    return Range(min(known, possible), max(known, possible))


def _range(counts: NDArray[np.int64]) -> Range:
    return Range(int(counts.min()), int(counts.max())) if len(counts) else Range(0, 0)


def _yes(values: NDArray[np.int8]) -> NDArray[np.int64]:
    return (values == 1).astype(np.int64)


def _count(values: NDArray[np.int8]) -> int:
    return int((values == 1).sum())
