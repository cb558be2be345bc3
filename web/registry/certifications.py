"""Certifications: what is to be verified, what ends, and one of them held against its evidence."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlmodel import col, select

from matchmaker.errors import InvalidInput
from matchmaker.services import reference
from matchmaker.services.calendar import today
from matchmaker.services.certifications import checking, opening, queue
from matchmaker.services.certifications.queue import Part
from matchmaker.services.certifications.standing import standing_on
from models.accounts import User
from models.enums import CheckOutcome
from web import profile_words
from web.access import current_actor
from web.choices import names_of
from web.database import session
from web.registry import words
from web.registry.area import bp, curators_only
from web.registry.forms import CheckForm
from web.transactions import commits


@bp.get("/certifications")
@curators_only
def list_certifications() -> ResponseReturnValue:
    part = request.args.get("part", Part.TO_CHECK, type=Part)
    scheme = request.args.get("scheme", "")
    page = queue.list_part(session(), current_actor(), part, scheme=scheme, page=request.args.get("page", 1, type=int))
    return render_template(
        "registry/certifications.html",
        page=page,
        part=part,
        scheme=scheme,
        schemes=names_of(reference.list_schemes(session())),
        counts={one: queue.count_part(session(), current_actor(), one) for one in Part},
        validity=profile_words.validity,
        words=words,
    )


@bp.get("/certifications/<uuid:certification_id>")
@curators_only
def show_certification(certification_id: UUID) -> ResponseReturnValue:
    held = queue.get_held(session(), current_actor(), certification_id)
    proposed = checking.proposed_end(held.certification, held.scheme)
    return _render(held, CheckForm(formdata=None, version=held.certification.version, valid_until=proposed))


@bp.post("/certifications/<uuid:certification_id>/open")
@curators_only
@commits
def open_certification(certification_id: UUID) -> ResponseReturnValue:
    held = queue.get_held(session(), current_actor(), certification_id)
    opening.open_to_verify(session(), current_actor(), held.certification)
    return redirect(url_for("registry.show_certification", certification_id=certification_id))


@bp.post("/certifications/<uuid:certification_id>")
@curators_only
@commits
def check_certification(certification_id: UUID) -> ResponseReturnValue:
    """The button pressed says the outcome."""
    held = queue.get_held(session(), current_actor(), certification_id)
    form = CheckForm()
    if form.validate():
        with form.over(held.certification):
            outcome = _outcome()
            checking.check(
                session(),
                current_actor(),
                held.certification,
                form.finding(outcome),
                seen_version=form.version.data,
            )
            flash(_said(outcome), "success")
            return redirect(url_for("registry.list_certifications"))
    return _render(held, form), form.status


def _outcome() -> CheckOutcome:
    try:
        return CheckOutcome(request.form.get("outcome", ""))
    except ValueError as error:
        raise InvalidInput("no_answer_chosen") from error


def _said(outcome: CheckOutcome) -> str:
    return {
        CheckOutcome.VERIFIED: _("The certification is verified."),
        CheckOutcome.MORE_ASKED: _("The organisation reads what evidence is missing."),
        CheckOutcome.REFUSED: _("It stays shown as not verified; the organisation reads why."),
    }[outcome]


def _render(held: queue.Held, form: CheckForm) -> str:
    checks = queue.list_checks(session(), held.certification)
    people = select(User).where(col(User.id).in_({one.checked_by for one in checks if one.checked_by}))
    return render_template(
        "registry/certification.html",
        held=held,
        is_open=opening.may_read(session(), current_actor(), held.certification),
        form=form,
        checks=checks,
        people={user.id: user for user in session().exec(people)},
        standing=standing_on(held.certification, today()),
        validity=profile_words.validity(held.certification),
        proposed=checking.proposed_end(held.certification, held.scheme),
        is_own=held.owner.id in current_actor().memberships,
        differences=words.differences(form),
        words=words,
    )
