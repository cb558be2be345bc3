"""The officer's desk for challenges: what was handed in, the look at its clarity, the rubric, publishing."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.services.actors import Permission
from matchmaker.services.challenges import clarity, screening, seeing, stages
from matchmaker.services.challenges.screening import Judgement
from models.challenges import Challenge
from models.enums import ChallengeStage
from web import challenge_wording as wording
from web.access import current_actor, permitted
from web.challenges.answer_forms import ScreeningForm
from web.challenges.area import bp
from web.challenges.cards import about, organisations_by_id
from web.database import session
from web.transactions import commits

officers_only = permitted(Permission.CHALLENGE_STAGE)


@bp.get("/officer/challenges")
@officers_only
def list_queue() -> ResponseReturnValue:
    page = screening.list_queue(session(), current_actor(), page=request.args.get("page", 1, type=int))
    return render_template(
        "challenges/queue.html",
        page=page,
        owners=organisations_by_id(one.organisation_id for one in page.items),
        found={one.id: len(clarity.findings(session(), current_actor(), one)) for one in page.items},
        judged={one.id: screening.judgement(session(), one) for one in page.items},
        wording=wording,
    )


@bp.get("/officer/challenges/<uuid:challenge_id>")
@officers_only
def show_screening(challenge_id: UUID) -> ResponseReturnValue:
    challenge = seeing.get_seen(session(), current_actor(), challenge_id)
    return _render(challenge, ScreeningForm(formdata=None, version=challenge.version))


@bp.post("/officer/challenges/<uuid:challenge_id>")
@officers_only
@commits
def judge_challenge(challenge_id: UUID) -> ResponseReturnValue:
    """The points, and what the button says: keep them, publish, or ask for changes."""
    challenge = seeing.get_seen(session(), current_actor(), challenge_id)
    form = ScreeningForm()
    if form.validate():
        with form.over(challenge):
            screening.require_unchanged(challenge, form.version.data)
            return _decide(challenge, form.note.data or "", request.form.get("action", "keep"))
    session().rollback()
    return _render(seeing.get_seen(session(), current_actor(), challenge_id), form), form.status


def _decide(challenge: Challenge, note: str, action: str) -> ResponseReturnValue:
    actor = current_actor()
    if challenge.stage is ChallengeStage.COLLECTED:
        stages.move(session(), actor, challenge, ChallengeStage.SCREENED)
    screening.judge(session(), actor, challenge, _points(), _notes())
    if action == "publish":
        stages.move(session(), actor, challenge, ChallengeStage.PUBLISHED, note=note)
        flash(_("It is published. The poster opens it for answers."), "success")
        return redirect(url_for("challenges.list_queue"))
    if action == "ask":
        stages.move(session(), actor, challenge, ChallengeStage.COLLECTED, note=note)
        flash(_("The poster reads your note and can change the text."), "success")
        return redirect(url_for("challenges.list_queue"))
    flash(_("Saved."), "success")
    return redirect(url_for("challenges.show_screening", challenge_id=challenge.id))


def _points() -> dict[str, int]:
    """Points by line of the rubric; a line that is left open has none."""
    sent = {name.removeprefix("points_"): request.form[name] for name in request.form if name.startswith("points_")}
    return {code: int(text) for code, text in sent.items() if text.isascii() and text.isdigit() and len(text) <= 2}


def _notes() -> dict[str, str]:
    return {name.removeprefix("note_"): request.form[name] for name in request.form if name.startswith("note_")}


def _render(challenge: Challenge, form: ScreeningForm) -> str:
    view = seeing.view_of(session(), current_actor(), challenge)
    judged: Judgement = screening.judgement(session(), challenge)
    context: dict[str, Any] = about(view)
    return render_template(
        "challenges/screening.html",
        challenge=view,
        findings=clarity.findings(session(), current_actor(), challenge),
        judged=judged,
        form=form,
        is_stale=bool(form.differences),
        is_own=challenge.organisation_id in current_actor().memberships,
        is_open=challenge.stage in (ChallengeStage.COLLECTED, ChallengeStage.SCREENED) and challenge.is_submitted,
        wording=wording,
        **context,
    )
