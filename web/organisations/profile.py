"""The profile in four steps, and the page on which the answers are checked."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.services import completeness, organisations, visibility
from matchmaker.services.actors import Permission
from matchmaker.services.calendar import today
from matchmaker.services.freshness import ages
from matchmaker.services.organisations import ContactDraft, FiguresDraft, IdentityDraft
from models.organisations import Organisation
from web import kept, picking
from web.access import current_actor, permitted
from web.database import session
from web.forms.edit import EditForm
from web.organisations import cards
from web.organisations.area import bp
from web.organisations.asked import read_keeping
from web.organisations.forms import GRADED, ActivityForm, ContactForm, FiguresForm, IdentityForm
from web.transactions import commits

editors_only = permitted(Permission.ORGANISATION_EDIT, organisation="organisation_id")
STEPS = ("identity", "activity", "figures", "contact")
NEXT = {
    "identity": "organisations.show_activity",
    "activity": "organisations.show_figures",
    "figures": "organisations.show_parts",
    "contact": "organisations.show_profile",
}


@bp.get("/organisations/<uuid:organisation_id>/profile")
@permitted(Permission.ORGANISATION_SEE_CLOSED, organisation="organisation_id")
def show_profile(organisation_id: UUID) -> ResponseReturnValue:
    """Check the answers: everything in one place, with what to fill in next."""
    organisation = organisations.get_organisation(session(), organisation_id)
    profile = visibility.profile_for(session(), current_actor(), organisation)
    return render_template(
        "organisations/profile.html",
        organisation=organisation,
        profile=profile,
        measured=completeness.of_profile(session(), organisation),
        aged=ages.read_ages(session(), [organisation])[0],
        keeping=read_keeping(organisation),
        day=today(),
        cards=cards,
        **cards.profile_names(profile),
    )


@bp.get("/organisations/<uuid:organisation_id>/profile/identity")
@editors_only
def show_identity(organisation_id: UUID) -> ResponseReturnValue:
    organisation = organisations.get_organisation(session(), organisation_id)
    return _render(organisation, "identity", _open(organisation, "identity"))


@bp.post("/organisations/<uuid:organisation_id>/profile/identity")
@editors_only
@commits
def save_identity(organisation_id: UUID) -> ResponseReturnValue:
    return _save(organisation_id, "identity", IdentityForm(), organisations.update_identity)


@bp.get("/organisations/<uuid:organisation_id>/profile/activity")
@editors_only
def show_activity(organisation_id: UUID) -> ResponseReturnValue:
    organisation = organisations.get_organisation(session(), organisation_id)
    return _render(organisation, "activity", _open(organisation, "activity"))


@bp.post("/organisations/<uuid:organisation_id>/profile/activity")
@editors_only
@commits
def save_activity(organisation_id: UUID) -> ResponseReturnValue:
    return _save(organisation_id, "activity", ActivityForm(), organisations.update_activity)


@bp.get("/organisations/<uuid:organisation_id>/profile/figures")
@editors_only
def show_figures(organisation_id: UUID) -> ResponseReturnValue:
    organisation = organisations.get_organisation(session(), organisation_id)
    return _render(organisation, "figures", _open(organisation, "figures"))


@bp.post("/organisations/<uuid:organisation_id>/profile/figures")
@editors_only
@commits
def save_figures(organisation_id: UUID) -> ResponseReturnValue:
    return _save(organisation_id, "figures", FiguresForm(), organisations.update_figures)


@bp.get("/organisations/<uuid:organisation_id>/profile/contact")
@editors_only
def show_contact(organisation_id: UUID) -> ResponseReturnValue:
    organisation = organisations.get_organisation(session(), organisation_id)
    return _render(organisation, "contact", _open(organisation, "contact"))


@bp.post("/organisations/<uuid:organisation_id>/profile/contact")
@editors_only
@commits
def save_contact(organisation_id: UUID) -> ResponseReturnValue:
    form = ContactForm()

    def update(*changed: Any, **named: Any) -> None:
        visibility.update_contact_and_grades(*changed, grades=form.grades(), **named)

    return _save(organisation_id, "contact", form, update)


def _save(organisation_id: UUID, step: str, form: Any, update: Callable[..., None]) -> ResponseReturnValue:
    organisation = organisations.get_organisation(session(), organisation_id)
    if request.form.get("action") == "save":
        kept.keep(step, organisation.id)
        flash(_("Your draft is kept. Nobody else sees it until you save the step."), "success")
        return redirect(url_for(f"organisations.show_{step}", organisation_id=organisation.id))
    if form.validate():
        with form.over(organisation):
            update(session(), current_actor(), organisation, form.draft(), expected_version=form.version.data)
            kept.forget(step, organisation.id)
            flash(_("Saved."), "success")
            return redirect(url_for(NEXT[step], organisation_id=organisation.id))
    return _render(organisation, step, form), form.status


def _open(organisation: Organisation, step: str) -> EditForm:
    form_class, values = FORMS[step]
    return kept.open_form(form_class, step, organisation.id, version=organisation.version, **values(organisation))


def _identity_values(organisation: Organisation) -> dict[str, Any]:
    return organisations.values_of(organisation, IdentityDraft)


def _activity_values(organisation: Organisation) -> dict[str, Any]:
    return {
        "summary_zh": organisation.summary_zh,
        "summary_en": organisation.summary_en,
        "node_codes": organisations.list_node_codes(session(), organisation),
    }


def _figures_values(organisation: Organisation) -> dict[str, Any]:
    values = organisations.values_of(organisation, FiguresDraft)
    for share in ("rd_staff_share", "rd_ratio"):
        values[share] = None if values[share] is None else round(values[share] * 100, 4)
    return values


def _contact_values(organisation: Organisation) -> dict[str, Any]:
    grades = visibility.grades_of(session(), organisation.id)
    return {
        **organisations.values_of(organisation, ContactDraft),
        **{f"grade_{field}": grades[field].value for field in GRADED},
    }


FORMS: dict[str, tuple[type[EditForm], Callable[[Organisation], dict[str, Any]]]] = {
    "identity": (IdentityForm, _identity_values),
    "activity": (ActivityForm, _activity_values),
    "figures": (FiguresForm, _figures_values),
    "contact": (ContactForm, _contact_values),
}


def _render(organisation: Organisation, step: str, form: EditForm) -> str:
    return render_template(
        f"organisations/{step}.html",
        organisation=organisation,
        form=form,
        step=STEPS.index(step) + 1,
        kept_at=kept.saved_at(step, organisation.id),
        form_name=step,
        graded=GRADED,
        cards=cards,
        differences=picking.differences(form),
    )
