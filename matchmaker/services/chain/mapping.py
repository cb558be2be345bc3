"""The map of a chain as people read it: its nodes in order with their figures, its links, what is short most."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from sqlmodel import Session, col, select

from matchmaker.chain.crossing import by_district, by_source
from matchmaker.chain.supply import Limits
from matchmaker.errors import NotFound
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.chain.judged import NO_FILTERS, Filters, Judged, judge_map
from matchmaker.store.chain import count_open_facilities
from models.chain import ChainLimit
from models.enums import ChainPosition, NodeState
from models.taxonomy import Chain, ChainLink, ChainNode

WORST_SHOWN = 5


@dataclass(frozen=True)
class NodeLine:
    """One node with its figures. Of a node with others below, `state` is the worst of these and `counts` tells them."""

    code: str
    name_zh: str
    name_en: str
    position: ChainPosition
    parent_code: str | None
    is_leaf: bool
    state: NodeState
    counts: Mapping[NodeState, int]
    local: int
    outside: int
    demand: int
    askers: int
    unmet: int
    largest: float | None
    concentration: float | None
    capabilities: int
    supplied: int
    open_facilities: int
    open_state_facilities: int


@dataclass(frozen=True)
class ChainMap:
    chain: Chain
    day: date
    filters: Filters
    nodes: Sequence[NodeLine]  # every parent before what lies below it
    links: Sequence[tuple[str, str]]  # (upstream, downstream)
    judged: Judged

    @property
    def leaves(self) -> list[NodeLine]:
        return [node for node in self.nodes if node.is_leaf]

    @property
    def counts(self) -> dict[NodeState, int]:
        found = Counter(node.state for node in self.leaves)
        return {state: found[state] for state in NodeState}

    @property
    def gaps(self) -> list[NodeLine]:
        """What is not covered: most asked first, then what is worse, then in the order of the chain."""
        order = tuple(NodeState)
        short = [node for node in self.leaves if node.state is not NodeState.COVERED]
        return sorted(short, key=lambda node: (-node.unmet, -node.demand, -order.index(node.state)))

    def node(self, code: str) -> NodeLine:
        return next(node for node in self.nodes if node.code == code)


@dataclass(frozen=True)
class Matrix:
    """Distinct suppliers by node and district, and by node and what they are known by; rows are codes of nodes."""

    districts: Sequence[str]  # those in which somebody supplies
    by_district: Mapping[str, Sequence[int]]
    elsewhere: Mapping[str, int]
    by_source: Mapping[str, Sequence[int]]


def list_maps(session: Session, actor: Actor, day: date, filters: Filters = NO_FILTERS) -> list[ChainMap]:
    """The maps of all chains."""
    require(actor, Permission.CHAIN_VIEW)
    judged = judge_map(session, day, filters)
    chains = session.exec(select(Chain).order_by(col(Chain.position_in_list), col(Chain.code))).all()
    return [lay_out(session, chain, judged) for chain in chains]


def get_map(session: Session, actor: Actor, chain_code: str, day: date, filters: Filters = NO_FILTERS) -> ChainMap:
    require(actor, Permission.CHAIN_VIEW)
    chain = session.get(Chain, chain_code)
    if chain is None:
        raise NotFound("chain", chain_code)
    return lay_out(session, chain, judge_map(session, day, filters))


def lay_out(session: Session, chain: Chain, judged: Judged) -> ChainMap:
    wanted = select(ChainNode).where(ChainNode.chain_code == chain.code)
    nodes = list(session.exec(wanted.order_by(col(ChainNode.position_in_list), col(ChainNode.code))))
    nodes = [node for node in nodes if node.code in judged.row]
    parents = {node.parent_code for node in nodes}
    facilities = count_open_facilities(session)
    lines = [_line(node, judged, is_leaf=node.code not in parents, facilities=facilities) for node in nodes]
    codes = {node.code for node in nodes}
    links = session.exec(select(ChainLink).order_by(col(ChainLink.upstream_code), col(ChainLink.downstream_code)))
    return ChainMap(
        chain=chain,
        day=judged.day,
        filters=judged.filters,
        nodes=_parents_first(lines),
        links=[
            (link.upstream_code, link.downstream_code)
            for link in links
            if link.upstream_code in codes and link.downstream_code in codes
        ],
        judged=judged,
    )


def _line(
    node: ChainNode, judged: Judged, *, is_leaf: bool, facilities: Mapping[tuple[str, bool], frozenset[str]]
) -> NodeLine:
    row, states = judged.row[node.code], judged.states
    below = judged.below[row]
    leaves = [one for one in below if one != row and not np.any(judged.columns.parent == one)]
    counted = Counter(judged.state(one) for one in (leaves or [row]))
    codes = [judged.columns.nodes[one] for one in below]
    of_state = frozenset[str]().union(*(facilities.get((code, True), frozenset()) for code in codes))
    others = frozenset[str]().union(*(facilities.get((code, False), frozenset()) for code in codes))
    return NodeLine(
        code=node.code,
        name_zh=node.name_zh,
        name_en=node.name_en,
        position=node.position,
        parent_code=node.parent_code,
        is_leaf=is_leaf,
        state=judged.state(row),
        counts={state: counted[state] for state in NodeState},
        local=int(states.local[row]),
        outside=int(states.outside[row]),
        demand=int(states.demand[row]),
        askers=int(states.askers[row]),
        unmet=int(states.unmet[row]),
        largest=known(states.largest[row]),
        concentration=known(states.concentration[row]),
        capabilities=int(states.capabilities[row]),
        supplied=int(states.supplied[row]),
        open_facilities=len(of_state | others),
        open_state_facilities=len(of_state),
    )


def known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _parents_first(lines: Sequence[NodeLine]) -> list[NodeLine]:
    """Every parent, then what lies below it."""
    below: dict[str | None, list[NodeLine]] = {}
    for line in lines:
        below.setdefault(line.parent_code, []).append(line)
    found: list[NodeLine] = []

    def add(parent: str | None) -> None:
        for line in below.get(parent, []):
            found.append(line)
            add(line.code)

    add(None)
    return found


def cross(found: ChainMap) -> Matrix:
    judged = found.judged
    day, limits, keep = judged.day.toordinal(), judged.limits, judged.keep
    places = by_district(judged.columns, day=day, limits=limits, keep=keep)
    sources = by_source(judged.columns, day=day, limits=limits, keep=keep)
    rows = [judged.row[node.code] for node in found.nodes]
    used = np.flatnonzero(places[rows, :-1].sum(axis=0)) if rows else np.empty(0, np.intp)
    return Matrix(
        districts=[judged.columns.districts[place] for place in used.tolist()],
        by_district={judged.columns.nodes[row]: places[row, used].tolist() for row in rows},
        elsewhere={judged.columns.nodes[row]: int(places[row, -1]) for row in rows},
        by_source={judged.columns.nodes[row]: sources[row].tolist() for row in rows},
    )


def list_limits(session: Session) -> list[ChainLimit]:
    """The figures by which nodes are judged, with their sources."""
    judging = col(ChainLimit.code).in_(list(Limits.__dataclass_fields__))
    return list(session.exec(select(ChainLimit).where(judging).order_by(col(ChainLimit.position_in_list))))
