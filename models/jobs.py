"""Long work and imports: what was asked, how far it is, and how to take it back."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.base import Edited, Record, text_enum, utc_now
from models.enums import ImportAction, ImportState, JobState


class Job(Edited, table=True):
    """A row that a worker carries out; the page of the one who asked follows it."""

    __tablename__ = "jobs"
    __table_args__ = (sa.CheckConstraint("done >= 0 AND total >= 0", name="progress_range"),)

    kind: str = Field(max_length=60, index=True)
    key: str | None = Field(default=None, unique=True, max_length=120, description="the same key is done only once")
    arguments: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False)
    state: JobState = Field(default=JobState.QUEUED, sa_type=text_enum(JobState), index=True)
    done: int = 0
    total: int = 0
    message: str = Field(default="", max_length=500)
    asked_by: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    started_at: datetime | None = None
    ended_at: datetime | None = None


class ImportBatch(Record, table=True):
    """One table that came in, whole or not at all."""

    __tablename__ = "import_batches"

    kind: str = Field(max_length=40)
    file_name: str = Field(max_length=300)
    sha256: str = Field(max_length=64)
    state: ImportState = Field(default=ImportState.APPLIED, sa_type=text_enum(ImportState))
    created: int = 0
    updated: int = 0
    skipped: int = 0
    undone_at: datetime | None = None


class ImportedRecord(SQLModel, table=True):
    """What one row of a batch did, with what was there before, so that it can be undone."""

    __tablename__ = "imported_records"

    id: int | None = Field(default=None, primary_key=True)
    batch_id: UUID = Field(foreign_key="import_batches.id", ondelete="CASCADE", index=True)
    row_number: int
    action: ImportAction = Field(sa_type=text_enum(ImportAction))
    record_type: str = Field(max_length=60)
    record_id: str = Field(max_length=80)
    before: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON)
    at: datetime = Field(default_factory=utc_now)
