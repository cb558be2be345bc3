"""What every change of a room shares: the grain of an edit, the audit row, and signatures that no longer hold.

Two people edit a room at once as a rule, so a conflict is looked for in the part that was edited and nowhere else: a
seat, a line of the IP matrix, a section. The form carries a fingerprint of the part as it was shown.
"""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlmodel import Session, SQLModel

from matchmaker.errors import Stale
from matchmaker.services import audit
from matchmaker.services.actors import Actor
from matchmaker.services.changes import check_seen, fingerprint
from matchmaker.services.consortia.rooms import Room
from models.base import utc_now
from models.consortia import Consortium


def change_part(
    session: Session,
    actor: Actor,
    room: Room,
    action: str,
    record: SQLModel,
    values: Mapping[str, object],
    *,
    seen: str | None,
) -> bool:
    """Set `values` on `record`, and say whether anything moved. `seen` is the fingerprint that the form showed."""
    stored = {name: getattr(record, name) for name in values}
    check_seen(str(record.__tablename__), stored, values, seen=seen)
    changes = audit.apply_changes(record, values)
    if changes:
        note(session, actor, room, action, record, changes)
        clear_signatures(session, actor, room)
    return bool(changes)


def check_gone(record: SQLModel, stored: Mapping[str, object], told: Iterable[str], *, seen: str | None) -> None:
    """Raise Stale where somebody would take away something else than was shown: `told` are the fields to be named."""
    if seen and seen != fingerprint(stored):
        raise Stale(str(record.__tablename__), {name: (stored[name], None) for name in told if stored[name]})


def note(
    session: Session,
    actor: Actor,
    room: Room,
    action: str,
    record: SQLModel,
    changes: Mapping[str, object] | None = None,
    *,
    organisation_id: UUID | None = None,
) -> None:
    """One audit row, and the room's clock, by which lists are ordered."""
    audit.record(
        session, actor, action, record, organisation_id=organisation_id or room.consortium.lead_id, changes=changes
    )
    if not isinstance(record, Consortium):
        room.consortium.changed_at = utc_now()
    session.flush()


def clear_signatures(session: Session, actor: Actor, room: Room) -> None:
    """What somebody has signed is what they read: a change of the content takes the signatures back."""
    signed = [seat for seat in room.members if seat.signed_at is not None]
    for seat in signed:
        changes = audit.apply_changes(seat, {"signed_at": None})
        note(session, actor, room, "seat.unsign", seat, changes, organisation_id=seat.organisation_id)
