"""The builder of reports, and schedules by which they are asked for by themselves."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from matchmaker.services.actors import Permission, can
from matchmaker.services.calendar import today
from matchmaker.services.reports import asking as reports
from matchmaker.services.reports import schedules
from matchmaker.services.reports.settings import USUAL_SECTIONS, ReportDraft
from matchmaker.services.runs import asking as runs
from matchmaker.services.runs import choosing
from models.enums import ReportKind, RunState, ScheduleRhythm
from models.reports import MatchRun
from web.access import current_actor, permitted
from web.database import session
from web.i18n import day
from web.reports.area import bp, scope_text, scopes_of
from web.reports.forms import ContentForm, ReportForm, ScheduleForm
from web.transactions import commits


@bp.get("/reports/new")
@permitted(Permission.REPORT_MAKE)
def show_new_report() -> ResponseReturnValue:
    first, last = reports.month_so_far(today())
    form = ReportForm(formdata=None, period_from=first, period_to=last, depth=5, **_asked_for())
    return _render(_offered(form))


@bp.post("/reports/new")
@permitted(Permission.REPORT_MAKE)
@commits
def ask_report() -> ResponseReturnValue:
    form = _offered(ReportForm())
    if form.validate():
        with form.refusing():
            draft = ReportDraft(
                kind=form.kind.data,
                scope=choosing.choose_scope(session(), form.scope.data, form.organisations.data),
                period_from=form.period_from.data,
                period_to=form.period_to.data,
                as_of=today(),
                settings=form.settings(),
                run_id=UUID(form.run_id.data) if form.run_id.data else None,
            )
            report = reports.ask(session(), current_actor(), draft)
            return redirect(url_for("reports.show_report", report_id=report.id))
    return _render(form), 422


@bp.get("/reports/schedules")
@permitted(Permission.REPORT_VIEW)
def list_schedules() -> ResponseReturnValue:
    found = schedules.list_schedules(session(), current_actor())
    return render_template(
        "reports/schedules.html",
        schedules=found,
        scopes=scopes_of(found),
        may_make=can(current_actor(), Permission.REPORT_MAKE),
    )


@bp.get("/reports/schedules/new")
@permitted(Permission.REPORT_MAKE)
def show_new_schedule() -> ResponseReturnValue:
    start = schedules.usual_start(ScheduleRhythm.MONTHLY, today())
    form = ScheduleForm(formdata=None, next_on=start, rhythm=ScheduleRhythm.MONTHLY, depth=5, **_asked_for())
    return _render_schedule(_offered(form))


@bp.post("/reports/schedules/new")
@permitted(Permission.REPORT_MAKE)
@commits
def add_schedule() -> ResponseReturnValue:
    form = _offered(ScheduleForm())
    if form.validate():
        with form.refusing():
            schedules.add(
                session(),
                current_actor(),
                kind=form.kind.data,
                scope=choosing.choose_scope(session(), form.scope.data, form.organisations.data),
                settings=form.settings(),
                rhythm=form.rhythm.data,
                next_on=form.next_on.data,
                today=today(),
            )
            flash(_("The schedule is kept."), "success")
            return redirect(url_for("reports.list_schedules"))
    return _render_schedule(form), 422


@bp.post("/reports/schedules/<uuid:schedule_id>/on")
@permitted(Permission.REPORT_MAKE)
@commits
def switch_schedule_on(schedule_id: UUID) -> ResponseReturnValue:
    schedules.switch_on(session(), current_actor(), schedule_id, today=today())
    return redirect(url_for("reports.list_schedules"))


@bp.post("/reports/schedules/<uuid:schedule_id>/off")
@permitted(Permission.REPORT_MAKE)
@commits
def switch_schedule_off(schedule_id: UUID) -> ResponseReturnValue:
    schedules.switch_off(session(), current_actor(), schedule_id)
    return redirect(url_for("reports.list_schedules"))


@bp.get("/reports/schedules/<uuid:schedule_id>/delete")
@permitted(Permission.REPORT_MAKE)
def show_delete_schedule(schedule_id: UUID) -> ResponseReturnValue:
    schedule = schedules.get_schedule(session(), current_actor(), schedule_id)
    return render_template("reports/delete_schedule.html", schedule=schedule, about=scope_text(schedule))


@bp.post("/reports/schedules/<uuid:schedule_id>/delete")
@permitted(Permission.REPORT_MAKE)
@commits
def delete_schedule(schedule_id: UUID) -> ResponseReturnValue:
    schedules.delete(session(), current_actor(), schedule_id)
    flash(_("The schedule is deleted. Reports that came of it stay."), "success")
    return redirect(url_for("reports.list_schedules"))


def _asked_for() -> dict[str, Any]:
    """What the address says already: another page leads here with kind and scope."""
    kind = request.args.get("kind", ReportKind.MONTHLY, type=ReportKind)
    return {"kind": kind, "scope": request.args.get("scope", ""), "sections": list(USUAL_SECTIONS[kind])}


def _offered(form: Any) -> Any:
    form.offer_presets(runs.list_presets(session(), current_actor()))
    if isinstance(form, ReportForm):
        frozen = [one.run for one in runs.list_runs(session(), current_actor()).items if one.state is RunState.FROZEN]
        form.run_id.choices = [SelectChoice("", _("Make new lists")), *(_run_choice(run) for run in frozen)]
    return form


def _run_choice(run: MatchRun) -> SelectChoice:
    name = run.name or scope_text(run)
    return SelectChoice(str(run.id), _("Match run: %(name)s, %(day)s", name=name, day=day(run.as_of)))


def _render(form: ContentForm) -> str:
    return render_template("reports/new_report.html", form=form)


def _render_schedule(form: ContentForm) -> str:
    return render_template("reports/new_schedule.html", form=form)
