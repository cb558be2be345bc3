"""A consortium with its seats, as those inside see it, and what an invited organisation may know of it.

Inside are the organisations whose seat is accepted (the lead from the start) and the programme officers. Who is invited
sees an outline: name, goal, lead, the roles of the seats, and its own seat. Who has said no keeps its own seat, which
stands as it was offered, and whom the invitation came from. To everybody else the room does not exist.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, NotAllowed, NotFound
from matchmaker.services.actors import Actor, Permission, can, require
from matchmaker.services.challenges import recusal
from models.challenges import Challenge
from models.consortia import Consortium, IpItem, Seat
from models.enums import ConsortiumState, OrganisationState, SeatState
from models.organisations import Organisation

# What an organisation that was asked may still look at: its own answer too, whatever it was.
ASKED = frozenset({SeatState.INVITED, SeatState.ACCEPTED, SeatState.DECLINED})


@dataclass(frozen=True)
class Room:
    """Everything in a consortium. `turned_down` are seats of those who said no; another seat is open in their place."""

    consortium: Consortium
    seats: tuple[Seat, ...]
    turned_down: tuple[Seat, ...]
    rights: tuple[IpItem, ...]
    organisations: Mapping[UUID, Organisation]

    @property
    def members(self) -> tuple[Seat, ...]:
        return tuple(seat for seat in self.seats if seat.state is SeatState.ACCEPTED)

    @property
    def lead(self) -> Organisation:
        return self.organisations[self.consortium.lead_id]

    def organisation_of(self, seat: Seat) -> Organisation | None:
        return self.organisations[seat.organisation_id] if seat.organisation_id else None

    def is_open(self) -> bool:
        return self.consortium.state is ConsortiumState.FORMING


@dataclass(frozen=True)
class About:
    """What the room is about today, and which roles there are."""

    name_zh: str
    name_en: str
    goal_zh: str
    goal_en: str
    roles: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Outline:
    """What an invited organisation may know: who leads, its own seat, and what the room is about (None after a no)."""

    consortium_id: UUID
    state: ConsortiumState
    lead: Organisation
    seat: Seat
    invited: Organisation
    about: About | None


@dataclass(frozen=True)
class RoomEntry:
    """A room in the list of one organisation: with its own seat, and who leads."""

    consortium: Consortium
    seat: Seat
    lead: Organisation


def get_room(session: Session, actor: Actor, consortium_id: UUID) -> Room:
    """For those inside."""
    consortium = session.get(Consortium, consortium_id)
    if consortium is None:
        raise NotFound("consortium", consortium_id)
    seats = _seats(session, consortium_id)
    if not _is_inside(session, actor, consortium, seats):
        _tell_why(session, actor, consortium)
        raise NotFound("consortium", consortium_id)
    return _room(session, consortium, seats)


def is_inside(session: Session, actor: Actor, consortium_id: UUID) -> bool:
    consortium = session.get(Consortium, consortium_id)
    return consortium is not None and _is_inside(session, actor, consortium, _seats(session, consortium_id))


def open_rooms(
    session: Session, actor: Actor, consortia: Iterable[Consortium], members: Mapping[UUID, Collection[UUID]]
) -> list[Consortium]:
    """Those that the actor is inside of, by their members; with a few queries for however many."""
    own, sees_all = actor.memberships.keys(), can(actor, Permission.CONSORTIUM_VIEW)
    kept_out = recusal.list_kept_out(session, actor) if sees_all else frozenset()
    return [
        one
        for one in consortia
        if own & {one.lead_id, *members[one.id]} or (sees_all and one.challenge_id not in kept_out)
    ]


def get_outline(session: Session, actor: Actor, seat: Seat) -> Outline:
    """Of the room of this seat, for the organisation that was asked to take it."""
    consortium = session.get_one(Consortium, seat.consortium_id)
    invited = session.get_one(Organisation, seat.organisation_id)
    return Outline(
        consortium.id,
        consortium.state,
        session.get_one(Organisation, consortium.lead_id),
        seat,
        invited,
        None if seat.state is SeatState.DECLINED else _about(session, consortium),
    )


def find_asked(session: Session, actor: Actor, consortium_id: UUID) -> Sequence[Seat]:
    """The seats of this room that were offered to organisations of the actor's."""
    mine = [key for key in actor.memberships if can(actor, Permission.CONSORTIUM_VIEW, key)]
    asked = select(Seat).where(
        Seat.consortium_id == consortium_id, col(Seat.organisation_id).in_(mine), col(Seat.state).in_(sorted(ASKED))
    )
    return session.exec(asked.order_by(col(Seat.position), col(Seat.id))).all()


def get_asked_seat(session: Session, actor: Actor, seat_id: UUID) -> Seat:
    """A seat that was offered to an organisation of the actor's."""
    seat = session.get(Seat, seat_id)
    if seat is None or seat.organisation_id is None or seat.state not in ASKED:
        raise NotFound("seat", seat_id)
    if not can(actor, Permission.CONSORTIUM_VIEW, seat.organisation_id):
        raise NotFound("seat", seat_id)
    return seat


def list_rooms(session: Session, actor: Actor, organisation_id: UUID) -> Sequence[RoomEntry]:
    """The consortia of which the organisation is a member, with its seat; the latest change first."""
    return _of_organisation(session, actor, organisation_id, SeatState.ACCEPTED)


def list_invitations(session: Session, actor: Actor, organisation_id: UUID) -> Sequence[RoomEntry]:
    """Where its answer is waited for."""
    asked = _of_organisation(session, actor, organisation_id, SeatState.INVITED)
    return [entry for entry in asked if entry.consortium.state is ConsortiumState.FORMING]


def list_all(session: Session, actor: Actor, *, most: int = 200) -> tuple[Sequence[Consortium], int]:
    """For programme officers, the latest change first, and how many of them they keep out of."""
    require(actor, Permission.CONSORTIUM_VIEW)
    latest = select(Consortium).order_by(col(Consortium.changed_at).desc(), col(Consortium.id))
    found = session.exec(latest.limit(most)).all()
    kept_out = recusal.list_kept_out(session, actor)
    seen = [one for one in found if one.challenge_id not in kept_out or is_inside(session, actor, one.id)]
    return seen, len(found) - len(seen)


def open_for_change(session: Session, actor: Actor, consortium_id: UUID) -> Room:
    """The room, read anew and held until this is committed: whoever else would change it waits.

    Only members change it, and only until it is signed or dissolved.
    """
    _lock(session, consortium_id)
    return get_editable(session, actor, consortium_id)


def get_editable(session: Session, actor: Actor, consortium_id: UUID) -> Room:
    """The room for a member's own people, as long as it can be changed."""
    room = get_room(session, actor, consortium_id)
    if not acting(actor, room):
        raise NotAllowed(Permission.CONSORTIUM_EDIT, consortium_id)
    if not room.is_open():
        raise InvalidInput("consortium_locked", state=room.consortium.state)
    return room


def hold(session: Session, consortium_id: UUID) -> Room:
    """The room, read anew and held, for services that have asked for permission themselves."""
    consortium = _lock(session, consortium_id)
    if consortium is None:
        raise NotFound("consortium", consortium_id)
    return _room(session, consortium, _seats(session, consortium_id))


def acting(actor: Actor, room: Room) -> frozenset[UUID]:
    """The members for which the actor may change things."""
    ids = {seat.organisation_id for seat in room.members if seat.organisation_id}
    return frozenset(key for key in ids if can(actor, Permission.CONSORTIUM_EDIT, key))


def leads(actor: Actor, room: Room) -> bool:
    return room.consortium.lead_id in acting(actor, room)


def require_lead(actor: Actor, room: Room) -> None:
    if not leads(actor, room):
        raise NotAllowed(Permission.CONSORTIUM_EDIT, room.consortium.lead_id)


def require_active(session: Session, seats: Sequence[Seat]) -> None:
    """Nobody is asked, joins or signs as an organisation that has closed or has become another."""
    for seat in seats:
        member = session.get_one(Organisation, seat.organisation_id)
        if member.state is not OrganisationState.ACTIVE:
            raise InvalidInput("member_not_active", name=member.name_zh or member.name_en)


def may_edit_seat(actor: Actor, room: Room, seat: Seat) -> bool:
    """The lead all of them, a member its own."""
    if not room.is_open() or seat.state is SeatState.DECLINED:
        return False
    own = seat.state is SeatState.ACCEPTED and seat.organisation_id in acting(actor, room)
    return own or leads(actor, room)


def seat_in(room: Room, seat_id: UUID) -> Seat:
    seat = next((one for one in (*room.seats, *room.turned_down) if one.id == seat_id), None)
    if seat is None:
        raise NotFound("seat", seat_id)
    return seat


def right_in(room: Room, right_id: UUID) -> IpItem:
    right = next((one for one in room.rights if one.id == right_id), None)
    if right is None:
        raise NotFound("ip item", right_id)
    return right


def _lock(session: Session, consortium_id: UUID) -> Consortium | None:
    held = select(Consortium).where(Consortium.id == consortium_id).with_for_update()
    return session.exec(held.execution_options(populate_existing=True)).first()


def _is_inside(session: Session, actor: Actor, consortium: Consortium, seats: Sequence[Seat]) -> bool:
    ids = {seat.organisation_id for seat in seats if seat.state is SeatState.ACCEPTED} | {consortium.lead_id}
    if ids & actor.memberships.keys():
        return True
    return can(actor, Permission.CONSORTIUM_VIEW) and not _keeps_out(session, actor, consortium)


def _keeps_out(session: Session, actor: Actor, consortium: Consortium) -> bool:
    """An officer whose own organisation competes in the challenge reads no rival's room."""
    if consortium.challenge_id is None or not actor.memberships:
        return False
    challenge = session.get_one(Challenge, consortium.challenge_id)
    return recusal.find_competing(session, actor, challenge) is not None


def _tell_why(session: Session, actor: Actor, consortium: Consortium) -> None:
    if consortium.challenge_id is not None and can(actor, Permission.CONSORTIUM_VIEW):
        recusal.require_none(session, actor, session.get_one(Challenge, consortium.challenge_id))


def _about(session: Session, consortium: Consortium) -> About:
    seats = [one for one in _seats(session, consortium.id) if one.state is not SeatState.DECLINED]
    roles = tuple((one.role_zh, one.role_en) for one in seats)
    return About(consortium.name_zh, consortium.name_en, consortium.goal_zh, consortium.goal_en, roles)


def _room(session: Session, consortium: Consortium, seats: Sequence[Seat]) -> Room:
    rights = select(IpItem).where(IpItem.consortium_id == consortium.id)
    ids = {seat.organisation_id for seat in seats if seat.organisation_id} | {consortium.lead_id}
    found = session.exec(select(Organisation).where(col(Organisation.id).in_(ids)))
    return Room(
        consortium,
        tuple(seat for seat in seats if seat.state is not SeatState.DECLINED),
        tuple(seat for seat in seats if seat.state is SeatState.DECLINED),
        tuple(session.exec(rights.order_by(col(IpItem.side), col(IpItem.position), col(IpItem.id)))),
        {organisation.id: organisation for organisation in found},
    )


def _seats(session: Session, consortium_id: UUID) -> Sequence[Seat]:
    of_room = select(Seat).where(Seat.consortium_id == consortium_id)
    in_order = of_room.order_by(col(Seat.is_lead).desc(), col(Seat.position), col(Seat.id))
    return session.exec(in_order.execution_options(populate_existing=True)).all()


def _of_organisation(session: Session, actor: Actor, organisation_id: UUID, state: SeatState) -> Sequence[RoomEntry]:
    require(actor, Permission.CONSORTIUM_VIEW, organisation_id)
    held = (
        select(Consortium, Seat, Organisation)
        .join(Seat, col(Seat.consortium_id) == col(Consortium.id))
        .join(Organisation, col(Consortium.lead_id) == col(Organisation.id))
        .where(Seat.organisation_id == organisation_id, Seat.state == state)
        .order_by(col(Consortium.changed_at).desc(), col(Consortium.id))
    )
    return [RoomEntry(*row) for row in session.exec(held)]
