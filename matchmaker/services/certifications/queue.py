"""What waits for an officer among certifications, and what is about to end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.errors import NotFound
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.calendar import today
from matchmaker.services.certifications.opening import list_told, told_to
from matchmaker.services.certifications.standing import ends_soon_after, holds_on
from matchmaker.services.paging import Page, page_of
from models.enums import CheckOutcome, OrganisationState
from models.organisations import Certification, Organisation
from models.registry import CertificationCheck
from models.taxonomy import CertificationScheme

FORGOTTEN = timedelta(days=365)


class Part(StrEnum):
    """Of the queue. What is over for a year or more no longer waits for anybody."""

    TO_CHECK = "to_check"
    ASKED = "asked"
    ENDING = "ending"
    OVER = "over"
    REFUSED = "refused"
    VERIFIED = "verified"


WAITING = frozenset({Part.TO_CHECK, Part.ASKED, Part.REFUSED})


@dataclass(frozen=True)
class Held:
    certification: Certification
    scheme: CertificationScheme
    owner: Organisation
    last: CertificationCheck | None  # of the certification as it is now
    is_kept_back: bool  # by its organisation, and not opened by who asks: what it is and until when is not told


def list_part(session: Session, actor: Actor, part: Part, *, scheme: str = "", page: int = 1) -> Page[Held]:
    """Who has waited longest first; of what ends, the nearest end first."""
    require(actor, Permission.REGISTRY_CURATE)
    wanted = _wanted(session, actor, part, scheme).order_by(*_order(part), col(Certification.id))
    found = page_of(session, wanted, number=page)
    return Page(_load(session, actor, found.items), found.number, found.size, found.total)


def count_part(session: Session, actor: Actor, part: Part) -> int:
    require(actor, Permission.REGISTRY_CURATE)
    return session.scalar(sa.select(sa.func.count()).select_from(_wanted(session, actor, part, "").subquery())) or 0


def get_held(session: Session, actor: Actor, certification_id: UUID) -> Held:
    require(actor, Permission.REGISTRY_CURATE)
    certification = session.get(Certification, certification_id)
    if certification is None:
        raise NotFound("certification", certification_id)
    return _load(session, actor, [certification])[0]


def last_checks(session: Session, certifications: Sequence[Certification]) -> Mapping[UUID, CertificationCheck]:
    """The latest check of each as it is now; one of an earlier version says nothing about it."""
    versions = {one.id: one.version for one in certifications}
    checks = select(CertificationCheck).where(col(CertificationCheck.certification_id).in_(versions))
    in_order = session.exec(checks.order_by(col(CertificationCheck.created_at), col(CertificationCheck.id)))
    return {
        check.certification_id: check
        for check in in_order
        if check.certification_version == versions[check.certification_id]
    }


def list_checks(session: Session, certification: Certification) -> Sequence[CertificationCheck]:
    """All of them, the latest first; for services and pages that have asked for permission."""
    checks = select(CertificationCheck).where(CertificationCheck.certification_id == certification.id)
    return session.exec(checks.order_by(col(CertificationCheck.created_at).desc(), col(CertificationCheck.id))).all()


def _wanted(session: Session, actor: Actor, part: Part, scheme: str) -> sa.Select[Any]:
    """What is kept back waits in its part without telling more; to stand among what ends, or in a filter, tells."""
    wanted = (
        sa.select(Certification)
        .join(Organisation, col(Organisation.id) == Certification.organisation_id)
        .where(col(Organisation.state) == OrganisationState.ACTIVE, _is(part))
    )
    if scheme:
        wanted = wanted.where(col(Certification.scheme_code) == scheme)
    return wanted if part in WAITING and not scheme else wanted.where(told_to(session, actor))


def _is(part: Part) -> Any:
    day = today()
    verified = col(Certification.verified_at).is_not(None)
    match part:
        case Part.TO_CHECK:
            answered = sa.or_(_found(CheckOutcome.MORE_ASKED), _found(CheckOutcome.REFUSED))
            return sa.and_(~verified, ~answered, holds_on(day))
        case Part.ASKED:
            return sa.and_(~verified, _found(CheckOutcome.MORE_ASKED))
        case Part.REFUSED:
            return sa.and_(~verified, _found(CheckOutcome.REFUSED))
        case Part.ENDING:
            return ends_soon_after(day)
        case Part.OVER:
            until = col(Certification.valid_until)
            return sa.and_(until < day, until >= day - FORGOTTEN)
        case _:
            return sa.and_(verified, holds_on(day))


def _found(outcome: CheckOutcome) -> Any:
    """The latest check of the certification as it is now has this outcome."""
    check, later = sa.alias(_TABLE), sa.alias(_TABLE)
    is_of_this = sa.and_(
        check.c.certification_id == Certification.id, check.c.certification_version == Certification.version
    )
    is_later = sa.and_(later.c.certification_id == check.c.certification_id, later.c.created_at > check.c.created_at)
    return sa.exists().where(is_of_this, check.c.outcome == outcome, ~sa.exists().where(is_later).correlate(check))


def _order(part: Part) -> tuple[Any, ...]:
    if part in (Part.ENDING, Part.OVER):
        until = col(Certification.valid_until)
        return (until if part is Part.ENDING else until.desc(),)
    return (col(Certification.changed_at),)


def _load(session: Session, actor: Actor, certifications: Sequence[Certification]) -> list[Held]:
    schemes = {one.code: one for one in session.exec(select(CertificationScheme))}
    ids = {one.organisation_id for one in certifications}
    owners = {one.id: one for one in session.exec(select(Organisation).where(col(Organisation.id).in_(ids)))}
    last = last_checks(session, certifications)
    told = list_told(session, actor, certifications)
    return [
        Held(
            certification=one,
            scheme=schemes[one.scheme_code],
            owner=owners[one.organisation_id],
            last=last.get(one.id),
            is_kept_back=one.id not in told,
        )
        for one in certifications
    ]


_TABLE = CertificationCheck.__table__  # type: ignore[attr-defined]
