"""From the tables to the columns that indicators are worked out from, as they held on a day.

Postings, certifications and projects carry their days. What an organisation says of itself is what it says now: nobody
records when a figure of a profile was true, and the series keeps what was worked out.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session

from matchmaker.chain.fields import BODY
from matchmaker.chain.indicators import Column, Records, Registry, Rows
from matchmaker.profiles import SIZES
from matchmaker.store.chain_columns import node_records, supply_records
from matchmaker.store.organisations import size_of
from matchmaker.store.reading import keys_of
from matchmaker.store.registry_columns import (
    Lists,
    Shown,
    codes,
    flags,
    numbers,
    of_bodies,
    places,
    read_lists,
    sets,
)
from models.base import CHINA, columns_of
from models.enums import (
    CooperationType,
    CountedRecord,
    DevelopmentStage,
    FacilityServiceType,
    IpStatus,
    OpenTo,
    OrganisationKind,
    OrganisationState,
    Ownership,
    ParticipationRole,
    PostingState,
    ProjectKind,
    RevenueBand,
)
from models.facilities import Facility, FacilityCapability, FacilityService, FacilityYear
from models.offers import Need, NeedCapability, Offer, OfferCapability
from models.organisations import Certification, Organisation, OrganisationNode, PatentCount
from models.track import Participation, Project

HOME = "CN"


def everything(_organisation: UUID, _field: str) -> bool:
    """What officers may read: a figure is of many, whatever the grade of what went into it."""
    return True


@dataclass(frozen=True)
class _Reading:
    session: Session
    day: date
    lists: Lists
    shown: Shown
    row_of: Mapping[UUID, int]

    @property
    def end(self) -> datetime:
        """The first moment that is no longer this day in China."""
        return datetime.combine(self.day + timedelta(days=1), time(), CHINA)

    def owned(self, rows: Iterable[Any]) -> list[Any]:
        return [row for row in rows if row.organisation_id in self.row_of]

    def bodies_of(self, rows: Sequence[Any]) -> Rows:
        return np.array([self.row_of[row.organisation_id] for row in rows], dtype=np.int64)

    def by_owner(self, rows: Iterable[Any], name: str) -> dict[UUID, list[Any]]:
        found: dict[UUID, list[Any]] = defaultdict(list)
        for row in rows:
            found[row.organisation_id].append(getattr(row, name))
        return found


def read_registry(session: Session, day: date, *, shown: Shown = everything) -> Registry:
    """All records that formulas may count; a field that is not `shown` of an organisation is unknown."""
    table = columns_of(Organisation)
    active = sa.select(table).where(table.state == OrganisationState.ACTIVE).order_by(table.id)
    bodies = session.execute(active).all()
    reading = _Reading(session, day, read_lists(session), shown, {body.id: row for row, body in enumerate(bodies)})
    offers, needs, facilities = _postings(reading, Offer), _postings(reading, Need), _facilities(reading)
    said = _body_columns(reading, bodies)
    organisations = said | _own_columns(reading, bodies, offers=offers, needs=needs, facilities=facilities)
    keys = keys_of([body.id for body in bodies])
    return {
        CountedRecord.ORGANISATIONS: Records(keys, np.arange(len(bodies)), organisations),
        CountedRecord.OFFERS: _offer_records(reading, offers, said),
        CountedRecord.NEEDS: _need_records(reading, needs, said),
        CountedRecord.FACILITIES: _facility_records(reading, facilities, said),
        CountedRecord.NODES: node_records(session, day, reading.lists),
        CountedRecord.SUPPLIES: supply_records(session, day, reading.lists, keys, said),
    }


def _body_columns(reading: _Reading, bodies: Sequence[Any]) -> dict[str, Column]:
    """What may be asked of an organisation and of everything that belongs to it (`BODY` of the catalogue)."""

    def said(name: str) -> list[Any]:
        return [getattr(body, name) if reading.shown(body.id, name) else None for body in bodies]

    industry, district, staff = said("industry_code"), said("district_code"), said("staff")
    columns: dict[str, Column] = {
        "kind": codes(OrganisationKind, [body.kind for body in bodies]),
        "ownership": codes(Ownership, said("ownership")),
        "district": codes(reading.lists.districts, district),
        "is_local": flags(_is_local(reading, body) for body in bodies),
        "size": codes(SIZES, [None if count is None else SIZES[size_of(count)] for count in staff]),
        "revenue_band": codes(RevenueBand, said("revenue_band")),
        "industry_section": codes(reading.lists.sections, [code and code[0] for code in industry]),
        "industry": codes(reading.lists.industries, industry),
    }
    assert columns.keys() == {field.code for field in BODY}
    return columns


def _is_local(reading: _Reading, body: Any) -> bool | None:
    """It sits in one of the region's districts; who names another place sits elsewhere, who names none is unknown."""
    if not reading.shown(body.id, "district_code"):
        return None
    if body.district_code is not None:
        return True
    is_elsewhere = (body.country != HOME and reading.shown(body.id, "country")) or (
        body.region != "" and reading.shown(body.id, "region")
    )
    return False if is_elsewhere else None


def _own_columns(
    reading: _Reading, bodies: Sequence[Any], *, offers: Sequence[Any], needs: Sequence[Any], facilities: Sequence[Any]
) -> dict[str, Column]:
    def said(name: str) -> list[Any]:
        return [getattr(body, name) if reading.shown(body.id, name) else None for body in bodies]

    founded = said("founded_on")
    nodes = _nodes_said(reading)
    granted, applied = _patents(reading)
    offer_types = reading.by_owner(offers, "type")
    counts = {name: Counter(row.organisation_id for row in rows) for name, rows in _named(offers, needs, facilities)}
    carried = zip(said("capacity"), said("engaged"), strict=True)
    return {
        "staff": numbers(said("staff")),
        "rd_ratio": numbers(said("rd_ratio")),
        "rd_staff_share": numbers(said("rd_staff_share")),
        "founded_year": numbers(day and day.year for day in founded),
        "age": numbers(None if day is None else full_years(day, reading.day) for day in founded),
        "certifications": _certifications(reading, bodies),
        **places(
            reading.lists,
            [nodes.get(body.id) if reading.shown(body.id, "nodes") else None for body in bodies],
        ),
        "patents_granted": numbers(granted.get(body.id) for body in bodies),
        "patents_applied": numbers(applied.get(body.id) for body in bodies),
        **{name: numbers(counted[body.id] for body in bodies) for name, counted in counts.items()},
        "offer_types": sets(CooperationType, [offer_types.get(body.id, ()) for body in bodies]),
        **_projects(reading, bodies),
        "capacity_free": numbers(
            None if capacity is None or engaged is None else max(0, capacity - engaged) for capacity, engaged in carried
        ),
        "is_verified": flags(
            None if not reading.shown(body.id, "verified_at") else body.verified_at is not None for body in bodies
        ),
    }


def _named(offers: Sequence[Any], needs: Sequence[Any], facilities: Sequence[Any]) -> list[tuple[str, Sequence[Any]]]:
    return [("offers", offers), ("needs", needs), ("facilities", facilities)]


def full_years(since: date, until: date) -> int:
    return until.year - since.year - ((until.month, until.day) < (since.month, since.day))


def _nodes_said(reading: _Reading) -> dict[UUID, list[str]]:
    table = columns_of(OrganisationNode)
    return reading.by_owner(reading.session.execute(sa.select(table.organisation_id, table.node_code)), "node_code")


def _certifications(reading: _Reading, bodies: Sequence[Any]) -> Column:
    """Those on record that are valid on the day; who has none on record holds none on record."""
    table = columns_of(Certification)
    valid = sa.select(table.organisation_id, table.scheme_code).where(
        sa.or_(table.issued_on.is_(None), table.issued_on <= reading.day),
        sa.or_(table.valid_until.is_(None), table.valid_until >= reading.day),
    )
    held = reading.by_owner(reading.session.execute(valid), "scheme_code")
    return sets(
        reading.lists.schemes,
        [held.get(body.id, ()) if reading.shown(body.id, "certifications") else None for body in bodies],
    )


def _patents(reading: _Reading) -> tuple[dict[UUID, int], dict[UUID, int]]:
    """Of whom no patents are on record nothing is known: most have never been asked."""
    table = columns_of(PatentCount)
    summed = sa.select(
        table.organisation_id, sa.func.sum(table.granted).label("granted"), sa.func.sum(table.applied).label("applied")
    ).group_by(table.organisation_id)
    rows = [row for row in reading.session.execute(summed).all() if reading.shown(row.organisation_id, "patents")]
    return {row.organisation_id: row.granted for row in rows}, {row.organisation_id: row.applied for row in rows}


def _projects(reading: _Reading, bodies: Sequence[Any]) -> dict[str, Column]:
    """Joint projects that began in the last years, and investments received; as far as they are on record."""
    took, project = columns_of(Participation), columns_of(Project)
    joined = sa.select(took.organisation_id, took.role, project.kind, project.started_on).join_from(
        took.role.table, project.kind.table, took.project_id == project.id
    )
    rows = reading.session.execute(joined.where(project.started_on <= reading.day)).all()
    together = [row for row in rows if row.kind == ProjectKind.CONSORTIUM]
    received = [row for row in rows if row.role == ParticipationRole.INVESTEE]
    recent = {
        f"projects_{years}y": Counter(
            row.organisation_id for row in together if full_years(row.started_on, reading.day) < years
        )
        for years in (3, 5)
    }
    recent["deals_received"] = Counter(row.organisation_id for row in received)
    return {
        name: numbers(counted[body.id] if reading.shown(body.id, "projects") else None for body in bodies)
        for name, counted in recent.items()
    }


def _postings(reading: _Reading, table: Any) -> list[Any]:
    """What was published and live on the day, of active organisations; as on the chain map, what was withdrawn later
    counts up to the day before its last edit."""
    posting = columns_of(table)
    withdrawn_later = sa.and_(posting.state == PostingState.WITHDRAWN, posting.changed_at >= reading.end)
    live = sa.select(posting).where(
        sa.or_(posting.state.in_((PostingState.PUBLISHED, PostingState.EXPIRED)), withdrawn_later),
        posting.valid_until >= reading.day,
        sa.func.coalesce(posting.published_at, posting.created_at) < reading.end,
    )
    return reading.owned(reading.session.execute(live.order_by(posting.id)).all())


def _facilities(reading: _Reading) -> list[Any]:
    facility = columns_of(Facility)
    live = sa.select(facility).where(facility.state == PostingState.PUBLISHED, facility.created_at < reading.end)
    return reading.owned(reading.session.execute(live.order_by(facility.id)).all())


def _tags(reading: _Reading, table: Any, key: str) -> dict[UUID, list[Any]]:
    tag = columns_of(table)
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in reading.session.execute(sa.select(tag[key].label("record"), tag.capability_code, tag.level)):
        found[row.record].append(row)
    return found


def _tagged(reading: _Reading, rows: Sequence[Any], tags: Mapping[UUID, list[Any]]) -> dict[str, Column]:
    """Where records stand, by the capabilities that they name; one that names none stands nobody knows where."""
    node_of = reading.lists.node_of_capability
    nodes = [[node_of[tag.capability_code] for tag in tags[row.id]] if row.id in tags else None for row in rows]
    return places(reading.lists, nodes)


def _posting_columns(reading: _Reading, rows: Sequence[Any], tags: Mapping[UUID, list[Any]]) -> dict[str, Column]:
    levels = [max((tag.level for tag in tags.get(row.id, ())), default=None) for row in rows]
    return {
        "type": codes(CooperationType, [row.type for row in rows]),
        "trl": numbers(row.trl_high for row in rows),
        "level": numbers(levels),
        **_tagged(reading, rows, tags),
    }


def _offer_records(reading: _Reading, rows: Sequence[Any], said: Mapping[str, Column]) -> Records:
    own: dict[str, Column] = {
        **_posting_columns(reading, rows, _tags(reading, OfferCapability, "offer_id")),
        "stage": codes(DevelopmentStage, [row.stage for row in rows]),
        "ip_status": codes(IpStatus, [row.ip_status for row in rows]),
    }
    return _records(reading, rows, own, said)


def _need_records(reading: _Reading, rows: Sequence[Any], said: Mapping[str, Column]) -> Records:
    own: dict[str, Column] = {
        **_posting_columns(reading, rows, _tags(reading, NeedCapability, "need_id")),
        "budget": numbers(row.budget_high for row in rows),
    }
    return _records(reading, rows, own, said)


def _facility_records(reading: _Reading, rows: Sequence[Any], said: Mapping[str, Column]) -> Records:
    services, years = _services(reading), _last_years(reading)
    own: dict[str, Column] = {
        "open_to": codes(OpenTo, [row.open_to for row in rows]),
        "accepts_voucher": flags(row.accepts_voucher for row in rows),
        "prices_published": flags(
            any(line.price is not None for line in services[row.id]) if row.id in services else None for row in rows
        ),
        "services": sets(
            FacilityServiceType,
            [[line.type for line in services[row.id]] if row.id in services else None for row in rows],
        ),
        **{
            name: numbers(getattr(row, name) for row in rows)
            for name in ("trl_in", "trl_out", "lead_time_days", "hours_open", "hours_used")
        },
        "services_last_year": numbers(years[row.id].services if row.id in years else None for row in rows),
        "income_last_year": numbers(years[row.id].income if row.id in years else None for row in rows),
        **_tagged(reading, rows, _tags(reading, FacilityCapability, "facility_id")),
    }
    return _records(reading, rows, own, said)


def _services(reading: _Reading) -> dict[UUID, list[Any]]:
    table = columns_of(FacilityService)
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in reading.session.execute(sa.select(table.facility_id, table.type, table.price)):
        found[row.facility_id].append(row)
    return dict(found)


def _last_years(reading: _Reading) -> dict[UUID, Any]:
    """The latest full year before the day that is on record."""
    table = columns_of(FacilityYear)
    wanted = sa.select(table).where(table.year < reading.day.year).order_by(table.facility_id, table.year)
    return {row.facility_id: row for row in reading.session.execute(wanted)}


def _records(reading: _Reading, rows: Sequence[Any], own: Mapping[str, Column], said: Mapping[str, Column]) -> Records:
    body = reading.bodies_of(rows)
    return Records(keys_of([row.id for row in rows]), body, {**own, **of_bodies(said, body)})
