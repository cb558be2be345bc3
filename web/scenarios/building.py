"""Scenarios: the list, making one, changing it, having it run."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.services import jobs
from matchmaker.services.actors import Permission
from matchmaker.services.scenarios import asking, editing
from matchmaker.services.scenarios.naming import named
from models.enums import InterventionKind
from models.scenarios import Scenario
from web.access import current_actor, permitted
from web.database import session
from web.forms import Form
from web.scenarios.area import bp
from web.scenarios.forms import FORMS, CopyForm, HeadForm, Intervening
from web.scenarios.words import sentence, signed
from web.transactions import commits


@bp.get("/")
@permitted(Permission.SCENARIO_RUN)
def list_scenarios() -> ResponseReturnValue:
    return render_template(
        "scenarios/list.html", scenarios=editing.list_scenarios(session(), current_actor()), signed=signed
    )


@bp.get("/new")
@permitted(Permission.SCENARIO_RUN)
def show_new() -> ResponseReturnValue:
    return render_template("scenarios/head.html", form=HeadForm(formdata=None), scenario=None)


@bp.post("/new")
@permitted(Permission.SCENARIO_RUN)
@commits
def make() -> ResponseReturnValue:
    form = HeadForm()
    if form.validate():
        with form.refusing():
            scenario = editing.make(session(), current_actor(), **form.values())
            return redirect(url_for("scenarios.show_scenario", scenario_id=scenario.id))
    return render_template("scenarios/head.html", form=form, scenario=None), 422


@bp.get("/<uuid:scenario_id>")
@permitted(Permission.SCENARIO_RUN)
def show_scenario(scenario_id: UUID) -> ResponseReturnValue:
    return _render(editing.get(session(), current_actor(), scenario_id), CopyForm(formdata=None))


@bp.get("/<uuid:scenario_id>/edit")
@permitted(Permission.SCENARIO_RUN)
def show_edit(scenario_id: UUID) -> ResponseReturnValue:
    scenario = editing.get(session(), current_actor(), scenario_id)
    known = {name: getattr(scenario, name) or "" for name in ("name", "note", "chain_code")}
    form = HeadForm(formdata=None, data={**known, "version": scenario.version})
    return render_template("scenarios/head.html", form=form, scenario=scenario)


@bp.post("/<uuid:scenario_id>/edit")
@permitted(Permission.SCENARIO_RUN)
@commits
def change(scenario_id: UUID) -> ResponseReturnValue:
    scenario, form = editing.get(session(), current_actor(), scenario_id), HeadForm()
    if form.validate():
        with form.refusing():
            editing.rename(session(), current_actor(), scenario, form.values(), expected_version=form.version.data)
            return redirect(url_for("scenarios.show_scenario", scenario_id=scenario.id))
    return render_template("scenarios/head.html", form=form, scenario=scenario), 422


@bp.get("/<uuid:scenario_id>/add/<kind>")
@permitted(Permission.SCENARIO_RUN)
def show_add(scenario_id: UUID, kind: str) -> ResponseReturnValue:
    scenario = editing.get(session(), current_actor(), scenario_id)
    form = FORMS[_kind(kind)](formdata=None, data={"version": scenario.version})
    return _render_add(scenario, kind, form)


@bp.post("/<uuid:scenario_id>/add/<kind>")
@permitted(Permission.SCENARIO_RUN)
@commits
def add(scenario_id: UUID, kind: str) -> ResponseReturnValue:
    scenario, form = editing.get(session(), current_actor(), scenario_id), FORMS[_kind(kind)]()
    if form.validate():
        with form.refusing():
            stored = {"kind": kind, **form.values()}
            editing.add(session(), current_actor(), scenario, stored, expected_version=form.version.data)
            return redirect(url_for("scenarios.show_scenario", scenario_id=scenario.id))
    return _render_add(scenario, kind, form), 422


@bp.post("/<uuid:scenario_id>/remove/<int:place>")
@permitted(Permission.SCENARIO_RUN)
@commits
def remove(scenario_id: UUID, place: int) -> ResponseReturnValue:
    scenario, form = editing.get(session(), current_actor(), scenario_id), Intervening()
    editing.remove(session(), current_actor(), scenario, place, expected_version=form.version.data)
    return redirect(url_for("scenarios.show_scenario", scenario_id=scenario.id))


@bp.post("/<uuid:scenario_id>/copy")
@permitted(Permission.SCENARIO_RUN)
@commits
def copy(scenario_id: UUID) -> ResponseReturnValue:
    scenario, form = editing.get(session(), current_actor(), scenario_id), CopyForm()
    if form.validate():
        with form.refusing():
            copied = editing.copy(session(), current_actor(), scenario, name=form.name.data)
            flash(_("Copied. Change the copy as you like."), "success")
            return redirect(url_for("scenarios.show_scenario", scenario_id=copied.id))
    return _render(scenario, form), 422


@bp.get("/<uuid:scenario_id>/delete")
@permitted(Permission.SCENARIO_RUN)
def show_delete(scenario_id: UUID) -> ResponseReturnValue:
    return render_template("scenarios/delete.html", scenario=editing.get(session(), current_actor(), scenario_id))


@bp.post("/<uuid:scenario_id>/delete")
@permitted(Permission.SCENARIO_RUN)
@commits
def delete(scenario_id: UUID) -> ResponseReturnValue:
    editing.delete(session(), current_actor(), editing.get(session(), current_actor(), scenario_id))
    flash(_("The scenario and its runs are deleted."), "success")
    return redirect(url_for("scenarios.list_scenarios"))


@bp.post("/<uuid:scenario_id>/run")
@permitted(Permission.SCENARIO_RUN)
@commits
def run(scenario_id: UUID) -> ResponseReturnValue:
    scenario, form = editing.get(session(), current_actor(), scenario_id), Form()
    if form.validate():
        with form.refusing():
            asking.ask(session(), current_actor(), scenario)
            return redirect(url_for("scenarios.show_scenario", scenario_id=scenario.id))
    shown = CopyForm(formdata=None)
    shown.form_errors.extend(form.form_errors)
    return _render(scenario, shown), 422


def _kind(code: str) -> InterventionKind:
    try:
        return InterventionKind(code)
    except ValueError:
        abort(404)


def _render(scenario: Scenario, form: CopyForm) -> str:
    found = named(session(), scenario.interventions)
    job = asking.find_job(session(), current_actor(), scenario_id=scenario.id)
    return render_template(
        "scenarios/scenario.html",
        scenario=scenario,
        form=form,
        lines=[sentence(one, found) for one in scenario.interventions],
        kinds=list(InterventionKind),
        runs=asking.list_runs(session(), current_actor(), scenario),
        job=job,
        is_live=asking.is_live(job),
        is_attended=jobs.is_attended(session()),
        signed=signed,
    )


def _render_add(scenario: Scenario, kind: str, form: Intervening) -> str:
    return render_template("scenarios/add.html", scenario=scenario, kind=InterventionKind(kind), form=form)
