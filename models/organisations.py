"""Who takes part: organisations of all seven kinds, with what is known and certified about them."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.base import Edited, Record, json_list, text_enum
from models.enums import Grade, OrganisationKind, OrganisationState, Ownership, RevenueBand


class Organisation(Edited, table=True):
    """One legal body. Everything that may be unknown is None: a missing figure is never a zero.

    `changed_at` moves with every edit of the organisation or of anything that hangs on it (offers, facilities,
    certifications), so that the index finds what it must read again; services call `touch`.
    """

    __tablename__ = "organisations"
    __table_args__ = (
        sa.UniqueConstraint("source", "source_key"),
        sa.CheckConstraint("name_zh <> '' OR name_en <> ''", name="has_a_name"),
        sa.CheckConstraint("staff >= 0", name="staff_range"),
        sa.CheckConstraint("rd_staff_share BETWEEN 0 AND 1", name="rd_staff_share_range"),
        sa.CheckConstraint("rd_ratio BETWEEN 0 AND 1", name="rd_ratio_range"),
        sa.CheckConstraint("capacity >= 0 AND engaged >= 0", name="capacity_range"),
    )

    kind: OrganisationKind = Field(sa_type=text_enum(OrganisationKind), index=True)
    state: OrganisationState = Field(default=OrganisationState.ACTIVE, sa_type=text_enum(OrganisationState))
    uscc: str | None = Field(default=None, unique=True, max_length=18, description="unified social credit code")
    name_zh: str = Field(default="", max_length=200)
    name_en: str = Field(default="", max_length=200)
    short_name: str = Field(default="", max_length=60)
    name_key: str = Field(default="", max_length=200, index=True, description="folded name, for finding duplicates")
    ownership: Ownership | None = Field(default=None, sa_type=text_enum(Ownership))
    district_code: str | None = Field(default=None, foreign_key="districts.code", index=True)
    country: str = Field(default="CN", max_length=3)
    region: str = Field(default="", max_length=120, description="region or city outside the district list")
    address: str = Field(default="", max_length=300)
    website: str = Field(default="", max_length=300)
    founded_on: date | None = None
    staff: int | None = None
    rd_staff_share: float | None = None
    revenue_band: RevenueBand | None = Field(default=None, sa_type=text_enum(RevenueBand))
    rd_ratio: float | None = Field(default=None, description="R&D spending as a share of sales")
    industry_code: str | None = Field(default=None, foreign_key="industries.code")
    summary_zh: str = Field(default="", max_length=1000)
    summary_en: str = Field(default="", max_length=1000)
    tags: list[str] = json_list()
    capacity: int | None = Field(default=None, description="open collaborations it can carry")
    engaged: int | None = Field(default=None, description="open collaborations it carries")
    contact_name: str = Field(default="", max_length=120)
    contact_email: str = Field(default="", max_length=254)
    contact_phone: str = Field(default="", max_length=40)
    source: str | None = Field(default=None, max_length=80)
    source_key: str | None = Field(default=None, max_length=200)
    verified_at: datetime | None = None
    looked_at: datetime | None = Field(default=None, description="when its own people last said that all is still true")
    merged_into_id: UUID | None = Field(default=None, foreign_key="organisations.id", ondelete="SET NULL", index=True)


class OrganisationNode(SQLModel, table=True):
    """A chain node at which an organisation works."""

    __tablename__ = "organisation_nodes"

    organisation_id: UUID = Field(foreign_key="organisations.id", primary_key=True, ondelete="CASCADE")
    node_code: str = Field(foreign_key="chain_nodes.code", primary_key=True, index=True)


class Certification(Edited, table=True):
    __tablename__ = "certifications"
    __table_args__ = (sa.CheckConstraint("valid_until >= issued_on", name="validity_order"),)

    organisation_id: UUID = Field(foreign_key="organisations.id", ondelete="CASCADE", index=True)
    scheme_code: str = Field(foreign_key="certification_schemes.code", index=True)
    issuer: str = Field(default="", max_length=200)
    number: str = Field(default="", max_length=80)
    issued_on: date | None = None
    valid_until: date | None = None
    evidence: str = Field(default="", max_length=500)
    verified_at: datetime | None = None


class PatentCount(Record, table=True):
    """Patents of one IPC class."""

    __tablename__ = "patent_counts"
    __table_args__ = (
        sa.UniqueConstraint("organisation_id", "ipc_class"),
        sa.CheckConstraint("granted >= 0 AND applied >= 0", name="counts_range"),
    )

    organisation_id: UUID = Field(foreign_key="organisations.id", ondelete="CASCADE", index=True)
    ipc_class: str = Field(max_length=8)
    granted: int = 0
    applied: int = 0


class FieldGrade(Edited, table=True):
    """An organisation's own grade for one field, in place of the default."""

    __tablename__ = "field_grades"
    __table_args__ = (sa.UniqueConstraint("organisation_id", "field"),)

    organisation_id: UUID = Field(foreign_key="organisations.id", ondelete="CASCADE", index=True)
    field: str = Field(foreign_key="field_grade_defaults.field", max_length=60)
    grade: Grade = Field(sa_type=text_enum(Grade))
    reason: str = Field(default="", max_length=500)
