"""Reports: this month's at one press, following one, reading, signing, the archive."""

import io
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import NotFound
from matchmaker.services import jobs
from matchmaker.services.actors import Permission, can
from matchmaker.services.calendar import today
from matchmaker.services.reports import archive, asking, signing
from matchmaker.services.reports.archive import ArchiveFilter
from matchmaker.services.reports.content import number_of
from matchmaker.services.reports.settings import ReportSettings
from matchmaker.services.runs import choosing
from matchmaker.services.scope import find_scope
from models.enums import DocumentFormat, ReportKind, ReportState, ScopeKind
from web.access import current_actor, current_person, permitted
from web.choices import name_of
from web.database import session
from web.labels import label
from web.reports.area import bp, people_of, scope_text, scopes_of
from web.reports.forms import NAMED, SignForm
from web.reports.runs import localised_of
from web.transactions import commits

MEDIA: Mapping[DocumentFormat, str] = {
    DocumentFormat.PDF: "application/pdf",
    DocumentFormat.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    DocumentFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    DocumentFormat.HTML: "text/html; charset=utf-8",
}


@bp.get("/reports")
@permitted(Permission.REPORT_VIEW)
def list_reports() -> ResponseReturnValue:
    wanted = ArchiveFilter(
        kind=request.args.get("kind", None, type=ReportKind),
        state=request.args.get("state", None, type=ReportState),
        scope_code=request.args.get("scope", "").strip()[:80],
        number=request.args.get("number", "").strip()[:120],
        year=_year(),
    )
    found = archive.list_reports(session(), current_actor(), wanted, page=request.args.get("page", 1, type=int))
    reports = [one.report for one in found.items]
    return render_template(
        "reports/reports.html",
        found=found,
        wanted=wanted,
        is_filtered=wanted != ArchiveFilter(),
        chains=choosing.list_chains(session()),
        chain_name=name_of,
        scopes=scopes_of(reports),
        files=archive.list_lines(session(), [one.id for one in reports]),
        kinds=list(ReportKind),
        states=list(ReportState),
        years=_years(),
        today=today(),
        may_make=can(current_actor(), Permission.REPORT_MAKE),
    )


def _years() -> range:
    return range(today().year, today().year - 6, -1)


def _year() -> int | None:
    year = request.args.get("year", None, type=int)
    return year if year in _years() else None


@bp.post("/reports/this-month")
@permitted(Permission.REPORT_MAKE)
@commits
def ask_this_month() -> ResponseReturnValue:
    """In both languages and all formats, for the chain whose button was pressed."""
    scope = find_scope(session(), ScopeKind.CHAIN, request.form.get("chain", ""))
    draft = asking.this_month(ReportKind.MONTHLY, scope, ReportSettings(), today=today())
    report = asking.ask(session(), current_actor(), draft)
    return redirect(url_for("reports.show_report", report_id=report.id))


@bp.get("/reports/<uuid:report_id>")
@permitted(Permission.REPORT_VIEW)
def show_report(report_id: UUID) -> ResponseReturnValue:
    person = current_person()
    return _render(report_id, SignForm(formdata=None, name=person.name if person else ""))


@bp.post("/reports/<uuid:report_id>/sign")
@permitted(Permission.REPORT_MAKE)
@commits
def sign_report(report_id: UUID) -> ResponseReturnValue:
    form = SignForm()
    if form.validate():
        with form.refusing():
            seen = form.seen_sha256.data
            signing.sign(session(), current_actor(), report_id, name=form.name.data, seen_sha256=seen)
            flash(_("The report is signed and issued. Nothing in it changes any more."), "success")
            return redirect(url_for("reports.show_report", report_id=report_id))
    return _render(report_id, form), 422


@bp.post("/reports/<uuid:report_id>/stop")
@permitted(Permission.REPORT_MAKE)
@commits
def stop_report(report_id: UUID) -> ResponseReturnValue:
    asking.stop(session(), current_actor(), report_id)
    flash(_("Stopped. What was done so far stays."), "success")
    return redirect(url_for("reports.show_report", report_id=report_id))


@bp.post("/reports/<uuid:report_id>/go-on")
@permitted(Permission.REPORT_MAKE)
@commits
def go_on_with_report(report_id: UUID) -> ResponseReturnValue:
    asking.go_on(session(), current_actor(), report_id)
    return redirect(url_for("reports.show_report", report_id=report_id))


@bp.get("/reports/<uuid:report_id>/delete")
@permitted(Permission.REPORT_MAKE)
def show_delete_report(report_id: UUID) -> ResponseReturnValue:
    asked = asking.get(session(), current_actor(), report_id)
    return render_template("reports/delete.html", asked=asked, title=_title(asked.report))


@bp.post("/reports/<uuid:report_id>/delete")
@permitted(Permission.REPORT_MAKE)
@commits
def delete_report(report_id: UUID) -> ResponseReturnValue:
    asking.delete(session(), current_actor(), report_id)
    flash(_("The report is deleted."), "success")
    return redirect(url_for("reports.list_reports"))


@bp.get("/reports/<uuid:report_id>/files/<file_name>")
@permitted(Permission.REPORT_VIEW)
def download_file(report_id: UUID, file_name: str) -> ResponseReturnValue:
    """By language and format, as zh.pdf."""
    language, _dot, kind = file_name.partition(".")
    if language not in NAMED or kind not in set(DocumentFormat):
        raise NotFound("report file", file_name)
    wanted = DocumentFormat(kind)
    report, found = archive.get_file(session(), current_actor(), report_id, language, wanted)
    parts = (report.kind, report.scope_code[:40] or report.scope_kind, report.period_to.isoformat(), language)
    return send_file(
        io.BytesIO(found.content),
        mimetype=MEDIA[wanted],
        as_attachment=True,
        download_name=f"{'-'.join(parts)}.{kind}",
    )


def _render(report_id: UUID, form: SignForm) -> str:
    asked = asking.get(session(), current_actor(), report_id)
    report = asked.report
    previous = session().get(type(report), report.previous_id) if report.previous_id else None
    return render_template(
        "reports/report.html",
        asked=asked,
        report=report,
        job=asked.job,
        title=_title(report),
        content=report.content,
        number=number_of(report.content, report.content_sha256) if report.content else "",
        previous=previous,
        files=archive.list_lines(session(), [report.id])[report.id],
        languages=NAMED,
        checked=signing.check(session(), report) if asked.is_whole else None,
        form=form,
        named=localised_of,
        people=people_of([report.asked_by]),
        is_attended=jobs.is_attended(session()),
        may_make=can(current_actor(), Permission.REPORT_MAKE),
    )


def _title(report: Any) -> str:
    return _("%(kind)s: %(about)s", kind=label(report.kind), about=scope_text(report))
