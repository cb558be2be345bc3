"""Doing what a preview says, in the caller's one transaction, with what undo needs to take it back.

While it writes, others who write wait. So all that can be worked out is worked out before (`lay_out`), and the writing
itself is statements over many rows at a time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col

from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.audit import plain
from matchmaker.services.imports.drafts import CHUNK
from matchmaker.services.imports.images import child_image
from matchmaker.services.imports.plans import ChildRows, PlannedRecord, PlannedRow, Preview
from matchmaker.services.imports.previews import Advance, ignore_progress
from matchmaker.services.imports.problems import ImportRefused
from matchmaker.services.imports.statements import Row, TableChanges
from matchmaker.services.mandates import editions
from models.audit import AuditEntry
from models.base import utc_now
from models.enums import ImportAction
from models.funds import Mandate
from models.jobs import ImportBatch, ImportedRecord
from models.organisations import Organisation


@dataclass
class Chunk:
    """Some rows of a table, as statements take them."""

    rows: int
    tables: dict[str, TableChanges] = field(default_factory=dict)
    records: list[Row] = field(default_factory=list)  # what undo needs
    doubted: list[Row] = field(default_factory=list)  # account of what was verified and no longer is
    owners: set[UUID] = field(default_factory=set)
    mandates: list[UUID] = field(default_factory=list)

    def of(self, model: type[SQLModel]) -> TableChanges:
        return self.tables.setdefault(str(model.__tablename__), TableChanges(model))


@dataclass(frozen=True)
class LaidOut:
    """A preview with all that taking it in will write."""

    preview: Preview
    chunks: tuple[Chunk, ...]


def lay_out(preview: Preview) -> LaidOut:
    """Work out what is to be written; for a file that came in before that is nothing."""
    rows = () if preview.earlier_batch else preview.rows
    starts = range(0, len(rows), CHUNK)
    return LaidOut(preview, tuple(_lay_out_chunk(preview, rows[start : start + CHUNK]) for start in starts))


def _lay_out_chunk(preview: Preview, rows: Sequence[PlannedRow]) -> Chunk:
    chunk = Chunk(rows=len(rows))
    planned = [(row.number, record) for row in rows for record in row.records if not record.changes_nothing]
    # Funds before their mandates, and both before what hangs on them: the tables know each other by keys.
    for part in preview.kind.parts:
        for record in (record for _, record in planned if record.part is part):
            _lay_out_record(chunk, record)
    for number, record in planned:
        for name, children in record.children.items():
            chunk.of(record.part.children[name].model).exchange(children.before, children.after)
            chunk.doubted += _doubts(record.owner_id, record.part.children[name].model, children)
        chunk.owners.add(record.owner_id)
        chunk.records.append(_note(number, record))
    return chunk


def _lay_out_record(chunk: Chunk, record: PlannedRecord) -> None:
    table = chunk.of(record.part.model)
    if record.action == ImportAction.CREATED:
        table.new.append({**record.values, "id": record.record_id})
    else:
        table.change({**record.before, "id": record.record_id, "version": record.version}, record.values)
    if record.part.model is Mandate:
        chunk.mandates.append(record.record_id)


def _doubts(owner_id: UUID, model: type[SQLModel], children: ChildRows) -> Iterator[Row]:
    """Of what was verified and now waits again the account tells why."""
    for before, after in children.doubted:
        changes = {name: [value, after[name]] for name, value in before.items() if value != after[name]}
        yield {
            "action": "certification.doubt",
            "subject_type": str(model.__tablename__),
            "subject_id": str(before["id"]),
            "organisation_id": owner_id,
            "changes": plain(changes),
        }


def apply_all(session: Session, actor: Actor, preview: Preview, *, advance: Advance = ignore_progress) -> ImportBatch:
    """Import the whole table; with a single bad row nothing is imported and ImportRefused `bad_rows` says how many.

    Make the preview in the same transaction, so that it tells of the registry as it is.
    """
    return write_all(session, actor, lay_out(preview), advance=advance)


def apply_good_rows(
    session: Session, actor: Actor, preview: Preview, *, advance: Advance = ignore_progress
) -> ImportBatch:
    """Import the rows without problems; a file that came in whole before changes nothing and gives its batch."""
    return write_good_rows(session, actor, lay_out(preview), advance=advance)


def write_all(session: Session, actor: Actor, laid_out: LaidOut, *, advance: Advance = ignore_progress) -> ImportBatch:
    """As `apply_all`, of what is laid out already; the registry has to be as it was then."""
    preview = laid_out.preview
    if preview.problems:
        raise ImportRefused("bad_rows", bad=preview.bad_rows, total=preview.total)
    return write_good_rows(session, actor, laid_out, advance=advance)


def write_good_rows(
    session: Session, actor: Actor, laid_out: LaidOut, *, advance: Advance = ignore_progress
) -> ImportBatch:
    require(actor, Permission.IMPORT)
    preview = laid_out.preview
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
    for chunk in laid_out.chunks:
        _write_chunk(session, actor, batch, chunk)
        advance(chunk.rows)
    counts = {"kind": batch.kind, "created": batch.created, "updated": batch.updated, "skipped": batch.skipped}
    audit.record(session, actor, "import.apply", batch, changes=counts)
    session.flush()
    session.expire_all()  # statements have gone past what the session has read
    session.refresh(batch)
    return batch


def _write_chunk(session: Session, actor: Actor, batch: ImportBatch, chunk: Chunk) -> None:
    for table in chunk.tables.values():
        table.write(session)
    _insert(session, AuditEntry, [{**row, "user_id": actor.user_id} for row in chunk.doubted])
    touch_owners(session, chunk.owners)
    session.expire_all()
    images = {row["record_id"]: row["before"] for row in chunk.records}
    note = f"导入表格 / Imported table: {batch.file_name}"
    for mandate_id, number in editions.freeze_imported(session, actor, chunk.mandates, note=note).items():
        images[str(mandate_id)]["edition"] = number
    _insert(session, ImportedRecord, [{**row, "batch_id": batch.id} for row in chunk.records])


def _insert(session: Session, model: type[SQLModel], rows: Sequence[Row]) -> None:
    """Rows with keys of the database's own making."""
    if rows:
        session.connection().execute(sa.insert(model), [{**row, "at": utc_now()} for row in rows])


def touch_owners(session: Session, owners: set[UUID]) -> None:
    """Move the clocks of the organisations, so that the index reads them again; their versions stay."""
    ids = sorted(owners)
    for start in range(0, len(ids), CHUNK):
        chunk = col(Organisation.id).in_(ids[start : start + CHUNK])
        moved = sa.update(Organisation).where(chunk).values(changed_at=utc_now())
        session.execute(moved, execution_options={"synchronize_session": False})


def _note(number: int, record: PlannedRecord) -> dict[str, Any]:
    """What undo needs: each field before and after, each child table before and after."""
    fields = {name: [plain(record.before.get(name)), plain(value)] for name, value in record.values.items()}
    children = {name: [plain(rows.before), child_image(rows.after)] for name, rows in record.children.items()}
    return {
        "row_number": number,
        "action": record.action,
        "record_type": record.part.record_type,
        "record_id": str(record.record_id),
        "before": {"fields": fields, "children": children},
    }
