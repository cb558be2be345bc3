"""What an organisation keeps back of its certifications is opened by who verifies them, and the account says so."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from matchmaker.errors import InvalidInput
from matchmaker.services import audit, visibility
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.calendar import today
from matchmaker.store.capital.seeing import in_force
from models.audit import AuditEntry
from models.base import utc_now
from models.enums import Grade
from models.organisations import Certification
from models.rounds import FieldGrant

FIELD, OPENED = "certifications", "certification.open"
# Long enough to call the issuing office back, short enough that the account tells who read it when.
OPEN_FOR = timedelta(hours=8)


def is_kept_back(session: Session, certification: Certification) -> bool:
    """Whether its organisation does not show it to everybody."""
    owner = certification.organisation_id
    return visibility.grade_of(session, [owner], FIELD)[owner] is not Grade.OPEN


def list_told(session: Session, actor: Actor, certifications: Iterable[Certification]) -> frozenset[UUID]:
    """Those of which `actor` may learn at all what is held and until when."""
    among = col(Certification.id).in_([one.id for one in certifications])
    return frozenset(session.exec(select(Certification.id).where(among, told_to(session, actor))))


def told_to(session: Session, actor: Actor) -> sa.ColumnElement[bool]:
    """The condition: it is open to everybody, of one's own people, granted to them, or opened by this person today."""
    owner, own = col(Certification.organisation_id), list(actor.memberships)
    granting = select(FieldGrant.organisation_id).where(FieldGrant.field == FIELD, col(FieldGrant.grantee_id).in_(own))
    return sa.or_(
        visibility.is_open(session, owner, FIELD),
        owner.in_(own),
        owner.in_(in_force(granting, today=today())),
        col(Certification.id).in_([UUID(one) for one in session.exec(_opened_by(actor))]),
    )


def _opened_by(actor: Actor) -> SelectOfScalar[str]:
    return select(AuditEntry.subject_id).where(
        AuditEntry.action == OPENED,
        AuditEntry.subject_type == Certification.__tablename__,
        AuditEntry.user_id == actor.user_id,
        col(AuditEntry.at) > utc_now() - OPEN_FOR,
    )


def is_open_to(session: Session, actor: Actor, certification: Certification) -> bool:
    """Whether `actor` reads its number and evidence now: they are open, or were opened by this person today."""
    require(actor, Permission.REGISTRY_CURATE)
    if not is_kept_back(session, certification):
        return True
    opened = _opened_by(actor).where(AuditEntry.subject_id == str(certification.id))
    return session.exec(opened.limit(1)).first() is not None


def may_read(session: Session, actor: Actor, certification: Certification) -> bool:
    """Its own people always; an officer who keeps the profile for them opens it first, as one who verifies it does."""
    return certification.organisation_id in actor.memberships or is_open_to(session, actor, certification)


def require_readable(session: Session, actor: Actor, certification: Certification) -> None:
    """Nobody corrects what they may not read: a form out of date would show it."""
    if not may_read(session, actor, certification):
        raise InvalidInput("certification_not_opened")


def open_to_verify(session: Session, actor: Actor, certification: Certification) -> None:
    """Note that `actor` reads it to verify it; nobody does so for an organisation of their own."""
    require(actor, Permission.REGISTRY_CURATE)
    if certification.organisation_id in actor.memberships:
        raise InvalidInput("own_certification")
    if not is_open_to(session, actor, certification):
        audit.record(session, actor, OPENED, certification)
        session.flush()


def require_open(session: Session, actor: Actor, certification: Certification) -> None:
    """Nobody says what they found without having looked."""
    if not is_open_to(session, actor, certification):
        raise InvalidInput("certification_not_opened")
