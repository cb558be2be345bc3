"""Answers (揭榜): one form for all challenges, secret to other answerers, held against the figures asked for."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, NotFound
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, can, require
from matchmaker.services.challenges import eligibility, recusal, seeing
from matchmaker.services.challenges.clarity import meets
from matchmaker.services.challenges.drafts import check_amount, check_months
from matchmaker.services.challenges.eligibility import Eligibility, Outcome
from matchmaker.services.challenges.fairness import SENT
from matchmaker.services.challenges.reading import list_metrics
from matchmaker.services.challenges.seeing import ChallengeView
from matchmaker.services.changes import check_version
from models.base import utc_now
from models.challenges import Challenge, ChallengeAnswer, ChallengeMetric
from models.enums import AnswerState
from models.organisations import Organisation

# What is said once of an organisation and said again with every answer.
REUSED = ("foundation", "team", "ip_terms")
APPROACH_AT_LEAST = 40


@dataclass(frozen=True, kw_only=True)
class AnswerDraft:
    """`promises` are metric id -> the figure that is promised."""

    approach: str = ""
    foundation: str = ""
    team: str = ""
    risks: str = ""
    ip_terms: str = ""
    asks: float | None = None
    months: int | None = None
    promises: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Promise:
    """A figure asked for, the one promised (None: nothing said), and whether it reaches the target."""

    metric: ChallengeMetric
    figure: float | None
    is_met: bool | None


def get_form_of(session: Session, actor: Actor, challenge_id: UUID, organisation_id: UUID) -> ChallengeView:
    """The challenge that the organisation would answer; NotAllowed for strangers to it, InvalidInput where what is
    kept back would have to be answered blindly."""
    require(actor, Permission.CHALLENGE_ANSWER, organisation_id)
    # Who was let in is an organisation: what a person knows for one of its organisations is not another's.
    alone = replace(actor, roles=frozenset(), memberships={organisation_id: actor.memberships[organisation_id]})
    view = seeing.get_view(session, alone, challenge_id)
    if view.brief is None:
        raise InvalidInput("not_let_in")
    return view


def reused(session: Session, actor: Actor, organisation_id: UUID) -> dict[str, str]:
    """What the organisation wrote into its latest answer that can be said again."""
    require(actor, Permission.CHALLENGE_ANSWER, organisation_id)
    earlier = select(ChallengeAnswer).where(ChallengeAnswer.organisation_id == organisation_id)
    latest = session.exec(earlier.order_by(col(ChallengeAnswer.changed_at).desc(), col(ChallengeAnswer.id))).all()
    return {name: next((text for one in latest if (text := getattr(one, name))), "") for name in REUSED}


def write(
    session: Session,
    actor: Actor,
    challenge_id: UUID,
    organisation: Organisation,
    draft: AnswerDraft,
    *,
    expected_version: int | None = None,
) -> ChallengeAnswer:
    """Keep the answer as the organisation's own draft, or change one that is not judged yet."""
    view = get_form_of(session, actor, challenge_id, organisation.id)
    _require_open(view)
    _check(session, challenge_id, draft)
    answer = find_of(session, actor, challenge_id, organisation.id)
    values = {**asdict(draft), "promises": dict(draft.promises)}
    if answer is None:
        _require_no_look_inside(session, actor, challenge_id)
        return _create(session, actor, challenge_id, organisation, values)
    if answer.state not in (AnswerState.DRAFT, AnswerState.SUBMITTED, AnswerState.WITHDRAWN):
        raise InvalidInput("answer_judged", state=answer.state)
    check_version(answer, values, expected_version=expected_version)
    changes = audit.apply_changes(answer, values)
    if answer.state is AnswerState.SUBMITTED:
        _check_complete(answer)
    if changes:
        audit.record(session, actor, "challenge-answer.update", answer, changes=_names(changes))
    session.flush()
    return answer


def submit(session: Session, actor: Actor, answer: ChallengeAnswer) -> None:
    """Hand the answer in: from now on poster and officers read it, and only they."""
    require(actor, Permission.CHALLENGE_ANSWER, answer.organisation_id)
    view = get_form_of(session, actor, answer.challenge_id, answer.organisation_id)
    _require_open(view)
    if answer.state not in (AnswerState.DRAFT, AnswerState.WITHDRAWN):
        raise InvalidInput("answer_sent", state=answer.state)
    verdict = eligibility_of(session, answer)
    if verdict.outcome is Outcome.NOT_MET:
        raise InvalidInput("not_eligible", conditions=[check.condition for check in verdict.open_checks])
    _check_complete(answer)
    changes = audit.apply_changes(answer, {"state": AnswerState.SUBMITTED, "submitted_at": utc_now()})
    audit.record(session, actor, "challenge-answer.submit", answer, changes=changes)
    session.flush()


def withdraw(session: Session, actor: Actor, answer: ChallengeAnswer) -> None:
    """Take it back until the deadline; it can be handed in again."""
    require(actor, Permission.CHALLENGE_ANSWER, answer.organisation_id)
    _require_open(seeing.get_view(session, actor, answer.challenge_id))
    if answer.state is not AnswerState.SUBMITTED:
        raise InvalidInput("answer_not_sent", state=answer.state)
    changes = audit.apply_changes(answer, {"state": AnswerState.WITHDRAWN})
    audit.record(session, actor, "challenge-answer.withdraw", answer, changes=changes)
    session.flush()


def get(session: Session, actor: Actor, answer_id: UUID) -> ChallengeAnswer:
    """One answer: for its own people always, for the poster and officers without a stake once it is handed in."""
    answer = session.get(ChallengeAnswer, answer_id)
    if answer is None or not may_see(session, actor, answer):
        if answer is not None and answer.state in SENT:
            recusal.require_none(session, actor, session.get_one(Challenge, answer.challenge_id))
        raise NotFound("challenge answer", answer_id)
    return answer


def may_see(session: Session, actor: Actor, answer: ChallengeAnswer) -> bool:
    if answer.organisation_id in actor.memberships:
        return True
    challenge = session.get_one(Challenge, answer.challenge_id)
    is_read = answer.state in SENT and seeing.is_inside(actor, challenge)
    return is_read and not recusal.is_partial(session, actor, challenge)


def find_of(session: Session, actor: Actor, challenge_id: UUID, organisation_id: UUID) -> ChallengeAnswer | None:
    """The organisation's own answer."""
    require(actor, Permission.CHALLENGE_ANSWER, organisation_id)
    mine = select(ChallengeAnswer).where(
        ChallengeAnswer.challenge_id == challenge_id, ChallengeAnswer.organisation_id == organisation_id
    )
    return session.exec(mine).first()


def list_mine(session: Session, actor: Actor) -> Sequence[ChallengeAnswer]:
    """The answers of the actor's organisations, the latest first."""
    mine = select(ChallengeAnswer).where(col(ChallengeAnswer.organisation_id).in_(actor.memberships))
    return session.exec(mine.order_by(col(ChallengeAnswer.changed_at).desc(), col(ChallengeAnswer.id))).all()


def list_for(session: Session, actor: Actor, challenge: Challenge) -> Sequence[ChallengeAnswer]:
    """The answers handed in, the best judged first; for the poster's people and officers. Who has a stake in the
    choice reads its own alone."""
    if not seeing.is_inside(actor, challenge):
        raise NotFound("challenge", challenge.id)
    sent = select(ChallengeAnswer).where(
        ChallengeAnswer.challenge_id == challenge.id, col(ChallengeAnswer.state).in_(SENT)
    )
    if recusal.is_partial(session, actor, challenge):
        sent = sent.where(col(ChallengeAnswer.organisation_id).in_(actor.memberships))
    by_points = (col(ChallengeAnswer.points).desc().nulls_last(), col(ChallengeAnswer.submitted_at))
    return session.exec(sent.order_by(*by_points, col(ChallengeAnswer.id))).all()


def promises(session: Session, answer: ChallengeAnswer) -> Sequence[Promise]:
    """Every figure of the challenge with what the answer promises; for those who see the answer."""
    return [_promise(metric, answer.promises) for metric in list_metrics(session, answer.challenge_id)]


def eligibility_of(session: Session, answer: ChallengeAnswer) -> Eligibility:
    """For those who see the answer: what of the organisation's facts decides is named, with the condition."""
    organisation = session.get_one(Organisation, answer.organisation_id)
    challenge = session.get_one(Challenge, answer.challenge_id)
    return eligibility.judge(eligibility.answerer(session, organisation), challenge)


def may_answer(actor: Actor, organisation_id: UUID) -> bool:
    return can(actor, Permission.CHALLENGE_ANSWER, organisation_id)


def _create(
    session: Session, actor: Actor, challenge_id: UUID, organisation: Organisation, values: dict[str, Any]
) -> ChallengeAnswer:
    answer = ChallengeAnswer(challenge_id=challenge_id, organisation_id=organisation.id, **values)
    session.add(answer)
    session.flush()
    audit.record(session, actor, "challenge-answer.create", answer, changes=_names(values))
    return answer


def _require_no_look_inside(session: Session, actor: Actor, challenge_id: UUID) -> None:
    """Who could read the others' answers, as the poster's person or as an officer, does not begin one beside them."""
    challenge = session.get_one(Challenge, challenge_id)
    if seeing.is_inside(actor, challenge) and list_for(session, actor, challenge):
        raise InvalidInput("answers_read")


def _names(values: Mapping[str, object]) -> dict[str, object]:
    """What an answer says is secret to all but two sides; the account notes which parts were written."""
    return {"fields": sorted(values)}


def _promise(metric: ChallengeMetric, given: Mapping[str, float]) -> Promise:
    figure = given.get(str(metric.id))
    return Promise(metric, figure, None if figure is None else meets(metric, figure))


def _require_open(view: ChallengeView) -> None:
    if not view.takes_answers:
        raise InvalidInput("answers_closed", stage=view.stage)


def _check(session: Session, challenge_id: UUID, draft: AnswerDraft) -> None:
    check_amount("asks", draft.asks)
    check_months(draft.months)
    known = {str(metric.id) for metric in list_metrics(session, challenge_id)}
    for metric_id, figure in draft.promises.items():
        if metric_id not in known or not math.isfinite(figure):
            raise InvalidInput("promise_figure", field=f"promise-{metric_id}")


def _check_complete(answer: ChallengeAnswer) -> None:
    if len(answer.approach) < APPROACH_AT_LEAST:
        length = len(answer.approach)
        raise InvalidInput("approach_too_short", field="approach", at_least=APPROACH_AT_LEAST, length=length)
    if answer.asks is None:
        raise InvalidInput("asks_missing", field="asks")
    if answer.months is None:
        raise InvalidInput("answer_months_missing", field="months")
