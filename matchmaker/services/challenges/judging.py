"""Evaluation of answers: points with a reason, the final round, the choice, and reasons for the others."""

from sqlmodel import Session
from sqlmodel import select as select_rows

from matchmaker.errors import InvalidInput
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.challenges import recusal
from matchmaker.services.challenges.fairness import has_stake
from matchmaker.services.challenges.stages import count_answers
from matchmaker.services.changes import check_version
from models.challenges import Challenge, ChallengeAnswer
from models.enums import AnswerState, ChallengeStage

A = AnswerState
# From which states an answer may come into which.
BEFORE = {
    A.SHORTLISTED: frozenset({A.SUBMITTED, A.DECLINED}),
    A.SELECTED: frozenset({A.SUBMITTED, A.SHORTLISTED}),
    A.DECLINED: frozenset({A.SUBMITTED, A.SHORTLISTED, A.SELECTED}),
    A.SUBMITTED: frozenset({A.SHORTLISTED, A.SELECTED, A.DECLINED}),
}


def judge(session: Session, actor: Actor, answer: ChallengeAnswer, *, points: float | None, verdict: str) -> None:
    """Points from 0 to 100 with their reason, which the answering side reads when it is over."""
    _require_judging(session, actor, answer)
    if points is None or not 0 <= points <= 100:
        raise InvalidInput("out_of_range", field="points", low=0, high=100)
    if not verdict:
        raise InvalidInput("verdict_missing", field="verdict")
    changes = audit.apply_changes(answer, {"points": points, "verdict": verdict})
    audit.record(session, actor, "challenge-answer.judge", answer, changes=changes)
    session.flush()


def shortlist(session: Session, actor: Actor, answer: ChallengeAnswer) -> None:
    _set_state(session, actor, answer, A.SHORTLISTED)


def select(session: Session, actor: Actor, answer: ChallengeAnswer) -> None:
    """Choose it: one, or as many as run against each other; two who choose at once do so one after the other."""
    challenge = _require_judging(session, actor, answer)
    session.exec(select_rows(Challenge.id).where(Challenge.id == challenge.id).with_for_update()).one()
    if not answer.verdict:
        raise InvalidInput("verdict_missing", field="verdict")
    if answer.state is not A.SELECTED and count_answers(session, challenge, (A.SELECTED,)) >= challenge.racers:
        raise InvalidInput("racers_full", racers=challenge.racers)
    _set_state(session, actor, answer, A.SELECTED)


def decline(session: Session, actor: Actor, answer: ChallengeAnswer, reason: str) -> None:
    """The answering side reads the reason, so it may not be empty."""
    _require_judging(session, actor, answer)
    if not reason:
        raise InvalidInput("note_missing", field="verdict")
    _set_state(session, actor, answer, A.DECLINED, verdict=reason)


def reopen(session: Session, actor: Actor, answer: ChallengeAnswer) -> None:
    """Take the last decision back while the evaluation runs."""
    _set_state(session, actor, answer, A.SUBMITTED)


def require_unchanged(answer: ChallengeAnswer, *, points: float | None, verdict: str, seen: int | None) -> None:
    """Raise Stale where somebody else has judged since version `seen` and said something else."""
    check_version(answer, {"points": points, "verdict": verdict}, expected_version=seen)


def _set_state(session: Session, actor: Actor, answer: ChallengeAnswer, state: AnswerState, **said: str) -> None:
    _require_judging(session, actor, answer)
    if answer.state not in BEFORE[state]:
        raise InvalidInput("answer_step", before=answer.state)
    changes = audit.apply_changes(answer, {"state": state, **said})
    audit.record(session, actor, f"challenge-answer.{state}", answer, changes=changes)
    session.flush()


def _require_judging(session: Session, actor: Actor, answer: ChallengeAnswer) -> Challenge:
    """The poster and officers judge; nobody judges where an organisation of their own is in the running, by itself or
    in a team."""
    challenge = session.get_one(Challenge, answer.challenge_id)
    require(actor, Permission.CHALLENGE_EDIT, challenge.organisation_id)
    if answer.organisation_id in actor.memberships or has_stake(session, actor, challenge):
        raise InvalidInput("own_answer")
    recusal.require_none(session, actor, challenge)
    if challenge.stage is not ChallengeStage.JUDGED:
        raise InvalidInput("not_in_judging", stage=challenge.stage)
    return challenge
