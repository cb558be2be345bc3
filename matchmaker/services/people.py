"""The accounts as administrators know them: who there is, switching one off and on, links for a new password."""

from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from matchmaker.errors import InvalidInput, NotFound
from matchmaker.services import audit, sign_ins
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.paging import Page, page_of
from models.accounts import User


def list_people(session: Session, actor: Actor, *, words: str = "", page: int = 1) -> Page[User]:
    """By address; `words` keeps those with them in name or address."""
    require(actor, Permission.ACCOUNT_MANAGE)
    wanted = sa.select(User).order_by(col(User.email))
    if words:
        named = (column.icontains(words, autoescape=True) for column in (col(User.name), col(User.email)))
        wanted = wanted.where(sa.or_(*named))
    return page_of(session, wanted, number=page)


def get_person(session: Session, actor: Actor, user_id: UUID) -> User:
    require(actor, Permission.ACCOUNT_MANAGE)
    person = session.get(User, user_id)
    if person is None:
        raise NotFound("person", user_id)
    return person


def switch_off(session: Session, actor: Actor, person: User) -> None:
    """Nobody gets in with this account any more, and who is in is out with the next request."""
    require(actor, Permission.ACCOUNT_MANAGE)
    if person.id == actor.user_id:
        raise InvalidInput("own_account")
    _switch(session, actor, person, active=False)
    sign_ins.end_all(session, person)


def switch_on(session: Session, actor: Actor, person: User) -> None:
    """The person signs in anew; what was ended stays ended."""
    require(actor, Permission.ACCOUNT_MANAGE)
    _switch(session, actor, person, active=True)


def note_link(session: Session, actor: Actor, person: User) -> None:
    """That a link for a new password was handed out, and by whom."""
    require(actor, Permission.ACCOUNT_MANAGE)
    if not person.active:
        raise InvalidInput("account_off")
    audit.record(session, actor, "account.link", person)


def _switch(session: Session, actor: Actor, person: User, **values: object) -> None:
    changes = audit.apply_changes(person, values)
    session.add(person)
    if changes:
        audit.record(session, actor, "account.switch", person, changes=changes)
    session.flush()
