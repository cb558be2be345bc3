"""What taking an import back would do: each record is held against what the import left, and against what uses it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, select

from matchmaker.errors import NotFound
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.audit import plain
from matchmaker.services.imports.drafts import CHUNK, load_children
from matchmaker.services.imports.images import child_image, restore
from matchmaker.services.imports.kinds import Part
from matchmaker.services.imports.previews import Advance, ignore_progress
from matchmaker.services.imports.problems import ImportRefused
from matchmaker.services.imports.statements import Row, TableChanges
from matchmaker.services.imports.tables import KINDS
from models.base import metadata
from models.enums import ImportAction, ImportState
from models.funds import Mandate, MandateEdition
from models.jobs import ImportBatch, ImportedRecord
from models.organisations import Certification
from models.registry import CertificationCheck


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A record that undo left as it is, wholly or in some fields. `reason` is changed_since, in_use or gone."""

    row: int
    record_type: str
    record_id: str
    reason: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Recheck:
    """A certification that is again what its checks of an earlier version were about."""

    certification_id: UUID
    checked_version: int
    version: int


@dataclass
class PartVerdict:
    """What becomes of the records of one table and of what hangs on them, as statements take it."""

    part: Part
    tables: dict[str, TableChanges] = field(default_factory=dict)
    removed: dict[UUID, int] = field(default_factory=dict)  # with the row of the file that made it
    restored: int = 0
    owners: set[UUID] = field(default_factory=set)
    mandates: list[UUID] = field(default_factory=list)
    rechecks: list[Recheck] = field(default_factory=list)

    def of(self, model: type[SQLModel]) -> TableChanges:
        return self.tables.setdefault(str(model.__tablename__), TableChanges(model))


@dataclass
class Verdict:
    """What taking a batch back does, and what it leaves. Mandates come before their funds."""

    batch_id: UUID
    parts: list[PartVerdict] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)


def get_standing(session: Session, batch_id: UUID) -> ImportBatch:
    """A batch that can be taken back."""
    batch = session.get(ImportBatch, batch_id)
    if batch is None:
        raise NotFound("import", batch_id)
    if batch.state == ImportState.UNDONE:
        raise ImportRefused("batch_undone", batch=batch_id)
    if batch.kind not in KINDS:
        raise ImportRefused("benchmark_stays")
    return batch


def hold_standing(session: Session, batch_id: UUID) -> ImportBatch:
    """The same as it is by now, held until this is committed: nobody else takes it back meanwhile."""
    wanted = select(ImportBatch).where(ImportBatch.id == batch_id).with_for_update()
    session.exec(wanted.execution_options(populate_existing=True)).first()
    return get_standing(session, batch_id)


def judge(session: Session, actor: Actor, batch_id: UUID, *, advance: Advance = ignore_progress) -> Verdict:
    """Hold what the batch did against the registry as it is now; changes nothing."""
    require(actor, Permission.IMPORT)
    batch = get_standing(session, batch_id)
    judging = _Judging(session, batch, Verdict(batch.id))
    # What is removed first no longer holds the other back.
    for part in reversed(KINDS[batch.kind].parts):
        judging.verdict.parts.append(PartVerdict(part))
        for entries in _chunks(session, batch, part):
            judging.judge(entries)
            advance(len(entries))
    return judging.verdict


def find_uses(
    session: Session, part: Part, ids: Iterable[UUID], gone: Mapping[str, set[UUID]]
) -> dict[UUID, list[str]]:
    """Which records have something hanging on them that the import did not make, and in which tables.

    What is taken back before them does not count; a run of undo has removed it, a look ahead has not.
    """
    wanted = set(ids)
    own = {children.model.__tablename__ for children in part.children.values()}
    if part.model is Mandate:
        own.add(MandateEdition.__tablename__)
    found: dict[UUID, list[str]] = {}
    for table in metadata.sorted_tables if wanted else ():
        for column in table.c:
            points_here = any(key.column.table.name == part.record_type for key in column.foreign_keys)
            if not points_here or table.name in own:
                continue
            for record_id in _used(session, column, wanted, gone.get(table.name, set())):
                tables = found.setdefault(record_id, [])
                if table.name not in tables:
                    tables.append(table.name)
    return found


def _used(session: Session, column: sa.Column[Any], wanted: set[UUID], gone: set[UUID]) -> Iterator[UUID]:
    """Those of `wanted` that stand in `column`: all that stand there where they are few, else asked for by name."""
    of_row = column.table.c.id if gone else sa.null()
    standing = sa.select(column, of_row).where(column.is_not(None)).distinct()
    rows = session.execute(standing.limit(len(wanted) + 1)).all()
    if len(rows) > len(wanted):
        rows = list(_of_ids(session, standing, column, wanted))
    for record_id, row_id in rows:
        if record_id in wanted and row_id not in gone:
            yield record_id


def _of_ids(
    session: Session, standing: sa.Select[Any], column: sa.Column[Any], wanted: set[UUID]
) -> Iterator[sa.Row[Any]]:
    """So many at once: a statement takes no more parameters than its database allows."""
    ids = sorted(wanted)
    for start in range(0, len(ids), CHUNK):
        yield from session.execute(standing.where(column.in_(ids[start : start + CHUNK])))


def _chunks(session: Session, batch: ImportBatch, part: Part) -> Iterator[Sequence[Row]]:
    columns = ("id", "row_number", "action", "record_id", "before")
    table = ImportedRecord.__table__  # type: ignore[attr-defined]
    mine = sa.select(*(table.c[name] for name in columns)).where(
        table.c.batch_id == batch.id, table.c.record_type == part.record_type
    )
    entries = [dict(row) for row in session.execute(mine.order_by(table.c.id.desc())).mappings()]
    for start in range(0, len(entries), CHUNK):
        yield entries[start : start + CHUNK]


@dataclass
class _Judging:
    session: Session
    batch: ImportBatch
    verdict: Verdict
    with_checks: set[UUID] = field(default_factory=set)

    @property
    def _of_part(self) -> PartVerdict:
        return self.verdict.parts[-1]

    def judge(self, entries: Sequence[Row]) -> None:
        part, ids = self._of_part.part, [UUID(entry["record_id"]) for entry in entries]
        table = part.model.__table__  # type: ignore[attr-defined]
        found = self.session.execute(sa.select(table).where(table.c.id.in_(ids))).mappings()
        records = {row["id"]: dict(row) for row in found}
        children = {name: self._by_parent(name, ids) for name in part.children}
        checks = self._checks(ids)
        self.with_checks = {check.certification_id for check in checks}
        # A look since is about what the import brought.
        looked_at = {check.certification_id for check in checks if check.created_at > self.batch.created_at}
        made = [UUID(entry["record_id"]) for entry in entries if entry["action"] == ImportAction.CREATED]
        gone = {one.part.record_type: set(one.removed) for one in self.verdict.parts[:-1]}
        uses = find_uses(self.session, part, made, gone)
        for entry, record_id in zip(entries, ids, strict=True):
            if record_id not in records:
                self._keep(entry, "gone")
                continue
            record = records[record_id]
            mine = {name: rows.get(record_id, []) for name, rows in children.items()}
            changed = _changed_since(entry, record, mine, looked_at=looked_at)
            self._of_part.owners.add(record.get("organisation_id", record_id))
            if entry["action"] == ImportAction.UPDATED:
                self._restore(entry, record, mine, changed)
            elif changed:
                self._keep(entry, "changed_since", changed)
            elif record_id in uses:
                self._keep(entry, "in_use", uses[record_id])
            else:
                self._of_part.removed[record_id] = entry["row_number"]

    def _keep(self, entry: Row, reason: str, fields: Sequence[str] = ()) -> None:
        kept = Kept(
            row=entry["row_number"],
            record_type=self._of_part.part.record_type,
            record_id=entry["record_id"],
            reason=reason,
            fields=tuple(fields),
        )
        self.verdict.kept.append(kept)

    def _restore(self, entry: Row, record: Row, children: Mapping[str, Sequence[Row]], changed: Sequence[str]) -> None:
        mine, image = self._of_part, entry["before"] or {}
        model = mine.part.model
        before = {name: pair[0] for name, pair in image["fields"].items() if name not in changed}
        mine.of(model).change(record, {name: restore(model, name, value) for name, value in before.items()})
        for name, (rows, _) in image["children"].items():
            if name not in changed:
                self._restore_children(name, children[name], rows)
        if model is Mandate:
            mine.mandates.append(record["id"])
        if changed:
            self._keep(entry, "changed_since", changed)
        else:
            mine.restored += 1

    def _restore_children(self, name: str, present: Sequence[Row], rows: Sequence[Row]) -> None:
        children = self._of_part.part.children[name]
        model = children.model
        before = [{field: restore(model, field, value) for field, value in row.items()} for row in rows]
        self._of_part.of(model).exchange(present, before)
        if not children.checked:
            return
        versions = {row["id"]: row["version"] for row in present}
        for row in before:
            # A change moves the version; the checks of what is restored go with it.
            now = versions.get(row["id"])
            if row["id"] in self.with_checks and now is not None and now != row["version"]:
                self._of_part.rechecks.append(Recheck(row["id"], row["version"], now + 1))

    def _by_parent(self, name: str, ids: Sequence[UUID]) -> dict[UUID, list[Row]]:
        children = self._of_part.part.children[name]
        grouped: dict[UUID, list[Row]] = {}
        for row in load_children(self.session, children, ids):
            grouped.setdefault(row[children.parent], []).append(row)
        return grouped

    def _checks(self, ids: Sequence[UUID]) -> Sequence[CertificationCheck]:
        """What officers have found of the certifications of these records."""
        if not any(children.checked for children in self._of_part.part.children.values()):
            return ()
        found = select(CertificationCheck).join(
            Certification, col(CertificationCheck.certification_id) == Certification.id
        )
        return self.session.exec(found.where(col(Certification.organisation_id).in_(ids))).all()


def _changed_since(
    entry: Row, record: Row, children: Mapping[str, Sequence[Row]], *, looked_at: Set[UUID]
) -> list[str]:
    """The fields that no longer say what the import wrote."""
    image = entry["before"] or {}
    fields = [name for name, (_, after) in image["fields"].items() if plain(record[name]) != after]
    tables = [name for name, (_, after) in image["children"].items() if child_image(children[name]) != after]
    for name in image["children"]:
        if name not in tables and any(row.get("id") in looked_at for row in children[name]):
            tables.append(name)
    if entry["action"] == ImportAction.CREATED and record.get("edition", 0) > image.get("edition", 0):
        fields.append("edition")  # its fund has published since
    return fields + tables
