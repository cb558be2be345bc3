"""What organisations offer and what they need: the two sides that the engine brings together."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.base import Edited, json_list, text_enum
from models.enums import CooperationType, DevelopmentStage, IpStatus, PostingState


def posting_checks() -> tuple[Any, ...]:
    return (
        sa.CheckConstraint("title_zh <> '' OR title_en <> ''", name="has_a_title"),
        sa.CheckConstraint("trl_low BETWEEN 1 AND 9 AND trl_high BETWEEN 1 AND 9", name="trl_range"),
        sa.CheckConstraint("trl_low <= trl_high", name="trl_order"),
        sa.CheckConstraint("budget_low >= 0 AND budget_low <= budget_high", name="budget_order"),
        sa.CheckConstraint("state <> 'published' OR valid_until IS NOT NULL", name="published_has_an_end"),
    )


class Posting(Edited):
    """What an offer and a need have in common. Amounts are in CNY; a text may be there in one language only."""

    organisation_id: UUID = Field(foreign_key="organisations.id", ondelete="CASCADE", index=True)
    type: CooperationType = Field(sa_type=text_enum(CooperationType))
    title_zh: str = Field(default="", max_length=200)
    title_en: str = Field(default="", max_length=200)
    summary_zh: str = Field(default="", max_length=500)
    summary_en: str = Field(default="", max_length=500)
    description_zh: str = Field(default="", max_length=4000)
    description_en: str = Field(default="", max_length=4000)
    trl_low: int | None = None
    trl_high: int | None = None
    partner_role: str = Field(default="", max_length=500, description="what the partner is to do")
    partner_kinds: list[str] = json_list()
    partner_sizes: list[str] = json_list()
    partner_districts: list[str] = json_list()
    budget_low: float | None = None
    budget_high: float | None = None
    state: PostingState = Field(default=PostingState.DRAFT, sa_type=text_enum(PostingState), index=True)
    valid_until: date | None = None
    published_at: datetime | None = None
    review_by: date | None = Field(default=None, description="when an officer is to have looked; None: nobody has to")
    source: str | None = Field(default=None, max_length=80)
    source_key: str | None = Field(default=None, max_length=200)


class Offer(Posting, table=True):
    __tablename__ = "offers"
    __table_args__ = (*posting_checks(), sa.UniqueConstraint("source", "source_key"))

    advantages_zh: str = Field(default="", max_length=2000)
    advantages_en: str = Field(default="", max_length=2000)
    stage: DevelopmentStage | None = Field(default=None, sa_type=text_enum(DevelopmentStage))
    ip_status: IpStatus | None = Field(default=None, sa_type=text_enum(IpStatus))


class Need(Posting, table=True):
    __tablename__ = "needs"
    __table_args__ = (*posting_checks(), sa.UniqueConstraint("source", "source_key"))

    accepted_types: list[str] = json_list()


class OfferCapability(SQLModel, table=True):
    """Level 1 exploring, 2 shown in the lab, 3 delivered to customers, 4 in series, 5 leading in its field."""

    __tablename__ = "offer_capabilities"
    __table_args__ = (sa.CheckConstraint("level BETWEEN 1 AND 5", name="level_range"),)

    offer_id: UUID = Field(foreign_key="offers.id", primary_key=True, ondelete="CASCADE")
    capability_code: str = Field(foreign_key="capabilities.code", primary_key=True, index=True)
    level: int


class NeedCapability(SQLModel, table=True):
    """A capability asked for, the least level that helps, its weight among the others, and whether it must be there."""

    __tablename__ = "need_capabilities"
    __table_args__ = (
        sa.CheckConstraint("level BETWEEN 1 AND 5", name="level_range"),
        sa.CheckConstraint("weight > 0", name="weight_positive"),
    )

    need_id: UUID = Field(foreign_key="needs.id", primary_key=True, ondelete="CASCADE")
    capability_code: str = Field(foreign_key="capabilities.code", primary_key=True, index=True)
    level: int
    weight: float = 1.0
    is_must: bool = False
