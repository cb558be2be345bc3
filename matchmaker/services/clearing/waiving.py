"""A fund lets one firm pass a clause that it does not meet, with a reason, and may take that back."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, NotFound
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.clearing.firms import lines
from matchmaker.services.clearing.reading import get_mandate
from models.enums import ClauseKind, ClauseOutcome
from models.funds import ClauseWaiver

LONGEST_REASON = 1000


def waive(
    session: Session,
    actor: Actor,
    mandate_id: UUID,
    organisation_id: UUID,
    kind: ClauseKind,
    *,
    reason: str,
    today: date,
) -> ClauseWaiver:
    """Only what is waivable can be waived; waived again the newer reason stands."""
    mandate = get_mandate(session, actor, mandate_id)
    require(actor, Permission.DEAL_EDIT, mandate.organisation_id)
    if mandate.revises_id is not None:  # a copy goes when it is published, and the waiver with it
        raise NotFound("mandate", mandate_id)
    said = _reason(reason)
    pair = lines(session, actor, mandate_id, organisation_id, today=today)
    outcome = next((line.outcome for line in pair.lines if line.kind is kind), None)
    if outcome is not ClauseOutcome.WAIVABLE:
        raise InvalidInput("not_waivable", field="kind", kind=kind, outcome=outcome)

    found = _find(session, mandate_id, organisation_id, kind)
    if found is not None and found.reason == said:
        return found
    waiver = found or ClauseWaiver(mandate_id=mandate_id, organisation_id=organisation_id, kind=kind, reason=said)
    changes = {"clause": kind, "firm": organisation_id, "reason": [found.reason if found else None, said]}
    waiver.reason, waiver.waived_by = said, actor.user_id
    session.add(waiver)
    session.flush()
    audit.record(session, actor, "clause.waive", waiver, organisation_id=mandate.organisation_id, changes=changes)
    return waiver


def take_back_waiver(
    session: Session, actor: Actor, mandate_id: UUID, organisation_id: UUID, kind: ClauseKind, *, reason: str
) -> None:
    """The clause stands again."""
    mandate = get_mandate(session, actor, mandate_id)
    require(actor, Permission.DEAL_EDIT, mandate.organisation_id)
    said = _reason(reason)
    waiver = _find(session, mandate_id, organisation_id, kind)
    if waiver is None:
        raise NotFound("waiver", kind)
    changes = {"clause": kind, "firm": organisation_id, "reason": [waiver.reason, said]}
    audit.record(session, actor, "clause.take_back", waiver, organisation_id=mandate.organisation_id, changes=changes)
    session.delete(waiver)
    session.flush()


def list_waivers(session: Session, actor: Actor, mandate_id: UUID) -> Sequence[ClauseWaiver]:
    """What the fund has waived under this mandate, the latest first."""
    get_mandate(session, actor, mandate_id)
    wanted = select(ClauseWaiver).where(ClauseWaiver.mandate_id == mandate_id)
    return session.exec(wanted.order_by(col(ClauseWaiver.created_at).desc(), col(ClauseWaiver.id))).all()


def _reason(text: str) -> str:
    said = text.strip()
    if not said:
        raise InvalidInput("reason_missing", field="reason")
    if len(said) > LONGEST_REASON:
        raise InvalidInput("reason_too_long", field="reason", most=LONGEST_REASON)
    return said


def _find(session: Session, mandate_id: UUID, organisation_id: UUID, kind: ClauseKind) -> ClauseWaiver | None:
    wanted = select(ClauseWaiver).where(
        ClauseWaiver.mandate_id == mandate_id,
        ClauseWaiver.organisation_id == organisation_id,
        ClauseWaiver.kind == kind,
    )
    return session.exec(wanted).first()
