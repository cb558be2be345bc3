"""The way of a deal, as the audit log has it: who changed what, and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from matchmaker.services import audit
from matchmaker.services.actors import Actor
from matchmaker.services.desk import rights
from models.accounts import User
from models.audit import AuditEntry
from models.desk import Deal, DealNote

MOVED = "deal.move"
ENTERS = ("deal.add", MOVED)
MEMO = "deal.memo"


@dataclass(frozen=True)
class Step:
    """One entry; `changes` are [before, after] by field, with people already named."""

    at: datetime
    person: str
    action: str
    changes: Mapping[str, object]


def list_history(session: Session, actor: Actor, deal_id: UUID) -> list[Step]:
    """The latest first; what was noted stands with the notes."""
    deal = rights.get_deal(session, actor, deal_id)
    entries = session.exec(_entries(deal).order_by(col(AuditEntry.id).desc())).all()
    mentioned = {one.user_id for one in entries if one.user_id} | {key for one in entries for key in _owners(one)}
    users = session.exec(select(User).where(col(User.id).in_(mentioned))) if mentioned else ()
    names = {one.id: one.name or one.email for one in users}
    return [
        Step(
            at=one.at,
            person=names.get(one.user_id, "") if one.user_id else "",
            action=one.action,
            changes=_named(one.changes, names),
        )
        for one in entries
    ]


def entered_at(session: Session, deal: Deal) -> datetime:
    """When the deal came to the stage in which it stands."""
    last = _entries(deal).where(col(AuditEntry.action).in_(ENTERS)).order_by(col(AuditEntry.id).desc())
    entry = session.exec(last.limit(1)).first()
    return entry.at if entry else deal.created_at


def has_note(session: Session, deal: Deal) -> bool:
    """Whether somebody has noted something since the deal came to its stage."""
    written = select(DealNote.id).where(
        DealNote.deal_id == deal.id, col(DealNote.created_at) >= entered_at(session, deal)
    )
    return session.exec(written.limit(1)).first() is not None


def has_memo(session: Session, deal: Deal) -> bool:
    """Whether the memo for the committee was made at least once."""
    return session.exec(_entries(deal).where(AuditEntry.action == MEMO).limit(1)).first() is not None


def note_memo(session: Session, actor: Actor, deal_id: UUID) -> None:
    """Keep in the history that the memo for the committee was made."""
    deal = rights.get_editable_deal(session, actor, deal_id)
    audit.record(session, actor, MEMO, deal)
    session.flush()


def record_move(session: Session, actor: Actor, deal: Deal, changes: Mapping[str, object]) -> None:
    """For the service that has just moved it."""
    audit.record(session, actor, MOVED, deal, changes=changes)


def _entries(deal: Deal) -> SelectOfScalar[AuditEntry]:
    return select(AuditEntry).where(
        AuditEntry.subject_type == Deal.__tablename__, AuditEntry.subject_id == str(deal.id)
    )


def _owners(entry: AuditEntry) -> list[UUID]:
    return [UUID(key) for key in entry.changes.get("owner_id", ()) if key]


def _named(changes: Mapping[str, object], names: Mapping[UUID, str]) -> dict[str, object]:
    owners = changes.get("owner_id")
    if not isinstance(owners, list):
        return dict(changes)
    return {**changes, "owner_id": [names.get(UUID(key), "—") if key else None for key in owners]}
