"""The five kinds of table, each a list of columns: template, header recognition and checks are all made from it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import SQLModel

from matchmaker.names import fold_text
from matchmaker.services.imports.parsers import Parser
from matchmaker.services.imports.problems import CellProblem, ImportRefused

Values = Mapping[str, Any]
Check = Callable[[Values], CellProblem | None]


@dataclass(frozen=True)
class Children:
    """A child table that one cell fills: its rows belong to `parent` and are told apart by `keys`.

    Rows with `checked` fields are records of their own, which officers hold against evidence: a change of one of these
    fields takes that away, and a table removes none of them.
    """

    model: type[SQLModel]
    parent: str
    keys: tuple[str, ...]
    checked: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Column:
    """`name` is what people call our field in --map; `field` is the column of the table when that differs."""

    name: str
    zh: str
    en: str
    parser: Parser
    note_zh: str
    note_en: str
    example: str
    is_required: bool = False
    aliases: str = ""  # joined by |
    children: Children | None = None
    field: str = ""

    @property
    def target(self) -> str:
        return self.field or self.name

    @property
    def words(self) -> set[str]:
        return {
            fold_text(word)
            for word in (self.name, self.zh, self.en, f"{self.zh} / {self.en}", *self.aliases.split("|"))
            if word
        }


@dataclass(frozen=True, kw_only=True)
class Part:
    """One record that a row describes."""

    model: type[SQLModel]
    columns: tuple[Column, ...]
    checks: tuple[Check, ...] = ()

    @property
    def record_type(self) -> str:
        return str(self.model.__tablename__)

    @property
    def children(self) -> Mapping[str, Children]:
        return {column.target: column.children for column in self.columns if column.children}


@dataclass(frozen=True, kw_only=True)
class TableKind:
    name: str
    zh: str
    en: str
    parts: tuple[Part, ...]

    @property
    def columns(self) -> tuple[Column, ...]:
        return tuple(column for part in self.parts for column in part.columns)

    def column(self, name: str) -> Column:
        """The column that `name` means: our field, or its Chinese or English header."""
        found = self.find_column(name)
        if found is None:
            fields = ", ".join(column.name for column in self.columns)
            raise ImportRefused("map_unknown_field", field=name, kind=self.name, fields=fields)
        return found

    def find_column(self, header: str) -> Column | None:
        folded = fold_text(header)
        return next((column for column in self.columns if folded in column.words), None)


def has_one_of(fields: Iterable[str], code: str) -> Check:
    names = tuple(fields)
    return lambda values: None if any(values.get(name) for name in names) else CellProblem(code)


def in_order(low: str, high: str) -> Check:
    def check(values: Values) -> CellProblem | None:
        least, most = values.get(low), values.get(high)
        if least is None or most is None or least <= most:
            return None
        return CellProblem("wrong_order", low=low, high=high)

    return check
