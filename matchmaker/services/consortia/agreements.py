"""The draft agreement of a room as a frozen value: what the documents say, gathered for who is inside."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlmodel import Session

from matchmaker.exports.agreement import Agreement, Party, Right
from matchmaker.exports.content import Phrase
from matchmaker.services.actors import Actor
from matchmaker.services.consortia import rooms, versions
from matchmaker.services.consortia.rooms import Room
from matchmaker.services.visibility import open_fields
from models.base import CHINA
from models.challenges import Challenge
from models.consortia import Seat
from models.enums import ConsortiumState, Grade, IpSide
from models.organisations import Organisation

# What stands in an agreement beside the name; what its owner has closed is a blank to be filled in on paper.
ON_PAPER = ("uscc", "address")


def agreement_of(session: Session, actor: Actor, consortium_id: UUID) -> Agreement:
    """For those inside."""
    room = rooms.get_room(session, actor, consortium_id)
    consortium = room.consortium
    visible = open_fields(session, room.organisations, ON_PAPER)
    return Agreement(
        name=Phrase(consortium.name_zh, consortium.name_en),
        goal=Phrase(consortium.goal_zh, consortium.goal_en),
        challenge=_challenge(session, consortium.challenge_id),
        parties=tuple(_party(room, seat, visible) for seat in room.members),
        background=_rights(room, IpSide.BACKGROUND),
        foreground=_rights(room, IpSide.FOREGROUND),
        organs=consortium.organs,
        liable_body=consortium.liable_body,
        breach=consortium.breach,
        entry_exit=consortium.entry_exit,
        secrecy=consortium.secrecy,
        budget=consortium.budget,
        starts_on=consortium.starts_on,
        months=consortium.months,
        version=versions.number_now(session, room),
        dated=consortium.signed_on or consortium.changed_at.astimezone(CHINA).date(),
        is_signed=consortium.state is ConsortiumState.SIGNED,
    )


def _party(room: Room, seat: Seat, visible: Mapping[UUID, frozenset[str]]) -> Party:
    organisation = room.organisation_of(seat)
    assert organisation is not None  # who has accepted is somebody
    seen = visible[organisation.id]
    return Party(
        name=_name(organisation),
        role=Phrase(seat.role_zh, seat.role_en),
        uscc=(organisation.uscc or "") if "uscc" in seen else "",
        address=organisation.address if "address" in seen else "",
        is_lead=seat.is_lead,
        tasks=seat.tasks,
        money=seat.money,
        own_money=seat.own_money,
        benefit_percent=seat.benefit_percent,
        signed_on=seat.signed_at.astimezone(CHINA).date() if seat.signed_at else None,
    )


def _rights(room: Room, side: IpSide) -> tuple[Right, ...]:
    return tuple(
        Right(
            title=right.title,
            owners=_names(room, right.owner_ids),
            users=_names(room, right.user_ids),
            terms=right.terms,
        )
        for right in room.rights
        if right.side is side
    )


def _names(room: Room, ids: Iterable[str]) -> tuple[Phrase, ...]:
    """Of those who are members: who is only invited stands in no agreement."""
    members = {str(seat.organisation_id) for seat in room.members}
    return tuple(_name(room.organisations[UUID(key)]) for key in ids if key in members)


def _name(organisation: Organisation) -> Phrase:
    return Phrase(organisation.name_zh, organisation.name_en)


def _challenge(session: Session, challenge_id: UUID | None) -> Phrase | None:
    challenge = session.get(Challenge, challenge_id) if challenge_id else None
    # Of a closed one not even the title: a document is handed on.
    is_told = challenge is not None and challenge.secrecy is not Grade.CLOSED
    return Phrase(challenge.title_zh, challenge.title_en) if challenge and is_told else None
