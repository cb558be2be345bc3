"""Signing: each member for itself, on what it has read; when the last one has signed, the room is locked."""

from uuid import UUID

from sqlmodel import Session

from matchmaker.errors import InvalidInput, NotAllowed, Stale
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.calendar import today
from matchmaker.services.changes import fingerprint, touch
from matchmaker.services.consortia import rooms
from matchmaker.services.consortia.changing import note
from matchmaker.services.consortia.checking import readiness
from matchmaker.services.consortia.rooms import Room
from matchmaker.services.consortia.versions import keep_in, snapshot_of
from models.base import utc_now
from models.consortia import Seat
from models.enums import ConsortiumState
from models.organisations import Organisation

LONGEST_REASON = 1000


def seen_content(room: Room) -> str:
    """Fingerprint of what is signed: whoever has read something else signs nothing."""
    return fingerprint(snapshot_of(room))


def sign(session: Session, actor: Actor, consortium_id: UUID, organisation_id: UUID, *, seen: str) -> None:
    """Sign for one member. Everything must be settled, and be what the signer has read."""
    room = rooms.open_for_change(session, actor, consortium_id)
    seat = _seat_of(actor, room, organisation_id)
    if seat.signed_at is not None:
        return
    if seen != seen_content(room):
        raise Stale("consortia", {"agreement": ("", "")})
    rooms.require_active(session, room.members)
    if not readiness(session, room).is_ready:
        raise InvalidInput("not_ready_to_sign")
    version = keep_in(session, actor, room, "")
    changes = audit.apply_changes(seat, {"signed_at": utc_now()})
    note(
        session, actor, room, "seat.sign", seat, {**changes, "version": version.number}, organisation_id=organisation_id
    )
    if all(one.signed_at is not None for one in room.seats):
        _lock(session, actor, room)


def take_back(session: Session, actor: Actor, consortium_id: UUID, organisation_id: UUID) -> None:
    """Take one's own signature back, as long as somebody else's is missing."""
    room = rooms.open_for_change(session, actor, consortium_id)
    seat = _seat_of(actor, room, organisation_id)
    changes = audit.apply_changes(seat, {"signed_at": None})
    if changes:
        note(session, actor, room, "seat.unsign", seat, changes, organisation_id=organisation_id)


def dissolve(session: Session, actor: Actor, consortium_id: UUID, reason: str) -> None:
    """The lead ends it, forming or signed, and says why; what it said stays to be read."""
    room = rooms.get_room(session, actor, consortium_id)
    require(actor, Permission.CONSORTIUM_EDIT, room.consortium.lead_id)
    room = rooms.hold(session, consortium_id)
    state = room.consortium.state
    if state is ConsortiumState.DISSOLVED:
        return
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise InvalidInput("reason_length", field="reason", most=LONGEST_REASON)
    values = {"state": ConsortiumState.DISSOLVED, "dissolved_reason": reason}
    changes = audit.apply_changes(room.consortium, values)
    note(session, actor, room, "consortium.dissolve", room.consortium, changes)
    if state is ConsortiumState.SIGNED:
        _count_engaged(session, actor, room, -1)


def _lock(session: Session, actor: Actor, room: Room) -> None:
    session.flush()  # the seats first: from the next statement on, the database lets nobody change them
    changes = audit.apply_changes(room.consortium, {"state": ConsortiumState.SIGNED, "signed_on": today()})
    note(session, actor, room, "consortium.sign", room.consortium, changes)
    _count_engaged(session, actor, room, 1)


def _count_engaged(session: Session, actor: Actor, room: Room, step: int) -> None:
    """What was promised is carried from now on, or no longer; who has never said a figure has none."""
    # In one order for all, so that two rooms with the same members do not wait for each other.
    for seat in sorted(room.members, key=lambda seat: str(seat.organisation_id)):
        member = session.get_one(Organisation, seat.organisation_id)
        if member.engaged is None:
            continue
        changes = audit.apply_changes(member, {"engaged": max(0, member.engaged + step)})
        audit.record(session, actor, "organisation.engage", member, organisation_id=member.id, changes=changes)
        touch(session, member)


def _seat_of(actor: Actor, room: Room, organisation_id: UUID) -> Seat:
    seat = next((one for one in room.members if one.organisation_id == organisation_id), None)
    if seat is None or organisation_id not in rooms.acting(actor, room):
        raise NotAllowed(Permission.CONSORTIUM_EDIT, organisation_id)
    return seat
