"""By what a node has its state: every record of supply, those that do not count among them, and all that is asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session, SQLModel, col, select

from matchmaker.chain.columns import FOREVER, SOURCES
from matchmaker.chain.supply import CERTIFICATION, asked
from matchmaker.services.chain.judged import Judged
from models.challenges import Challenge
from models.enums import SupplySource
from models.facilities import Facility
from models.offers import Need, Offer
from models.organisations import Certification, Organisation
from models.taxonomy import Capability, CertificationScheme

AT_ONCE = 500


class Standing(StrEnum):
    """How a record bears on the state of a node."""

    COUNTS = "counts"
    TOO_LOW = "too_low"  # the level is below the least one
    FILTERED = "filtered"  # its organisation is not among those looked at
    OVER = "over"  # it was in force before the day
    LATER = "later"  # it came after the day


@dataclass(frozen=True)
class SupplyLine:
    """One record of supply. `record` is the offer, facility or scheme of the certification."""

    organisation: Organisation
    is_local: bool
    source: SupplySource
    record: Any
    capability: Capability | None
    level: int
    first_day: date
    last_day: date | None
    standing: Standing


@dataclass(frozen=True)
class DemandLine:
    organisation: Organisation
    record: Need | Challenge
    capability: Capability | None
    level: int


@dataclass(frozen=True)
class Evidence:
    supply: Sequence[SupplyLine]  # what counts first, then what is nearest to it
    demand: Sequence[DemandLine]


def read_evidence(session: Session, judged: Judged, code: str) -> Evidence:
    nodes = judged.below[judged.row[code]]
    columns = judged.columns
    supply = np.flatnonzero(np.isin(columns.supply.node, nodes))
    demand = np.flatnonzero(np.isin(columns.demand.node, nodes) & asked(columns, day=judged.day.toordinal()))
    owners = np.concatenate([columns.supply.organisation[supply], columns.demand.organisation[demand]])
    bodies = by_id(session, Organisation, columns.organisation_ids[np.unique(owners)])
    abilities = _capabilities(session, judged, supply, demand)
    return Evidence(
        supply=_supply(session, judged, supply, bodies, abilities),
        demand=_demand(session, judged, demand, bodies, abilities),
    )


def _capabilities(
    session: Session, judged: Judged, supply: NDArray[np.intp], demand: NDArray[np.intp]
) -> dict[str, Capability]:
    columns = judged.columns
    rows = np.concatenate([columns.supply.capability[supply], columns.demand.capability[demand]])
    codes = [columns.capabilities[row] for row in np.unique(rows[rows >= 0]).tolist()]
    return {one.code: one for one in session.exec(select(Capability).where(col(Capability.code).in_(codes)))}


def _supply(
    session: Session,
    judged: Judged,
    rows: NDArray[np.intp],
    bodies: Mapping[bytes, Organisation],
    abilities: Mapping[str, Capability],
) -> list[SupplyLine]:
    supply = judged.columns.supply
    tables: Mapping[SupplySource, type[SQLModel]] = {
        SupplySource.OFFER: Offer,
        SupplySource.FACILITY: Facility,
        SupplySource.CERTIFICATION: Certification,
    }
    records: dict[bytes, Any] = {}
    for number, source in enumerate(SOURCES):
        records |= by_id(session, tables[source], supply.record[rows[supply.source[rows] == number]])
    schemes = {one.code: one for one in session.exec(select(CertificationScheme))}
    lines = []
    for row in rows.tolist():
        body = bodies.get(judged.columns.organisation_ids[supply.organisation[row]])
        record = records.get(supply.record[row])
        if body is None or record is None:  # it has gone since the columns were read
            continue
        lines.append(
            SupplyLine(
                organisation=body,
                is_local=bool(judged.home[supply.organisation[row]]),
                source=SOURCES[supply.source[row]],
                record=schemes[record.scheme_code] if isinstance(record, Certification) else record,
                capability=_ability(judged, abilities, int(supply.capability[row])),
                level=int(supply.level[row]),
                first_day=date.fromordinal(int(supply.first_day[row])),
                last_day=_last_day(int(supply.last_day[row])),
                standing=_standing(judged, row),
            )
        )
    order = tuple(Standing)
    return sorted(lines, key=lambda line: (order.index(line.standing), not line.is_local, -line.level))


def _standing(judged: Judged, row: int) -> Standing:
    supply, day = judged.columns.supply, judged.day.toordinal()
    if judged.counting[row]:
        return Standing.COUNTS
    if supply.first_day[row] > day:
        return Standing.LATER
    if supply.last_day[row] < day:
        return Standing.OVER
    if supply.source[row] != CERTIFICATION and supply.level[row] < judged.limits.least_level:
        return Standing.TOO_LOW
    return Standing.FILTERED


def _demand(
    session: Session,
    judged: Judged,
    rows: NDArray[np.intp],
    bodies: Mapping[bytes, Organisation],
    abilities: Mapping[str, Capability],
) -> list[DemandLine]:
    demand = judged.columns.demand
    records: dict[bytes, Any] = by_id(session, Need, demand.record[rows])
    records |= by_id(session, Challenge, demand.record[rows])
    lines = []
    for row in rows.tolist():
        body = bodies.get(judged.columns.organisation_ids[demand.organisation[row]])
        record = records.get(demand.record[row])
        if body is not None and record is not None:
            capability = _ability(judged, abilities, int(demand.capability[row]))
            lines.append(DemandLine(body, record, capability, int(demand.level[row])))
    return sorted(lines, key=lambda line: -line.level)


def _ability(judged: Judged, abilities: Mapping[str, Capability], row: int) -> Capability | None:
    return abilities.get(judged.columns.capabilities[row]) if row >= 0 else None


def _last_day(ordinal: int) -> date | None:
    return None if ordinal == FOREVER else date.fromordinal(max(ordinal, 1))


def by_id(session: Session, table: type[Any], keys: NDArray[np.bytes_]) -> dict[bytes, Any]:
    """Records by the keys of the columns."""
    ids = sorted({UUID(key.decode()) for key in keys})
    found: dict[bytes, Any] = {}
    for start in range(0, len(ids), AT_ONCE):
        wanted = select(table).where(col(table.id).in_(ids[start : start + AT_ONCE]))
        found |= {str(one.id).encode(): one for one in session.exec(wanted)}
    return found
