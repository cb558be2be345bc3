"""Saying what came of a match, and the other side's word on it.

A statement counts in the funnel once the other side has confirmed it. Until then who made it may take it back; what
both have said stands. No profile changes by it: a firm raises the readiness of its own offers itself.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, NotFound
from matchmaker.services import audit, interests
from matchmaker.services.actors import Actor, Permission, can, require
from matchmaker.services.calendar import today
from matchmaker.services.changes import check_version
from matchmaker.services.outcomes.drafts import LONGEST_NOTE, OutcomeDraft, check
from matchmaker.services.outcomes.matches import Match, MatchKind, get_match
from models.base import utc_now
from models.enums import MatchOutcomeKind, MatchOutcomeState
from models.interest import Interest
from models.outcomes import MatchOutcome

S = MatchOutcomeState
# What may still change: the other side can think again until it has confirmed.
UNSETTLED = (S.STATED, S.DISPUTED)


def state_outcome(
    session: Session,
    actor: Actor,
    organisation_id: UUID,
    kind: MatchKind,
    match_id: UUID,
    draft: OutcomeDraft,
    *,
    other_id: UUID | None = None,
) -> MatchOutcome:
    """Say what came of a match of `organisation_id`; `other_id` names the member where a lead has several."""
    require(actor, Permission.OUTCOME_STATE, organisation_id)
    match = get_match(session, actor, organisation_id, kind, match_id)
    check(draft, since=match.since, today=today())
    other = _other(match, other_id)
    _refuse_twice(match, draft, other)
    outcome = MatchOutcome(stated_by_id=organisation_id, other_id=other, **vars(draft))
    setattr(outcome, f"{kind.value}_id", match_id)
    session.add(outcome)
    session.flush()
    told = {"kind": draft.kind, "other_id": other, "happened_on": draft.happened_on, "state": [None, S.STATED]}
    audit.record(session, actor, "outcome.state", outcome, organisation_id=organisation_id, changes=told)
    session.flush()
    return outcome


def confirm(
    session: Session, actor: Actor, outcome_id: UUID, answer: str = "", *, expected_version: int | None = None
) -> MatchOutcome:
    """The other side says the same. A contract moves the interest on, as if the asking side had noted it."""
    outcome = _get_to_answer(session, actor, outcome_id)
    _answer(session, actor, outcome, S.CONFIRMED, answer, expected_version)
    if outcome.kind is MatchOutcomeKind.CONTRACT and outcome.interest_id is not None:
        interests.note_contract(session, actor, session.get_one(Interest, outcome.interest_id))
    return outcome


def dispute(
    session: Session, actor: Actor, outcome_id: UUID, answer: str, *, expected_version: int | None = None
) -> MatchOutcome:
    """The other side says that it was not so, and how it was."""
    if not answer.strip():
        raise InvalidInput("answer_missing", field="answer")
    outcome = _get_to_answer(session, actor, outcome_id)
    return _answer(session, actor, outcome, S.DISPUTED, answer, expected_version)


def take_back(session: Session, actor: Actor, outcome_id: UUID) -> MatchOutcome:
    """Who said it says no more; for what is not confirmed. Done twice it is done once."""
    outcome = session.get(MatchOutcome, outcome_id)
    if outcome is None or not can(actor, Permission.INTEREST_VIEW, outcome.stated_by_id):
        raise NotFound("outcome", outcome_id)
    require(actor, Permission.OUTCOME_STATE, outcome.stated_by_id)
    if outcome.state is S.CONFIRMED:
        raise InvalidInput("outcome_confirmed")
    return _store(session, actor, outcome, "outcome.take_back", {"state": S.WITHDRAWN})


def get_outcome(session: Session, actor: Actor, outcome_id: UUID) -> MatchOutcome:
    """For its two sides; what was taken back is there for nobody."""
    outcome = session.get(MatchOutcome, outcome_id)
    if outcome is None or outcome.state is S.WITHDRAWN or not sides_of(actor, outcome):
        raise NotFound("outcome", outcome_id)
    return outcome


def sides_of(actor: Actor, outcome: MatchOutcome) -> tuple[UUID, ...]:
    """The sides of it that the actor belongs to, who said it first."""
    return tuple(
        side for side in (outcome.stated_by_id, outcome.other_id) if can(actor, Permission.INTEREST_VIEW, side)
    )


def list_to_answer(session: Session, actor: Actor, organisation_id: UUID) -> Sequence[MatchOutcome]:
    """What others said and this organisation has not answered, the oldest first."""
    require(actor, Permission.INTEREST_VIEW, organisation_id)
    waiting = select(MatchOutcome).where(MatchOutcome.other_id == organisation_id, MatchOutcome.state == S.STATED)
    return session.exec(waiting.order_by(col(MatchOutcome.created_at), col(MatchOutcome.id))).all()


def _other(match: Match, other_id: UUID | None) -> UUID:
    known = [one.id for one in match.others]
    if other_id is None and len(known) == 1:
        return known[0]
    if other_id not in known:
        raise InvalidInput("outcome_other_side", field="other_id")
    return other_id


def _refuse_twice(match: Match, draft: OutcomeDraft, other: UUID) -> None:
    """The same thing said by the other side is to be confirmed, not said again."""
    for one in match.outcomes:
        sides = {one.stated_by_id, one.other_id}
        same = (one.kind, one.happened_on, sides) == (draft.kind, draft.happened_on, {match.organisation_id, other})
        if same and one.state is not S.DISPUTED:
            raise InvalidInput("outcome_said_already", field="happened_on")


def _get_to_answer(session: Session, actor: Actor, outcome_id: UUID) -> MatchOutcome:
    outcome = get_outcome(session, actor, outcome_id)
    require(actor, Permission.OUTCOME_STATE, outcome.other_id)
    return outcome


def _answer(
    session: Session,
    actor: Actor,
    outcome: MatchOutcome,
    state: MatchOutcomeState,
    answer: str,
    expected_version: int | None,
) -> MatchOutcome:
    if len(answer) > LONGEST_NOTE:
        raise InvalidInput("answer_too_long", field="answer", most=LONGEST_NOTE)
    if outcome.state is state and outcome.answer == answer:
        return outcome
    check_version(outcome, {"state": state, "answer": answer}, expected_version=expected_version)
    if outcome.state not in UNSETTLED:
        raise InvalidInput("outcome_confirmed")
    values = {"state": state, "answer": answer, "answered_at": utc_now()}
    return _store(session, actor, outcome, f"outcome.{state}", values)


def _store(
    session: Session, actor: Actor, outcome: MatchOutcome, action: str, values: dict[str, object]
) -> MatchOutcome:
    changes = audit.apply_changes(outcome, values)
    if changes:
        session.add(outcome)
        session.flush()
        audit.record(session, actor, action, outcome, organisation_id=outcome.stated_by_id, changes=changes)
        session.flush()
    return outcome
