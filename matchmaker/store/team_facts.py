"""Facts that composition rules look at, from the tables; what may not be seen is unknown."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlmodel import Session, select

from matchmaker.consortium.facts import FIGURES, NO, OWNERSHIPS, POSITIONS, YES, Facts
from matchmaker.profiles import KINDS, UNKNOWN, Ints, Smalls
from matchmaker.store.reading import rows_of
from models import organisations, rules, taxonomy, track
from models.base import columns_of
from models.enums import LeadFigure, ProjectKind, RevenueBand

Sees = Callable[[UUID, str], bool]

INFINITE = float("inf")
# The bounds in CNY that the names of the bands say.
REVENUE: Mapping[RevenueBand, tuple[float, float]] = {
    RevenueBand.UNDER_5M: (0, 5e6),
    RevenueBand.FROM_5M: (5e6, 20e6),
    RevenueBand.FROM_20M: (20e6, 100e6),
    RevenueBand.FROM_100M: (100e6, 400e6),
    RevenueBand.FROM_400M: (400e6, 2e9),
    RevenueBand.FROM_2BN: (2e9, INFINITE),
}


def read_facts(
    session: Session,
    organisation_ids: Sequence[UUID],
    *,
    sees: Sees,
    today: date,
    chains: Collection[str] = (),
) -> Facts:
    """Facts in the order of `organisation_ids`, money unsettled. `sees` says whether a field may be looked at (the
    `Visibility` of an open reading, or a person's own); positions are those in `chains`, or in any chain."""
    row_of = {key: row for row, key in enumerate(organisation_ids)}
    found = {one.id: one for one in _organisations(session, organisation_ids)}
    listed = [found.get(key) for key in organisation_ids]
    seen = {key: _Seen(found.get(key), sees) for key in organisation_ids}
    districts, district = _districts(seen)
    schemes = tuple(session.exec(select(taxonomy.CertificationScheme.code).order_by("code")).all())
    n = len(organisation_ids)
    return Facts(
        ids=tuple(str(key) for key in organisation_ids),
        kind=np.array([KINDS.index(one.kind) if one else UNKNOWN for one in listed], np.int8),
        ownership=np.array([_ownership(one) for one in seen.values()], np.int8),
        district=district,
        districts=districts,
        positions=_positions(session, row_of, sees, chains),
        certifications=_certifications(session, row_of, sees, schemes, today),
        schemes=schemes,
        figures=np.array([_figures(one) for one in seen.values()]).reshape(n, len(FIGURES), 2),
        projects=_projects(session, row_of, sees),
        money=np.full(n, np.nan),
        own_money=np.full(n, np.nan),
        conflicts=_conflicts(session, row_of),
    )


class _Seen:
    """One organisation's fields; None where unknown or not to be seen."""

    def __init__(self, row: Any, sees: Sees) -> None:
        self._row, self._sees = row, sees

    def __getitem__(self, name: str) -> Any:
        if self._row is None or not self._sees(self._row.id, name):
            return None
        return getattr(self._row, name)


def _organisations(session: Session, ids: Sequence[UUID]) -> list[Any]:
    table = columns_of(organisations.Organisation)
    wanted = sa.select(
        table.id,
        table.kind,
        table.ownership,
        table.district_code,
        table.country,
        table.region,
        table.staff,
        table.rd_staff_share,
        table.revenue_band,
        table.rd_ratio,
    )
    return rows_of(session, wanted, table.id, list(ids))


def _ownership(seen: _Seen) -> int:
    return UNKNOWN if seen["ownership"] is None else OWNERSHIPS.index(seen["ownership"])


def _districts(seen: Mapping[UUID, _Seen]) -> tuple[tuple[str, ...], Ints]:
    """A place outside the list of districts is one of its own."""
    places = [one["district_code"] or _outside(one) for one in seen.values()]
    codes = tuple(sorted({place for place in places if place}))
    return codes, np.array([codes.index(place) if place else UNKNOWN for place in places], np.int32)


def _outside(seen: _Seen) -> str:
    region = seen["region"]
    return f"{seen['country'] or ''}/{region}" if region else ""


def _figures(seen: _Seen) -> list[tuple[float, float]]:
    ratio, share = _share(seen["rd_ratio"]), _share(seen["rd_staff_share"])
    staff = (0.0, INFINITE) if seen["staff"] is None else (float(seen["staff"]), float(seen["staff"]))
    band = seen["revenue_band"]
    revenue = (0.0, INFINITE) if band is None else REVENUE[band]
    spans = {
        LeadFigure.RD_RATIO: ratio,
        LeadFigure.RD_SPENDING: _part(ratio, revenue),
        LeadFigure.REVENUE: revenue,
        LeadFigure.STAFF: staff,
        LeadFigure.TECHNICAL_STAFF: _part(share, staff),
    }
    return [spans[figure] for figure in FIGURES]


def _share(value: float | None) -> tuple[float, float]:
    return (0.0, 1.0) if value is None else (value, value)


def _part(share: tuple[float, float], whole: tuple[float, float]) -> tuple[float, float]:
    return share[0] * whole[0], 0.0 if share[1] == 0 else share[1] * whole[1]


def _positions(session: Session, row_of: Mapping[UUID, int], sees: Sees, chains: Collection[str]) -> Smalls:
    """Who says where it works says where it does not; who says nothing may work anywhere."""
    works, nodes = columns_of(organisations.OrganisationNode), columns_of(taxonomy.ChainNode)
    wanted = sa.select(works.organisation_id, nodes.position, nodes.chain_code).join_from(
        works.organisation_id.table, nodes.code.table, works.node_code == nodes.code
    )
    positions = np.full((len(row_of), len(POSITIONS)), UNKNOWN, np.int8)
    for one in rows_of(session, wanted, works.organisation_id, list(row_of)):
        if not sees(one.organisation_id, "nodes"):
            continue
        of_this = positions[row_of[one.organisation_id]]
        of_this[of_this == UNKNOWN] = NO
        if not chains or one.chain_code in chains:
            of_this[POSITIONS.index(one.position)] = YES
    return positions


def _certifications(
    session: Session, row_of: Mapping[UUID, int], sees: Sees, schemes: Sequence[str], today: date
) -> Smalls:
    """Only an expired one is known not to be held: that none is on record says little."""
    table = columns_of(organisations.Certification)
    wanted = sa.select(table.organisation_id, table.scheme_code, table.valid_until)
    held = np.full((len(row_of), len(schemes)), UNKNOWN, np.int8)
    for one in rows_of(session, wanted, table.organisation_id, list(row_of)):
        if sees(one.organisation_id, "certifications"):
            place = row_of[one.organisation_id], schemes.index(one.scheme_code)
            is_valid = one.valid_until is None or one.valid_until >= today
            held[place] = max(held[place], YES if is_valid else NO)
    return held


def _projects(session: Session, row_of: Mapping[UUID, int], sees: Sees) -> NDArray[np.float64]:
    took, projects = columns_of(track.Participation), columns_of(track.Project)
    wanted = (
        sa.select(took.organisation_id, sa.func.count(sa.distinct(took.project_id)).label("many"))
        .join_from(took.organisation_id.table, projects.id.table, took.project_id == projects.id)
        .where(projects.kind == ProjectKind.CONSORTIUM)
        .group_by(took.organisation_id)
    )
    counts = np.array([0.0 if sees(key, "projects") else np.nan for key in row_of], np.float64)
    for one in rows_of(session, wanted, took.organisation_id, list(row_of)):
        counts[row_of[one.organisation_id]] += one.many
    return counts


def _conflicts(session: Session, row_of: Mapping[UUID, int]) -> Ints:
    pairs = session.exec(select(rules.OrganisationConflict.first_id, rules.OrganisationConflict.second_id)).all()
    present = {
        (min(row_of[first], row_of[second]), max(row_of[first], row_of[second]))
        for first, second in pairs
        if first in row_of and second in row_of
    }
    return np.array(sorted(present), np.int32).reshape(-1, 2)
