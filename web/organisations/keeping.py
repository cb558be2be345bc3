"""Keeping a profile true: "all still true", and correcting a certification or adding evidence."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.services import credentials, organisations, reference
from matchmaker.services.certifications import opening, queue
from matchmaker.services.freshness import chasing
from models.organisations import Certification, Organisation
from web import picking
from web.access import current_actor
from web.choices import names_of
from web.database import session
from web.organisations.area import bp
from web.organisations.forms import ProofForm
from web.organisations.profile import editors_only
from web.transactions import commits


@bp.post("/organisations/<uuid:organisation_id>/profile/still-true")
@editors_only
@commits
def say_all_true(organisation_id: UUID) -> ResponseReturnValue:
    organisation = organisations.get_organisation(session(), organisation_id)
    chasing.say_all_true(session(), current_actor(), organisation)
    flash(_("Thank you. Your profile counts as up to date from today."), "success")
    return redirect(url_for("organisations.show_home"))


@bp.get("/organisations/<uuid:organisation_id>/profile/certifications/<uuid:certification_id>")
@editors_only
def show_certification(organisation_id: UUID, certification_id: UUID) -> ResponseReturnValue:
    organisation = organisations.get_organisation(session(), organisation_id)
    held = credentials.get_certification(session(), current_actor(), organisation, certification_id)
    if not opening.may_read(session(), current_actor(), held):
        return redirect(url_for("registry.show_certification", certification_id=held.id))
    return _render(organisation, held, ProofForm.showing(held))


@bp.post("/organisations/<uuid:organisation_id>/profile/certifications/<uuid:certification_id>")
@editors_only
@commits
def edit_certification(organisation_id: UUID, certification_id: UUID) -> ResponseReturnValue:
    organisation = organisations.get_organisation(session(), organisation_id)
    held = credentials.get_certification(session(), current_actor(), organisation, certification_id)
    form = ProofForm()
    if form.validate():
        with form.over(held):
            opening.require_readable(session(), current_actor(), held)
            credentials.update_certification(
                session(), current_actor(), organisation, held, form.draft(), expected_version=form.version.data
            )
            flash(_("Saved."), "success")
            return redirect(url_for("organisations.show_parts", organisation_id=organisation.id))
    return _render(organisation, held, form), form.status


def _render(organisation: Organisation, held: Certification, form: ProofForm) -> str:
    return render_template(
        "organisations/certification.html",
        organisation=organisation,
        certification=held,
        schemes=names_of(reference.list_schemes(session())),
        check=queue.last_checks(session(), [held]).get(held.id),
        form=form,
        differences=picking.differences(form),
    )
