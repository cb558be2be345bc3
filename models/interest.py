"""Expressions of interest: who would like to work with whom on which need, and what the other side says."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.base import Edited, text_enum
from models.enums import DeclineReason, InterestState


class Interest(Edited, table=True):
    """One organisation's interest in one candidate of its need; one row whatever becomes of it.

    Only organisations stand in it. Whoever acted is in the audit log, so neither side learns the other's people here.
    """

    __tablename__ = "interests"
    __table_args__ = (
        sa.UniqueConstraint("need_id", "candidate_id"),
        sa.CheckConstraint("organisation_id <> candidate_id", name="two_sides"),
        sa.CheckConstraint("state IN ('shortlisted', 'withdrawn') OR asked_at IS NOT NULL", name="asked_has_a_time"),
        sa.CheckConstraint("state <> 'declined' OR reason IS NOT NULL", name="declined_has_a_reason"),
    )

    need_id: UUID = Field(foreign_key="needs.id", ondelete="CASCADE")
    organisation_id: UUID = Field(foreign_key="organisations.id", ondelete="CASCADE", index=True)
    candidate_id: UUID = Field(foreign_key="organisations.id", ondelete="CASCADE", index=True)
    offer_id: UUID | None = Field(default=None, foreign_key="offers.id", ondelete="SET NULL")
    run_id: UUID | None = Field(default=None, foreign_key="ranking_runs.id", ondelete="SET NULL")
    position: int | None = Field(default=None, description="where the candidate stood on that list")
    state: InterestState = Field(sa_type=text_enum(InterestState), index=True)
    message: str = Field(default="", max_length=1000, description="from the asker to the candidate")
    asked_at: datetime | None = None
    answered_at: datetime | None = None
    reason: DeclineReason | None = Field(default=None, sa_type=text_enum(DeclineReason))
    answer: str = Field(default="", max_length=1000, description="from the candidate to the asker")


class DeclineEffect(SQLModel, table=True):
    """A component that lists score lower for who often declines by a reason that speaks of it (`decline_meanings`).

    Only answers to at least `least_askers` organisations within `window_days` count, so that no list tells what one
    organisation was answered; each counts half as much every `half_life_days`.
    """

    __tablename__ = "decline_effects"
    __table_args__ = (
        sa.CheckConstraint("least_askers >= 1", name="least_askers_range"),
        sa.CheckConstraint("window_days >= 1 AND half_life_days > 0", name="days_range"),
    )

    component: str = Field(max_length=60, primary_key=True)
    least_askers: int = 3
    window_days: int = 90
    half_life_days: float = 45.0
    source: str = Field(max_length=400)
