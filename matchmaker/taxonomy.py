"""Distances on the taxonomy: how much one capability can stand for another, and which chain nodes lie together."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matchmaker.profiles import UNKNOWN, Taxonomy

# What a capability is worth to a need for another one: beside it at the same node, or at a node next to it in the tree.
# Editors' judgement; a near capability may never look like the one that was asked for.
SAME_NODE = 0.45
SAME_PARENT = 0.15
# What standing at one node is worth to a need at another.
LINKED = 0.6
SIBLING = 0.5
TWO_LINKS = 0.3


def build(
    *,
    capabilities: Sequence[tuple[str, str]],
    nodes: Sequence[tuple[str, str | None]],
    links: Sequence[tuple[str, str]],
) -> Taxonomy:
    """From capabilities (code, node), nodes (code, parent) and links (upstream, downstream), in vocabulary order."""
    row_of_node = {code: row for row, (code, _) in enumerate(nodes)}
    node_of_capability = np.array([row_of_node.get(node, UNKNOWN) for _, node in capabilities], dtype=np.int32)
    parents = _parents(nodes, row_of_node)
    supplies = np.zeros((len(nodes), len(nodes)), dtype=np.float32)
    for upstream, downstream in links:
        supplies[row_of_node[upstream], row_of_node[downstream]] = 1
    return Taxonomy(
        similarity=csr_array(_similarity(node_of_capability, parents)),
        node_of_capability=node_of_capability,
        supplies=csr_array(supplies),
        related=csr_array(_related(supplies, parents)),
    )


def _parents(nodes: Sequence[tuple[str, str | None]], row_of_node: Mapping[str, int]) -> NDArray[Any]:
    return np.array([row_of_node[parent] if parent else UNKNOWN for _, parent in nodes], dtype=np.int32)


def _similarity(node_of_capability: NDArray[Any], parents: NDArray[Any]) -> NDArray[Any]:
    if not len(node_of_capability):
        return np.zeros((0, 0), dtype=np.float32)
    parent = np.where(node_of_capability == UNKNOWN, UNKNOWN, parents[node_of_capability])
    same_node = _equal_and_known(node_of_capability)
    same_parent = _equal_and_known(parent)
    similarity = np.where(same_node, SAME_NODE, np.where(same_parent, SAME_PARENT, 0)).astype(np.float32)
    np.fill_diagonal(similarity, 1)
    return similarity


def _related(supplies: NDArray[Any], parents: NDArray[Any]) -> NDArray[Any]:
    linked = np.maximum(supplies, supplies.T)
    two_links = (linked @ linked > 0).astype(np.float32)
    siblings = _equal_and_known(parents).astype(np.float32)
    related = np.maximum.reduce([LINKED * linked, SIBLING * siblings, TWO_LINKS * two_links])
    children = np.flatnonzero(parents != UNKNOWN)
    related[children, parents[children]] = related[parents[children], children] = LINKED
    np.fill_diagonal(related, 1)
    return related.astype(np.float32)


def _equal_and_known(values: NDArray[Any]) -> NDArray[Any]:
    return (values[:, None] == values[None, :]) & (values != UNKNOWN)[:, None]
