"""The steps of a challenge after it is written: opening, closing, more time, planned dates, withdrawing."""

from datetime import date
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import InvalidInput
from matchmaker.services.challenges import editing, seeing, stages
from models.enums import ChallengeStage
from web import challenge_wording as wording
from web.access import current_actor, signed_in
from web.challenges.answer_forms import ExtendForm, NoteForm
from web.challenges.area import bp
from web.challenges.cards import about
from web.database import session
from web.labels import label
from web.transactions import commits


@bp.post("/challenges/<uuid:challenge_id>/move/<step>")
@signed_in
@commits
def move_challenge(challenge_id: UUID, step: str) -> ResponseReturnValue:
    challenge = editing.get_editable(session(), current_actor(), challenge_id)
    form = NoteForm()
    if not form.validate():
        raise InvalidInput("too_long", most=2000)
    after = ChallengeStage(step) if step in {one.value for one in ChallengeStage} else None
    if after is None:
        raise InvalidInput("no_such_move", before=challenge.stage, after=step)
    stages.move(session(), current_actor(), challenge, after, note=form.note.data or "")
    flash(_("It stands at: %(stage)s.", stage=label(after)), "success")
    return redirect(url_for("challenges.show_challenge", challenge_id=challenge.id))


@bp.post("/challenges/<uuid:challenge_id>/extend")
@signed_in
@commits
def extend_challenge(challenge_id: UUID) -> ResponseReturnValue:
    challenge = editing.get_editable(session(), current_actor(), challenge_id)
    form = ExtendForm()
    if not form.validate() or form.until.data is None:
        raise InvalidInput("deadline_only_later", field="until")
    stages.extend(session(), current_actor(), challenge, form.until.data)
    flash(_("Answers are taken until the new day."), "success")
    return redirect(url_for("challenges.show_challenge", challenge_id=challenge.id))


@bp.get("/challenges/<uuid:challenge_id>/plan")
@signed_in
def show_plan(challenge_id: UUID) -> ResponseReturnValue:
    challenge = editing.get_editable(session(), current_actor(), challenge_id)
    return _render_plan(seeing.view_of(session(), current_actor(), challenge), {}, "")


@bp.post("/challenges/<uuid:challenge_id>/plan")
@signed_in
@commits
def save_plan(challenge_id: UUID) -> ResponseReturnValue:
    challenge = editing.get_editable(session(), current_actor(), challenge_id)
    typed = {stage: request.form.get(f"planned_{stage.value}", "").strip()[:10] for stage in wording.WAY}
    try:
        planned = {stage: date.fromisoformat(text) if text else None for stage, text in typed.items()}
    except ValueError:
        error = _("Enter each day as year, month and day, such as 2027-03-01.")
        return _render_plan(seeing.view_of(session(), current_actor(), challenge), typed, error), 422
    stages.plan(session(), current_actor(), challenge, planned)
    flash(_("Saved."), "success")
    return redirect(url_for("challenges.show_challenge", challenge_id=challenge.id))


def _render_plan(view: seeing.ChallengeView, typed: dict[ChallengeStage, str], error: str) -> str:
    return render_template(
        "challenges/plan.html", challenge=view, typed=typed, error=error, wording=wording, **about(view)
    )
