"""Structural indicators: definitions as rows, and their values day by day."""

from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from models.base import Record, Versioned, json_list, text_enum
from models.enums import IndicatorUnit, ScopeKind
from models.taxonomy import Named


class Indicator(Named, Versioned, table=True):
    """What is counted, held against what; `formula` is a tree of conditions over registry fields, never code.

    `target` is a published figure to read the value against, with its own source; 1 and -1 of `better` say whether
    more or less of it is better, 0 that neither is. Sources are in English, or the only one there is, and in Chinese.
    """

    __tablename__ = "indicators"
    __table_args__ = (sa.CheckConstraint("better BETWEEN -1 AND 1", name="better_range"),)

    formula: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False)
    unit: IndicatorUnit = Field(sa_type=text_enum(IndicatorUnit))
    better: int = 0
    scopes: list[str] = json_list()
    note_zh: str = Field(default="", max_length=1000)
    note_en: str = Field(default="", max_length=1000)
    target: float | None = None
    source_zh: str = Field(default="", max_length=400)
    target_source: str = Field(default="", max_length=400)
    target_source_zh: str = Field(default="", max_length=400)
    is_shown: bool = True
    made_by: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")


class IndicatorValue(Record, table=True):
    """One figure of one day: how it came about, and of how much it could be told."""

    __tablename__ = "indicator_values"
    __table_args__ = (
        sa.UniqueConstraint("indicator_code", "scope_kind", "scope_code", "as_of"),
        sa.CheckConstraint("known >= 0 AND known <= total", name="known_range"),
    )

    indicator_code: str = Field(foreign_key="indicators.code", ondelete="CASCADE")
    indicator_version: int
    scope_kind: ScopeKind = Field(sa_type=text_enum(ScopeKind))
    scope_code: str = Field(default="", max_length=80)
    as_of: date = Field(index=True)
    value: float | None = Field(default=None, description="none: nothing is known to tell it from")
    numerator: float | None = None
    denominator: float | None = None
    known: int = Field(default=0, description="records of which what the formula asks is known")
    total: int = Field(default=0, description="records that it is about")
    inputs_sha256: str = Field(max_length=64)
