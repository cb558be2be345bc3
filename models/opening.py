"""Opening up: requests for graded data, published open data, and how facilities are judged for being open."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from models.base import Edited, Record, Versioned, json_list, text_enum
from models.enums import DataRequestState
from models.taxonomy import Named


class DataRequest(Edited, table=True):
    """One organisation asks to see conditional fields of another, for a purpose and until a day."""

    __tablename__ = "data_requests"
    __table_args__ = (
        sa.CheckConstraint("organisation_id <> owner_id", name="two_sides"),
        sa.CheckConstraint("state <> 'granted' OR expires_on IS NOT NULL", name="granted_has_an_end"),
    )

    organisation_id: UUID = Field(foreign_key="organisations.id", ondelete="CASCADE", index=True)
    owner_id: UUID = Field(foreign_key="organisations.id", ondelete="CASCADE", index=True)
    fields: list[str] = json_list()
    purpose: str = Field(max_length=1000)
    wanted_until: date
    state: DataRequestState = Field(default=DataRequestState.ASKED, sa_type=text_enum(DataRequestState), index=True)
    expires_on: date | None = None
    note: str = Field(default="", max_length=1000, description="what the asker reads with the decision")
    decided_by: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    decided_at: datetime | None = None


class DataRelease(Record, table=True):
    """The open-grade set as it was published on a day."""

    __tablename__ = "data_releases"

    as_of: date = Field(index=True)
    licence: str = Field(max_length=80)
    counts: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False, description="rows by table")
    sha256: str = Field(max_length=64, description="of all files, in the order of their names")
    made_by: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    withdrawn_at: datetime | None = None


class DataReleaseFile(Record, table=True):
    __tablename__ = "data_release_files"
    __table_args__ = (sa.UniqueConstraint("release_id", "name"),)

    release_id: UUID = Field(foreign_key="data_releases.id", ondelete="CASCADE")
    name: str = Field(max_length=120)
    media_type: str = Field(max_length=120)
    sha256: str = Field(max_length=64)
    content: bytes = Field(sa_type=sa.LargeBinary, nullable=False)


class OpeningCriterion(Named, Versioned, table=True):
    """A line of the scorecard of how open a facility is: 0 at `low`, 1 at `high`, straight between."""

    __tablename__ = "opening_criteria"
    __table_args__ = (sa.CheckConstraint("weight >= 0", name="not_negative"),)

    weight: float
    low: float | None = None
    high: float | None = None
    source_zh: str = Field(default="", max_length=400)
    note_zh: str = Field(default="", max_length=400)
    note_en: str = Field(default="", max_length=400)
