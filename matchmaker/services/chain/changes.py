"""What has changed at the nodes of a chain between two days, and who came or left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.chain.judged import NO_FILTERS, Filters, Judged, judge_map
from matchmaker.services.chain.mapping import ChainMap, NodeLine, get_map
from matchmaker.services.chain.snapshots import find_kept
from models.enums import NodeState
from models.organisations import Organisation


@dataclass(frozen=True)
class NodeChange:
    """One node that is no longer as it was. `before` is None where it was not on the map then."""

    node: NodeLine
    before: NodeState | None
    local_before: int
    outside_before: int
    unmet_before: int
    came: Sequence[Organisation]
    left: Sequence[Organisation]

    @property
    def is_worse(self) -> bool:
        order = tuple(NodeState)
        return self.before is not None and order.index(self.node.state) > order.index(self.before)

    @property
    def is_better(self) -> bool:
        order = tuple(NodeState)
        return self.before is not None and order.index(self.node.state) < order.index(self.before)


@dataclass(frozen=True)
class Difference:
    now: ChainMap
    since: date
    was_kept: bool  # the earlier day as it was seen then; otherwise worked out from what the records say of it today
    changes: Sequence[NodeChange]  # what got worse first
    unchanged: int


def compare(
    session: Session, actor: Actor, chain_code: str, day: date, *, since: date, filters: Filters = NO_FILTERS
) -> Difference:
    """The leaves of a chain on `day` held against those of `since`. What was kept of that day is unfiltered, so that
    with filters the earlier day is worked out."""
    require(actor, Permission.CHAIN_VIEW)
    now = get_map(session, actor, chain_code, day, filters)
    kept = None if filters else find_kept(session, chain_code, since)
    before = kept if kept is not None else _worked_out(judge_map(session, since, filters), now)
    changed = {node.code: changed for node in now.leaves if (changed := _turn(now, node, before.get(node.code)))}
    names = _organisations(session, changed.values())
    changes = [_change(now.node(code), before.get(code), came, left, names) for code, (came, left) in changed.items()]
    changes.sort(key=lambda change: (not change.is_worse, not change.is_better))
    return Difference(now, since, kept is not None, changes, len(now.leaves) - len(changes))


def _worked_out(judged: Judged, now: ChainMap) -> dict[str, dict[str, Any]]:
    states = judged.states
    return {
        node.code: {
            "state": judged.state(judged.row[node.code]).value,
            "local": int(states.local[judged.row[node.code]]),
            "outside": int(states.outside[judged.row[node.code]]),
            "unmet": int(states.unmet[judged.row[node.code]]),
            "suppliers": judged.suppliers(node.code),
        }
        for node in now.leaves
    }


def _turn(now: ChainMap, node: NodeLine, before: Mapping[str, Any] | None) -> tuple[list[str], list[str]] | None:
    """Who came and who left; None where nothing has changed."""
    suppliers = set(now.judged.suppliers(node.code))
    former = set(before["suppliers"]) if before else set()
    figures = (node.state.value, node.local, node.outside, node.unmet)
    if before and suppliers == former and figures == tuple(before[name] for name in FIGURES):
        return None
    return sorted(suppliers - former), sorted(former - suppliers)


FIGURES = ("state", "local", "outside", "unmet")


def _organisations(session: Session, turns: Any) -> dict[str, Organisation]:
    ids = {UUID(key) for came, left in turns for key in (*came, *left)}
    return {str(one.id): one for one in session.exec(select(Organisation).where(col(Organisation.id).in_(ids)))}


def _change(
    node: NodeLine,
    before: Mapping[str, Any] | None,
    came: Sequence[str],
    left: Sequence[str],
    names: Mapping[str, Organisation],
) -> NodeChange:
    return NodeChange(
        node=node,
        before=NodeState(before["state"]) if before else None,
        local_before=before["local"] if before else 0,
        outside_before=before["outside"] if before else 0,
        unmet_before=before["unmet"] if before else 0,
        came=[names[key] for key in came if key in names],
        left=[names[key] for key in left if key in names],
    )
