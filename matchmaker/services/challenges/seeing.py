"""The one place that decides what a person may see of a challenge, and whether it exists for them at all.

Pages, lists, counts and whoever composes a team read a challenge through `get_view` and `seen_by`. Not yet published,
it is there for its poster's people and officers. Published, an open one is there for everybody; of a conditional one
everybody sees that it is there, and only who was let in sees the problem, the figures and today's way; a closed one is
there for those who were let in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.errors import NotFound
from matchmaker.services.actors import Actor, Permission, can, require
from matchmaker.services.calendar import today
from matchmaker.services.challenges.reading import list_metrics, list_seats, list_tags, stage_dates
from matchmaker.services.picked import Tag
from models.challenges import (
    Challenge,
    ChallengeAccess,
    ChallengeAnswer,
    ChallengeMetric,
    ChallengeSeat,
    ChallengeStageDate,
)
from models.enums import AccessState, ChallengeKind, ChallengeStage, EvaluationWay, Grade, OrganisationState
from models.organisations import Organisation

S = ChallengeStage
OUT = (S.PUBLISHED, S.ANSWERED, S.JUDGED, S.SIGNED, S.ACCEPTED)


@dataclass(frozen=True)
class Brief:
    """What secrecy is about."""

    problem_zh: str
    problem_en: str
    baseline_zh: str
    baseline_en: str
    gives_zh: str
    gives_en: str
    metrics: Sequence[ChallengeMetric]


@dataclass(frozen=True)
class ChallengeView:
    """What one person may know of one challenge; `brief` is None where it is kept from them."""

    id: UUID
    version: int | None
    organisation_id: UUID
    kind: ChallengeKind
    stage: ChallengeStage
    is_submitted: bool
    title_zh: str
    title_en: str
    ip_terms: str
    budget: float | None
    own_money: float | None
    months: int | None
    answers_until: date | None
    trl_from: int | None
    trl_to: int | None
    node_codes: Sequence[str]
    answerer_kinds: Sequence[str]
    answerer_sizes: Sequence[str]
    answerer_districts: Sequence[str]
    answerer_certifications: Sequence[str]
    evaluation_way: EvaluationWay
    racers: int
    secrecy: Grade
    members_at_most: int
    rule_set_id: UUID | None
    changed_at: datetime
    tags: Sequence[Tag]
    seats: Sequence[ChallengeSeat]
    dates: Mapping[ChallengeStage, ChallengeStageDate]
    brief: Brief | None
    is_inside: bool  # one of the poster's people, or an officer
    officer_note: str
    clarity_points: int | None

    @property
    def takes_answers(self) -> bool:
        return takes_answers(self)


def get_view(session: Session, actor: Actor, challenge_id: UUID) -> ChallengeView:
    """One challenge as `actor` may know it; NotFound where it does not exist for them."""
    return view_of(session, actor, get_seen(session, actor, challenge_id))


def get_seen(session: Session, actor: Actor, challenge_id: UUID) -> Challenge:
    """The record, for services and for what leads to a view; a page shows `get_view`, never this."""
    require(actor, Permission.CHALLENGE_VIEW)
    challenge = find_seen(session, actor, challenge_id)
    if challenge is None:
        raise NotFound("challenge", challenge_id)
    return challenge


def find_seen(session: Session, actor: Actor, challenge_id: UUID) -> Challenge | None:
    return session.exec(select(Challenge).where(Challenge.id == challenge_id, seen_by(actor))).first()


def seen_by(actor: Actor) -> sa.ColumnElement[bool]:
    """The condition under which a row of challenges exists for `actor`; every list and count carries it."""
    if not can(actor, Permission.CHALLENGE_VIEW):
        return sa.false()
    if can(actor, Permission.ORGANISATION_SEE_CLOSED):
        return sa.true()
    mine = list(actor.memberships)
    active = sa.select(col(Organisation.id)).where(col(Organisation.state) == OrganisationState.ACTIVE)
    is_out = sa.and_(col(Challenge.stage).in_(OUT), col(Challenge.organisation_id).in_(active))
    answered = sa.select(col(ChallengeAnswer.challenge_id)).where(
        col(ChallengeAnswer.organisation_id).in_(mine), col(ChallengeAnswer.submitted_at).is_not(None)
    )
    return sa.or_(
        col(Challenge.organisation_id).in_(mine),
        sa.and_(is_out, sa.or_(col(Challenge.secrecy) != Grade.CLOSED, col(Challenge.id).in_(_let_in(mine)))),
        col(Challenge.id).in_(answered),
    )


def view_of(session: Session, actor: Actor, challenge: Challenge) -> ChallengeView:
    """For a challenge that `actor` sees (`seen_by`)."""
    inside = is_inside(actor, challenge)
    shown = {name: getattr(challenge, name) for name in ChallengeView.__dataclass_fields__ if hasattr(challenge, name)}
    return ChallengeView(
        **{
            **shown,
            "tags": list_tags(session, challenge.id),
            "seats": list_seats(session, challenge.id),
            "dates": stage_dates(session, challenge.id),
            "brief": _brief(session, challenge) if sees_brief(session, actor, challenge) else None,
            "is_inside": inside,
            "officer_note": challenge.officer_note if inside or challenge.stage is S.WITHDRAWN else "",
            "clarity_points": challenge.clarity_points if inside else None,
        }
    )


def is_inside(actor: Actor, challenge: Challenge) -> bool:
    return can(actor, Permission.ORGANISATION_SEE_CLOSED, challenge.organisation_id)


def sees_brief(session: Session, actor: Actor, challenge: Challenge) -> bool:
    """Whether problem, figures and today's way are open to `actor`, who sees that the challenge exists."""
    if challenge.secrecy is Grade.OPEN or is_inside(actor, challenge):
        return True
    granted = _let_in(list(actor.memberships)).where(col(ChallengeAccess.challenge_id) == challenge.id)
    return session.scalar(granted.limit(1)) is not None


def takes_answers(challenge: Challenge | ChallengeView) -> bool:
    """Answers are taken, and the last day is not yet over."""
    until = challenge.answers_until
    return challenge.stage is S.ANSWERED and until is not None and until >= today()


def _let_in(organisation_ids: Sequence[UUID]) -> sa.Select[Any]:
    return sa.select(col(ChallengeAccess.challenge_id)).where(
        col(ChallengeAccess.organisation_id).in_(organisation_ids), col(ChallengeAccess.state) == AccessState.GRANTED
    )


def _brief(session: Session, challenge: Challenge) -> Brief:
    texts = {name: getattr(challenge, name) for name in Brief.__dataclass_fields__ if name != "metrics"}
    return Brief(**texts, metrics=list_metrics(session, challenge.id))
