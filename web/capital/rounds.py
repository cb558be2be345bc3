"""A firm's round: written in three steps, checked, opened to funds, ended."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.services import clearing, organisations
from matchmaker.services.actors import Permission, can
from matchmaker.services.calendar import today
from matchmaker.services.capital import dossiers, rounds
from matchmaker.services.capital.rounds import RoundDraft
from models.enums import QuestionState, RoundState
from models.funds import Mandate
from models.organisations import Organisation
from models.rounds import Round
from web import challenge_wording as wording
from web import kept
from web.access import current_actor, permitted, signed_in
from web.capital.area import bp
from web.capital.forms import FiguresForm, MoneyForm, WayForm, row_values
from web.database import session
from web.forms.steps import put_up_steps
from web.transactions import commits

STEPS = ("figures", "way", "money")
NEXT = {"figures": "capital.show_way", "way": "capital.show_money", "money": "capital.check_round"}
FORMS: Mapping[str, type[Any]] = {"figures": FiguresForm, "way": WayForm, "money": MoneyForm}
ROWS = {"way": "milestones", "money": "supports"}


@bp.get("/organisations/<uuid:organisation_id>/rounds/new")
@permitted(Permission.ROUND_EDIT, organisation="organisation_id")
def show_new_round(organisation_id: UUID) -> ResponseReturnValue:
    firm = organisations.get_organisation(session(), organisation_id)
    running = rounds.running_round(session(), current_actor(), organisation_id)
    if running is not None:
        return redirect(url_for("capital.show_round", round_id=running.id))
    return _render(firm, None, "figures", kept.open_form(FiguresForm, "round-figures", firm.id))


@bp.post("/organisations/<uuid:organisation_id>/rounds/new")
@permitted(Permission.ROUND_EDIT, organisation="organisation_id")
@commits
def start_round(organisation_id: UUID) -> ResponseReturnValue:
    firm = organisations.get_organisation(session(), organisation_id)
    form = FiguresForm()
    if request.form.get("action") == "save":
        return _keep("figures", firm.id, url_for("capital.show_new_round", organisation_id=firm.id))
    if form.validate():
        with form.refusing():
            started = rounds.start(session(), current_actor(), firm.id, form.draft(RoundDraft()))
            kept.forget("round-figures", firm.id)
            flash(_("Saved. Only your own people see the round until you open it."), "success")
            return redirect(url_for("capital.show_way", round_id=started.id))
    return _render(firm, None, "figures", form), 422


@bp.get("/capital/rounds/<uuid:round_id>")
@signed_in
def show_round(round_id: UUID) -> ResponseReturnValue:
    asked, actor = rounds.get_round(session(), current_actor(), round_id), current_actor()
    around = about_round(asked)
    questions = clearing.list_questions(session(), actor, asked.organisation_id)
    return render_template(
        "capital/round.html",
        **around,
        prepared=[
            (one, session().get_one(Mandate, one.mandate_id)) for one in around["dossiers"] if one.round_id == asked.id
        ],
        digest=dossiers.digest(session(), actor, asked.organisation_id),
        open_questions=sum(one.state is QuestionState.ASKED for one, _mandate in questions),
    )


@bp.get("/capital/rounds/<uuid:round_id>/check")
@signed_in
def check_round(round_id: UUID) -> ResponseReturnValue:
    asked = _editable(round_id)
    missing = rounds.missing_to_open(session(), asked, today=today())
    return render_template("capital/round_check.html", missing=missing, **about_round(asked))


@bp.post("/capital/rounds/<uuid:round_id>/open")
@signed_in
@commits
def open_round(round_id: UUID) -> ResponseReturnValue:
    opened = rounds.open_round(session(), current_actor(), round_id, today=today())
    flash(_("The round is open. Funds see it as far as your grades let them; look which of them fit."), "success")
    return redirect(url_for("capital.show_round", round_id=opened.id))


@bp.get("/capital/rounds/<uuid:round_id>/end")
@signed_in
def ask_to_end(round_id: UUID) -> ResponseReturnValue:
    asked = _editable(round_id)
    return render_template("capital/round_end.html", **about_round(asked))


@bp.post("/capital/rounds/<uuid:round_id>/end")
@signed_in
@commits
def end_round(round_id: UUID) -> ResponseReturnValue:
    if request.form.get("how") == RoundState.CLOSED:
        ended = rounds.close(session(), current_actor(), round_id)
        flash(_("The round is closed. What funds have in their hands stays with them until it expires."), "success")
    else:
        ended = dossiers.withdraw_round(session(), current_actor(), round_id)
        flash(_("The round is withdrawn, and every dossier with it."), "success")
    return redirect(url_for("capital.show_round", round_id=ended.id))


def about_round(asked: Round) -> dict[str, Any]:
    """What every page of one round shows."""
    return {
        "round": asked,
        "firm": organisations.get_organisation(session(), asked.organisation_id),
        "milestones": rounds.milestones_of(session(), asked.id),
        "supports": rounds.supports_of(session(), asked.id),
        "may_edit": asked.state in rounds.RUNNING
        and can(current_actor(), Permission.ROUND_EDIT, asked.organisation_id),
        "may_send": can(current_actor(), Permission.DOSSIER_SEND, asked.organisation_id),
        "dossiers": dossiers.list_for_firm(session(), current_actor(), asked.organisation_id),
    }


def _editable(round_id: UUID) -> Round:
    return rounds.get_editable(session(), current_actor(), round_id)


def _show(step: str, round_id: UUID) -> ResponseReturnValue:
    asked = _editable(round_id)
    values = {field.name: getattr(asked, field.name) for field in fields(RoundDraft)}
    if step == "way":
        values["milestones"] = row_values(rounds.milestones_of(session(), asked.id))
    if step == "money":
        values["supports"] = row_values(rounds.supports_of(session(), asked.id))
    form = kept.open_form(FORMS[step], f"round-{step}", asked.id, version=asked.version, **values)
    return _render_step(asked, step, form)


def _save(step: str, round_id: UUID) -> ResponseReturnValue:
    asked = _editable(round_id)
    form = FORMS[step]()
    if request.form.get("action") == "add-row" and step in ROWS:
        kept.keep(f"round-{step}", asked.id)
        rows = form[ROWS[step]]
        if len(rows.entries) < rows.max_entries:
            rows.append_entry()
        return _render_step(asked, step, form)
    if request.form.get("action") == "save":
        return _keep(step, asked.id, url_for(f"capital.show_{step}", round_id=asked.id))
    if form.validate():
        with form.over(asked):
            _write(asked, step, form)
            kept.forget(f"round-{step}", asked.id)
            flash(_("Saved."), "success")
            return redirect(url_for(NEXT[step], round_id=asked.id))
    return _render_step(asked, step, form), form.status


def _write(asked: Round, step: str, form: Any) -> None:
    stored = RoundDraft(**{field.name: getattr(asked, field.name) for field in fields(RoundDraft)})
    rounds.edit(
        session(),
        current_actor(),
        asked.id,
        form.draft(stored),
        milestones=form.list_milestones() if step == "way" else None,
        supports=form.list_supports() if step == "money" else None,
        expected_version=form.version.data,
    )


def _keep(step: str, subject: UUID, url: str) -> ResponseReturnValue:
    kept.keep(f"round-{step}", subject)
    flash(_("Your draft is kept. Nobody else sees it until you save the step."), "success")
    return redirect(url)


def _render_step(asked: Round, step: str, form: Any) -> str:
    return _render(organisations.get_organisation(session(), asked.organisation_id), asked, step, form)


def _render(firm: Organisation, asked: Round | None, step: str, form: Any) -> str:
    subject = asked.id if asked else firm.id
    return render_template(
        f"capital/round_{step}.html",
        firm=firm,
        round=asked,
        form=form,
        step=STEPS.index(step) + 1,
        form_name=f"round-{step}",
        subject=subject,
        kept_at=kept.saved_at(f"round-{step}", subject),
        differences=wording.differences(form),
    )


put_up_steps(bp, "/capital/rounds/<uuid:round_id>", STEPS, show=_show, save=_save)
