"""The reference lists from which people choose: districts, industries, chain nodes, schemes, readiness levels."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from models.taxonomy import CertificationScheme, Chain, ChainNode, District, Industry, ReadinessLevel


@dataclass(frozen=True)
class NodeGroup:
    """The nodes of a chain under one broader node; only those at the end of the tree can be chosen."""

    chain: Chain
    parent: ChainNode | None
    nodes: tuple[ChainNode, ...]


def list_districts(session: Session) -> Sequence[District]:
    return session.exec(select(District).order_by(col(District.position_in_list), District.code)).all()


def list_chains(session: Session) -> Sequence[Chain]:
    return session.exec(select(Chain).order_by(col(Chain.position_in_list), Chain.code)).all()


def list_industries(session: Session) -> Sequence[Industry]:
    return session.exec(select(Industry).order_by(Industry.code)).all()


def list_schemes(session: Session) -> Sequence[CertificationScheme]:
    ladder = select(CertificationScheme)
    return session.exec(ladder.order_by(CertificationScheme.ladder, col(CertificationScheme.rank))).all()


def list_levels(session: Session) -> Sequence[ReadinessLevel]:
    return session.exec(select(ReadinessLevel).order_by(col(ReadinessLevel.level))).all()


def list_nodes(session: Session) -> Sequence[ChainNode]:
    nodes = select(ChainNode).order_by(ChainNode.chain_code, col(ChainNode.position_in_list), ChainNode.code)
    return session.exec(nodes).all()


def list_node_groups(session: Session) -> list[NodeGroup]:
    """Every chain's leaf nodes under their broader nodes, in the order of the taxonomy."""
    chains = {chain.code: chain for chain in session.exec(select(Chain))}
    nodes = {node.code: node for node in list_nodes(session)}
    inner = {node.parent_code for node in nodes.values()}
    grouped: dict[tuple[str, str | None], list[ChainNode]] = {}
    for node in nodes.values():
        if node.code not in inner:
            grouped.setdefault((node.chain_code, node.parent_code), []).append(node)
    return [
        NodeGroup(chains[chain], nodes[parent] if parent else None, tuple(leaves))
        for (chain, parent), leaves in grouped.items()
    ]
