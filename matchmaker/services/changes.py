"""What every change of an organisation's own data shares: the stale check, the audit row, the moved clock."""

import hashlib
import json
from collections.abc import Mapping

import sqlalchemy as sa
from sqlmodel import Session, col

from matchmaker.errors import Stale
from matchmaker.services import audit
from matchmaker.services.actors import Actor
from models.base import Edited, utc_now
from models.organisations import Organisation


def touch(session: Session, organisation: Organisation) -> None:
    """Move the organisation's clock, so that the index reads it again.

    Written past the record's own version: a colleague's new offer is no reason to refuse an edit of the profile.
    """
    session.flush()
    session.execute(sa.update(Organisation).where(col(Organisation.id) == organisation.id).values(changed_at=utc_now()))


def check_version(
    record: Edited,
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
