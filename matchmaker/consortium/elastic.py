"""Every rule of an instance as a row that may give way: the one model behind clashes and repairs.

A candidate is a column x of 0 and 1. Rows are scaled by their largest weight, so that one tolerance holds for head
counts and money alike, and each bound that can give way has a slack column in that scale: a slack held at 0 is a rule
enforced, a slack without a cost a rule dropped. Candidates who fit the same seats are counted together, so seats need
one column for each pair of such a group and a seat, not of each candidate and a seat.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp
from scipy.sparse import csr_array

from matchmaker.consortium.check import BARRED, HELD, SEATED
from matchmaker.consortium.instance import INFINITE, Instance
from matchmaker.consortium.seating import admission
from matchmaker.profiles import Mask, Scores

# No consortium has more members; it bounds how far a sum can miss its rule.
MOST_MEMBERS = 60


@dataclass(frozen=True, slots=True)
class Soft:
    """A bound that may give way: its key, the column of its slack, what one unit of the slack costs, how far it can
    give way. `row` is the place of its rule, spread, seat or capability; `is_floor` tells a low bound from a high."""

    key: str
    group: str  # rules, spreads, seats, musts, apart, seated, held, barred
    row: int
    is_floor: bool
    column: int
    price: float
    most: float


@dataclass(slots=True)
class Model:
    """Columns with their bounds, rows with theirs, in the form HiGHS takes."""

    columns: int = 0
    upper: list[float] = field(default_factory=list)
    is_whole: list[bool] = field(default_factory=list)
    entries: list[tuple[NDArray[np.intp], Scores]] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    softs: list[Soft] = field(default_factory=list)
    seat_counts: dict[int, list[int]] = field(default_factory=dict)  # seat -> columns that fill it

    def add_columns(self, count: int, *, upper: float, is_whole: bool) -> NDArray[np.intp]:
        first = self.columns
        self.columns += count
        self.upper += [upper] * count
        self.is_whole += [is_whole] * count
        return np.arange(first, self.columns)

    def add_row(
        self,
        columns: Sequence[int] | NDArray[np.intp],
        weights: Scores,
        *,
        low: float = -INFINITE,
        high: float = INFINITE,
    ) -> None:
        self.entries.append((np.asarray(columns, np.intp), np.asarray(weights, float)))
        self.low.append(low)
        self.high.append(high)

    def matrix(self) -> csr_array:
        starts = np.cumsum([0, *(len(columns) for columns, _ in self.entries)])
        columns = np.concatenate([columns for columns, _ in self.entries]) if self.entries else np.empty(0, np.intp)
        weights = np.concatenate([weights for _, weights in self.entries]) if self.entries else np.empty(0)
        return csr_array((weights, columns, starts), shape=(len(self.entries), self.columns))

    def solve(
        self,
        cost: Scores,
        *,
        upper: Mapping[int, float],
        lower: Mapping[int, float] | None = None,
        seconds: float = 60.0,
    ) -> OptimizeResult:
        """Least cost with some columns' bounds set otherwise; `x` is None where there is no solution."""
        highest, lowest = np.array(self.upper), np.zeros(self.columns)
        for column, value in upper.items():
            highest[column] = value
        for column, value in (lower or {}).items():
            lowest[column] = value
        if (lowest > highest).any():
            return OptimizeResult(x=None, status=2)
        return milp(
            cost,
            integrality=np.array(self.is_whole, int),
            bounds=Bounds(lowest, highest),
            constraints=LinearConstraint(self.matrix(), self.low, self.high) if self.entries else (),
            options={"mip_rel_gap": 0.0, "time_limit": seconds},
        )


def build(instance: Instance) -> Model:
    """All rows of the instance; the first columns are its candidates."""
    model = Model()
    model.add_columns(len(instance), upper=1, is_whole=True)
    everybody = np.arange(len(instance))
    model.add_row(everybody, np.ones(len(instance)), high=MOST_MEMBERS)
    _add_rules(model, instance)
    _add_spreads(model, instance)
    if instance.seats:
        _add_seats(model, instance)
    _add_musts(model, instance)
    _add_apart(model, instance)
    _add_pins(model, instance)
    return model


def _give_way(
    model: Model, key: str, group: str, row: int, *, is_floor: bool, price: float, most: float, is_whole: bool = False
) -> int:
    column = int(model.add_columns(1, upper=INFINITE, is_whole=is_whole)[0])
    model.softs.append(Soft(key, group, row, is_floor, column, price, most))
    return column


def _add_rules(model: Model, instance: Instance) -> None:
    for row, rule in enumerate(instance.rules):
        scale = float(np.abs(rule.weights).max(initial=0.0)) or 1.0
        columns = np.flatnonzero(rule.weights)
        weights = rule.weights[columns] / scale
        ordered = np.sort(weights)
        least, most = ordered[:MOST_MEMBERS].clip(max=0).sum(), ordered[-MOST_MEMBERS:].clip(min=0).sum()
        price = rule.price * scale
        if rule.low > -INFINITE:
            furthest = max(0.0, rule.low / scale - least)
            slack = _give_way(model, rule.key, "rules", row, is_floor=True, price=price, most=furthest)
            model.add_row([*columns, slack], np.append(weights, 1.0), low=rule.low / scale)
        if rule.high < INFINITE:
            furthest = max(0.0, most - rule.high / scale)
            slack = _give_way(model, rule.key, "rules", row, is_floor=False, price=price, most=furthest)
            model.add_row([*columns, slack], np.append(weights, -1.0), high=rule.high / scale)


def _add_spreads(model: Model, instance: Instance) -> None:
    for row, spread in enumerate(instance.spreads):
        present = model.add_columns(len(groups := np.unique(spread.group[spread.group >= 0])), upper=1, is_whole=False)
        for column, group in zip(present, groups, strict=True):
            members = np.flatnonzero(spread.group == group)
            model.add_row([*members, column], np.append(np.ones(len(members)), -1.0), low=0)
        slack = _give_way(model, spread.key, "spreads", row, is_floor=True, price=spread.price, most=spread.least)
        model.add_row([*present, slack], np.ones(len(present) + 1), low=spread.least)


def _add_seats(model: Model, instance: Instance) -> None:
    fits = admission(instance.seats)
    for members, group in _alike(fits):
        if not group.any():
            slack = _give_way(model, SEATED, "seated", 0, is_floor=False, price=INFINITE, most=MOST_MEMBERS)
            model.add_row([*members, slack], np.append(np.ones(len(members)), -1.0), high=0)
            continue
        places = np.flatnonzero(group)
        filled = model.add_columns(len(places), upper=MOST_MEMBERS, is_whole=True)
        weights = np.append(np.ones(len(members)), -np.ones(len(places)))
        model.add_row([*members, *filled], weights, low=0, high=0)
        for place, column in zip(places, filled, strict=True):
            model.seat_counts.setdefault(int(place), []).append(int(column))
    for row, seat in enumerate(instance.seats):
        columns = model.seat_counts.get(row, [])
        ones = np.ones(len(columns))
        short = _give_way(model, seat.key, "seats", row, is_floor=True, price=seat.price, most=seat.least)
        model.add_row([*columns, short], np.append(ones, 1.0), low=seat.least)
        over = _give_way(model, seat.key, "seats", row, is_floor=False, price=seat.price, most=MOST_MEMBERS)
        model.add_row([*columns, over], np.append(ones, -1.0), high=seat.most)


def _alike(fits: Mask) -> Iterator[tuple[NDArray[np.intp], Mask]]:
    """Candidates who fit the same seats, with those seats."""
    groups, which = np.unique(fits, axis=0, return_inverse=True)
    for number, group in enumerate(groups):
        yield np.flatnonzero(which.ravel() == number), group


def _add_musts(model: Model, instance: Instance) -> None:
    needed = instance.capabilities
    for k in np.flatnonzero(needed.must):
        holders = np.flatnonzero(needed.levels[:, k] >= needed.required[k])
        slack = _give_way(
            model, needed.keys[k], "musts", int(k), is_floor=True, price=float(needed.price[k]), most=1, is_whole=True
        )
        model.add_row([*holders, slack], np.ones(len(holders) + 1), low=1)


def _add_apart(model: Model, instance: Instance) -> None:
    for row, (first, second) in enumerate(instance.apart):
        key = instance.apart_keys[row]
        slack = _give_way(model, key, "apart", row, is_floor=False, price=INFINITE, most=1)
        model.add_row([int(first), int(second), slack], np.array([1.0, 1.0, -1.0]), high=1)


def _add_pins(model: Model, instance: Instance) -> None:
    for member in np.unique(instance.held):
        slack = _give_way(model, HELD, "held", 0, is_floor=True, price=INFINITE, most=1)
        model.add_row([int(member), slack], np.ones(2), low=1)
    barred = np.empty(0, np.intp) if instance.barred is None else np.flatnonzero(instance.barred)
    if len(barred):
        slack = _give_way(model, BARRED, "barred", 0, is_floor=False, price=INFINITE, most=MOST_MEMBERS)
        model.add_row([*barred, slack], np.append(np.ones(len(barred)), -1.0), high=0)
