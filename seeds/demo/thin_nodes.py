"""The written key of gaps and single sources: which nodes of the demo's chains are thin, and why each is."""

from dataclasses import dataclass
from enum import StrEnum

from models.enums import NodeState
from seeds.demo.chains import HERE, rows


class Planted(StrEnum):
    """A record at a thin node. The first three supply it, one does from outside; the others only look so."""

    OFFER = "offer"
    FACILITY = "facility"
    CERTIFIED = "certified"
    OUTSIDE = "outside"
    AGAIN = "again"  # a second offer of the firm before
    OPERATOR = "operator"  # an offer of who runs the facility before
    LOW = "low"
    EXPIRED = "expired"
    DRAFT = "draft"
    REVIEW = "review"
    WITHDRAWN = "withdrawn"
    UNTAGGED = "untagged"
    MEMBERS = "members"
    UNVERIFIED = "unverified"
    LAPSED = "lapsed"
    STRADDLING = "straddling"


@dataclass(frozen=True)
class ThinNode:
    code: str
    state: NodeState
    records: tuple[Planted, ...]
    asks: int
    why: str


def read_thin() -> tuple[ThinNode, ...]:
    """All rows of the key; those that are covered are there to be told from the others."""
    return tuple(
        ThinNode(
            row["node"],
            NodeState(row["state"]),
            tuple(Planted(one) for one in row["records"].split("|") if one),
            int(row["asks"]),
            row["why"],
        )
        for row in rows(HERE / "thin.csv")
    )


def gaps() -> dict[str, NodeState]:
    """The planted gaps and single sources alone."""
    return {node.code: node.state for node in read_thin() if node.state is not NodeState.COVERED}
