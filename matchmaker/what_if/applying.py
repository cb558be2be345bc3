"""A world with interventions made in it; the one that is given stays as it is."""

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from functools import singledispatch
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from matchmaker.chain.columns import FOREVER, SOURCES, ChainColumns, Supply
from matchmaker.chain.doors import ALL
from matchmaker.columns import sparse_rows, stacked, widened
from matchmaker.consortium.facts import FIGURES, POSITIONS, YES
from matchmaker.funding.columns import CLAUSES, FORCES, STAGES, Mandates
from matchmaker.profiles import KINDS, TYPES, UNKNOWN, Offers, Organisations
from matchmaker.what_if.interventions import (
    AddFacility,
    AddFund,
    ChangeMandate,
    ChangeRule,
    ChangeWeight,
    Intervention,
    OpenFacility,
    RaiseCertification,
    Unknown,
)
from matchmaker.what_if.world import World
from models.enums import CooperationType, LeadFigure, OrganisationKind, SupplySource

SHARES = (LeadFigure.RD_RATIO,)
LIMITS = (
    *("ticket_low", "ticket_high", "remaining", "stake_high", "valuation_high", "age_high", "staff_high"),
    *("trl_low", "rd_ratio_low", "main_share", "life_left"),
)
# Limits of nodes that say how columns are judged; the others say which are read.
NODE_LIMITS = ("least_level", "suppliers_for_covered")


def apply(world: World, interventions: Iterable[Intervention]) -> World:
    """One after the other. Raises Unknown where one names what the world does not have."""
    for intervention in interventions:
        world = _made(intervention, world)
    return world


@singledispatch
def _made(intervention: Intervention, world: World) -> World:
    raise NotImplementedError(type(intervention))


@_made.register
def _open(intervention: OpenFacility, world: World) -> World:
    row = _row(world.profiles.offers.ids, intervention.facility_id, "facility_id")
    if world.lets_in[row] == ALL:
        return world
    lets_in = world.lets_in.copy()
    lets_in[row] = ALL
    return replace(world, lets_in=lets_in, chain=_supplying(world, [row]))


@_made.register
def _add_facility(intervention: AddFacility, world: World) -> World:
    node = _place(world.profiles.vocabulary["nodes"], intervention.node, "node")
    if intervention.operator:
        owner = _row(world.profiles.organisations.ids, intervention.operator, "operator")
    else:
        world, owner = _with_organisation(world, node, intervention.district)
    profiles = world.profiles
    number = len(profiles.offers)
    abilities = np.flatnonzero(profiles.taxonomy.node_of_capability == node)
    offer = Offers(
        ids=np.array([f"new-facility-{number}"], profiles.offers.ids.dtype),
        owner=np.array([owner], np.int32),
        is_facility=np.array([True]),
        type=np.array([TYPES.index(CooperationType.FACILITY_ACCESS)], np.int8),
        trl_low=np.array([_or_unknown(intervention.trl_low)], np.int8),
        trl_high=np.array([_or_unknown(intervention.trl_high)], np.int8),
        budget_low=np.array([np.nan], np.float32),
        budget_high=np.array([np.nan], np.float32),
        wants_kinds=np.zeros(1, np.uint16),
        wants_sizes=np.zeros(1, np.uint16),
        last_day=np.array([FOREVER], np.int32),
        capabilities=_one_row(profiles.offers.capabilities, dict.fromkeys(abilities.tolist(), intervention.level)),
        places=_one_row(profiles.offers.places, {}),
        vectors=np.zeros((1, profiles.offers.vectors.shape[1]), np.int8),
    )
    changed = replace(profiles, offers=stacked(profiles.offers, offer))
    world = replace(
        world,
        engine=world.engine.follow(changed),
        lets_in=np.append(world.lets_in, np.int8(ALL)),
    )
    return replace(world, chain=_supplying(world, [number]))


@_made.register
def _add_fund(intervention: AddFund, world: World) -> World:
    money = world.money
    nodes = [_place(money.nodes, code, "nodes") for code in _with_those_below(world.chain, intervention.nodes)]
    places = [_place(money.places, code, "districts") for code in intervention.districts]
    one: dict[str, Any] = {column.name: _nothing(money.mandates, column.name) for column in fields(Mandates)}
    name = f"new-fund-{len(money.mandates)}"
    one |= {
        "ids": np.array([name], money.mandates.ids.dtype),
        "fund_ids": np.array([name], money.mandates.fund_ids.dtype),
        "is_investing": np.array([True]),
        "fields": _one_row(money.mandates.fields, dict.fromkeys(nodes, 1)),
        "places": _one_row(money.mandates.places, dict.fromkeys(places, 1)),
        "stages": np.array([sum(1 << STAGES.index(stage) for stage in set(intervention.stages))], np.uint16),
        "force": money.usual[None, :].copy(),
        "tolerance": np.array([UNKNOWN], np.int8),
    }
    limits = {
        "ticket_low": intervention.ticket_low,
        "ticket_high": intervention.ticket_high,
        "remaining": intervention.money,
        "stake_high": intervention.stake_high,
        "life_left": intervention.life_years,
    }
    one |= {column: np.array([_or_nan(value)]) for column, value in limits.items()}
    changed = replace(
        money,
        mandates=stacked(money.mandates, Mandates(**one)),
        follows_usual=np.vstack([money.follows_usual, np.ones((1, len(CLAUSES)), dtype=bool)]),
    )
    return replace(world, money=changed)


@_made.register
def _change_mandate(intervention: ChangeMandate, world: World) -> World:
    money = world.money
    row = _row(money.mandates.ids, intervention.mandate_id, "mandate_id")
    if intervention.clause is not None and intervention.force is not None:
        clause = CLAUSES.index(intervention.clause)
        force, follows = money.mandates.force.copy(), money.follows_usual.copy()
        force[row, clause], follows[row, clause] = FORCES.index(intervention.force), False
        return replace(
            world, money=replace(money, mandates=replace(money.mandates, force=force), follows_usual=follows)
        )
    if intervention.limit not in LIMITS:
        raise Unknown("limit", intervention.limit)
    column = getattr(money.mandates, intervention.limit).copy()
    column[row] = _or_nan(intervention.value)
    changed: Any = {intervention.limit: column}
    return replace(world, money=replace(money, mandates=replace(money.mandates, **changed)))


@_made.register
def _change_rule(intervention: ChangeRule, world: World) -> World:
    if intervention.limit:
        if intervention.limit not in NODE_LIMITS:
            raise Unknown("limit", intervention.limit)
        value: Any = int(intervention.value or 0)
        return replace(world, limits=replace(world.limits, **{intervention.limit: value}))
    if intervention.clause is not None and intervention.force is not None:
        return replace(world, money=_with_usual(world, intervention))
    calls = tuple(_with_rule(call, intervention) for call in world.calls)
    if not any(rule.key == intervention.rule_id for call in world.calls for rule in call.rules):
        raise Unknown("rule_id", intervention.rule_id)
    return replace(world, calls=calls)


@_made.register
def _change_weight(intervention: ChangeWeight, world: World) -> World:
    if intervention.component not in world.shakes:
        raise Unknown("component", intervention.component)
    weights = {**world.weighting.weights, intervention.component: intervention.weight}
    return replace(world, weighting=replace(world.weighting, weights=weights))


@_made.register
def _raise(intervention: RaiseCertification, world: World) -> World:
    scheme = _place(world.money.schemes, intervention.scheme, "scheme")
    keys = np.array(intervention.organisation_ids, dtype=world.profiles.organisations.ids.dtype)
    rows = np.array([_row(world.profiles.organisations.ids, key, "organisation_ids") for key in keys.tolist()], np.intp)
    firms = world.money.firms
    holds = np.flatnonzero(np.isin(firms.ids, keys))
    pairs = [(int(row), scheme, 1.0) for row in holds]
    width = max(firms.certifications.shape[1], scheme + 1)
    more = sparse_rows(pairs, rows=len(firms), columns=width)
    facts = world.facts
    held = facts.certifications.copy()
    held[rows, facts.schemes.index(intervention.scheme)] = YES
    changed = replace(
        world,
        money=replace(
            world.money,
            firms=replace(
                firms,
                certifications=csr_array(widened(firms.certifications, width).maximum(more)),
                certifications_known=firms.certifications_known | np.isin(firms.ids, keys),
            ),
        ),
        facts=replace(facts, certifications=held),
    )
    return replace(changed, chain=_certified(changed, rows)) if intervention.speaks_of_nodes else changed


def _with_usual(world: World, intervention: ChangeRule) -> Any:
    assert intervention.clause is not None
    assert intervention.force is not None
    clause, code = CLAUSES.index(intervention.clause), FORCES.index(intervention.force)
    money = world.money
    force, usual = money.mandates.force.copy(), money.usual.copy()
    force[money.follows_usual[:, clause], clause] = code
    usual[clause] = code
    return replace(money, mandates=replace(money.mandates, force=force), usual=usual)


def _with_rule(call: Any, intervention: ChangeRule) -> Any:
    if all(rule.key != intervention.rule_id for rule in call.rules):
        return call
    if intervention.left_out:
        return replace(call, rules=tuple(rule for rule in call.rules if rule.key != intervention.rule_id))
    bounds = {"least": intervention.least, "most": intervention.most}
    return replace(
        call,
        rules=tuple(_bounded(rule, bounds) if rule.key == intervention.rule_id else rule for rule in call.rules),
    )


def _bounded(rule: Any, bounds: dict[str, float | None]) -> Any:
    """Whole numbers stay whole; what the rule does not have, or is not given, stays as it is."""
    known = {column.name for column in fields(rule.figures)}
    said: dict[str, Any] = {
        name: int(value) if float(value).is_integer() and value >= 1 else value
        for name, value in bounds.items()
        if value is not None and name in known
    }
    return replace(rule, figures=replace(rule.figures, **said))


def _with_organisation(world: World, node: int, district: str) -> tuple[World, int]:
    """A pilot base of which only its place and its node are known."""
    profiles, row = world.profiles, len(world.profiles.organisations)
    firms = profiles.organisations
    key = f"new-base-{row}"
    place = _place(profiles.vocabulary["places"], district, "district") if district else UNKNOWN
    neighbours = np.flatnonzero((firms.place == place) & (firms.area != UNKNOWN) & (place != UNKNOWN))
    base = Organisations(
        ids=np.array([key], firms.ids.dtype),
        changed=np.zeros(1, np.int64),
        is_active=np.array([True]),
        kind=np.array([KINDS.index(OrganisationKind.PILOT_BASE)], np.int8),
        size=np.array([UNKNOWN], np.int8),
        place=np.array([place], np.int32),
        area=np.array([firms.area[neighbours[0]] if len(neighbours) else UNKNOWN], np.int32),
        founded=np.array([UNKNOWN], np.int32),
        free_capacity=np.array([np.nan], np.float32),
        nodes=_one_row(firms.nodes, {node: 1}),
        tags=_one_row(firms.tags, {}),
    )
    changed = replace(
        profiles,
        organisations=stacked(firms, base),
        history=replace(profiles.history, members=widened(profiles.history.members, row + 1)),
    )
    facts = _with_unknown(world, key, district)
    return replace(world, engine=world.engine.follow(changed), facts=facts, chain=_seen(world, key, district)), row


def _with_unknown(world: World, key: str, district: str) -> Any:
    facts = world.facts
    spans = [(0.0, 1.0) if figure in SHARES else (0.0, np.inf) for figure in FIGURES]
    districts = facts.districts if not district or district in facts.districts else (*facts.districts, district)
    return replace(
        facts,
        ids=(*facts.ids, key),
        kind=np.append(facts.kind, np.int8(KINDS.index(OrganisationKind.PILOT_BASE))),
        ownership=np.append(facts.ownership, np.int8(UNKNOWN)),
        district=np.append(facts.district, np.int32(districts.index(district) if district else UNKNOWN)),
        districts=districts,
        positions=np.vstack([facts.positions, np.full((1, len(POSITIONS)), UNKNOWN, np.int8)]),
        certifications=np.vstack([facts.certifications, np.full((1, len(facts.schemes)), UNKNOWN, np.int8)]),
        figures=np.concatenate([facts.figures, np.array([spans])]),
        projects=np.append(facts.projects, 0.0),
        money=np.append(facts.money, np.nan),
        own_money=np.append(facts.own_money, np.nan),
    )


def _seen(world: World, key: str, district: str) -> ChainColumns:
    chain = world.chain
    known = list(chain.districts)
    return replace(
        chain,
        organisation_ids=np.append(chain.organisation_ids, np.array([key], chain.organisation_ids.dtype)),
        is_local=np.append(chain.is_local, True),
        district=np.append(chain.district, np.int32(known.index(district) if district in known else UNKNOWN)),
        ownership=np.append(chain.ownership, np.int8(UNKNOWN)),
        kind=np.append(chain.kind, np.int8(KINDS.index(OrganisationKind.PILOT_BASE))),
    )


def _supplying(world: World, offers: Sequence[int]) -> ChainColumns:
    """The chain's columns where these facilities supply what they can do; those that do already add nothing."""
    profiles, chain = world.profiles, world.chain
    rows: list[tuple[int, int, int, int, bytes]] = []
    for offer in offers:
        key = profiles.offers.ids[offer]
        owner = np.flatnonzero(chain.organisation_ids == profiles.organisations.ids[profiles.offers.owner[offer]])
        if not len(owner) or (chain.supply.record == key).any():
            continue
        levels = profiles.offers.capabilities[[offer]]
        for capability, level in zip(levels.indices.tolist(), levels.data.tolist(), strict=True):
            code = profiles.vocabulary["capabilities"][capability]
            place = list(chain.capabilities).index(code) if code in chain.capabilities else UNKNOWN
            if place != UNKNOWN:
                node = int(chain.node_of_capability[place])
                rows.append((int(owner[0]), node, place, int(level), key))
    return _with_supply(world, rows, SupplySource.FACILITY)


def _certified(world: World, organisations: Any) -> ChainColumns:
    """A certified firm counts where it stands, if it does not stand at too many nodes for that to say something."""
    profiles, chain = world.profiles, world.chain
    rows: list[tuple[int, int, int, int, bytes]] = []
    for organisation in organisations.tolist():
        key = profiles.organisations.ids[organisation]
        owner = np.flatnonzero(chain.organisation_ids == key)
        nodes = profiles.organisations.nodes[[organisation]].indices
        if len(owner) and len(nodes) <= world.limits.certified_nodes:
            codes = [profiles.vocabulary["nodes"][node] for node in nodes]
            rows += [(int(owner[0]), list(chain.nodes).index(code), UNKNOWN, 0, key) for code in codes]
    return _with_supply(world, rows, SupplySource.CERTIFICATION)


def _with_supply(world: World, rows: Sequence[tuple[int, int, int, int, bytes]], source: SupplySource) -> ChainColumns:
    chain = world.chain
    if not rows:
        return chain
    organisation, node, capability, level, record = (list(column) for column in zip(*rows, strict=True))
    more = Supply(
        organisation=np.array(organisation, np.int32),
        node=np.array(node, np.int32),
        capability=np.array(capability, np.int32),
        level=np.array(level, np.int8),
        source=np.full(len(rows), SOURCES.index(source), np.int8),
        first_day=np.full(len(rows), world.day, np.int32),
        last_day=np.full(len(rows), FOREVER, np.int32),
        record=np.array(record, chain.supply.record.dtype),
    )
    return replace(chain, supply=stacked(chain.supply, more))


def _with_those_below(chain: ChainColumns, codes: Sequence[str]) -> list[str]:
    """These nodes and all below them."""
    found = np.array([_place(chain.nodes, code, "nodes") for code in codes], np.intp)
    all_of_them = found
    while len(found):
        found = np.setdiff1d(np.flatnonzero(np.isin(chain.parent, found)), all_of_them)
        all_of_them = np.union1d(all_of_them, found)
    return [chain.nodes[row] for row in all_of_them.tolist()]


def _nothing(mandates: Mandates, name: str) -> Any:
    """A column of one row that says nothing."""
    column = getattr(mandates, name)
    if isinstance(column, csr_array):
        return _one_row(column, {})
    return np.full((1, *column.shape[1:]), np.nan if column.dtype.kind == "f" else 0, column.dtype)


def _one_row(like: csr_array, values: dict[int, float]) -> csr_array:
    pairs = [(0, column, float(value)) for column, value in values.items()]
    return sparse_rows(pairs, rows=1, columns=max(like.shape[1], max(values, default=-1) + 1))


def _row(ids: Any, key: str | bytes, field: str) -> int:
    found = np.flatnonzero(ids == (key if isinstance(key, bytes) else key.encode()))
    if not len(found):
        raise Unknown(field, key)
    return int(found[0])


def _place(codes: Sequence[str], code: str, field: str) -> int:
    if code not in codes:
        raise Unknown(field, code)
    return list(codes).index(code)


def _or_unknown(value: int | None) -> int:
    return UNKNOWN if value is None else value


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else float(value)
