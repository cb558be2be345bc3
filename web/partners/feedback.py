"""Saying that a candidate is useful or not, with a reason."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.services import feedback
from matchmaker.services.actors import Permission, require
from models.enums import InteractionKind
from web.access import current_actor, signed_in
from web.database import session
from web.partners.area import bp
from web.partners.forms import FeedbackForm
from web.transactions import commits


@bp.get("/partners/needs/<uuid:need_id>/feedback/<uuid:candidate_id>")
@signed_in
def show_feedback(need_id: UUID, candidate_id: UUID) -> ResponseReturnValue:
    actor = current_actor()
    need = feedback.get_need(session(), actor, need_id)
    require(actor, Permission.FEEDBACK_GIVE, need.organisation_id)
    given = feedback.find(session(), actor, need_id, candidate_id)
    form = FeedbackForm(
        formdata=None,
        kind=given.kind if given else InteractionKind.NOT_USEFUL,
        reason=given.reason if given else None,
        note=given.note if given else "",
        run=request.args.get("run", ""),
        page=request.args.get("page", ""),
    )
    return _render(need_id, candidate_id, form)


@bp.post("/partners/needs/<uuid:need_id>/feedback/<uuid:candidate_id>")
@signed_in
@commits
def give_feedback(need_id: UUID, candidate_id: UUID) -> ResponseReturnValue:
    form = FeedbackForm()
    if form.validate():
        with form.refusing():
            feedback.give(
                session(),
                current_actor(),
                need_id,
                candidate_id,
                InteractionKind(form.kind.data),
                reason=form.reason.data,
                note=form.note.data or "",
                run_id=form.run_id,
            )
            flash(_("Thank you. Your answer is kept with this need; you can change it at any time."), "success")
            return redirect(_list_url(need_id, candidate_id, form))
    return _render(need_id, candidate_id, form), 422


def _list_url(need_id: UUID, candidate_id: UUID, form: FeedbackForm) -> str:
    page = form.page_number if form.page_number > 1 else None
    return url_for("partners.show_need", need_id=need_id, page=page, _anchor=f"card-{candidate_id}")


def _render(need_id: UUID, candidate_id: UUID, form: FeedbackForm) -> str:
    need = feedback.get_need(session(), current_actor(), need_id)
    return render_template(
        "partners/feedback.html",
        need=need,
        candidate=feedback.get_candidate(session(), need, candidate_id),
        form=form,
        back_url=_list_url(need_id, candidate_id, form),
    )
