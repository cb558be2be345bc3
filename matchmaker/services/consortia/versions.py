"""Versions of a room: the whole as it stood, two of them side by side, and the way back, which is a new version.

A version holds what the agreement says. Who was asked and who said yes is not part of it: nobody's consent comes back
because an earlier text does.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, NotFound
from matchmaker.services import audit
from matchmaker.services.actors import Actor
from matchmaker.services.consortia import rooms
from matchmaker.services.consortia.changing import clear_signatures, note
from matchmaker.services.consortia.drafts import Article, GoalDraft, RightDraft, SeatDraft
from matchmaker.services.consortia.rooms import Room
from models.consortia import ConsortiumVersion, IpItem, Seat
from models.enums import IpSide

LONGEST_NOTE = 300
MOST_VERSIONS = 200
TEXTS = (*GoalDraft.__dataclass_fields__, "budget", "starts_on", "months", *(article.value for article in Article))
OF_SEAT = tuple(SeatDraft.__dataclass_fields__)
# By what somebody is looked for: it comes back with a seat, and is nothing that the agreement says.
SOUGHT = ("kinds", "capability_codes")
OF_RIGHT = tuple(RightDraft.__dataclass_fields__)


@dataclass(frozen=True)
class Difference:
    """One field that is not the same: `part` is "" for the room itself, "seat" or "right"; `subject` names which."""

    part: str
    subject: str
    field: str
    before: Any
    after: Any


def snapshot_of(room: Room) -> dict[str, Any]:
    """What the agreement says, as plain values."""
    consortium = room.consortium
    seats = [
        {
            "id": seat.id,
            "organisation_id": seat.organisation_id,
            "name": _name(room, seat),
            "is_lead": seat.is_lead,
            **{name: getattr(seat, name) for name in (*OF_SEAT, *SOUGHT)},
        }
        for seat in room.seats
    ]
    rights = [{"id": right.id, **{name: getattr(right, name) for name in OF_RIGHT}} for right in room.rights]
    plain: dict[str, Any] = audit.plain(
        {"room": {name: getattr(consortium, name) for name in TEXTS}, "seats": seats, "rights": rights}
    )
    return plain


def keep(session: Session, actor: Actor, consortium_id: UUID, note_text: str = "") -> ConsortiumVersion:
    """The room as it is now, under the next number; nothing new where nothing has changed since the last.

    By hand up to a limit. What signing and going back keep is beside it: nobody is held up there by full shelves.
    """
    room = rooms.open_for_change(session, actor, consortium_id)
    latest = find_latest(session, consortium_id)
    if latest and latest.number >= MOST_VERSIONS and latest.snapshot != snapshot_of(room):
        raise InvalidInput("too_many_versions", most=MOST_VERSIONS)
    return keep_in(session, actor, room, note_text)


def keep_in(session: Session, actor: Actor, room: Room, note_text: str) -> ConsortiumVersion:
    """For services that hold the room."""
    if len(note_text) > LONGEST_NOTE:
        raise InvalidInput("feedback_note_too_long", field="note", most=LONGEST_NOTE)
    latest = find_latest(session, room.consortium.id)
    snapshot = snapshot_of(room)
    if latest is not None and latest.snapshot == snapshot:
        return latest
    version = ConsortiumVersion(
        consortium_id=room.consortium.id,
        number=latest.number + 1 if latest else 1,
        note=note_text,
        made_by=actor.user_id,
        snapshot=snapshot,
    )
    session.add(version)
    session.flush()
    note(session, actor, room, "consortium.keep-version", version, {"number": version.number})
    return version


def list_versions(session: Session, actor: Actor, consortium_id: UUID) -> Sequence[ConsortiumVersion]:
    """The latest first; for those inside."""
    rooms.get_room(session, actor, consortium_id)
    kept = select(ConsortiumVersion).where(ConsortiumVersion.consortium_id == consortium_id)
    return session.exec(kept.order_by(col(ConsortiumVersion.number).desc())).all()


def get_version(session: Session, actor: Actor, consortium_id: UUID, number: int) -> ConsortiumVersion:
    rooms.get_room(session, actor, consortium_id)
    return _get(session, consortium_id, number)


def find_latest(session: Session, consortium_id: UUID) -> ConsortiumVersion | None:
    kept = select(ConsortiumVersion).where(ConsortiumVersion.consortium_id == consortium_id)
    return session.exec(kept.order_by(col(ConsortiumVersion.number).desc()).limit(1)).first()


def number_now(session: Session, room: Room) -> int | None:
    """The number under which the room as it is now is kept; None where it has changed since."""
    latest = find_latest(session, room.consortium.id)
    return latest.number if latest and latest.snapshot == snapshot_of(room) else None


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Every field that differs, in the order of the agreement."""
    room = [
        Difference("", "", name, before["room"].get(name), after["room"].get(name))
        for name in TEXTS
        if before["room"].get(name) != after["room"].get(name)
    ]
    seats = _compare_parts("seat", before["seats"], after["seats"], ("name", *OF_SEAT), _seat_name)
    rights = _compare_parts("right", before["rights"], after["rights"], OF_RIGHT, lambda right: str(right["title"]))
    return [*room, *seats, *rights]


def go_back(session: Session, actor: Actor, consortium_id: UUID, number: int, note_text: str = "") -> ConsortiumVersion:
    """Make the room say what it said in version `number`. What it says now is kept first; the result is a new version.

    Seats that have gone come back open; seats that came since stay. A seat that was turned down since is not there
    twice: its terms go to the one in its place. The IP matrix becomes what it was.
    """
    room = rooms.open_for_change(session, actor, consortium_id)
    rooms.require_lead(actor, room)
    version = _get(session, consortium_id, number)
    keep_in(session, actor, room, "")
    changes = audit.apply_changes(room.consortium, _typed(version.snapshot["room"]))
    _restore_seats(session, room, version.snapshot["seats"])
    _restore_rights(session, room, version.snapshot["rights"])
    note(session, actor, room, "consortium.go-back", room.consortium, {"number": number, **changes})
    clear_signatures(session, actor, room)
    return keep_in(session, actor, rooms.hold(session, consortium_id), note_text)


def _get(session: Session, consortium_id: UUID, number: int) -> ConsortiumVersion:
    kept = select(ConsortiumVersion).where(
        ConsortiumVersion.consortium_id == consortium_id, ConsortiumVersion.number == number
    )
    version = session.exec(kept).first()
    if version is None:
        raise NotFound("version", number)
    return version


def _typed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Stored values as the columns take them."""
    start = values.get("starts_on")
    return {**{name: values[name] for name in TEXTS}, "starts_on": date.fromisoformat(start) if start else None}


def _restore_seats(session: Session, room: Room, stored: Sequence[Mapping[str, Any]]) -> None:
    at = {seat.position: seat for seat in room.seats}
    present = {str(seat.id): at.get(seat.position) for seat in room.turned_down}
    present |= {str(seat.id): seat for seat in room.seats}
    last = max(seat.position for seat in (*room.seats, *room.turned_down))
    for number, values in enumerate(stored, start=1):
        terms = {name: values[name] for name in OF_SEAT}
        if seat := present.get(values["id"]):
            audit.apply_changes(seat, terms)
        else:  # behind all others: a no that is taken back finds its seat by the position
            sought = {name: values.get(name, []) for name in SOUGHT}
            session.add(Seat(consortium_id=room.consortium.id, position=last + number, **terms, **sought))


def _restore_rights(session: Session, room: Room, stored: Sequence[Mapping[str, Any]]) -> None:
    present = {str(right.id): right for right in room.rights}
    for key in present.keys() - {values["id"] for values in stored}:
        session.delete(present[key])
    for position, values in enumerate(stored):
        terms = {**{name: values[name] for name in OF_RIGHT}, "side": IpSide(values["side"])}
        if right := present.get(values["id"]):
            audit.apply_changes(right, terms)
        else:
            session.add(IpItem(consortium_id=room.consortium.id, position=position, **terms))
    session.flush()


def _compare_parts(
    part: str,
    before: Sequence[Mapping[str, Any]],
    after: Sequence[Mapping[str, Any]],
    fields: Sequence[str],
    name_of: Any,
) -> Iterator[Difference]:
    old, new = {one["id"]: one for one in before}, {one["id"]: one for one in after}
    for key in [*old, *(key for key in new if key not in old)]:
        was, now = old.get(key, {}), new.get(key, {})
        subject = name_of(now or was)
        for field in fields:
            if was.get(field) != now.get(field) and (was.get(field) or now.get(field)):
                yield Difference(part, subject, field, was.get(field), now.get(field))


def _seat_name(seat: Mapping[str, Any]) -> str:
    return str(seat["role_zh"] or seat["role_en"])


def _name(room: Room, seat: Seat) -> str:
    organisation = room.organisation_of(seat)
    return (organisation.name_zh or organisation.name_en) if organisation else ""
