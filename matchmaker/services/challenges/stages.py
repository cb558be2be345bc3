"""The way of a challenge (征集 筛选 发布 揭榜 评审 签约 验收): which step leads where, by whom, and what it needs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, can, require
from matchmaker.services.calendar import today
from matchmaker.services.challenges import recusal
from matchmaker.services.challenges.clarity import findings
from matchmaker.services.challenges.editing import require_editable
from matchmaker.services.challenges.reading import stage_dates
from matchmaker.services.challenges.screening import judgement, require_other_hand
from matchmaker.services.changes import check_seen, fingerprint
from models.base import utc_now
from models.challenges import Challenge, ChallengeAnswer, ChallengeStageDate
from models.enums import AnswerState, ChallengeStage

S = ChallengeStage
WAY = (S.COLLECTED, S.SCREENED, S.PUBLISHED, S.ANSWERED, S.JUDGED, S.SIGNED, S.ACCEPTED)
IN_THE_RUNNING = (AnswerState.SUBMITTED, AnswerState.SHORTLISTED, AnswerState.SELECTED)
Need = Callable[[Session, Challenge, str], None]


@dataclass(frozen=True)
class Move:
    """From one stage to another; `permission` says who may, `needs` raise InvalidInput while something is missing."""

    before: ChallengeStage
    after: ChallengeStage
    permission: Permission
    needs: tuple[Need, ...] = ()


def _handed_in(_session: Session, challenge: Challenge, _note: str) -> None:
    if not challenge.is_submitted:
        raise InvalidInput("challenge_not_handed_in")


def _note_given(_session: Session, _challenge: Challenge, note: str) -> None:
    if not note:
        raise InvalidInput("note_missing", field="note")


def _clear(session: Session, challenge: Challenge, _note: str) -> None:
    judged = judgement(session, challenge)
    if not judged.is_complete:
        raise InvalidInput("rubric_incomplete")
    if judged.zeros:
        raise InvalidInput("rubric_has_zero", lines=[line.code for line in judged.zeros])
    if not judged.passes:
        raise InvalidInput("rubric_too_low", total=judged.total, needed=judged.needed)


def _deadline_ahead(_session: Session, challenge: Challenge, _note: str) -> None:
    if challenge.answers_until is None or challenge.answers_until < today():
        raise InvalidInput("deadline_not_ahead", field="answers_until")


def _deadline_over(_session: Session, challenge: Challenge, _note: str) -> None:
    if challenge.answers_until is not None and challenge.answers_until >= today():
        raise InvalidInput("deadline_not_over", until=challenge.answers_until.isoformat())


def _has_answer(session: Session, challenge: Challenge, _note: str) -> None:
    if not count_answers(session, challenge, IN_THE_RUNNING):
        raise InvalidInput("no_answer_yet")


def _has_choice(session: Session, challenge: Challenge, _note: str) -> None:
    if not count_answers(session, challenge, (AnswerState.SELECTED,)):
        raise InvalidInput("no_answer_chosen")


STAGE, POSTER = Permission.CHALLENGE_STAGE, Permission.CHALLENGE_EDIT
MOVES: Sequence[Move] = (
    Move(S.COLLECTED, S.SCREENED, STAGE, (_handed_in,)),
    Move(S.SCREENED, S.COLLECTED, STAGE, (_note_given,)),
    Move(S.SCREENED, S.PUBLISHED, STAGE, (_clear, _deadline_ahead)),
    Move(S.PUBLISHED, S.ANSWERED, POSTER, (_deadline_ahead,)),
    Move(S.ANSWERED, S.JUDGED, POSTER, (_deadline_over, _has_answer)),
    Move(S.JUDGED, S.SIGNED, POSTER, (_has_choice,)),
    Move(S.SIGNED, S.ACCEPTED, POSTER),
    *(Move(before, S.WITHDRAWN, POSTER, (_note_given,)) for before in WAY[:-1]),
)


def hand_in(session: Session, actor: Actor, challenge: Challenge) -> None:
    """Give it to the officers; from here on its text stands still until they ask for changes."""
    recusal.require_steering(session, actor, challenge)
    require_editable(challenge)
    if stopping := [one for one in findings(session, actor, challenge) if one.stops]:
        raise InvalidInput(stopping[0].code, field=stopping[0].field)
    changes = audit.apply_changes(challenge, {"is_submitted": True, "officer_note": ""})
    audit.record(session, actor, "challenge.hand-in", challenge, changes=changes)
    session.flush()


def move(session: Session, actor: Actor, challenge: Challenge, after: ChallengeStage, *, note: str = "") -> None:
    """Take one step of the table; `note` is the reason where a step asks for one."""
    step = find_move(challenge, after)
    if step is None:
        raise InvalidInput("no_such_move", before=challenge.stage, after=after)
    require(actor, step.permission, challenge.organisation_id)
    recusal.require_none(session, actor, challenge)
    if step.permission is Permission.CHALLENGE_STAGE:
        require_other_hand(actor, challenge)
    for need in step.needs:
        need(session, challenge, note)

    values: dict[str, object] = {"stage": after, "officer_note": note or challenge.officer_note}
    if after is S.COLLECTED:
        values["is_submitted"] = False
    changes = audit.apply_changes(challenge, values)
    _enter(session, challenge, after)
    audit.record(session, actor, f"challenge.{after}", challenge, changes=changes)
    session.flush()


def moves_for(actor: Actor, challenge: Challenge) -> Sequence[Move]:
    """The steps that `actor` may take from here; what they still need is asked when they are taken."""
    return [
        step
        for step in MOVES
        if step.before is challenge.stage and can(actor, step.permission, challenge.organisation_id)
    ]


def hindrance(session: Session, challenge: Challenge, step: Move) -> InvalidInput | None:
    """What a step still lacks, so that a page can say it before somebody tries; a note can be given at any time."""
    try:
        for need in step.needs:
            need(session, challenge, "given later")
    except InvalidInput as missing:
        return missing
    return None


def find_move(challenge: Challenge, after: ChallengeStage) -> Move | None:
    return next((step for step in MOVES if (step.before, step.after) == (challenge.stage, after)), None)


def plan(
    session: Session,
    actor: Actor,
    challenge: Challenge,
    planned: Mapping[ChallengeStage, date | None],
    *,
    seen: str | None = None,
) -> None:
    """When each stage is meant to begin; in the order of the stages. `seen` is `seen_plan` as the form showed it."""
    recusal.require_steering(session, actor, challenge)
    session.exec(select(Challenge.id).where(Challenge.id == challenge.id).with_for_update()).one()
    check_seen("challenge_stage_dates", _plan_values(session, challenge), _by_field(planned), seen=seen)
    days = [(stage, planned[stage]) for stage in WAY if planned.get(stage)]
    for (_before, early), (stage, late) in pairwise(days):
        if early and late and late < early:
            raise InvalidInput("plan_order", field=plan_field(stage))
    changes: dict[str, object] = {}
    for stage in WAY:
        row = _row(session, challenge, stage)
        if stage in planned and row.planned_on != planned[stage]:
            changes[stage] = [row.planned_on, planned[stage]]
            row.planned_on = planned[stage]
            session.add(row)
    if changes:
        audit.record(session, actor, "challenge.plan", challenge, changes=changes)
    session.flush()


def seen_plan(session: Session, challenge: Challenge) -> str:
    """The planned days are rows of their own, so the challenge's version does not tell of them."""
    return fingerprint(_plan_values(session, challenge))


def plan_field(stage: ChallengeStage) -> str:
    return f"planned_{stage}"


def planned_days(session: Session, challenge: Challenge) -> dict[ChallengeStage, date | None]:
    rows = stage_dates(session, challenge.id)
    return {stage: rows[stage].planned_on if stage in rows else None for stage in WAY}


def extend(session: Session, actor: Actor, challenge: Challenge, until: date) -> None:
    """Give more time for answers: later only, since somebody may count on the present day."""
    recusal.require_steering(session, actor, challenge)
    if challenge.stage not in (S.PUBLISHED, S.ANSWERED):
        raise InvalidInput("no_such_move", before=challenge.stage, after=S.ANSWERED)
    if until < today() or (challenge.answers_until and until <= challenge.answers_until):
        raise InvalidInput("deadline_only_later", field="until")
    changes = audit.apply_changes(challenge, {"answers_until": until})
    audit.record(session, actor, "challenge.extend", challenge, changes=changes)
    session.flush()


def count_answers(session: Session, challenge: Challenge, states: Sequence[AnswerState]) -> int:
    """For services that have asked for permission: how many answers there are is the poster's business."""
    counted = sa.select(sa.func.count()).where(
        col(ChallengeAnswer.challenge_id) == challenge.id, col(ChallengeAnswer.state).in_(states)
    )
    return session.scalar(counted) or 0


def _plan_values(session: Session, challenge: Challenge) -> dict[str, object]:
    return _by_field(planned_days(session, challenge))


def _by_field(planned: Mapping[ChallengeStage, date | None]) -> dict[str, object]:
    return {plan_field(stage): day for stage, day in planned.items()}


def _enter(session: Session, challenge: Challenge, stage: ChallengeStage) -> None:
    row = _row(session, challenge, stage)
    row.entered_at = utc_now()
    session.add(row)


def _row(session: Session, challenge: Challenge, stage: ChallengeStage) -> ChallengeStageDate:
    return session.get(ChallengeStageDate, (challenge.id, stage)) or ChallengeStageDate(
        challenge_id=challenge.id, stage=stage
    )
