"""Rounds: what startups seek, by which milestones; what they hand to which fund, and what funds ask them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from models.base import Edited, Record, json_list, text_enum
from models.enums import (
    ClauseKind,
    DeclineReason,
    DossierState,
    FinancingStage,
    QuestionState,
    RoundState,
    StackState,
    SupportKind,
)

OPEN = sa.text("state = 'open'")


class Round(Edited, table=True):
    """A financing round that a startup seeks. Amounts are in CNY."""

    __tablename__ = "rounds"
    __table_args__ = (
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.CheckConstraint("valuation > 0", name="valuation_positive"),
        sa.CheckConstraint("trl BETWEEN 1 AND 9", name="trl_range"),
        sa.CheckConstraint("runway_months >= 0", name="runway_range"),
        sa.CheckConstraint("market_months >= 0 AND exit_months >= 0", name="way_range"),
        sa.CheckConstraint("market_months <= exit_months", name="way_order"),
        sa.CheckConstraint("stake_most > 0 AND stake_most <= 1", name="stake_range"),
        sa.CheckConstraint("funds_most BETWEEN 1 AND 20", name="funds_range"),
        sa.Index("uq_rounds_open", "organisation_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
    )

    organisation_id: UUID = Field(foreign_key="organisations.id", ondelete="CASCADE", index=True)
    amount: float | None = None
    stage: FinancingStage | None = Field(default=None, sa_type=text_enum(FinancingStage))
    valuation: float | None = Field(default=None, description="before the money of this round (投前估值)")
    use_zh: str = Field(default="", max_length=2000)
    use_en: str = Field(default="", max_length=2000)
    runway_months: int | None = None
    trl: int | None = Field(default=None, description="readiness level reached today")
    market_months: int | None = Field(default=None, description="from the start of the round to the market")
    exit_months: int | None = Field(default=None, description="from the start of the round to when a fund can leave")
    stake_most: float | None = Field(default=None, description="most that all funds of the round together may hold")
    funds_most: int | None = Field(default=None, description="most funds that the firm wants to deal with")
    opened_on: date | None = None
    closes_on: date | None = None
    state: RoundState = Field(default=RoundState.DRAFT, sa_type=text_enum(RoundState), index=True)


class RoundMilestone(Record, table=True):
    """What the money reaches: a readiness level, by which month, for how much."""

    __tablename__ = "round_milestones"
    __table_args__ = (
        sa.UniqueConstraint("round_id", "trl"),
        sa.CheckConstraint("trl BETWEEN 1 AND 9", name="trl_range"),
        sa.CheckConstraint("month >= 0 AND cost >= 0", name="figures_range"),
    )

    round_id: UUID = Field(foreign_key="rounds.id", ondelete="CASCADE", index=True)
    trl: int
    month: int = Field(description="months from the start of the round")
    cost: float | None = None
    title_zh: str = Field(default="", max_length=200)
    title_en: str = Field(default="", max_length=200)


class RoundSupport(Record, table=True):
    """Money towards a round that takes no stake: a voucher, a challenge's budget, a grant, the firm's own."""

    __tablename__ = "round_supports"
    __table_args__ = (
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.CheckConstraint("month >= 0", name="month_range"),
    )

    round_id: UUID = Field(foreign_key="rounds.id", ondelete="CASCADE", index=True)
    kind: SupportKind = Field(sa_type=text_enum(SupportKind))
    title_zh: str = Field(default="", max_length=200)
    title_en: str = Field(default="", max_length=200)
    amount: float
    month: int = Field(default=0, description="from the start of the round, when it comes in")
    is_confirmed: bool = False


class FieldGrant(Record, table=True):
    """A field that one organisation lets another see although its grade keeps it back, for a purpose and a time.

    A grant that came with a dossier goes with it; others of the same field stand beside it.
    """

    __tablename__ = "field_grants"
    __table_args__ = (sa.UniqueConstraint("organisation_id", "field", "grantee_id", "dossier_id"),)

    organisation_id: UUID = Field(foreign_key="organisations.id", ondelete="CASCADE", index=True)
    field: str = Field(max_length=60)
    grantee_id: UUID = Field(foreign_key="organisations.id", ondelete="CASCADE", index=True)
    purpose: str = Field(default="", max_length=200)
    dossier_id: UUID | None = Field(default=None, foreign_key="dossiers.id", ondelete="CASCADE")
    request_id: UUID | None = Field(default=None, foreign_key="data_requests.id", ondelete="CASCADE")
    expires_on: date | None = None


class Dossier(Edited, table=True):
    """What a firm hands to one fund for one mandate: the round, and which kept-back fields the fund may see."""

    __tablename__ = "dossiers"
    __table_args__ = (
        sa.UniqueConstraint("round_id", "mandate_id"),
        sa.CheckConstraint("state IN ('draft', 'withdrawn') OR submitted_at IS NOT NULL", name="submitted_has_a_time"),
        sa.CheckConstraint("state <> 'declined' OR reason IS NOT NULL", name="declined_has_a_reason"),
    )

    round_id: UUID = Field(foreign_key="rounds.id", ondelete="CASCADE", index=True)
    organisation_id: UUID = Field(foreign_key="organisations.id", ondelete="CASCADE", index=True)
    mandate_id: UUID = Field(foreign_key="mandates.id", ondelete="CASCADE", index=True)
    fund_id: UUID = Field(foreign_key="organisations.id", ondelete="CASCADE", index=True)
    state: DossierState = Field(default=DossierState.DRAFT, sa_type=text_enum(DossierState), index=True)
    fields: list[str] = json_list()
    message: str = Field(default="", max_length=2000)
    expires_on: date | None = None
    submitted_at: datetime | None = None
    answered_at: datetime | None = None
    reason: DeclineReason | None = Field(default=None, sa_type=text_enum(DeclineReason))
    clause: ClauseKind | None = Field(default=None, sa_type=text_enum(ClauseKind), description="that stood in the way")
    answer: str = Field(default="", max_length=1000, description="from the fund to the firm")


class FactQuestion(Edited, table=True):
    """A fund asks a firm for a fact that a clause needs; a fact that is there by now needs no answer."""

    __tablename__ = "fact_questions"
    __table_args__ = (sa.UniqueConstraint("mandate_id", "organisation_id", "kind"),)

    mandate_id: UUID = Field(foreign_key="mandates.id", ondelete="CASCADE", index=True)
    organisation_id: UUID = Field(foreign_key="organisations.id", ondelete="CASCADE", index=True)
    kind: ClauseKind = Field(sa_type=text_enum(ClauseKind))
    state: QuestionState = Field(default=QuestionState.ASKED, sa_type=text_enum(QuestionState))
    note: str = Field(default="", max_length=500)
    answer: str = Field(default="", max_length=500)
    answered_at: datetime | None = None


class CapitalStack(Record, table=True):
    """A plan of which funds pay a round when, with the question it answers; both are frozen."""

    __tablename__ = "capital_stacks"

    round_id: UUID = Field(foreign_key="rounds.id", ondelete="CASCADE", index=True)
    organisation_id: UUID = Field(foreign_key="organisations.id", ondelete="CASCADE", index=True)
    asked_by: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    job_id: UUID | None = Field(default=None, foreign_key="jobs.id", ondelete="SET NULL")
    state: StackState = Field(default=StackState.SEARCHING, sa_type=text_enum(StackState))
    terms: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False, description="as asked for")
    question: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False)
    result: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False)
    sha256: str = Field(default="", max_length=64, description="of the question")
    seconds: float | None = None
