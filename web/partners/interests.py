"""Asking a candidate, and the page on which both sides see how far an interest has come."""

from collections.abc import Callable, Mapping
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from matchmaker.errors import NotFound
from matchmaker.services import feedback, interests, organisations, postings
from matchmaker.services.actors import Permission, can, require
from models.enums import InterestState
from models.interest import Interest
from models.offers import Need
from models.organisations import Organisation
from web.access import current_actor, signed_in
from web.database import session
from web.partners.area import bp
from web.partners.forms import AnswerForm, AskForm, FromList
from web.transactions import commits

Report = Callable[..., Interest]
REPORTS: Mapping[str, tuple[Report, object]] = {
    "withdraw": (interests.withdraw, _l("Withdrawn. The other side no longer sees it.")),
    "agree": (interests.agree, _l("Noted: you have agreed to work together.")),
    "sign": (interests.sign, _l("Noted: a contract is signed.")),
}


@bp.get("/partners/interests")
@signed_in
def list_interests() -> ResponseReturnValue:
    actor = current_actor()
    requests = [
        (
            organisation,
            interests.requests_received(session(), actor, organisation.id),
            interests.requests_sent(session(), actor, organisation.id),
        )
        for organisation in organisations.my_organisations(session(), actor)
    ]
    return render_template("partners/interests.html", requests=requests)


@bp.post("/partners/needs/<uuid:need_id>/shortlist/<uuid:candidate_id>")
@signed_in
@commits
def shortlist(need_id: UUID, candidate_id: UUID) -> ResponseReturnValue:
    form = FromList()
    interests.shortlist(session(), current_actor(), need_id, candidate_id, run_id=form.run_id)
    flash(_("On the shortlist. Only your own organisation sees it."), "success")
    return redirect(_list_url(need_id, candidate_id, form))


@bp.get("/partners/needs/<uuid:need_id>/ask/<uuid:candidate_id>")
@signed_in
def show_ask(need_id: UUID, candidate_id: UUID) -> ResponseReturnValue:
    need = feedback.get_need(session(), current_actor(), need_id)
    require(current_actor(), Permission.INTEREST_EXPRESS, need.organisation_id)
    held = interests.by_candidate(session(), current_actor(), need_id, [candidate_id]).get(candidate_id)
    form = AskForm(
        formdata=None,
        run=request.args.get("run", ""),
        page=request.args.get("page", ""),
        version=held.version if held else None,
    )
    return _render_ask(need, candidate_id, form)


@bp.post("/partners/needs/<uuid:need_id>/ask/<uuid:candidate_id>")
@signed_in
@commits
def ask(need_id: UUID, candidate_id: UUID) -> ResponseReturnValue:
    form = AskForm()
    if form.validate():
        with form.refusing():
            asked = interests.ask(
                session(),
                current_actor(),
                need_id,
                candidate_id,
                form.message.data or "",
                run_id=form.run_id,
                expected_version=form.version.data,
            )
            flash(_("Asked. You see the answer here and on your home page."), "success")
            return redirect(url_for("partners.show_interest", interest_id=asked.id))
    return _render_ask(feedback.get_need(session(), current_actor(), need_id), candidate_id, form), 422


@bp.get("/partners/interests/<uuid:interest_id>")
@signed_in
def show_interest(interest_id: UUID) -> ResponseReturnValue:
    interest = interests.get_interest(session(), current_actor(), interest_id)
    form = AnswerForm(formdata=None, kind=_answer_of(interest), reason=interest.reason, answer=interest.answer)
    form.version.data = interest.version
    return _render(interest, form)


@bp.post("/partners/interests/<uuid:interest_id>/answer")
@signed_in
@commits
def answer_interest(interest_id: UUID) -> ResponseReturnValue:
    form = AnswerForm()
    if form.validate():
        with form.refusing():
            _answer(interest_id, form)
            flash(_("Your answer is with them. You can change it until the two of you have agreed."), "success")
            return redirect(url_for("partners.show_interest", interest_id=interest_id))
    return _render(interests.get_received(session(), current_actor(), interest_id), form), 422


@bp.post("/partners/interests/<uuid:interest_id>/<step>")
@signed_in
@commits
def report_interest(interest_id: UUID, step: str) -> ResponseReturnValue:
    if step not in REPORTS:
        raise NotFound("step", step)
    report, said = REPORTS[step]
    version = request.form.get("version", type=int)
    interest = report(session(), current_actor(), interest_id, expected_version=version)
    flash(str(said), "success")
    if interest.state is InterestState.WITHDRAWN:
        return redirect(_list_url(interest.need_id, interest.candidate_id, FromList()))
    return redirect(url_for("partners.show_interest", interest_id=interest_id))


def _answer(interest_id: UUID, form: AnswerForm) -> None:
    said, version = form.answer.data or "", form.version.data
    if form.kind.data == InterestState.ACCEPTED:
        interests.accept(session(), current_actor(), interest_id, said, expected_version=version)
    else:
        interests.decline(session(), current_actor(), interest_id, form.reason.data, said, expected_version=version)


def _answer_of(interest: Interest) -> str | None:
    is_answered = interest.state in (InterestState.ACCEPTED, InterestState.DECLINED)
    return interest.state.value if is_answered else None


def _list_url(need_id: UUID, candidate_id: UUID, form: FromList) -> str:
    page = form.page_number if form.page_number > 1 else None
    return url_for("partners.show_need", need_id=need_id, page=page, _anchor=f"card-{candidate_id}")


def _render_ask(need: Need, candidate_id: UUID, form: AskForm) -> str:
    return render_template(
        "partners/ask.html",
        need=need,
        candidate=feedback.get_candidate(session(), need, candidate_id),
        asker=session().get_one(Organisation, need.organisation_id),
        form=form,
        back_url=_list_url(need.id, candidate_id, form),
    )


def _render(interest: Interest, form: AnswerForm) -> str:
    actor = current_actor()
    need = session().get(Need, interest.need_id)
    if need is None:
        raise NotFound("need", interest.need_id)
    asker = session().get_one(Organisation, interest.organisation_id)
    candidate = session().get_one(Organisation, interest.candidate_id)
    is_of_asker = interests.is_of_asker(actor, interest)
    return render_template(
        "partners/interest.html",
        interest=interest,
        need=need,
        asker=asker,
        candidate=candidate,
        is_of_asker=is_of_asker,
        # A need runs out and an organisation closes, while what was asked stands: then there is no page to go to.
        opens_need=postings.may_see(session(), actor, need),
        opens_other=organisations.may_know(actor, candidate if is_of_asker else asker),
        may_report=can(actor, Permission.INTEREST_EXPRESS, interest.organisation_id),
        may_answer=interests.is_of_candidate(actor, interest)
        and can(actor, Permission.INTEREST_ANSWER, interest.candidate_id),
        form=form,
    )
