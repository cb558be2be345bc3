"""What-if: interventions that were thought through, and what they would change."""

from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from models.base import Edited, Record, json_list


class Scenario(Edited, table=True):
    """A set of interventions under one name. Nothing in the registry changes by it."""

    __tablename__ = "scenarios"

    name: str = Field(max_length=200)
    note: str = Field(default="", max_length=1000)
    chain_code: str | None = Field(default=None, foreign_key="chains.code")
    interventions: list[dict[str, Any]] = json_list()
    made_by: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL", index=True)


class ScenarioRun(Record, table=True):
    """What one version of a scenario would change, on the data of one day; or, without a scenario, which of many
    interventions comes first."""

    __tablename__ = "scenario_runs"
    __table_args__ = (sa.CheckConstraint("length(inputs_sha256) = 64", name="inputs_hashed"),)

    scenario_id: UUID | None = Field(default=None, foreign_key="scenarios.id", ondelete="CASCADE", index=True)
    scenario_version: int | None = None
    interventions: list[dict[str, Any]] = json_list()
    data_as_of: date
    index_version: str = Field(max_length=80)
    code_version: str = Field(max_length=80)
    inputs_sha256: str = Field(max_length=64)
    result: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False)
    seconds: float = 0.0
    asked_by: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
