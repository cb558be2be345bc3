"""What every change of an organisation's own data shares: the stale check, the audit row, the moved clock."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, Stale
from matchmaker.services import audit
from matchmaker.services.actors import Actor
from models.audit import AuditEntry
from models.base import Edited, Versioned, utc_now
from models.organisations import Organisation

MOST_STEPS = 50


def touch(session: Session, organisation: Organisation) -> None:
    """Move the organisation's clock, so that the index reads it again.

    Written past the record's own version: a colleague's new offer is no reason to refuse an edit of the profile.
    """
    session.flush()
    session.execute(sa.update(Organisation).where(col(Organisation.id) == organisation.id).values(changed_at=utc_now()))


def check_version(
    record: Versioned,
    yours: Mapping[str, object],
    *,
    expected_version: int | None,
    theirs: Mapping[str, object] | None = None,
) -> None:
    """Raise Stale when somebody else has changed the record since it was opened and the two differ.

    `theirs` is what is stored, where that is not simply the record's own columns.
    """
    if expected_version is None or record.version == expected_version:
        return
    stored = theirs or {name: getattr(record, name) for name in yours}
    differences = {name: (stored[name], mine) for name, mine in yours.items() if stored[name] != mine}
    if differences:
        raise Stale(str(record.__tablename__), differences)


def changed_since(session: Session, record: Edited, version: int | None) -> dict[str, tuple[object, object]]:
    """What was changed since `version`, as field -> (now, then), from the account of its changes."""
    steps = max(1, (record.version or 0) - (version or 0))
    entries = select(AuditEntry).where(
        AuditEntry.subject_type == record.__tablename__, AuditEntry.subject_id == str(record.id)
    )
    latest = session.exec(entries.order_by(col(AuditEntry.id).desc()).limit(min(steps, MOST_STEPS))).all()
    changed: dict[str, tuple[object, object]] = {}
    for entry in reversed(latest):
        for field, (then, now) in _pairs(entry.changes):
            changed[field] = (now, changed[field][1] if field in changed else then)
    return changed or {"version": (record.version, version)}


def _pairs(changes: Mapping[str, Any]) -> Iterator[tuple[str, tuple[object, object]]]:
    """The fields of an entry that say what was there before and what after."""
    for field, value in changes.items():
        match value:
            case [before, after]:
                yield field, (before, after)


def fingerprint(values: Mapping[str, object]) -> str:
    """Of the stored values of one part of a record, for parts that have no version of their own."""
    text = json.dumps(audit.plain(values), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]


def check_seen(what: str, stored: Mapping[str, object], yours: Mapping[str, object], *, seen: str | None) -> None:
    """Raise Stale when what is stored is not what was shown (`seen`, a fingerprint) and differs from `yours`."""
    if not seen or seen == fingerprint(stored):
        return
    differences = {name: (stored[name], mine) for name, mine in yours.items() if stored[name] != mine}
    if differences:
        raise Stale(what, differences)


def change_rows(
    session: Session,
    actor: Actor,
    action: str,
    rows: Mapping[str, Any],
    drafts: Mapping[str, Mapping[str, object]],
    *,
    expected_versions: Mapping[str, int | None],
) -> None:
    """Set several reference rows at once, all by their code; the account tells what really changed."""
    if unknown := sorted(drafts.keys() - rows.keys()):
        raise InvalidInput("unknown_codes", codes=unknown)
    for code, values in drafts.items():
        check_version(rows[code], values, expected_version=expected_versions.get(code))
        changes = audit.apply_changes(rows[code], values)
        if changes:
            audit.record(session, actor, action, rows[code], changes={"code": code, **changes})
    session.flush()


def change(
    session: Session,
    actor: Actor,
    action: str,
    record: Edited,
    values: Mapping[str, object],
    *,
    expected_version: int | None,
) -> dict[str, list[object]]:
    """Set `values` on `record` with its audit row; gives what really changed."""
    check_version(record, values, expected_version=expected_version)
    changes = audit.apply_changes(record, values)
    if changes:
        owner = record.id if isinstance(record, Organisation) else getattr(record, "organisation_id", None)
        audit.record(session, actor, action, record, organisation_id=owner, changes=changes)
        session.flush()
    return changes
