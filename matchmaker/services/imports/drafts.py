"""Rows whose records are known, held against what the registry says of those records now."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from matchmaker.names import fold_name
from matchmaker.services.audit import plain
from matchmaker.services.calendar import today
from matchmaker.services.imports.kinds import Children, Part
from matchmaker.services.imports.parsing import child_key
from matchmaker.services.imports.plans import ChildRows, PlannedRecord, PlannedRow
from matchmaker.services.imports.problems import CellProblem, RowProblem
from matchmaker.services.imports.statements import defaults_of
from models.base import new_id, utc_now
from models.enums import ImportAction, OrganisationKind, PostingState
from models.offers import Posting
from models.organisations import Organisation

CHUNK = 500  # how many ids one query asks for
POSTING_LIFE = timedelta(days=365)
Row = Mapping[str, Any]


@dataclass
class DraftRecord:
    part: Part
    record_id: UUID
    owner_id: UUID
    values: dict[str, Any]
    is_new: bool


@dataclass
class Draft:
    """A row and the records that it describes."""

    number: int
    label: str
    records: list[DraftRecord] = field(default_factory=list)


@dataclass
class Existing:
    """What the registry has of the records that the table means."""

    records: dict[UUID, Row] = field(default_factory=dict)
    children: dict[tuple[UUID, str], list[Row]] = field(default_factory=lambda: defaultdict(list))


def finish_drafts(session: Session, drafts: Sequence[Draft]) -> tuple[tuple[PlannedRow, ...], list[RowProblem]]:
    """The rows as they can be applied, and what is wrong with the others as wholes."""
    existing = _load_existing(session, drafts)
    rows: list[PlannedRow] = []
    problems: list[RowProblem] = []
    for draft in drafts:
        found = [
            RowProblem(draft.number, column, draft.label, problem.code, problem.facts)
            for record in draft.records
            for column, problem in _find_problems(record, existing.records.get(record.record_id, {}))
        ]
        problems += found
        if not found:
            records = tuple(_plan(record, existing) for record in draft.records)
            rows.append(PlannedRow(number=draft.number, label=draft.label, records=records))
    return tuple(rows), problems


def _find_problems(record: DraftRecord, before: Row) -> Iterator[tuple[str, CellProblem]]:
    """What the row as a whole breaks; cells that it leaves empty count as they stand in the registry."""
    merged = {**before, **record.values}
    for column in record.part.columns:
        if column.is_required and merged.get(column.target) is None:
            yield f"{column.zh} / {column.en}", CellProblem("required")
    for check in record.part.checks:
        if problem := check(merged):
            yield "", problem
    if record.values.get("kind") == OrganisationKind.FUND and before and before["kind"] != OrganisationKind.FUND:
        name = before["name_zh"] or before["name_en"]
        yield "", CellProblem("not_a_fund", match=name, kind=plain(before["kind"]))


def _plan(record: DraftRecord, existing: Existing) -> PlannedRecord:
    before = existing.records.get(record.record_id, {})
    wanted = {name: value for name, value in record.values.items() if name not in record.part.children}
    if before.get("source"):
        # A record keeps the key under which it first came.
        wanted = {name: value for name, value in wanted.items() if name not in ("source", "source_key")}
    wanted |= _follow_up(record.part.model, {**before, **wanted})
    changed = {name: value for name, value in wanted.items() if plain(before.get(name)) != plain(value)}
    return PlannedRecord(
        part=record.part,
        record_id=record.record_id,
        owner_id=record.owner_id,
        action=ImportAction.CREATED if record.is_new else ImportAction.UPDATED,
        values=wanted if record.is_new else changed,
        before={name: before.get(name) for name in changed} if before else {},
        version=before.get("version"),
        children=dict(_plan_children(record, existing)),
    )


def _follow_up(model: type[SQLModel], merged: Row) -> dict[str, Any]:
    """What follows from the values of a row and is in no column."""
    if model is Organisation:
        return {"name_key": fold_name(merged.get("name_zh") or merged.get("name_en") or "")}
    if not issubclass(model, Posting):
        return {}
    state = merged.get("state") or PostingState.PUBLISHED
    if state != PostingState.PUBLISHED:
        return {"state": state}
    return {
        "state": state,
        "valid_until": merged.get("valid_until") or today() + POSTING_LIFE,
        "published_at": merged.get("published_at") or utc_now(),
    }


def _plan_children(record: DraftRecord, existing: Existing) -> Iterator[tuple[str, ChildRows]]:
    for name, children in record.part.children.items():
        if name not in record.values:
            continue
        before = existing.children[record.record_id, name]
        after = _children_after(children, record, before, record.values[name])
        if _content(before) != _content(after):
            yield name, ChildRows(tuple(before), tuple(after))


def _children_after(children: Children, record: DraftRecord, before: Sequence[Row], items: Sequence[Row]) -> list[Row]:
    """The rows that the cell names, and of records of their own also those that it does not name."""
    known = {child_key(row, children.keys): row for row in _best_last(children, before)}
    after = [
        _changed_child(children, known[key], item)
        if (key := child_key(item, children.keys)) in known
        else _new_child(children, record.record_id, item)
        for item in items
    ]
    named = {row["id"] for row in after} if children.checked else set()
    return after + [row for row in before if children.checked and row["id"] not in named]


def _best_last(children: Children, rows: Sequence[Row]) -> Sequence[Row]:
    """Of two of the same name (a merge brings them together) a table means the one that was found true."""
    if not children.checked:
        return rows
    return sorted(rows, key=lambda row: (row["verified_at"] is not None, row["created_at"], row["id"]))


def _changed_child(children: Children, before: Row, item: Row) -> Row:
    after = {**before, **item}
    is_as_checked = all(after[name] == before[name] for name in children.checked)
    return after if is_as_checked else {**after, "verified_at": None}


def _new_child(children: Children, parent_id: UUID, item: Row) -> Row:
    """The row with the defaults of its table, so that undo can tell whether anybody has changed it."""
    own_key = {"id": new_id()} if "id" in children.model.__table__.c else {}  # type: ignore[attr-defined]
    return {**defaults_of(children.model), **own_key, children.parent: parent_id, **item}


def _content(rows: Sequence[Row]) -> list[Row]:
    return sorted((dict(row) for row in rows), key=str)


def _load_existing(session: Session, drafts: Sequence[Draft]) -> Existing:
    existing = Existing()
    known: dict[str, tuple[Part, list[UUID]]] = {}
    for record in (record for draft in drafts for record in draft.records if not record.is_new):
        known.setdefault(record.part.record_type, (record.part, []))[1].append(record.record_id)
    for part, ids in known.values():
        for start in range(0, len(ids), CHUNK):
            _load_chunk(session, existing, part, ids[start : start + CHUNK])
    return existing


def _load_chunk(session: Session, existing: Existing, part: Part, ids: list[UUID]) -> None:
    table = part.model.__table__  # type: ignore[attr-defined]
    for record in session.execute(sa.select(table).where(table.c.id.in_(ids))).mappings():
        existing.records[record["id"]] = dict(record)
    for name, children in part.children.items():
        for row in load_children(session, children, ids):
            existing.children[row[children.parent], name].append(row)


def load_children(session: Session, children: Children, ids: Sequence[UUID]) -> list[Row]:
    table = children.model.__table__  # type: ignore[attr-defined]
    found = session.execute(sa.select(table).where(table.c[children.parent].in_(ids)))
    return [dict(row) for row in found.mappings()]
