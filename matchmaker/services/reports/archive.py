"""Reports that were asked for, and their files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.errors import NotFound
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.challenges import recusal
from matchmaker.services.paging import Page, page_of
from matchmaker.services.reports.asking import AskedReport, get, with_jobs
from models.base import columns_of
from models.enums import DocumentFormat, ReportKind, ReportState
from models.reports import Report, ReportFile


@dataclass(frozen=True, kw_only=True)
class ArchiveFilter:
    """None and empty: any. `scope_code` is the key of the chain, district, call or organisation."""

    kind: ReportKind | None = None
    state: ReportState | None = None
    scope_code: str = ""
    year: int | None = None
    number: str = ""  # of the report as its files carry it, or its checksum, or the beginning of that


@dataclass(frozen=True)
class FileLine:
    """A file without its bytes."""

    language: str
    format: DocumentFormat
    sha256: str
    size: int


def list_reports(session: Session, actor: Actor, wanted: ArchiveFilter, *, page: int = 1) -> Page[AskedReport]:
    """The latest first, without those of challenges that the actor keeps out of."""
    require(actor, Permission.REPORT_VIEW)
    statement = sa.select(Report).where(recusal.not_kept_out(session, actor, Report))
    statement = statement.order_by(col(Report.created_at).desc(), col(Report.id).desc())
    if wanted.kind is not None:
        statement = statement.where(col(Report.kind) == wanted.kind)
    if wanted.state is not None:
        statement = statement.where(col(Report.state) == wanted.state)
    if wanted.scope_code:
        statement = statement.where(col(Report.scope_code) == wanted.scope_code)
    if wanted.year is not None:
        statement = statement.where(sa.extract("year", col(Report.period_to)) == wanted.year)
    if wanted.number:
        checksum = wanted.number.strip().lower().rpartition("-")[2]
        statement = statement.where(col(Report.content_sha256).startswith(checksum, autoescape=True))
    found = page_of(session, statement.options(sa.orm.defer(_column("content"))), number=page)
    return replace(found, items=with_jobs(session, found.items))


def _column(name: str) -> Any:
    return getattr(Report, name)


def list_lines(session: Session, report_ids: Sequence[UUID]) -> Mapping[UUID, Sequence[FileLine]]:
    """The files of some reports, Chinese first, in the order of formats."""
    table = columns_of(ReportFile)
    columns = (table.report_id, table.language, table.format, table.sha256, sa.func.length(table.content))
    found: dict[UUID, list[FileLine]] = {key: [] for key in report_ids}
    for key, *facts in session.execute(sa.select(*columns).where(table.report_id.in_(list(report_ids)))):
        found[key].append(FileLine(*facts))
    order = list(DocumentFormat)
    for lines in found.values():
        lines.sort(key=lambda one: (one.language != "zh", order.index(one.format)))
    return found


def get_file(
    session: Session, actor: Actor, report_id: UUID, language: str, document_format: DocumentFormat
) -> tuple[Report, ReportFile]:
    """For who may read reports; nobody else, also where the report is about them."""
    report = get(session, actor, report_id).report
    wanted = select(ReportFile).where(
        ReportFile.report_id == report_id, ReportFile.language == language, ReportFile.format == document_format
    )
    found = session.exec(wanted).first()
    if found is None:
        raise NotFound("report file", f"{report_id}/{language}.{document_format}")
    return report, found
