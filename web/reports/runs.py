"""Match runs: asking for one, following it, reading its lists, taking them home."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import NotFound
from matchmaker.services import jobs, presets
from matchmaker.services.actors import Permission, can
from matchmaker.services.calendar import today
from matchmaker.services.runs import asking, choosing, told
from matchmaker.services.runs.asking import AskedRun
from matchmaker.services.runs.settings import RunDraft
from models.enums import ScopeKind
from web.access import current_actor, permitted
from web.database import session
from web.i18n import localised
from web.reports.area import bp, people_of, scope_text, scopes_of
from web.reports.forms import RunForm, run_form
from web.reports.workbook import render_workbook
from web.transactions import commits

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/runs")
@permitted(Permission.REPORT_VIEW)
def list_runs() -> ResponseReturnValue:
    kind = request.args.get("kind", None, type=ScopeKind)
    found = asking.list_runs(session(), current_actor(), kind=kind, page=request.args.get("page", 1, type=int))
    runs = [one.run for one in found.items]
    return render_template(
        "reports/runs.html",
        found=found,
        kind=kind,
        kinds=list(ScopeKind),
        scopes=scopes_of(runs),
        people=people_of(run.asked_by for run in runs),
        may_make=can(current_actor(), Permission.REPORT_MAKE),
    )


@bp.get("/runs/new")
@permitted(Permission.REPORT_MAKE)
def show_new_run() -> ResponseReturnValue:
    return _render_new(_form(request.args.get("preset", ""), formdata=None, scope=request.args.get("scope", "")))


@bp.post("/runs/new")
@permitted(Permission.REPORT_MAKE)
@commits
def ask_run() -> ResponseReturnValue:
    form = _form(request.form.get("preset", ""))
    if form.validate():
        with form.refusing():
            scope = choosing.choose_scope(session(), form.scope.data, form.organisations.data)
            draft = RunDraft(
                scope=scope,
                name=form.name.data,
                preset_code=form.preset.data,
                weights=_own_weights(form),
                constraints=form.constraints(),
                as_of=form.as_of.data,
            )
            run = asking.ask(session(), current_actor(), draft)
            return redirect(url_for("reports.show_run", run_id=run.id))
    return _render_new(form), 422


@bp.get("/runs/<uuid:run_id>")
@permitted(Permission.REPORT_VIEW)
def show_run(run_id: UUID) -> ResponseReturnValue:
    asked = asking.get(session(), current_actor(), run_id)
    lists = told.page_of_lists(session(), run_id, page=request.args.get("page", 1, type=int))
    return render_template(
        "reports/run.html",
        asked=asked,
        run=asked.run,
        job=asked.job,
        about=scope_text(asked.run),
        lists=lists,
        versions=told.tell_versions(session(), asked.run),
        named=localised_of,
        people=people_of([asked.run.asked_by]),
        is_attended=jobs.is_attended(session()),
        may_make=can(current_actor(), Permission.REPORT_MAKE),
    )


@bp.post("/runs/<uuid:run_id>/stop")
@permitted(Permission.REPORT_MAKE)
@commits
def stop_run(run_id: UUID) -> ResponseReturnValue:
    asking.stop(session(), current_actor(), run_id)
    flash(_("Stopped. What was found so far stays."), "success")
    return redirect(url_for("reports.show_run", run_id=run_id))


@bp.post("/runs/<uuid:run_id>/go-on")
@permitted(Permission.REPORT_MAKE)
@commits
def go_on_with_run(run_id: UUID) -> ResponseReturnValue:
    asking.go_on(session(), current_actor(), run_id)
    return redirect(url_for("reports.show_run", run_id=run_id))


@bp.get("/runs/<uuid:run_id>/workbook")
@permitted(Permission.REPORT_VIEW)
def download_run(run_id: UUID) -> ResponseReturnValue:
    asked = asking.get(session(), current_actor(), run_id)
    content = render_workbook(told.tell_run(session(), asked.run), title=_title(asked))
    name = f"match-run-{asked.run.as_of.isoformat()}-{str(asked.run.id)[-6:]}.xlsx"
    return send_file(content, mimetype=XLSX, as_attachment=True, download_name=name)


def _title(asked: AskedRun) -> str:
    return asked.run.name or _("Match run: %(about)s", about=scope_text(asked.run))


def _form(preset_code: str, **named: Any) -> RunForm:
    listed = asking.list_presets(session(), current_actor())
    if not listed:
        raise NotFound("preset", preset_code)
    chosen = next((one for one in listed if one.code == preset_code), listed[0])
    form = run_form(presets.read_weights(session(), chosen))(**{"as_of": today(), "preset": chosen.code, **named})
    form.offer_presets(listed)
    return form


def _own_weights(form: RunForm) -> Mapping[str, float] | None:
    """None where nothing was changed: the preset as it is."""
    weights = form.weights()
    stored = {name: float(form[f"weight_{name}"].default) for name in form.components}
    return None if weights == stored else weights


def _render_new(form: RunForm) -> str:
    return render_template("reports/new_run.html", form=form)


def localised_of(row: Mapping[str, Any], field: str = "name") -> Any:
    """The name or title of a told record in the reader's language."""
    return localised(SimpleNamespace(**row), field)
