"""Passwords: one's own changed, and one-time links by which a person sets a new one without the old."""

import hashlib
import hmac
from datetime import timedelta
from uuid import UUID

from flask_security import hash_password
from itsdangerous import BadSignature, URLSafeTimedSerializer

from matchmaker.services import audit, people, sign_ins
from matchmaker.services.actors import Actor
from models.accounts import User
from web.access import current_actor
from web.config import current_instance
from web.database import session
from web.security import present_sign_in

LINK_LASTS = timedelta(hours=24)
PURPOSE = "new-password"


def change_password(person: User, password: str) -> None:
    """For who has just said the old one: every other browser is signed out."""
    _set(current_actor(), person, password, keep=present_sign_in())


def make_link_token(person: User) -> str:
    """For an administrator to hand over. Good for a day, and until the password is another: so it works once."""
    people.note_link(session(), current_actor(), person)
    return str(_serializer().dumps([str(person.id), _mark(person)]))


def find_person_by_link(token: str) -> User | None:
    """Whose password the link may set; None for one that is too old, used, or of an account switched off."""
    try:
        person_id, mark = _serializer().loads(token, max_age=int(LINK_LASTS.total_seconds()))
    except BadSignature:
        return None
    person = session().get(User, UUID(person_id))
    is_good = person is not None and person.active and hmac.compare_digest(mark, _mark(person))
    return person if is_good else None


def set_password_by_link(person: User, password: str) -> None:
    """Who holds the link acts as the person; everybody who was signed in as that person is signed out."""
    _set(Actor(user_id=person.id), person, password, keep=None)


def _set(actor: Actor, person: User, password: str, *, keep: UUID | None) -> None:
    person.password = hash_password(password)
    session().add(person)
    ended = sign_ins.end_all(session(), person, keep=keep)
    audit.record(session(), actor, "account.password", person, changes={"ended": ended})


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_instance().derive_secret(PURPOSE))


def _mark(person: User) -> str:
    """Of the present password: it changes with it, and tells nothing of it."""
    key = current_instance().derive_secret(PURPOSE).encode()
    return hmac.new(key, (person.password or "").encode(), hashlib.sha256).hexdigest()
