"""Finding fields of investment by words: chain nodes and, wider, their parents."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from matchmaker.names import fold_text
from models.taxonomy import Chain, ChainNode


@dataclass(frozen=True)
class FoundNode:
    """A node under its chain; `size` counts the nodes below it, which a fund that names it invests in too."""

    node: ChainNode
    chain: Chain
    size: int


def find_nodes(session: Session, words: str) -> Sequence[FoundNode]:
    """Nodes whose name, in either language, has all of the words; without words those that hold others."""
    chains = {chain.code: chain for chain in session.exec(select(Chain))}
    order = select(ChainNode).order_by(ChainNode.chain_code, col(ChainNode.position_in_list), ChainNode.code)
    nodes = session.exec(order).all()
    sizes = {node.code: sum(other.parent_code == node.code for other in nodes) for node in nodes}
    wanted = fold_text(words).split()
    found = [node for node in nodes if (_has_all(node, wanted) if wanted else sizes[node.code])]
    # A taxonomy of one level has no wide nodes to begin with.
    shown = found if found or wanted else nodes
    return [FoundNode(node, chains[node.chain_code], sizes[node.code]) for node in shown]


def _has_all(node: ChainNode, words: Sequence[str]) -> bool:
    text = fold_text(f"{node.name_zh} {node.name_en}")
    return all(word in text for word in words)
