"""Challenges and scenes: what a chain leader asks of the region, and who answers."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.base import Edited, Record, json_list, text_enum, utc_now
from models.enums import AccessState, AnswerState, ChallengeKind, ChallengeStage, EvaluationWay, Grade, MetricRelation


class Challenge(Edited, table=True):
    """A challenge (揭榜挂帅) or an application scene. Amounts are in CNY; texts may be there in one language only."""

    __tablename__ = "challenges"
    __table_args__ = (
        sa.UniqueConstraint("source", "source_key"),
        sa.CheckConstraint("title_zh <> '' OR title_en <> ''", name="has_a_title"),
        sa.CheckConstraint("budget >= 0 AND own_money >= 0", name="money_range"),
        sa.CheckConstraint("months BETWEEN 1 AND 120", name="months_range"),
        sa.CheckConstraint("trl_from BETWEEN 1 AND 9 AND trl_to BETWEEN 1 AND 9", name="trl_range"),
        sa.CheckConstraint("trl_from <= trl_to", name="trl_order"),
        sa.CheckConstraint("members_at_most BETWEEN 2 AND 30", name="members_range"),
        sa.CheckConstraint("racers BETWEEN 1 AND 10", name="racers_range"),
        sa.CheckConstraint("clarity_points >= 0", name="clarity_range"),
    )

    organisation_id: UUID = Field(foreign_key="organisations.id", ondelete="CASCADE", index=True)
    kind: ChallengeKind = Field(sa_type=text_enum(ChallengeKind))
    stage: ChallengeStage = Field(default=ChallengeStage.COLLECTED, sa_type=text_enum(ChallengeStage), index=True)
    is_submitted: bool = Field(default=False, description="collected: given to the officer; before, a draft of its own")
    title_zh: str = Field(default="", max_length=200)
    title_en: str = Field(default="", max_length=200)
    problem_zh: str = Field(default="", max_length=4000)
    problem_en: str = Field(default="", max_length=4000)
    baseline_zh: str = Field(default="", max_length=2000, description="how it is done today")
    baseline_en: str = Field(default="", max_length=2000)
    gives_zh: str = Field(default="", max_length=2000, description="data, scene, line or samples that are given")
    gives_en: str = Field(default="", max_length=2000)
    ip_terms: str = Field(default="", max_length=2000)
    budget: float | None = Field(default=None, description="the whole, own money of the answering side included")
    own_money: float | None = Field(default=None, description="what the answering side has to bring, of the budget")
    months: int | None = None
    answers_until: date | None = None
    trl_from: int | None = None
    trl_to: int | None = None
    node_codes: list[str] = json_list()
    answerer_kinds: list[str] = json_list()
    answerer_sizes: list[str] = json_list()
    answerer_districts: list[str] = json_list()
    answerer_certifications: list[str] = json_list()
    evaluation_way: EvaluationWay = Field(default=EvaluationWay.SINGLE, sa_type=text_enum(EvaluationWay))
    racers: int = 1
    secrecy: Grade = Field(default=Grade.OPEN, sa_type=text_enum(Grade), description="of problem, metrics and baseline")
    members_at_most: int = Field(default=8, description="of the consortium, the poster among them")
    rule_set_id: UUID | None = Field(default=None, foreign_key="rule_sets.id", ondelete="SET NULL")
    clarity_points: int | None = None
    officer_note: str = Field(default="", max_length=2000, description="what was asked to be changed, or why")
    source: str | None = Field(default=None, max_length=80)
    source_key: str | None = Field(default=None, max_length=200)


class ChallengeMetric(Record, table=True):
    """A figure that an answer has to reach, with the figure of today."""

    __tablename__ = "challenge_metrics"

    challenge_id: UUID = Field(foreign_key="challenges.id", ondelete="CASCADE", index=True)
    name_zh: str = Field(default="", max_length=200)
    name_en: str = Field(default="", max_length=200)
    relation: MetricRelation = Field(sa_type=text_enum(MetricRelation))
    target: float
    unit: str = Field(default="", max_length=40)
    baseline: float | None = None
    is_must: bool = True
    measured_by: str = Field(default="", max_length=300, description="how and by whom it is measured")
    position: int = 0


class ChallengeCapability(SQLModel, table=True):
    """A capability that the consortium needs: the least level that helps, its weight, and whether it must be there."""

    __tablename__ = "challenge_capabilities"
    __table_args__ = (
        sa.CheckConstraint("level BETWEEN 1 AND 5", name="level_range"),
        sa.CheckConstraint("weight > 0", name="weight_positive"),
    )

    challenge_id: UUID = Field(foreign_key="challenges.id", primary_key=True, ondelete="CASCADE")
    capability_code: str = Field(foreign_key="capabilities.code", primary_key=True, index=True)
    level: int
    weight: float = 1.0
    is_must: bool = False


class ChallengeSeat(Record, table=True):
    """A role in the consortium that is looked for: which kinds may fill it, how many of them, at which cost each."""

    __tablename__ = "challenge_seats"
    __table_args__ = (
        sa.CheckConstraint("least >= 0 AND least <= most AND most <= 30", name="count_range"),
        sa.CheckConstraint("cost >= 0", name="cost_range"),
    )

    challenge_id: UUID = Field(foreign_key="challenges.id", ondelete="CASCADE", index=True)
    role_zh: str = Field(default="", max_length=120)
    role_en: str = Field(default="", max_length=120)
    kinds: list[str] = json_list()
    least: int = 1
    most: int = 1
    cost: float | None = Field(default=None, description="CNY that one member of this seat is planned to receive")
    position: int = 0


class ChallengeStageDate(SQLModel, table=True):
    """When a stage is planned to begin, and when it did."""

    __tablename__ = "challenge_stage_dates"

    challenge_id: UUID = Field(foreign_key="challenges.id", primary_key=True, ondelete="CASCADE")
    stage: ChallengeStage = Field(sa_type=text_enum(ChallengeStage), primary_key=True)
    planned_on: date | None = None
    entered_at: datetime | None = None


class ClarityScore(SQLModel, table=True):
    """What an officer gave a challenge by one line of the rubric."""

    __tablename__ = "clarity_scores"
    __table_args__ = (sa.CheckConstraint("points BETWEEN 0 AND 10", name="points_range"),)

    challenge_id: UUID = Field(foreign_key="challenges.id", primary_key=True, ondelete="CASCADE")
    criterion_code: str = Field(foreign_key="clarity_criteria.code", primary_key=True)
    points: int
    note: str = Field(default="", max_length=500)
    at: datetime = Field(default_factory=utc_now)


class ChallengeAccess(Edited, table=True):
    """An organisation that asks to see what a challenge keeps back, or that its poster has invited."""

    __tablename__ = "challenge_access"
    __table_args__ = (sa.UniqueConstraint("challenge_id", "organisation_id"),)

    challenge_id: UUID = Field(foreign_key="challenges.id", ondelete="CASCADE", index=True)
    organisation_id: UUID = Field(foreign_key="organisations.id", ondelete="CASCADE", index=True)
    state: AccessState = Field(default=AccessState.ASKED, sa_type=text_enum(AccessState))
    purpose: str = Field(default="", max_length=1000, description="what it wants to see it for, in its own words")
    note: str = Field(default="", max_length=1000, description="the reason of a refusal, or a word with an invitation")
    decided_at: datetime | None = None


class ChallengeAnswer(Edited, table=True):
    """An organisation's answer (揭榜). One form for all challenges; `promises` are metric id -> promised figure."""

    __tablename__ = "challenge_answers"
    __table_args__ = (
        sa.UniqueConstraint("challenge_id", "organisation_id"),
        sa.CheckConstraint("asks >= 0", name="asks_range"),
        sa.CheckConstraint("months BETWEEN 1 AND 120", name="months_range"),
        sa.CheckConstraint("points BETWEEN 0 AND 100", name="points_range"),
    )

    challenge_id: UUID = Field(foreign_key="challenges.id", ondelete="CASCADE", index=True)
    organisation_id: UUID = Field(foreign_key="organisations.id", ondelete="CASCADE", index=True)
    state: AnswerState = Field(default=AnswerState.DRAFT, sa_type=text_enum(AnswerState))
    approach: str = Field(default="", max_length=4000)
    foundation: str = Field(default="", max_length=4000, description="what the organisation has done before; reused")
    team: str = Field(default="", max_length=2000)
    risks: str = Field(default="", max_length=2000)
    ip_terms: str = Field(default="", max_length=2000)
    asks: float | None = Field(default=None, description="CNY of the challenge's money")
    months: int | None = None
    promises: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False)
    submitted_at: datetime | None = None
    points: float | None = Field(default=None, description="of the evaluation, 0 to 100")
    verdict: str = Field(default="", max_length=2000, description="the reason that the answering side reads")


class VagueWord(SQLModel, table=True):
    """A word that promises without saying how much; the clarity check names it where it stands."""

    __tablename__ = "vague_words"

    word: str = Field(primary_key=True, max_length=60)
    language: str = Field(max_length=2, description="zh or en")
    advice_zh: str = Field(default="", max_length=200, description="what to write in its place")
    advice_en: str = Field(default="", max_length=200)
    position_in_list: int = 0
    source: str = Field(max_length=400)


class ClarityLimit(SQLModel, table=True):
    """A figure of the clarity check and of the rubric's threshold, which officers may set otherwise."""

    __tablename__ = "clarity_limits"
    __table_args__ = (sa.CheckConstraint("value >= 0", name="value_range"),)

    code: str = Field(primary_key=True, max_length=60)
    value: float
    position_in_list: int = 0
    source: str = Field(max_length=400)
