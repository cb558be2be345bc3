"""Rows of one table made, changed and removed by statements, many at a time: others wait while they are written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import Session, SQLModel

from models.base import new_id, utc_now

Row = Mapping[str, Any]
# Columns that a statement moves by itself.
CLOCKS = frozenset({"version", "created_at", "changed_at"})


@dataclass(frozen=True)
class Changed:
    """A row by its key, the version that was looked at (None: the table has none) and the values that differ."""

    key: Row
    version: int | None
    values: Row


@dataclass
class TableChanges:
    """What becomes of the rows of one table."""

    model: type[SQLModel]
    gone: list[Row] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    new: list[Row] = field(default_factory=list)

    def exchange(self, before: Iterable[Row], after: Iterable[Row]) -> None:
        """Put rows in the place of others; one that stays keeps its key and all that hangs on it."""
        there = {_key(self.model, row): row for row in before}
        wanted = {_key(self.model, row): row for row in after}
        self.gone += [row for key, row in there.items() if key not in wanted]
        self.new += [row for key, row in wanted.items() if key not in there]
        for key in wanted.keys() & there.keys():
            self.change(there[key], wanted[key])

    def change(self, before: Row, after: Row) -> None:
        values = {name: value for name, value in after.items() if name not in CLOCKS and value != before.get(name)}
        if values:
            names = _key_names(self.model)
            self.changed.append(Changed({name: before[name] for name in names}, before.get("version"), values))

    def write(self, session: Session) -> None:
        """Those that go first, so that a new row may take the place of one that has gone."""
        table = _table(self.model)
        if self.gone:
            keys = [_bound("key", {name: row[name] for name in _key_names(self.model)}) for row in self.gone]
            _run(session, sa.delete(table).where(*_is_row(self.model)), keys)
        for group in _alike(self.changed):
            _update(session, self.model, group)
        if self.new:
            _run(session, sa.insert(table), [{**_fresh(self.model), **row} for row in self.new])


def defaults_of(model: type[SQLModel]) -> Row:
    """What the columns of a new row hold where nobody says otherwise; no key, no clocks."""
    return {name: value for name, value in _defaults(model).items() if name != "id" and name not in CLOCKS}


@cache
def _defaults(model: type[SQLModel]) -> Row:
    empty = model()
    return {name: getattr(empty, name, None) for name in _table(model).c.keys()}  # noqa: SIM118


def _fresh(model: type[SQLModel]) -> dict[str, Any]:
    columns, now = _table(model).c, utc_now()
    ours = {"id": new_id(), "version": 1, "created_at": now, "changed_at": now}
    return {**_defaults(model), **{name: value for name, value in ours.items() if name in columns}}


def _alike(changed: Sequence[Changed]) -> Iterable[list[Changed]]:
    """Those of which the same columns change: one statement does for all of them."""
    groups: dict[tuple[str, ...], list[Changed]] = {}
    for one in changed:
        groups.setdefault((*sorted(one.values), "" if one.version is None else "version"), []).append(one)
    return groups.values()


def _update(session: Session, model: type[SQLModel], group: Sequence[Changed]) -> None:
    """StaleDataError where one of the rows is no longer the one that was looked at."""
    table, has_version = _table(model), group[0].version is not None
    values: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in group[0].values}
    if "changed_at" in table.c:
        values["changed_at"] = utc_now()
    same = list(_is_row(model))
    if has_version:
        values["version"] = table.c.version + 1
        same.append(table.c.version == sa.bindparam("seen_version"))
    rows = [{**_bound("key", one.key), **_bound("new", one.values), "seen_version": one.version} for one in group]
    if not has_version:
        rows = [{name: value for name, value in row.items() if name != "seen_version"} for row in rows]
    written = _run(session, sa.update(table).where(*same).values(values), rows)
    if written != len(group):
        raise StaleDataError(f"{written} of {len(group)} rows of {table.name} are as they were looked at")


def _run(session: Session, statement: Any, rows: Sequence[Row]) -> int:
    found: Any = session.connection().execute(statement, list(rows))
    return int(found.rowcount)


def _bound(prefix: str, values: Row) -> dict[str, Any]:
    return {f"{prefix}_{name}": value for name, value in values.items()}


def _is_row(model: type[SQLModel]) -> Iterable[sa.ColumnElement[bool]]:
    return [column == sa.bindparam(f"key_{column.name}") for column in _table(model).primary_key]


def _key(model: type[SQLModel], row: Row) -> tuple[Any, ...]:
    return tuple(row[name] for name in _key_names(model))


@cache
def _key_names(model: type[SQLModel]) -> tuple[str, ...]:
    return tuple(column.name for column in _table(model).primary_key)


def _table(model: type[SQLModel]) -> sa.Table:
    found: sa.Table = model.__table__  # type: ignore[attr-defined]
    return found
