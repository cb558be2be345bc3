"""The cheapest few changes after which a team passes, by an exact elastic model.

A change lowers a minimum, raises a maximum or does without a must-have, each at the price that its rule has; or it adds
a member to the present team, swaps one for another, or lets one go. What has an infinite price never gives way, nor do
conflicts, seats without a fit, and members held or barred. Of the changes that cost least, those are taken that leave
the team worth most.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from matchmaker.consortium.check import breaches, worth
from matchmaker.consortium.elastic import Model, Soft, build
from matchmaker.consortium.instance import INFINITE, Instance, Members, Team
from matchmaker.consortium.seating import admission
from matchmaker.profiles import Mask, Scores
from models.enums import RepairKind

_NONE = np.empty(0, np.intp)
_PRICE_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Prices:
    """What a change of members costs, in the unit of the rules' prices; `relief` is taken off for one who is busy."""

    add: float = 1.0
    swap: float = 1.0
    drop: float = 1.0
    relief: float = 0.5


@dataclass(frozen=True, slots=True)
class Change:
    """One step of a repair. `key` and the bound before and after for a rule; candidates for members."""

    kind: RepairKind
    price: float
    key: str = ""
    before: float = 0.0
    after: float = 0.0
    enters: int | None = None
    leaves: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Repair:
    changes: tuple[Change, ...]
    team: Team
    price: float


@dataclass(frozen=True, slots=True, eq=False)
class _Question:
    """The elastic model of one question: columns that count changes, what they cost, what a team is worth."""

    instance: Instance
    model: Model
    present: Members | None
    accepted: Members
    busy: Mask
    prices: Prices
    gives: tuple[tuple[Soft, int], ...]  # a bound that may give way, and the column that says whether it does
    cost: Scores
    value: Scores


def repairs(
    instance: Instance,
    *,
    present: Members | None = None,
    accepted: Members = _NONE,
    busy: Mask | None = None,
    prices: Prices | None = None,
    most_changes: int = 3,
    count: int = 3,
    seconds: float = 10.0,
) -> tuple[Repair, ...]:
    """Up to `count` different repairs of one to `most_changes` changes, cheapest first; none contains an earlier one.

    Without a `present` team the members are free and only rules give way. Empty where nothing needs repair, or where
    no such repair exists. `seconds` bound the choice among equally cheap teams; the price is least in any case.
    """
    question = _ask(instance, present, accepted, busy, prices or Prices(), most_changes)
    found: list[Repair] = []
    while len(found) < count:
        repair = _cheapest(question, seconds=seconds)
        if repair is None or not repair.changes:
            break
        found.append(repair)
        _forbid(question, repair)
    return tuple(found)


def relaxed(instance: Instance, changes: Sequence[Change]) -> Instance:
    """The instance with its rules as the changes leave them."""
    for change in changes:
        instance = _relax(instance, change)
    return instance


def _ask(
    instance: Instance,
    present: Members | None,
    accepted: Members,
    busy: Mask | None,
    prices: Prices,
    most_changes: int,
) -> _Question:
    model = build(instance)
    team = None if present is None else np.unique(np.asarray(present, np.intp))
    some_busy = np.zeros(len(instance), bool) if busy is None else busy
    gives = tuple(_giving(model))
    swaps = _add_swaps(model, len(instance), team) if team is not None else None
    value = _add_worth(model, instance)
    cost = np.zeros(model.columns)
    for soft, _ in gives:
        cost[soft.column] = soft.price
    counted = np.zeros(model.columns)
    counted[[column for _, column in gives]] = 1
    if team is not None and swaps is not None:
        _price_members(cost, len(instance), team, swaps, some_busy, prices)
        _price_members(counted, len(instance), team, swaps, np.zeros(len(instance), bool), Prices())
    # Every member who stays takes one change off the count of those who leave.
    staying = 0 if team is None else len(team)
    columns = np.flatnonzero(counted)
    model.add_row(columns, counted[columns], high=most_changes - staying)
    return _Question(
        instance,
        model,
        team,
        np.asarray(accepted, np.intp),
        some_busy,
        prices,
        gives,
        cost,
        np.append(value, np.zeros(model.columns - len(value))),
    )


def _giving(model: Model) -> Iterator[tuple[Soft, int]]:
    """Bounds that may give way, each with a column of 0 and 1 that says whether it does."""
    for soft in list(model.softs):
        if soft.price == INFINITE or soft.most <= 0:
            continue
        if soft.group == "musts":
            yield soft, soft.column
            continue
        says = int(model.add_columns(1, upper=1, is_whole=True)[0])
        model.add_row([soft.column, says], np.array([1.0, -soft.most]), high=0)
        yield soft, says


def _add_swaps(model: Model, candidates: int, team: Members) -> int:
    """A column for how many who leave are replaced: no more than leave, no more than enter."""
    swaps = int(model.add_columns(1, upper=len(team), is_whole=True)[0])
    others = np.setdiff1d(np.arange(candidates), team)
    model.add_row([*others, swaps], np.append(np.ones(len(others)), -1.0), low=0)
    model.add_row([*team, swaps], np.ones(len(team) + 1), high=len(team))
    return swaps


def _price_members(cost: Scores, candidates: int, team: Members, swaps: int, busy: Mask, prices: Prices) -> None:
    """Up to a constant: add for everybody who enters, drop for everybody who leaves, less what a swap spares."""
    cost[:candidates] += prices.add
    cost[team] = -(prices.drop - prices.relief * busy[team])
    cost[swaps] = prices.swap - prices.add - prices.drop


def _add_worth(model: Model, instance: Instance) -> Scores:
    """Columns for capabilities met once and twice and for pairs; what each column is worth."""
    needed, pairs = instance.capabilities, instance.pairs
    gains: list[tuple[int, float]] = list(enumerate(instance.value.tolist()))
    for k in range(len(needed.keys)):
        holders = np.flatnonzero(needed.levels[:, k] >= needed.required[k])
        once, twice = model.add_columns(2, upper=1, is_whole=True)
        model.add_row([*holders, once, twice], np.append(np.ones(len(holders)), [-1.0, -1.0]), low=0)
        model.add_row([once, twice], np.array([1.0, -1.0]), low=0)
        gains += [(int(once), float(needed.weight[k])), (int(twice), float(needed.second[k]))]
    for (first, second), gain in zip(pairs, instance.worth, strict=True):
        both = int(model.add_columns(1, upper=1, is_whole=False)[0])
        if gain > 0:
            model.add_row([int(first), both], np.array([1.0, -1.0]), low=0)
            model.add_row([int(second), both], np.array([1.0, -1.0]), low=0)
        else:
            model.add_row([int(first), int(second), both], np.array([1.0, 1.0, -1.0]), high=1)
        gains.append((both, float(gain)))
    value = np.zeros(model.columns)
    for column, gain in gains:
        value[column] = gain
    return value


def _cheapest(question: _Question, *, seconds: float) -> Repair | None:
    model = question.model
    may_give = {soft.column for soft, _ in question.gives}
    upper = {soft.column: soft.most if soft.column in may_give else 0.0 for soft in model.softs}
    lower = {int(member): 1.0 for member in question.accepted}
    first = model.solve(question.cost, upper=upper, lower=lower)
    if first.x is None:
        return None
    if not (cheapest := _read(question, first.x)).changes:
        return cheapest  # nothing has to change, so nobody asks for the best of such teams
    least = float(question.cost @ first.x)
    columns = np.flatnonzero(question.cost)
    model.add_row(columns, question.cost[columns], high=least + _PRICE_TOLERANCE * (1 + abs(least)))
    second = model.solve(-question.value, upper=upper, lower=lower, seconds=seconds)
    for rows in (model.entries, model.low, model.high):
        rows.pop()
    return cheapest if second.x is None else _read(question, second.x)


def _read(question: _Question, x: Scores) -> Repair:
    instance = question.instance
    members = np.flatnonzero(x[: len(instance)] > 0.5)
    changes = (*_rule_changes(question, members), *_seat_changes(question, x), *_member_changes(question, members))
    team = Team(members, worth(instance, members))
    return Repair(changes, team, sum(change.price for change in changes))


def _rule_changes(question: _Question, members: Members) -> Iterator[Change]:
    """What the team breaks of the instance as it is, which is what has to give way."""
    instance = question.instance
    priced = {rule.key: rule.price for rule in instance.rules}
    priced |= {spread.key: spread.price for spread in instance.spreads}
    needed = dict(zip(instance.capabilities.keys, instance.capabilities.price, strict=True))
    for breach in breaches(replace(instance, seats=()), members):
        if breach.key in priced:
            too_low = breach.actual < breach.low
            kind, before = (RepairKind.LOWER, breach.low) if too_low else (RepairKind.RAISE, breach.high)
            price = priced[breach.key] * abs(breach.actual - before)
            yield Change(kind, price, breach.key, before, breach.actual)
        elif breach.key in needed:
            yield Change(RepairKind.DO_WITHOUT, float(needed[breach.key]), breach.key, before=1.0, after=0.0)


def _seat_changes(question: _Question, x: Scores) -> Iterator[Change]:
    for row, seat in enumerate(question.instance.seats):
        count = round(x[question.model.seat_counts.get(row, [])].sum())
        if count < seat.least:
            price = seat.price * (seat.least - count)
            yield Change(RepairKind.LOWER, price, seat.key, before=seat.least, after=count)
        elif count > seat.most:
            yield Change(RepairKind.RAISE, seat.price * (count - seat.most), seat.key, before=seat.most, after=count)


def _member_changes(question: _Question, members: Members) -> Iterator[Change]:
    if question.present is None:
        return
    prices = question.prices
    entering, leaving = np.setdiff1d(members, question.present), np.setdiff1d(question.present, members)
    for leaves, enters in _matched(question.instance, leaving, entering):
        relief = prices.relief if leaves is not None and question.busy[leaves] else 0.0
        if leaves is None:
            yield Change(RepairKind.ADD, prices.add, enters=enters)
        elif enters is None:
            yield Change(RepairKind.DROP, prices.drop - relief, leaves=leaves)
        else:
            kind = RepairKind.RELIEVE if relief else RepairKind.SWAP
            yield Change(kind, prices.swap - relief, enters=enters, leaves=leaves)


def _matched(instance: Instance, leaving: Members, entering: Members) -> Iterator[tuple[int | None, int | None]]:
    """Who takes whose place: whoever fits most of the same seats and meets most of the same capabilities."""
    rows, columns = linear_sum_assignment(-_likeness(instance, leaving, entering))
    yield from ((int(leaving[row]), int(entering[column])) for row, column in zip(rows, columns, strict=True))
    yield from ((int(leaves), None) for leaves in np.delete(leaving, rows))
    yield from ((None, int(enters)) for enters in np.delete(entering, columns))


def _likeness(instance: Instance, leaving: Members, entering: Members) -> NDArray[np.float64]:
    holds = instance.capabilities.levels >= instance.capabilities.required
    if instance.seats:
        holds = np.hstack([holds, admission(instance.seats)])
    traits = holds.astype(float)
    return traits[leaving] @ traits[entering].T


def _forbid(question: _Question, repair: Repair) -> None:
    """No later repair makes all the changes of this one."""
    says = {(soft.key, soft.is_floor): column for soft, column in question.gives}
    columns: list[int] = []
    weights: list[float] = []
    for change in repair.changes:
        if change.key:
            columns.append(says[change.key, change.kind is not RepairKind.RAISE])
            weights.append(1.0)
        if change.enters is not None:
            columns.append(change.enters)
            weights.append(1.0)
        if change.leaves is not None:
            columns.append(change.leaves)
            weights.append(-1.0)
    left = sum(weight < 0 for weight in weights)
    question.model.add_row(columns, np.array(weights), high=len(columns) - 1 - left)


def _relax(instance: Instance, change: Change) -> Instance:
    match change.kind:
        case RepairKind.LOWER:
            return _lower(instance, change)
        case RepairKind.RAISE:
            return _raise(instance, change)
        case RepairKind.DO_WITHOUT:
            is_meant = np.array([key == change.key for key in instance.capabilities.keys])
            needed = replace(instance.capabilities, must=instance.capabilities.must & ~is_meant)
            return replace(instance, capabilities=needed)
        case _:
            return instance


def _lower(instance: Instance, change: Change) -> Instance:
    meant, after = (change.key, change.before), change.after
    return replace(
        instance,
        rules=tuple(replace(row, low=after) if (row.key, row.low) == meant else row for row in instance.rules),
        spreads=tuple(
            replace(row, least=int(after)) if (row.key, row.least) == meant else row for row in instance.spreads
        ),
        seats=tuple(replace(row, least=int(after)) if (row.key, row.least) == meant else row for row in instance.seats),
    )


def _raise(instance: Instance, change: Change) -> Instance:
    meant, after = (change.key, change.before), change.after
    return replace(
        instance,
        rules=tuple(replace(row, high=after) if (row.key, row.high) == meant else row for row in instance.rules),
        seats=tuple(replace(row, most=int(after)) if (row.key, row.most) == meant else row for row in instance.seats),
    )
