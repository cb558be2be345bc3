"""Answering a challenge: one form for all of them, with what was said in earlier answers offered again."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.services import organisations
from matchmaker.services.actors import Permission
from matchmaker.services.challenges import answers, eligibility, fairness
from matchmaker.services.challenges.answers import AnswerDraft
from matchmaker.services.challenges.seeing import ChallengeView
from models.organisations import Organisation
from web import challenge_wording as wording
from web import kept
from web.access import current_actor, permitted, signed_in
from web.challenges.answer_forms import AnswerForm, answer_form
from web.challenges.area import bp
from web.challenges.cards import about
from web.database import session
from web.transactions import commits

answerers_only = permitted(Permission.CHALLENGE_ANSWER, organisation="organisation_id")
KEPT_AS = "challenge-answer"


@bp.get("/organisations/<uuid:organisation_id>/answers/<uuid:challenge_id>")
@answerers_only
def show_answer_form(organisation_id: UUID, challenge_id: UUID) -> ResponseReturnValue:
    organisation, view = _load(organisation_id, challenge_id)
    form = kept.open_form(_form_class(view), KEPT_AS, _subject(organisation, view), **_values(organisation, view))
    return _render(organisation, view, form)


@bp.post("/organisations/<uuid:organisation_id>/answers/<uuid:challenge_id>")
@answerers_only
@commits
def save_answer(organisation_id: UUID, challenge_id: UUID) -> ResponseReturnValue:
    organisation, view = _load(organisation_id, challenge_id)
    form = _form_class(view)()
    if request.form.get("action") == "save":
        kept.keep(KEPT_AS, _subject(organisation, view))
        flash(_("Your draft is kept. Nobody else sees it until you save it."), "success")
        return redirect(request.path)
    if form.validate():
        answer = answers.find_of(session(), current_actor(), view.id, organisation.id)
        with form.over(answer):
            return _saved(organisation, view, form)
    return _render(organisation, view, form), form.status


@bp.post("/challenge-answers/<uuid:answer_id>/submit")
@signed_in
@commits
def submit_answer(answer_id: UUID) -> ResponseReturnValue:
    answer = answers.get(session(), current_actor(), answer_id)
    answers.submit(session(), current_actor(), answer)
    flash(_("Your answer is handed in. You can change or withdraw it until the last day."), "success")
    return redirect(url_for("challenges.show_answer", answer_id=answer.id))


@bp.post("/challenge-answers/<uuid:answer_id>/withdraw")
@signed_in
@commits
def withdraw_answer(answer_id: UUID) -> ResponseReturnValue:
    answer = answers.get(session(), current_actor(), answer_id)
    answers.withdraw(session(), current_actor(), answer)
    flash(_("Your answer is withdrawn. Only your own people see it now."), "success")
    return redirect(url_for("challenges.show_answer", answer_id=answer.id))


def _saved(organisation: Organisation, view: ChallengeView, form: AnswerForm) -> ResponseReturnValue:
    """To the page of the answer; the button chosen may hand it in in the same go."""
    version = form.version.data
    answer = answers.write(session(), current_actor(), view.id, organisation, form.draft(), expected_version=version)
    if request.form.get("action") == "publish":
        answers.submit(session(), current_actor(), answer)
        flash(_("Your answer is handed in. You can change or withdraw it until the last day."), "success")
    else:
        flash(_("Saved. Only your own people see it until you hand it in."), "success")
    kept.forget(KEPT_AS, _subject(organisation, view))
    return redirect(url_for("challenges.show_answer", answer_id=answer.id))


def _load(organisation_id: UUID, challenge_id: UUID) -> tuple[Organisation, ChallengeView]:
    organisation = organisations.get_organisation(session(), organisation_id)
    return organisation, answers.get_form_of(session(), current_actor(), challenge_id, organisation_id)


def _subject(organisation: Organisation, view: ChallengeView) -> str:
    """Both ids in the sixty characters that a draft's subject may have."""
    return f"{view.id.hex[:24]}-{organisation.id.hex[:24]}"


def _form_class(view: ChallengeView) -> type[AnswerForm]:
    metrics = view.brief.metrics if view.brief else ()
    return answer_form(metrics, [f"{wording.metric_name(one)} {wording.metric_target(one)}" for one in metrics])


def _values(organisation: Organisation, view: ChallengeView) -> dict[str, Any]:
    """The stored answer; for a new one what the organisation has said in earlier answers."""
    answer = answers.find_of(session(), current_actor(), view.id, organisation.id)
    if answer is None:
        return dict(answers.reused(session(), current_actor(), organisation.id))
    values = {name: getattr(answer, name) for name in AnswerDraft.__dataclass_fields__ if name != "promises"}
    promised = {f"promise-{metric_id}": figure for metric_id, figure in answer.promises.items()}
    return {**values, **promised, "version": answer.version}


def _render(organisation: Organisation, view: ChallengeView, form: AnswerForm) -> str:
    actor = current_actor()
    subject = _subject(organisation, view)
    answer = answers.find_of(session(), actor, view.id, organisation.id)
    return render_template(
        "challenges/answer_form.html",
        organisation=organisation,
        challenge=view,
        form=form,
        answer=answer,
        told=fairness.told(session(), actor, answer) if answer else None,
        reused=[name for name, text in answers.reused(session(), actor, organisation.id).items() if text],
        verdict=eligibility.judge(eligibility.answerer(session(), organisation), view),
        metrics=view.brief.metrics if view.brief else (),
        form_name=KEPT_AS,
        subject=subject,
        kept_at=kept.saved_at(KEPT_AS, subject),
        differences=wording.differences(form),
        wording=wording,
        **about(view),
    )
