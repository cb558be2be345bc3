"""The IP matrix: what members bring and what the work gives rise to, whose it is, and who may use it on which terms."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlmodel import Session

from matchmaker.errors import InvalidInput
from matchmaker.services.actors import Actor
from matchmaker.services.changes import fingerprint
from matchmaker.services.consortia import rooms
from matchmaker.services.consortia.changing import change_part, check_gone, clear_signatures, note
from matchmaker.services.consortia.drafts import MOST_RIGHTS, RightDraft, check_right
from matchmaker.services.consortia.rooms import Room
from models.consortia import IpItem


def add_right(session: Session, actor: Actor, consortium_id: UUID, draft: RightDraft) -> IpItem:
    """Another line; for any member."""
    room = rooms.open_for_change(session, actor, consortium_id)
    check_right(draft, known_ids(room))
    if len(room.rights) >= MOST_RIGHTS:
        raise InvalidInput("too_many_rights", most=MOST_RIGHTS)
    position = max((right.position for right in room.rights), default=0) + 1
    right = IpItem(consortium_id=consortium_id, position=position, **values(draft))
    session.add(right)
    session.flush()
    note(session, actor, room, "right.add", right, values(draft))
    clear_signatures(session, actor, room)
    return right


def update_right(
    session: Session, actor: Actor, consortium_id: UUID, right_id: UUID, draft: RightDraft, *, seen: str | None = None
) -> None:
    room = rooms.open_for_change(session, actor, consortium_id)
    right = rooms.right_in(room, right_id)
    check_right(draft, known_ids(room) | {*right.owner_ids, *right.user_ids})
    change_part(session, actor, room, "right.update", right, values(draft), seen=seen)


def remove_right(
    session: Session, actor: Actor, consortium_id: UUID, right_id: UUID, *, seen: str | None = None
) -> None:
    """Take a line away; `seen` is the fingerprint of the line as the page showed it."""
    room = rooms.open_for_change(session, actor, consortium_id)
    right = rooms.right_in(room, right_id)
    stored = values_of(right)
    check_gone(right, stored, ("side", "title", "terms"), seen=seen)
    note(session, actor, room, "right.remove", right, stored)
    session.delete(right)
    session.flush()
    clear_signatures(session, actor, room)


def seen_right(right: IpItem) -> str:
    return fingerprint(values_of(right))


def values_of(right: IpItem) -> dict[str, object]:
    """What is edited of a line: the start of its form."""
    return {name: getattr(right, name) for name in RightDraft.__dataclass_fields__}


def known_ids(room: Room) -> frozenset[str]:
    """Who may stand in a line: the organisations on seats."""
    return frozenset(str(seat.organisation_id) for seat in room.seats if seat.organisation_id)


def values(draft: RightDraft) -> dict[str, Any]:
    """JSON columns hold lists."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(draft).items()}
