"""Tables on their way in as jobs: checking one, taking it in, taking it back, throwing old ones away.

What a job writes it writes in one step with the state of the upload: whatever is killed, a table comes in once.
"""

from typing import Any
from uuid import UUID

from sqlmodel import Session

from matchmaker.errors import InvalidInput
from matchmaker.instance import Instance
from matchmaker.jobs.running import Message, Work
from matchmaker.services import accounts, audit
from matchmaker.services.imports import applying, checking, undoing, uploads
from matchmaker.services.imports.applying import LaidOut, lay_out
from matchmaker.services.imports.judging import Verdict, judge
from matchmaker.services.imports.problems import ImportRefused
from models.base import utc_now
from models.enums import UploadState
from models.jobs import ImportBatch
from models.registry import ImportUpload
from models.sessions import reading

WAYS = {uploads.TakeIn.WHOLE: applying.write_all, uploads.TakeIn.GOOD_ROWS: applying.write_good_rows}


def check_import(instance: Instance, work: Work) -> Message:
    upload_id = UUID(work.arguments["upload_id"])

    def check() -> dict[str, Any]:
        with reading(instance.engine) as session:
            upload = session.get_one(ImportUpload, upload_id)
            actor = accounts.actor_of(session, work.asked_by)
            mapping = dict(upload.mapping)
            try:
                table = uploads.table_of(upload)
                work.expect(len(table.rows))
                plan = checking.check(session, actor, upload, table=table, advance=work.advance)
            except ImportRefused as error:
                return {"mapping": mapping, "refused": {"code": error.code, "facts": error.facts}}
            return {"mapping": mapping, **checking.tell(session, plan)}

    return Message("import_checked", work.step("check", check, save=lambda s, found: _keep_found(s, upload_id, found)))


def _keep_found(session: Session, upload_id: UUID, found: dict[str, Any]) -> dict[str, Any]:
    upload = session.get_one(ImportUpload, upload_id, with_for_update=True)
    if upload.state is not UploadState.MAPPED or dict(upload.mapping) != found.pop("mapping"):
        raise InvalidInput("upload_changed")
    head = {name: upload.found[name] for name in ("headers", "first")}
    upload.found = audit.plain({**head, **found})
    if "refused" in found:
        return {"total": 0, "bad": 0}
    upload.state = UploadState.CHECKED
    return {"total": found["counts"]["total"], "bad": found["counts"]["bad"]}


def apply_import(instance: Instance, work: Work) -> Message:
    """The table is held against the registry and laid out before the database is held; only where the registry has
    changed in between is that done again inside, so that others wait for the writing alone."""
    upload_id, how = UUID(work.arguments["upload_id"]), uploads.TakeIn(work.arguments["how"])

    def plan() -> tuple[str, LaidOut]:
        with reading(instance.engine) as session:
            mark = checking.state_of_registry(session)
            upload = session.get_one(ImportUpload, upload_id)
            actor = accounts.actor_of(session, work.asked_by)
            table = uploads.table_of(upload)
            work.expect(len(table.rows))
            return mark, lay_out(checking.check(session, actor, upload, table=table, advance=work.advance))

    def save(session: Session, planned: tuple[str, LaidOut]) -> dict[str, Any]:
        upload = session.get_one(ImportUpload, upload_id, with_for_update=True)
        if upload.state is not UploadState.CHECKED:
            raise InvalidInput("upload_step", state=upload.state)
        actor = accounts.actor_of(session, work.asked_by)
        mark, laid_out = planned
        if mark != checking.state_of_registry(session):
            laid_out = lay_out(checking.check(session, actor, upload))
        batch = WAYS[how](session, actor, laid_out)
        upload.state, upload.batch_id = UploadState.APPLIED, batch.id
        return {"created": batch.created, "updated": batch.updated, "skipped": batch.skipped}

    return Message("import_applied", work.step("apply", plan, save=save))


def undo_import(instance: Instance, work: Work) -> Message:
    """As taking in: judged before the database is held."""
    batch_id = UUID(work.arguments["batch_id"])

    def look() -> tuple[str, Verdict]:
        with reading(instance.engine) as session:
            mark = checking.state_of_registry(session)
            actor = accounts.actor_of(session, work.asked_by)
            batch = session.get_one(ImportBatch, batch_id)
            work.expect(batch.created + batch.updated)
            return mark, judge(session, actor, batch_id, advance=work.advance)

    def save(session: Session, judged: tuple[str, Verdict]) -> dict[str, Any]:
        actor = accounts.actor_of(session, work.asked_by)
        mark, verdict = judged
        if mark != checking.state_of_registry(session):
            verdict = judge(session, actor, batch_id)
        report = undoing.take_back(session, actor, verdict)
        return {"removed": report.removed, "restored": report.restored, "kept": len(report.kept)}

    return Message("import_undone", work.step("undo", look, save=save))


def discard_uploads(_instance: Instance, work: Work) -> Message:
    def save(session: Session, _none: None) -> dict[str, Any]:
        return {"thrown": uploads.discard_old(session, now=utc_now())}

    return Message("uploads_discarded", work.step("discard", lambda: None, save=save))
