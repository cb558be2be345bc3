"""What came of matches in the world, as their parties say, and published figures to read them against."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from models.base import Edited, Versioned, text_enum
from models.enums import FunnelStage, MatchOutcomeKind, MatchOutcomeState, RateCount
from models.taxonomy import Named


class MatchOutcome(Edited, table=True):
    """One outcome of an interest, a consortium or a deal: stated by one side, confirmed by the other.

    Amounts are in CNY.
    """

    __tablename__ = "match_outcomes"
    __table_args__ = (
        sa.CheckConstraint(
            "CASE WHEN interest_id IS NULL THEN 0 ELSE 1 END + CASE WHEN consortium_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN deal_id IS NULL THEN 0 ELSE 1 END = 1",
            name="one_match",
        ),
        sa.CheckConstraint("stated_by_id <> other_id", name="two_sides"),
        sa.CheckConstraint("amount >= 0", name="amount_range"),
        sa.CheckConstraint("trl_from BETWEEN 1 AND 9 AND trl_to BETWEEN 1 AND 9", name="trl_range"),
        sa.CheckConstraint("trl_from < trl_to", name="trl_order"),
        sa.CheckConstraint("kind <> 'trl_moved' OR (trl_from IS NOT NULL AND trl_to IS NOT NULL)", name="trl_given"),
    )

    interest_id: UUID | None = Field(default=None, foreign_key="interests.id", ondelete="CASCADE", index=True)
    consortium_id: UUID | None = Field(default=None, foreign_key="consortia.id", ondelete="CASCADE", index=True)
    deal_id: UUID | None = Field(default=None, foreign_key="deals.id", ondelete="CASCADE", index=True)
    kind: MatchOutcomeKind = Field(sa_type=text_enum(MatchOutcomeKind))
    stated_by_id: UUID = Field(foreign_key="organisations.id", ondelete="CASCADE", index=True)
    other_id: UUID = Field(foreign_key="organisations.id", ondelete="CASCADE", index=True)
    happened_on: date
    amount: float | None = None
    trl_from: int | None = None
    trl_to: int | None = None
    note: str = Field(default="", max_length=1000)
    state: MatchOutcomeState = Field(default=MatchOutcomeState.STATED, sa_type=text_enum(MatchOutcomeState), index=True)
    answer: str = Field(default="", max_length=1000)
    answered_at: datetime | None = None


class BaseRate(Named, Versioned, table=True):
    """A published figure of other programmes, to read the platform's own funnel against.

    `value` is the share of `from_stage` that reached `to_stage`, of what it `counts`; no stages: told as it is, in
    `text`. `source` is in English, or the only one there is.
    """

    __tablename__ = "base_rates"
    __table_args__ = (sa.CheckConstraint("value >= 0", name="value_range"),)

    from_stage: FunnelStage | None = Field(default=None, sa_type=text_enum(FunnelStage))
    to_stage: FunnelStage | None = Field(default=None, sa_type=text_enum(FunnelStage, named="to_stage"))
    value: float | None = None
    counts: RateCount | None = Field(default=None, sa_type=text_enum(RateCount))
    text_zh: str = Field(default="", max_length=400)
    text_en: str = Field(default="", max_length=400)
    source_zh: str = Field(default="", max_length=400)
