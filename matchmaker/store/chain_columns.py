"""Chain nodes and who supplies them, as records that indicators count: supply and demand are those of the chain map."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
from sqlmodel import Session

from matchmaker.chain import supply
from matchmaker.chain.columns import ChainColumns
from matchmaker.chain.indicators import Codes, Column, Numbers, Records
from matchmaker.store.chain import read_chain, read_limits
from matchmaker.store.registry_columns import POSITIONS, Lists, codes, of_bodies


def node_records(session: Session, day: date, lists: Lists) -> Records:
    """The nodes that stand under no broader one's name: products and processes, each once."""
    columns = read_chain(session)
    states = supply.judge(columns, day=day.toordinal(), limits=read_limits(session))
    leaves = np.setdiff1d(np.arange(len(columns.nodes)), columns.parent)
    names = [columns.nodes[row] for row in leaves]
    found: dict[str, Column] = {
        **_place(lists, names),
        "suppliers_here": Numbers(states.local[leaves].astype(np.float64)),
        "suppliers_outside": Numbers(states.outside[leaves].astype(np.float64)),
        "asked_by": Numbers(states.askers[leaves].astype(np.float64)),
    }
    return Records(np.array(names, dtype="S80"), np.full(len(names), -1), found)


def supply_records(
    session: Session, day: date, lists: Lists, bodies: np.ndarray[Any, Any], said: Mapping[str, Column]
) -> Records:
    """Each organisation once at each node that it supplies, with the highest level it states there."""
    columns = read_chain(session)
    pairs, level = _pairs(columns, day, supply.counts(columns, day=day.toordinal(), limits=read_limits(session)))
    names = [columns.nodes[row] for row in pairs[:, 1]]
    body = np.searchsorted(bodies, columns.organisation_ids[pairs[:, 0]]) if len(pairs) else pairs[:, 0]
    own: dict[str, Column] = {**_place(lists, names), "level": Numbers(level)}
    keys = np.array([f"{row}:{name}" for row, name in zip(body.tolist(), names, strict=True)], dtype="S120")
    return Records(keys, body.astype(np.int64), {**own, **of_bodies(said, body)})


def _place(lists: Lists, names: Sequence[str]) -> dict[str, Column]:
    return {
        "node": codes(lists.nodes, names),
        "chain": codes(lists.chains, [lists.chain_of[name] for name in names]),
        "position": Codes(
            list(POSITIONS),
            np.array([POSITIONS.index(lists.position_of[name]) for name in names], dtype=np.int64),
        ),
    }


def _pairs(columns: ChainColumns, day: date, counting: np.ndarray[Any, Any]) -> tuple[Any, Any]:
    """(organisation, node) pairs in order, and the highest level stated for each; not stated is not known."""
    said = columns.supply
    both = np.column_stack([said.organisation[counting], said.node[counting]]).astype(np.int64)
    pairs, place = np.unique(both, axis=0, return_inverse=True)
    level = np.full(len(pairs), -1.0)
    np.maximum.at(level, place.ravel(), said.level[counting].astype(np.float64))
    return pairs, np.where(level > 0, level, np.nan)
