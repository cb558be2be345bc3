"""Capital: what funds may and want to invest in, and what startups seek."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.base import Edited, Record, json_list, text_enum
from models.enums import (
    CapitalType,
    FinancingStage,
    FundLevel,
    LeadOrFollow,
    MandateStatus,
    RiskTolerance,
    RoundState,
)


class Mandate(Edited, table=True):
    """What one fund may and wants to invest in. Amounts are in CNY."""

    __tablename__ = "mandates"
    __table_args__ = (
        sa.UniqueConstraint("source", "source_key"),
        sa.CheckConstraint("ticket_low >= 0 AND ticket_low <= ticket_high", name="ticket_order"),
        sa.CheckConstraint("stake_high BETWEEN 0 AND 1", name="stake_range"),
        sa.CheckConstraint("main_field_share BETWEEN 0 AND 1", name="main_field_share_range"),
        sa.CheckConstraint("size >= 0 AND remaining >= 0", name="size_range"),
        sa.CheckConstraint("investment_years >= 0 AND exit_years >= 0 AND extension_years >= 0", name="life_range"),
    )

    organisation_id: UUID = Field(foreign_key="organisations.id", ondelete="CASCADE", index=True)
    name_zh: str = Field(default="", max_length=200)
    name_en: str = Field(default="", max_length=200)
    thesis_zh: str = Field(default="", max_length=2000)
    thesis_en: str = Field(default="", max_length=2000)
    level: FundLevel | None = Field(default=None, sa_type=text_enum(FundLevel))
    capital_type: CapitalType | None = Field(default=None, sa_type=text_enum(CapitalType))
    legal_form: str = Field(default="", max_length=80)
    manager: str = Field(default="", max_length=200)
    size: float | None = None
    remaining: float | None = None
    started_on: date | None = None
    investment_years: int | None = None
    exit_years: int | None = None
    extension_years: int | None = None
    ticket_low: float | None = None
    ticket_high: float | None = None
    stake_high: float | None = None
    leads: LeadOrFollow | None = Field(default=None, sa_type=text_enum(LeadOrFollow))
    stages: list[str] = json_list()
    firm_age_high: int | None = Field(default=None, description="years")
    staff_high: int | None = None
    valuation_high: float | None = None
    main_field_share: float | None = Field(default=None, description="least share of the money in the main fields")
    districts: list[str] = json_list()
    reinvestment_multiple: float | None = Field(default=None, description="local re-investment, a soft term in decline")
    risk_tolerance: RiskTolerance | None = Field(default=None, sa_type=text_enum(RiskTolerance))
    exemption_terms: str = Field(default="", max_length=1000)
    exclusions: list[str] = json_list()
    decision_weeks: int | None = None
    status: MandateStatus = Field(default=MandateStatus.INVESTING, sa_type=text_enum(MandateStatus))
    last_verified_on: date | None = None
    source: str | None = Field(default=None, max_length=80)
    source_key: str | None = Field(default=None, max_length=200)


class MandateField(SQLModel, table=True):
    """A chain node (or a parent of nodes) in which a mandate invests."""

    __tablename__ = "mandate_fields"

    mandate_id: UUID = Field(foreign_key="mandates.id", primary_key=True, ondelete="CASCADE")
    node_code: str = Field(foreign_key="chain_nodes.code", primary_key=True)
    is_main: bool = False


class Round(Edited, table=True):
    """A financing round that a startup seeks. Amounts are in CNY."""

    __tablename__ = "rounds"
    __table_args__ = (
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.CheckConstraint("valuation > 0", name="valuation_positive"),
        sa.CheckConstraint("runway_months >= 0", name="runway_range"),
    )

    organisation_id: UUID = Field(foreign_key="organisations.id", ondelete="CASCADE", index=True)
    amount: float | None = None
    stage: FinancingStage | None = Field(default=None, sa_type=text_enum(FinancingStage))
    valuation: float | None = None
    use_zh: str = Field(default="", max_length=2000)
    use_en: str = Field(default="", max_length=2000)
    runway_months: int | None = None
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
