"""What a scenario can be made of: what exists, and the single interventions that are ranked against one another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from sqlmodel import Session, col, select

from matchmaker.chain.doors import ALL
from matchmaker.chain.supply import COVERED
from matchmaker.profiles import KINDS, UNKNOWN
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.presets import live_preset, read_weights
from matchmaker.services.recommendations import PURPOSE
from matchmaker.services.scenarios.asking import Alternatives
from matchmaker.services.scenarios.stored import RaiseSome, Stored
from matchmaker.services.scenarios.worlds import OPEN_STAGES, Base
from matchmaker.store.chain import FIRM
from matchmaker.what_if.changes import leaves
from matchmaker.what_if.interventions import AddFacility, AddFund, Intervention, OpenFacility, RaiseCertification
from models.challenges import Challenge
from models.enums import FinancingStage, OpenTo, OrganisationKind, PostingState
from models.facilities import Facility
from models.funds import Mandate, TypicalFund
from models.organisations import Organisation
from models.rules import CompositionRule
from models.taxonomy import CertificationScheme, Chain, ChainNode, District

MOST_RANKED = 200
TICKETS = 10  # a fund of a usual kind has so many of its largest tickets


@dataclass(frozen=True)
class Choices:
    """Records to choose from."""

    facilities: Sequence[tuple[Facility, Organisation]]  # published, but not known to be open to everybody
    mandates: Sequence[Mandate]
    rules: Sequence[CompositionRule]  # of open challenges
    chains: Sequence[Chain]
    roots: Sequence[ChainNode]  # of the chains
    districts: Sequence[District]
    schemes: Sequence[CertificationScheme]
    weights: Mapping[str, float]  # component -> what it weighs now


def choices(session: Session, actor: Actor) -> Choices:
    require(actor, Permission.SCENARIO_RUN)
    closed = (
        select(Facility, Organisation)
        .join(Organisation, col(Organisation.id) == col(Facility.organisation_id))
        .where(Facility.state == PostingState.PUBLISHED, col(Facility.open_to).is_distinct_from(OpenTo.ALL))
        .where(Organisation.state == "active")
        .order_by(col(Organisation.name_zh), col(Facility.name_zh), col(Facility.id))
    )
    return Choices(
        facilities=session.exec(closed).all(),
        mandates=session.exec(
            select(Mandate).where(Mandate.status != "draft").order_by(col(Mandate.name_zh), col(Mandate.id))
        ).all(),
        rules=_rules(session),
        chains=session.exec(select(Chain).order_by(col(Chain.position_in_list), col(Chain.code))).all(),
        roots=session.exec(
            select(ChainNode)
            .where(col(ChainNode.parent_code).is_(None))
            .order_by(col(ChainNode.chain_code), col(ChainNode.position_in_list), col(ChainNode.code))
        ).all(),
        districts=session.exec(select(District).order_by(col(District.position_in_list), col(District.code))).all(),
        schemes=session.exec(
            select(CertificationScheme).order_by(col(CertificationScheme.ladder), col(CertificationScheme.rank))
        ).all(),
        weights=read_weights(session, live_preset(session, PURPOSE)),
    )


def _rules(session: Session) -> Sequence[CompositionRule]:
    """Those that open challenges are under."""
    open_ones = select(Challenge.id).where(col(Challenge.stage).in_(OPEN_STAGES))
    sets = select(Challenge.rule_set_id).where(
        col(Challenge.stage).in_(OPEN_STAGES), col(Challenge.rule_set_id).is_not(None)
    )
    wanted = select(CompositionRule).where(
        col(CompositionRule.challenge_id).in_(open_ones) | col(CompositionRule.rule_set_id).in_(sets)
    )
    return session.exec(wanted.order_by(col(CompositionRule.kind), col(CompositionRule.id))).all()


def settled(session: Session, base: Base, chosen: Intervention | RaiseSome) -> Intervention:
    """The intervention as the engine makes it: which organisations are raised is settled here."""
    if not isinstance(chosen, RaiseSome):
        return chosen
    scheme = session.get_one(CertificationScheme, chosen.scheme)
    rows = _to_raise(base, chosen)
    ids = base.world.profiles.organisations.ids[rows]
    limit = base.world.limits.firm_rank
    return RaiseCertification(
        scheme=chosen.scheme,
        organisation_ids=tuple(key.decode() for key in ids.tolist()),
        speaks_of_nodes=scheme.ladder == FIRM and 0 < limit <= scheme.rank,
    )


def _to_raise(base: Base, chosen: RaiseSome) -> Any:
    """SMEs that are not known to hold the scheme; first those with the most capabilities on offer, then by id."""
    world = base.world
    firms, offers = world.profiles.organisations, world.profiles.offers
    may = firms.is_active & (firms.kind == KINDS.index(OrganisationKind.SME))
    may &= world.facts.certifications[:, world.facts.schemes.index(chosen.scheme)] <= 0
    if chosen.node:
        nodes = [row for row, code in enumerate(world.profiles.vocabulary["nodes"]) if _is_at(world, code, chosen.node)]
        at = np.zeros(firms.nodes.shape[1], np.float32)
        at[nodes] = 1
        may &= np.asarray(firms.nodes @ at > 0)
    if chosen.district:
        places = list(world.profiles.vocabulary["places"])
        may &= firms.place == (places.index(chosen.district) if chosen.district in places else UNKNOWN - 1)
    says = np.bincount(offers.owner, weights=np.diff(offers.capabilities.indptr), minlength=len(firms))
    rows = np.flatnonzero(may)
    return rows[np.lexsort((firms.ids[rows], -says[rows]))][: chosen.many]


def _is_at(world: Any, code: str, asked: str) -> bool:
    """The node itself, or one right below it."""
    chain = world.chain
    if code == asked:
        return True
    row = list(chain.nodes).index(code) if code in chain.nodes else UNKNOWN
    above = int(chain.parent[row]) if row != UNKNOWN else UNKNOWN
    return above != UNKNOWN and chain.nodes[above] == asked


def alternatives_of(
    session: Session, base: Base, kind: Alternatives, chain_code: str | None
) -> list[tuple[Intervention, Stored]]:
    """The single interventions of a kind, each with what is told of it, at most MOST_RANKED."""
    match kind:
        case Alternatives.FACILITIES:
            return _openings(session, base, chain_code)[:MOST_RANKED]
        case Alternatives.BASES:
            return _bases(session, base, chain_code)[:MOST_RANKED]
        case Alternatives.FUNDS:
            return _funds(session, chain_code)[:MOST_RANKED]


def _openings(session: Session, base: Base, chain_code: str | None) -> list[tuple[Intervention, Stored]]:
    offers, owners = base.world.profiles.offers, base.world.profiles.organisations.ids
    nodes = base.world.profiles.taxonomy.node_of_capability
    in_chain = _codes_in(session, chain_code)
    found: list[tuple[Intervention, Stored]] = []
    for row in np.flatnonzero(base.world.lets_in != ALL).tolist():
        codes = {base.world.profiles.vocabulary["nodes"][nodes[one]] for one in offers.capabilities[[row]].indices}
        if in_chain is not None and not codes & in_chain:
            continue
        facility = session.get(Facility, UUID(offers.ids[row].decode()))
        owner = session.get(Organisation, UUID(owners[offers.owner[row]].decode()))
        if facility is not None and owner is not None:
            told = {
                "id": str(facility.id),
                "name_zh": facility.name_zh,
                "name_en": facility.name_en,
                "organisation": {"id": str(owner.id), "name_zh": owner.name_zh, "name_en": owner.name_en},
            }
            found.append((OpenFacility(facility_id=str(facility.id)), told))
    return found


def _bases(session: Session, base: Base, chain_code: str | None) -> list[tuple[Intervention, Stored]]:
    chain, rows = base.world.chain, leaves(base.world)
    in_chain = _codes_in(session, chain_code)
    codes = [chain.nodes[row] for row in rows.tolist() if base.outcome.nodes[row] != COVERED]
    named = {node.code: node for node in session.exec(select(ChainNode).where(col(ChainNode.code).in_(codes)))}
    return [
        (AddFacility(node=code), {"code": code, "name_zh": named[code].name_zh, "name_en": named[code].name_en})
        for code in codes
        if code in named and (in_chain is None or code in in_chain)
    ]


def _funds(session: Session, chain_code: str | None) -> list[tuple[Intervention, Stored]]:
    roots = _roots_in(session, chain_code)
    usual = session.exec(select(TypicalFund).order_by(col(TypicalFund.position_in_list), col(TypicalFund.code)))
    return [
        (
            AddFund(
                stages=tuple(FinancingStage(code) for code in one.stages.split("|") if code),
                nodes=roots,
                ticket_low=one.ticket_low,
                ticket_high=one.ticket_high,
                money=TICKETS * one.ticket_high,
                stake_high=one.stake_high,
                life_years=one.life_years,
            ),
            {"code": one.code, "name_zh": one.name_zh, "name_en": one.name_en},
        )
        for one in usual
    ]


def _codes_in(session: Session, chain_code: str | None) -> set[str] | None:
    if chain_code is None:
        return None
    return set(session.exec(select(ChainNode.code).where(ChainNode.chain_code == chain_code)).all())


def _roots_in(session: Session, chain_code: str | None) -> tuple[str, ...]:
    if chain_code is None:
        return ()
    roots = select(ChainNode.code).where(ChainNode.chain_code == chain_code, col(ChainNode.parent_code).is_(None))
    return tuple(session.exec(roots.order_by(col(ChainNode.code))).all())
