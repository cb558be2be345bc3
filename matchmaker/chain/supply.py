"""The state of every chain node: who supplies it here and outside, what is asked there, how much hangs on one."""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matchmaker.chain.columns import SOURCES, ChainColumns, Ints, Mask
from models.enums import NodeState, SupplySource

STATES = tuple(NodeState)  # from good to bad: a parent takes the worst state of its leaves
COVERED, SINGLE, OUTSIDE, MISSING = range(4)
CERTIFICATION = SOURCES.index(SupplySource.CERTIFICATION)
LEVELS = 5
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Limits:
    """The figures by which nodes are judged; rows of `chain_limits`, these are what they start with."""

    least_level: int = 3  # a statement below it supplies nobody: 3 is delivered to customers
    suppliers_for_covered: int = 2
    firm_rank: int = 6  # least rank of a verified certification of firms that counts as supply; 0: none does
    lab_rank: int = 0
    certified_nodes: int = 1  # at how many nodes a firm may stand for its certification to speak of them
    raised_trl: int = 7  # the readiness level that whoever is raised to the node has to reach


@dataclass(frozen=True, slots=True)
class NodeStates:
    """Columns of all nodes. A parent counts what lies below it, everybody once."""

    state: NDArray[np.uint8]  # row of STATES
    local: Ints  # distinct suppliers that sit here
    outside: Ints  # distinct suppliers elsewhere
    demand: Ints  # what is asked: pairs of a record and a capability
    askers: Ints  # distinct organisations that ask
    unmet: Ints  # of `demand`: nobody here but the asker supplies it at the level asked for
    largest: Floats  # share of the largest supplier here in what is supplied here; NaN: nobody supplies
    concentration: Floats  # Herfindahl index of these shares, 1 where all hangs on one
    capabilities: Ints  # how many the taxonomy knows at the node
    supplied: Ints  # of these: supplied here


def counts(columns: ChainColumns, *, day: int, limits: Limits, keep: Mask | None = None) -> Mask:
    """Which statements of supply count on `day` (an ordinal): in force, at the least level, of organisations kept."""
    supply = columns.supply
    in_force = (supply.first_day <= day) & (day <= supply.last_day)
    strong = (supply.level >= limits.least_level) | (supply.source == CERTIFICATION)
    return in_force & strong & (True if keep is None else keep[supply.organisation])


def asked(columns: ChainColumns, *, day: int) -> Mask:
    """Which statements of demand are in force on `day`."""
    demand = columns.demand
    return (demand.first_day <= day) & (day <= demand.last_day)


def judge(
    columns: ChainColumns, *, day: int, limits: Limits, keep: Mask | None = None, home: Mask | None = None
) -> NodeStates:
    """The state of every node on `day`, an ordinal.

    `keep`: whose supply counts at all (everybody's). `home`: who counts as sitting here (the region; of a district, its
    own). What is asked is always everybody's.
    """
    here = columns.is_local if home is None else home
    supply = columns.supply
    rows = np.flatnonzero(counts(columns, day=day, limits=limits, keep=keep))
    rows_here = rows[here[supply.organisation[rows]]]
    any_level = counts(columns, day=day, limits=replace(limits, least_level=0), keep=keep)
    able = np.flatnonzero(any_level & here[supply.organisation])
    local = _distinct(columns, supply.node[rows_here], supply.organisation[rows_here])
    everybody = _distinct(columns, supply.node[rows], supply.organisation[rows])
    largest, concentration = _concentration(columns, rows_here)
    asks = np.flatnonzero(asked(columns, day=day))
    unmet = asks[~_is_met(columns, asks, able=able, counting=rows_here, limits=limits)]
    return NodeStates(
        state=_rolled_up(columns, _own_state(local, everybody - local, limits)),
        local=local,
        outside=everybody - local,
        demand=_sum(columns, columns.demand.node[asks]),
        askers=_distinct(columns, columns.demand.node[asks], columns.demand.organisation[asks]),
        unmet=_sum(columns, columns.demand.node[unmet]),
        largest=largest,
        concentration=concentration,
        capabilities=_sum(columns, columns.node_of_capability),
        supplied=_distinct_capabilities(columns, rows_here),
    )


def _own_state(local: Ints, outside: Ints, limits: Limits) -> NDArray[np.uint8]:
    without = np.where(outside > 0, OUTSIDE, MISSING)
    with_some = np.where(local >= limits.suppliers_for_covered, COVERED, SINGLE)
    return np.where(local > 0, with_some, without).astype(np.uint8)


def _rolled_up(columns: ChainColumns, own: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Leaves keep their state; above them the worst one below counts, for a chain holds as well as its weakest node."""
    leaves = np.setdiff1d(np.arange(len(columns.nodes)), columns.parent)
    state = np.zeros(len(columns.nodes), np.uint8)
    for nodes, source in _upwards(columns, leaves.astype(np.int32)):
        np.maximum.at(state, nodes, own[leaves[source]])
    return state


def _upwards(columns: ChainColumns, nodes: Ints) -> list[tuple[Ints, NDArray[np.intp]]]:
    """(nodes, their places in what was given) for the nodes, then their parents, then the parents of these."""
    steps: list[tuple[Ints, NDArray[np.intp]]] = []
    places = np.arange(len(nodes))
    while len(nodes):
        steps.append((nodes, places))
        above = columns.parent[nodes]
        has_parent = above >= 0
        nodes, places = above[has_parent], places[has_parent]
    return steps


def spread(columns: ChainColumns, nodes: Ints) -> tuple[Ints, NDArray[np.intp]]:
    """The same as one long column, with every statement once for its node and once for every node above."""
    steps = _upwards(columns, nodes)
    if not steps:
        return np.empty(0, np.int32), np.empty(0, np.intp)
    return np.concatenate([nodes for nodes, _ in steps]), np.concatenate([places for _, places in steps])


def _sum(columns: ChainColumns, nodes: Ints) -> Ints:
    at, _ = spread(columns, nodes[nodes >= 0])
    return np.bincount(at, minlength=len(columns.nodes)).astype(np.int32)


def _distinct(columns: ChainColumns, nodes: Ints, organisations: Ints) -> Ints:
    at, places = spread(columns, nodes)
    return _distinct_pairs(at, organisations[places], len(columns.organisation_ids), len(columns.nodes))


def _distinct_pairs(nodes: Ints, others: Ints, of_others: int, of_nodes: int) -> Ints:
    pairs = np.unique(nodes.astype(np.int64) * max(of_others, 1) + others)
    return np.bincount(pairs // max(of_others, 1), minlength=of_nodes).astype(np.int32)


def _distinct_capabilities(columns: ChainColumns, rows: NDArray[np.intp]) -> Ints:
    named = rows[columns.supply.capability[rows] >= 0]
    at, places = spread(columns, columns.supply.node[named])
    capabilities = columns.supply.capability[named][places]
    return _distinct_pairs(at, capabilities, len(columns.capabilities), len(columns.nodes))


def _concentration(columns: ChainColumns, rows: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """By node: the largest share and the sum of squared shares of the suppliers in `rows`.

    A supplier's share is its part of all pairs of a supplier and a capability: who can do more of what the node asks
    weighs more, and saying the same twice adds nothing. A statement of the node as a whole counts as one.
    """
    supply, size = columns.supply, len(columns.organisation_ids)
    at, places = spread(columns, supply.node[rows])
    by_supplier = at.astype(np.int64) * size + supply.organisation[rows][places]
    width = len(columns.capabilities) + 1
    said_once = np.unique(by_supplier * width + supply.capability[rows][places] + 1)
    suppliers, abilities = np.unique(said_once // width, return_counts=True)
    node = suppliers // max(size, 1)
    total = np.bincount(node, weights=abilities, minlength=len(columns.nodes))
    share = abilities / total[node]
    largest = np.zeros(len(columns.nodes))
    np.maximum.at(largest, node, share)
    squares = np.bincount(node, weights=share**2, minlength=len(columns.nodes))
    nobody = total == 0
    return np.where(nobody, np.nan, largest), np.where(nobody, np.nan, squares)


def _is_met(
    columns: ChainColumns, asks: NDArray[np.intp], *, able: NDArray[np.intp], counting: NDArray[np.intp], limits: Limits
) -> Mask:
    """Of each ask: somebody here other than the asker supplies it, the capability at the level asked for.

    What asks below the least level is met by a statement of the level it asks for (`able`: statements of any level).
    Who asks of a node as a whole is met by a supplier of the node (`counting`).
    """
    demand, supply = columns.demand, columns.supply
    level = np.where(demand.level[asks] > 0, demand.level[asks], limits.least_level)
    able = able[supply.capability[able] >= 0]
    by_capability = _others_than(
        columns,
        wanted=demand.capability[asks].astype(np.int64) * (LEVELS + 1) + level,
        askers=demand.organisation[asks],
        offered=_at_or_below(supply.capability[able], supply.level[able]),
        suppliers=np.repeat(supply.organisation[able], LEVELS + 1),
    )
    at_node = _others_than(
        columns,
        wanted=demand.node[asks].astype(np.int64),
        askers=demand.organisation[asks],
        offered=supply.node[counting].astype(np.int64),
        suppliers=supply.organisation[counting],
    )
    return np.where(demand.capability[asks] >= 0, by_capability, at_node)


def _at_or_below(capability: Ints, level: NDArray[np.int8]) -> NDArray[np.int64]:
    """Keys of every level that a statement reaches; -1 for those above it."""
    reached = np.arange(LEVELS + 1)
    keys = capability.astype(np.int64)[:, None] * (LEVELS + 1) + reached
    return np.where(reached <= level[:, None], keys, -1).ravel()


def _others_than(
    columns: ChainColumns,
    *,
    wanted: NDArray[np.int64],
    askers: Ints,
    offered: NDArray[np.int64],
    suppliers: Ints,
) -> Mask:
    """For each wanted key: an offered one of the same key by somebody else."""
    size = max(len(columns.organisation_ids), 1)
    pairs = np.unique(offered[offered >= 0] * size + suppliers[offered >= 0])
    keys, times = np.unique(pairs // size, return_counts=True)
    if not len(keys):
        return np.zeros(len(wanted), bool)
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    found = np.where(keys[place] == wanted, times[place], 0)
    own = np.isin(wanted * size + askers, pairs)
    return found - own > 0


class Near(NamedTuple):
    """Columns of organisations that stand near a node, nearest first: from which node, with what, at which level."""

    organisation: Ints
    node: Ints
    capability: Ints
    level: NDArray[np.int8]
    closeness: Floats  # relation of the two nodes times the level as a share of the highest


def nearest(
    columns: ChainColumns,
    related: csr_array,
    *,
    node: int,
    day: int,
    limits: Limits,
    keep: Mask | None = None,
    home: Mask | None = None,
    top: int = 10,
) -> Near:
    """Who could come to supply `node`: suppliers here of the nodes nearest to it, each by its nearest statement.

    `related` is that of the taxonomy, in the order of the columns' nodes. Of equals who can do more nearby comes
    first, then the one with the lower id. Who supplies the node already is not in it.
    """
    supply = columns.supply
    here = columns.is_local if home is None else home
    counting = counts(columns, day=day, limits=limits, keep=keep) & here[supply.organisation]
    relation = np.asarray(related[[node]].todense()).ravel()
    at_node = np.isin(supply.organisation, supply.organisation[counting & (supply.node == node)])
    rows = np.flatnonzero(counting & ~at_node & (relation[supply.node] > 0))
    closeness = relation[supply.node[rows]] * np.maximum(supply.level[rows], limits.least_level) / LEVELS
    nearby = np.bincount(supply.organisation[rows], minlength=len(columns.organisation_ids))
    ids = columns.organisation_ids[supply.organisation[rows]]
    order = np.lexsort((supply.capability[rows], ids, -nearby[supply.organisation[rows]], -closeness.round(9)))
    _, first = np.unique(supply.organisation[rows][order], return_index=True)
    chosen = order[np.sort(first)][:top]
    best = rows[chosen]
    return Near(
        supply.organisation[best], supply.node[best], supply.capability[best], supply.level[best], closeness[chosen]
    )
