"""A question about the map and its answer in columns: which day, whose supply counts, who counts as sitting here."""

import hashlib
from dataclasses import asdict, dataclass, fields
from datetime import date
from functools import cached_property

import numpy as np
from sqlmodel import Session

from matchmaker.chain.columns import ChainColumns, Demand, Mask, Supply
from matchmaker.chain.supply import STATES, Limits, NodeStates, counts, judge
from matchmaker.services.hashing import sha256_of
from matchmaker.store.chain import OWNERSHIPS, read_chain, read_limits
from models.enums import NodeState, Ownership


@dataclass(frozen=True, slots=True)
class Filters:
    """Of a district: its own suppliers are those here, all others sit outside. Of an ownership: no others count."""

    districts: tuple[str, ...] = ()
    ownerships: tuple[Ownership, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.districts or self.ownerships)


NO_FILTERS = Filters()


@dataclass(frozen=True)
class Judged:
    """The whole map of one day under one set of filters; rows are those of the columns."""

    columns: ChainColumns
    limits: Limits
    day: date
    filters: Filters
    states: NodeStates

    @cached_property
    def row(self) -> dict[str, int]:
        return {code: number for number, code in enumerate(self.columns.nodes)}

    @cached_property
    def keep(self) -> Mask | None:
        return _keep(self.columns, self.filters)

    @cached_property
    def home(self) -> Mask:
        return _home(self.columns, self.filters)

    @cached_property
    def counting(self) -> Mask:
        """The statements of supply that count."""
        return counts(self.columns, day=self.day.toordinal(), limits=self.limits, keep=self.keep)

    @cached_property
    def below(self) -> dict[int, list[int]]:
        """The rows of a node and of all below it, by its row."""
        found: dict[int, list[int]] = {row: [row] for row in range(len(self.columns.nodes))}
        for row in range(len(self.columns.nodes)):
            above = int(self.columns.parent[row])
            while above >= 0:
                found[above].append(row)
                above = int(self.columns.parent[above])
        return found

    def state(self, row: int) -> NodeState:
        return STATES[self.states.state[row]]

    def suppliers(self, code: str) -> list[str]:
        """Ids of the distinct organisations that supply a node or one below it, in order."""
        rows = self.counting & np.isin(self.columns.supply.node, self.below[self.row[code]])
        return [
            key.decode() for key in np.unique(self.columns.organisation_ids[self.columns.supply.organisation[rows]])
        ]

    @cached_property
    def inputs_sha256(self) -> str:
        """Of everything that went in: the same hash, the same map."""
        return sha256_of(
            {
                "day": self.day.isoformat(),
                "limits": asdict(self.limits),
                "districts": sorted(self.filters.districts),
                "ownerships": sorted(self.filters.ownerships),
                "columns": _fingerprint(self.columns),
            }
        )


def judge_map(session: Session, day: date, filters: Filters = NO_FILTERS) -> Judged:
    columns, limits = read_chain(session), read_limits(session)
    states = judge(
        columns, day=day.toordinal(), limits=limits, keep=_keep(columns, filters), home=_home(columns, filters)
    )
    return Judged(columns, limits, day, filters, states)


def _keep(columns: ChainColumns, filters: Filters) -> Mask | None:
    if not filters.ownerships:
        return None
    return np.isin(columns.ownership, [OWNERSHIPS.index(one) for one in filters.ownerships])


def _home(columns: ChainColumns, filters: Filters) -> Mask:
    if not filters.districts:
        return columns.is_local
    rows = [number for number, code in enumerate(columns.districts) if code in filters.districts]
    return np.isin(columns.district, rows)


def _fingerprint(columns: ChainColumns) -> str:
    total = hashlib.sha256()
    for item in fields(columns):
        value = getattr(columns, item.name)
        if isinstance(value, Supply | Demand):
            for part in fields(value):
                total.update(np.ascontiguousarray(getattr(value, part.name)).tobytes())
        elif isinstance(value, np.ndarray):
            total.update(np.ascontiguousarray(value).tobytes())
        else:
            total.update("\0".join(value).encode())
    return total.hexdigest()
