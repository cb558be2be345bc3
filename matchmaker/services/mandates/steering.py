"""What happens to published terms without their changing: paused, in exit, closed, verified once more."""

from collections.abc import Mapping

from sqlmodel import Session

from matchmaker.errors import InvalidInput, Stale
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.calendar import today
from matchmaker.services.mandates import editing
from models.enums import MandateStatus
from models.funds import Mandate

S = MandateStatus
# A fund that is closed pays nobody any more and does not come back; what was a mistake starts as a new mandate.
MOVES: Mapping[MandateStatus, tuple[MandateStatus, ...]] = {
    S.DRAFT: (),
    S.INVESTING: (S.PAUSED, S.EXITING, S.CLOSED),
    S.PAUSED: (S.INVESTING, S.EXITING, S.CLOSED),
    S.EXITING: (S.INVESTING, S.CLOSED),
    S.CLOSED: (),
}


def move(
    session: Session, actor: Actor, mandate: Mandate, status: MandateStatus, *, expected_version: int | None = None
) -> None:
    """Take the mandate to another status; a working copy of one that closes is thrown away."""
    require(actor, Permission.MANDATE_EDIT, mandate.organisation_id)
    if mandate.status is status:
        return
    if expected_version is not None and mandate.version != expected_version:
        raise Stale("mandates", {})
    if status not in MOVES[mandate.status]:
        raise InvalidInput("mandate_step", before=mandate.status, after=status)
    if status is S.CLOSED and (copy := editing.find_revision(session, mandate)):
        editing.discard(session, actor, copy)
    changes = audit.apply_changes(mandate, {"status": status})
    audit.record(session, actor, "mandate.status", mandate, changes=changes)
    session.flush()


def verify(session: Session, actor: Actor, mandate: Mandate) -> None:
    """Say that the published terms hold as of today."""
    require(actor, Permission.MANDATE_EDIT, mandate.organisation_id)
    if mandate.status is S.DRAFT:
        raise InvalidInput("mandate_not_published")
    changes = audit.apply_changes(mandate, {"last_verified_on": today()})
    if changes:
        audit.record(session, actor, "mandate.verify", mandate, changes=changes)
        session.flush()
