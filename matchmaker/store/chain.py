"""From the tables to the columns of the chain map: open fields of active organisations, with the days they held."""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from scipy.sparse import csr_array
from sqlmodel import Session, select

from matchmaker import taxonomy
from matchmaker.chain.columns import FOREVER, SOURCES, ChainColumns, Demand, Supply
from matchmaker.chain.doors import TO_OTHERS
from matchmaker.chain.supply import Limits
from matchmaker.profiles import KINDS, UNKNOWN
from matchmaker.store.edits import signature_of
from matchmaker.store.reading import Visibility, keys_of
from models.base import CHINA, columns_of
from models.chain import ChainLimit
from models.challenges import Challenge, ChallengeCapability, ChallengeStageDate
from models.enums import (
    ChallengeStage,
    Grade,
    OrganisationState,
    Ownership,
    PostingState,
    SupplySource,
)
from models.facilities import Facility, FacilityCapability
from models.offers import Need, NeedCapability, Offer, OfferCapability
from models.organisations import Certification, FieldGrade, Organisation, OrganisationNode
from models.taxonomy import Capability, CertificationScheme, ChainLink, ChainNode, District, FieldGradeDefault

OWNERSHIPS = tuple(Ownership)
WERE_PUBLISHED = (PostingState.PUBLISHED, PostingState.EXPIRED, PostingState.WITHDRAWN)
# From when it is published until somebody has undertaken it, a challenge is asked for.
ASKING = (ChallengeStage.PUBLISHED, ChallengeStage.ANSWERED, ChallengeStage.JUDGED)
ENDS_ASKING = (ChallengeStage.SIGNED, ChallengeStage.ACCEPTED, ChallengeStage.WITHDRAWN)
FIRM, LAB = "firm", "lab"
MET_FIT, LINE = "met_fit", 0.6  # the row, and what it starts with
KEPT = 4  # readings that a process remembers, each of another database
EDITED = (Organisation, Offer, Need, Facility, Certification, Challenge, FieldGrade)


class Statement(NamedTuple):
    """One line of supply or demand on its way into the columns."""

    organisation: int
    node: int
    capability: int
    level: int
    kind: int | float  # row of SOURCES, or the weight of what is asked
    first_day: int
    last_day: int
    record: UUID


def read_limits(session: Session) -> Limits:
    """The rows of `chain_limits`; what has no row keeps the figure it starts with."""
    known = {row.code: row.value for row in session.exec(select(ChainLimit))}
    figures = {name: int(known[name]) for name in Limits.__dataclass_fields__ if name in known}
    return Limits(**figures)


def read_line(session: Session) -> float:
    """From which fit on a need counts as met in a what-if: a part of 1, kept and typed out of 100 as lists show it."""
    row = session.get(ChainLimit, MET_FIT)
    return LINE if row is None else float(row.value) / 100


_memory: OrderedDict[str, tuple[Any, ChainColumns]] = OrderedDict()
_lock = threading.Lock()


def read_chain(session: Session) -> ChainColumns:
    """All supply and demand that is or was in force, remembered until something is edited."""
    limits = read_limits(session)
    key, signature = str(session.get_bind().engine.url), (limits, _signature(session))
    with _lock:
        held = _memory.get(key)
    if held is None or held[0] != signature:
        held = (signature, _read(session, limits))
        with _lock:
            _memory[key] = held
            _memory.move_to_end(key)
            while len(_memory) > KEPT:
                _memory.popitem(last=False)
    return held[1]


def read_related(session: Session, columns: ChainColumns) -> csr_array:
    """How near the nodes lie to one another, in the order of the columns."""
    links = session.execute(sa.select(ChainLink.upstream_code, ChainLink.downstream_code))
    known = set(columns.nodes)
    return taxonomy.build(
        capabilities=[],
        nodes=[
            (code, columns.nodes[above] if above != UNKNOWN else None)
            for code, above in zip(columns.nodes, columns.parent.tolist(), strict=True)
        ],
        links=sorted((up, down) for up, down in links if up in known and down in known),
    ).related


def _signature(session: Session) -> Any:
    """Grades, links and the taxonomy have no clock; they are few, and told by what they say."""
    grades = columns_of(FieldGradeDefault)
    usual = session.execute(sa.select(grades.field, grades.grade).order_by(grades.field)).all()
    sizes = [session.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() for table in UNCLOCKED]
    return signature_of(session, EDITED), tuple(map(tuple, usual)), tuple(sizes)


UNCLOCKED = (ChainNode, Capability, District, OrganisationNode, OfferCapability, NeedCapability, FacilityCapability)


@dataclass(frozen=True)
class _Rows:
    """Row numbers of what the statements speak of."""

    organisations: dict[UUID, int]
    nodes: dict[str, int]
    capabilities: dict[str, int]
    node_of: Sequence[int]  # of each capability

    def capability(self, code: str) -> tuple[int, int]:
        """(row of its node, its row)."""
        row = self.capabilities[code]
        return self.node_of[row], row


def _read(session: Session, limits: Limits) -> ChainColumns:
    visible = Visibility(session)
    bodies, nodes, capabilities = _read_bodies(session), _read_nodes(session), _read_capabilities(session)
    districts = list(session.exec(select(District.code).order_by(District.position_in_list, District.code)))  # type: ignore[arg-type]
    rows = _number(bodies, nodes, capabilities)
    places = _rows_shown(bodies, "district_code", districts, visible)
    return ChainColumns(
        nodes=list(rows.nodes),
        capabilities=list(rows.capabilities),
        node_of_capability=np.array(rows.node_of, np.int32),
        parent=np.array([rows.nodes[row.parent_code] if row.parent_code else UNKNOWN for row in nodes], np.int32),
        organisation_ids=keys_of([body.id for body in bodies]),
        is_local=np.array(places, np.int32) != UNKNOWN,
        district=np.array(places, np.int32),
        districts=districts,
        ownership=np.array(_rows_shown(bodies, "ownership", OWNERSHIPS, visible), np.int8),
        kind=np.array([KINDS.index(body.kind) for body in bodies], np.int8),
        supply=_supply(
            [*_offers(session, rows), *_facilities(session, rows), *_certifications(session, rows, visible, limits)]
        ),
        demand=_demand([*_needs(session, rows), *_challenges(session, rows)]),
    )


def _read_bodies(session: Session) -> Sequence[sa.Row[Any]]:
    table = columns_of(Organisation)
    names = ("id", "kind", "district_code", "ownership")
    active = sa.select(*(table[name] for name in names)).where(table.state == OrganisationState.ACTIVE)
    return session.execute(active.order_by(table.id)).all()


def _read_nodes(session: Session) -> Sequence[sa.Row[Any]]:
    nodes = sa.select(ChainNode.code, ChainNode.parent_code)
    return session.execute(nodes.order_by(ChainNode.position_in_list, ChainNode.code)).all()


def _read_capabilities(session: Session) -> Sequence[sa.Row[Any]]:
    capabilities = sa.select(Capability.code, Capability.node_code)
    return session.execute(capabilities.order_by(Capability.position_in_list, Capability.code)).all()


def _number(bodies: Sequence[sa.Row[Any]], nodes: Sequence[sa.Row[Any]], capabilities: Sequence[sa.Row[Any]]) -> _Rows:
    node_row = {row.code: number for number, row in enumerate(nodes)}
    return _Rows(
        organisations={body.id: number for number, body in enumerate(bodies)},
        nodes=node_row,
        capabilities={row.code: number for number, row in enumerate(capabilities)},
        node_of=[node_row[row.node_code] for row in capabilities],
    )


def _rows_shown(bodies: Sequence[sa.Row[Any]], field: str, values: Sequence[Any], visible: Visibility) -> list[int]:
    """The row in `values` of what each body says in an open field; unknown where it says nothing, or not to all."""
    row_of = {value: number for number, value in enumerate(values)}
    said = [(body.id, getattr(body, field)) for body in bodies]
    return [row_of[value] if value is not None and visible(key, field) else UNKNOWN for key, value in said]


def _supply(statements: Sequence[Statement]) -> Supply:
    organisation, node, capability, level, source, first, last, record = _columns(statements)
    return Supply(organisation, node, capability, level, source.astype(np.int8), first, last, record)


def _demand(statements: Sequence[Statement]) -> Demand:
    organisation, node, capability, level, weight, first, last, record = _columns(statements)
    return Demand(organisation, node, capability, level, weight.astype(np.float32), first, last, record)


def _columns(statements: Sequence[Statement]) -> list[Any]:
    """One array for each part, in an order that does not hang on the order of reading."""
    parts = list(zip(*statements, strict=True)) if statements else [()] * len(Statement._fields)
    types = (np.int32, np.int32, np.int32, np.int8, np.float64, np.int32, np.int32)
    arrays = [np.array(part, dtype) for part, dtype in zip(parts, types, strict=False)]
    arrays.append(keys_of(parts[-1]))
    order = np.lexsort((arrays[7], arrays[2], arrays[1], arrays[0]))
    return [part[order] for part in arrays]


def _offers(session: Session, rows: _Rows) -> Iterable[Statement]:
    source = SOURCES.index(SupplySource.OFFER)
    for row in _postings(session, Offer, OfferCapability, OfferCapability.offer_id):
        if row.organisation_id in rows.organisations:
            node, capability = rows.capability(row.capability_code)
            organisation = rows.organisations[row.organisation_id]
            yield Statement(organisation, node, capability, row.level, source, *_held(row), row.id)


def _needs(session: Session, rows: _Rows) -> Iterable[Statement]:
    for row in _postings(session, Need, NeedCapability, NeedCapability.need_id, "weight"):
        if row.organisation_id in rows.organisations:
            node, capability = rows.capability(row.capability_code)
            organisation = rows.organisations[row.organisation_id]
            yield Statement(organisation, node, capability, row.level, row.weight, *_held(row), row.id)


def _postings(session: Session, table: Any, tags: Any, key: Any, *more: str) -> list[Any]:
    """What is or was published, once for every capability it names."""
    posting, tag = columns_of(table), columns_of(tags)
    names = ("id", "organisation_id", "state", "published_at", "created_at", "changed_at", "valid_until")
    wanted = sa.select(
        *(posting[name] for name in names), tag.capability_code, tag.level, *(tag[name] for name in more)
    )
    joined = wanted.join_from(posting.id.table, tag.level.table, posting.id == tag[key.key])
    return list(session.execute(joined.where(posting.state.in_(WERE_PUBLISHED))).all())


def _held(row: Any) -> tuple[int, int]:
    """The days for which a posting was seen. What came by a table may have no time of publishing; a withdrawn one is
    not edited any more, so that its last edit is when it was withdrawn."""
    first = _day(row.published_at or row.created_at)
    last = row.valid_until.toordinal() if row.valid_until else FOREVER
    if row.state == PostingState.WITHDRAWN:
        last = min(last, _day(row.changed_at) - 1)
    return first, last


def _facilities(session: Session, rows: _Rows) -> Iterable[Statement]:
    """Facilities that others may use (chain/doors.py); until when one was open before nobody recorded."""
    facility, tag = columns_of(Facility), columns_of(FacilityCapability)
    wanted = (
        sa.select(facility.id, facility.organisation_id, facility.created_at, tag.capability_code, tag.level)
        .join_from(facility.id.table, tag.level.table, facility.id == tag.facility_id)
        .where(facility.state == PostingState.PUBLISHED, facility.open_to.in_(TO_OTHERS))
    )
    source = SOURCES.index(SupplySource.FACILITY)
    for row in session.execute(wanted).all():
        if row.organisation_id in rows.organisations:
            node, capability = rows.capability(row.capability_code)
            organisation = rows.organisations[row.organisation_id]
            yield Statement(organisation, node, capability, row.level, source, _day(row.created_at), FOREVER, row.id)


def _certifications(session: Session, rows: _Rows, visible: Visibility, limits: Limits) -> Iterable[Statement]:
    """Verified ones of a rank that counts, of who stands at so few nodes that it is clear of which one they speak."""
    held, scheme = columns_of(Certification), columns_of(CertificationScheme)
    names = ("id", "organisation_id", "issued_on", "valid_until", "verified_at")
    wanted = (
        sa.select(*(held[name] for name in names))
        .join_from(held.id.table, scheme.code.table, held.scheme_code == scheme.code)
        .where(held.verified_at.is_not(None), _ranks_enough(scheme, limits))
    )
    stands = _stands_at(session, rows, visible)
    source = SOURCES.index(SupplySource.CERTIFICATION)
    for row in session.execute(wanted).all():
        nodes = stands.get(row.organisation_id, [])
        if not 0 < len(nodes) <= limits.certified_nodes or not visible(row.organisation_id, "certifications"):
            continue
        first = row.issued_on.toordinal() if row.issued_on else _day(row.verified_at)
        last = row.valid_until.toordinal() if row.valid_until else FOREVER
        organisation = rows.organisations[row.organisation_id]
        yield from (Statement(organisation, node, UNKNOWN, 0, source, first, last, row.id) for node in nodes)


def _ranks_enough(scheme: Any, limits: Limits) -> Any:
    ranks = {FIRM: limits.firm_rank, LAB: limits.lab_rank}
    return sa.or_(
        sa.false(),
        *(sa.and_(scheme.ladder == ladder, scheme.rank >= rank) for ladder, rank in ranks.items() if rank > 0),
    )


def _stands_at(session: Session, rows: _Rows, visible: Visibility) -> dict[UUID, list[int]]:
    table = columns_of(OrganisationNode)
    found: dict[UUID, list[int]] = {}
    for row in session.execute(sa.select(table.organisation_id, table.node_code)).all():
        if row.organisation_id in rows.organisations and visible(row.organisation_id, "nodes"):
            found.setdefault(row.organisation_id, []).append(rows.nodes[row.node_code])
    return found


def _challenges(session: Session, rows: _Rows) -> Iterable[Statement]:
    """What open challenges ask for: capabilities, or a node as a whole where they name none."""
    days = _stage_days(session)
    tags = _challenge_tags(session)
    table = columns_of(Challenge)
    names = ("id", "organisation_id", "stage", "created_at", "node_codes")
    wanted = sa.select(*(table[name] for name in names)).where(
        table.secrecy == Grade.OPEN, table.stage.in_((*ASKING, *ENDS_ASKING))
    )
    for row in session.execute(wanted).all():
        entered = days.get(row.id, {})
        if row.organisation_id not in rows.organisations or _never_out(row.stage, entered):
            continue
        held = (_day(entered.get(ChallengeStage.PUBLISHED, row.created_at)), _last_asked(row.stage, entered))
        organisation = rows.organisations[row.organisation_id]
        for tag in tags.get(row.id, []):
            node, capability = rows.capability(tag.capability_code)
            yield Statement(organisation, node, capability, tag.level, tag.weight, *held, row.id)
        if row.id not in tags:
            for code in row.node_codes:
                if code in rows.nodes:
                    yield Statement(organisation, rows.nodes[code], UNKNOWN, 0, 1.0, *held, row.id)


def _never_out(stage: str, entered: dict[str, datetime]) -> bool:
    return stage == ChallengeStage.WITHDRAWN and ChallengeStage.PUBLISHED not in entered


def _last_asked(stage: str, entered: dict[str, datetime]) -> int:
    if stage in ASKING:
        return FOREVER
    ends = [_day(entered[one]) for one in ENDS_ASKING if one in entered]
    return min(ends) - 1 if ends else 0


def _stage_days(session: Session) -> dict[UUID, dict[str, datetime]]:
    table = columns_of(ChallengeStageDate)
    wanted = sa.select(table.challenge_id, table.stage, table.entered_at).where(table.entered_at.is_not(None))
    found: dict[UUID, dict[str, datetime]] = {}
    for row in session.execute(wanted).all():
        found.setdefault(row.challenge_id, {})[row.stage] = row.entered_at
    return found


def _challenge_tags(session: Session) -> dict[UUID, list[Any]]:
    table = columns_of(ChallengeCapability)
    found: dict[UUID, list[Any]] = {}
    for row in session.execute(sa.select(table.challenge_id, table.capability_code, table.level, table.weight)).all():
        found.setdefault(row.challenge_id, []).append(row)
    return found


def _day(moment: datetime | date) -> int:
    return (moment.astimezone(CHINA) if isinstance(moment, datetime) else moment).toordinal()


STATE_OWNED = (
    Ownership.CENTRAL_STATE,
    Ownership.MUNICIPAL_STATE,
    Ownership.DISTRICT_STATE,
    Ownership.PUBLIC_INSTITUTION,
)


def count_open_facilities(session: Session) -> dict[tuple[str, bool], frozenset[str]]:
    """Ids of facilities that stand open to others today, by node and whether a state body runs them."""
    visible = Visibility(session)
    facility, tag, body, ability = (
        columns_of(Facility),
        columns_of(FacilityCapability),
        columns_of(Organisation),
        columns_of(Capability),
    )
    wanted = (
        sa.select(facility.id, facility.organisation_id, body.ownership, ability.node_code)
        .join_from(facility.id.table, tag.level.table, facility.id == tag.facility_id)
        .join(body.id.table, facility.organisation_id == body.id)
        .join(ability.code.table, tag.capability_code == ability.code)
        .where(
            facility.state == PostingState.PUBLISHED,
            facility.open_to.in_(TO_OTHERS),
            body.state == OrganisationState.ACTIVE,
        )
    )
    found: dict[tuple[str, bool], set[str]] = {}
    for row in session.execute(wanted).all():
        is_state = row.ownership in STATE_OWNED and visible(row.organisation_id, "ownership")
        found.setdefault((row.node_code, is_state), set()).add(str(row.id))
    return {key: frozenset(ids) for key, ids in found.items()}
