"""Composition rules of consortia: rows with a citation, edited by officers, frozen once published."""

from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.base import Edited, Record, text_enum
from models.enums import RuleKind, RuleSetState


class RuleSet(Edited, table=True):
    """One edition of the rules of one call. A template is a published example that officers copy from."""

    __tablename__ = "rule_sets"
    __table_args__ = (
        sa.UniqueConstraint("family", "edition"),
        sa.CheckConstraint("name_zh <> '' OR name_en <> ''", name="has_a_name"),
        sa.CheckConstraint("edition >= 1", name="edition_range"),
    )

    family: str = Field(max_length=80, index=True, description="the same for all editions of one set")
    edition: int = 1
    name_zh: str = Field(default="", max_length=200)
    name_en: str = Field(default="", max_length=200)
    summary_zh: str = Field(default="", max_length=1000)
    summary_en: str = Field(default="", max_length=1000)
    source: str = Field(max_length=400, description="the document that the rules come from")
    valid_from: date | None = None
    is_template: bool = False
    state: RuleSetState = Field(default=RuleSetState.DRAFT, sa_type=text_enum(RuleSetState), index=True)


class CompositionRule(Edited, table=True):
    """One rule of a set, or one of a single challenge (exactly one of the two).

    `arguments` hold the figures of its kind; `matchmaker/services/rule_sets/` says which and checks them.
    """

    __tablename__ = "composition_rules"
    __table_args__ = (
        sa.CheckConstraint("(rule_set_id IS NULL) <> (challenge_id IS NULL)", name="one_home"),
        sa.CheckConstraint("source <> ''", name="has_a_source"),
    )

    rule_set_id: UUID | None = Field(default=None, foreign_key="rule_sets.id", ondelete="CASCADE", index=True)
    challenge_id: UUID | None = Field(default=None, foreign_key="challenges.id", ondelete="CASCADE", index=True)
    kind: RuleKind = Field(sa_type=text_enum(RuleKind))
    arguments: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False)
    is_hard: bool = Field(default=True, description="a soft one is told, and can be relaxed by a repair at a low price")
    source: str = Field(max_length=400, description="citation: document and clause")
    position: int = 0


class OrganisationConflict(Record, table=True):
    """Two organisations that may not sit in one consortium: kinship of owners, a dispute, a sanction, a rivalry."""

    __tablename__ = "organisation_conflicts"
    __table_args__ = (
        sa.UniqueConstraint("first_id", "second_id"),
        sa.CheckConstraint("first_id <> second_id", name="two_sides"),
    )

    first_id: UUID = Field(foreign_key="organisations.id", ondelete="CASCADE", index=True)
    second_id: UUID = Field(foreign_key="organisations.id", ondelete="CASCADE", index=True)
    reason: str = Field(default="", max_length=500)
    source: str = Field(max_length=400)


class ClarityCriterion(SQLModel, table=True):
    """A line of the rubric by which a challenge is looked at before it is published."""

    __tablename__ = "clarity_criteria"
    __table_args__ = (sa.CheckConstraint("most BETWEEN 1 AND 10", name="most_range"),)

    code: str = Field(primary_key=True, max_length=60)
    name_zh: str = Field(max_length=200)
    name_en: str = Field(max_length=200)
    most: int = Field(default=5, description="points at most; 0 points of any criterion blocks publishing")
    position_in_list: int = 0
    source: str = Field(max_length=400)
