"""Accounts and sessions: Flask-Security keeps passwords and sessions; the pages around it are ours (`web/account`)."""

from datetime import UTC, datetime
from urllib.parse import urlsplit
from uuid import UUID

from flask import Flask, g, request, url_for
from flask import session as cookie
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_security import Security, SQLAlchemySessionUserDatastore, hash_password, login_user, logout_user
from flask_wtf.csrf import CSRFProtect, generate_csrf
from itsdangerous import BadSignature, URLSafeSerializer
from sqlmodel import select
from werkzeug.local import LocalProxy

from matchmaker.errors import InvalidInput
from models.accounts import Role, User
from models.base import utc_now
from web.config import current_instance
from web.database import session

csrf = CSRFProtect()
LOOPBACK = frozenset({"127.0.0.1", "::1"})


def register_security(app: Flask) -> None:
    csrf.init_app(app)
    datastore = SQLAlchemySessionUserDatastore(LocalProxy(session), User, Role)
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
        session().add(User(email=email.lower(), name=name, password=hashed, confirmed_at=utc_now()))


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


def is_demo_request() -> bool:
    """Demo links work only in a demo, and only from the machine that it runs on."""
    return current_instance().settings.demo and request.remote_addr in LOOPBACK and not _came_through_proxy()


def _came_through_proxy() -> bool:
    # A proxy on the same machine looks like loopback; whom it forwards for is not.
    return any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP"))


def _demo_serializer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="demo-sign-in")


def demo_token(user_id: UUID, secret: str) -> str:
    return str(_demo_serializer(secret).dumps(str(user_id)))


def read_demo_token(token: str, secret: str) -> UUID:
    try:
        return UUID(_demo_serializer(secret).loads(token))
    except (BadSignature, ValueError) as error:
        raise InvalidInput("demo_link_invalid") from error
