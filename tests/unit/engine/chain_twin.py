"""The chain map worked out slowly, node by node and record by record, to hold the arrays against."""

from collections import defaultdict
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from matchmaker.chain.columns import SOURCES, ChainColumns, Demand, Supply
from matchmaker.chain.supply import Limits, NodeStates
from models.enums import NodeState, SupplySource

CERTIFICATION = SOURCES.index(SupplySource.CERTIFICATION)


def columns_of(
    *,
    parents: list[int],
    node_of_capability: list[int],
    local: list[bool],
    supply: list[tuple[int, int, int, int, int, int, int]] = (),  # type: ignore[assignment]
    demand: list[tuple[int, int, int, int, int, int]] = (),  # type: ignore[assignment]
    districts: list[int] | None = None,
) -> ChainColumns:
    """Columns from plain rows: organisation, node, capability, level, source (not of demand), first and last day."""
    said = np.array(supply, dtype=np.int32).reshape(-1, 7).T
    wanted = np.array(demand, dtype=np.int32).reshape(-1, 6).T
    place = districts if districts is not None else [0 if here else -1 for here in local]
    return ChainColumns(
        nodes=[f"node-{row}" for row in range(len(parents))],
        capabilities=[f"capability-{row}" for row in range(len(node_of_capability))],
        node_of_capability=np.array(node_of_capability, np.int32),
        parent=np.array(parents, np.int32),
        organisation_ids=np.array([f"{row:036}" for row in range(len(local))], "S36"),
        is_local=np.array(local, bool),
        district=np.array(place, np.int32),
        districts=[f"district-{row}" for row in range(max([0, *place]) + 1)],
        ownership=np.zeros(len(local), np.int8),
        kind=np.zeros(len(local), np.int8),
        supply=Supply(
            said[0], said[1], said[2], said[3].astype(np.int8), said[4].astype(np.int8), said[5], said[6],
            np.array([f"{row:036}" for row in range(said.shape[1])], "S36"),
        ),
        demand=Demand(
            wanted[0], wanted[1], wanted[2], wanted[3].astype(np.int8), np.ones(wanted.shape[1], np.float32),
            wanted[4], wanted[5], np.array([f"{row:036}" for row in range(wanted.shape[1])], "S36"),
        ),
    )  # fmt: skip


def judge_slowly(
    columns: ChainColumns, *, day: int, limits: Limits, keep: Any = None, home: Any = None
) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    here = columns.is_local if home is None else home
    for node in range(len(columns.nodes)):
        below = [one for one in range(len(columns.nodes)) if node in _and_above(columns, one)]
        leaves = [one for one in below if one not in columns.parent]
        rows = [row for row in _in_force(columns, day, keep) if columns.supply.node[row] in below]
        strong = [row for row in rows if _counts(columns, row, limits)]
        asks = [
            row
            for row in range(len(columns.demand))
            if columns.demand.node[row] in below
            and columns.demand.first_day[row] <= day <= columns.demand.last_day[row]
        ]
        suppliers = {int(columns.supply.organisation[row]) for row in strong}
        local = {one for one in suppliers if here[one]}
        found["state"].append(max(_state(columns, leaf, day, limits, keep, here) for leaf in leaves))
        found["local"].append(len(local))
        found["outside"].append(len(suppliers - local))
        found["demand"].append(len(asks))
        found["askers"].append(len({int(columns.demand.organisation[row]) for row in asks}))
        found["unmet"].append(sum(not _is_met(columns, row, day, limits, keep, here) for row in asks))
        abilities = {
            (int(columns.supply.organisation[row]), int(columns.supply.capability[row]))
            for row in strong
            if columns.supply.organisation[row] in local
        }
        shares = [sum(who == one for who, _ in abilities) / len(abilities) for one in local]
        found["largest"].append(max(shares, default=np.nan))
        found["concentration"].append(sum(share**2 for share in shares) if shares else np.nan)
        found["capabilities"].append(sum(one in below for one in columns.node_of_capability.tolist()))
        found["supplied"].append(len({capability for _, capability in abilities if capability >= 0}))
    return found


def as_lists(states: NodeStates) -> dict[str, list[Any]]:
    return {name: getattr(states, name).tolist() for name in NodeStates.__dataclass_fields__}


def _and_above(columns: ChainColumns, node: int) -> list[int]:
    found = [node]
    while columns.parent[found[-1]] >= 0:
        found.append(int(columns.parent[found[-1]]))
    return found


def _in_force(columns: ChainColumns, day: int, keep: Any) -> list[int]:
    supply = columns.supply
    return [
        row
        for row in range(len(supply))
        if supply.first_day[row] <= day <= supply.last_day[row] and (keep is None or keep[supply.organisation[row]])
    ]


def _counts(columns: ChainColumns, row: int, limits: Limits) -> bool:
    return bool(columns.supply.level[row] >= limits.least_level or columns.supply.source[row] == CERTIFICATION)


def _state(columns: ChainColumns, leaf: int, day: int, limits: Limits, keep: Any, here: Any) -> int:
    suppliers = {
        int(columns.supply.organisation[row])
        for row in _in_force(columns, day, keep)
        if columns.supply.node[row] == leaf and _counts(columns, row, limits)
    }
    local = sum(bool(here[one]) for one in suppliers)
    if local >= limits.suppliers_for_covered and local:
        state = NodeState.COVERED
    elif local:
        state = NodeState.SINGLE_SOURCE
    else:
        state = NodeState.OUTSIDE_ONLY if suppliers else NodeState.MISSING
    return tuple(NodeState).index(state)


def _is_met(columns: ChainColumns, ask: int, day: int, limits: Limits, keep: Any, here: Any) -> bool:
    demand, supply = columns.demand, columns.supply
    level = demand.level[ask] or limits.least_level
    for row in _in_force(columns, day, keep):
        if not here[supply.organisation[row]] or supply.organisation[row] == demand.organisation[ask]:
            continue
        if demand.capability[ask] < 0 and supply.node[row] == demand.node[ask] and _counts(columns, row, limits):
            return True
        same = supply.capability[row] == demand.capability[ask]
        if demand.capability[ask] >= 0 and same and supply.level[row] >= level:
            return True
    return False


def unrelated(nodes: int) -> csr_array:
    return csr_array(np.eye(nodes, dtype=np.float32))
