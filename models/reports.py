"""Match runs and reports: what went in is frozen, what came out is kept byte by byte."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.base import Edited, Record, json_list, text_enum
from models.enums import (
    DocumentFormat,
    ReportKind,
    ReportState,
    RunState,
    ScheduleRhythm,
    ScopeKind,
)


class MatchRun(Edited, table=True):
    """Lists for all needs of a scope, by weights and constraints that were frozen when it was asked for."""

    __tablename__ = "match_runs"
    __table_args__ = (sa.CheckConstraint("needs >= 0 AND done >= 0", name="counts_range"),)

    name: str = Field(max_length=200)
    scope_kind: ScopeKind = Field(sa_type=text_enum(ScopeKind))
    scope_code: str = Field(default="", max_length=80)
    organisation_ids: list[str] = json_list()
    preset_code: str = Field(max_length=80)
    weights: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False)
    constraints: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False)
    as_of: date
    index_version: str = Field(default="", max_length=80)
    code_version: str = Field(default="", max_length=80)
    inputs_sha256: str = Field(default="", max_length=64)
    state: RunState = Field(default=RunState.RUNNING, sa_type=text_enum(RunState), index=True)
    needs: int = 0
    done: int = 0
    job_id: UUID | None = Field(default=None, foreign_key="jobs.id", ondelete="SET NULL")
    asked_by: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")


class MatchRunList(SQLModel, table=True):
    """The list of one need in one run, whole: names, fits, terms, evidence. It outlives the need."""

    __tablename__ = "match_run_lists"

    run_id: UUID = Field(foreign_key="match_runs.id", primary_key=True, ondelete="CASCADE")
    need_id: UUID = Field(primary_key=True)
    position: int
    told: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False)


class Report(Edited, table=True):
    """One report: what was asked for, the facts it was frozen with, and who stands for it."""

    __tablename__ = "reports"
    __table_args__ = (
        sa.CheckConstraint("period_from <= period_to", name="period_order"),
        sa.CheckConstraint("state <> 'signed' OR signed_at IS NOT NULL", name="signed_has_a_time"),
        sa.CheckConstraint("state NOT IN ('ready', 'signed') OR content IS NOT NULL", name="ready_has_content"),
    )

    kind: ReportKind = Field(sa_type=text_enum(ReportKind), index=True)
    scope_kind: ScopeKind = Field(sa_type=text_enum(ScopeKind))
    scope_code: str = Field(default="", max_length=80)
    period_from: date
    period_to: date
    as_of: date
    languages: list[str] = json_list()
    formats: list[str] = json_list()
    sections: list[str] = json_list()
    settings: dict[str, Any] = Field(
        default_factory=dict, sa_type=sa.JSON, nullable=False, description="weights, depth, anonymous"
    )
    run_id: UUID | None = Field(default=None, foreign_key="match_runs.id", ondelete="SET NULL")
    previous_id: UUID | None = Field(default=None, foreign_key="reports.id", ondelete="SET NULL")
    schedule_id: UUID | None = Field(default=None, foreign_key="report_schedules.id", ondelete="SET NULL")
    state: ReportState = Field(default=ReportState.MAKING, sa_type=text_enum(ReportState), index=True)
    content: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON(none_as_null=True))
    content_sha256: str = Field(default="", max_length=64)
    job_id: UUID | None = Field(default=None, foreign_key="jobs.id", ondelete="SET NULL")
    asked_by: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    signed_by: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    signed_name: str = Field(default="", max_length=120)
    signed_at: datetime | None = None


class ReportFile(Record, table=True):
    """One rendering of a report, byte by byte."""

    __tablename__ = "report_files"
    __table_args__ = (sa.UniqueConstraint("report_id", "language", "format"),)

    report_id: UUID = Field(foreign_key="reports.id", ondelete="CASCADE")
    language: str = Field(max_length=5)
    format: DocumentFormat = Field(sa_type=text_enum(DocumentFormat))
    sha256: str = Field(max_length=64)
    content: bytes = Field(sa_type=sa.LargeBinary, nullable=False)


class ReportSchedule(Edited, table=True):
    """A report that is asked for again and again, by itself."""

    __tablename__ = "report_schedules"

    kind: ReportKind = Field(sa_type=text_enum(ReportKind))
    scope_kind: ScopeKind = Field(sa_type=text_enum(ScopeKind))
    scope_code: str = Field(default="", max_length=80)
    languages: list[str] = json_list()
    formats: list[str] = json_list()
    sections: list[str] = json_list()
    settings: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False)
    rhythm: ScheduleRhythm = Field(sa_type=text_enum(ScheduleRhythm))
    next_on: date
    is_on: bool = True
    made_by: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
