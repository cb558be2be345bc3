"""Labs and pilot lines that others may use: what they do, with what, at which price."""

from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.base import Edited, Record, json_list, text_enum
from models.enums import FacilityServiceType, OpenTo, PostingState, PriceUnit


class Facility(Edited, table=True):
    __tablename__ = "facilities"
    __table_args__ = (
        sa.UniqueConstraint("source", "source_key"),
        sa.CheckConstraint("name_zh <> '' OR name_en <> ''", name="has_a_name"),
        sa.CheckConstraint("trl_in BETWEEN 1 AND 9 AND trl_out BETWEEN 1 AND 9", name="trl_range"),
        sa.CheckConstraint("trl_in <= trl_out", name="trl_order"),
        sa.CheckConstraint("site_m2 >= 0 AND staff >= 0 AND lead_time_days >= 0", name="figures_range"),
        sa.CheckConstraint("hours_open >= 0 AND hours_used >= 0", name="hours_range"),
    )

    organisation_id: UUID = Field(foreign_key="organisations.id", ondelete="CASCADE", index=True)
    name_zh: str = Field(default="", max_length=200)
    name_en: str = Field(default="", max_length=200)
    summary_zh: str = Field(default="", max_length=1000)
    summary_en: str = Field(default="", max_length=1000)
    trl_in: int | None = None
    trl_out: int | None = None
    process_scale: str = Field(default="", max_length=300)
    site_m2: float | None = None
    staff: int | None = None
    open_to: OpenTo | None = Field(default=None, sa_type=text_enum(OpenTo))
    accreditations: list[str] = json_list()
    lead_time_days: int | None = None
    minimum_order: str = Field(default="", max_length=200)
    accepts_voucher: bool | None = Field(default=None, description="innovation voucher")
    ip_terms: str = Field(default="", max_length=1000)
    safety_limits: str = Field(default="", max_length=1000)
    hours_open: float | None = Field(default=None, description="a year; 1,400 is the usual yardstick")
    hours_used: float | None = Field(default=None, description="last year")
    state: PostingState = Field(default=PostingState.PUBLISHED, sa_type=text_enum(PostingState), index=True)
    source: str | None = Field(default=None, max_length=80)
    source_key: str | None = Field(default=None, max_length=200)


class FacilityCapability(SQLModel, table=True):
    __tablename__ = "facility_capabilities"
    __table_args__ = (sa.CheckConstraint("level BETWEEN 1 AND 5", name="level_range"),)

    facility_id: UUID = Field(foreign_key="facilities.id", primary_key=True, ondelete="CASCADE")
    capability_code: str = Field(foreign_key="capabilities.code", primary_key=True, index=True)
    level: int


class FacilityService(Record, table=True):
    """One line of the price list, in CNY."""

    __tablename__ = "facility_services"
    __table_args__ = (
        sa.CheckConstraint("price >= 0", name="price_range"),
        sa.CheckConstraint("sme_discount BETWEEN 0 AND 1", name="discount_range"),
    )

    facility_id: UUID = Field(foreign_key="facilities.id", ondelete="CASCADE", index=True)
    type: FacilityServiceType = Field(sa_type=text_enum(FacilityServiceType))
    name_zh: str = Field(default="", max_length=200)
    name_en: str = Field(default="", max_length=200)
    unit: PriceUnit | None = Field(default=None, sa_type=text_enum(PriceUnit))
    price: float | None = None
    sme_discount: float | None = None


class FacilityEquipment(Record, table=True):
    __tablename__ = "facility_equipment"
    __table_args__ = (sa.CheckConstraint("original_value >= 0 AND quantity > 0", name="figures_range"),)

    facility_id: UUID = Field(foreign_key="facilities.id", ondelete="CASCADE", index=True)
    name_zh: str = Field(default="", max_length=200)
    name_en: str = Field(default="", max_length=200)
    quantity: int = 1
    original_value: float | None = Field(default=None, description="CNY")


class FacilityYear(SQLModel, table=True):
    """What a facility did for others in one year."""

    __tablename__ = "facility_years"
    __table_args__ = (sa.CheckConstraint("services >= 0 AND income >= 0", name="figures_range"),)

    facility_id: UUID = Field(foreign_key="facilities.id", primary_key=True, ondelete="CASCADE")
    year: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    services: int
    income: float | None = Field(default=None, description="CNY")
