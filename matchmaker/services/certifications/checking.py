"""An officer holds a certification against its evidence."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from matchmaker.errors import InvalidInput, Stale
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.calendar import add_months
from matchmaker.services.certifications import opening
from matchmaker.services.changes import changed_since, touch
from models.base import utc_now
from models.enums import CheckOutcome
from models.organisations import Certification, Organisation
from models.registry import CertificationCheck
from models.taxonomy import CertificationScheme


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What came of a look; `valid_until` is set where nobody had said it."""

    outcome: CheckOutcome
    held_against: str = ""
    note: str = ""
    valid_until: date | None = None


def proposed_end(certification: Certification, scheme: CertificationScheme) -> date | None:
    """Until when it would hold by its scheme, where its owner has not said it."""
    if certification.valid_until is not None:
        return certification.valid_until
    if certification.issued_on is None or scheme.valid_years is None:
        return None
    return add_months(certification.issued_on, scheme.valid_years * 12)


def check(
    session: Session, actor: Actor, certification: Certification, finding: Finding, *, seen_version: int | None
) -> CertificationCheck:
    """Note what was found; only what was verified last counts as verified."""
    require(actor, Permission.REGISTRY_CURATE)
    if certification.organisation_id in actor.memberships:
        raise InvalidInput("own_certification")
    if seen_version != certification.version:
        raise Stale(str(certification.__tablename__), changed_since(session, certification, seen_version))
    opening.require_open(session, actor, certification)
    _check_finding(certification, finding)

    is_verified = finding.outcome is CheckOutcome.VERIFIED
    values: dict[str, object] = {"verified_at": utc_now() if is_verified else None}
    if is_verified and finding.valid_until:
        values["valid_until"] = finding.valid_until
    changes = audit.apply_changes(certification, values)
    session.flush()  # the version that it has now is the one that was looked at
    noted = CertificationCheck(
        certification_id=certification.id,
        certification_version=certification.version or 1,
        outcome=finding.outcome,
        held_against=finding.held_against,
        note=finding.note,
        checked_by=actor.user_id,
    )
    session.add(noted)
    said = {"outcome": finding.outcome, "held_against": finding.held_against, "note": finding.note}
    audit.record(session, actor, "certification.check", certification, changes={**said, **changes})
    if "valid_until" in changes:  # the index reads until when it holds; who has checked it is not in there
        touch(session, session.get_one(Organisation, certification.organisation_id))
    session.flush()
    return noted


def _check_finding(certification: Certification, finding: Finding) -> None:
    if finding.outcome is CheckOutcome.VERIFIED and not finding.held_against:
        raise InvalidInput("held_against_missing", field="held_against")
    if finding.outcome is not CheckOutcome.VERIFIED and not finding.note:
        raise InvalidInput("note_missing", field="note")
    issued = certification.issued_on
    if finding.valid_until and issued and finding.valid_until < issued:
        raise InvalidInput("ends_before_it_starts", field="valid_until")
