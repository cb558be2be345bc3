"""The track record: who worked with whom on what, and who paid whom."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.base import Record, json_list, text_enum
from models.enums import ParticipationRole, ProjectKind


class Project(Record, table=True):
    """A past consortium or a past investment: a dated event in which organisations took part.

    `tags` say what it was about, as `scheme:value` (`node:nev-cockpit-display`, `programme:SC7`, `topic:...`).
    """

    __tablename__ = "projects"
    __table_args__ = (
        sa.UniqueConstraint("source", "source_key"),
        sa.CheckConstraint("amount >= 0", name="amount_range"),
    )

    kind: ProjectKind = Field(sa_type=text_enum(ProjectKind), index=True)
    title_zh: str = Field(default="", max_length=500)
    title_en: str = Field(default="", max_length=500)
    summary_zh: str = ""
    summary_en: str = ""
    tags: list[str] = json_list()
    stage: str = Field(default="", max_length=40, description="of an investment")
    started_on: date | None = Field(default=None, index=True)
    ended_on: date | None = None
    amount: float | None = None
    currency: str = Field(default="CNY", max_length=3)
    source: str | None = Field(default=None, max_length=80)
    source_key: str | None = Field(default=None, max_length=200)


class Participation(SQLModel, table=True):
    __tablename__ = "participations"

    project_id: UUID = Field(foreign_key="projects.id", primary_key=True, ondelete="CASCADE")
    organisation_id: UUID = Field(foreign_key="organisations.id", primary_key=True, ondelete="CASCADE", index=True)
    role: ParticipationRole = Field(sa_type=text_enum(ParticipationRole))
    amount: float | None = None
