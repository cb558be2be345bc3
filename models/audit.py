"""Who changed what: one row per change, written in the change's own transaction."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.base import Versioned, utc_now


class AuditEntry(SQLModel, table=True):
    __tablename__ = "audit_entries"
    __table_args__ = (sa.Index("ix_audit_entries_subject", "subject_type", "subject_id"),)

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(default_factory=utc_now, index=True)
    user_id: UUID | None = Field(default=None, description="None: the platform itself; kept when the person is deleted")
    action: str = Field(max_length=80)
    subject_type: str = Field(max_length=60)
    subject_id: str = Field(max_length=80)
    organisation_id: UUID | None = Field(default=None, index=True)
    changes: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False)


class AuditSeal(SQLModel, table=True):
    """The place of one entry in a chain of hashes: each is taken over the entry and the hash before it.

    Put on after the entry was committed (`matchmaker.services.sealing`), so that no change waits for another's.
    """

    __tablename__ = "audit_seals"

    position: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    entry_id: int = Field(unique=True, description="no foreign key: a missing entry is what the chain is to show")
    sha256: str = Field(max_length=64)


class RetentionRule(Versioned, table=True):
    """How long records of one kind are kept after they have served; administrators edit the days.

    `least_days` is what the source leaves them: where a law sets a minimum, no fewer.
    """

    __tablename__ = "retention_rules"
    __table_args__ = (
        sa.CheckConstraint("days BETWEEN least_days AND 3650", name="days_range"),
        sa.CheckConstraint("least_days >= 1", name="least_days_range"),
    )

    code: str = Field(primary_key=True, max_length=40)
    name_zh: str = Field(max_length=120)
    name_en: str = Field(max_length=120)
    days: int
    least_days: int = 1
    source: str = Field(max_length=400)
    source_zh: str = Field(default="", max_length=400)
    position_in_list: int = 0
