"""A table on its way in through the web: handed in, its columns named, checked and taken in by jobs, or thrown away.

Each step is a state of the row (`ImportUpload`), so it survives whatever dies; what long work is under way for it says
the job of its key, of which only one waits or runs.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, NotFound, Stale
from matchmaker.jobs import asking
from matchmaker.names import fold_text
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.imports import headers as headers_of
from matchmaker.services.imports.problems import ImportRefused
from matchmaker.services.imports.reading import Table, read_head, read_table
from matchmaker.services.imports.tables import get_kind
from matchmaker.services.paging import Page, page_of
from models.base import utc_now
from models.enums import ImportState, JobKind, UploadState
from models.jobs import ImportBatch, Job
from models.registry import ColumnMapping, ImportUpload

LONGEST_NAME = 200
LONGEST_HEADER = 200
SHOWN_ROWS = 5
UNDO_FOR = timedelta(hours=24)
# Tables that nobody has gone on with are thrown away; what came in keeps its bytes as long as it can be taken back.
KEPT_FOR = timedelta(days=7)


class TakeIn(StrEnum):
    """WHOLE: nothing comes in while a row is wrong; GOOD_ROWS: the wrong ones are left out."""

    WHOLE = "whole"
    GOOD_ROWS = "good_rows"


def is_live(job: Job | None) -> bool:
    return job is not None and job.state in asking.WAITING_OR_RUNNING


@dataclass(frozen=True)
class OnItsWay:
    """An upload with the job that works on it, or the last one that did."""

    upload: ImportUpload
    job: Job | None

    @property
    def is_live(self) -> bool:
        return is_live(self.job)

    @property
    def refusal(self) -> Mapping[str, Any] | None:
        """Why the table as a whole could not be checked or taken in, as code and facts."""
        found: Mapping[str, Any] | None = self.upload.found.get("refused")
        return found


def hand_in(session: Session, actor: Actor, kind_name: str, file_name: str, content: bytes) -> ImportUpload:
    """Keep a table of which the columns are to be named; ImportRefused where it is none.

    The same table that the same person has handed in and not finished is taken up again.
    """
    require(actor, Permission.IMPORT)
    kind = get_kind(kind_name)
    name = Path(file_name.replace("\\", "/")).name[-LONGEST_NAME:]
    with _on_disk(name, content) as path:
        head = read_head(path, rows=SHOWN_ROWS)
    sha256 = hashlib.sha256(content).hexdigest()
    if again := _find_unfinished(session, actor, kind.name, sha256):
        return again

    upload = ImportUpload(
        kind=kind.name,
        file_name=name,
        sha256=sha256,
        content=content,
        found={"headers": list(head.headers), "first": [list(row.cells) for row in head.rows]},
        uploaded_by=actor.user_id,
    )
    session.add(upload)
    session.flush()
    audit.record(session, actor, "import.hand-in", upload, changes={"kind": kind.name, "sha256": sha256})
    return upload


def _find_unfinished(session: Session, actor: Actor, kind: str, sha256: str) -> ImportUpload | None:
    open_states = (UploadState.UPLOADED, UploadState.MAPPED, UploadState.CHECKED)
    same = select(ImportUpload).where(
        ImportUpload.kind == kind,
        ImportUpload.sha256 == sha256,
        ImportUpload.uploaded_by == actor.user_id,
        col(ImportUpload.state).in_(open_states),
    )
    return session.exec(same.order_by(col(ImportUpload.created_at).desc())).first()


def get(session: Session, actor: Actor, upload_id: UUID) -> OnItsWay:
    require(actor, Permission.IMPORT)
    wanted = select(ImportUpload).where(ImportUpload.id == upload_id).options(defer(ImportUpload.content))  # type: ignore[arg-type]
    upload = session.exec(wanted).first()
    if upload is None:
        raise NotFound("upload", upload_id)
    return OnItsWay(upload, find_job(session, upload_id))


def find_job(session: Session, upload_id: UUID) -> Job | None:
    """The latest job that works, or worked, on this upload."""
    keys = [job_key(kind, upload_id) for kind in (JobKind.CHECK_IMPORT, JobKind.APPLY_IMPORT)]
    latest = select(Job).where(col(Job.key).in_(keys)).order_by(col(Job.created_at).desc(), col(Job.id).desc())
    return session.exec(latest).first()


def job_key(kind: JobKind, record_id: UUID) -> str:
    return f"{kind}:{record_id}"


def list_open(session: Session, actor: Actor, *, page: int = 1) -> Page[ImportUpload]:
    """Tables that are not in yet, the latest first."""
    require(actor, Permission.IMPORT)
    ended = (UploadState.APPLIED, UploadState.DISCARDED)
    waiting = select(ImportUpload).where(col(ImportUpload.state).not_in(ended))
    in_order = waiting.order_by(col(ImportUpload.created_at).desc(), col(ImportUpload.id))
    return page_of(session, in_order.options(defer(ImportUpload.content)), number=page)  # type: ignore[arg-type]


def propose(session: Session, upload: ImportUpload) -> list[str]:
    """For each header the field it means: as it was named here, as it was the last time, or as it sounds; or none."""
    kind = get_kind(upload.kind)
    headers: Sequence[str] = upload.found.get("headers", [])
    remembered = _remembered(session, upload.kind, headers)
    taken: set[str] = set()
    proposed = []
    for header in headers:
        column = kind.find_column(header) if header else None
        name = upload.mapping.get(header, remembered.get(_folded(header), column.name if column else ""))
        proposed.append(name if name not in taken else "")
        taken.add(name)
    return proposed


def _folded(header: str) -> str:
    return (fold_text(header) or header)[:LONGEST_HEADER]


def _remembered(session: Session, kind: str, headers: Sequence[str]) -> dict[str, str]:
    folded = [_folded(header) for header in headers]
    known = select(ColumnMapping).where(ColumnMapping.kind == kind, col(ColumnMapping.header).in_(folded))
    fields = {column.name for column in get_kind(kind).columns}
    return {row.header: row.column for row in session.exec(known) if row.column in fields or not row.column}


def name_columns(
    session: Session, actor: Actor, upload_id: UUID, mapping: Mapping[str, str], *, expected_version: int | None = None
) -> Job:
    """Say which header is which field (none: left out), remember it, and have the rows checked."""
    upload = hold(session, actor, upload_id, expected_version=expected_version)
    require_open(upload)
    kind = get_kind(upload.kind)
    headers = tuple(upload.found["headers"])
    headers_of.recognise(headers, kind, mapping)
    upload.mapping = dict(mapping)
    upload.state = UploadState.MAPPED
    upload.found = {name: upload.found[name] for name in ("headers", "first")}
    _remember(session, kind.name, mapping)
    audit.record(session, actor, "import.name-columns", upload, changes={"mapping": dict(mapping)})
    session.flush()
    return _ask(session, actor, JobKind.CHECK_IMPORT, upload)


def _remember(session: Session, kind: str, mapping: Mapping[str, str]) -> None:
    for header, column in mapping.items():
        session.merge(ColumnMapping(kind=kind, header=_folded(header), column=column, at=utc_now()))


def check_again(session: Session, actor: Actor, upload_id: UUID) -> Job:
    """Hold the table against the registry as it is by now."""
    upload = hold(session, actor, upload_id)
    if upload.state not in (UploadState.MAPPED, UploadState.CHECKED):
        raise InvalidInput("upload_step", state=upload.state)
    upload.state = UploadState.MAPPED
    upload.found = {name: value for name, value in upload.found.items() if name != "refused"}
    session.flush()
    return _ask(session, actor, JobKind.CHECK_IMPORT, upload)


def ask_take_in(
    session: Session, actor: Actor, upload_id: UUID, how: TakeIn, *, expected_version: int | None = None
) -> Job:
    """Have the table taken in; of two who ask at once the second joins the first."""
    upload = hold(session, actor, upload_id)
    if upload.state is UploadState.APPLIED:
        raise InvalidInput("upload_applied")
    if waiting := asking.find_unfinished(session, job_key(JobKind.APPLY_IMPORT, upload.id)):
        return waiting
    _check_version(upload, expected_version)
    if upload.state is not UploadState.CHECKED:
        raise InvalidInput("upload_step", state=upload.state)
    counts = upload.found["counts"]
    if how is TakeIn.WHOLE and counts["bad"]:
        raise InvalidInput("upload_bad_rows", bad=counts["bad"], total=counts["total"])
    if not counts["created"] and not counts["updated"]:
        raise InvalidInput("upload_changes_nothing")
    return _ask(session, actor, JobKind.APPLY_IMPORT, upload, how=how)


def discard(session: Session, actor: Actor, upload_id: UUID) -> None:
    """Throw the table away: its bytes go, what was done with it stays on record."""
    upload = hold(session, actor, upload_id)
    require_open(upload)
    _throw_away(upload)
    audit.record(session, actor, "import.discard", upload)
    session.flush()


def discard_old(session: Session, *, now: datetime) -> int:
    """The night's round: tables that nobody went on with, and the bytes of those that came in long ago."""
    old = sa.and_(
        col(ImportUpload.state).not_in((UploadState.APPLIED, UploadState.DISCARDED)),
        col(ImportUpload.changed_at) < now - KEPT_FOR,
    )
    done = sa.and_(col(ImportUpload.state) == UploadState.APPLIED, col(ImportUpload.changed_at) < now - UNDO_FOR)
    thrown = 0
    for upload in session.exec(select(ImportUpload).where(sa.or_(old, done), col(ImportUpload.content) != b"")):
        job = find_job(session, upload.id)
        if is_live(job):
            continue
        _throw_away(upload)
        thrown += 1
    session.flush()
    return thrown


def _throw_away(upload: ImportUpload) -> None:
    upload.content = b""
    # Names of people and firms that were only looked at do not stay.
    upload.found = {name: value for name, value in upload.found.items() if name == "counts"}
    if upload.state is not UploadState.APPLIED:
        upload.state = UploadState.DISCARDED


def hold(session: Session, actor: Actor, upload_id: UUID, *, expected_version: int | None = None) -> ImportUpload:
    """The upload, read anew and held until this is committed."""
    require(actor, Permission.IMPORT)
    wanted = select(ImportUpload).where(ImportUpload.id == upload_id).with_for_update()
    upload = session.exec(wanted.execution_options(populate_existing=True)).first()
    if upload is None:
        raise NotFound("upload", upload_id)
    _check_version(upload, expected_version)
    return upload


def _check_version(upload: ImportUpload, expected_version: int | None) -> None:
    if expected_version is not None and upload.version != expected_version:
        raise Stale("import_uploads", {"state": (upload.state, None)})


def require_open(upload: ImportUpload) -> None:
    if upload.state is UploadState.APPLIED:
        raise InvalidInput("upload_applied")
    if upload.state is UploadState.DISCARDED:
        raise InvalidInput("upload_step", state=upload.state)


def _ask(session: Session, actor: Actor, kind: JobKind, upload: ImportUpload, **arguments: str) -> Job:
    other = find_job(session, upload.id)
    if other is not None and other.state in asking.WAITING_OR_RUNNING:
        if other.kind == kind:
            return other
        raise InvalidInput("upload_busy")
    told = {"upload_id": str(upload.id), **arguments}
    job = asking.enqueue(session, kind, key=job_key(kind, upload.id), arguments=told, asked_by=actor.user_id)
    audit.record(session, actor, "job.start", job, changes={"kind": [None, kind], "arguments": [None, told]})
    return job


def table_of(upload: ImportUpload) -> Table:
    """The table as it was handed in."""
    if not upload.content:
        raise ImportRefused("upload_gone")
    with _on_disk(upload.file_name, upload.content) as path:
        return replace(read_table(path), file_name=upload.file_name)


def list_problems_by_row(upload: ImportUpload) -> dict[int, list[Mapping[str, Any]]]:
    found: dict[int, list[Mapping[str, Any]]] = {}
    for problem in upload.found.get("problems", []):
        found.setdefault(problem["row"], []).append(problem)
    return found


def bad_rows(session: Session, actor: Actor, upload_id: UUID) -> tuple[Table, dict[int, list[Mapping[str, Any]]]]:
    """The table, and what is wrong with which of its rows: the material of the file to mend."""
    require(actor, Permission.IMPORT)
    upload = session.get(ImportUpload, upload_id)
    if upload is None:
        raise NotFound("upload", upload_id)
    return table_of(upload), list_problems_by_row(upload)


def get_batch(session: Session, actor: Actor, batch_id: UUID) -> ImportBatch:
    require(actor, Permission.IMPORT)
    batch = session.get(ImportBatch, batch_id)
    if batch is None:
        raise NotFound("import", batch_id)
    return batch


def may_undo(batch: ImportBatch, *, now: datetime) -> bool:
    """On the page an import is taken back within a day; later its rows have a life of their own."""
    return batch.state is ImportState.APPLIED and now - batch.created_at < UNDO_FOR


def ask_undo(session: Session, actor: Actor, batch_id: UUID) -> Job:
    batch = get_batch(session, actor, batch_id)
    if batch.state is ImportState.UNDONE:
        raise InvalidInput("batch_undone_already")
    if not may_undo(batch, now=utc_now()):
        raise InvalidInput("undo_too_late", hours=int(UNDO_FOR.total_seconds() // 3600))
    key = job_key(JobKind.UNDO_IMPORT, batch.id)
    if waiting := asking.find_unfinished(session, key):
        return waiting
    arguments = {"batch_id": str(batch.id)}
    job = asking.enqueue(session, JobKind.UNDO_IMPORT, key=key, arguments=arguments, asked_by=actor.user_id)
    audit.record(session, actor, "job.start", job, changes={"kind": [None, job.kind], "arguments": [None, arguments]})
    return job


def find_undo_job(session: Session, batch_id: UUID) -> Job | None:
    mine = select(Job).where(Job.key == job_key(JobKind.UNDO_IMPORT, batch_id))
    return session.exec(mine.order_by(col(Job.created_at).desc())).first()


def find_upload_of(session: Session, batch_id: UUID) -> ImportUpload | None:
    mine = select(ImportUpload).where(ImportUpload.batch_id == batch_id).options(defer(ImportUpload.content))  # type: ignore[arg-type]
    return session.exec(mine).first()


@contextmanager
def _on_disk(name: str, content: bytes) -> Iterator[Path]:
    """The bytes as a file, because the child process that opens workbooks reads files."""
    suffix = Path(name).suffix.lower()
    with TemporaryDirectory(prefix="matchmaker-upload-") as folder:
        # The name that people gave it never becomes a path; only its end says what it is.
        path = Path(folder) / f"table{suffix if suffix in ('.csv', '.xlsx', '.xls') else ''}"
        path.write_bytes(content)
        yield path
