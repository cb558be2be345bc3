"""Remarks of members, for all who are inside: about one seat, or about the whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, NotAllowed
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission
from matchmaker.services.consortia import rooms
from models.consortia import ConsortiumComment
from models.organisations import Organisation

LONGEST = 2000
MOST = 1000


@dataclass(frozen=True)
class Remark:
    """A comment with who made it: the organisation; people stand in the audit log."""

    comment: ConsortiumComment
    organisation: Organisation | None


def add(
    session: Session,
    actor: Actor,
    consortium_id: UUID,
    text: str,
    *,
    organisation_id: UUID,
    seat_id: UUID | None = None,
) -> ConsortiumComment:
    """A remark of one of the actor's member organisations; a locked room is still talked about."""
    room = rooms.get_room(session, actor, consortium_id)
    if organisation_id not in rooms.acting(actor, room):
        raise NotAllowed(Permission.CONSORTIUM_EDIT, organisation_id)
    if not text.strip() or len(text) > LONGEST:
        raise InvalidInput("comment_length", field="text", most=LONGEST)
    if seat_id is not None:
        rooms.seat_in(room, seat_id)
    if len(list_remarks(session, actor, consortium_id)) >= MOST:
        raise InvalidInput("too_many_comments", most=MOST)
    comment = ConsortiumComment(
        consortium_id=consortium_id,
        seat_id=seat_id,
        organisation_id=organisation_id,
        author_id=actor.user_id,
        text=text,
    )
    session.add(comment)
    session.flush()
    audit.record(session, actor, "consortium.comment", comment, organisation_id=organisation_id)
    return comment


def list_remarks(session: Session, actor: Actor, consortium_id: UUID) -> Sequence[Remark]:
    """The oldest first; for those inside."""
    rooms.get_room(session, actor, consortium_id)
    said = (
        select(ConsortiumComment, Organisation)
        .outerjoin(Organisation, col(ConsortiumComment.organisation_id) == col(Organisation.id))
        .where(ConsortiumComment.consortium_id == consortium_id)
        .order_by(col(ConsortiumComment.created_at), col(ConsortiumComment.id))
    )
    return [Remark(comment, organisation) for comment, organisation in session.exec(said)]
