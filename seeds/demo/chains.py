"""The taxonomy as the demo's author sees it: nodes with their trade words, capabilities with their phrases."""

import csv
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from models.taxonomy import Capability, ChainLink, ChainNode
from seeds.reference import Entries, records_of

HERE = Path(__file__).parent
# Whoever supplies nobody upstream still needs these: tests, tools and software of the same chain.
SUPPORT: Mapping[str, tuple[str, ...]] = {
    "nev": ("nev-test-certification", "nev-manufacturing-equipment", "equipment-software"),
    "equipment": ("equipment-metrology", "equipment-software", "equipment-forming"),
    "biomedicine": ("biomedicine-quality", "biomedicine-cdmo", "biomedicine-bioprocess"),
}


@dataclass(frozen=True)
class Words:
    """One text in both languages."""

    zh: str
    en: str


@dataclass(frozen=True)
class Skill:
    """A capability and the phrases that people use about it."""

    code: str
    node: str
    name: Words
    product: Words
    metric: Words
    use: Words
    problem: Words
    edge: Words


@dataclass(frozen=True)
class Node:
    code: str
    chain: str
    parent: str
    name: Words
    industry: str
    ipc: tuple[str, ...]
    trades: tuple[Words, ...]


@dataclass(frozen=True)
class Chains:
    """Leaf nodes and their skills, and who supplies whom."""

    nodes: Mapping[str, Node]
    skills: Mapping[str, Skill]
    suppliers: Mapping[str, tuple[str, ...]]

    @cached_property
    def by_node(self) -> Mapping[str, tuple[Skill, ...]]:
        return {code: tuple(s for s in self.skills.values() if s.node == code) for code in self.nodes}

    @cached_property
    def customers(self) -> Mapping[str, tuple[str, ...]]:
        return {
            code: tuple(down for down, ups in self.suppliers.items() if code in ups and down != code)
            for code in self.nodes
        }

    def sources_for(self, node: str) -> tuple[str, ...]:
        """Nodes whose capabilities a firm at `node` would look for: upstream first, then the chain's support."""
        support = tuple(code for code in SUPPORT[self.nodes[node].chain] if code != node)
        return self.suppliers[node] + tuple(code for code in support if code not in self.suppliers[node])


def read_chains(reference: Entries, *, without: Collection[str] = ()) -> Chains:
    """Chains, links and phrases; a capability without phrases is left out, and so are the nodes in `without`."""
    nodes = records_of(reference, ChainNode)
    leaves = {code: node for code, node in _leaves(nodes).items() if code not in without}
    suppliers = _suppliers(nodes, leaves, records_of(reference, ChainLink))
    return Chains(leaves, _skills(records_of(reference, Capability)), suppliers)


def rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream, strict=True)


def _leaves(nodes: list[ChainNode]) -> dict[str, Node]:
    parents = {node.parent_code for node in nodes}
    trades = {row["node"]: row for row in rows(HERE / "trades.csv")}
    return {
        node.code: Node(
            code=node.code,
            chain=node.chain_code,
            parent=node.parent_code or node.code,
            name=Words(node.name_zh, node.name_en),
            industry=trades[node.code]["industry"],
            ipc=tuple(trades[node.code]["ipc"].split("|")),
            trades=_pairs(trades[node.code]["trade_zh"], trades[node.code]["trade_en"]),
        )
        for node in sorted(nodes, key=lambda node: node.position_in_list)
        if node.code not in parents
    }


def _pairs(zh: str, en: str) -> tuple[Words, ...]:
    return tuple(Words(*pair) for pair in zip(zh.split("|"), en.split("|"), strict=True))


def _skills(capabilities: list[Capability]) -> dict[str, Skill]:
    phrases = {row["capability"]: row for path in sorted((HERE / "phrases").glob("*.csv")) for row in rows(path)}
    return {
        capability.code: Skill(
            code=capability.code,
            node=capability.node_code,
            name=Words(capability.name_zh, capability.name_en),
            **{
                name: _words(phrases[capability.code], name) for name in ("product", "metric", "use", "problem", "edge")
            },
        )
        for capability in capabilities
        if capability.code in phrases
    }


def _words(row: Mapping[str, str], name: str) -> Words:
    return Words(row[f"{name}_zh"].strip(), row[f"{name}_en"].strip())


def _suppliers(
    nodes: list[ChainNode], leaves: Mapping[str, Node], links: list[ChainLink]
) -> dict[str, tuple[str, ...]]:
    below: dict[str, set[str]] = {node.code: {node.code} if node.code in leaves else set() for node in nodes}
    for _ in range(2):  # at most three levels
        for node in nodes:
            if node.parent_code:
                below[node.parent_code] |= below[node.code]
    found: dict[str, set[str]] = {code: set() for code in leaves}
    for link in links:
        for down in below[link.downstream_code]:
            found[down] |= below[link.upstream_code] - {down}
    return {code: tuple(sorted(ups)) for code, ups in found.items()}
