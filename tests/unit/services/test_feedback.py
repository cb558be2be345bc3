"""What is kept of a judgement on a candidate."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import select

from matchmaker.errors import InvalidInput, NotAllowed, NotFound
from matchmaker.services import feedback
from matchmaker.services.calendar import today
from matchmaker.services.learning.outcomes import Pair, end_of, read_answers
from models.audit import AuditEntry
from models.base import new_id, utc_now
from models.enums import DeclineReason, InteractionKind, MembershipRole, OrganisationState, OutcomeKind
from models.matching import Interaction, RankingRun
from tests import records as make

USEFUL, NOT_USEFUL = InteractionKind.USEFUL, InteractionKind.NOT_USEFUL


@pytest.fixture
def case(registry):
    ours, theirs = make.organisation(registry), make.organisation(registry)
    return registry, make.member(registry, ours), make.need(registry, ours), theirs


def test_a_later_answer_replaces_the_earlier_and_both_are_in_the_audit_log(case):
    session, actor, need, theirs = case

    first = feedback.give(session, actor, need.id, theirs.id, USEFUL)
    second = feedback.give(session, actor, need.id, theirs.id, NOT_USEFUL, reason=DeclineReason.TOO_EARLY, note="再等")

    entries = session.exec(select(AuditEntry).where(AuditEntry.action == "feedback.give")).all()
    assert second.id == first.id
    assert session.exec(select(Interaction)).one().reason is DeclineReason.TOO_EARLY
    assert entries[1].changes["kind"] == ["useful", "not_useful"]


def test_a_colleague_replaces_what_was_said_for_the_organisation(case):
    session, actor, need, theirs = case
    colleague = make.member(session, session.get(type(theirs), need.organisation_id), role=MembershipRole.EDITOR)

    feedback.give(session, actor, need.id, theirs.id, USEFUL)
    feedback.give(session, colleague, need.id, theirs.id, NOT_USEFUL, reason=DeclineReason.TERMS)

    assert session.exec(select(Interaction)).one().user_id == colleague.user_id


def test_a_reason_of_an_answer_that_became_useful_is_dropped(case):
    session, actor, need, theirs = case

    feedback.give(session, actor, need.id, theirs.id, NOT_USEFUL, reason=DeclineReason.TERMS)
    given = feedback.give(session, actor, need.id, theirs.id, USEFUL, reason=DeclineReason.TERMS)

    assert given.reason is None


def test_the_list_on_which_the_candidate_stood_gives_position_and_offer(case):
    session, actor, need, theirs = case
    offer = make.offer(session, theirs)
    line = {"organisation_id": str(theirs.id), "offer_id": str(offer.id), "is_facility": False, "position": 7}
    run = RankingRun(need_id=need.id, preset_code="partners", index_version="1", shown=[line])
    session.add(run)
    session.flush()

    given = feedback.give(session, actor, need.id, theirs.id, USEFUL, run_id=run.id)

    assert (given.run_id, given.position, given.offer_id) == (run.id, 7, offer.id)


def test_a_list_that_was_not_kept_or_is_of_another_need_gives_nothing(case):
    session, actor, need, theirs = case
    other = make.need(session, theirs)
    run = RankingRun(need_id=other.id, preset_code="partners", index_version="1", shown=[])
    session.add(run)
    session.flush()

    for run_id in (run.id, new_id()):
        assert feedback.give(session, actor, need.id, theirs.id, USEFUL, run_id=run_id).run_id is None


@pytest.mark.parametrize(
    ("kind", "reason", "note", "code"),
    [
        (InteractionKind.SHOWN, None, "", "feedback_kind"),
        (NOT_USEFUL, None, "", "feedback_reason_missing"),
        (NOT_USEFUL, DeclineReason.OTHER, " ", "feedback_note_missing"),
        (USEFUL, None, "长" * 1001, "feedback_note_too_long"),
    ],
)
def test_an_answer_must_be_complete(case, kind, reason, note, code):
    session, actor, need, theirs = case

    with pytest.raises(InvalidInput) as refused:
        feedback.give(session, actor, need.id, theirs.id, kind, reason=reason, note=note)

    assert refused.value.code == code
    assert session.exec(select(Interaction)).all() == []


def test_only_who_edits_for_the_organisation_may_judge(case):
    session, _actor, need, theirs = case
    ours = session.get(type(theirs), need.organisation_id)

    with pytest.raises(NotAllowed):
        feedback.give(session, make.member(session, ours, role=MembershipRole.VIEWER), need.id, theirs.id, USEFUL)
    with pytest.raises(NotAllowed):
        feedback.give(session, make.officer(session), need.id, theirs.id, USEFUL)
    with pytest.raises(NotFound):
        feedback.give(session, make.member(session, theirs), need.id, theirs.id, USEFUL)


def test_nobody_is_their_own_candidate_and_a_closed_organisation_is_none(case):
    session, actor, need, theirs = case
    theirs.state = OrganisationState.CLOSED
    session.flush()

    for candidate_id in (need.organisation_id, theirs.id, new_id()):
        with pytest.raises(NotFound):
            feedback.give(session, actor, need.id, candidate_id, USEFUL)


def test_a_judgement_that_is_changed_is_of_the_day_of_its_change(case):
    session, actor, need, theirs = case
    given = feedback.give(session, actor, need.id, theirs.id, USEFUL)
    given.created_at = long_ago = utc_now() - timedelta(days=100)
    session.flush()

    feedback.give(session, actor, need.id, theirs.id, USEFUL, note="再看一眼")
    unchanged = given.created_at
    feedback.give(session, actor, need.id, theirs.id, NOT_USEFUL, reason=DeclineReason.TERMS)

    assert unchanged == long_ago
    assert read_answers(session, as_of=(long_ago + timedelta(days=50)).date()) == {}
    assert read_answers(session, as_of=today())[Pair(need.id, theirs.id)].kind is OutcomeKind.NOT_USEFUL


def test_a_day_ends_at_midnight_in_china_and_a_run_in_its_small_hours_knows_what_came_before_it():
    day, began = date(2026, 11, 23), datetime(2026, 11, 22, 17, tzinfo=UTC)

    assert end_of(day) == datetime(2026, 11, 23, 16, tzinfo=UTC)
    assert end_of(day, asked_at=began) == began
