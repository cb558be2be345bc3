"""Long work and imports: what was asked, how far it is, and how to take it back."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.base import Record, text_enum, utc_now
from models.enums import ImportAction, ImportState, JobState

UNFINISHED = sa.text("state IN ('queued', 'running')")


class Job(Record, table=True):
    """Work that a worker carries out after the request has been answered; the page of the one who asked follows it.

    The row is the truth about a job. Workers change it by statements that name the `run`, so one that was taken for
    dead and wakes up late changes nothing.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        sa.CheckConstraint("done >= 0 AND total >= 0", name="progress_range"),
        sa.CheckConstraint("handover >= 1 AND run >= 0 AND failures >= 0 AND interruptions >= 0", name="counts_range"),
        sa.Index("uq_jobs_unfinished_key", "key", unique=True, sqlite_where=UNFINISHED, postgresql_where=UNFINISHED),
    )

    kind: str = Field(max_length=60, index=True)
    key: str | None = Field(default=None, max_length=120, description="no two jobs that wait or run share one")
    arguments: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False)
    asked_by: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    state: JobState = Field(default=JobState.QUEUED, sa_type=text_enum(JobState), index=True)
    done: int = 0
    total: int = Field(default=0, description="0: nobody can say how much there is")
    message: str = Field(default="", max_length=60, description="code of the sentence about how it ended")
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False)

    due_at: datetime = Field(default_factory=utc_now, description="not before; later than now after a failure")
    handover: int = Field(default=1, description="how often it was given to the workers' queue")
    handed_over_at: datetime | None = Field(default=None, description="empty: the next worker that looks takes it over")
    run: int = Field(default=0, description="grows with each beginning; only the newest may write")
    worker: str | None = Field(default=None, max_length=120)
    failures: int = 0
    interruptions: int = Field(default=0, description="deaths of its worker since the last step was done")
    cancel_asked_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None


class JobStep(SQLModel, table=True):
    """A step that is done, written in the transaction of its own effect, so that neither is without the other."""

    __tablename__ = "job_steps"

    job_id: UUID = Field(primary_key=True, foreign_key="jobs.id", ondelete="CASCADE")
    name: str = Field(primary_key=True, max_length=120)
    result: Any = Field(default=None, sa_type=sa.JSON)
    at: datetime = Field(default_factory=utc_now)


class Worker(SQLModel, table=True):
    """A process that carries out jobs, while it lives: it says so every few seconds and takes the row with it."""

    __tablename__ = "workers"

    name: str = Field(primary_key=True, max_length=120)
    started_at: datetime = Field(default_factory=utc_now)
    seen_at: datetime = Field(default_factory=utc_now)


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
