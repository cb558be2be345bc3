"""The deal desk of a fund: lists, the stages of a pipeline, deals in them, what is noted, and what is watched for."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.base import Edited, Record, json_list, text_enum
from models.enums import DeclineReason, StageKind


class DealList(Edited, table=True):
    """A list of a fund, with columns and stages of its own. A column: key, label, type, and the choices of a choice."""

    __tablename__ = "deal_lists"
    __table_args__ = (sa.CheckConstraint("name <> ''", name="has_a_name"),)

    organisation_id: UUID = Field(foreign_key="organisations.id", ondelete="CASCADE", index=True)
    mandate_id: UUID | None = Field(default=None, foreign_key="mandates.id", ondelete="SET NULL")
    name: str = Field(max_length=120)
    columns: list[dict[str, Any]] = Field(default_factory=list, sa_type=sa.JSON, nullable=False)


class DealStage(Edited, table=True):
    """A column of the board; `rules` are members of StageRule that a deal has to keep to enter it."""

    __tablename__ = "deal_stages"
    __table_args__ = (sa.CheckConstraint("name_zh <> '' OR name_en <> ''", name="has_a_name"),)

    list_id: UUID = Field(foreign_key="deal_lists.id", ondelete="CASCADE", index=True)
    kind: StageKind = Field(sa_type=text_enum(StageKind))
    name_zh: str = Field(default="", max_length=60)
    name_en: str = Field(default="", max_length=60)
    position: int = 0
    rules: list[str] = json_list()


class StageTemplate(SQLModel, table=True):
    """The stages with which a new list begins."""

    __tablename__ = "stage_templates"

    kind: StageKind = Field(primary_key=True, sa_type=text_enum(StageKind))
    name_zh: str = Field(max_length=60)
    name_en: str = Field(max_length=60)
    position_in_list: int = 0
    rules: str = Field(default="", max_length=200, description="members of StageRule, joined by |")
    source: str = Field(max_length=400)


class Deal(Edited, table=True):
    """A firm on a list. Its history is the audit log; `values` are those of the list's own columns."""

    __tablename__ = "deals"
    __table_args__ = (sa.UniqueConstraint("list_id", "candidate_id"),)

    list_id: UUID = Field(foreign_key="deal_lists.id", ondelete="CASCADE", index=True)
    organisation_id: UUID = Field(foreign_key="organisations.id", ondelete="CASCADE", index=True)
    candidate_id: UUID = Field(foreign_key="organisations.id", ondelete="CASCADE", index=True)
    round_id: UUID | None = Field(default=None, foreign_key="rounds.id", ondelete="SET NULL")
    stage_id: UUID = Field(foreign_key="deal_stages.id", index=True)
    owner_id: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    due_on: date | None = None
    tags: list[str] = json_list()
    values: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False)
    amount: float | None = Field(default=None, description="that the fund means to pay, or has paid, in CNY")
    paid_on: date | None = None
    override: str = Field(default="", max_length=1000, description="why it entered its stage against the rules")
    reason: DeclineReason | None = Field(default=None, sa_type=text_enum(DeclineReason), description="why dropped")


class DealNote(Record, table=True):
    __tablename__ = "deal_notes"

    deal_id: UUID = Field(foreign_key="deals.id", ondelete="CASCADE", index=True)
    user_id: UUID | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    text: str = Field(max_length=4000)


class Screen(Edited, table=True):
    """What a fund watches for: a mandate and filters; what is new since `seen_at` is told."""

    __tablename__ = "screens"
    __table_args__ = (sa.CheckConstraint("name <> ''", name="has_a_name"),)

    organisation_id: UUID = Field(foreign_key="organisations.id", ondelete="CASCADE", index=True)
    user_id: UUID = Field(foreign_key="users.id", ondelete="CASCADE", index=True)
    mandate_id: UUID | None = Field(default=None, foreign_key="mandates.id", ondelete="CASCADE")
    name: str = Field(max_length=120)
    filters: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False)
    is_shared: bool = Field(default=False, description="with everybody at the fund")
    alerts: bool = True


class ScreenSeen(SQLModel, table=True):
    """When a person last looked a screen through; `screen_id` may be of a screen that somebody shares."""

    __tablename__ = "screens_seen"

    screen_id: UUID = Field(foreign_key="screens.id", primary_key=True, ondelete="CASCADE")
    user_id: UUID = Field(foreign_key="users.id", primary_key=True, ondelete="CASCADE")
    seen_at: datetime


class ScreenMute(SQLModel, table=True):
    """A firm of which a person wants to hear no more in one screen."""

    __tablename__ = "screen_mutes"

    screen_id: UUID = Field(foreign_key="screens.id", primary_key=True, ondelete="CASCADE")
    user_id: UUID = Field(foreign_key="users.id", primary_key=True, ondelete="CASCADE")
    candidate_id: UUID = Field(foreign_key="organisations.id", primary_key=True, ondelete="CASCADE")
