"""What officers do before a challenge is published: take it in, give points by the rubric, ask for changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, Stale
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.challenges.clarity import limits_of
from matchmaker.services.paging import Page, page_of
from models.base import utc_now
from models.challenges import Challenge, ClarityScore
from models.enums import ChallengeStage
from models.rules import ClarityCriterion


@dataclass(frozen=True)
class Judgement:
    """The rubric as it stands: each line with the points given, or None."""

    lines: Sequence[tuple[ClarityCriterion, ClarityScore | None]]
    needed: float

    @property
    def total(self) -> int:
        return sum(score.points for _line, score in self.lines if score)

    @property
    def most(self) -> int:
        return sum(line.most for line, _score in self.lines)

    @property
    def is_complete(self) -> bool:
        return bool(self.lines) and all(score is not None for _line, score in self.lines)

    @property
    def zeros(self) -> Sequence[ClarityCriterion]:
        """Lines that got nothing; any of them stops publishing."""
        return [line for line, score in self.lines if score is not None and score.points == 0]

    @property
    def passes(self) -> bool:
        return self.is_complete and not self.zeros and self.total >= self.needed


def judgement(session: Session, challenge: Challenge) -> Judgement:
    """For services and pages that have asked for permission."""
    criteria = session.exec(select(ClarityCriterion).order_by(col(ClarityCriterion.position_in_list))).all()
    given = session.exec(select(ClarityScore).where(ClarityScore.challenge_id == challenge.id))
    scores = {score.criterion_code: score for score in given}
    needed = limits_of(session).get("publish_points", sum(line.most for line in criteria) / 2)
    return Judgement([(line, scores.get(line.code)) for line in criteria], needed)


def judge(
    session: Session, actor: Actor, challenge: Challenge, points: Mapping[str, int], notes: Mapping[str, str]
) -> Judgement:
    """Give points by the rubric; an officer may not judge what the own organisation posted."""
    require(actor, Permission.CHALLENGE_STAGE)
    require_other_hand(actor, challenge)
    if challenge.stage is not ChallengeStage.SCREENED:
        raise InvalidInput("challenge_not_in_screening", stage=challenge.stage)
    before = judgement(session, challenge)
    for line, score in before.lines:
        _give(session, challenge, line, score, points.get(line.code), notes.get(line.code, ""))
    session.flush()

    after = judgement(session, challenge)
    challenge.clarity_points = after.total
    changes = {line.code: score.points for line, score in after.lines if score}
    audit.record(session, actor, "challenge.judge", challenge, changes={"points": changes})
    session.flush()
    return after


def require_unchanged(challenge: Challenge, seen: int | None) -> None:
    """Raise Stale where the text is another one than the officer has read, or a colleague has judged meanwhile."""
    if seen is not None and seen != challenge.version:
        raise Stale("challenges", {"version": (challenge.version, seen)})


def require_other_hand(actor: Actor, challenge: Challenge) -> None:
    if challenge.organisation_id in actor.memberships:
        raise InvalidInput("own_challenge")


def list_queue(session: Session, actor: Actor, *, page: int = 1) -> Page[Challenge]:
    """What was handed in and is not yet published; who has waited longest comes first."""
    require(actor, Permission.CHALLENGE_STAGE)
    return page_of(session, _waiting().order_by(col(Challenge.changed_at), col(Challenge.id)), number=page)


def count_queue(session: Session, actor: Actor) -> int:
    require(actor, Permission.CHALLENGE_STAGE)
    return session.scalar(sa.select(sa.func.count()).select_from(_waiting().subquery())) or 0


def _waiting() -> sa.Select[Any]:
    handed_in = sa.and_(col(Challenge.stage) == ChallengeStage.COLLECTED, col(Challenge.is_submitted))
    return sa.select(Challenge).where(sa.or_(handed_in, col(Challenge.stage) == ChallengeStage.SCREENED))


def _give(
    session: Session,
    challenge: Challenge,
    line: ClarityCriterion,
    score: ClarityScore | None,
    points: int | None,
    note: str,
) -> None:
    if points is None:
        return
    if not 0 <= points <= line.most:
        raise InvalidInput("out_of_range", field=f"points_{line.code}", low=0, high=line.most)
    score = score or ClarityScore(challenge_id=challenge.id, criterion_code=line.code, points=points)
    score.points, score.note, score.at = points, note[:500], utc_now()
    session.add(score)
