"""The ways of pairing, institutions with offers, parks with tenants, for tests."""

from datetime import timedelta
from typing import Any

from sqlmodel import Session

from models.base import utc_now
from models.consortia import PairingWay
from models.enums import CooperationType, OrganisationKind, PairingType
from models.offers import Need, NeedCapability, Offer, OfferCapability
from models.organisations import Organisation, OrganisationNode
from tests.factories import make_need, make_offer, make_organisation

HERE, ELSEWHERE = "500112", "500107"
WAYS: dict[PairingType, dict[str, Any]] = {
    PairingType.RESOURCE_LANDING: {"offer_types": "investment", "tenant_types": "investment", "words": "成果转化"},
    PairingType.COMMON_TECHNOLOGY: {
        "offer_types": "research",
        "tenant_types": "research|technical",
        "words": "联合攻关",
    },
    PairingType.INCUBATION: {"offer_types": "facility_access", "words": "孵化", "young_years": 5},
    PairingType.MARKET_INTEGRATION: {"offer_types": "supply", "tenant_types": "supply", "words": "市场推广"},
}
WEIGHTS = {"weight_need": 30.0, "weight_tenants": 40.0, "weight_chain": 20.0, "weight_district": 10.0}


def add_ways(session: Session) -> None:
    for place, (type_, values) in enumerate(WAYS.items()):
        session.add(PairingWay(type=type_, position_in_list=place, source="test", **{**WEIGHTS, **values}))
    session.flush()


def add_body(session: Session, kind: OrganisationKind, *nodes: str, **values: Any) -> Organisation:
    body = make_organisation(**{"kind": kind, "district_code": HERE, **values})
    session.add(body)
    session.flush()
    session.add_all(OrganisationNode(organisation_id=body.id, node_code=code) for code in nodes)
    session.flush()
    return body


def add_park(session: Session, *nodes: str, **values: Any) -> Organisation:
    return add_body(session, OrganisationKind.PARK, *(nodes or ("nev-cockpit",)), **values)


def add_institution(
    session: Session,
    *nodes: str,
    type_: CooperationType = CooperationType.RESEARCH,
    capability: str | None = None,
    title: str = "服务",
    **values: Any,
) -> tuple[Organisation, Offer]:
    body = add_body(session, OrganisationKind.SERVICE_INSTITUTION, *(nodes or ("nev-cockpit",)), **values)
    offer = make_offer(body, type=type_, title_zh=title, title_en="", summary_zh="为企业提供服务")
    session.add(offer)
    session.flush()
    if capability:
        session.add(OfferCapability(offer_id=offer.id, capability_code=capability, level=3))
        session.flush()
    return body, offer


def add_tenant_need(
    session: Session,
    *,
    capability: str = "cockpit-controller",
    type_: CooperationType = CooperationType.RESEARCH,
    **firm: Any,
) -> Need:
    tenant = add_body(session, OrganisationKind.SME, **firm)
    return add_need(session, tenant, capability=capability, type=type_)


def add_need(session: Session, owner: Organisation, *, capability: str | None = None, **values: Any) -> Need:
    need = make_need(owner, **values)
    session.add(need)
    session.flush()
    if capability:
        session.add(NeedCapability(need_id=need.id, capability_code=capability, level=2))
        session.flush()
    return need


def days_ago(days: int) -> Any:
    return (utc_now() - timedelta(days=days)).date()
