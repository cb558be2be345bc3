"""What the platform learned from outcomes, from which data, and how well its lists do."""

from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from models.base import Record, text_enum
from models.enums import TrainingVerdict


class TrainingRun(Record, table=True):
    """One attempt to learn weights: what is needed to run it again, what came of it, and why.

    `prior` and `result` are whole weightings (weights, curves, calibration): presets that people set may change later,
    and what was refused never becomes a preset.
    """

    __tablename__ = "training_runs"
    __table_args__ = (
        sa.CheckConstraint("queries >= 0 AND examples >= 0", name="counts_range"),
        sa.CheckConstraint("verdict = 'refused' OR result IS NOT NULL", name="offers_a_result"),
    )

    purpose: str = Field(max_length=40, index=True)
    data_as_of: date = Field(description="outcomes of this day and before")
    code_version: str = Field(max_length=80)
    index_version: str = Field(max_length=80)
    seed: int
    settings: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False)
    data_sha256: str = Field(max_length=64)
    queries: int = 0
    examples: int = 0
    outcomes: dict[str, Any] = Field(
        default_factory=dict, sa_type=sa.JSON, nullable=False, description="examples by kind of outcome"
    )
    prior_code: str = Field(max_length=80)
    prior: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False)
    result: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON(none_as_null=True))
    result_sha256: str = Field(default="", max_length=64)
    held_out: dict[str, Any] = Field(
        default_factory=dict, sa_type=sa.JSON, nullable=False, description="prior and result on the last period"
    )
    verdict: TrainingVerdict = Field(sa_type=text_enum(TrainingVerdict))
    reasons: list[Any] = Field(default_factory=list, sa_type=sa.JSON, nullable=False, description="codes and facts")
    asked_by: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    job_id: UUID | None = Field(default=None, foreign_key="jobs.id", ondelete="SET NULL")


class BenchRun(Record, table=True):
    """The live weighting of a purpose against others, on the platform's own outcomes up to a day."""

    __tablename__ = "bench_runs"
    __table_args__ = (sa.CheckConstraint("outcomes >= 0 AND needed >= 0", name="counts_range"),)

    purpose: str = Field(max_length=40, index=True)
    data_as_of: date
    live_code: str = Field(max_length=80)
    index_version: str = Field(max_length=80)
    seed: int
    outcomes: int = Field(default=0, description="queries with an outcome that could be measured")
    needed: int = Field(default=0, description="how many it takes before anything is said")
    results: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False)
    asked_by: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    job_id: UUID | None = Field(default=None, foreign_key="jobs.id", ondelete="SET NULL")
