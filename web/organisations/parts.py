"""The lists of the third step: certifications and patents, entered one by one."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.services import credentials, organisations, reference
from models.organisations import Organisation
from web.access import current_actor
from web.choices import names_of
from web.database import session
from web.organisations import cards
from web.organisations.area import bp
from web.organisations.forms import CertificationForm, PatentForm
from web.organisations.profile import editors_only
from web.transactions import commits


@bp.get("/organisations/<uuid:organisation_id>/profile/certifications")
@editors_only
def show_parts(organisation_id: UUID) -> ResponseReturnValue:
    return _render(organisations.get_organisation(session(), organisation_id))


@bp.post("/organisations/<uuid:organisation_id>/profile/certifications")
@editors_only
@commits
def add_certification(organisation_id: UUID) -> ResponseReturnValue:
    organisation = organisations.get_organisation(session(), organisation_id)
    form = CertificationForm()
    if form.validate():
        with form.refusing():
            credentials.add_certification(session(), current_actor(), organisation, form.draft())
            flash(_("The certification is entered."), "success")
            return _back(organisation)
    return _render(organisation, certification=form), 422


@bp.post("/organisations/<uuid:organisation_id>/profile/certifications/<uuid:certification_id>/remove")
@editors_only
@commits
def remove_certification(organisation_id: UUID, certification_id: UUID) -> ResponseReturnValue:
    organisation = organisations.get_organisation(session(), organisation_id)
    credentials.remove_certification(session(), current_actor(), organisation, certification_id)
    flash(_("The certification is removed."), "success")
    return _back(organisation)


@bp.post("/organisations/<uuid:organisation_id>/profile/patents")
@editors_only
@commits
def set_patents(organisation_id: UUID) -> ResponseReturnValue:
    organisation = organisations.get_organisation(session(), organisation_id)
    form = PatentForm()
    if form.validate():
        with form.refusing():
            credentials.set_patents(session(), current_actor(), organisation, form.draft())
            flash(_("The patents are entered."), "success")
            return _back(organisation)
    return _render(organisation, patents=form), 422


@bp.post("/organisations/<uuid:organisation_id>/profile/patents/<uuid:patents_id>/remove")
@editors_only
@commits
def remove_patents(organisation_id: UUID, patents_id: UUID) -> ResponseReturnValue:
    organisation = organisations.get_organisation(session(), organisation_id)
    credentials.remove_patents(session(), current_actor(), organisation, patents_id)
    flash(_("The patents are removed."), "success")
    return _back(organisation)


def _back(organisation: Organisation) -> ResponseReturnValue:
    return redirect(url_for("organisations.show_parts", organisation_id=organisation.id))


def _render(
    organisation: Organisation, *, certification: CertificationForm | None = None, patents: PatentForm | None = None
) -> str:
    return render_template(
        "organisations/parts.html",
        organisation=organisation,
        certifications=credentials.list_certifications(session(), organisation.id),
        patents=credentials.list_patents(session(), organisation.id),
        schemes=names_of(reference.list_schemes(session())),
        cards=cards,
        certification_form=certification or CertificationForm(formdata=None),
        patent_form=patents or PatentForm(formdata=None),
        step=3,
    )
