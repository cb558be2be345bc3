"""An indicator's formula: a small closed tree over the fields of the registry, read from JSON and checked.

    {"count": "organisations", "of": CONDITION or null, "where": CONDITION or null, "amount": field or null}

A condition is {"field", "relation", "value"}, {"all": [...]}, {"any": [...]}, {"not": CONDITION} or, of organisations,
{"has": "offers", "where": CONDITION}: it has at least one such record. Nothing in it is ever run as code.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from matchmaker.chain.fields import BY_CODE, HELD, SINGLE, FieldShape, RegistryField
from matchmaker.errors import InvalidInput
from models.enums import ConditionRelation, CountedRecord, IndicatorUnit

Value: TypeAlias = tuple[str, ...] | float | bool
DEEPEST, MOST_PARTS, MOST_CODES = 6, 20, 100
MOST_NUMBER = 1e15  # more than any figure of a region; what is larger cannot be told either


@dataclass(frozen=True, slots=True)
class Comparison:
    field: str
    relation: ConditionRelation
    value: Value


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Any_:  # noqa: N801 -- `Any` is taken by typing
    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: "Condition"


@dataclass(frozen=True, slots=True)
class Has:
    """At least one of the organisation's records of this sort is such."""

    record: CountedRecord
    where: "Condition"


Condition: TypeAlias = Comparison | All | Any_ | Not | Has


@dataclass(frozen=True, slots=True)
class Formula:
    """A share counts those of `of` that are `where`; an amount or a mean is of the field `amount`."""

    count: CountedRecord
    of: Condition | None = None
    where: Condition | None = None
    amount: str | None = None


def read_formula(raw: Mapping[str, Any], unit: IndicatorUnit) -> Formula:
    """The formula; InvalidInput says at which place of the tree (`place`) something is wrong."""
    if not isinstance(raw, Mapping) or raw.keys() - {"count", "of", "where", "amount"}:
        raise _wrong("formula_shape", "formula")
    try:
        count = CountedRecord(raw.get("count", ""))
    except ValueError as error:
        raise _wrong("formula_counts_nothing", "count") from error
    of, where = (_part(raw.get(name), count, name) for name in ("of", "where"))
    if unit is IndicatorUnit.SHARE and where is None:
        raise _wrong("formula_share_of_what", "where")
    return Formula(count, of, where, _amount(raw.get("amount"), count, unit))


def _part(raw: Any, count: CountedRecord, place: str) -> Condition | None:
    return None if raw is None else _read(raw, count, place, depth=0)


def _amount(code: Any, count: CountedRecord, unit: IndicatorUnit) -> str | None:
    if unit in (IndicatorUnit.SHARE, IndicatorUnit.COUNT):
        if code is not None:
            raise _wrong("formula_amount_unused", "amount")
        return None
    field = BY_CODE[count].get(code or "")
    if field is None or not field.is_amount:
        raise _wrong("formula_amount_missing", "amount")
    return field.code


def _read(raw: Any, count: CountedRecord, place: str, *, depth: int) -> Condition:
    if not isinstance(raw, Mapping) or depth > DEEPEST:
        raise _wrong("formula_shape", place)
    for name in ("all", "any"):
        if set(raw) == {name}:
            return _joined(name, raw[name], count, place, depth)
    return _single(raw, count, place, depth)


def _joined(name: str, parts: Any, count: CountedRecord, place: str, depth: int) -> Condition:
    if not isinstance(parts, list) or not 1 <= len(parts) <= MOST_PARTS:
        raise _wrong("formula_parts", place, most=MOST_PARTS)
    read = tuple(_read(part, count, f"{place}.{row}", depth=depth + 1) for row, part in enumerate(parts, start=1))
    return All(read) if name == "all" else Any_(read)


def _single(raw: Mapping[str, Any], count: CountedRecord, place: str, depth: int) -> Condition:
    if set(raw) == {"not"}:
        return Not(_read(raw["not"], count, place, depth=depth + 1))
    if set(raw) == {"has", "where"} and count is CountedRecord.ORGANISATIONS and raw["has"] in HELD:
        held = CountedRecord(raw["has"])
        return Has(held, _read(raw["where"], held, f"{place}.{held}", depth=depth + 1))
    if set(raw) != {"field", "relation", "value"}:
        raise _wrong("formula_shape", place)
    field = BY_CODE[count].get(raw["field"]) if isinstance(raw["field"], str) else None
    if field is None:
        raise _wrong("formula_field_unknown", place, typed=raw["field"])
    if raw["relation"] not in field.relations:
        raise _wrong("formula_relation", place, typed=raw["relation"], allowed=field.relations)
    relation = ConditionRelation(raw["relation"])
    return Comparison(field.code, relation, _value(raw["value"], field, relation, place))


def _value(raw: Any, field: RegistryField, relation: ConditionRelation, place: str) -> Value:
    match field.shape:
        case FieldShape.FLAG:
            if not isinstance(raw, bool):
                raise _wrong("formula_yes_or_no", place)
            return raw
        case FieldShape.NUMBER:
            if isinstance(raw, bool) or not isinstance(raw, (int, float)) or not math.isfinite(raw):
                raise _wrong("formula_number", place)
            if abs(raw) > MOST_NUMBER:
                raise _wrong("formula_number_too_large", place)
            return float(raw)
    codes = [raw] if isinstance(raw, str) else raw
    if not isinstance(codes, Sequence) or not all(isinstance(code, str) and code for code in codes):
        raise _wrong("formula_codes", place)
    if not 1 <= len(codes) <= (1 if relation in SINGLE else MOST_CODES):
        raise _wrong("formula_codes", place)
    if isinstance(field.codes, type) and (strange := sorted(set(codes) - set(field.codes))):
        raise _wrong("unknown_choice", place, codes=strange)
    return tuple(dict.fromkeys(codes))


def _wrong(code: str, place: str, **facts: object) -> InvalidInput:
    return InvalidInput(code, field="formula", place=place, **facts)


def write_formula(formula: Formula) -> dict[str, Any]:
    """The same tree as JSON holds it."""
    return {
        "count": formula.count.value,
        "of": None if formula.of is None else write_condition(formula.of),
        "where": None if formula.where is None else write_condition(formula.where),
        "amount": formula.amount,
    }


def write_condition(condition: Condition) -> dict[str, Any]:
    match condition:
        case All(parts):
            return {"all": [write_condition(part) for part in parts]}
        case Any_(parts):
            return {"any": [write_condition(part) for part in parts]}
        case Not(part):
            return {"not": write_condition(part)}
        case Has(record, where):
            return {"has": record.value, "where": write_condition(where)}
    value = list(condition.value) if isinstance(condition.value, tuple) else condition.value
    return {"field": condition.field, "relation": condition.relation.value, "value": value}


def comparisons(formula: Formula) -> Iterator[tuple[CountedRecord, Comparison]]:
    """Every comparison in it, with the sort of record it is about."""
    for condition in (formula.of, formula.where):
        if condition is not None:
            yield from _comparisons(condition, formula.count)


def _comparisons(condition: Condition, record: CountedRecord) -> Iterator[tuple[CountedRecord, Comparison]]:
    match condition:
        case All(parts) | Any_(parts):
            for part in parts:
                yield from _comparisons(part, record)
        case Not(part):
            yield from _comparisons(part, record)
        case Has(held, where):
            yield from _comparisons(where, held)
        case Comparison():
            yield record, condition
