"""In which browsers a person is signed in: begun at the door, looked up with every request, ended one by one or all.

A cookie alone is worth nothing: it names a row, and the row says until when it counts. So a copied cookie dies with the
sign-out, and a person who is switched off is out with the next request.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.errors import NotFound
from matchmaker.services import audit
from matchmaker.services.actors import Actor
from models.accounts import SignIn, User
from models.base import utc_now

# Counted from the moment of signing in, however busy one is (ASVS 7.3.2).
LONGEST = timedelta(hours=12)


def begin(session: Session, user_id: UUID, browser: str) -> SignIn:
    """A new one; the caller has found out who it is, in whatever way."""
    sign_in = SignIn(user_id=user_id, browser=browser[:60])
    session.add(sign_in)
    return sign_in


def find_person(session: Session, sign_in_id: UUID) -> User | None:
    """Whose sign-in this is, as long as it counts and the account is switched on."""
    person = select(User).join(SignIn, col(SignIn.user_id) == col(User.id))
    return session.exec(person.where(SignIn.id == sign_in_id, _counts(), col(User.active))).one_or_none()


def list_own(session: Session, actor: Actor, *, most: int = 50) -> Sequence[SignIn]:
    """The actor's own, the latest first, with those that have ended."""
    own = select(SignIn).where(SignIn.user_id == actor.user_id)
    return session.exec(own.order_by(col(SignIn.created_at).desc(), col(SignIn.id)).limit(most)).all()


def counts(sign_in: SignIn) -> bool:
    """Whether who holds its cookie is signed in."""
    return sign_in.ended_at is None and sign_in.created_at > utc_now() - LONGEST


def end(session: Session, sign_in_id: UUID) -> None:
    """Signing out: who holds the cookie ends it."""
    _end(session, SignIn.id == sign_in_id)


def end_own(session: Session, actor: Actor, sign_in_id: UUID) -> None:
    """One of the actor's own, from another browser."""
    sign_in = session.get(SignIn, sign_in_id)
    if sign_in is None or sign_in.user_id != actor.user_id:
        raise NotFound("sign-in", sign_in_id)
    _end(session, SignIn.id == sign_in_id)
    audit.record(session, actor, "account.sign-out-elsewhere", sign_in)


def sign_out_elsewhere(session: Session, actor: Actor, person: User, *, keep: UUID | None) -> int:
    """For a person of themselves: all but the browser in which it is asked; gives how many that were."""
    ended = end_all(session, person, keep=keep)
    audit.record(session, actor, "account.sign-out-everywhere", person, changes={"ended": ended})
    return ended


def end_all(session: Session, person: User, *, keep: UUID | None = None) -> int:
    """For what makes them void and is entered in the log itself: another password, an account switched off."""
    return _end(session, SignIn.user_id == person.id, SignIn.id != keep)


def forget_before(session: Session, moment: datetime) -> int:
    """Rows of sign-ins that were over before this, however they ended."""
    gone = session.execute(sa.delete(SignIn).where(col(SignIn.created_at) < moment - LONGEST))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _end(session: Session, *which: object) -> int:
    ended = sa.update(SignIn).where(*which, _counts()).values(ended_at=utc_now())  # type: ignore[arg-type]
    return int(session.execute(ended).rowcount)  # type: ignore[attr-defined]


def _counts() -> sa.ColumnElement[bool]:
    return sa.and_(col(SignIn.ended_at).is_(None), col(SignIn.created_at) > utc_now() - LONGEST)
