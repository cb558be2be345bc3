"""Keeping account: one audit row per change, in the change's own transaction."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col

from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.paging import Page, page_of
from models.audit import AuditEntry


def record(
    session: Session,
    actor: Actor,
    action: str,
    subject: SQLModel,
    *,
    organisation_id: UUID | None = None,
    changes: Mapping[str, object] | None = None,
) -> AuditEntry:
    """Note that `actor` did `action` (`offer.publish`) to `subject`; `changes` maps fields to [before, after]."""
    entry = AuditEntry(
        user_id=actor.user_id,
        action=action,
        subject_type=str(subject.__tablename__),
        subject_id=str(getattr(subject, "id", "")),
        organisation_id=organisation_id or getattr(subject, "organisation_id", None),
        changes={name: plain(value) for name, value in (changes or {}).items()},
    )
    session.add(entry)
    return entry


def apply_changes(subject: SQLModel, values: Mapping[str, object]) -> dict[str, list[object]]:
    """Set `values` on `subject` and give back what really changed, as field -> [before, after]."""
    changes: dict[str, list[object]] = {}
    for name, after in values.items():
        before = getattr(subject, name)
        if before != after:
            changes[name] = [before, after]
            setattr(subject, name, after)
    return changes


def plain(value: object) -> Any:
    """A value that JSON can hold."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (UUID, datetime, date)):
        return str(value)
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [plain(item) for item in value]
    return value


def list_entries(session: Session, actor: Actor, *, action: str = "", page: int = 1) -> Page[AuditEntry]:
    """The audit log, the latest first; `action` keeps those that begin with it (`offer` or `offer.publish`)."""
    require(actor, Permission.AUDIT_VIEW)
    wanted = sa.select(AuditEntry).order_by(col(AuditEntry.id).desc())
    if action:
        wanted = wanted.where(col(AuditEntry.action).startswith(action, autoescape=True))
    return page_of(session, wanted, number=page, size=50)
