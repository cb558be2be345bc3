"""Taking an import back: what nobody has touched since goes back to what it was; the rest is told, not forced."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from matchmaker.errors import NotFound
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.audit import plain
from matchmaker.services.imports.applying import replace_child_rows, touch_owners
from matchmaker.services.imports.drafts import CHUNK, load_children
from matchmaker.services.imports.images import child_image, restore
from matchmaker.services.imports.kinds import Part
from matchmaker.services.imports.problems import ImportRefused
from matchmaker.services.imports.tables import KINDS
from matchmaker.services.paging import Page, page_of
from models.base import metadata, utc_now
from models.enums import ImportAction, ImportState
from models.jobs import ImportBatch, ImportedRecord


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A record that undo left as it is, wholly or in some fields. `reason` is changed_since, in_use or gone."""

    row: int
    record_type: str
    record_id: str
    reason: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class UndoReport:
    batch_id: UUID
    removed: int
    restored: int
    kept: tuple[Kept, ...]


def list_batches(session: Session, actor: Actor) -> Sequence[ImportBatch]:
    """All imports, the latest first."""
    require(actor, Permission.IMPORT)
    return session.exec(_latest_first()).all()


def page_of_batches(session: Session, actor: Actor, *, page: int = 1) -> Page[ImportBatch]:
    """One page of all imports, the latest first."""
    require(actor, Permission.IMPORT)
    return page_of(session, _latest_first(), number=page)


def _latest_first() -> SelectOfScalar[ImportBatch]:
    return select(ImportBatch).order_by(col(ImportBatch.created_at).desc(), col(ImportBatch.id))


def undo(session: Session, actor: Actor, batch_id: UUID) -> UndoReport:
    """Remove what the batch made, restore what it changed, keep what people have built on since."""
    require(actor, Permission.IMPORT)
    batch = session.get(ImportBatch, batch_id, with_for_update=True)
    if batch is None:
        raise NotFound("import", batch_id)
    if batch.state == ImportState.UNDONE:
        raise ImportRefused("batch_undone", batch=batch_id)

    if batch.kind not in KINDS:
        raise ImportRefused("benchmark_stays")

    work = _Undoing(session)
    work.take_back_all(batch)
    batch.state, batch.undone_at = ImportState.UNDONE, utc_now()
    report = work.report(batch)
    counts = {"removed": report.removed, "restored": report.restored, "kept": len(report.kept)}
    audit.record(session, actor, "import.undo", batch, changes=counts)
    session.flush()
    return report


def foresee(session: Session, actor: Actor, batch_id: UUID) -> UndoReport:
    """What `undo` would do now; changes nothing."""
    require(actor, Permission.IMPORT)
    batch = session.get(ImportBatch, batch_id)
    if batch is None:
        raise NotFound("import", batch_id)
    if batch.state == ImportState.UNDONE:
        raise ImportRefused("batch_undone", batch=batch_id)
    if batch.kind not in KINDS:
        raise ImportRefused("benchmark_stays")
    work = _Foreseeing(session)
    work.take_back_all(batch)
    return work.report(batch)


def _chunks(session: Session, batch: ImportBatch, part: Part) -> Iterator[Sequence[ImportedRecord]]:
    mine = select(ImportedRecord).where(
        ImportedRecord.batch_id == batch.id, ImportedRecord.record_type == part.record_type
    )
    entries = session.exec(mine.order_by(col(ImportedRecord.id).desc())).all()
    for start in range(0, len(entries), CHUNK):
        yield entries[start : start + CHUNK]


class _Undoing:
    """Judges each record of a batch, then takes back what it may."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.removed = 0
        self.restored = 0
        self.kept: list[Kept] = []
        self.gone: dict[str, set[UUID]] = {}

    def take_back_all(self, batch: ImportBatch) -> None:
        # Mandates before their funds: what is removed first no longer holds the other back.
        for part in reversed(KINDS[batch.kind].parts):
            for entries in _chunks(self.session, batch, part):
                self.take_back(part, entries)

    def report(self, batch: ImportBatch) -> UndoReport:
        return UndoReport(batch_id=batch.id, removed=self.removed, restored=self.restored, kept=tuple(self.kept))

    def take_back(self, part: Part, entries: Sequence[ImportedRecord]) -> None:
        ids = [UUID(entry.record_id) for entry in entries]
        table = part.model.__table__  # type: ignore[attr-defined]
        found = self.session.exec(select(part.model).where(table.c.id.in_(ids)))
        records = {record.id: record for record in found}  # type: ignore[attr-defined]
        children = {name: _by_parent(self.session, part, name, ids) for name in part.children}
        in_use = _in_use(self.session, part, ids, self.gone)
        removable: list[UUID] = []
        owners: set[UUID] = set()
        for entry, record_id in zip(entries, ids, strict=True):
            record = records.get(record_id)
            if record is None:
                self._keep(entry, "gone")
                continue
            owners.add(getattr(record, "organisation_id", record_id))
            mine = {name: rows.get(record_id, []) for name, rows in children.items()}
            changed = _changed_since(entry, record, mine)
            if entry.action == ImportAction.UPDATED:
                self.restore(part, entry, record, changed)
                if changed:
                    self._keep(entry, "changed_since", changed)
                else:
                    self.restored += 1
            elif changed:
                self._keep(entry, "changed_since", changed)
            elif record_id in in_use:
                self._keep(entry, "in_use", in_use[record_id])
            else:
                removable.append(record_id)
        self.removed += len(removable)
        self.gone.setdefault(part.record_type, set()).update(removable)
        self.remove(part, [records[record_id] for record_id in removable], removable)
        self.touch(owners)

    def _keep(self, entry: ImportedRecord, reason: str, fields: Sequence[str] = ()) -> None:
        self.kept.append(
            Kept(
                row=entry.row_number,
                record_type=entry.record_type,
                record_id=entry.record_id,
                reason=reason,
                fields=tuple(fields),
            )
        )

    def restore(self, part: Part, entry: ImportedRecord, record: SQLModel, changed: Sequence[str]) -> None:
        image = entry.before or {}
        for name, (before, _) in image["fields"].items():
            if name not in changed:
                setattr(record, name, restore(part.model, name, before))
        for name, (before, _) in image["children"].items():
            if name not in changed:
                model = part.children[name].model
                rows = [{field: restore(model, field, value) for field, value in row.items()} for row in before]
                self.session.flush()
                replace_child_rows(self.session, part, name, [UUID(entry.record_id)], rows)

    def remove(self, part: Part, records: Sequence[SQLModel], ids: Sequence[UUID]) -> None:
        self.session.flush()
        table = part.model.__table__  # type: ignore[attr-defined]
        for record in records:
            self.session.expunge(record)
        self.session.execute(sa.delete(table).where(table.c.id.in_(ids)))

    def touch(self, owners: set[UUID]) -> None:
        touch_owners(self.session, owners)


class _Foreseeing(_Undoing):
    """The same judgement without its effects."""

    def restore(self, part: Part, entry: ImportedRecord, record: SQLModel, changed: Sequence[str]) -> None:
        pass

    def remove(self, part: Part, records: Sequence[SQLModel], ids: Sequence[UUID]) -> None:
        pass

    def touch(self, owners: set[UUID]) -> None:
        pass


def _changed_since(
    entry: ImportedRecord, record: SQLModel, children: Mapping[str, list[Mapping[str, Any]]]
) -> list[str]:
    """The fields that no longer say what the import wrote."""
    image = entry.before or {}
    fields = [name for name, (_, after) in image["fields"].items() if plain(getattr(record, name)) != after]
    tables = [name for name, (_, after) in image["children"].items() if child_image(children[name]) != after]
    return fields + tables


def _by_parent(session: Session, part: Part, name: str, ids: Sequence[UUID]) -> dict[UUID, list[Mapping[str, Any]]]:
    children = part.children[name]
    grouped: dict[UUID, list[Mapping[str, Any]]] = {}
    for row in load_children(session, children, ids):
        grouped.setdefault(row[children.parent], []).append(row)
    return grouped


def _in_use(session: Session, part: Part, ids: Sequence[UUID], gone: Mapping[str, set[UUID]]) -> dict[UUID, list[str]]:
    """Which records have something hanging on them that the import did not make, and in which tables.

    What is taken back before them does not count; a run of undo has removed it, a look ahead has not.
    """
    own = {children.model.__tablename__ for children in part.children.values()}
    found: dict[UUID, list[str]] = {}
    for table in metadata.sorted_tables:
        for column in table.c:
            points_here = any(key.column.table.name == part.record_type for key in column.foreign_keys)
            if not points_here or table.name in own:
                continue
            taken_back = gone.get(table.name)
            of_row = table.c.id if taken_back else sa.null()
            used = session.execute(sa.select(column, of_row).where(column.in_(ids)).distinct())
            for record_id, row_id in used:
                if row_id is None or row_id not in (taken_back or ()):
                    tables = found.setdefault(record_id, [])
                    if table.name not in tables:
                        tables.append(table.name)
    return found
