"""The way in: find the organisation by its credit code, then claim it or enter it."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.services import claims, organisations, visibility
from matchmaker.services.actors import Permission
from models.organisations import Organisation
from web import kept
from web.access import current_actor, permitted
from web.database import session
from web.organisations.area import bp
from web.organisations.forms import ClaimForm, CodeForm, IdentityForm
from web.transactions import commits


@bp.get("/organisations/join")
@permitted(Permission.ORGANISATION_CREATE)
def show_join() -> ResponseReturnValue:
    """With `uscc` in the address the code is looked up: a search changes nothing, so it is a GET."""
    if "uscc" not in request.args:
        return render_template("organisations/join.html", form=CodeForm(formdata=None))
    form = CodeForm(formdata=request.args, meta={"csrf": False})
    if form.validate():
        with form.refusing():
            found = organisations.find_by_code(session(), current_actor(), form.uscc.data)
            if found is None:
                return redirect(url_for("organisations.show_new", uscc=form.uscc.data))
            return redirect(url_for("organisations.show_claim", organisation_id=found.id))
    return render_template("organisations/join.html", form=form), 422


@bp.get("/organisations/new")
@permitted(Permission.ORGANISATION_CREATE)
def show_new() -> ResponseReturnValue:
    form = kept.open_form(IdentityForm, "new", "", uscc=request.args.get("uscc", "")[:60])
    return _render_new(form)


@bp.post("/organisations/new")
@permitted(Permission.ORGANISATION_CREATE)
@commits
def create() -> ResponseReturnValue:
    form = IdentityForm()
    if request.form.get("action") == "save":
        kept.keep("new")
        flash(_("Your draft is kept. You can go on whenever you like."), "success")
        return redirect(url_for("organisations.show_home"))
    namesakes: list[Organisation] = []
    if form.validate():
        namesakes = [] if form.is_new.data else _list_namesakes(form)
        if not namesakes:
            with form.refusing():
                return _enter(form)
    return _render_new(form, namesakes), 422


@bp.get("/organisations/<uuid:organisation_id>/claim")
@permitted(Permission.ORGANISATION_CLAIM)
def show_claim(organisation_id: UUID) -> ResponseReturnValue:
    organisation = organisations.get_seen(session(), current_actor(), organisation_id)
    return _render_claim(organisation, ClaimForm(formdata=None))


@bp.post("/organisations/<uuid:organisation_id>/claim")
@permitted(Permission.ORGANISATION_CLAIM)
@commits
def claim(organisation_id: UUID) -> ResponseReturnValue:
    organisation = organisations.get_seen(session(), current_actor(), organisation_id)
    form = ClaimForm()
    if form.validate():
        with form.refusing():
            claims.claim(session(), current_actor(), organisation, form.statement.data)
            flash(_("Your claim is on its way. An officer decides, usually within two working days."), "success")
            return redirect(url_for("organisations.show_home"))
    return _render_claim(organisation, form), 422


def _enter(form: IdentityForm) -> ResponseReturnValue:
    organisation = organisations.create(session(), current_actor(), form.draft())
    kept.forget("new")
    name = organisation.name_zh or organisation.name_en
    flash(_("%(name)s is in the registry now, and you can edit it.", name=name), "success")
    return redirect(url_for("organisations.show_activity", organisation_id=organisation.id))


def _list_namesakes(form: IdentityForm) -> list[Organisation]:
    found: dict[UUID, Organisation] = {}
    for name in (form.name_zh.data, form.name_en.data):
        found |= {one.id: one for one in organisations.list_namesakes(session(), current_actor(), name)}
    return list(found.values())


def _render_new(form: IdentityForm, namesakes: list[Organisation] | None = None) -> str:
    return render_template(
        "organisations/new.html", form=form, namesakes=namesakes or [], kept_at=kept.saved_at("new"), step=1
    )


def _render_claim(organisation: Organisation, form: ClaimForm) -> str:
    pending = claims.find_pending(session(), current_actor(), organisation)
    is_mine = organisation.id in current_actor().memberships
    return render_template(
        "organisations/claim.html",
        organisation=organisation,
        uscc=visibility.profile_for(session(), current_actor(), organisation).value("uscc"),
        form=form,
        pending=pending,
        is_mine=is_mine,
    )
