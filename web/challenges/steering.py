"""The steps of a challenge after it is written: opening, closing, more time, planned dates, withdrawing."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import InvalidInput
from matchmaker.services.challenges import editing, seeing, stages
from models.challenges import Challenge
from models.enums import ChallengeStage
from web import challenge_wording as wording
from web.access import current_actor, signed_in
from web.challenges.answer_forms import ExtendForm, NoteForm, PlanForm
from web.challenges.area import bp
from web.challenges.cards import about
from web.database import session
from web.forms.edit import PartForm
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
    days = {stages.plan_field(stage): day for stage, day in stages.planned_days(session(), challenge).items()}
    return _render_plan(challenge, PlanForm(formdata=None, seen=stages.seen_plan(session(), challenge), **days))


@bp.post("/challenges/<uuid:challenge_id>/plan")
@signed_in
@commits
def save_plan(challenge_id: UUID) -> ResponseReturnValue:
    challenge = editing.get_editable(session(), current_actor(), challenge_id)
    form = PlanForm()
    if form.validate():
        with form.over(lambda: stages.seen_plan(session(), challenge)):
            planned = {stage: form[stages.plan_field(stage)].data for stage in stages.WAY}
            stages.plan(session(), current_actor(), challenge, planned, seen=form.seen.data)
            flash(_("Saved."), "success")
            return redirect(url_for("challenges.show_challenge", challenge_id=challenge.id))
    return _render_plan(challenge, form), form.status


def _render_plan(challenge: Challenge, form: PartForm) -> str:
    view = seeing.view_of(session(), current_actor(), challenge)
    return render_template(
        "challenges/plan.html",
        challenge=view,
        form=form,
        days=[form[stages.plan_field(stage)] for stage in stages.WAY],
        differences=wording.differences(form),
        wording=wording,
        **about(view),
    )
