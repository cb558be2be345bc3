"""Who could close a gap: organisations with the nearest capability, open pilot lines that could raise them, funds."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from scipy.sparse import csr_array
from sqlmodel import Session, col, select

from matchmaker.chain.doors import TO_OTHERS
from matchmaker.chain.supply import Limits, nearest
from matchmaker.services.chain.evidence import by_id
from matchmaker.services.chain.judged import Judged
from matchmaker.store.chain import STATE_OWNED, read_related
from matchmaker.store.reading import Visibility
from models.enums import MandateStatus, OrganisationState, PostingState
from models.facilities import Facility, FacilityCapability
from models.funds import Mandate, MandateField
from models.organisations import Organisation
from models.taxonomy import Capability, ChainNode

NEAREST, FACILITIES, FUNDS = 10, 8, 8
# Of the nodes beside one: linked, or of the same group.
NEAR_ENOUGH = 0.5


@dataclass(frozen=True)
class NearOne:
    """Somebody here who can do something near; `closeness` is that of the nodes times the level."""

    organisation: Organisation
    from_node: ChainNode
    capability: Capability | None
    level: int
    closeness: float


@dataclass(frozen=True)
class OpenFacility:
    facility: Facility
    operator: Organisation
    node: ChainNode
    is_state: bool
    raises: bool  # it takes a technology up to the readiness level that has to be reached


@dataclass(frozen=True)
class WillingFund:
    mandate: Mandate
    fund: Organisation
    node: ChainNode
    is_main: bool


def list_nearest(session: Session, judged: Judged, code: str, *, top: int = NEAREST) -> list[NearOne]:
    return nearest_to(session, judged, [code], read_related(session, judged.columns), top=top)[code]


def nearest_to(
    session: Session, judged: Judged, codes: Sequence[str], related: csr_array, *, top: int
) -> dict[str, list[NearOne]]:
    """The nearest of several nodes, with one reading of their records."""
    columns = judged.columns
    found = {
        code: nearest(
            columns,
            related,
            node=judged.row[code],
            day=judged.day.toordinal(),
            limits=judged.limits,
            keep=judged.keep,
            home=judged.home,
            top=top,
        )
        for code in codes
    }
    rows = [row for near in found.values() for row in near.organisation.tolist()]
    bodies = by_id(session, Organisation, columns.organisation_ids[np.unique(np.array(rows, np.int32))])
    nodes = {one.code: one for one in session.exec(select(ChainNode))}
    abilities = {one.code: one for one in session.exec(select(Capability))}
    return {
        code: [
            NearOne(
                bodies[columns.organisation_ids[organisation]],
                nodes[columns.nodes[node]],
                abilities[columns.capabilities[capability]] if capability >= 0 else None,
                level,
                closeness,
            )
            for organisation, node, capability, level, closeness in zip(*(part.tolist() for part in near), strict=True)
            if columns.organisation_ids[organisation] in bodies
        ]
        for code, near in found.items()
    }


def list_facilities(session: Session, judged: Judged, code: str) -> list[OpenFacility]:
    """Open labs and pilot bases at a node and at the nodes beside it: those at it first, then those that raise.

    Facilities carry no history, so these are the ones that stand open today.
    """
    beside = _beside(session, judged, code)
    visible = Visibility(session)
    wanted = (
        select(Facility, Organisation, ChainNode)
        .join(Organisation, col(Facility.organisation_id) == Organisation.id)
        .join(FacilityCapability, col(FacilityCapability.facility_id) == Facility.id)
        .join(Capability, col(Capability.code) == FacilityCapability.capability_code)
        .join(ChainNode, col(ChainNode.code) == Capability.node_code)
        .where(
            Facility.state == PostingState.PUBLISHED,
            col(Facility.open_to).in_(TO_OTHERS),
            Organisation.state == OrganisationState.ACTIVE,
            col(ChainNode.code).in_(beside),
        )
    )
    found = {
        (facility.id, node.code): OpenFacility(
            facility,
            operator,
            node,
            is_state=operator.ownership in STATE_OWNED and visible(operator.id, "ownership"),
            raises=raises(facility, judged.limits),
        )
        for facility, operator, node in session.exec(wanted)
    }
    ordered = sorted(
        found.values(), key=lambda one: (-beside[one.node.code], not one.raises, not one.is_state, str(one.facility.id))
    )
    once: dict[UUID, OpenFacility] = {}
    for one in ordered:
        once.setdefault(one.facility.id, one)
    return list(once.values())


def raises(facility: Facility, limits: Limits) -> bool:
    """Whether it takes a technology from below the level that has to be reached up to it."""
    low, high = facility.trl_in, facility.trl_out
    return low is not None and high is not None and low < limits.raised_trl <= high


def list_funds(session: Session, judged: Judged, code: str) -> list[WillingFund]:
    """Mandates that invest at the node or at the node above it, take firms below the readiness to be reached, and have
    money left or do not say."""
    above = _upwards(session, code)
    wanted = (
        select(Mandate, Organisation, MandateField, ChainNode)
        .join(Organisation, col(Mandate.organisation_id) == Organisation.id)
        .join(MandateField, col(MandateField.mandate_id) == Mandate.id)
        .join(ChainNode, col(ChainNode.code) == MandateField.node_code)
        .where(
            Mandate.status == MandateStatus.INVESTING,
            col(Mandate.revises_id).is_(None),
            Organisation.state == OrganisationState.ACTIVE,
            col(MandateField.node_code).in_(above),
        )
    )
    rows = [row for row in session.exec(wanted) if _takes(row[0], judged.limits)]
    rows.sort(key=lambda row: (above.index(row[3].code), not row[2].is_main, str(row[0].id)))
    once: dict[UUID, WillingFund] = {}
    for mandate, fund, field, node in rows:
        once.setdefault(mandate.id, WillingFund(mandate, fund, node, field.is_main))
    return list(once.values())


def _takes(mandate: Mandate, limits: Limits) -> bool:
    is_early = mandate.trl_low is None or mandate.trl_low < limits.raised_trl
    return is_early and (mandate.remaining is None or mandate.remaining > 0)


def _upwards(session: Session, code: str) -> list[str]:
    found = [code]
    node = session.get(ChainNode, code)
    while node is not None and node.parent_code and node.parent_code not in found:
        found.append(node.parent_code)
        node = session.get(ChainNode, node.parent_code)
    return found


def _beside(session: Session, judged: Judged, code: str) -> dict[str, float]:
    """How near every node that is near enough lies; the node itself and all below it count full."""
    row = judged.row[code]
    relation = np.asarray(read_related(session, judged.columns)[[row]].todense()).ravel()
    relation[judged.below[row]] = 1
    return {
        judged.columns.nodes[near]: float(relation[near]) for near in np.flatnonzero(relation >= NEAR_ENOUGH).tolist()
    }
