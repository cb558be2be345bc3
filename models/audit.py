"""Who changed what: one row per change, written in the change's own transaction."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.base import utc_now


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
