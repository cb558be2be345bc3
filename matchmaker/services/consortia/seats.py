"""Seats: adding one, saying what its member does and receives, proposing an organisation for it."""

from dataclasses import asdict
from uuid import UUID

from sqlmodel import Session

from matchmaker.errors import InvalidInput, NotAllowed, NotFound
from matchmaker.services.actors import Actor, Permission
from matchmaker.services.changes import fingerprint
from matchmaker.services.consortia import rooms
from matchmaker.services.consortia.changing import change_part, check_gone, clear_signatures, note
from matchmaker.services.consortia.drafts import MOST_SEATS, SeatDraft, check_seat
from matchmaker.services.consortia.rooms import Room
from models.consortia import Seat
from models.enums import OrganisationState, SeatState
from models.organisations import Organisation

VACANT = frozenset({SeatState.OPEN, SeatState.PROPOSED})


def add_seat(session: Session, actor: Actor, consortium_id: UUID, draft: SeatDraft) -> Seat:
    """Another open seat; for the lead."""
    room = rooms.open_for_change(session, actor, consortium_id)
    rooms.require_lead(actor, room)
    check_seat(draft)
    if len(room.seats) >= MOST_SEATS:
        raise InvalidInput("too_many_seats", most=MOST_SEATS, given=len(room.seats))
    position = max(seat.position for seat in (*room.seats, *room.turned_down)) + 1
    seat = Seat(consortium_id=consortium_id, position=position, **asdict(draft))
    session.add(seat)
    session.flush()
    note(session, actor, room, "seat.add", seat, asdict(draft))
    clear_signatures(session, actor, room)
    return seat


def update_seat(
    session: Session, actor: Actor, consortium_id: UUID, seat_id: UUID, draft: SeatDraft, *, seen: str | None = None
) -> None:
    """What the seat does and receives; for the lead, and for the member that sits there."""
    room = rooms.open_for_change(session, actor, consortium_id)
    seat = rooms.seat_in(room, seat_id)
    if not rooms.may_edit_seat(actor, room, seat):
        raise NotAllowed(Permission.CONSORTIUM_EDIT, seat_id)
    check_seat(draft)
    change_part(session, actor, room, "seat.update", seat, asdict(draft), seen=seen)


def remove_seat(session: Session, actor: Actor, consortium_id: UUID, seat_id: UUID, *, seen: str | None = None) -> None:
    """Take a seat away on which nobody sits and nobody is asked to sit; for the lead. `seen` is `seen_vacant`."""
    room = rooms.open_for_change(session, actor, consortium_id)
    rooms.require_lead(actor, room)
    seat = rooms.seat_in(room, seat_id)
    if seat.state not in VACANT:
        raise InvalidInput("seat_taken", state=seat.state)
    check_gone(seat, _with_state(seat), ("role_zh", "role_en", "tasks", "state"), seen=seen)
    note(session, actor, room, "seat.remove", seat, {"role_zh": seat.role_zh, "role_en": seat.role_en})
    session.delete(seat)
    session.flush()
    clear_signatures(session, actor, room)


def propose(session: Session, actor: Actor, consortium_id: UUID, seat_id: UUID, organisation_id: UUID) -> Seat:
    """Put an organisation on a vacant seat; it learns of it when it is invited."""
    room = rooms.open_for_change(session, actor, consortium_id)
    rooms.require_lead(actor, room)
    seat = rooms.seat_in(room, seat_id)
    if seat.state not in VACANT:
        raise InvalidInput("seat_taken", state=seat.state)
    if seat.organisation_id == organisation_id:
        return seat
    _check_candidate(session, room, organisation_id)
    changes = {
        "organisation_id": [seat.organisation_id, organisation_id],
        "state": [seat.state, SeatState.PROPOSED],
    }
    seat.organisation_id, seat.state = organisation_id, SeatState.PROPOSED
    note(session, actor, room, "seat.propose", seat, changes)
    return seat


def values_of(seat: Seat) -> dict[str, object]:
    """The part of a seat that is edited: the start of its form."""
    return {name: getattr(seat, name) for name in SeatDraft.__dataclass_fields__}


def seen_seat(seat: Seat) -> str:
    return fingerprint(values_of(seat))


def seen_vacant(seat: Seat) -> str:
    """Of a seat that may be taken away: a colleague may have proposed somebody for it."""
    return fingerprint(_with_state(seat))


def _with_state(seat: Seat) -> dict[str, object]:
    return {**values_of(seat), "state": seat.state, "organisation_id": seat.organisation_id}


def _check_candidate(session: Session, room: Room, organisation_id: UUID) -> None:
    candidate = session.get(Organisation, organisation_id)
    if candidate is None or candidate.state is not OrganisationState.ACTIVE:
        raise NotFound("organisation", organisation_id)
    for seat in (*room.seats, *room.turned_down):
        if seat.organisation_id == organisation_id:
            raise InvalidInput("in_the_room_already", field="organisation_id", state=seat.state)
