"""The rows that hang on a challenge, as the drafts they were written from."""

from dataclasses import fields
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from matchmaker.services.challenges.drafts import (
    MetricDraft,
    MetricsDraft,
    ProblemDraft,
    SeatDraft,
    StepDraft,
    TeamDraft,
    TermsDraft,
)
from matchmaker.services.picked import Tag
from models.challenges import Challenge, ChallengeCapability, ChallengeMetric, ChallengeSeat, ChallengeStageDate
from models.enums import ChallengeStage

STEPS: tuple[type[Any], ...] = (ProblemDraft, MetricsDraft, TeamDraft, TermsDraft)


def list_metrics(session: Session, challenge_id: UUID) -> tuple[ChallengeMetric, ...]:
    """Its figures in the order in which they were written."""
    mine = select(ChallengeMetric).where(ChallengeMetric.challenge_id == challenge_id)
    return tuple(session.exec(mine.order_by(col(ChallengeMetric.position), col(ChallengeMetric.id))))


def list_tags(session: Session, challenge_id: UUID) -> tuple[Tag, ...]:
    """The capabilities that it needs, in a fixed order."""
    mine = select(ChallengeCapability).where(ChallengeCapability.challenge_id == challenge_id)
    return tuple(
        Tag(capability_code=one.capability_code, level=one.level, weight=one.weight, is_must=one.is_must)
        for one in session.exec(mine.order_by(ChallengeCapability.capability_code))
    )


def list_seats(session: Session, challenge_id: UUID) -> tuple[ChallengeSeat, ...]:
    mine = select(ChallengeSeat).where(ChallengeSeat.challenge_id == challenge_id)
    return tuple(session.exec(mine.order_by(col(ChallengeSeat.position), col(ChallengeSeat.id))))


def stage_dates(session: Session, challenge_id: UUID) -> dict[ChallengeStage, ChallengeStageDate]:
    """When each stage is planned to begin, and when it did."""
    mine = select(ChallengeStageDate).where(ChallengeStageDate.challenge_id == challenge_id)
    return {one.stage: one for one in session.exec(mine)}


def stored(session: Session, challenge: Challenge, step: type[Any]) -> StepDraft:
    """What the challenge holds now of one step: the start of an edit form."""
    if step is MetricsDraft:
        return MetricsDraft(metrics=tuple(metric_of(row) for row in list_metrics(session, challenge.id)))
    values = {f.name: _value(session, challenge, f.name) for f in fields(step)}
    draft: StepDraft = step(**values)
    return draft


def metric_of(row: ChallengeMetric) -> MetricDraft:
    return MetricDraft(**{f.name: getattr(row, f.name) for f in fields(MetricDraft)})


def seat_of(row: ChallengeSeat) -> SeatDraft:
    return SeatDraft(**{f.name: _frozen(getattr(row, f.name)) for f in fields(SeatDraft)})


def _value(session: Session, challenge: Challenge, name: str) -> Any:
    if name == "tags":
        return list_tags(session, challenge.id)
    if name == "seats":
        return tuple(seat_of(row) for row in list_seats(session, challenge.id))
    return _frozen(getattr(challenge, name))


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
