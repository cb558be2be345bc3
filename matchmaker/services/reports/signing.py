"""An officer stands for a report: by name, at a time, for one checksum. After that nothing of it changes."""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.hashing import sha256_of
from matchmaker.services.reports.asking import get
from models.base import utc_now
from models.enums import ReportState
from models.reports import Report, ReportFile

LONGEST_NAME = 120


@dataclass(frozen=True)
class Checked:
    """Whether content and files still are what their checksums say."""

    content: bool
    files: bool

    @property
    def is_whole(self) -> bool:
        return self.content and self.files


def sign(session: Session, actor: Actor, report_id: UUID, *, name: str, seen_sha256: str) -> Report:
    """`seen_sha256` is the checksum that the officer was shown, so that nobody signs another content."""
    require(actor, Permission.REPORT_MAKE)
    report = get(session, actor, report_id).report
    if report.state is ReportState.SIGNED:
        raise InvalidInput("report_signed")
    if report.state is not ReportState.READY:
        raise InvalidInput("report_not_ready")
    if not name.strip() or len(name) > LONGEST_NAME:
        raise InvalidInput("signer_missing", field="name")
    if seen_sha256 != report.content_sha256 or not check(session, report).is_whole:
        raise InvalidInput("report_is_another")
    report.state, report.signed_by = ReportState.SIGNED, actor.user_id
    report.signed_name, report.signed_at = name.strip(), utc_now()
    files = {f"{one.language}.{one.format}": [None, one.sha256] for one in list_files(session, report.id)}
    changes = {"state": [ReportState.READY, ReportState.SIGNED], "content_sha256": [None, report.content_sha256]}
    audit.record(session, actor, "report.sign", report, changes={**changes, **files})
    session.flush()
    return report


def check(session: Session, report: Report) -> Checked:
    files = list_files(session, report.id)
    return Checked(
        content=report.content is not None and sha256_of(report.content) == report.content_sha256,
        files=bool(files) and all(hashlib.sha256(one.content).hexdigest() == one.sha256 for one in files),
    )


def list_files(session: Session, report_id: UUID) -> list[ReportFile]:
    """In the order of languages (Chinese first) and formats."""
    found = session.exec(select(ReportFile).where(col(ReportFile.report_id) == report_id)).all()
    formats = list(type(found[0].format)) if found else []
    return sorted(found, key=lambda one: (one.language != "zh", formats.index(one.format)))
