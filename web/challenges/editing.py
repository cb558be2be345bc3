"""Writing a challenge in four steps, and the page on which the answers are checked before it is handed in."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.services import organisations, reference
from matchmaker.services.actors import Permission
from matchmaker.services.challenges import clarity, editing, reading, seeing, stages
from matchmaker.services.challenges.drafts import MetricsDraft, ProblemDraft, TeamDraft, TermsDraft
from models.challenges import Challenge
from models.organisations import Organisation
from web import challenge_wording as wording
from web import kept, picking
from web.access import current_actor, permitted, signed_in
from web.challenges.area import bp
from web.challenges.cards import about
from web.challenges.forms import MetricsForm, ProblemForm, TeamForm, TermsForm
from web.database import session
from web.forms.edit import EditForm
from web.forms.steps import put_up_steps
from web.transactions import commits

posters_only = permitted(Permission.CHALLENGE_EDIT, organisation="organisation_id")
STEPS = ("problem", "metrics", "team", "terms")
KEPT_AS = {
    "problem": "challenge",
    "metrics": "challenge-metrics",
    "team": "challenge-team",
    "terms": "challenge-terms",
}
NEXT = {
    "problem": "challenges.show_metrics",
    "metrics": "challenges.show_team",
    "team": "challenges.show_terms",
    "terms": "challenges.check_challenge",
}
DRAFTS: dict[str, type[Any]] = {
    "problem": ProblemDraft,
    "metrics": MetricsDraft,
    "team": TeamDraft,
    "terms": TermsDraft,
}
FORMS: dict[str, type[Any]] = {
    "problem": ProblemForm,
    "metrics": MetricsForm,
    "team": TeamForm,
    "terms": TermsForm,
}


@bp.get("/organisations/<uuid:organisation_id>/challenges/new")
@posters_only
def show_new(organisation_id: UUID) -> ResponseReturnValue:
    organisation = organisations.get_organisation(session(), organisation_id)
    form = kept.open_form(ProblemForm, "challenge", organisation.id, kind=request.args.get("kind"))
    return _render_problem(organisation, form)


@bp.post("/organisations/<uuid:organisation_id>/challenges/new")
@posters_only
@commits
def create_challenge(organisation_id: UUID) -> ResponseReturnValue:
    organisation = organisations.get_organisation(session(), organisation_id)
    form = ProblemForm()
    if request.form.get("action") == "save":
        return _keep("challenge", organisation.id, url_for("challenges.show_new", organisation_id=organisation.id))
    if form.validate():
        with form.refusing():
            challenge = editing.create(session(), current_actor(), organisation, form.draft())
            kept.forget("challenge", organisation.id)
            flash(_("Saved. Only your own people and officers see it until it is published."), "success")
            return redirect(url_for("challenges.show_metrics", challenge_id=challenge.id))
    return _render_problem(organisation, form), 422


@bp.get("/challenges/<uuid:challenge_id>/check")
@signed_in
def check_challenge(challenge_id: UUID) -> ResponseReturnValue:
    """Check the answers: everything as a reader sees it, with what is vague and where to change it."""
    challenge = editing.get_editable(session(), current_actor(), challenge_id)
    found = clarity.findings(session(), current_actor(), challenge)
    return render_template(
        "challenges/check.html",
        challenge=seeing.view_of(session(), current_actor(), challenge),
        findings=found,
        is_stopped=any(one.stops for one in found),
        is_editable=editing.is_editable(challenge),
        wording=wording,
        **about(seeing.view_of(session(), current_actor(), challenge)),
    )


@bp.post("/challenges/<uuid:challenge_id>/hand-in")
@signed_in
@commits
def hand_in(challenge_id: UUID) -> ResponseReturnValue:
    challenge = editing.get_editable(session(), current_actor(), challenge_id)
    stages.hand_in(session(), current_actor(), challenge)
    flash(_("It is handed in. An officer reads it and publishes it or tells you what to change."), "success")
    return redirect(url_for("challenges.show_challenge", challenge_id=challenge.id))


def _show(step: str, challenge_id: UUID) -> ResponseReturnValue:
    challenge = editing.get_editable(session(), current_actor(), challenge_id)
    editing.require_editable(challenge)
    form = kept.open_form(
        FORMS[step], KEPT_AS[step], challenge.id, version=challenge.version, **_values(challenge, step)
    )
    return _render(challenge, step, form)


def _save(step: str, challenge_id: UUID) -> ResponseReturnValue:
    challenge = editing.get_editable(session(), current_actor(), challenge_id)
    form = FORMS[step]()
    if answer := BUTTONS.get(step, _no_button)(challenge, form):
        return answer
    if request.form.get("action") == "save":
        return _keep(KEPT_AS[step], challenge.id, url_for(f"challenges.show_{step}", challenge_id=challenge.id))
    if form.validate():
        with form.over(challenge):
            version = form.version.data
            editing.edit(session(), current_actor(), challenge, form.draft(), expected_version=version)
            kept.forget(KEPT_AS[step], challenge.id)
            flash(_("Saved."), "success")
            return redirect(url_for(NEXT[step], challenge_id=challenge.id))
    return _render(challenge, step, form), form.status


def _metric_buttons(challenge: Challenge, form: Any) -> str | None:
    """One more row, without saving."""
    if request.form.get("action") != "add-row":
        return None
    kept.keep(KEPT_AS["metrics"], challenge.id)
    if len(form.metrics.entries) < form.metrics.max_entries:
        form.metrics.append_entry()
    return _render(challenge, "metrics", form)


def _team_buttons(challenge: Challenge, form: Any) -> str | None:
    if request.form.get("action") == "add-row":
        kept.keep(KEPT_AS["team"], challenge.id)
        if len(form.seats.entries) < form.seats.max_entries:
            form.seats.append_entry()
        return _render(challenge, "team", form)
    form.written = _text_of(challenge)
    if picked := picking.use_picker(form, KEPT_AS["team"], challenge.id):
        return _render(challenge, "team", form, picker=picked)
    return None


def _no_button(_challenge: Challenge, _form: Any) -> None:
    return None


BUTTONS: dict[str, Callable[[Challenge, Any], str | None]] = {"metrics": _metric_buttons, "team": _team_buttons}


def _text_of(challenge: Challenge) -> str:
    """Everything that is written, for finding capabilities in it."""
    names = ("title", "problem", "baseline", "gives")
    texts = [getattr(challenge, f"{name}_{language}") for name in names for language in ("zh", "en")]
    metrics = [metric.name_zh + "\n" + metric.name_en for metric in reading.list_metrics(session(), challenge.id)]
    return "\n".join([*texts, *metrics])


def _values(challenge: Challenge, step: str) -> dict[str, Any]:
    """What the form starts with; closed lists in forms hold members, not codes."""
    stored = reading.stored(session(), challenge, DRAFTS[step])
    values = {name: getattr(stored, name) for name in stored.__dataclass_fields__}
    if step == "metrics":
        values["metrics"] = [asdict(one) for one in values["metrics"]]
    if step == "terms" and values["racers"] == 1:
        values["racers"] = None  # of one alone nobody types the number
    if step == "team":
        values["seats"] = [asdict(one) for one in values["seats"]]
    return values


def _keep(name: str, subject: UUID, url: str) -> ResponseReturnValue:
    kept.keep(name, subject)
    flash(_("Your draft is kept. Nobody else sees it until you save the step."), "success")
    return redirect(url)


def _render_problem(organisation: Organisation, form: ProblemForm) -> str:
    return render_template(
        "challenges/problem.html",
        **_frame("problem", form, organisation.id),
        organisation=organisation,
        challenge=None,
    )


def _render(challenge: Challenge, step: str, form: EditForm, *, picker: picking.Picker | None = None) -> str:
    tags = form.tags.data if isinstance(form, TeamForm) else ()
    return render_template(
        f"challenges/{step}.html",
        **_frame(step, form, challenge.id),
        organisation=organisations.get_organisation(session(), challenge.organisation_id),
        challenge=seeing.view_of(session(), current_actor(), challenge),
        picker=picker,
        tag_rows=picking.tag_rows(tags),
        levels=picking.LEVELS,
        importance=picking.IMPORTANCE,
    )


def _frame(step: str, form: EditForm, subject: UUID) -> dict[str, Any]:
    return {
        "form": form,
        "step": STEPS.index(step) + 1,
        "form_name": KEPT_AS[step],
        "subject": subject,
        "kept_at": kept.saved_at(KEPT_AS[step], subject),
        "readiness": reference.list_levels(session()),
        "differences": wording.differences(form),
        "wording": wording,
    }


put_up_steps(bp, "/challenges/<uuid:challenge_id>", STEPS, show=_show, save=_save)
