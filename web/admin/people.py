"""Views of accounts: who there is, a link for a new password, switching an account off and on."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlmodel import col, select

from matchmaker.services import people
from matchmaker.services.actors import Permission
from models.accounts import User
from models.enums import PlatformRole
from models.organisations import Organisation
from web.access import current_actor, permitted
from web.choices import name_of
from web.database import session
from web.labels import label_of
from web.passwords import LINK_LASTS, make_link_token
from web.transactions import commits

bp = Blueprint("people", __name__, url_prefix="/admin/people")


@bp.get("")
@permitted(Permission.ACCOUNT_MANAGE)
def list_people() -> ResponseReturnValue:
    words = request.args.get("q", "").strip()[:100]
    number = request.args.get("page", 1, type=int)
    found = people.list_people(session(), current_actor(), words=words, page=number)
    return render_template("admin/people.html", people=found, words=words, roles_of=_roles_of)


@bp.get("/<uuid:user_id>")
@permitted(Permission.ACCOUNT_MANAGE)
def show_person(user_id: UUID) -> ResponseReturnValue:
    return _render(people.get_person(session(), current_actor(), user_id))


@bp.post("/<uuid:user_id>/link")
@permitted(Permission.ACCOUNT_MANAGE)
@commits
def make_link(user_id: UUID) -> ResponseReturnValue:
    """The link is in this answer alone: nobody, the platform included, can look it up again."""
    person = people.get_person(session(), current_actor(), user_id)
    token = make_link_token(person)
    return _render(person, link=url_for("keys.show_new_password", token=token, _external=True))


@bp.post("/<uuid:user_id>/off")
@permitted(Permission.ACCOUNT_MANAGE)
@commits
def switch_off(user_id: UUID) -> ResponseReturnValue:
    people.switch_off(session(), current_actor(), people.get_person(session(), current_actor(), user_id))
    flash(_("The account is switched off; the person is signed out everywhere."), "success")
    return redirect(url_for("people.show_person", user_id=user_id))


@bp.post("/<uuid:user_id>/on")
@permitted(Permission.ACCOUNT_MANAGE)
@commits
def switch_on(user_id: UUID) -> ResponseReturnValue:
    people.switch_on(session(), current_actor(), people.get_person(session(), current_actor(), user_id))
    flash(_("The account is switched on; the person can sign in."), "success")
    return redirect(url_for("people.show_person", user_id=user_id))


def _render(person: User, *, link: str = "") -> str:
    ids = [membership.organisation_id for membership in person.memberships]
    organisations = session().exec(select(Organisation).where(col(Organisation.id).in_(ids)))
    return render_template(
        "admin/person.html",
        account=person,
        roles_of=_roles_of,
        organisations=[name_of(organisation) for organisation in organisations],
        link=link,
        hours=int(LINK_LASTS.total_seconds() // 3600),
        is_self=person.id == current_actor().user_id,
    )


def _roles_of(person: User) -> list[str]:
    return [label_of(PlatformRole, role.name) for role in person.roles]
