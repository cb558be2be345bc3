"""The answers to a challenge: one's own, and those that its poster reads and judges."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.services import organisations
from matchmaker.services.actors import Permission, can
from matchmaker.services.challenges import answers, fairness, judging, recusal, seeing
from matchmaker.services.challenges.eligibility import Outcome
from models.challenges import ChallengeAnswer
from models.enums import AnswerState, ChallengeStage
from web import challenge_wording as wording
from web.access import current_actor, signed_in
from web.challenges.answer_forms import JudgeForm
from web.challenges.area import bp
from web.challenges.cards import about, organisations_by_id, recused
from web.database import session
from web.transactions import commits


@bp.get("/challenge-answers")
@signed_in
def list_my_answers() -> ResponseReturnValue:
    mine = answers.list_mine(session(), current_actor())
    views = {
        one.challenge_id: seeing.get_view(session(), current_actor(), one.challenge_id) for one in mine if _sees(one)
    }
    return render_template(
        "challenges/my_answers.html",
        answers=mine,
        views=views,
        told={one.id: fairness.told(session(), current_actor(), one) for one in mine},
        owners=organisations_by_id([one.organisation_id for one in mine]),
        wording=wording,
    )


@bp.get("/challenges/<uuid:challenge_id>/answers")
@signed_in
def list_answers(challenge_id: UUID) -> ResponseReturnValue:
    challenge = seeing.get_seen(session(), current_actor(), challenge_id)
    handed_in = answers.list_for(session(), current_actor(), challenge)
    view = seeing.view_of(session(), current_actor(), challenge)
    return render_template(
        "challenges/answers.html",
        challenge=view,
        answers=handed_in,
        has_stake=recusal.is_partial(session(), current_actor(), challenge),
        **recused(challenge),
        promises={one.id: answers.promises(session(), one) for one in handed_in},
        eligibility={one.id: answers.eligibility_of(session(), one) for one in handed_in},
        owners=organisations_by_id(one.organisation_id for one in handed_in),
        wording=wording,
        outcome=Outcome,
        **about(view),
    )


@bp.get("/challenge-answers/<uuid:answer_id>")
@signed_in
def show_answer(answer_id: UUID) -> ResponseReturnValue:
    answer = answers.get(session(), current_actor(), answer_id)
    form = JudgeForm(formdata=None, points=answer.points, verdict=answer.verdict, version=answer.version)
    return _render(answer, form)


@bp.post("/challenge-answers/<uuid:answer_id>/judge")
@signed_in
@commits
def judge_answer(answer_id: UUID) -> ResponseReturnValue:
    """One form: the points and their reason, and the button says what becomes of the answer."""
    answer = answers.get(session(), current_actor(), answer_id)
    form = JudgeForm()
    if form.validate():
        with form.over(answer):
            _judge(answer, form, request.form.get("action", "save"))
            flash(_("Saved."), "success")
            return redirect(url_for("challenges.show_answer", answer_id=answer.id))
    session().rollback()
    return _render(answers.get(session(), current_actor(), answer_id), form), form.status


def _judge(answer: ChallengeAnswer, form: JudgeForm, action: str) -> None:
    actor, reason = current_actor(), form.verdict.data or ""
    judging.require_unchanged(answer, points=form.points.data, verdict=reason, seen=form.version.data)
    if action == "reopen":
        judging.reopen(session(), actor, answer)
        return
    if action == "decline" and form.points.data is None:
        judging.decline(session(), actor, answer, reason)
        return
    judging.judge(session(), actor, answer, points=form.points.data, verdict=reason)
    if action == "shortlist":
        judging.shortlist(session(), actor, answer)
    elif action == "select":
        judging.select(session(), actor, answer)
    elif action == "decline":
        judging.decline(session(), actor, answer, reason)


def _sees(answer: ChallengeAnswer) -> bool:
    return seeing.find_seen(session(), current_actor(), answer.challenge_id) is not None


def _render(answer: ChallengeAnswer, form: JudgeForm) -> str:
    actor = current_actor()
    is_own = answer.organisation_id in actor.memberships
    view = seeing.get_view(session(), actor, answer.challenge_id)
    told = fairness.told(session(), actor, answer)
    return render_template(
        "challenges/answer.html",
        answer=answer,
        challenge=view,
        organisation=organisations.get_organisation(session(), answer.organisation_id),
        promises=answers.promises(session(), answer),
        verdict=answers.eligibility_of(session(), answer),
        is_own=is_own,
        may_change=is_own and can(actor, Permission.CHALLENGE_ANSWER, answer.organisation_id) and view.takes_answers,
        may_judge=not is_own
        and can(actor, Permission.CHALLENGE_EDIT, view.organisation_id)
        and view.stage is ChallengeStage.JUDGED,
        told=told,
        is_told=is_own and told.is_final and told.state in (AnswerState.SELECTED, AnswerState.DECLINED),
        form=form,
        differences=wording.differences(form),
        states=AnswerState,
        wording=wording,
        **about(view),
    )
