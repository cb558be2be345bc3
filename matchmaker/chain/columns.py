"""What the chain map sees: columns of supply and of demand. Row numbers in place of codes; days are ordinals."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.enums import SupplySource

Ints = NDArray[np.int32]
Smalls = NDArray[np.int8]
Mask = NDArray[np.bool_]

SOURCES = tuple(SupplySource)
FOREVER = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Supply:
    """Columns of s statements of supply: one organisation can do one thing at one node, by one record, for a while.

    A certification is in here only where the rows say that it speaks of the node; then it counts whatever its level.
    """

    organisation: Ints  # row of the organisations read
    node: Ints  # row of the nodes read
    capability: Ints  # row of the capabilities; -1: the record speaks of the node as a whole
    level: Smalls  # 1 to 5; 0: not stated
    source: Smalls  # row of SOURCES
    first_day: Ints
    last_day: Ints  # FOREVER where nothing ends it
    record: NDArray[np.bytes_]  # id of the offer, facility or certification, for the way to the evidence

    def __len__(self) -> int:
        return len(self.organisation)


@dataclass(frozen=True, slots=True)
class Demand:
    """Columns of d statements of demand: one need or challenge asks for one capability at one node."""

    organisation: Ints
    node: Ints
    capability: Ints  # -1: it asks of the node as a whole
    level: Smalls  # 1 to 5; 0: not stated
    weight: NDArray[np.float32]
    first_day: Ints
    last_day: Ints
    record: NDArray[np.bytes_]  # id of the need or challenge

    def __len__(self) -> int:
        return len(self.organisation)


@dataclass(frozen=True, slots=True)
class ChainColumns:
    """Everything that the map of one region is worked out from. Only open fields of active organisations are in it."""

    nodes: Sequence[str]  # codes; a row number stands for its place here
    capabilities: Sequence[str]
    node_of_capability: Ints
    parent: Ints  # row of the parent node; -1: a root
    organisation_ids: NDArray[np.bytes_]
    is_local: Mask  # of each organisation: it sits in a district of the region
    district: Ints  # row of `districts`; -1: unknown or outside
    districts: Sequence[str]
    ownership: Smalls  # row of models.enums.Ownership; -1: unknown
    kind: Smalls  # row of matchmaker.profiles.KINDS
    supply: Supply
    demand: Demand
