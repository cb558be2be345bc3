"""The chain map as plain facts, for reports: frozen once, worded later in either language."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from matchmaker.services.chain.judged import NO_FILTERS, Filters, Judged, judge_map
from matchmaker.services.chain.mapping import ChainMap, NodeLine, lay_out
from matchmaker.services.chain.raising import NearOne, nearest_to
from matchmaker.services.scope import Scope, nodes_in, organisations_in
from matchmaker.store.chain import read_related
from models.challenges import Challenge
from models.enums import NodeState, ScopeKind
from models.organisations import Organisation, OrganisationNode
from models.taxonomy import Chain

SUPPLIERS, NEAREST = 5, 3


def tell_chain(session: Session, scope: Scope, day: date) -> dict[str, Any]:
    """The nodes that `scope` is about, chain by chain. Of a district its own suppliers are those here."""
    filters = Filters(districts=(scope.code,)) if scope.kind is ScopeKind.DISTRICT else NO_FILTERS
    judged = judge_map(session, day, filters)
    wanted = _nodes(session, scope)
    chains = session.exec(select(Chain).order_by(col(Chain.position_in_list), col(Chain.code))).all()
    maps = [(lay_out(session, chain, judged)) for chain in chains]
    shown = [(found, lines) for found in maps if (lines := [one for one in found.nodes if _is_in(one, wanted)])]
    gaps = {found.chain.code: [one for one in found.gaps if _is_in(one, wanted)] for found, _ in shown}
    short = [node.code for some in gaps.values() for node in some]
    near = nearest_to(session, judged, short, read_related(session, judged.columns), top=NEAREST) if short else {}
    names = _names(session, judged, [line for _, lines in shown for line in lines])
    return {
        "chains": [_chain(found, lines, gaps[found.chain.code], near, names) for found, lines in shown],
        "as_of": day.isoformat(),
        "inputs_sha256": judged.inputs_sha256,
    }


def _nodes(session: Session, scope: Scope) -> set[str] | None:
    """Codes of the nodes that a scope is about; None: all."""
    match scope.kind:
        case ScopeKind.REGION | ScopeKind.DISTRICT:
            return None
        case ScopeKind.CHAIN | ScopeKind.NODE:
            return set(session.exec(nodes_in(scope)))
        case ScopeKind.CALL:
            return set(session.get_one(Challenge, UUID(scope.code)).node_codes)
        case _:
            stands = select(OrganisationNode.node_code).where(
                col(OrganisationNode.organisation_id).in_(organisations_in(scope))
            )
            return set(session.exec(stands))


def _is_in(node: NodeLine, wanted: set[str] | None) -> bool:
    return wanted is None or node.code in wanted


def _names(session: Session, judged: Judged, lines: Sequence[NodeLine]) -> dict[str, list[Organisation]]:
    """The first suppliers of every node, those here before those elsewhere."""
    local = {key.decode() for key in judged.columns.organisation_ids[judged.home]}
    ids = {
        line.code: sorted(judged.suppliers(line.code), key=lambda key: (key not in local, key))[:SUPPLIERS]
        for line in lines
    }
    wanted = {UUID(key) for keys in ids.values() for key in keys}
    found = {str(one.id): one for one in session.exec(select(Organisation).where(col(Organisation.id).in_(wanted)))}
    return {code: [found[key] for key in keys if key in found] for code, keys in ids.items()}


def _chain(
    found: ChainMap,
    lines: Sequence[NodeLine],
    gaps: Sequence[NodeLine],
    near: Mapping[str, Sequence[NearOne]],
    names: Mapping[str, Sequence[Organisation]],
) -> dict[str, Any]:
    leaves = [line for line in lines if line.is_leaf]
    return {
        "code": found.chain.code,
        "name_zh": found.chain.name_zh,
        "name_en": found.chain.name_en,
        "counts": {state.value: sum(line.state is state for line in leaves) for state in NodeState},
        "nodes": [_node(line, names[line.code]) for line in leaves],
        "gaps": [line.code for line in gaps],
        "nearest": {
            line.code: [{**_body(one.organisation), "from_node": one.from_node.code} for one in near[line.code]]
            for line in gaps
        },
    }


def _node(line: NodeLine, suppliers: Sequence[Organisation]) -> dict[str, Any]:
    return {
        "code": line.code,
        "name_zh": line.name_zh,
        "name_en": line.name_en,
        "position": line.position.value,
        "state": line.state.value,
        "local": line.local,
        "outside": line.outside,
        "demand": line.demand,
        "suppliers": [_body(one) for one in suppliers],
    }


def _body(one: Organisation) -> dict[str, Any]:
    return {"id": str(one.id), "name_zh": one.name_zh, "name_en": one.name_en}
