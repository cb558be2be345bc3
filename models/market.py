"""Crowding: what it takes to be asked by more than one can carry, as one batch worked it out."""

from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.base import Record


class PriceRun(Record, table=True):
    """One clearing of the market of a purpose: what went in, so that it can be run again, and how it came out.

    The latest run of a purpose is the one whose prices lists are ordered by. Nothing in it is drawn at random unless
    `seed` says so.
    """

    __tablename__ = "price_runs"
    __table_args__ = (
        sa.CheckConstraint("needs >= 0 AND candidates >= 0 AND priced >= 0", name="counts_range"),
        sa.CheckConstraint("overload >= 0 AND overload_after >= 0", name="overload_range"),
        sa.CheckConstraint("length(inputs_sha256) = 64", name="inputs_hashed"),
    )

    purpose: str = Field(max_length=40, index=True)
    preset_code: str = Field(max_length=80)
    index_version: str = Field(max_length=80)
    code_version: str = Field(max_length=80)
    data_as_of: date = Field(description="needs that were live on this day")
    settings: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False)
    seed: int | None = None
    inputs_sha256: str = Field(max_length=64, description="of lists, chances, weights and capacities")
    needs: int = 0
    candidates: int = Field(default=0, description="organisations that stand on some list")
    priced: int = Field(default=0, description="of these, how many have a price")
    overload: float = Field(default=0.0, description="expected requests that nobody can carry, by fit alone")
    overload_after: float = Field(default=0.0, description="the same with lists in the order that the prices give")


class OrganisationPrice(SQLModel, table=True):
    """What one run says of one organisation that stands on some list.

    `capacity` is what the price was made with: where `is_capacity_known` is false it is the common figure of the
    settings and says nothing about the organisation.
    """

    __tablename__ = "organisation_prices"
    __table_args__ = (
        sa.CheckConstraint("price BETWEEN 0 AND 6", name="price_range"),
        sa.CheckConstraint("load >= 0 AND load_after >= 0", name="load_range"),
        sa.CheckConstraint("capacity >= 0", name="capacity_range"),
        sa.CheckConstraint("askers >= 0", name="askers_range"),
        sa.CheckConstraint("price = 0 OR askers >= 3", name="asked_by_several"),
    )

    run_id: UUID = Field(foreign_key="price_runs.id", primary_key=True, ondelete="CASCADE")
    organisation_id: UUID = Field(foreign_key="organisations.id", primary_key=True, ondelete="CASCADE", index=True)
    price: float
    load: float = Field(description="expected requests where lists stand in the order of the fit alone")
    load_after: float = Field(description="expected requests where lists stand in the order that the prices give")
    capacity: float
    is_capacity_known: bool
    askers: int = Field(description="organisations on whose first places it stands by fit alone")
