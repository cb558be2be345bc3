"""Everything that points at one organisation made to point at another, as plain facts by which it is put back.

Which tables point at organisations is read off the tables themselves, so that none can be forgotten. A row that cannot
move stays where it is, with the record that was merged, and is told; nothing is ever deleted.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, select

from matchmaker.services.audit import plain
from matchmaker.services.duplicates.clashes import TAKE_OVER
from matchmaker.services.imports.images import restore_value
from models.base import metadata
from models.consortia import Consortium
from models.enums import ConsortiumState

Row = Mapping[str, Any]
Table = sa.Table

# The record of merges speaks of both records as they were; pairs are turned to the kept record apart (`queue`).
NOT_MOVED = frozenset({"organisation_merges", "duplicate_pairs"})
# What stands in a consortium that is signed or dissolved stands there in the name it was signed with.
IN_A_ROOM = frozenset({"seats", "consortium_comments", "ip_items"})
# Lists of organisations that no foreign key holds.
LISTS = (("ip_items", "owner_ids"), ("ip_items", "user_ids"))


@dataclass(frozen=True)
class Stayed:
    """A row that did not move. `rule`: signed, between_the_two, or clash (with the kept record's row `beside`)."""

    table: str
    key: Row
    rule: str
    beside: Row | None = None
    changed: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)


@dataclass
class Moves:
    """By table and column the keys of the rows that move (as they are before), and what stays."""

    rows: dict[tuple[str, str], list[Row]] = field(default_factory=dict)
    stayed: list[Stayed] = field(default_factory=list)
    lists: list[dict[str, Any]] = field(default_factory=list)

    def count_by_table(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        for (table, _column), keys in self.rows.items():
            counts[table] = counts.get(table, 0) + len(keys)
        for one in self.lists:
            counts[one["table"]] = counts.get(one["table"], 0) + 1
        return counts

    def to_stored(self) -> dict[str, Any]:
        return {
            "rows": [{"table": t, "column": c, "keys": plain(keys)} for (t, c), keys in self.rows.items()],
            "stayed": [
                {
                    "table": one.table,
                    "key": plain(one.key),
                    "rule": one.rule,
                    "beside": plain(one.beside) if one.beside else None,
                    "changed": plain(one.changed),
                }
                for one in self.stayed
            ],
            "lists": plain(self.lists),
        }


@cache
def pointing_tables() -> Mapping[str, tuple[str, ...]]:
    """Each table that points at organisations, with the columns that do."""
    found: dict[str, tuple[str, ...]] = {}
    for table in metadata.sorted_tables:
        columns = tuple(
            c.name for c in table.c if any(key.column.table.name == "organisations" for key in c.foreign_keys)
        )
        if columns and table.name not in NOT_MOVED:
            found[table.name] = columns
    return found


def work_out(session: Session, *, kept: UUID, merged: UUID) -> Moves:
    """What a merge would move and what would stay; changes nothing."""
    moves = Moves()
    locked = locked_rooms(session)
    for name, columns in pointing_tables().items():
        _work_out_table(session, moves, metadata.tables[name], columns, locked, kept=kept, merged=merged)
    for name, column in LISTS:
        moves.lists += _work_out_list(session, metadata.tables[name], column, locked, kept=kept, merged=merged)
    return moves


def locked_rooms(session: Session) -> frozenset[UUID]:
    signed = select(Consortium.id).where(Consortium.state != ConsortiumState.FORMING)
    return frozenset(session.exec(signed))


def is_locked(table_name: str, row: Row, locked: frozenset[UUID]) -> bool:
    if table_name == "consortia":
        return row["id"] in locked
    return table_name in IN_A_ROOM and row["consortium_id"] in locked


def find_row(session: Session, table_name: str, key: Row) -> Row | None:
    table = metadata.tables[table_name]
    found = session.execute(sa.select(table).where(*(table.c[name] == value for name, value in key.items())))
    row = found.mappings().first()
    return dict(row) if row is not None else None


def _work_out_table(
    session: Session,
    moves: Moves,
    table: Table,
    columns: tuple[str, ...],
    locked: frozenset[UUID],
    *,
    kept: UUID,
    merged: UUID,
) -> None:
    theirs = _rows_of(session, table, columns, merged)
    if not theirs:
        return
    ours = _rows_of(session, table, columns, kept)
    taken = list(_unique_keys(session, table, columns, ours))
    for row in theirs:
        after = {**row, **{name: kept for name in columns if row[name] == merged}}
        key = _key(table, row)
        if is_locked(table.name, row, locked):
            moves.stayed.append(Stayed(table.name, key, "signed"))
        elif _meets_itself(after, columns):
            moves.stayed.append(Stayed(table.name, key, "between_the_two"))
        elif beside := _find_clash(taken, row, after, table):
            changed = TAKE_OVER[table.name](beside, row) if table.name in TAKE_OVER else {}
            told = {name: (beside[name], value) for name, value in changed.items() if beside[name] != value}
            moves.stayed.append(Stayed(table.name, key, "clash", _key(table, beside), told))
        else:
            for name in columns:
                if row[name] == merged:
                    moves.rows.setdefault((table.name, name), []).append(key)


def _rows_of(session: Session, table: Table, columns: tuple[str, ...], organisation_id: UUID) -> list[dict[str, Any]]:
    points_there = sa.or_(*(table.c[name] == organisation_id for name in columns))
    in_order = sa.select(table).where(points_there).order_by(*table.primary_key.columns)
    return [dict(row) for row in session.execute(in_order).mappings()]


def _meets_itself(after: Row, columns: tuple[str, ...]) -> bool:
    """An interest of one in the other says nothing once the two are one."""
    ids = [after[name] for name in columns if after[name] is not None]
    return len(set(ids)) < len(ids)


@dataclass(frozen=True)
class _Unique:
    """Columns that may not repeat, with the kept record's rows by what they hold there."""

    columns: tuple[str, ...]
    where: Any
    held: Mapping[tuple[Any, ...], Row]
    in_force: frozenset[tuple[Any, ...]] | None = None  # keys of rows that a partial index covers


def _unique_keys(session: Session, table: Table, columns: tuple[str, ...], ours: Iterable[Row]) -> Iterator[_Unique]:
    rows = list(ours)
    for names, where in _constraints(table):
        if not set(names) & set(columns):
            continue
        in_force = None
        if where is not None:
            keys = session.execute(sa.select(*table.primary_key.columns).where(where))
            in_force = frozenset(tuple(key) for key in keys)
        counted = [row for row in rows if in_force is None or _key_tuple(table, row) in in_force]
        yield _Unique(names, where, {tuple(row[n] for n in names): row for row in counted}, in_force)


@cache
def _constraints(table: Table) -> tuple[tuple[tuple[str, ...], Any], ...]:
    found: list[tuple[tuple[str, ...], Any]] = [(tuple(c.name for c in table.primary_key.columns), None)]
    for constraint in table.constraints:
        if isinstance(constraint, sa.UniqueConstraint):
            found.append((tuple(c.name for c in constraint.columns), None))
    for index in table.indexes:
        if index.unique:
            where = index.dialect_options["sqlite"].get("where")
            found.append((tuple(c.name for c in index.columns), where))
    return tuple(found)


def _find_clash(taken: Iterable[_Unique], row: Row, after: Row, table: Table) -> Row | None:
    for unique in taken:
        if unique.in_force is not None and _key_tuple(table, row) not in unique.in_force:
            continue
        values = tuple(after[name] for name in unique.columns)
        if None not in values and values in unique.held:
            return unique.held[values]
    return None


def _key(table: Table, row: Row) -> dict[str, Any]:
    return {column.name: row[column.name] for column in table.primary_key.columns}


def _key_tuple(table: Table, row: Row) -> tuple[Any, ...]:
    return tuple(_key(table, row).values())


def _work_out_list(
    session: Session, table: Table, column: str, locked: frozenset[UUID], *, kept: UUID, merged: UUID
) -> Iterator[dict[str, Any]]:
    holds = sa.cast(table.c[column], sa.Text).contains(str(merged))
    for row in session.execute(sa.select(table).where(holds)).mappings():
        if is_locked(table.name, dict(row), locked):
            continue
        after = list(dict.fromkeys(str(kept) if one == str(merged) else one for one in row[column]))
        yield {
            "table": table.name,
            "key": _key(table, dict(row)),
            "column": column,
            "before": row[column],
            "after": after,
        }


def carry_out(session: Session, moves: Moves, *, kept: UUID) -> None:
    """Move what is to move; versions and clocks of the rows stay, because what they say is the same."""
    for one in moves.stayed:
        if one.changed and one.beside:
            write(session, one.table, one.beside, {name: after for name, (_, after) in one.changed.items()})
    for (table, column), keys in moves.rows.items():
        point_to(session, table, column, keys, kept)
    for listed in moves.lists:
        write(session, listed["table"], listed["key"], {listed["column"]: listed["after"]})


def point_to(session: Session, table_name: str, column: str, keys: Iterable[Row], organisation_id: UUID) -> int:
    """Let the rows with these keys point at this organisation; how many there were."""
    return sum(write(session, table_name, key, {column: organisation_id}) for key in keys)


def write(session: Session, table_name: str, key: Row, values: Mapping[str, Any]) -> int:
    table = metadata.tables[table_name]
    found = [table.c[name] == value for name, value in key.items()]
    still = {column.name: column for column in table.c if column.onupdate is not None}
    result: Any = session.execute(sa.update(table).where(*found).values({**still, **values}))
    return int(result.rowcount)


def read_key(table_name: str, stored: Row) -> dict[str, Any]:
    """A key as the database compares it, from its plain form."""
    table = metadata.tables[table_name]
    return {name: restore_value(table.c[name], value) for name, value in stored.items()}


def moved_key(key: Row, *, merged: UUID, kept: UUID) -> dict[str, Any]:
    """Where the row is found after the move: an organisation may be part of its key."""
    return {name: kept if value == merged else value for name, value in key.items()}
