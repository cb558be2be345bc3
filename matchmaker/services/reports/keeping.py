"""What the worker writes into a report, step by step. Each is called in a transaction of its own."""

import hashlib
from typing import Any
from uuid import UUID

from sqlmodel import Session

from matchmaker.jobs.running import plain
from matchmaker.services import audit
from matchmaker.services.actors import PLATFORM
from matchmaker.services.hashing import sha256_of
from models.enums import DocumentFormat, ReportState, RunState
from models.reports import MatchRun, Report, ReportFile


def keep_content(session: Session, report_id: UUID, content: dict[str, Any]) -> str:
    """From now on files are made from this alone."""
    report = session.get_one(Report, report_id)
    report.content = plain(content)
    report.content_sha256 = sha256_of(report.content)
    return report.content_sha256


def keep_file(session: Session, report_id: UUID, language: str, document_format: DocumentFormat, made: bytes) -> str:
    checksum = hashlib.sha256(made).hexdigest()
    session.add(
        ReportFile(report_id=report_id, language=language, format=document_format, sha256=checksum, content=made)
    )
    return checksum


def make_ready(session: Session, report_id: UUID) -> dict[str, Any]:
    """Complete and archived."""
    report = session.get_one(Report, report_id)
    report.state = ReportState.READY
    changes = {"content_sha256": [None, report.content_sha256]}
    audit.record(session, PLATFORM, "report.ready", report, changes=changes)
    return {"files": len(report.languages) * len(report.formats)}


def end(session: Session, report_id: UUID) -> None:
    """Somebody stopped it; what is done of it stays."""
    report = session.get_one(Report, report_id)
    if report.state is ReportState.MAKING:
        report.state = ReportState.ENDED
    run = session.get(MatchRun, report.run_id) if report.run_id else None
    if run is not None and run.state is RunState.RUNNING:
        run.state = RunState.ENDED
