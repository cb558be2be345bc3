"""Doing what a preview says, in the caller's one transaction, with what undo needs to take it back."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, select

from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.audit import plain
from matchmaker.services.imports.drafts import CHUNK
from matchmaker.services.imports.images import child_image
from matchmaker.services.imports.kinds import Part
from matchmaker.services.imports.plans import PlannedRecord, PlannedRow, Preview
from matchmaker.services.imports.previews import Advance, ignore_progress
from matchmaker.services.imports.problems import ImportRefused
from models.base import utc_now
from models.enums import ImportAction
from models.jobs import ImportBatch, ImportedRecord
from models.organisations import Organisation


def apply_all(session: Session, actor: Actor, preview: Preview, *, advance: Advance = ignore_progress) -> ImportBatch:
    """Import the whole table; with a single bad row nothing is imported and ImportRefused `bad_rows` says how many.

    Make the preview in the same transaction, so that it tells of the registry as it is.
    """
    if preview.problems:
        raise ImportRefused("bad_rows", bad=preview.bad_rows, total=preview.total)
    return apply_good_rows(session, actor, preview, advance=advance)


def apply_good_rows(
    session: Session, actor: Actor, preview: Preview, *, advance: Advance = ignore_progress
) -> ImportBatch:
    """Import the rows without problems; a file that came in whole before changes nothing and gives its batch."""
    require(actor, Permission.IMPORT)
    if preview.earlier_batch:
        return session.get_one(ImportBatch, preview.earlier_batch)
    if preview.problems and not preview.rows:
        raise ImportRefused("bad_rows", bad=preview.bad_rows, total=preview.total)

    batch = ImportBatch(
        kind=preview.kind.name,
        file_name=preview.file_name[:300],
        sha256=preview.sha256,
        created=preview.created,
        updated=preview.updated,
        skipped=preview.bad_rows,
    )
    session.add(batch)
    session.flush()
    for start in range(0, len(preview.rows), CHUNK):
        chunk = preview.rows[start : start + CHUNK]
        _apply_chunk(session, batch, preview.kind.parts, chunk)
        advance(len(chunk))
    counts = {"kind": batch.kind, "created": batch.created, "updated": batch.updated, "skipped": batch.skipped}
    audit.record(session, actor, "import.apply", batch, changes=counts)
    session.flush()
    return batch


def _apply_chunk(session: Session, batch: ImportBatch, parts: Iterable[Part], rows: Iterable[PlannedRow]) -> None:
    planned = [(row.number, record) for row in rows for record in row.records if not record.changes_nothing]
    # Funds before their mandates: the tables know each other by keys only, so the session cannot order them.
    for part in parts:
        _write(session, [record for _, record in planned if record.part is part])
    replace_children(session, [record for _, record in planned])
    touch_owners(session, {record.owner_id for _, record in planned})
    session.add_all(_note(batch, number, record) for number, record in planned)
    session.flush()


def _write(session: Session, records: Sequence[PlannedRecord]) -> None:
    updated = [record for record in records if record.action == ImportAction.UPDATED]
    # The mapping keeps the records alive in the session, so that each is found without a query of its own.
    known = {record.id: record for record in _load(session, updated)}
    for record in records:
        if record.action == ImportAction.CREATED:
            session.add(record.part.model(id=record.record_id, **record.values))
            continue
        for name, value in record.values.items():
            setattr(known[record.record_id], name, value)
    session.flush()


def _load(session: Session, records: Iterable[PlannedRecord]) -> list[Any]:
    by_model: dict[type[SQLModel], list[UUID]] = {}
    for record in records:
        by_model.setdefault(record.part.model, []).append(record.record_id)
    return [
        found
        for model, ids in by_model.items()
        for found in session.exec(select(model).where(model.__table__.c.id.in_(ids)))  # type: ignore[attr-defined]
    ]


def replace_children(session: Session, records: Iterable[PlannedRecord]) -> None:
    """Put the rows after the import in the place of those before it."""
    for part, name, parents, rows in _children_by_table(records):
        replace_child_rows(session, part, name, parents, rows)


def _children_by_table(
    records: Iterable[PlannedRecord],
) -> Iterable[tuple[Part, str, list[UUID], list[Mapping[str, Any]]]]:
    tables: dict[tuple[str, str], tuple[Part, str, list[UUID], list[Mapping[str, Any]]]] = {}
    for record in records:
        for name, rows in record.children.items():
            key = (record.part.record_type, name)
            entry = tables.setdefault(key, (record.part, name, [], []))
            entry[2].append(record.record_id)
            entry[3].extend(rows.after)
    return tables.values()


def replace_child_rows(
    session: Session, part: Part, name: str, parents: list[UUID], rows: Iterable[Mapping[str, Any]]
) -> None:
    children = part.children[name]
    table = children.model.__table__  # type: ignore[attr-defined]
    session.execute(sa.delete(table).where(table.c[children.parent].in_(parents)))
    # A row that stays keeps its id; its version starts anew with it.
    for row in rows:
        session.add(children.model(**{field: value for field, value in row.items() if field != "version"}))
    session.flush()


def touch_owners(session: Session, owners: set[UUID]) -> None:
    """Move the clocks of the organisations, so that the index reads them again; their versions stay."""
    ids = sorted(owners)
    for start in range(0, len(ids), CHUNK):
        chunk = col(Organisation.id).in_(ids[start : start + CHUNK])
        moved = sa.update(Organisation).where(chunk).values(changed_at=utc_now())
        session.execute(moved, execution_options={"synchronize_session": False})


def _note(batch: ImportBatch, number: int, record: PlannedRecord) -> ImportedRecord:
    """What undo needs: each field before and after, each child table before and after."""
    fields = {name: [plain(record.before.get(name)), plain(value)] for name, value in record.values.items()}
    children = {name: [plain(rows.before), child_image(rows.after)] for name, rows in record.children.items()}
    return ImportedRecord(
        batch_id=batch.id,
        row_number=number,
        action=record.action,
        record_type=record.part.record_type,
        record_id=str(record.record_id),
        before={"fields": fields, "children": children},
    )
