"""Structural indicators over columns of the registry: each condition is true, false or unknown of every record.

Unknown is never no: a record of which what is asked is not known counts as neither, and how many are known is told
beside the figure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from matchmaker.chain.formula import All, Any_, Comparison, Condition, Formula, Has, Not
from models.enums import ConditionRelation, CountedRecord, IndicatorUnit

R = ConditionRelation
# Kleene's logic: "and" is the least, "or" the greatest, "not" the mirror image.
FALSE, UNKNOWN, TRUE = np.int8(0), np.int8(1), np.int8(2)
Tri: TypeAlias = NDArray[np.int8]
Mask: TypeAlias = NDArray[np.bool_]
Rows: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Numbers:
    """NaN: not known."""

    values: Floats


@dataclass(frozen=True, slots=True)
class Flags:
    values: Tri


@dataclass(frozen=True, slots=True)
class Codes:
    """Row of `names` for each record, -1: not known. Where the list is ordered, from less to more."""

    names: Sequence[str]
    rows: Rows


@dataclass(frozen=True, slots=True)
class Sets:
    """Which record holds which code, pair by pair; of a record that is not `known` nobody has said any."""

    names: Sequence[str]
    record: Rows
    row: Rows
    known: Mask


Column: TypeAlias = Numbers | Flags | Codes | Sets


@dataclass(frozen=True, slots=True)
class Records:
    """The columns of one sort of record; `body` is the row of the organisation behind each, -1: none."""

    ids: NDArray[np.bytes_]
    body: Rows
    columns: Mapping[str, Column]

    def __len__(self) -> int:
        return len(self.ids)


Registry: TypeAlias = Mapping[CountedRecord, Records]


@dataclass(frozen=True, slots=True)
class Judged:
    """A formula held against all records: which it is about, which of them are counted, what each adds."""

    about: Tri
    counted: Tri
    amount: Floats | None
    body: Rows


@dataclass(frozen=True, slots=True)
class Figure:
    """`known` of `total` records could be told; `bodies` organisations stand behind those (0: records without one)."""

    value: float | None
    numerator: float | None
    denominator: float | None
    known: int
    total: int
    bodies: int


def judge(formula: Formula, registry: Registry) -> Judged:
    records = registry[formula.count]
    about = _judge_part(formula.of, formula.count, registry)
    counted = _judge_part(formula.where, formula.count, registry)
    amount = None
    if formula.amount is not None:
        column = records.columns[formula.amount]
        assert isinstance(column, Numbers)
        amount = column.values
    return Judged(about, counted, amount, records.body)


def _judge_part(condition: Condition | None, record: CountedRecord, registry: Registry) -> Tri:
    if condition is None:
        return np.full(len(registry[record]), TRUE)
    return hold(condition, record, registry)


def hold(condition: Condition, record: CountedRecord, registry: Registry) -> Tri:
    """True, false or unknown of each record of this sort."""
    match condition:
        case All(parts):
            return reduce(np.minimum, (hold(part, record, registry) for part in parts))
        case Any_(parts):
            return reduce(np.maximum, (hold(part, record, registry) for part in parts))
        case Not(part):
            return (TRUE - hold(part, record, registry)).astype(np.int8)
        case Has(held, where):
            return _has(hold(where, held, registry), registry[held].body, len(registry[record]))
    return _compare(registry[record].columns[condition.field], condition, len(registry[record]))


def _has(held: Tri, body: Rows, organisations: int) -> Tri:
    """Who has no such record at all has none that is so: that is known."""
    found = np.full(organisations, FALSE)
    owned = body >= 0
    np.maximum.at(found, body[owned], held[owned])
    return found


def _compare(column: Column, asked: Comparison, size: int) -> Tri:
    match column:
        case Numbers(values):
            limit = float(asked.value)  # type: ignore[arg-type]
            passed = values >= limit if asked.relation is R.AT_LEAST else values <= limit
            return _tri(passed, ~np.isnan(values))
        case Flags(values):
            return values if asked.value else (TRUE - values).astype(np.int8)
        case Codes(names, rows):
            return _tri(_passes(names, asked)[rows] if len(names) else np.zeros(size, bool), rows >= 0)
        case Sets():
            return _tri(_includes(column, asked, size), column.known)


def _tri(passed: Mask, known: Mask) -> Tri:
    return np.where(known, np.where(passed, TRUE, FALSE), UNKNOWN).astype(np.int8)


def _passes(names: Sequence[str], asked: Comparison) -> Mask:
    """For each code of a list whether it is one that is asked for."""
    wanted: Any = asked.value
    match asked.relation:
        case R.AT_LEAST:
            return np.arange(len(names)) >= names.index(wanted[0])
        case R.AT_MOST:
            return np.arange(len(names)) <= names.index(wanted[0])
    chosen = np.isin(np.asarray(names, dtype=np.str_), list(wanted))
    return ~chosen if asked.relation is R.IS_NONE_OF else chosen


def _includes(column: Sets, asked: Comparison, size: int) -> Mask:
    wanted: Any = asked.value
    chosen = np.isin(np.asarray(column.names, dtype=np.str_), list(wanted)) if len(column.names) else np.zeros(0, bool)
    hit = chosen[column.row] if len(column.row) else np.zeros(0, bool)
    hits = np.bincount(column.record[hit], minlength=size)
    match asked.relation:
        case R.INCLUDES_ALL:
            result: Mask = hits == len(wanted)
        case R.INCLUDES_NONE:
            result = hits == 0
        case _:
            result = hits > 0
    return result


def tally(judged: Judged, unit: IndicatorUnit, within: Mask) -> Figure:
    """The figure of the records that are `within` a scope."""
    judged = Judged(
        judged.about[within],
        judged.counted[within],
        None if judged.amount is None else judged.amount[within],
        judged.body[within],
    )
    if unit is IndicatorUnit.SHARE:
        return _share(judged)
    if unit is IndicatorUnit.COUNT:
        return _count(judged)
    return _amount(judged, unit)


def _share(judged: Judged) -> Figure:
    """Of those that it is about, the part that counts; whether it is about a record may be unknown too."""
    known = (judged.about == TRUE) & (judged.counted != UNKNOWN)
    met = known & (judged.counted == TRUE)
    figure = _figure(judged, known, total=judged.about != FALSE)
    if not figure.known:
        return figure
    counts = float(met.sum()), float(known.sum())
    return replace(figure, value=counts[0] / counts[1], numerator=counts[0], denominator=counts[1])


def _count(judged: Judged) -> Figure:
    """Those that count; none known among some that might leaves the number open, none at all is zero."""
    both = np.minimum(judged.about, judged.counted)
    known = (both != UNKNOWN) & (judged.about != FALSE)
    figure = _figure(judged, known, total=judged.about != FALSE)
    if figure.total and not figure.known:
        return figure
    met = float((both == TRUE).sum())
    return replace(figure, value=met, numerator=met)


def _amount(judged: Judged, unit: IndicatorUnit) -> Figure:
    assert judged.amount is not None
    both = np.minimum(judged.about, judged.counted)
    known = (both == TRUE) & ~np.isnan(judged.amount)
    figure = _figure(judged, known, total=both != FALSE)
    if not figure.known:
        return (
            replace(figure, value=0.0, numerator=0.0) if unit is IndicatorUnit.AMOUNT and not figure.total else figure
        )
    total = float(judged.amount[known].sum())
    value = total if unit is IndicatorUnit.AMOUNT else total / known.sum()
    return replace(figure, value=float(value), numerator=total, denominator=float(known.sum()))


def _figure(judged: Judged, known: Mask, *, total: Mask) -> Figure:
    bodies = np.unique(judged.body[known])
    return Figure(None, None, None, int(known.sum()), int(total.sum()), int((bodies >= 0).sum()))
