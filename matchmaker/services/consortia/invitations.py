"""Consent: an organisation is proposed, invited, and says yes or no. Nobody becomes a member without its own yes."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, NotAllowed, NotFound, Stale
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, can, require
from matchmaker.services.changes import touch
from matchmaker.services.consortia import rooms
from matchmaker.services.consortia.changing import clear_signatures, note
from matchmaker.services.consortia.rooms import Room
from models.base import utc_now
from models.consortia import Consortium, Seat
from models.enums import ConsortiumState, DeclineReason, SeatState
from models.organisations import Organisation

LONGEST_TEXT = 1000
S = SeatState


@dataclass(frozen=True)
class Load:
    """How much an organisation can carry beside the rest: None where it has not said."""

    capacity: int | None
    engaged: int | None
    promised: int

    @property
    def is_full(self) -> bool:
        return self.capacity is not None and (self.engaged or 0) + self.promised >= self.capacity


def invite(session: Session, actor: Actor, consortium_id: UUID, seat_id: UUID, message: str = "") -> Seat:
    """Ask the organisation that was proposed; it sees the outline of the room and its own seat."""
    _check_length(message, "message")
    room = rooms.open_for_change(session, actor, consortium_id)
    rooms.require_lead(actor, room)
    seat = rooms.seat_in(room, seat_id)
    if seat.state is S.INVITED and seat.message == message:
        return seat
    _check_step(seat, S.PROPOSED, S.INVITED)
    rooms.require_active(session, [seat])
    values = {"state": S.INVITED, "message": message, "invited_at": seat.invited_at or utc_now()}
    _step(session, actor, room, seat, "invite", values)
    return seat


def withdraw(session: Session, actor: Actor, consortium_id: UUID, seat_id: UUID) -> Seat:
    """Take a proposal or an invitation back; the seat is open again."""
    room = rooms.open_for_change(session, actor, consortium_id)
    rooms.require_lead(actor, room)
    seat = rooms.seat_in(room, seat_id)
    _check_step(seat, S.PROPOSED, S.INVITED)
    _step(session, actor, room, seat, "withdraw", _vacated())
    return seat


def accept(session: Session, actor: Actor, seat_id: UUID, answer: str = "", *, seen: SeatState | None = None) -> Seat:
    """The organisation takes the seat. A no of before is taken back where the seat is still free."""
    _check_length(answer, "answer")
    room, seat = _of_invited(session, actor, seat_id, seen)
    if seat.state is S.ACCEPTED:
        return seat
    _check_step(seat, S.INVITED, S.DECLINED)
    assert seat.organisation_id is not None
    rooms.require_active(session, [seat])
    _wait_for_turn(session, seat.organisation_id)
    load = load_of(session, seat.organisation_id, beside=room.consortium.id)
    if load.is_full:
        running = (load.engaged or 0) + load.promised
        raise InvalidInput("capacity_full", field="kind", capacity=load.capacity, running=running)
    if seat.state is S.DECLINED:
        _take_back_vacancy(session, actor, room, seat)
    values = {"state": S.ACCEPTED, "answer": answer, "answered_at": utc_now(), "reason": None}
    _step(session, actor, room, seat, "accept", values, organisation_id=seat.organisation_id)
    clear_signatures(session, actor, room)
    return seat


def decline(
    session: Session,
    actor: Actor,
    seat_id: UUID,
    reason: DeclineReason,
    answer: str = "",
    *,
    seen: SeatState | None = None,
) -> Seat:
    """The organisation says no, and why. What it said stays; in its place a seat like it is open. Gives that seat."""
    _check_length(answer, "answer")
    if reason is DeclineReason.OTHER and not answer.strip():
        raise InvalidInput("feedback_note_missing", field="answer")
    room, seat = _of_invited(session, actor, seat_id, seen)
    assert seat.organisation_id is not None
    if seat.state is S.DECLINED and (seat.reason, seat.answer) == (reason, answer):
        return seat
    _check_step(seat, S.INVITED, S.DECLINED)
    was_declined = seat.state is S.DECLINED
    values = {"state": S.DECLINED, "reason": reason, "answer": answer, "answered_at": utc_now()}
    _step(session, actor, room, seat, "decline", values, organisation_id=seat.organisation_id)
    # What organisations decline for lowers their place on lists, so the index reads them again.
    touch(session, session.get_one(Organisation, seat.organisation_id))
    return seat if was_declined else _vacancy(session, actor, room, seat)


def leave(session: Session, actor: Actor, seat_id: UUID, answer: str) -> None:
    """A member goes before anything is signed; the seat is open again. The lead dissolves instead."""
    _check_length(answer, "answer")
    seat = rooms.get_asked_seat(session, actor, seat_id)
    room = rooms.open_for_change(session, actor, seat.consortium_id)
    seat = rooms.seat_in(room, seat_id)
    require(actor, Permission.CONSORTIUM_EDIT, seat.organisation_id)
    _check_step(seat, S.ACCEPTED)
    if seat.is_lead:
        raise InvalidInput("lead_stays")
    if not answer.strip():
        raise InvalidInput("feedback_note_missing", field="answer")
    left = seat.organisation_id
    clear_signatures(session, actor, room)
    _step(session, actor, room, seat, "leave", _vacated() | {"answer": ""}, organisation_id=left, said=answer)


def load_of(session: Session, organisation_id: UUID, *, beside: UUID | None = None) -> Load:
    """What it has said it can carry and carries, and the seats it has taken in other consortia that still form.

    At signing a seat moves from what is promised to what is carried; of who has never said what it carries, what was
    signed here still counts as promised.
    """
    organisation = session.get_one(Organisation, organisation_id)
    counted = [ConsortiumState.FORMING]
    if organisation.engaged is None:
        counted.append(ConsortiumState.SIGNED)
    promised = (
        sa.select(sa.func.count())
        .select_from(Seat)
        .join(Consortium, col(Seat.consortium_id) == col(Consortium.id))
        .where(
            col(Seat.organisation_id) == organisation_id,
            col(Seat.state) == S.ACCEPTED,
            col(Consortium.state).in_(counted),
        )
    )
    if beside is not None:
        promised = promised.where(col(Consortium.id) != beside)
    return Load(organisation.capacity, organisation.engaged, session.execute(promised).scalar_one())


def _of_invited(session: Session, actor: Actor, seat_id: UUID, seen: SeatState | None) -> tuple[Room, Seat]:
    """The room and the seat, for who may answer for the invited organisation; held until this is committed."""
    asked = rooms.get_asked_seat(session, actor, seat_id)
    if not can(actor, Permission.CONSORTIUM_EDIT, asked.organisation_id):
        raise NotAllowed(Permission.CONSORTIUM_EDIT, asked.organisation_id)
    room = rooms.hold(session, asked.consortium_id)
    seat = rooms.seat_in(room, seat_id)
    if seat.organisation_id != asked.organisation_id or seat.state not in rooms.ASKED:
        raise NotFound("seat", seat_id)  # withdrawn a moment ago
    if not room.is_open():
        raise InvalidInput("consortium_locked", state=room.consortium.state)
    if seen is not None and seen is not seat.state:
        raise Stale("seats", {"state": (seat.state, seen)})
    return room, seat


def _step(
    session: Session,
    actor: Actor,
    room: Room,
    seat: Seat,
    verb: str,
    values: Mapping[str, object],
    *,
    organisation_id: UUID | None = None,
    said: str = "",
) -> None:
    changes: dict[str, object] = dict(audit.apply_changes(seat, values))
    if said:
        changes["said"] = said
    note(session, actor, room, f"seat.{verb}", seat, changes, organisation_id=organisation_id)


def _vacated() -> dict[str, object]:
    return {
        "state": S.OPEN,
        "organisation_id": None,
        "message": "",
        "invited_at": None,
        "answered_at": None,
        "signed_at": None,
    }


def _vacancy(session: Session, actor: Actor, room: Room, seat: Seat) -> Seat:
    """A seat like the one that was turned down, for somebody else."""
    like = ("role_zh", "role_en", "kinds", "capability_codes", "tasks", "money", "own_money", "benefit_percent")
    vacant = Seat(
        consortium_id=seat.consortium_id, position=seat.position, **{name: getattr(seat, name) for name in like}
    )
    session.add(vacant)
    session.flush()
    note(session, actor, room, "seat.reopen", vacant, {"in_place_of": seat.id})
    return vacant


def _wait_for_turn(session: Session, organisation_id: UUID) -> None:
    """An organisation with one place left that says yes in two rooms at once does so one after the other."""
    row = select(Organisation).where(Organisation.id == organisation_id).with_for_update(key_share=True)
    session.exec(row.execution_options(populate_existing=True)).one()  # what it carries may have changed meanwhile


def _take_back_vacancy(session: Session, actor: Actor, room: Room, seat: Seat) -> None:
    vacant = next((one for one in room.seats if one.position == seat.position and one.state is S.OPEN), None)
    if vacant is None:
        raise InvalidInput("seat_filled", field="kind")
    note(session, actor, room, "seat.remove", vacant, {"taken_back_by": seat.id})
    session.delete(vacant)
    session.flush()


def _check_step(seat: Seat, *allowed: SeatState) -> None:
    if seat.state not in allowed:
        raise InvalidInput("seat_step", state=seat.state)


def _check_length(text: str, field: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise InvalidInput("feedback_note_too_long", field=field, most=LONGEST_TEXT)
