"""Suppliers of every node crossed with where they sit and with what they are known by."""

import numpy as np
from numpy.typing import NDArray

from matchmaker.chain.columns import SOURCES, ChainColumns, Ints, Mask
from matchmaker.chain.supply import Limits, counts, spread


def by_district(columns: ChainColumns, *, day: int, limits: Limits, keep: Mask | None = None) -> Ints:
    """Nodes x districts, and one column more for those elsewhere: distinct suppliers."""
    rows = np.flatnonzero(counts(columns, day=day, limits=limits, keep=keep))
    district = columns.district[columns.supply.organisation[rows]]
    elsewhere = len(columns.districts)
    return _crossed(columns, rows, np.where(district < 0, elsewhere, district), elsewhere + 1)


def by_source(columns: ChainColumns, *, day: int, limits: Limits, keep: Mask | None = None) -> Ints:
    """Nodes x SOURCES: distinct suppliers known by an offer, an open facility, a certification."""
    rows = np.flatnonzero(counts(columns, day=day, limits=limits, keep=keep))
    return _crossed(columns, rows, columns.supply.source[rows].astype(np.int32), len(SOURCES))


def _crossed(columns: ChainColumns, rows: NDArray[np.intp], groups: Ints, width: int) -> Ints:
    """Distinct organisations by node, the nodes above included, and group."""
    nodes, places = spread(columns, columns.supply.node[rows])
    cell = nodes.astype(np.int64) * width + groups[places]
    size = max(len(columns.organisation_ids), 1)
    once = np.unique(cell * size + columns.supply.organisation[rows][places])
    found = np.bincount(once // size, minlength=len(columns.nodes) * width)
    return found.reshape(len(columns.nodes), width).astype(np.int32)
