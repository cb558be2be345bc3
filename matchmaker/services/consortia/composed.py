"""Rooms and the composer: a team becomes a room, a vacant seat gets substitutes, a new team fills the room again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput
from matchmaker.services.actors import Actor
from matchmaker.services.challenges import seeing
from matchmaker.services.composing import asking
from matchmaker.services.composing.reading import ProposedSeat, seats_of_team
from matchmaker.services.composing.settings import MOST_PINNED, Settings
from matchmaker.services.consortia import invitations, opening, rooms, seats
from matchmaker.services.consortia.changing import clear_signatures, note
from matchmaker.services.consortia.opening import LEAD_ROLE, Place
from matchmaker.services.consortia.rooms import Room
from models.consortia import Composition, Consortium, Seat
from models.enums import ConsortiumState, OrganisationState, SeatState
from models.organisations import Organisation

MOST_SUBSTITUTES = 5
# A team of a challenge without seats.
MEMBER_ROLE = ("成员单位", "Member")
TAKEN = frozenset({SeatState.INVITED, SeatState.ACCEPTED})


@dataclass(frozen=True)
class Substitute:
    """Somebody who could take a seat; `loss` is what the composer's team would be worth less, None: not worked out."""

    organisation: Organisation
    loss: float | None
    fit: float | None


def open_from_composition(session: Session, actor: Actor, composition_id: UUID, number: int) -> Consortium:
    """A room for team `number` of a composition (0 is the best).

    A room that forms for the same challenge and lead is filled again, where all who are in it or invited are in the
    team too: composing again repairs a room, it does not double it.
    """
    composition = asking.get(session, actor, composition_id).composition
    challenge = seeing.get_seen(session, actor, composition.challenge_id)
    team = seats_of_team(session, actor, composition_id, number)
    if room := _find_room(session, actor, composition, team):
        return _fill_again(session, actor, room, composition, team)
    lead, *others = team
    return opening.open_for_challenge(
        session,
        actor,
        challenge,
        composition.lead_id,
        _place(lead),
        [_place(one) for one in others],
        composition=composition,
    )


def substitutes_for(session: Session, room: Room, seat: Seat) -> Sequence[Substitute]:
    """For a vacant seat: whom the composer named for this role and who is not in the room, the smallest loss first."""
    composition = session.get(Composition, room.consortium.composition_id) if room.consortium.composition_id else None
    if composition is None or seat.state not in seats.VACANT:
        return []
    there = {one.organisation_id for one in (*room.seats, *room.turned_down)}
    best: dict[UUID, tuple[float, float | None]] = {}
    for key, loss, fit in _named_for(composition.result.get("teams", ()), (seat.role_zh, seat.role_en)):
        if key not in there and (key not in best or loss < best[key][0]):
            best[key] = (loss, fit)
    active = select(Organisation).where(col(Organisation.id).in_(best), Organisation.state == OrganisationState.ACTIVE)
    found = sorted(session.exec(active), key=lambda one: (best[one.id][0], str(one.id)))
    return [
        Substitute(one, None if best[one.id][0] == float("inf") else best[one.id][0], best[one.id][1])
        for one in found[:MOST_SUBSTITUTES]
    ]


def swap(session: Session, actor: Actor, consortium_id: UUID, seat_id: UUID, organisation_id: UUID) -> Seat:
    """Propose a substitute and invite it, with the words with which the seat was offered before."""
    room = rooms.get_room(session, actor, consortium_id)
    vacant = rooms.seat_in(room, seat_id)
    before = [one.message for one in room.turned_down if one.position == vacant.position]
    seats.propose(session, actor, consortium_id, seat_id, organisation_id)
    return invitations.invite(session, actor, consortium_id, seat_id, before[-1] if before else "")


def compose_again(session: Session, actor: Actor, consortium_id: UUID) -> Composition:
    """Ask the composer for a team around those who have said yes or are asked, without those who said no."""
    room = rooms.open_for_change(session, actor, consortium_id)
    rooms.require_lead(actor, room)
    if room.consortium.challenge_id is None:
        raise InvalidInput("no_challenge")
    challenge = seeing.get_seen(session, actor, room.consortium.challenge_id)
    taken = [seat.organisation_id for seat in room.seats if seat.state in TAKEN and not seat.is_lead]
    declined = [seat.organisation_id for seat in room.turned_down]
    settings = Settings(
        held=tuple(key for key in taken if key)[:MOST_PINNED],
        barred=tuple(key for key in declined if key)[-MOST_PINNED:],
    )
    return asking.ask(session, actor, challenge, room.consortium.lead_id, settings)


def _find_room(session: Session, actor: Actor, composition: Composition, team: Sequence[ProposedSeat]) -> Room | None:
    forming = select(Consortium).where(
        Consortium.challenge_id == composition.challenge_id,
        Consortium.lead_id == composition.lead_id,
        Consortium.state == ConsortiumState.FORMING,
    )
    wanted = {one.organisation_id for one in team}
    for consortium in session.exec(forming.order_by(col(Consortium.created_at).desc())):
        room = rooms.get_room(session, actor, consortium.id)
        taken = {seat.organisation_id for seat in room.seats if seat.state in TAKEN}
        if taken <= wanted and not wanted & {seat.organisation_id for seat in room.turned_down}:
            return room
    return None


def _fill_again(
    session: Session, actor: Actor, room: Room, composition: Composition, team: Sequence[ProposedSeat]
) -> Consortium:
    """Who is only proposed gives way to the new team; vacant seats of the same role are filled first."""
    room = rooms.open_for_change(session, actor, room.consortium.id)
    rooms.require_lead(actor, room)
    wanted = {one.organisation_id for one in team}
    opening.check_active(session, sorted(wanted, key=str))
    present = {seat.organisation_id for seat in room.seats if seat.organisation_id in wanted}
    vacant = [seat for seat in room.seats if seat.state in seats.VACANT and seat.organisation_id not in wanted]
    for one in (one for one in team if one.organisation_id not in present):
        place = _place(one)
        seat = next((seat for seat in vacant if (seat.role_zh, seat.role_en) == (place.role_zh, place.role_en)), None)
        if seat is None:
            seat = _new_seat(session, room, place)
        else:
            vacant.remove(seat)
        seat.organisation_id, seat.state = one.organisation_id, SeatState.PROPOSED
        note(session, actor, room, "seat.propose", seat, {"organisation_id": one.organisation_id})
    for seat in vacant:
        if seat.state is SeatState.PROPOSED:
            seat.organisation_id, seat.state = None, SeatState.OPEN
            note(session, actor, room, "seat.withdraw", seat)
    room.consortium.composition_id = composition.id
    note(session, actor, room, "consortium.fill-again", room.consortium, {"composition_id": composition.id})
    clear_signatures(session, actor, room)
    return room.consortium


def _new_seat(session: Session, room: Room, place: Place) -> Seat:
    held = session.exec(select(Seat.position).where(Seat.consortium_id == room.consortium.id)).all()
    seat = Seat(
        consortium_id=room.consortium.id,
        role_zh=place.role_zh,
        role_en=place.role_en,
        kinds=list(place.kinds),
        capability_codes=list(place.capability_codes),
        money=place.money,
        position=max(held, default=0) + 1,
    )
    session.add(seat)
    session.flush()
    return seat


def _place(one: ProposedSeat) -> Place:
    usual = LEAD_ROLE if one.is_lead else MEMBER_ROLE
    role_zh, role_en = (one.role_zh, one.role_en) if one.role_zh or one.role_en else usual
    return Place(
        role_zh=role_zh,
        role_en=role_en,
        organisation_id=None if one.is_lead else one.organisation_id,
        kinds=one.kinds,
        capability_codes=one.capability_codes,
        money=one.money,
    )


def _role(member: Mapping[str, Any]) -> tuple[str, str]:
    role = member["role_zh"], member["role_en"]
    return role if any(role) else MEMBER_ROLE


def _named_for(teams: Sequence[Mapping[str, Any]], role: tuple[str, str]) -> Iterator[tuple[UUID, float, float | None]]:
    """Substitutes of this role's members, and members of other teams in this role, of whom no loss is known."""
    for team in teams:
        for member in team["members"]:
            if _role(member) != role or member["is_lead"]:
                continue
            yield UUID(member["organisation_id"]), float("inf"), member["fit"]
            for one in member.get("substitutes", ()):
                yield UUID(one["organisation_id"]), one["loss"], one["fit"]
