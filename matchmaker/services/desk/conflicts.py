"""Firms that a fund has already: possible rivals of one that it looks at, and conflicts on record."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from matchmaker.services.actors import Actor
from matchmaker.services.calendar import today
from matchmaker.services.desk import rights
from matchmaker.store.capital import SeenBy
from models.desk import Deal, DealStage
from models.enums import ParticipationRole, PostingState, ProjectKind, StageKind
from models.offers import Offer, OfferCapability
from models.organisations import Organisation, OrganisationNode
from models.rules import OrganisationConflict
from models.track import Participation, Project

Codes = Mapping[UUID, frozenset[str]]


@dataclass(frozen=True)
class Rival:
    """A firm of the portfolio at the same nodes of the chain that offers some of the same."""

    firm: Organisation
    node_codes: frozenset[str]
    capability_codes: frozenset[str]


@dataclass(frozen=True)
class Conflicts:
    rivals: Sequence[Rival]
    on_record: Sequence[Organisation]  # with whom a conflict of this firm is on record; why is not told


def conflicts_of(session: Session, actor: Actor, fund_id: UUID, organisation_id: UUID) -> Conflicts:
    """What stands between one firm and those that the fund has paid."""
    fund = rights.get_fund(session, actor, fund_id)
    recorded = _investees(session, fund.id)
    held = (recorded | _in_portfolio(session, fund.id)) - {organisation_id}
    # What is on record is told of firms that the track record names, never of those that somebody puts on a list:
    # else any pair could be tried out.
    at_odds = _at_odds(session, organisation_id) & (recorded | {fund.id})
    firms = _by_id(session, held | at_odds)
    return Conflicts(
        rivals=_rivals(session, fund.id, organisation_id, [firms[key] for key in sorted(held & firms.keys())]),
        on_record=[firms[key] for key in sorted(at_odds & firms.keys())],
    )


def nodes_of(session: Session, organisation_ids: Iterable[UUID], sees: SeenBy) -> Codes:
    """Chain nodes, where the reader may see them."""
    found: dict[UUID, set[str]] = defaultdict(set)
    wanted = select(OrganisationNode).where(col(OrganisationNode.organisation_id).in_(list(organisation_ids)))
    for row in session.exec(wanted):
        if sees(row.organisation_id, "nodes"):
            found[row.organisation_id].add(row.node_code)
    return _frozen(found)


def _investees(session: Session, fund_id: UUID) -> set[UUID]:
    """The firms that a fund has paid by the track record."""
    payer, payee = aliased(Participation), aliased(Participation)
    paid = (
        select(payee.organisation_id)
        .join(payer, col(payer.project_id) == col(payee.project_id))
        .join(Project, col(Project.id) == col(payee.project_id))
        .where(Project.kind == ProjectKind.INVESTMENT, payer.organisation_id == fund_id)
        .where(payer.role == ParticipationRole.INVESTOR, payee.role == ParticipationRole.INVESTEE)
    )
    return set(session.exec(paid))


def _in_portfolio(session: Session, fund_id: UUID) -> set[UUID]:
    held = select(Deal.candidate_id).join(DealStage, col(Deal.stage_id) == col(DealStage.id))
    return set(session.exec(held.where(Deal.organisation_id == fund_id, DealStage.kind == StageKind.PORTFOLIO)))


def _at_odds(session: Session, organisation_id: UUID) -> set[UUID]:
    first, second = col(OrganisationConflict.first_id), col(OrganisationConflict.second_id)
    wanted = select(OrganisationConflict).where(sa.or_(first == organisation_id, second == organisation_id))
    return {key for one in session.exec(wanted) for key in (one.first_id, one.second_id)} - {organisation_id}


def _rivals(session: Session, fund_id: UUID, organisation_id: UUID, held: Sequence[Organisation]) -> list[Rival]:
    everybody = [organisation_id, *(one.id for one in held)]
    nodes = nodes_of(session, everybody, SeenBy(session, fund_id, today=today()))
    offered = _offered(session, everybody)
    none: frozenset[str] = frozenset()
    own_nodes, own_offers = nodes.get(organisation_id, none), offered.get(organisation_id, none)
    rivals = [Rival(one, own_nodes & nodes.get(one.id, none), own_offers & offered.get(one.id, none)) for one in held]
    return [one for one in rivals if one.node_codes and one.capability_codes]


def _offered(session: Session, organisation_ids: Sequence[UUID]) -> Codes:
    """Capabilities of published offers."""
    found: dict[UUID, set[str]] = defaultdict(set)
    wanted = (
        select(Offer.organisation_id, OfferCapability.capability_code)
        .join(OfferCapability, col(OfferCapability.offer_id) == col(Offer.id))
        .where(col(Offer.organisation_id).in_(organisation_ids), Offer.state == PostingState.PUBLISHED)
    )
    for key, code in session.exec(wanted):
        found[key].add(code)
    return _frozen(found)


def _by_id(session: Session, ids: Iterable[UUID]) -> dict[UUID, Organisation]:
    return {one.id: one for one in session.exec(select(Organisation).where(col(Organisation.id).in_(list(ids))))}


def _frozen(found: Mapping[UUID, set[str]]) -> Codes:
    return {key: frozenset(codes) for key, codes in found.items()}
