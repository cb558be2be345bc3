"""Who may see which view. Every view carries exactly one mark; one without stops the app from starting."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, update_wrapper
from typing import Any, TypeVar
from uuid import UUID

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from matchmaker.services.accounts import actor_for
from matchmaker.services.actors import VISITOR, Actor, Permission, require
from models.accounts import User
from web.database import session

ViewT = TypeVar("ViewT", bound=Callable[..., Any])


@dataclass(frozen=True)
class Access:
    """What a view asks of the person: nothing, to be signed in, or a permission (for the organisation in the URL)."""

    needs_sign_in: bool = True
    permission: Permission | None = None
    organisation: str | None = None


def public(view: ViewT) -> ViewT:
    """Everybody may see it."""
    return mark(view, Access(needs_sign_in=False))


def signed_in(view: ViewT) -> ViewT:
    """Everybody with an account; what they may do with one record is the service's question."""
    return mark(view, Access())


def permitted(permission: Permission, *, organisation: str | None = None) -> Callable[[ViewT], ViewT]:
    """Who has `permission`; `organisation` names the part of the URL with the organisation's id."""
    return lambda view: mark(view, Access(permission=permission, organisation=organisation))


def mark(view: ViewT, access: Access) -> ViewT:
    if hasattr(view, "access"):
        raise ValueError(f"{view} carries two access marks")
    view.access = access  # type: ignore[attr-defined]
    return view


def register_access(app: Flask) -> None:
    for endpoint in ("static", "bootstrap.static"):
        app.view_functions[endpoint] = public(_copy(app.view_functions[endpoint]))
    _check_views(app)
    app.before_request(_enforce)


def current_actor() -> Actor:
    """The person behind this request, as services know them."""
    if "actor" not in g:
        g.actor = _read_actor()
    actor: Actor = g.actor
    return actor


def current_person() -> User | None:
    """The account of who is signed in."""
    return current_user._get_current_object() if current_user.is_authenticated else None


def signed_in_person() -> User:
    """For views that ask people to sign in."""
    person = current_person()
    if person is None:
        abort(401)
    return person


def _read_actor() -> Actor:
    person = current_person()
    if person is None:
        return VISITOR
    return actor_for(session(), person)


def _enforce() -> ResponseReturnValue | None:
    view: Any = current_app.view_functions.get(request.endpoint or "")
    if view is None:
        return None  # no such page, or not by this method: Flask answers
    access: Access = view.access
    if not access.needs_sign_in:
        return None
    if not current_actor().is_signed_in:
        return _ask_to_sign_in()
    if access.permission is not None:
        require(current_actor(), access.permission, _organisation_in_url(access))
    return None


def _ask_to_sign_in() -> ResponseReturnValue:
    if request.method not in {"GET", "HEAD"}:
        abort(401)
    return redirect(url_for("account.show_sign_in", next=request.full_path.rstrip("?")))


def _organisation_in_url(access: Access) -> UUID | None:
    return (request.view_args or {})[access.organisation] if access.organisation else None


def _check_views(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if not hasattr(view, "access"):
            raise RuntimeError(f"{rule.endpoint} does not say who may see it")
        if getattr(view, "commits", False) and "GET" in (rule.methods or ()):
            raise RuntimeError(f"{rule.endpoint} answers GET and commits")
        organisation = view.access.organisation
        if organisation and organisation not in rule.arguments:
            raise RuntimeError(f"{rule.endpoint} has no {organisation} in its URL")


def _copy(view: Callable[..., Any]) -> Callable[..., Any]:
    # The static views are shared between apps; the mark belongs to this app's own.
    return update_wrapper(partial(view), view)
