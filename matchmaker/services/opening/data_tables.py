"""The tables of the open data: which columns, what they mean, and their rows; only what everybody may know.

A field of an organisation is in it only where its grade is open for this very organisation, postings only while they
are published and live, projects only where everybody in them shows theirs. Nothing here reads contacts.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session

from matchmaker.chain import supply
from matchmaker.services.indicators.computing import read_board, shown_indicators
from matchmaker.services.indicators.keeping import kept_scopes
from matchmaker.services.indicators.told import tell_board
from matchmaker.services.opening.data_dictionary import COLUMNS, OpenColumn
from matchmaker.store.chain import read_chain, read_limits
from matchmaker.store.reading import Visibility
from models.base import CHINA, columns_of
from models.enums import NodeState, OrganisationState, PostingState
from models.facilities import Facility, FacilityCapability, FacilityService
from models.offers import Need, NeedCapability, Offer, OfferCapability
from models.organisations import Certification, Organisation, OrganisationNode, PatentCount
from models.taxonomy import ChainNode
from models.track import Participation, Project

JOINED = "|"
STATES = tuple(NodeState)


@dataclass(frozen=True)
class OpenTable:
    name: str
    zh: str
    en: str
    columns: Sequence[OpenColumn]
    rows: Callable[["Reading"], Iterable[Mapping[str, Any]]]


@dataclass(frozen=True)
class Reading:
    """One moment of the registry, as everybody may know it."""

    session: Session
    day: date
    visible: Visibility
    active: frozenset[UUID]

    @property
    def end(self) -> datetime:
        return datetime.combine(self.day + timedelta(days=1), time(), CHINA)

    def joined(self, statement: Any) -> dict[UUID, str]:
        """Of (key, code) rows: the codes of each key, in order, in one text."""
        found: dict[UUID, set[str]] = defaultdict(set)
        for key, code in self.session.execute(statement):
            found[key].add(str(code))
        return {key: JOINED.join(sorted(codes)) for key, codes in found.items()}


def open_reading(session: Session, day: date) -> Reading:
    body = columns_of(Organisation)
    active = session.scalars(sa.select(body.id).where(body.state == OrganisationState.ACTIVE))
    return Reading(session, day, Visibility(session), frozenset(active))


# Fields of an organisation that are one column each; a column of the same name is its grade.
PLAIN = (
    "uscc",
    "ownership",
    "district_code",
    "country",
    "region",
    "address",
    "website",
    "founded_on",
    "staff",
    "rd_staff_share",
    "revenue_band",
    "rd_ratio",
    "industry_code",
    "summary_zh",
    "summary_en",
)
NAMES = ("kind", "name_zh", "name_en", "short_name")


def _organisations(reading: Reading) -> Iterable[Mapping[str, Any]]:
    body, node, held = columns_of(Organisation), columns_of(OrganisationNode), columns_of(Certification)
    patent = columns_of(PatentCount)
    valid = sa.or_(held.valid_until.is_(None), held.valid_until >= reading.day)
    begun = sa.or_(held.issued_on.is_(None), held.issued_on <= reading.day)
    nodes = reading.joined(sa.select(node.organisation_id, node.node_code))
    schemes = reading.joined(sa.select(held.organisation_id, held.scheme_code).where(valid, begun))
    granted = dict(
        reading.session.execute(
            sa.select(patent.organisation_id, sa.func.sum(patent.granted)).group_by(patent.organisation_id)
        ).all()
    )
    wanted = sa.select(*(body[name] for name in ("id", *NAMES, "tags", *PLAIN)))
    for row in reading.session.execute(wanted.where(body.state == OrganisationState.ACTIVE).order_by(body.id)):
        parts = {
            "tags": JOINED.join(row.tags),
            "nodes": nodes.get(row.id),
            "certifications": schemes.get(row.id),
            "patents": granted.get(row.id),
        }
        told = {name: getattr(row, name) for name in PLAIN} | parts
        open_ones = {name: value if reading.visible(row.id, name) else None for name, value in told.items()}
        yield {"id": str(row.id), **{name: getattr(row, name) for name in NAMES}, **open_ones}


POSTED = (
    "id",
    "organisation_id",
    "type",
    "title_zh",
    "title_en",
    "summary_zh",
    "summary_en",
    "trl_low",
    "trl_high",
    "valid_until",
)


def _postings(reading: Reading, table: Any, tags: Any, key: str, *more: str) -> Iterable[Mapping[str, Any]]:
    posting, tag = columns_of(table), columns_of(tags)
    capabilities = reading.joined(sa.select(tag[key], tag.capability_code))
    since = sa.func.coalesce(posting.published_at, posting.created_at)
    live = sa.select(*(posting[name] for name in (*POSTED, *more))).where(
        posting.state == PostingState.PUBLISHED, posting.valid_until >= reading.day, since < reading.end
    )
    for row in reading.session.execute(live.order_by(posting.id)):
        if row.organisation_id in reading.active:
            told = {name: getattr(row, name) for name in (*POSTED, *more)}
            yield told | {
                "id": str(row.id),
                "organisation_id": str(row.organisation_id),
                "capabilities": capabilities.get(row.id),
            }


def _offers(reading: Reading) -> Iterable[Mapping[str, Any]]:
    return _postings(reading, Offer, OfferCapability, "offer_id", "stage", "ip_status")


def _needs(reading: Reading) -> Iterable[Mapping[str, Any]]:
    return _postings(reading, Need, NeedCapability, "need_id")


HOUSED = (
    "name_zh",
    "name_en",
    "summary_zh",
    "summary_en",
    "trl_in",
    "trl_out",
    "process_scale",
    "site_m2",
    "open_to",
    "lead_time_days",
    "accepts_voucher",
    "hours_open",
    "hours_used",
)


def _facilities(reading: Reading) -> Iterable[Mapping[str, Any]]:
    facility, tag, service = columns_of(Facility), columns_of(FacilityCapability), columns_of(FacilityService)
    capabilities = reading.joined(sa.select(tag.facility_id, tag.capability_code))
    services = reading.joined(sa.select(service.facility_id, service.type))
    wanted = sa.select(facility).where(facility.state == PostingState.PUBLISHED, facility.created_at < reading.end)
    for row in reading.session.execute(wanted.order_by(facility.id)):
        if row.organisation_id in reading.active:
            yield {name: getattr(row, name) for name in HOUSED} | {
                "id": str(row.id),
                "organisation_id": str(row.organisation_id),
                "accreditations": JOINED.join(row.accreditations),
                "services": services.get(row.id),
                "capabilities": capabilities.get(row.id),
            }


def _projects(reading: Reading) -> Iterable[Mapping[str, Any]]:
    """Without amounts. One participant that keeps its projects back keeps the project back: titles tell names."""
    project, took = columns_of(Project), columns_of(Participation)
    members: dict[UUID, set[UUID]] = defaultdict(set)
    for row in reading.session.execute(sa.select(took.project_id, took.organisation_id)):
        members[row.project_id].add(row.organisation_id)
    wanted = sa.select(
        project.id, project.kind, project.title_zh, project.title_en, project.started_on, project.ended_on
    )
    for row in reading.session.execute(wanted.order_by(project.id)):
        in_it = members.get(row.id, set())
        if in_it and all(one in reading.active and reading.visible(one, "projects") for one in in_it):
            yield {
                "id": str(row.id),
                "kind": row.kind,
                "title_zh": row.title_zh,
                "title_en": row.title_en,
                "started_on": row.started_on,
                "ended_on": row.ended_on,
                "participants": JOINED.join(sorted(str(one) for one in in_it)),
            }


def _nodes(reading: Reading) -> Iterable[Mapping[str, Any]]:
    columns = read_chain(reading.session)
    states = supply.judge(columns, day=reading.day.toordinal(), limits=read_limits(reading.session))
    place = {code: row for row, code in enumerate(columns.nodes)}
    node = columns_of(ChainNode)
    wanted = sa.select(node.code, node.chain_code, node.parent_code, node.position, node.name_zh, node.name_en)
    for row in reading.session.execute(wanted.order_by(node.chain_code, node.position_in_list, node.code)):
        at = place[row.code]
        yield {
            **row._mapping,
            "state": STATES[int(states.state[at])],
            "suppliers_here": int(states.local[at]),
            "suppliers_outside": int(states.outside[at]),
            "asked_by": int(states.askers[at]),
        }


def _indicators(reading: Reading) -> Iterable[Mapping[str, Any]]:
    """Worked out from open fields alone; where fewer than three organisations stand behind a figure, it is left out."""
    board = read_board(reading.session, reading.day, shown=reading.visible)
    indicators = shown_indicators(reading.session)
    for scope in kept_scopes(reading.session):
        for row in tell_board(board, indicators, scope)["rows"]:
            yield {
                **{name: row[name] for name in ("code", "name_zh", "name_en", "unit", "value", "known", "total")},
                "scope": scope.kind,
                "scope_code": scope.code,
                "source": row["source"],
            }


TABLES: Sequence[OpenTable] = (
    OpenTable("organisations", "机构", "Organisations", COLUMNS["organisations"], _organisations),
    OpenTable("offers", "技术供给", "Offers", COLUMNS["offers"], _offers),
    OpenTable("needs", "技术需求", "Needs", COLUMNS["needs"], _needs),
    OpenTable("facilities", "设施", "Facilities", COLUMNS["facilities"], _facilities),
    OpenTable("projects", "合作项目", "Projects", COLUMNS["projects"], _projects),
    OpenTable("chain-nodes", "产业链环节", "Chain nodes", COLUMNS["chain-nodes"], _nodes),
    OpenTable("indicators", "结构性指标", "Structural indicators", COLUMNS["indicators"], _indicators),
)
