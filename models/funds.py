"""Funds: what each may and wants to invest in, clause by clause, with every edition kept."""

from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.base import Edited, Record, json_list, text_enum
from models.enums import (
    CapitalType,
    ClauseForce,
    ClauseKind,
    FundLevel,
    LeadOrFollow,
    MandateStatus,
    RiskTolerance,
)
from models.taxonomy import Named


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
        sa.CheckConstraint("firm_age_high >= 0 AND staff_high >= 0 AND valuation_high >= 0", name="ceilings_range"),
        sa.CheckConstraint("rd_ratio_low BETWEEN 0 AND 1", name="rd_ratio_range"),
        sa.CheckConstraint("trl_low BETWEEN 1 AND 9", name="trl_range"),
        sa.CheckConstraint("reinvestment_multiple >= 0", name="reinvestment_range"),
        sa.CheckConstraint("decision_weeks >= 0", name="weeks_range"),
        sa.CheckConstraint("revises_id IS NULL OR status = 'draft'", name="copy_is_a_draft"),
        sa.UniqueConstraint("revises_id"),
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
    rd_ratio_low: float | None = Field(default=None, description="least R&D spending as a share of sales")
    trl_low: int | None = Field(default=None, description="least readiness level that a firm has reached")
    certifications: list[str] = json_list()
    main_field_share: float | None = Field(default=None, description="least share of the money in the main fields")
    districts: list[str] = json_list()
    reinvestment_multiple: float | None = Field(default=None, description="local re-investment, a soft term in decline")
    risk_tolerance: RiskTolerance | None = Field(default=None, sa_type=text_enum(RiskTolerance))
    exemption_terms: str = Field(default="", max_length=1000)
    exclusions: list[str] = json_list()
    decision_weeks: int | None = None
    status: MandateStatus = Field(default=MandateStatus.INVESTING, sa_type=text_enum(MandateStatus))
    last_verified_on: date | None = None
    edition: int = Field(default=0, description="of the terms that were published last; 0: none yet")
    revises_id: UUID | None = Field(
        default=None, foreign_key="mandates.id", ondelete="CASCADE", description="whose terms this draft is to replace"
    )
    revises_edition: int | None = Field(default=None, description="the edition from which the copy began")
    source: str | None = Field(default=None, max_length=80)
    source_key: str | None = Field(default=None, max_length=200)


class MandateField(SQLModel, table=True):
    """A chain node (or a parent of nodes) in which a mandate invests."""

    __tablename__ = "mandate_fields"

    mandate_id: UUID = Field(foreign_key="mandates.id", primary_key=True, ondelete="CASCADE")
    node_code: str = Field(foreign_key="chain_nodes.code", primary_key=True)
    is_main: bool = False


class MandateClause(SQLModel, table=True):
    """Where a fund holds a clause harder or softer than is usual, or words it its own way."""

    __tablename__ = "mandate_clauses"

    mandate_id: UUID = Field(foreign_key="mandates.id", primary_key=True, ondelete="CASCADE")
    kind: ClauseKind = Field(primary_key=True, sa_type=text_enum(ClauseKind))
    force: ClauseForce = Field(sa_type=text_enum(ClauseForce))
    text_zh: str = Field(default="", max_length=500)
    text_en: str = Field(default="", max_length=500)
    source: str = Field(default="", max_length=400)


class ClauseDefault(SQLModel, table=True):
    """How hard a clause is held where the fund says nothing else."""

    __tablename__ = "clause_defaults"

    kind: ClauseKind = Field(primary_key=True, sa_type=text_enum(ClauseKind))
    force: ClauseForce = Field(sa_type=text_enum(ClauseForce))
    position_in_list: int = 0
    source: str = Field(max_length=400)


class TypicalFund(Named, table=True):
    """Terms that a kind of fund usually has, for saying which fund is missing; assumptions, shown with their source."""

    __tablename__ = "typical_funds"
    __table_args__ = (
        sa.CheckConstraint("ticket_low >= 0 AND ticket_low <= ticket_high", name="ticket_order"),
        sa.CheckConstraint("stake_high BETWEEN 0 AND 1", name="stake_range"),
        sa.CheckConstraint("life_years > 0", name="life_positive"),
    )

    capital_type: CapitalType = Field(sa_type=text_enum(CapitalType))
    stages: str = Field(default="", max_length=200, description="stages of financing, joined by |")
    ticket_low: float
    ticket_high: float
    stake_high: float | None = None
    life_years: int
    leads: LeadOrFollow = Field(default=LeadOrFollow.BOTH, sa_type=text_enum(LeadOrFollow))


class MandateEdition(Record, table=True):
    """The terms of a mandate as they were published; an edition is never changed."""

    __tablename__ = "mandate_editions"
    __table_args__ = (sa.UniqueConstraint("mandate_id", "number"),)

    mandate_id: UUID = Field(foreign_key="mandates.id", ondelete="CASCADE", index=True)
    number: int
    terms: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False)
    note: str = Field(default="", max_length=400, description="what changed and why")
    published_by: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")


class ClauseWaiver(Record, table=True):
    """A fund lets one firm pass a clause that it does not meet."""

    __tablename__ = "clause_waivers"
    __table_args__ = (
        sa.UniqueConstraint("mandate_id", "organisation_id", "kind"),
        sa.CheckConstraint("reason <> ''", name="has_a_reason"),
    )

    mandate_id: UUID = Field(foreign_key="mandates.id", ondelete="CASCADE", index=True)
    organisation_id: UUID = Field(foreign_key="organisations.id", ondelete="CASCADE", index=True)
    kind: ClauseKind = Field(sa_type=text_enum(ClauseKind))
    reason: str = Field(max_length=1000)
    waived_by: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
