"""The conditions of a formula as rows of a page: each names a field, a relation and a value; no row is code.

A formula of another shape (nested deeper than the page shows) is still counted and told in words; here only its words,
its target and its scopes can be changed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from matchmaker.errors import InvalidInput
from matchmaker.services.indicators.catalogue import (
    BY_CODE,
    SINGLE,
    All,
    Any_,
    Comparison,
    Condition,
    FieldShape,
    Formula,
    Has,
    RegistryField,
)
from models.enums import ConditionRelation, CountedRecord
from web.indicators.words import PERCENT_FIELDS

OF, WHERE, HAS = "of", "where", "has"
PARTS = (OF, WHERE, HAS)
MOST_ROWS = 12
PERCENT = 100.0


@dataclass
class ConditionRow:
    """One condition as it stands on the page, typed text and all."""

    part: str
    number: int
    asked: RegistryField
    relation: str
    values: list[str]
    error: str = ""

    @property
    def name(self) -> str:
        return f"{self.part}-{self.number}"

    @property
    def text(self) -> str:
        return self.values[0] if self.values else ""

    @property
    def is_percent(self) -> bool:
        return self.asked.code in PERCENT_FIELDS

    def tree(self) -> dict[str, Any]:
        return {"field": self.asked.code, "relation": self.relation, "value": self._value()}

    def _value(self) -> Any:
        if self.asked.shape is FieldShape.FLAG:
            return {"yes": True, "no": False}.get(self.text, self.text)
        if self.asked.shape is FieldShape.NUMBER:
            return self._number()
        return self.values

    def _number(self) -> Any:
        try:
            typed = float(self.text.replace(",", "").replace("，", "").rstrip("%％ "))
        except ValueError:
            return self.text
        return round(typed / PERCENT, 10) if self.is_percent else typed


@dataclass
class ConditionRows:
    """All rows of a page; `joined` says whether all or any of the counted conditions must hold."""

    count: CountedRecord
    rows: list[ConditionRow] = field(default_factory=list)
    joined: str = "all"
    amount: str = ""

    def of_part(self, part: str) -> list[ConditionRow]:
        return [row for row in self.rows if row.part == part]

    def fields_for(self, part: str) -> Mapping[str, RegistryField]:
        return BY_CODE[CountedRecord.OFFERS if part == HAS else self.count]

    @property
    def may_have(self) -> bool:
        return self.count is CountedRecord.ORGANISATIONS

    def add(self, part: str, code: str) -> None:
        if part in PARTS and code in self.fields_for(part) and len(self.rows) < MOST_ROWS:
            asked = self.fields_for(part)[code]
            self.rows.append(ConditionRow(part, len(self.rows) + 1, asked, asked.relations[0].value, []))
            self._number_anew()

    def remove(self, name: str) -> None:
        self.rows = [row for row in self.rows if row.name != name]
        self._number_anew()

    def _number_anew(self) -> None:
        self.rows.sort(key=lambda row: (PARTS.index(row.part), row.number))
        for number, row in enumerate(self.rows, start=1):
            row.number = number

    def tree(self) -> dict[str, Any]:
        """The formula as the services read it."""
        counted = [row.tree() for row in self.of_part(WHERE)]
        has = [row.tree() for row in self.of_part(HAS)]
        if has:
            counted.append({"has": CountedRecord.OFFERS.value, "where": {"all": has}})
        return {
            "count": self.count.value,
            "of": _joined("all", [row.tree() for row in self.of_part(OF)]),
            "where": _joined(self.joined, counted),
            "amount": self.amount or None,
        }

    def blame(self, error: InvalidInput, text: str) -> bool:
        """Put the error at the row it is about; False where it is about none."""
        row = self._at(str(error.facts.get("place", "")))
        if row is None:
            return False
        row.error = text
        return True

    def _at(self, place: str) -> ConditionRow | None:
        """`where.2` is the second of its part, `where.3.offers.1` the first of what an offer must be."""
        steps = place.split(".")
        part = HAS if CountedRecord.OFFERS.value in steps else steps[0]
        rows = self.of_part(part) if part in PARTS else []
        number = int(steps[-1]) if steps[-1].isdigit() else 1
        return rows[number - 1] if 0 < number <= len(rows) else None

    def errors(self) -> list[tuple[str, int, str]]:
        return [(row.name, row.number, row.error) for row in self.rows if row.error]


def _joined(name: str, parts: list[dict[str, Any]]) -> dict[str, Any] | None:
    return {name: parts} if parts else None


def read_rows(typed: MultiDict[str, str], count: CountedRecord) -> ConditionRows:
    """The rows as they came; a row that names no field of ours is dropped."""
    joined = "any" if typed.get("joined") == "any" else "all"
    found = ConditionRows(count, joined=joined, amount=typed.get("amount", ""))
    for number in range(1, MOST_ROWS + 1):
        for part in PARTS:
            asked = found.fields_for(part).get(typed.get(f"{part}-{number}-field", ""))
            if asked is None or (part == HAS and not found.may_have):
                continue
            relation = typed.get(f"{part}-{number}-relation", "") or asked.relations[0].value
            values = [value.strip() for value in typed.getlist(f"{part}-{number}-value") if value.strip()]
            found.rows.append(ConditionRow(part, number, asked, relation, values))
    found._number_anew()
    return found


def check_rows(rows: ConditionRows) -> bool:
    """What a page can tell without the service: a row whose value was not filled in."""
    for row in rows.rows:
        if not row.values:
            row.error = _("Choose or enter a value")
        elif ConditionRelation(row.relation) in SINGLE and len(row.values) > 1:
            row.error = _("Choose one value only")
    return not rows.errors()


def rows_of(formula: Formula) -> ConditionRows | None:
    """The rows that say what a formula says; None where it is of a shape that rows do not have."""
    found = ConditionRows(formula.count, amount=formula.amount or "")
    if not _take(found, OF, formula.of):
        return None
    where = formula.where
    if isinstance(where, Any_):
        found.joined = "any"
    if not _take(found, WHERE, All(where.parts) if isinstance(where, Any_) else where):
        return None
    found._number_anew()
    return found


def _take(rows: ConditionRows, part: str, condition: Condition | None) -> bool:
    for one in _parts(condition):
        if isinstance(one, Comparison):
            rows.rows.append(_row(rows, part, one))
        elif part == WHERE and isinstance(one, Has) and one.record is CountedRecord.OFFERS and not rows.of_part(HAS):
            if not _take(rows, HAS, one.where):
                return False
        else:
            return False
    return len(rows.rows) <= MOST_ROWS


def _parts(condition: Condition | None) -> Iterator[Condition]:
    if isinstance(condition, All):
        yield from condition.parts
    elif condition is not None:
        yield condition


def _row(rows: ConditionRows, part: str, asked: Comparison) -> ConditionRow:
    of_field = rows.fields_for(part)[asked.field]
    return ConditionRow(part, len(rows.rows) + 1, of_field, asked.relation.value, _typed(asked, of_field))


def _typed(asked: Comparison, of_field: RegistryField) -> list[str]:
    if isinstance(asked.value, tuple):
        return list(asked.value)
    if isinstance(asked.value, bool):
        return ["yes" if asked.value else "no"]
    return [f"{asked.value * PERCENT:g}" if of_field.code in PERCENT_FIELDS else f"{asked.value:.10g}"]
