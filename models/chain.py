"""The chain map: the limits by which a node is judged, and what it looked like on a day."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from models.base import Record, Versioned


class ChainLimit(Versioned, table=True):
    """A figure by which the state of nodes is judged: the least level that supplies, how many suppliers cover."""

    __tablename__ = "chain_limits"
    __table_args__ = (sa.CheckConstraint("value >= 0", name="value_range"),)

    code: str = Field(primary_key=True, max_length=60)
    name_zh: str = Field(max_length=200)
    name_en: str = Field(max_length=200)
    value: float
    position_in_list: int = 0
    source: str = Field(max_length=400, description="in English, or the only one there is")
    source_zh: str = Field(default="", max_length=400)


class ChainSnapshot(Record, table=True):
    """The nodes of one chain as they stood on a day, unfiltered, to hold later days against."""

    __tablename__ = "chain_snapshots"
    __table_args__ = (
        sa.UniqueConstraint("chain_code", "as_of"),
        sa.CheckConstraint("length(inputs_sha256) = 64", name="inputs_hashed"),
    )

    chain_code: str = Field(foreign_key="chains.code", ondelete="CASCADE")
    as_of: date
    nodes: list[Any] = Field(default_factory=list, sa_type=sa.JSON, nullable=False)
    inputs_sha256: str = Field(max_length=64)
