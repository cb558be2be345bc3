"""Taking an import back: what nobody has touched since goes back to what it was; the rest is told, not forced."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.imports.applying import touch_owners
from matchmaker.services.imports.drafts import CHUNK
from matchmaker.services.imports.judging import Kept, PartVerdict, Recheck, Verdict, find_uses, hold_standing, judge
from matchmaker.services.mandates import editions
from matchmaker.services.paging import Page, page_of
from models.base import columns_of, utc_now
from models.enums import ImportState
from models.jobs import ImportBatch
from models.registry import CertificationCheck


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
    session.flush()
    return take_back(session, actor, judge(session, actor, batch_id))


def foresee(session: Session, actor: Actor, batch_id: UUID) -> UndoReport:
    """What `undo` would do now; changes nothing."""
    return _report(judge(session, actor, batch_id))


def take_back(session: Session, actor: Actor, verdict: Verdict) -> UndoReport:
    """Do what was judged. The registry has to be as it was then; what hangs on new records by now counts."""
    require(actor, Permission.IMPORT)
    batch = hold_standing(session, verdict.batch_id)
    note = f"撤销导入 / Import undone: {batch.file_name}"
    for part in verdict.parts:
        _spare_what_is_used(session, verdict, part)
        for table in part.tables.values():
            table.write(session)
        _point_checks_at(session, part.rechecks)
        _remove(session, part)
        touch_owners(session, part.owners)
        session.expire_all()  # statements have gone past what the session has read
        editions.freeze_imported(session, actor, part.mandates, note=note)
    report = _report(verdict)
    batch.state, batch.undone_at = ImportState.UNDONE, utc_now()
    counts = {"removed": report.removed, "restored": report.restored, "kept": len(report.kept)}
    audit.record(session, actor, "import.undo", batch, changes=counts)
    session.flush()
    return report


def _report(verdict: Verdict) -> UndoReport:
    return UndoReport(
        batch_id=verdict.batch_id,
        removed=sum(len(part.removed) for part in verdict.parts),
        restored=sum(part.restored for part in verdict.parts),
        kept=tuple(verdict.kept),
    )


def _spare_what_is_used(session: Session, verdict: Verdict, part: PartVerdict) -> None:
    """A row that came in the moment before would go with the record on which it hangs."""
    record_type = part.part.record_type
    for record_id, tables in find_uses(session, part.part, part.removed, {}).items():
        row = part.removed.pop(record_id)
        kept = Kept(row=row, record_type=record_type, record_id=str(record_id), reason="in_use", fields=tuple(tables))
        verdict.kept.append(kept)


def _point_checks_at(session: Session, rechecks: Sequence[Recheck]) -> None:
    columns = columns_of(CertificationCheck)
    for one in rechecks:
        mine = (
            columns.certification_id == one.certification_id,
            columns.certification_version == one.checked_version,
        )
        session.connection().execute(
            sa.update(CertificationCheck).where(*mine).values(certification_version=one.version)
        )


def _remove(session: Session, part: PartVerdict) -> None:
    table, ids = part.part.model.__table__, sorted(part.removed)  # type: ignore[attr-defined]
    for start in range(0, len(ids), CHUNK):
        session.connection().execute(sa.delete(table).where(table.c.id.in_(ids[start : start + CHUNK])))
