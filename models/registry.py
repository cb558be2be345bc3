"""The registry desk: what is reviewed, verified, merged and chased, and tables on their way in."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.base import Edited, Record, Versioned, text_enum, utc_now
from models.enums import (
    ChaseReason,
    CheckOutcome,
    DuplicateState,
    OrganisationKind,
    ReviewMode,
    ReviewVerdict,
    UploadState,
)
from models.taxonomy import Named


class ReviewPolicy(Versioned, table=True):
    """How postings of one kind (`offer`, `need`) are looked at, and how many points they need."""

    __tablename__ = "review_policies"
    __table_args__ = (sa.CheckConstraint("least_points >= 0 AND within_days >= 0", name="figures_range"),)

    subject: str = Field(primary_key=True, max_length=20)
    mode: ReviewMode = Field(sa_type=text_enum(ReviewMode))
    least_points: int = 10
    within_days: int = Field(default=5, description="working days within which it is to be looked at")
    source: str = Field(max_length=400)


class ReviewCriterion(Named, table=True):
    """A line of the rubric by which a posting is looked at; 0 points in any line block it."""

    __tablename__ = "review_criteria"
    __table_args__ = (sa.CheckConstraint("most BETWEEN 1 AND 10", name="most_range"),)

    most: int = 5


class ReviewReason(Named, table=True):
    """A reason that officers often give, with the text that the poster reads."""

    __tablename__ = "review_reasons"

    text_zh: str = Field(default="", max_length=1000)
    text_en: str = Field(default="", max_length=1000)


class PostingReview(Record, table=True):
    """One look of an officer at one version of an offer or a need."""

    __tablename__ = "posting_reviews"
    __table_args__ = (sa.CheckConstraint("(offer_id IS NULL) <> (need_id IS NULL)", name="one_posting"),)

    offer_id: UUID | None = Field(default=None, foreign_key="offers.id", ondelete="CASCADE", index=True)
    need_id: UUID | None = Field(default=None, foreign_key="needs.id", ondelete="CASCADE", index=True)
    posting_version: int
    verdict: ReviewVerdict = Field(sa_type=text_enum(ReviewVerdict))
    points: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False, description="by criterion")
    reason_code: str | None = Field(default=None, foreign_key="review_reasons.code")
    note: str = Field(default="", max_length=1000, description="what the poster reads")
    decided_by: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")


class CertificationCheck(Record, table=True):
    """One look at one version of a certification and its evidence; the latest counts."""

    __tablename__ = "certification_checks"

    certification_id: UUID = Field(foreign_key="certifications.id", ondelete="CASCADE", index=True)
    certification_version: int
    outcome: CheckOutcome = Field(sa_type=text_enum(CheckOutcome))
    held_against: str = Field(default="", max_length=500, description="list, number or document it was held against")
    note: str = Field(default="", max_length=1000)
    checked_by: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")


class DuplicatePair(Edited, table=True):
    """Two records that look like one organisation, and what an officer made of it. The smaller id comes first."""

    __tablename__ = "duplicate_pairs"
    __table_args__ = (
        sa.UniqueConstraint("first_id", "second_id"),
        sa.CheckConstraint("first_id < second_id", name="smaller_first"),
        sa.CheckConstraint("likeness BETWEEN 0 AND 1", name="likeness_range"),
    )

    first_id: UUID = Field(foreign_key="organisations.id", ondelete="CASCADE")
    second_id: UUID = Field(foreign_key="organisations.id", ondelete="CASCADE", index=True)
    likeness: float
    grounds: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False)
    state: DuplicateState = Field(default=DuplicateState.OPEN, sa_type=text_enum(DuplicateState), index=True)
    note: str = Field(default="", max_length=500)


class OrganisationMerge(Record, table=True):
    """One record taken into another, with every row that was moved and every value that was there, to undo it by."""

    __tablename__ = "organisation_merges"
    __table_args__ = (sa.CheckConstraint("kept_id <> merged_id", name="two_records"),)

    kept_id: UUID = Field(foreign_key="organisations.id", ondelete="CASCADE", index=True)
    merged_id: UUID = Field(foreign_key="organisations.id", ondelete="CASCADE", index=True)
    moved: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False)
    note: str = Field(default="", max_length=500)
    merged_by: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    undone_at: datetime | None = None


class FreshnessLimit(Versioned, table=True):
    """After how many days without a look the profile of one kind of organisation counts as stale."""

    __tablename__ = "freshness_limits"
    __table_args__ = (sa.CheckConstraint("days > 0", name="days_positive"),)

    kind: OrganisationKind = Field(sa_type=text_enum(OrganisationKind), primary_key=True)
    days: int
    source: str = Field(max_length=400, description="in English, or the only one there is")
    source_zh: str = Field(default="", max_length=400)


class ProfileChase(Record, table=True):
    """An organisation was asked to look at its profile again; its own people see it until they have."""

    __tablename__ = "profile_chases"

    organisation_id: UUID = Field(foreign_key="organisations.id", ondelete="CASCADE", index=True)
    reason: ChaseReason = Field(sa_type=text_enum(ChaseReason))
    note: str = Field(default="", max_length=500)
    due_on: date | None = None
    chased_by: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    answered_at: datetime | None = None


class ImportUpload(Edited, table=True):
    """A table on its way in: its bytes, which column means what, and what checking it found."""

    __tablename__ = "import_uploads"

    kind: str = Field(max_length=40)
    file_name: str = Field(max_length=300)
    sha256: str = Field(max_length=64)
    content: bytes = Field(sa_type=sa.LargeBinary, nullable=False)
    mapping: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False, description="header: column")
    state: UploadState = Field(default=UploadState.UPLOADED, sa_type=text_enum(UploadState), index=True)
    found: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False, description="counts, problems")
    batch_id: UUID | None = Field(default=None, foreign_key="import_batches.id", ondelete="SET NULL")
    uploaded_by: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL", index=True)


class ColumnMapping(SQLModel, table=True):
    """Which column a header of somebody's table meant the last time, so that nobody names it twice."""

    __tablename__ = "column_mappings"

    kind: str = Field(primary_key=True, max_length=40)
    header: str = Field(primary_key=True, max_length=200, description="folded")
    column: str = Field(max_length=80)
    at: datetime = Field(default_factory=utc_now)
