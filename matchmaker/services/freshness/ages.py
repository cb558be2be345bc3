"""How long ago somebody last looked at a profile. Any edit of the organisation's data counts as a look."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.calendar import start_of, today
from matchmaker.services.certifications.standing import ends_soon_after
from matchmaker.services.freshness.chasing import last_chases, open_chase
from matchmaker.services.paging import Page, page_of
from models.base import CHINA
from models.enums import ChaseReason, OrganisationKind, OrganisationState, PostingState
from models.offers import Need, Offer
from models.organisations import Certification, Organisation, OrganisationNode
from models.registry import FreshnessLimit, ProfileChase

POSTING_ENDS_WITHIN = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Filters:
    reason: ChaseReason | None = ChaseReason.STALE  # None: whatever
    kind: OrganisationKind | None = None
    district: str = ""
    open_only: bool = False  # those that were asked and have not answered


@dataclass(frozen=True)
class Aged:
    """A profile with the day of the last look, how many days its kind may wait, and the last chase."""

    organisation: Organisation
    looked_on: date
    days: int
    limit: int | None
    chase: ProfileChase | None
    is_open: bool  # asked, and not yet answered

    @property
    def is_stale(self) -> bool:
        return self.limit is not None and self.days > self.limit


def looked_at(organisation: Organisation) -> datetime:
    """When it was last looked at or changed."""
    seen = organisation.looked_at
    return organisation.changed_at if seen is None else max(seen, organisation.changed_at)


def list_limits(session: Session) -> Mapping[OrganisationKind, FreshnessLimit]:
    return {limit.kind: limit for limit in session.exec(select(FreshnessLimit))}


def list_profiles(session: Session, actor: Actor, filters: Filters, *, page: int = 1, size: int = 20) -> Page[Aged]:
    """The profiles of which `filters.reason` is true, the longest unseen first."""
    require(actor, Permission.REGISTRY_CURATE)
    found = page_of(session, _wanted(session, filters).order_by(_SEEN, col(Organisation.id)), number=page, size=size)
    return Page(read_ages(session, found.items), found.number, found.size, found.total)


def count_profiles(session: Session, actor: Actor, filters: Filters) -> int:
    require(actor, Permission.REGISTRY_CURATE)
    return session.scalar(sa.select(sa.func.count()).select_from(_wanted(session, filters).subquery())) or 0


def read_ages(session: Session, organisations: Sequence[Organisation]) -> list[Aged]:
    limits, day = list_limits(session), today()
    ids = [one.id for one in organisations]
    chases = last_chases(session, ids)
    unanswered = set(session.exec(select(Organisation.id).where(col(Organisation.id).in_(ids), open_chase())))
    return [_aged(one, limits, chases.get(one.id), day, is_open=one.id in unanswered) for one in organisations]


def _aged(
    organisation: Organisation,
    limits: Mapping[OrganisationKind, FreshnessLimit],
    chase: ProfileChase | None,
    day: date,
    *,
    is_open: bool,
) -> Aged:
    seen = looked_at(organisation).astimezone(CHINA).date()
    limit = limits.get(organisation.kind)
    return Aged(organisation, seen, (day - seen).days, limit.days if limit else None, chase, is_open)


def _wanted(session: Session, filters: Filters) -> sa.Select[Any]:
    wanted = sa.select(Organisation).where(col(Organisation.state) == OrganisationState.ACTIVE)
    if filters.reason is not None:
        wanted = wanted.where(_is_true(session, filters.reason))
    if filters.kind is not None:
        wanted = wanted.where(col(Organisation.kind) == filters.kind)
    if filters.district:
        wanted = wanted.where(col(Organisation.district_code) == filters.district)
    return wanted.where(open_chase()) if filters.open_only else wanted


def _is_true(session: Session, reason: ChaseReason) -> Any:
    match reason:
        case ChaseReason.STALE:
            return _is_stale(session)
        case ChaseReason.POSTING_ENDS:
            return sa.or_(_has_ending(Offer), _has_ending(Need))
        case ChaseReason.CERTIFICATION_ENDS:
            return col(Organisation.id).in_(select(Certification.organisation_id).where(ends_soon_after(today())))
        case _:
            return _lacks_main_fields()


def _is_stale(session: Session) -> Any:
    """A kind without a limit is never stale."""
    before = [
        sa.and_(col(Organisation.kind) == kind, start_of(today() - timedelta(days=limit.days)) > _SEEN)
        for kind, limit in list_limits(session).items()
    ]
    return sa.or_(sa.false(), *before)


def _has_ending(table: Any) -> Any:
    """As a list of owners: asked of each organisation anew, SQLite would read all published postings every time."""
    day = today()
    ending = sa.select(table.organisation_id).where(
        table.state == PostingState.PUBLISHED, table.valid_until.between(day, day + POSTING_ENDS_WITHIN)
    )
    return col(Organisation.id).in_(ending)


def _lacks_main_fields() -> Any:
    """Without a summary, a district or a chain node hardly anybody finds it."""
    nodes = col(Organisation.id).in_(select(OrganisationNode.organisation_id))
    has_summary = sa.or_(col(Organisation.summary_zh) != "", col(Organisation.summary_en) != "")
    return sa.or_(~has_summary, col(Organisation.district_code).is_(None), ~nodes)


def missing_main_fields(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """Which of the fields by which it is found each of these lacks."""
    found = session.exec(select(Organisation).where(col(Organisation.id).in_(ids))).all()
    placed = select(OrganisationNode.organisation_id).where(col(OrganisationNode.organisation_id).in_(ids))
    with_nodes = set(session.exec(placed))
    return {
        one.id: [
            field
            for field, is_there in (
                ("summary", one.summary_zh or one.summary_en),
                ("district_code", one.district_code),
                ("nodes", one.id in with_nodes),
            )
            if not is_there
        ]
        for one in found
    }


_SEEN = sa.case(
    (col(Organisation.looked_at) > col(Organisation.changed_at), col(Organisation.looked_at)),
    else_=col(Organisation.changed_at),
)
