"""Requests to see conditional fields: ask, decide, withdraw, end."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from matchmaker.errors import NotAllowed
from matchmaker.services import data_requests, organisations
from matchmaker.services.actors import Actor, Permission, can
from matchmaker.services.calendar import today
from matchmaker.services.data_requests import Listed
from models.enums import DataRequestState
from models.organisations import Organisation
from web.access import current_actor, permitted, signed_in
from web.choices import name_of
from web.database import session
from web.gaps import field_label
from web.outcomes.forms import GrantForm, NoForm, RequestForm
from web.transactions import commits

bp = Blueprint("requests", __name__, url_prefix="/data-requests")

DAYS = 90
TONES = {DataRequestState.ASKED: "warn", DataRequestState.GRANTED: "good", DataRequestState.REFUSED: "bad"}


@bp.get("/")
@signed_in
def list_requests() -> ResponseReturnValue:
    actor = current_actor()
    listed = data_requests.list_requests(session(), actor)
    mine = set(actor.memberships)
    to_decide = [
        one
        for one in listed
        if one.request.state is DataRequestState.ASKED and data_requests.may_decide(session(), actor, one.request)
    ]
    waiting = {one.request.id for one in to_decide}
    return render_template(
        "outcomes/requests.html",
        to_decide=to_decide,
        sent=[one for one in listed if one.request.organisation_id in mine],
        received=[one for one in listed if one.request.owner_id in mine and one.request.id not in waiting],
        others=[one for one in listed if not {one.request.organisation_id, one.request.owner_id} & mine - {None}]
        if can(actor, Permission.DATA_DECIDE)
        else [],
        tones=TONES,
        field_label=field_label,
    )


@bp.get("/new/<uuid:owner_id>")
@permitted(Permission.ORGANISATION_VIEW)
def show_new(owner_id: UUID) -> ResponseReturnValue:
    owner = organisations.get_seen(session(), current_actor(), owner_id)
    field = request.args.get("field", "")
    form = RequestForm(formdata=None, names=[field], wanted_until=today() + timedelta(days=DAYS))
    return _render_new(owner, form)


@bp.post("/new/<uuid:owner_id>")
@permitted(Permission.ORGANISATION_VIEW)
@commits
def ask(owner_id: UUID) -> ResponseReturnValue:
    owner = organisations.get_seen(session(), current_actor(), owner_id)
    form = RequestForm()
    if form.organisation.data is None:
        raise NotAllowed(Permission.DATA_REQUEST)
    if form.validate():
        with form.refusing():
            asked = data_requests.ask(session(), current_actor(), form.organisation.data, owner.id, form.draft())
            flash(_("Asked. You see the decision here."), "success")
            return redirect(url_for("requests.show_request", request_id=asked.id))
    return _render_new(owner, form), 422


@bp.get("/<uuid:request_id>")
@signed_in
def show_request(request_id: UUID) -> ResponseReturnValue:
    return _render(data_requests.get_listed(session(), current_actor(), request_id))


@bp.post("/<uuid:request_id>/grant")
@signed_in
@commits
def grant(request_id: UUID) -> ResponseReturnValue:
    listed = data_requests.get_listed(session(), current_actor(), request_id)
    form = GrantForm()
    if form.validate():
        with form.refusing():
            data_requests.grant(
                session(),
                current_actor(),
                request_id,
                expires_on=form.expires_on.data or date.min,
                fields=tuple(form.names.data or ()),
                note=form.note.data or "",
                expected_version=form.version.data,
            )
            flash(_("Opened for them until the day that you set."), "success")
            return redirect(url_for("requests.show_request", request_id=request_id))
    return _render(listed, grant_form=form), 422


@bp.post("/<uuid:request_id>/refuse")
@signed_in
@commits
def refuse(request_id: UUID) -> ResponseReturnValue:
    return _say_no(request_id, data_requests.refuse, _("Refused. They read why."))


@bp.post("/<uuid:request_id>/revoke")
@signed_in
@commits
def revoke(request_id: UUID) -> ResponseReturnValue:
    return _say_no(request_id, data_requests.revoke, _("Ended. They see nothing of it any more."))


def _say_no(request_id: UUID, say: Callable[..., object], done: str) -> ResponseReturnValue:
    """Before or after it was granted, with the reason that they read."""
    listed, form = data_requests.get_listed(session(), current_actor(), request_id), NoForm()
    if form.validate():
        with form.refusing():
            say(session(), current_actor(), request_id, form.reason.data or "", expected_version=form.version.data)
            flash(done, "success")
            return redirect(url_for("requests.show_request", request_id=request_id))
    return _render(listed, no_form=form), 422


@bp.post("/<uuid:request_id>/withdraw")
@signed_in
@commits
def withdraw(request_id: UUID) -> ResponseReturnValue:
    data_requests.withdraw(session(), current_actor(), request_id)
    flash(_("Withdrawn."), "success")
    return redirect(url_for("requests.show_request", request_id=request_id))


def _askers(actor: Actor, owner_id: UUID) -> list[Organisation]:
    """In whose name the person may ask."""
    mine = organisations.my_organisations(session(), actor)
    return [one for one in mine if one.id != owner_id and can(actor, Permission.DATA_REQUEST, one.id)]


def _render_new(owner: Organisation, form: RequestForm) -> str:
    names = data_requests.fields_to_ask(session(), owner.id)
    askers = _askers(current_actor(), owner.id)
    form.names.choices = [SelectChoice(name, str(field_label(name))) for name in names]
    form.organisation.choices = [SelectChoice(str(one.id), name_of(one)) for one in askers]
    return render_template(
        "outcomes/request_new.html",
        owner=owner,
        form=form,
        askers=askers,
        names=names,
        longest=data_requests.LONGEST_DAYS,
    )


def _render(listed: Listed, *, grant_form: GrantForm | None = None, no_form: NoForm | None = None) -> str:
    actor, asked = current_actor(), listed.request
    if grant_form is None:
        grant_form = GrantForm(formdata=None, names=list(asked.fields), expires_on=asked.wanted_until)
        grant_form.version.data = asked.version
    if no_form is None:
        no_form = NoForm(formdata=None)
        no_form.version.data = asked.version
    grant_form.names.choices = [SelectChoice(name, str(field_label(name))) for name in asked.fields]
    may_decide = data_requests.may_decide(session(), actor, asked)
    return render_template(
        "outcomes/request.html",
        listed=listed,
        grant_form=grant_form,
        no_form=no_form,
        may_grant=may_decide and asked.state is DataRequestState.ASKED,
        may_revoke=may_decide and asked.state is DataRequestState.GRANTED and bool(listed.open_fields),
        may_withdraw=asked.state in (DataRequestState.ASKED, DataRequestState.GRANTED)
        and not listed.has_ended
        and can(actor, Permission.DATA_REQUEST, asked.organisation_id),
        owner_has_people=data_requests.has_people(session(), asked.owner_id),
        tones=TONES,
        field_label=field_label,
    )
