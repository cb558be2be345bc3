"""From the cells of a row to values, with everything that is wrong with them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from matchmaker.services import audit
from matchmaker.services.imports.headers import Headers
from matchmaker.services.imports.kinds import Column, Part
from matchmaker.services.imports.parsers import clean
from matchmaker.services.imports.problems import CellProblem, RowProblem
from matchmaker.services.imports.reading import Row
from matchmaker.services.imports.reference import Reference

LONGEST_SHOWN = 200


@dataclass
class ParsedRow:
    """The filled cells of a row as values, by part (a row of funds describes a fund and its mandate)."""

    number: int
    values: dict[str, dict[str, Any]]
    problems: list[RowProblem] = field(default_factory=list)

    def refuse(self, problem: CellProblem, column: str = "", value: str = "") -> None:
        shown = value.encode("utf-8", "replace").decode()[:LONGEST_SHOWN]
        self.problems.append(RowProblem(self.number, column, shown, problem.code, problem.facts))


@dataclass(frozen=True)
class RowParser:
    headers: Headers
    names: tuple[str, ...]
    parts: tuple[Part, ...]
    reference: Reference

    def parse(self, row: Row) -> ParsedRow:
        parsed = ParsedRow(row.number, {part.record_type: {} for part in self.parts})
        if any(cell.strip() for cell in row.cells[len(self.names) :]):
            parsed.refuse(CellProblem("too_many_cells_in_row"), value=row.cells[len(self.names)])
        for place, column in self.headers.columns.items():
            text = row.cells[place] if place < len(row.cells) else ""
            try:
                self._parse_cell(parsed.values[self._parts_by_column[column.name]], column, text)
            except CellProblem as problem:
                parsed.refuse(problem, self.names[place], text)
        return parsed

    def _parse_cell(self, values: dict[str, Any], column: Column, text: str) -> None:
        cleaned = clean(text)
        if not cleaned:
            return
        value = column.parser.parse(cleaned, self.reference)
        if column.children:
            values[column.target] = as_child_rows(value, column.children.keys)
        else:
            values[column.target] = audit.plain(value) if isinstance(value, list) else value

    @cached_property
    def _parts_by_column(self) -> Mapping[str, str]:
        return {column.name: part.record_type for part in self.parts for column in part.columns}


def as_child_rows(items: Any, keys: tuple[str, ...]) -> list[dict[str, Any]]:
    rows = [dict(item) for item in items]
    seen: set[tuple[Any, ...]] = set()
    for row in rows:
        key = child_key(row, keys)
        if key in seen:
            raise CellProblem("twice_in_list", item=" ".join(str(part) for part in key if part))
        seen.add(key)
    return rows


def child_key(row: Mapping[str, Any], keys: tuple[str, ...]) -> tuple[Any, ...]:
    """What tells a row of a child table from its siblings; a name in the other language counts as empty."""
    return tuple(row.get(key) or "" for key in keys)
