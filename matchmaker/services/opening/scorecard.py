"""How open labs and pilot bases are: a score of what is known, whose points are its lines', and how much that is.

score = 100 * sum of w * v / sum of w, both over the known lines; coverage = known w / all w. What is not known is in
neither sum. The order is by what is certain, score * coverage: what the score could not fall below, were all that is
not known bad. So one known line of full points does not stand first, and a facility rises by telling, or by opening.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session

from matchmaker.errors import NotFound
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.opening.criteria import list_criteria
from matchmaker.services.scope import Scope, nodes_in, organisations_in
from matchmaker.store.reading import Visibility
from models.base import CHINA, columns_of
from models.enums import InterestState, OpenTo, OrganisationKind, Ownership, PostingState, ScopeKind
from models.facilities import Facility, FacilityCapability, FacilityService, FacilityYear
from models.interest import Interest
from models.opening import OpeningCriterion
from models.organisations import Organisation
from models.taxonomy import Capability

FULL = 100.0
OPENNESS = {OpenTo.ALL: 1.0, OpenTo.CHAIN: 0.5, OpenTo.MEMBERS: 0.0}
TAKEN_ON = (InterestState.ACCEPTED, InterestState.AGREED, InterestState.CONTRACTED)
# Of fewer users nothing is said: who works with whom is theirs to tell.
FEWEST_USERS = 3


@dataclass(frozen=True)
class Line:
    """One criterion of one facility: what is known of it, where that lies between the marks, what it adds."""

    criterion: OpeningCriterion
    raw: float | None
    value: float | None
    points: float | None


@dataclass(frozen=True)
class FacilityScore:
    facility_id: UUID
    name_zh: str
    name_en: str
    operator_id: UUID
    operator_zh: str
    operator_en: str
    ownership: Ownership | None
    score: float | None  # None: nothing is known
    coverage: float
    lines: Sequence[Line]

    @property
    def certain(self) -> float:
        """The points that no unknown line can take away."""
        return (self.score or 0.0) * self.coverage


@dataclass(frozen=True)
class Group:
    """Facilities of one operator or one kind of ownership, with means; `score` is over those that have one."""

    key: str
    name_zh: str
    name_en: str
    facilities: int
    score: float | None
    certain: float
    coverage: float


def list_scores(session: Session, actor: Actor, scope: Scope, day: date) -> list[FacilityScore]:
    """The most open for certain first."""
    require(actor, Permission.SCORECARD_VIEW)
    return score_facilities(session, scope, day)


def get_score(session: Session, actor: Actor, facility_id: UUID, scope: Scope, day: date) -> FacilityScore:
    scores = list_scores(session, actor, scope, day)
    found = next((one for one in scores if one.facility_id == facility_id), None)
    if found is None:
        raise NotFound("facility", facility_id)
    return found


def score_facilities(session: Session, scope: Scope, day: date) -> list[FacilityScore]:
    criteria = list_criteria(session)
    rows = _facilities(session, scope, day)
    known = _known(session, rows, day)
    visible = Visibility(session)
    scores = [_score(row, criteria, known[row.id], visible) for row in rows]
    return sorted(scores, key=lambda one: (-one.certain, -(one.score or 0.0), str(one.facility_id)))


def _score(
    row: Any, criteria: Sequence[OpeningCriterion], known: Mapping[str, float], visible: Visibility
) -> FacilityScore:
    total = sum(criterion.weight for criterion in criteria)
    told = sum(criterion.weight for criterion in criteria if criterion.code in known)
    lines = [_line(criterion, known.get(criterion.code), told) for criterion in criteria]
    return FacilityScore(
        facility_id=row.id,
        name_zh=row.name_zh,
        name_en=row.name_en,
        operator_id=row.organisation_id,
        operator_zh=row.operator_zh,
        operator_en=row.operator_en,
        ownership=row.ownership if visible(row.organisation_id, "ownership") else None,
        score=sum(line.points or 0.0 for line in lines) if told else None,
        coverage=told / total if total else 0.0,
        lines=lines,
    )


def _line(criterion: OpeningCriterion, raw: float | None, told: float) -> Line:
    if raw is None:
        return Line(criterion, None, None, None)
    value = between(raw, low=criterion.low or 0.0, high=1.0 if criterion.high is None else criterion.high)
    return Line(criterion, raw, value, FULL * criterion.weight * value / told if told else 0.0)


def between(raw: float, *, low: float, high: float) -> float:
    """0 at `low`, 1 at `high`, straight between; `low` may be the larger one."""
    return min(1.0, max(0.0, (raw - low) / (high - low)))


def group_by_operator(scores: Sequence[FacilityScore]) -> list[Group]:
    names = {str(one.operator_id): (one.operator_zh, one.operator_en) for one in scores}
    return _groups(scores, [str(one.operator_id) for one in scores], names)


def group_by_ownership(scores: Sequence[FacilityScore]) -> list[Group]:
    """Operators that keep their ownership back, or never said it, stand together under an empty key."""
    return _groups(scores, [one.ownership.value if one.ownership else "" for one in scores], {})


def _groups(scores: Sequence[FacilityScore], keys: Sequence[str], names: Mapping[str, tuple[str, str]]) -> list[Group]:
    members: dict[str, list[FacilityScore]] = defaultdict(list)
    for key, score in zip(keys, scores, strict=True):
        members[key].append(score)
    groups = [
        Group(
            key,
            *names.get(key, ("", "")),
            facilities=len(of_key),
            score=_mean([one.score for one in of_key if one.score is not None]),
            certain=sum(one.certain for one in of_key) / len(of_key),
            coverage=sum(one.coverage for one in of_key) / len(of_key),
        )
        for key, of_key in members.items()
    ]
    return sorted(groups, key=lambda group: (-group.certain, group.key))


def _facilities(session: Session, scope: Scope, day: date) -> list[Any]:
    facility, body = columns_of(Facility), columns_of(Organisation)
    end = datetime.combine(day + timedelta(days=1), time(), CHINA)
    wanted = (
        sa.select(
            facility,
            body.name_zh.label("operator_zh"),
            body.name_en.label("operator_en"),
            body.ownership,
        )
        .join_from(facility.id.table, body.id.table, facility.organisation_id == body.id)
        .where(facility.state == PostingState.PUBLISHED, facility.created_at < end)
        .order_by(facility.id)
    )
    return list(session.execute(wanted.where(_within(scope))).all())


def _within(scope: Scope) -> Any:
    """Of a chain or a node: facilities with a capability there, and those of its organisations that name none."""
    facility, tag, capability = columns_of(Facility), columns_of(FacilityCapability), columns_of(Capability)
    # Only active organisations stand in a scope.
    owned = facility.organisation_id.in_(organisations_in(scope))
    if scope.kind not in (ScopeKind.CHAIN, ScopeKind.NODE):
        return owned
    at = (
        sa.select(tag.facility_id)
        .join_from(tag.level.table, capability.code.table, tag.capability_code == capability.code)
        .where(capability.node_code.in_(nodes_in(scope)))
    )
    active = facility.organisation_id.in_(organisations_in(Scope()))
    tagged = sa.select(tag.facility_id)
    return sa.or_(sa.and_(facility.id.in_(at), active), sa.and_(facility.id.not_in(tagged), owned))


def _known(session: Session, rows: Sequence[Any], day: date) -> dict[UUID, dict[str, float]]:
    """What is known of each facility, by the code of the criterion; what is not known is not in it."""
    services, years, users = _services(session), _last_years(session, day), _users(session)
    found: dict[UUID, dict[str, float]] = {}
    for row in rows:
        lines, year = services.get(row.id, []), years.get(row.id)
        told: dict[str, float | None] = {
            "open_to": None if row.open_to is None else OPENNESS[row.open_to],
            "prices_published": _mean([float(line.price is not None) for line in lines]),
            "sme_discount": _mean([line.sme_discount for line in lines if line.sme_discount is not None]),
            "accepts_voucher": None if row.accepts_voucher is None else float(row.accepts_voucher),
            "lead_time": row.lead_time_days,
            "hours_open": row.hours_open,
            "use_of_hours": row.hours_used / row.hours_open if row.hours_used is not None and row.hours_open else None,
            "services_given": None if year is None else year.services,
            "service_income": None if year is None else year.income,
            "users_private_or_sme": users.get(row.organisation_id),
        }
        found[row.id] = {code: float(value) for code, value in told.items() if value is not None}
    return found


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _services(session: Session) -> dict[UUID, list[Any]]:
    table = columns_of(FacilityService)
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in session.execute(sa.select(table.facility_id, table.price, table.sme_discount).order_by(table.id)):
        found[row.facility_id].append(row)
    return found


def _last_years(session: Session, day: date) -> dict[UUID, Any]:
    """The latest full year before `day` that is on record."""
    table = columns_of(FacilityYear)
    wanted = sa.select(table).where(table.year < day.year).order_by(table.facility_id, table.year)
    return {row.facility_id: row for row in session.execute(wanted)}


def _users(session: Session) -> dict[UUID, float]:
    """Of each operator: the part of private firms and SMEs among those whose request it has taken on here."""
    interest, body = columns_of(Interest), columns_of(Organisation)
    wanted = (
        sa.select(interest.candidate_id, body.id, body.kind, body.ownership)
        .join_from(interest.state.table, body.id.table, interest.organisation_id == body.id)
        .where(interest.state.in_(TAKEN_ON))
        .distinct()
    )
    visible = Visibility(session)
    said: dict[UUID, list[bool]] = defaultdict(list)
    for row in session.execute(wanted):
        ownership = row.ownership if visible(row.id, "ownership") else None
        if row.kind == OrganisationKind.SME or ownership is not None:
            said[row.candidate_id].append(row.kind == OrganisationKind.SME or ownership == Ownership.PRIVATE)
    return {key: sum(users) / len(users) for key, users in said.items() if len(users) >= FEWEST_USERS}
