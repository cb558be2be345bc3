"""What the platform recommended and what people made of it."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from models.base import Record, text_enum
from models.enums import DeclineReason, InteractionKind


class RankingRun(Record, table=True):
    """One list as it was shown: enough to replay it and to learn from it.

    Of partners for a need, of mandates for a round (the funds that have them are the candidates), of firms for a
    mandate; of none of these: partners for an organisation, from its record.
    """

    __tablename__ = "ranking_runs"
    __table_args__ = (
        sa.CheckConstraint(
            "CASE WHEN need_id IS NULL THEN 0 ELSE 1 END + CASE WHEN round_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN mandate_id IS NULL THEN 0 ELSE 1 END <= 1",
            name="one_question",
        ),
        sa.Index("ix_ranking_runs_created_at", "created_at"),
        # Nearly all lists are without a mandate: SQLite would read them all for one month without the second column.
        sa.Index("ix_ranking_runs_mandate_created", "mandate_id", "created_at"),
    )

    user_id: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    organisation_id: UUID | None = Field(default=None, foreign_key="organisations.id", ondelete="CASCADE", index=True)
    need_id: UUID | None = Field(default=None, foreign_key="needs.id", ondelete="CASCADE", index=True)
    need_version: int | None = None
    round_id: UUID | None = Field(default=None, foreign_key="rounds.id", ondelete="CASCADE", index=True)
    mandate_id: UUID | None = Field(default=None, foreign_key="mandates.id", ondelete="CASCADE")
    preset_code: str = Field(max_length=80)
    weights: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False)
    index_version: str = Field(max_length=80)
    shown: list[Any] = Field(default_factory=list, sa_type=sa.JSON, nullable=False, description="ids, fits, positions")
    mix: dict[str, Any] = Field(
        default_factory=dict, sa_type=sa.JSON, nullable=False, description="who was moved up by a floor, and its price"
    )


class Interaction(Record, table=True):
    """Something that was done with a recommended candidate: one row an event, but feedback replaces earlier feedback.

    `organisation_id` is always the side whose need it is, also where the candidate answered.
    """

    __tablename__ = "interactions"
    __table_args__ = (sa.Index("ix_interactions_need_candidate", "need_id", "candidate_id"),)

    kind: InteractionKind = Field(sa_type=text_enum(InteractionKind))
    user_id: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    organisation_id: UUID = Field(foreign_key="organisations.id", ondelete="CASCADE", index=True)
    candidate_id: UUID = Field(foreign_key="organisations.id", ondelete="CASCADE", index=True)
    need_id: UUID | None = Field(default=None, foreign_key="needs.id", ondelete="CASCADE")
    offer_id: UUID | None = Field(default=None, foreign_key="offers.id", ondelete="SET NULL")
    run_id: UUID | None = Field(default=None, foreign_key="ranking_runs.id", ondelete="SET NULL")
    position: int | None = None
    reason: DeclineReason | None = Field(default=None, sa_type=text_enum(DeclineReason))
    note: str = Field(default="", max_length=1000)
