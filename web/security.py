"""Accounts and sessions: Flask-Security keeps passwords and sessions; the pages around it are ours (`web/account`)."""

from collections.abc import Iterable
from urllib.parse import urlsplit
from uuid import UUID

from flask import Flask, g, url_for
from flask import session as cookie
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_security import Security, SQLAlchemySessionUserDatastore, hash_password, login_user, logout_user
from flask_wtf.csrf import CSRFProtect, generate_csrf
from sqlmodel import Session, select
from werkzeug.local import LocalProxy

from matchmaker.services import audit, sign_ins
from matchmaker.services.actors import PLATFORM, VISITOR
from models.accounts import Role, SignIn, User
from models.base import utc_now
from models.sessions import writing
from web.config import current_instance
from web.database import session

csrf = CSRFProtect()
SIGN_IN = "sign_in"


def register_security(app: Flask) -> None:
    csrf.init_app(app)
    datastore = SQLAlchemySessionUserDatastore(LocalProxy(session), User, Role)  # type: ignore[arg-type]
    Security(app, datastore, register_blueprint=False)
    app.login_manager.user_loader(_find_signed_in)  # type: ignore[attr-defined]
    # Each app counts for itself. One process serves an embedded instance, so its memory is enough.
    app.extensions["matchmaker_limiter"] = Limiter(get_remote_address, app=app, storage_uri="memory://")
    app.jinja_env.globals["csrf_token"] = generate_csrf


def _find_signed_in(_uniquifier: str) -> User | None:
    """The person whose sign-in this cookie names, as long as it counts: asked with every request."""
    sign_in_id = present_sign_in()
    return sign_ins.find_person(session(), sign_in_id) if sign_in_id else None


def find_user_by_password(email: str, password: str) -> User | None:
    """The account that this address and password open; it takes as long when there is none."""
    user = session().exec(select(User).where(User.email == email.lower())).one_or_none()
    if user is None or not user.password:
        hash_password(password)
        return None
    return user if is_password_of(user, password) and user.active else None


def is_password_of(person: User, password: str) -> bool:
    return bool(person.password) and bool(person.verify_and_update_password(password))


def add_account(*, email: str, password: str, name: str) -> None:
    """A new account, active at once. For an address that has one already nothing changes, and nobody is told."""
    hashed = hash_password(password)
    if session().exec(select(User).where(User.email == email.lower())).one_or_none() is None:
        user = User(email=email.lower(), name=name, password=hashed, confirmed_at=utc_now())
        session().add(user)
        audit.record(session(), VISITOR, "account.register", user)


def set_account(*, email: str, password: str, name: str, roles: Iterable[str]) -> None:
    """Make an account or set its password and roles anew; for the operator at the command line, so it commits."""
    with writing(current_instance().engine) as writer:
        user = writer.exec(select(User).where(User.email == email.lower())).one_or_none()
        user = user or User(email=email.lower(), confirmed_at=utc_now())
        user.name, user.password, user.active = name or user.name, hash_password(password), True
        user.roles = [_role(writer, role) for role in roles]
        writer.add(user)
        sign_ins.end_all(writer, user)
        audit.record(writer, PLATFORM, "account.set", user, changes={"roles": list(roles)})


def _role(writer: Session, name: str) -> Role:
    return writer.exec(select(Role).where(Role.name == name)).one_or_none() or Role(name=name)


def begin_session(user: User, sign_in: SignIn) -> None:
    """Sign `user` in under a new session, so that one planted before is worth nothing.

    Whoever has found out who it is calls this: the password's form, a demo's link, one day another house's sign-in.
    """
    cookie.clear()
    for kept in ("csrf_token", "actor", "language"):
        g.pop(kept, None)
    cookie.permanent = True
    cookie[SIGN_IN] = str(sign_in.id)
    login_user(user, remember=False)


def end_session() -> None:
    """Sign out: the row ends, so a copy of the cookie is worth nothing either."""
    if sign_in_id := present_sign_in():
        sign_ins.end(session(), sign_in_id)
    logout_user()
    cookie.clear()
    g.pop("actor", None)


def present_sign_in() -> UUID | None:
    """The sign-in that this request's cookie names, whether it counts or not."""
    return UUID(cookie[SIGN_IN]) if SIGN_IN in cookie else None


def safe_next(target: str | None) -> str:
    """`target` where it is a path of this site, else the start page."""
    home = url_for("public.home")
    if not target or not target.startswith("/") or target.startswith("//"):
        return home
    if "\\" in target or any(ord(letter) <= 0x20 or ord(letter) == 0x7F for letter in target):
        return home
    parts = urlsplit(target)
    return home if parts.scheme or parts.netloc else target
