"""Expressions of interest: an organisation asks a candidate of its need, the candidate says yes or no.

Nothing personal goes from one side to the other: organisations ask and answer, people act for them and stand in the
audit log only. Every step is also an event (`Interaction`) that training reads.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from uuid import UUID

from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, NotFound
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, can, require
from matchmaker.services.calendar import today
from matchmaker.services.changes import check_version, touch
from matchmaker.services.feedback import get_candidate, get_need, where_shown
from matchmaker.services.postings import is_live
from models.base import utc_now
from models.enums import DeclineReason, InteractionKind, InterestState, OrganisationState
from models.interest import Interest
from models.matching import Interaction
from models.offers import Need
from models.organisations import Organisation

S = InterestState
# From which states a step leads on. What nobody has expressed yet stands as if it had been withdrawn.
STEPS: Mapping[InterestState, frozenset[InterestState]] = {
    S.SHORTLISTED: frozenset({S.WITHDRAWN}),
    S.ASKED: frozenset({S.SHORTLISTED, S.WITHDRAWN}),
    S.WITHDRAWN: frozenset({S.SHORTLISTED, S.ASKED, S.ACCEPTED}),
    # An answer given anew has another reason or another word.
    S.ACCEPTED: frozenset({S.ASKED, S.DECLINED, S.ACCEPTED}),
    S.DECLINED: frozenset({S.ASKED, S.ACCEPTED, S.DECLINED}),
    S.AGREED: frozenset({S.ACCEPTED}),
    S.CONTRACTED: frozenset({S.ACCEPTED, S.AGREED}),
}
# What the candidate learns of; the rest is the asking side's own business.
KNOWN_TO_BOTH = frozenset({S.ASKED, S.ACCEPTED, S.DECLINED, S.AGREED, S.CONTRACTED})
LONGEST_TEXT = 1000
# What one side tells the other with a step.
WORDS = ("message", "reason", "answer")


@dataclass(frozen=True)
class Request:
    """An interest with the need it is about and the other side."""

    interest: Interest
    need: Need
    other: Organisation


def shortlist(
    session: Session, actor: Actor, need_id: UUID, candidate_id: UUID, *, run_id: UUID | None = None
) -> Interest:
    """Keep a candidate in mind; only the asking side sees it. `run_id` is the list on which they were shown."""
    interest, shown = _of_asker(session, actor, need_id, candidate_id, run_id)
    return _step(session, actor, interest, S.SHORTLISTED, expected_version=None, values=shown)


def ask(
    session: Session,
    actor: Actor,
    need_id: UUID,
    candidate_id: UUID,
    message: str = "",
    *,
    run_id: UUID | None = None,
    expected_version: int | None = None,
) -> Interest:
    """Tell the candidate of the need and ask whether it would talk about it. The need must be live."""
    _check_length(message, "message")
    interest, shown = _of_asker(session, actor, need_id, candidate_id, run_id)
    asker = session.get_one(Organisation, interest.organisation_id)
    # Needs of an organisation that is closed are shown to nobody, however they are dated.
    if asker.state is not OrganisationState.ACTIVE or not is_live(session.get_one(Need, need_id), today()):
        raise InvalidInput("need_not_live", field="message")
    values = {**shown, "message": message, "asked_at": utc_now(), "answered_at": None, "reason": None, "answer": ""}
    return _step(session, actor, interest, S.ASKED, expected_version=expected_version, values=values, note=message)


def withdraw(session: Session, actor: Actor, interest_id: UUID, *, expected_version: int | None = None) -> Interest:
    return _report(session, actor, interest_id, S.WITHDRAWN, expected_version)


def agree(session: Session, actor: Actor, interest_id: UUID, *, expected_version: int | None = None) -> Interest:
    """The asking side says that the two have agreed to work together."""
    return _report(session, actor, interest_id, S.AGREED, expected_version)


def sign(session: Session, actor: Actor, interest_id: UUID, *, expected_version: int | None = None) -> Interest:
    """The asking side says that a contract is signed."""
    return _report(session, actor, interest_id, S.CONTRACTED, expected_version)


def note_contract(session: Session, actor: Actor, interest: Interest) -> None:
    """Both sides have said that a contract is signed (`services.outcomes`); one that was noted already stays."""
    if interest.state in STEPS[S.CONTRACTED]:
        _step(session, actor, interest, S.CONTRACTED, expected_version=None)


def accept(
    session: Session, actor: Actor, interest_id: UUID, answer: str = "", *, expected_version: int | None = None
) -> Interest:
    """The candidate would talk about it; a no of before is taken back."""
    _check_length(answer, "answer")
    interest = _of_candidate(session, actor, interest_id)
    return _answer(session, actor, interest, S.ACCEPTED, None, answer, expected_version)


def decline(
    session: Session,
    actor: Actor,
    interest_id: UUID,
    reason: DeclineReason,
    answer: str = "",
    *,
    expected_version: int | None = None,
) -> Interest:
    """The candidate would not, and says why; the asker is told."""
    _check_length(answer, "answer")
    if reason is DeclineReason.OTHER and not answer.strip():
        raise InvalidInput("feedback_note_missing", field="answer")
    interest = _of_candidate(session, actor, interest_id)
    return _answer(session, actor, interest, S.DECLINED, reason, answer, expected_version)


def by_candidate(session: Session, actor: Actor, need_id: UUID, candidate_ids: Iterable[UUID]) -> dict[UUID, Interest]:
    """How far the need's organisation has come with each of these candidates; nothing for who may not see that."""
    need = get_need(session, actor, need_id)
    if not can(actor, Permission.INTEREST_VIEW, need.organisation_id):
        return {}
    held = select(Interest).where(Interest.need_id == need.id, col(Interest.candidate_id).in_(list(candidate_ids)))
    return {one.candidate_id: one for one in session.exec(held)}


def get_interest(session: Session, actor: Actor, interest_id: UUID) -> Interest:
    """For either side, as far as it knows of it."""
    interest = session.get(Interest, interest_id)
    if interest is None or not (is_of_asker(actor, interest) or is_of_candidate(actor, interest)):
        raise NotFound("interest", interest_id)
    return interest


def is_of_asker(actor: Actor, interest: Interest) -> bool:
    return can(actor, Permission.INTEREST_VIEW, interest.organisation_id)


def is_of_candidate(actor: Actor, interest: Interest) -> bool:
    return interest.state in KNOWN_TO_BOTH and can(actor, Permission.INTEREST_VIEW, interest.candidate_id)


def get_sent(session: Session, actor: Actor, interest_id: UUID) -> Interest:
    """For the asking side."""
    interest = session.get(Interest, interest_id)
    if interest is None or not is_of_asker(actor, interest):
        raise NotFound("interest", interest_id)
    return interest


def get_received(session: Session, actor: Actor, interest_id: UUID) -> Interest:
    """For the candidate, who knows nothing of a shortlist and of what was withdrawn."""
    interest = session.get(Interest, interest_id)
    if interest is None or not is_of_candidate(actor, interest):
        raise NotFound("interest", interest_id)
    return interest


def list_sent(session: Session, actor: Actor, organisation_id: UUID) -> Sequence[Interest]:
    """What the organisation has on its shortlists and has asked, the latest change first."""
    require(actor, Permission.INTEREST_VIEW, organisation_id)
    sent = select(Interest).where(
        Interest.organisation_id == organisation_id, col(Interest.state) != InterestState.WITHDRAWN
    )
    return session.exec(sent.order_by(col(Interest.changed_at).desc(), col(Interest.id))).all()


def list_received(session: Session, actor: Actor, organisation_id: UUID) -> Sequence[Interest]:
    """Who has asked the organisation: what waits for an answer first, the oldest on top."""
    require(actor, Permission.INTEREST_VIEW, organisation_id)
    received = select(Interest).where(
        Interest.candidate_id == organisation_id, col(Interest.state).in_(sorted(KNOWN_TO_BOTH))
    )
    is_over = col(Interest.state) != InterestState.ASKED
    return session.exec(received.order_by(is_over, col(Interest.asked_at), col(Interest.id))).all()


def requests_sent(session: Session, actor: Actor, organisation_id: UUID) -> list[Request]:
    return _requests(session, list_sent(session, actor, organisation_id), "candidate_id")


def requests_received(session: Session, actor: Actor, organisation_id: UUID) -> list[Request]:
    return _requests(session, list_received(session, actor, organisation_id), "organisation_id")


def _requests(session: Session, held: Sequence[Interest], other: str) -> list[Request]:
    """With need and other side, in two queries; `other` is the column of the side that is not ours."""
    needs = select(Need).where(col(Need.id).in_({one.need_id for one in held}))
    others = select(Organisation).where(col(Organisation.id).in_({getattr(one, other) for one in held}))
    need_of = {need.id: need for need in session.exec(needs)}
    side_of = {organisation.id: organisation for organisation in session.exec(others)}
    return [Request(one, need_of[one.need_id], side_of[getattr(one, other)]) for one in held]


def _of_asker(
    session: Session, actor: Actor, need_id: UUID, candidate_id: UUID, run_id: UUID | None
) -> tuple[Interest, Mapping[str, object]]:
    """The row of this need and candidate, not yet stored where it is new, and where the candidate was shown."""
    need = get_need(session, actor, need_id)
    require(actor, Permission.INTEREST_EXPRESS, need.organisation_id)
    candidate = get_candidate(session, need, candidate_id)
    held = select(Interest).where(Interest.need_id == need.id, Interest.candidate_id == candidate.id)
    interest = session.exec(held).one_or_none()
    if interest is None:
        interest = Interest(
            need_id=need.id, organisation_id=need.organisation_id, candidate_id=candidate.id, state=S.WITHDRAWN
        )
    return interest, where_shown(session, need, candidate, run_id)


def _of_candidate(session: Session, actor: Actor, interest_id: UUID) -> Interest:
    interest = get_received(session, actor, interest_id)
    require(actor, Permission.INTEREST_ANSWER, interest.candidate_id)
    return interest


def _report(
    session: Session, actor: Actor, interest_id: UUID, state: InterestState, expected_version: int | None
) -> Interest:
    interest = get_sent(session, actor, interest_id)
    require(actor, Permission.INTEREST_EXPRESS, interest.organisation_id)
    return _step(session, actor, interest, state, expected_version=expected_version)


def _answer(
    session: Session,
    actor: Actor,
    interest: Interest,
    state: InterestState,
    reason: DeclineReason | None,
    answer: str,
    expected_version: int | None,
) -> Interest:
    values = {"reason": reason, "answer": answer, "answered_at": utc_now()}
    _step(session, actor, interest, state, expected_version=expected_version, values=values, note=answer)
    # What an organisation declines for lowers its place on lists, so the index reads it again.
    touch(session, session.get_one(Organisation, interest.candidate_id))
    return interest


def _step(
    session: Session,
    actor: Actor,
    interest: Interest,
    state: InterestState,
    *,
    expected_version: int | None,
    values: Mapping[str, object] = MappingProxyType({}),
    note: str = "",
) -> Interest:
    """Go on to `state`, with its audit row and its event; sent twice, it is done once."""
    before = interest.state
    told = {name: values[name] for name in WORDS if name in values}
    if before is state and all(getattr(interest, name) == word for name, word in told.items()):
        return interest
    check_version(interest, {"state": state, **told}, expected_version=expected_version)
    if before not in STEPS[state]:
        raise InvalidInput("interest_step", field=None, before=before, after=state)
    changes = audit.apply_changes(interest, {"state": state, **values})
    session.add(interest)
    session.flush()
    audit.record(session, actor, f"interest.{state}", interest, changes=changes)
    session.add(_event(actor, interest, note))
    session.flush()
    return interest


def _event(actor: Actor, interest: Interest, note: str) -> Interaction:
    return Interaction(
        kind=InteractionKind(interest.state.value),
        user_id=actor.user_id,
        organisation_id=interest.organisation_id,
        candidate_id=interest.candidate_id,
        need_id=interest.need_id,
        offer_id=interest.offer_id,
        run_id=interest.run_id,
        position=interest.position,
        reason=interest.reason,
        note=note,
    )


def _check_length(text: str, field: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise InvalidInput("feedback_note_too_long", field=field, most=LONGEST_TEXT)
