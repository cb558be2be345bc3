"""Accounts and sessions: Flask-Security keeps passwords and sessions; the pages around it are ours (`web/account`)."""

import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import urlsplit

from flask import Flask, g, url_for
from flask import session as cookie
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_security import Security, SQLAlchemySessionUserDatastore, hash_password, login_user, logout_user
from flask_wtf.csrf import CSRFProtect, generate_csrf
from sqlmodel import Session, select
from werkzeug.local import LocalProxy

from matchmaker.services import audit
from matchmaker.services.actors import PLATFORM, VISITOR
from models.accounts import Role, User
from models.base import utc_now
from models.sessions import writing
from web.config import current_instance
from web.database import session

csrf = CSRFProtect()


def register_security(app: Flask) -> None:
    csrf.init_app(app)
    datastore = SQLAlchemySessionUserDatastore(LocalProxy(session), User, Role)  # type: ignore[arg-type]
    Security(app, datastore, register_blueprint=False)
    # Each app counts for itself. One process serves an embedded instance, so its memory is enough.
    app.extensions["matchmaker_limiter"] = Limiter(get_remote_address, app=app, storage_uri="memory://")
    app.jinja_env.globals["csrf_token"] = generate_csrf


def find_user_by_password(email: str, password: str) -> User | None:
    """The account that this address and password open; it takes as long when there is none."""
    user = session().exec(select(User).where(User.email == email.lower())).one_or_none()
    if user is None or not user.password:
        hash_password(password)
        return None
    if not user.verify_and_update_password(password) or not user.active:
        return None
    return user


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
        user.fs_uniquifier = secrets.token_hex(16)  # whoever is signed in with the old password is not any more
        user.roles = [_role(writer, role) for role in roles]
        writer.add(user)
        audit.record(writer, PLATFORM, "account.set", user, changes={"roles": list(roles)})


def _role(writer: Session, name: str) -> Role:
    return writer.exec(select(Role).where(Role.name == name)).one_or_none() or Role(name=name)


def begin_session(user: User) -> None:
    """Sign `user` in under a new session, so that one planted before is worth nothing."""
    cookie.clear()
    g.pop("csrf_token", None)
    g.pop("actor", None)
    g.pop("language", None)
    cookie.permanent = True
    cookie["signed_in_at"] = datetime.now(UTC).timestamp()
    login_user(user, remember=False)


def end_session() -> None:
    logout_user()
    cookie.clear()
    g.pop("actor", None)


def safe_next(target: str | None) -> str:
    """`target` where it is a path of this site, else the start page."""
    home = url_for("public.home")
    if not target or not target.startswith("/") or target.startswith("//"):
        return home
    if "\\" in target or any(ord(letter) <= 0x20 or ord(letter) == 0x7F for letter in target):
        return home
    parts = urlsplit(target)
    return home if parts.scheme or parts.netloc else target
