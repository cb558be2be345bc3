"""What a team is, move by move: for every member out and every candidate in, what changes, as whole arrays."""

import numpy as np
from numpy.typing import NDArray

from matchmaker.consortium.check import TOLERANCE
from matchmaker.consortium.instance import Instance, Members
from matchmaker.consortium.seating import necessary_sets
from matchmaker.profiles import Scores

Rows = NDArray[np.intp]


class Yardstick:
    """Some candidates of an instance (the kernel, m of them) in the form that moves are measured in.

    The last column or row of every table is nobody: all zeros. `sums` r x (m + 1) is what each adds to each row
    sum <= most: both sides of rules and counts of seats, and musts, in units of the row's largest weight. `synergy` and
    `apart` are (m + 1) x (m + 1).
    """

    def __init__(self, instance: Instance, kernel: Members) -> None:
        needed = instance.capabilities
        self.kernel, self.nobody = kernel, len(kernel)
        self.value = np.append(instance.value[kernel], 0.0)
        self.has = _with_nobody((needed.levels[kernel] >= needed.required).astype(float))
        self.weight, self.second = needed.weight, needed.second
        self.held = np.flatnonzero(np.isin(kernel, instance.held))
        self.sums, self.most = _sums(instance, kernel)
        self.groups = [np.append(spread.group[kernel], -1) for spread in instance.spreads]
        self.least = [spread.least for spread in instance.spreads]
        self.synergy = _symmetric(instance.pairs, instance.worth, kernel, len(instance))
        self.apart = _symmetric(instance.apart, np.ones(len(instance.apart)), kernel, len(instance))
        self.limits = len(self.most) + len(self.groups) + 1


class State:
    """A team of kernel candidates and what it comes to: `worth`, and `broken`, by how much each limit is missed (sums,
    then spreads by groups, then the number of pairs apart that meet)."""

    def __init__(self, yardstick: Yardstick, members: Rows) -> None:
        self.yardstick = yardstick
        self.members = members
        self._measure()

    def moved(self, out: int, into: int) -> "State":
        kept = self.members[self.members != out]
        return State(self.yardstick, kept if into == self.yardstick.nobody else np.append(kept, into))

    def gains(self, outs: Rows, ins: Rows) -> Scores:
        """outs x ins, how much more the team is worth after each move."""
        yard = self.yardstick
        holders = self.holders - yard.has[outs]
        covers = (holders < 0.5) * yard.weight + (np.abs(holders - 1) < 0.5) * yard.second
        lost = self._cover(self.holders) - self._cover(holders) + yard.value[outs] + self.ties[outs]
        won = (yard.value[ins] + self.ties[ins])[None, :] + covers @ yard.has[ins].T
        return won - lost[:, None] - yard.synergy[np.ix_(outs, ins)]

    def breaks(self, outs: Rows, ins: Rows, penalty: Scores) -> Scores:
        """outs x ins, sum over the limits of penalty x how much each is missed after each move."""
        yard = self.yardstick
        over = (self.over[:, None] - yard.sums[:, outs])[:, :, None] + yard.sums[:, ins][:, None, :]
        np.maximum(over, 0, out=over)
        total = np.tensordot(penalty[: len(over)], over, axes=1)
        for number, weight in enumerate(penalty[len(over) : -1]):
            total += weight * self._missing_groups(number, outs, ins)
        met = self.clashes - self.against[outs][:, None] + self.against[ins][None, :] - yard.apart[np.ix_(outs, ins)]
        return total + penalty[-1] * met

    def _cover(self, holders: Scores) -> Scores:
        return (holders > 0.5) @ self.yardstick.weight + (holders > 1.5) @ self.yardstick.second

    def _missing_groups(self, number: int, outs: Rows, ins: Rows) -> Scores:
        group, counts = self.yardstick.groups[number], self.counts[number]
        leaves, comes = group[outs][:, None], group[ins][None, :]
        closed = (leaves >= 0) & (counts[leaves] == 1) & (leaves != comes)
        opened = (comes >= 0) & (counts[comes] == 0)
        present = (counts > 0).sum() - closed + opened
        return np.maximum(self.yardstick.least[number] - present, 0).astype(float)

    def _measure(self) -> None:
        yard, members = self.yardstick, self.members
        self.holders = yard.has[members].sum(axis=0)
        self.over = yard.sums[:, members].sum(axis=1) - yard.most
        self.ties = yard.synergy[members].sum(axis=0)
        self.against = yard.apart[members].sum(axis=0)
        self.clashes = float(self.against[members].sum()) / 2
        self.counts = [_counts(group, members) for group in yard.groups]
        self.worth = float(yard.value[members].sum() + self._cover(self.holders) + self.ties[members].sum() / 2)
        self.broken = self._broken()

    def _broken(self) -> Scores:
        yard = self.yardstick
        missing = [max(least - (count > 0).sum(), 0) for least, count in zip(yard.least, self.counts, strict=True)]
        return np.concatenate([np.maximum(self.over, 0), missing, [self.clashes]])


def _counts(group: NDArray[np.int32], members: Rows) -> NDArray[np.intp]:
    """How many members each group has."""
    mine = group[members]
    return np.bincount(mine[mine >= 0], minlength=int(group.max(initial=0)) + 1)


def _sums(instance: Instance, kernel: Members) -> tuple[Scores, Scores]:
    """Everything of the form sum <= most, each row divided by its largest weight."""
    needed = instance.capabilities
    has = (needed.levels >= needed.required).astype(float)
    rows = [(rule.weights, rule.low, rule.high) for rule in instance.rules]
    rows += [(count.who.astype(float), count.low, count.high) for count in necessary_sets(instance.seats)]
    rows += [(has[:, k], 1.0, np.inf) for k in np.flatnonzero(needed.must)]
    weights: list[Scores] = []
    most: list[float] = []
    for row, low, high in rows:
        scale = float(np.abs(row).max(initial=0.0)) or 1.0
        for side, bound in ((1.0, high), (-1.0, -low)):
            if bound < np.inf:
                weights.append(side * np.append(row[kernel], 0.0) / scale)
                most.append(bound / scale + TOLERANCE)
    return np.array(weights).reshape(len(most), len(kernel) + 1), np.array(most)


def _with_nobody(table: Scores) -> Scores:
    return np.vstack([table, np.zeros((1, table.shape[1]))])


def _symmetric(pairs: NDArray[np.int32], worth: Scores, kernel: Members, n: int) -> Scores:
    place = np.full(n, -1)
    place[kernel] = np.arange(len(kernel))
    ends = place[pairs]
    inside = (ends >= 0).all(axis=1)
    table = np.zeros((len(kernel) + 1, len(kernel) + 1))
    np.add.at(table, (ends[inside, 0], ends[inside, 1]), worth[inside])
    return table + table.T
