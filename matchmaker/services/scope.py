"""What a run, a report or an indicator is about: the region, a chain, a node, a district, a call, one body, a list."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput
from models.base import CHINA
from models.challenges import Challenge
from models.enums import OrganisationState, PostingState, ScopeKind
from models.offers import Need, NeedCapability, Offer, OfferCapability
from models.organisations import Organisation, OrganisationNode
from models.taxonomy import Capability, Chain, ChainNode, District


@dataclass(frozen=True, slots=True)
class Scope:
    """`code` is the key of the chain, node, district, call or organisation; a list names its organisations."""

    kind: ScopeKind = ScopeKind.REGION
    code: str = ""
    organisation_ids: tuple[UUID, ...] = ()


REGION = Scope()
NAMED_BY: Any = {ScopeKind.CHAIN: Chain, ScopeKind.NODE: ChainNode, ScopeKind.DISTRICT: District}


def find_scope(session: Session, kind: ScopeKind, code: str = "", organisation_ids: tuple[UUID, ...] = ()) -> Scope:
    """The scope, looked up; raises InvalidInput with the field `scope` where what it names is not there."""
    if kind is ScopeKind.REGION:
        return REGION
    if kind is ScopeKind.LIST:
        known = select(Organisation.id).where(col(Organisation.id).in_(organisation_ids))
        found = tuple(sorted(session.exec(known)))
        return Scope(kind, "", found) if found else _unknown(kind, code)
    if kind in NAMED_BY:
        return Scope(kind, code) if session.get(NAMED_BY[kind], code) is not None else _unknown(kind, code)
    table = Challenge if kind is ScopeKind.CALL else Organisation
    try:
        key = UUID(code)
    except ValueError:
        return _unknown(kind, code)
    return Scope(kind, str(key)) if session.get(table, key) is not None else _unknown(kind, code)


def _unknown(kind: ScopeKind, code: str) -> Scope:
    raise InvalidInput("scope_unknown", field="scope", kind=kind, value=code)


def name_of(session: Session, scope: Scope) -> tuple[str, str]:
    """Its name in Chinese and English; empty for the region and for lists."""
    if scope.kind in NAMED_BY:
        named = session.get_one(NAMED_BY[scope.kind], scope.code)
        return named.name_zh, named.name_en
    if scope.kind is ScopeKind.CALL:
        call = session.get_one(Challenge, UUID(scope.code))
        return call.title_zh or call.title_en, call.title_en or call.title_zh
    if scope.kind is ScopeKind.ORGANISATION:
        body = session.get_one(Organisation, UUID(scope.code))
        return body.name_zh or body.name_en, body.name_en or body.name_zh
    return "", ""


def nodes_in(scope: Scope) -> Any:
    """A SELECT of node codes for a scope that is a chain or a node."""
    if scope.kind is ScopeKind.NODE:
        return select(ChainNode.code).where(
            sa.or_(col(ChainNode.code) == scope.code, col(ChainNode.parent_code) == scope.code)
        )
    return select(ChainNode.code).where(ChainNode.chain_code == scope.code)


def organisations_in(scope: Scope) -> Any:
    """A SELECT of the ids of the active organisations that a scope is about.

    Of a chain or a node: who says so, and who publishes an offer of one of its capabilities. Of a call: who posted it.
    """
    active = select(Organisation.id).where(Organisation.state == OrganisationState.ACTIVE)
    match scope.kind:
        case ScopeKind.REGION:
            return active
        case ScopeKind.DISTRICT:
            return active.where(Organisation.district_code == scope.code)
        case ScopeKind.ORGANISATION:
            return active.where(Organisation.id == UUID(scope.code))
        case ScopeKind.LIST:
            return active.where(col(Organisation.id).in_(scope.organisation_ids))
        case ScopeKind.CALL:
            poster = select(Challenge.organisation_id).where(Challenge.id == UUID(scope.code))
            return active.where(col(Organisation.id).in_(poster))
        case _:
            said = select(OrganisationNode.organisation_id).where(col(OrganisationNode.node_code).in_(nodes_in(scope)))
            offered = (
                select(Offer.organisation_id)
                .join(OfferCapability, col(OfferCapability.offer_id) == Offer.id)
                .join(Capability, col(Capability.code) == OfferCapability.capability_code)
                .where(Offer.state == PostingState.PUBLISHED, col(Capability.node_code).in_(nodes_in(scope)))
            )
            return active.where(sa.or_(col(Organisation.id).in_(said), col(Organisation.id).in_(offered)))


def needs_in(scope: Scope, day: date) -> Any:
    """A SELECT of the ids of the needs that are live on `day` and that a scope is about.

    Of a chain or a node: those that ask for one of its capabilities, and those of its organisations that name none.
    """
    live = select(Need.id).where(Need.state == PostingState.PUBLISHED, col(Need.valid_until) >= day, _published_by(day))
    if scope.kind in (ScopeKind.CHAIN, ScopeKind.NODE):
        asked = (
            select(NeedCapability.need_id)
            .join(Capability, col(Capability.code) == NeedCapability.capability_code)
            .where(col(Capability.node_code).in_(nodes_in(scope)))
        )
        untagged = col(Need.id).not_in(select(NeedCapability.need_id))
        own = sa.and_(untagged, col(Need.organisation_id).in_(organisations_in(scope)))
        return live.where(sa.or_(col(Need.id).in_(asked), own))
    if scope.kind is ScopeKind.REGION:
        return live
    return live.where(col(Need.organisation_id).in_(organisations_in(scope)))


def _published_by(day: date) -> Any:
    """Postings that came by a table may have no time of publishing; they count from when they came."""
    end = datetime.combine(day + timedelta(days=1), time(), CHINA)
    return sa.func.coalesce(col(Need.published_at), col(Need.created_at)) < end
