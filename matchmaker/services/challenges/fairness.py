"""What the sides of an evaluation may not know yet: answerers its decisions, judges with a stake their rivals.

A decision can be taken back as long as the evaluation runs, so those who are judged read it when that is over. Whoever
belongs to an answerer reads no other answer until then, even as one of the poster's people or as an officer.
"""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from matchmaker.services.actors import Actor
from matchmaker.services.challenges.reading import stage_dates
from models.challenges import Challenge, ChallengeAnswer
from models.enums import AnswerState, ChallengeStage

SENT = frozenset({AnswerState.SUBMITTED, AnswerState.SHORTLISTED, AnswerState.SELECTED, AnswerState.DECLINED})
BEFORE_JUDGING = frozenset({ChallengeStage.PUBLISHED, ChallengeStage.ANSWERED})


@dataclass(frozen=True)
class Told:
    """What has become of an answer, as far as one person may know it; `is_final` once nobody can take it back."""

    state: AnswerState
    points: float | None
    verdict: str
    is_final: bool


def told(session: Session, actor: Actor, answer: ChallengeAnswer) -> Told:
    """For those who see the answer. Its own people read points and decisions once these are final."""
    is_final = is_decided(session, session.get_one(Challenge, answer.challenge_id))
    if answer.organisation_id in actor.memberships and answer.state in SENT and not is_final:
        return Told(AnswerState.SUBMITTED, None, "", is_final=False)
    return Told(answer.state, answer.points, answer.verdict, is_final)


def is_decided(session: Session, challenge: Challenge) -> bool:
    """The challenge has gone on from judging, so no decision on an answer changes any more."""
    if challenge.stage is not ChallengeStage.WITHDRAWN:
        return challenge.stage in (ChallengeStage.SIGNED, ChallengeStage.ACCEPTED)
    signed = stage_dates(session, challenge.id).get(ChallengeStage.SIGNED)
    return signed is not None and signed.entered_at is not None


def has_stake(session: Session, actor: Actor, challenge: Challenge) -> bool:
    """Whether an organisation of the actor's is up against the other answers; while they are taken, a draft is too."""
    if is_decided(session, challenge):
        return False
    own = select(ChallengeAnswer.id).where(
        ChallengeAnswer.challenge_id == challenge.id,
        col(ChallengeAnswer.organisation_id).in_(actor.memberships),
        col(ChallengeAnswer.state).in_(counting_states(challenge)),
    )
    return session.exec(own.limit(1)).first() is not None


def counting_states(challenge: Challenge) -> frozenset[AnswerState]:
    """The answers that are in the running: while they are taken, one that is only drafted too."""
    return frozenset(AnswerState) if challenge.stage in BEFORE_JUDGING else SENT
