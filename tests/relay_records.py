"""The hops of the fast track, and those who carry them, for tests."""

from typing import Any

from sqlmodel import Session

from models.base import new_id
from models.challenges import Challenge, ChallengeCapability
from models.enums import (
    ChallengeKind,
    ChallengeStage,
    CooperationType,
    FacilityServiceType,
    OrganisationKind,
    PriceUnit,
)
from models.facilities import Facility, FacilityCapability, FacilityService
from models.offers import Offer, OfferCapability
from models.organisations import Organisation, OrganisationNode
from models.taxonomy import RelayHop
from tests.factories import make_facility, make_offer, make_organisation

CAPABILITY = "cockpit-controller"
LAB_HOP = {"owner_kinds": "lab", "offer_types": "research", "takes_facilities": True, "stages": "seed", "months": 12}
PILOT_HOP = {
    "owner_kinds": "pilot_base",
    "offer_types": "facility_access",
    "takes_facilities": True,
    "stages": "angel",
    "months": 6,
}
SCENE_HOP = {
    "owner_kinds": "chain_leader",
    "offer_types": "data_or_scene",
    "takes_scenes": True,
    "stages": "series_a",
}
PRODUCTION_HOP = {"owner_kinds": "sme", "offer_types": "supply", "stages": "growth", "months": 9}
HOPS = (
    ("lab", "实验室研发", (2, 4), LAB_HOP),
    ("pilot", "中试基地", (4, 7), PILOT_HOP),
    ("scene", "应用场景", (7, 8), SCENE_HOP),
    ("production", "量产", (8, 9), PRODUCTION_HOP),
)


def add_hops(session: Session) -> None:
    for place, (code, name, (low, high), values) in enumerate(HOPS):
        named = {"code": code, "name_zh": name, "name_en": code, "source": "test", "position_in_list": place}
        session.add(RelayHop(**named, trl_low=low, trl_high=high, **values))
    session.flush()


def add_facility(
    session: Session,
    kind: OrganisationKind,
    *,
    levels: tuple[int | None, int | None],
    prices: tuple[float, ...] = (),
    discount: float | None = None,
    capability: str = CAPABILITY,
    **values: Any,
) -> Facility:
    owner = make_organisation(kind=kind)
    session.add(owner)
    session.flush()
    facility = make_facility(owner, trl_in=levels[0], trl_out=levels[1], **values)
    session.add(facility)
    session.flush()
    session.add(FacilityCapability(facility_id=facility.id, capability_code=capability, level=4))
    for price in prices:
        session.add(
            FacilityService(
                facility_id=facility.id,
                type=FacilityServiceType.PROCESS_VERIFICATION,
                unit=PriceUnit.BATCH,
                price=price,
                sme_discount=discount,
            )
        )
    session.flush()
    return facility


def add_relay_offer(
    session: Session,
    kind: OrganisationKind,
    type_: CooperationType,
    *,
    levels: tuple[int, int],
    capability: str | None = CAPABILITY,
    node: str | None = None,
    **values: Any,
) -> Offer:
    owner = make_organisation(kind=kind)
    session.add(owner)
    session.flush()
    if node:
        session.add(OrganisationNode(organisation_id=owner.id, node_code=node))
    offer = make_offer(owner, type=type_, trl_low=levels[0], trl_high=levels[1], **values)
    session.add(offer)
    session.flush()
    if capability:
        session.add(OfferCapability(offer_id=offer.id, capability_code=capability, level=4))
    session.flush()
    return offer


def add_scene(session: Session, owner: Organisation | None = None, **values: Any) -> Challenge:
    leader = owner or make_organisation(kind=OrganisationKind.CHAIN_LEADER)
    session.add(leader)
    session.flush()
    defaults: dict[str, Any] = {
        "id": new_id(),
        "organisation_id": leader.id,
        "kind": ChallengeKind.SCENE,
        "stage": ChallengeStage.PUBLISHED,
        "title_zh": "座舱上车验证场景",
        "title_en": "Cockpit trial in cars",
        "trl_from": 7,
        "trl_to": 8,
        "months": 5,
        "own_money": 300_000.0,
    }
    scene = Challenge(**{**defaults, **values})
    session.add(scene)
    session.flush()
    session.add(ChallengeCapability(challenge_id=scene.id, capability_code=CAPABILITY, level=3))
    session.flush()
    return scene
