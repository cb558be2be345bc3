"""Offers and needs that wait for a look: the queue, one of them with the rubric, and how they are looked at."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlmodel import col, select

from matchmaker.errors import InvalidInput
from matchmaker.services import organisations, postings
from matchmaker.services.reviews import judging, policies, queue
from matchmaker.services.reviews.identity import hints
from matchmaker.services.reviews.judging import Look
from matchmaker.services.reviews.queue import Part
from models.accounts import User
from models.enums import PostingState, ReviewVerdict
from models.offers import Need, Offer
from models.registry import ReviewPolicy
from web import picking
from web.access import current_actor
from web.database import session
from web.registry import words
from web.registry.area import bp, reviewers_only
from web.registry.forms import PolicyForm, ReviewForm
from web.transactions import commits


@bp.get("/reviews")
@reviewers_only
def list_reviews() -> ResponseReturnValue:
    kind = request.args.get("kind", "")
    part = request.args.get("part", Part.ALL, type=Part)
    page = queue.list_waiting(
        session(),
        current_actor(),
        kind=kind if kind in queue.TABLES else "",
        part=part,
        page=request.args.get("page", 1, type=int),
    )
    counts = {one: queue.count_waiting(session(), current_actor(), part=one) for one in Part}
    return render_template(
        "registry/reviews.html",
        page=page,
        kind=kind,
        part=part,
        counts=counts,
        hints={one.posting.id: len(hints(one.posting, one.owner)) for one in page.items},
        words=words,
    )


@bp.get("/reviews/<kind>/<uuid:posting_id>")
@reviewers_only
def show_review(kind: str, posting_id: UUID) -> ResponseReturnValue:
    posting = queue.get_posting(session(), current_actor(), kind, posting_id)
    return _render(posting, ReviewForm(formdata=None, version=posting.version))


@bp.post("/reviews/<kind>/<uuid:posting_id>")
@reviewers_only
@commits
def review_posting(kind: str, posting_id: UUID) -> ResponseReturnValue:
    """The button pressed says the verdict."""
    posting = queue.get_posting(session(), current_actor(), kind, posting_id)
    form = ReviewForm()
    if form.validate():
        with form.over(posting):
            verdict = _verdict()
            look = Look(verdict=verdict, points=_points(), reason_code=form.reason_code.data, note=form.note.data)
            judging.judge(session(), current_actor(), posting, look, seen_version=form.version.data)
            flash(_said(verdict), "success")
            return redirect(url_for("registry.list_reviews"))
    return _render(posting, form), form.status


@bp.get("/review-policies")
@reviewers_only
def list_policies() -> ResponseReturnValue:
    found = policies.list_policies(session(), current_actor())
    return render_template(
        "registry/policies.html", policies=[(one, _policy_form(one)) for one in found], words=words, changed=None
    )


@bp.post("/review-policies/<kind>")
@reviewers_only
@commits
def change_policy(kind: str) -> ResponseReturnValue:
    policy = policies.get_policy(session(), current_actor(), kind)
    form = PolicyForm()
    if form.validate():
        with form.over(policy):
            policies.change_policy(session(), current_actor(), policy, form.draft(), expected_version=form.version.data)
            flash(_("Saved. It holds for what is handed in from now on."), "success")
            return redirect(url_for("registry.list_policies"))
    found = policies.list_policies(session(), current_actor())
    forms = [(one, form if one is policy else _policy_form(one)) for one in found]
    return render_template("registry/policies.html", policies=forms, words=words, changed=form), form.status


def _policy_form(policy: ReviewPolicy) -> PolicyForm:
    return PolicyForm(
        formdata=None,
        mode=policy.mode,
        least_points=policy.least_points,
        within_days=policy.within_days,
        version=policy.version,
    )


def _verdict() -> ReviewVerdict:
    try:
        return ReviewVerdict(request.form.get("verdict", ""))
    except ValueError as error:
        raise InvalidInput("no_answer_chosen") from error


def _points() -> dict[str, int]:
    """Points by line of the rubric; a line that is left open has none."""
    sent = {name.removeprefix("points_"): request.form[name] for name in request.form if name.startswith("points_")}
    return {code: int(text) for code, text in sent.items() if text.isascii() and text.isdigit() and len(text) <= 2}


def _said(verdict: ReviewVerdict) -> str:
    return {
        ReviewVerdict.PASSED: _("Passed. Everybody who is signed in may read it."),
        ReviewVerdict.CHANGES_ASKED: _("The poster reads your note, changes the text and hands it in again."),
        ReviewVerdict.TAKEN_DOWN: _("It is taken down. The poster reads why."),
    }[verdict]


def _render(posting: Offer | Need, form: ReviewForm) -> str:
    owner = organisations.get_organisation(session(), posting.organisation_id)
    looks = judging.list_looks(session(), current_actor(), posting)
    points = _points() if form.is_submitted() else {}
    return render_template(
        "registry/review.html",
        posting=posting,
        kind=policies.subject_of(posting),
        owner=owner,
        form=form,
        rubric=judging.rubric(session(), posting, points),
        reasons=judging.list_reasons(session()),
        reason_names={one.code: one for one in judging.list_reasons(session())},
        looks=looks,
        people=_people(one.decided_by for one in looks),
        hints=hints(posting, owner),
        tag_rows=picking.tag_rows(postings.list_tags(session(), posting)),
        is_open=posting.state in judging.OPEN,
        is_unseen=posting.state is PostingState.IN_REVIEW,
        is_own=owner.id in current_actor().memberships,
        differences=words.differences(form),
        words=words,
    )


def _people(ids: object) -> dict[object, User]:
    wanted = {one for one in ids if one}  # type: ignore[attr-defined]
    return {user.id: user for user in session().exec(select(User).where(col(User.id).in_(wanted)))}
