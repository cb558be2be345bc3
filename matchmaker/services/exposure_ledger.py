"""The ledger of exposure: who had the first places of the lists that were shown, against who could have had them.

Groups are told by open fields only; what an organisation keeps back counts as not stated. Places are those of the
first `depth` of each list, `depth` by the exposure policy; in the weighted share a place counts 1 / log2(1 + place).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.evaluation.metrics import gini
from matchmaker.profiles import SIZES, UNKNOWN, Scores
from matchmaker.rerank import Floors
from matchmaker.services.actors import Actor
from matchmaker.services.capital.ranking import FUNDS, STARTUPS
from matchmaker.services.crowding import LEAST_ASKERS, latest_run
from matchmaker.services.exposure_policies import floors_on
from matchmaker.services.funnel.events import LEAST_ON_DESKS, SUMS_ONLY, Period
from matchmaker.services.funnel.reading import require_scope
from matchmaker.services.scope import Scope, organisations_in
from matchmaker.store.capital import is_open
from matchmaker.store.capital.mandates import is_published
from matchmaker.store.organisations import size_of
from matchmaker.store.reading import Visibility
from matchmaker.store.shown import ranking_run, shown_places
from models.base import columns_of
from models.enums import OrganisationState, PostingState, ProjectKind, ScopeKind
from models.facilities import Facility
from models.funds import Mandate
from models.market import OrganisationPrice
from models.offers import Offer
from models.organisations import Organisation
from models.rounds import Round
from models.taxonomy import District, WeightPreset
from models.track import Participation, Project

PURPOSE = "partners"
GROUPS = ("district", "size", "ownership", "newcomer")
BUSIEST = 20
# Of fewer organisations a group's share would tell what one of them gets.
LEAST_IN_GROUP = 3
NOT_STATED, TOO_FEW = "", "too_few"


@dataclass(frozen=True, eq=False)
class _Counted:
    """By organisation: places, and their weight; with how many lists there were."""

    places: Mapping[UUID, int]
    weight: Mapping[UUID, float]
    lists: int


def tell_exposure(session: Session, scope: Scope, first: date, last: date, *, purpose: str = PURPOSE) -> dict[str, Any]:
    """Shares of the first places by group, the Gini of all who could have been shown, and who is asked too much."""
    floors = floors_on(session, purpose)
    counted = _count(session, scope, first, last, purpose, floors.depth)
    could = _eligible(session, last, purpose)
    labels = _labels(session, counted.places.keys() | could, could, floors, last)
    eligible = [key for key in labels if labels[key]["is_eligible"] or key in counted.places]
    places = np.array([counted.places.get(key, 0) for key in eligible], dtype=float)
    return {
        "groups": {group: _group(session, group, eligible, labels, counted) for group in GROUPS},
        "gini": _known(gini(places)),
        "busy": _busy(session, purpose),
        "lists": counted.lists,
        "depth": floors.depth,
        "organisations": len(eligible),
        "shown": int((places > 0).sum()),
        "purpose": purpose,
        "from": first.isoformat(),
        "to": last.isoformat(),
    }


def read_exposure(
    session: Session, actor: Actor, scope: Scope, period: Period, *, purpose: str = PURPOSE
) -> dict[str, Any]:
    """The ledger for those who watch over the market."""
    require_scope(actor, scope)
    return tell_exposure(session, scope, period.first, period.last, purpose=purpose)


def list_purposes(session: Session) -> Sequence[str]:
    """Kinds of lists of which some have been shown."""
    run_codes = sa.select(ranking_run.preset_code).where(sa.func.json_array_length(ranking_run.shown) > 0).distinct()
    presets = select(WeightPreset.purpose).where(col(WeightPreset.code).in_(run_codes)).distinct()
    return session.exec(presets.order_by(WeightPreset.purpose)).all() or [PURPOSE]


def _count(session: Session, scope: Scope, first: date, last: date, purpose: str, depth: int) -> _Counted:
    codes = sa.select(col(WeightPreset.code)).where(col(WeightPreset.purpose) == purpose)
    which = sa.and_(
        ranking_run.preset_code.in_(codes),
        Period(first, last).holds(ranking_run.created_at),
        sa.true() if scope.kind is ScopeKind.REGION else ranking_run.organisation_id.in_(organisations_in(scope)),
    )
    place = shown_places(session, which).subquery("place").c
    wanted = place.position <= depth
    numbers = (sa.func.count(sa.distinct(place.run_id)), sa.func.count(sa.distinct(place.organisation_id)))
    lists, askers = session.execute(sa.select(*numbers).where(wanted)).one()
    # What a fund's radar shows is its own: it counts in sums of several funds only.
    if purpose == STARTUPS and (scope.kind not in SUMS_ONLY or askers < LEAST_ON_DESKS):
        return _Counted({}, {}, 0)
    by_place = sa.select(place.candidate_id, place.position, sa.func.count()).where(wanted)
    places: dict[UUID, int] = {}
    weight: dict[UUID, float] = {}
    for key, position, count in session.execute(by_place.group_by(place.candidate_id, place.position)):
        places[key] = places.get(key, 0) + count
        weight[key] = weight.get(key, 0.0) + count / float(np.log2(1 + position))
    return _Counted(places, weight, lists)


def _eligible(session: Session, day: date, purpose: str) -> frozenset[UUID]:
    """Active organisations that a list of that day could show: by what lists of this kind are made from."""
    own = columns_of(Organisation)
    has_something = sa.or_(*(own.id.in_(one) for one in _shown_by(purpose, day)))
    return frozenset(session.scalars(sa.select(own.id).where(own.state == OrganisationState.ACTIVE, has_something)))


def _shown_by(purpose: str, day: date) -> Sequence[Any]:
    """Of whom there is a published mandate, an open round; or a live offer, or a published facility."""
    if purpose == FUNDS:
        return (sa.select(col(Mandate.organisation_id)).where(is_published()),)
    if purpose == STARTUPS:
        return (sa.select(col(Round.organisation_id)).where(is_open(day)),)
    live = sa.and_(col(Offer.state) == PostingState.PUBLISHED, col(Offer.valid_until) >= day)
    facilities = sa.select(col(Facility.organisation_id)).where(col(Facility.state) == PostingState.PUBLISHED)
    return sa.select(col(Offer.organisation_id)).where(live), facilities


def _labels(
    session: Session, keys: Iterable[UUID], eligible: frozenset[UUID], floors: Floors, day: date
) -> dict[UUID, dict[str, Any]]:
    """What each organisation is, as far as everybody may see it; merged and closed ones are left out."""
    wanted, is_open = set(keys), Visibility(session)
    projects = _projects(session, day)
    own = columns_of(Organisation)
    columns = (own.id, own.district_code, own.staff, own.ownership, own.founded_on)
    found = session.execute(sa.select(*columns).where(own.state == OrganisationState.ACTIVE).order_by(own.id))
    return {
        key: {
            "is_eligible": key in eligible,
            "district": (district or NOT_STATED) if is_open(key, "district_code") else NOT_STATED,
            "size": _size(staff) if is_open(key, "staff") else NOT_STATED,
            "ownership": ownership.value if ownership and is_open(key, "ownership") else NOT_STATED,
            "newcomer": _newcomer(
                projects.get(key, 0) if is_open(key, "projects") else None,
                founded if is_open(key, "founded_on") else None,
                floors,
                day,
            ),
        }
        for key, district, staff, ownership, founded in found
        if key in wanted
    }


def _projects(session: Session, day: date) -> dict[UUID, int]:
    """Joint projects begun before the day, by organisation."""
    counts = (
        sa.select(col(Participation.organisation_id), sa.func.count())
        .join(Project, col(Project.id) == col(Participation.project_id))
        .where(col(Project.kind) == ProjectKind.CONSORTIUM, col(Project.started_on) < day)
        .group_by(col(Participation.organisation_id))
    )
    return {key: number for key, number in session.execute(counts)}  # noqa: C416 - rows are no pairs to mypy


def _size(staff: int | None) -> str:
    row = size_of(staff)
    return NOT_STATED if row == UNKNOWN else SIZES[row].value


def _newcomer(projects: int | None, founded: date | None, floors: Floors, day: date) -> str:
    """As lists have it (`matchmaker.rerank.newcomers`)."""
    is_young = founded is not None and day - timedelta(days=floors.founded_within_days) < founded <= day
    if is_young:
        return "newcomer"
    if projects is None:
        return NOT_STATED
    return "newcomer" if projects <= floors.projects_at_most else "known"


def _group(
    session: Session,
    group: str,
    eligible: Sequence[UUID],
    labels: Mapping[UUID, Mapping[str, Any]],
    counted: _Counted,
) -> list[dict[str, Any]]:
    """The greatest share first, what is not stated last. Groups of one or two organisations are told together."""
    codes = _merged([labels[key][group] for key in eligible])
    places = np.array([counted.places.get(key, 0) for key in eligible], dtype=float)
    weight = np.array([counted.weight.get(key, 0.0) for key in eligible])
    names = _names(session, group)
    rows = []
    for code in sorted(set(codes)):
        is_in = np.array([one == code for one in codes])
        name_zh, name_en = names.get(code, ("", ""))
        rows.append(
            {
                "code": code,
                "name_zh": name_zh,
                "name_en": name_en,
                "places": int(places[is_in].sum()),
                "share": _share(places, is_in),
                "weighted_share": _share(weight, is_in),
                "organisations": int(is_in.sum()),
                "share_of_organisations": float(is_in.mean()),
            }
        )
    return sorted(rows, key=lambda row: (row["code"] in (NOT_STATED, TOO_FEW), -row["places"], row["code"]))


def _merged(codes: Sequence[str]) -> list[str]:
    """Codes of fewer than LEAST_IN_GROUP organisations become one."""
    numbers = {code: codes.count(code) for code in set(codes)}
    return [code if numbers[code] >= LEAST_IN_GROUP or code == NOT_STATED else TOO_FEW for code in codes]


def _names(session: Session, group: str) -> dict[str, tuple[str, str]]:
    if group != "district":
        return {}
    return {row.code: (row.name_zh, row.name_en) for row in session.exec(select(District))}


def _share(amounts: Scores, is_in: Any) -> float:
    total = float(amounts.sum())
    return float(amounts[is_in].sum()) / total if total else 0.0


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value


def _busy(session: Session, purpose: str) -> list[dict[str, Any]]:
    """Who is asked beyond what it can carry, by the latest clearing; a capacity that is not open is not told."""
    cleared = latest_run(session, purpose)
    if cleared is None:
        return []
    price, own = columns_of(OrganisationPrice), columns_of(Organisation)
    columns = (own.id, own.name_zh, own.name_en, price.load, price.capacity, price.is_capacity_known)
    asked_too_much = sa.and_(price.load > price.capacity, price.askers >= LEAST_ASKERS)
    found = (
        sa.select(*columns)
        .join(own.id.table, price.organisation_id == own.id)
        .where(price.run_id == cleared.id, asked_too_much)
        .order_by((price.load - price.capacity).desc(), own.id)
        .limit(BUSIEST)
    )
    return [
        {
            "id": str(key),
            "name_zh": name_zh,
            "name_en": name_en,
            "load": load,
            "capacity": capacity if is_known else None,
        }
        for key, name_zh, name_en, load, capacity, is_known in session.execute(found)
    ]
