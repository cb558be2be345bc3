"""How columns of the registry are put together: codes by their lists, sets by pairs, records by who is behind them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session

from matchmaker.chain.indicators import FALSE, TRUE, UNKNOWN, Codes, Column, Flags, Numbers, Sets
from models.base import columns_of
from models.enums import ChainPosition
from models.taxonomy import Capability, CertificationScheme, Chain, ChainNode, District, Industry

Shown = Callable[[UUID, str], bool]
POSITIONS = tuple(ChainPosition)


@dataclass(frozen=True)
class Lists:
    """The rows that codes come from, each in a fixed order."""

    districts: Sequence[str]
    industries: Sequence[str]
    schemes: Sequence[str]
    chains: Sequence[str]
    nodes: Sequence[str]
    parent: Mapping[str, str | None]
    chain_of: Mapping[str, str]
    position_of: Mapping[str, str]
    node_of_capability: Mapping[str, str]

    @property
    def sections(self) -> list[str]:
        return sorted({code[0] for code in self.industries})

    def with_parents(self, node: str) -> list[str]:
        """The node and every broader one above it."""
        found: list[str] = []
        step: str | None = node
        while step is not None:
            found.append(step)
            step = self.parent[step]
        return found


def read_lists(session: Session) -> Lists:
    node = columns_of(ChainNode)
    nodes = session.execute(
        sa.select(node.code, node.parent_code, node.chain_code, node.position).order_by(
            node.chain_code, node.position_in_list, node.code
        )
    ).all()
    capability = columns_of(Capability)
    tagged = session.execute(sa.select(capability.code, capability.node_code)).all()
    return Lists(
        districts=_codes(session, District),
        industries=_codes(session, Industry),
        schemes=_codes(session, CertificationScheme),
        chains=_codes(session, Chain),
        nodes=[row.code for row in nodes],
        parent={row.code: row.parent_code for row in nodes},
        chain_of={row.code: row.chain_code for row in nodes},
        position_of={row.code: row.position for row in nodes},
        node_of_capability={row.code: row.node_code for row in tagged},
    )


def _codes(session: Session, table: Any) -> list[str]:
    code = columns_of(table).code
    return list(session.scalars(sa.select(code).order_by(code)))


def numbers(values: Iterable[float | None]) -> Numbers:
    return Numbers(np.array([np.nan if value is None else float(value) for value in values], dtype=np.float64))


def flags(values: Iterable[bool | None]) -> Flags:
    said = [UNKNOWN if value is None else TRUE if value else FALSE for value in values]
    return Flags(np.array(said, dtype=np.int8))


def codes(names: Iterable[str], values: Iterable[str | None]) -> Codes:
    listed = list(names)
    row = {name: number for number, name in enumerate(listed)}
    return Codes(listed, np.array([-1 if value is None else row.get(value, -1) for value in values], dtype=np.int64))


def sets(names: Iterable[str], held: Sequence[Iterable[str] | None]) -> Sets:
    """`held` are the codes of each record; None: nobody has said any."""
    listed = list(names)
    row = {name: number for number, name in enumerate(listed)}
    pairs = sorted(
        {(record, row[code]) for record, said in enumerate(held) for code in said or () if code in row},
    )
    pair = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return Sets(listed, pair[:, 0], pair[:, 1], np.array([said is not None for said in held], dtype=bool))


def places(lists: Lists, held: Sequence[Iterable[str] | None]) -> dict[str, Column]:
    """Chains, nodes (with the broader ones above them) and positions of records that stand at these nodes."""
    nodes = [None if said is None else list(said) for said in held]
    broader = [None if said is None else [up for code in said for up in lists.with_parents(code)] for said in nodes]
    return {
        "nodes": sets(lists.nodes, broader),
        "chains": sets(lists.chains, [said and [lists.chain_of[code] for code in said] for said in nodes]),
        "positions": sets(POSITIONS, [said and [lists.position_of[code] for code in said] for said in nodes]),
    }


def of_bodies(columns: Mapping[str, Column], body: np.ndarray[Any, Any]) -> dict[str, Column]:
    """The columns of organisations as columns of records that belong to them; every record has one."""
    return {name: _take(column, body) for name, column in columns.items()}


def _take(column: Column, body: np.ndarray[Any, Any]) -> Column:
    match column:
        case Numbers(values):
            return Numbers(values[body])
        case Flags(values):
            return Flags(values[body])
        case Codes(names, rows):
            return Codes(names, rows[body])
    raise TypeError("sets of an organisation are not asked of its records")
