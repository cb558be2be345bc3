"""Challenges: writing them, and who sees what of them."""

import pytest
from sqlmodel import select

from matchmaker.errors import InvalidInput, NotAllowed, NotFound, Stale
from matchmaker.services.actors import VISITOR
from matchmaker.services.challenges import access, answers, editing, listing, reading, seeing, stages
from matchmaker.services.challenges.drafts import (
    MetricDraft,
    MetricsDraft,
    ProblemDraft,
    SeatDraft,
    TeamDraft,
    TermsDraft,
)
from matchmaker.services.challenges.listing import Filters
from matchmaker.services.picked import Tag
from models.audit import AuditEntry
from models.enums import (
    AccessState,
    ChallengeKind,
    ChallengeStage,
    EvaluationWay,
    Grade,
    MembershipRole,
    OrganisationState,
)
from models.organisations import Organisation
from tests import challenge_factory as challenges
from tests import records as make
from tests.challenge_drafts import METRIC, PROBLEM, TEAM, terms

S = ChallengeStage


def _own(session, actor):
    (organisation_id,) = actor.memberships
    return session.get_one(Organisation, organisation_id)


# Writing


def test_a_challenge_begins_as_a_draft_of_its_poster(registry, draft):
    assert (draft.stage, draft.is_submitted) == (S.COLLECTED, False)
    assert reading.stored(registry, draft, ProblemDraft) == PROBLEM
    assert reading.stored(registry, draft, MetricsDraft) == MetricsDraft(metrics=(METRIC,))
    assert reading.stored(registry, draft, TeamDraft) == TEAM
    assert reading.stored(registry, draft, TermsDraft) == terms()


def test_every_change_is_in_the_audit(registry, draft):
    actions = [entry.action for entry in registry.exec(select(AuditEntry))]

    assert actions == ["challenge.create", *["challenge.update"] * 3]


def test_a_button_pressed_twice_makes_one_challenge(registry, leader, poster):
    first, second = (editing.create(registry, poster, leader, PROBLEM) for _ in range(2))

    assert first is second


def test_a_stranger_may_not_post_for_somebody_else(registry, leader, stranger):
    with pytest.raises(NotAllowed):
        editing.create(registry, stranger, leader, PROBLEM)


def test_a_viewer_reads_a_draft_and_does_not_write_it(registry, leader, draft):
    viewer = make.member(registry, leader, role=MembershipRole.VIEWER)

    assert seeing.get_view(registry, viewer, draft.id).brief is not None
    with pytest.raises(NotAllowed):
        editing.edit(registry, viewer, draft, PROBLEM)


def test_two_people_on_one_step_lose_nothing(registry, poster, draft):
    version = draft.version
    editing.edit(registry, poster, draft, terms(budget=8e6), expected_version=version)

    with pytest.raises(Stale) as conflict:
        editing.edit(registry, poster, draft, terms(months=6), expected_version=version)

    assert conflict.value.differences == {"budget": (8e6, 5e6), "months": (12, 6)}


def test_metrics_of_a_colleague_are_not_overwritten_unseen(registry, poster, draft):
    version = draft.version
    editing.edit(registry, poster, draft, MetricsDraft(metrics=(METRIC, METRIC)), expected_version=version)

    with pytest.raises(Stale):
        editing.edit(registry, poster, draft, MetricsDraft(), expected_version=version)


def test_saving_the_same_again_changes_nothing(registry, poster, draft):
    version = draft.version

    editing.edit(registry, poster, draft, TEAM, expected_version=version)
    registry.flush()

    assert draft.version == version


@pytest.mark.parametrize(
    ("step", "code"),
    [
        (ProblemDraft(kind=ChallengeKind.SCENE), "title_missing"),
        (ProblemDraft(kind=ChallengeKind.SCENE, title_zh="场景", trl_from=3), "trl_both_ends"),
        (ProblemDraft(kind=ChallengeKind.SCENE, title_zh="场景", node_codes=("nowhere",)), "unknown_nodes"),
        (MetricsDraft(metrics=(MetricDraft(target=1),)), "metric_without_name"),
        (MetricsDraft(metrics=(MetricDraft(name_zh="质量", target=float("nan")),)), "metric_without_figure"),
        (MetricsDraft(metrics=(METRIC,) * 13), "too_many_metrics"),
        (TeamDraft(tags=(Tag(capability_code="magic", level=3),)), "unknown_capabilities"),
        (TeamDraft(seats=(SeatDraft(role_zh="研发", least=2, most=1),)), "seat_count"),
        (TeamDraft(seats=(SeatDraft(role_zh="研发", least=3, most=3),), members_at_most=2), "seats_over_members"),
        (TeamDraft(seats=(SeatDraft(role_zh="研发", kinds=("wizard",)),)), "seat_kind"),
        (terms(own_money=9e6), "own_money_over_budget"),
        (terms(budget=-1), "out_of_range"),
        (terms(racers=3), "racers_of_way"),
        (terms(evaluation_way=EvaluationWay.RACE), "racers_of_way"),
        (terms(answerer_districts=("999999",)), "unknown_districts"),
        (terms(answerer_certifications=("best-firm",)), "unknown_schemes"),
        (terms(answerer_kinds=("wizard",)), "unknown_choice"),
    ],
)
def test_what_means_nothing_is_refused_with_its_field(registry, poster, draft, step, code):
    with pytest.raises(InvalidInput) as refused:
        editing.edit(registry, poster, draft, step)

    assert refused.value.code == code
    assert refused.value.field


def test_what_is_handed_in_stands_still(registry, poster, draft):
    stages.hand_in(registry, poster, draft)

    with pytest.raises(InvalidInput, match="challenge_handed_in"):
        editing.edit(registry, poster, draft, PROBLEM)


# Who sees what


def test_a_draft_exists_for_its_people_and_officers_only(registry, draft, poster, officer, stranger):
    assert seeing.find_seen(registry, poster, draft.id)
    assert seeing.find_seen(registry, officer, draft.id)
    assert seeing.find_seen(registry, stranger, draft.id) is None
    assert seeing.find_seen(registry, VISITOR, draft.id) is None
    with pytest.raises(NotFound):
        editing.get_editable(registry, stranger, draft.id)


def test_of_a_conditional_one_the_brief_is_kept_from_strangers(registry, leader, poster, stranger):
    asked = challenges.challenge(registry, leader, secrecy=Grade.CONDITIONAL)

    assert seeing.get_view(registry, poster, asked.id).brief is not None
    view = seeing.get_view(registry, stranger, asked.id)
    assert view.brief is None
    assert challenges.PROBLEM not in repr(view)
    assert "冷启动时间" not in repr(view)


def test_who_was_let_in_reads_the_brief(registry, leader, stranger):
    asked = challenges.challenge(registry, leader, secrecy=Grade.CONDITIONAL)
    access_row = challenges.let_in(registry, asked, _own(registry, stranger), state=AccessState.ASKED)
    assert seeing.get_view(registry, stranger, asked.id).brief is None

    access_row.state = AccessState.GRANTED
    registry.flush()

    assert seeing.get_view(registry, stranger, asked.id).brief is not None


def test_a_closed_one_is_in_no_list_count_or_search_of_strangers(registry, leader, poster, stranger):
    challenges.challenge(registry, leader, secrecy=Grade.CLOSED, title_zh="秘密榜单", node_codes=["nev-bms"])

    for filters in (Filters(), Filters(words="秘密"), Filters(chain="nev"), Filters(is_open=True)):
        found = listing.list_challenges(registry, stranger, filters)
        assert found.page.total == 0
        assert not any(found.counts[name] for name in found.counts)
    assert listing.list_challenges(registry, poster, Filters(words="秘密")).page.total == 1


def test_a_closed_one_is_there_for_who_was_invited(registry, leader, poster, stranger):
    asked = challenges.challenge(registry, leader, secrecy=Grade.CLOSED)

    access.invite(registry, poster, asked, _own(registry, stranger))

    assert seeing.get_view(registry, stranger, asked.id).brief is not None
    assert listing.list_challenges(registry, stranger, Filters()).page.total == 1


def test_search_reads_titles_and_nothing_that_may_be_secret(registry, leader, stranger):
    challenges.challenge(registry, leader, secrecy=Grade.CONDITIONAL, title_zh="一个标题")

    assert listing.list_challenges(registry, stranger, Filters(words="零下三十度")).page.total == 0
    assert listing.list_challenges(registry, stranger, Filters(words="一个标题")).page.total == 1


def test_challenges_of_a_closed_organisation_are_gone_for_strangers(registry, leader, stranger):
    challenges.challenge(registry, leader)
    leader.state = OrganisationState.CLOSED
    registry.flush()

    assert listing.list_challenges(registry, stranger, Filters()).page.total == 0


def test_officers_notes_and_points_are_not_for_strangers(registry, leader, stranger):
    asked = challenges.challenge(registry, leader, clarity_points=12, officer_note="请补充")

    view = seeing.get_view(registry, stranger, asked.id)

    assert (view.officer_note, view.clarity_points) == ("", None)


def test_asking_to_be_let_in_names_a_purpose(registry, leader, poster, stranger):
    asked = challenges.challenge(registry, leader, secrecy=Grade.CONDITIONAL)
    own = _own(registry, stranger)

    with pytest.raises(InvalidInput, match="purpose_too_short"):
        access.ask(registry, stranger, asked.id, own.id, "想看")
    row = access.ask(registry, stranger, asked.id, own.id, "拟承担融合感知子任务，需要了解道路条件")

    assert row.state is AccessState.ASKED
    with pytest.raises(InvalidInput, match="note_missing"):
        access.decide(registry, poster, row, AccessState.REFUSED)
    with pytest.raises(NotAllowed):
        access.decide(registry, stranger, row, AccessState.GRANTED)
    access.decide(registry, poster, row, AccessState.GRANTED)
    with pytest.raises(InvalidInput, match="let_in_already"):
        access.decide(registry, poster, row, AccessState.REFUSED, "同事已经同意")
    assert seeing.get_view(registry, stranger, asked.id).brief is not None


def test_nobody_asks_for_what_they_cannot_know_of(registry, leader, stranger):
    asked = challenges.challenge(registry, leader, secrecy=Grade.CLOSED)

    with pytest.raises(NotFound):
        access.ask(registry, stranger, asked.id, _own(registry, stranger).id, "拟承担融合感知子任务")


@pytest.mark.parametrize("secrecy", [Grade.CONDITIONAL, Grade.CLOSED])
def test_letting_in_can_be_taken_back_with_a_reason(registry, leader, poster, stranger, secrecy):
    asked = challenges.challenge(registry, leader, secrecy=secrecy)
    row = challenges.let_in(registry, asked, _own(registry, stranger))

    with pytest.raises(InvalidInput, match="note_missing"):
        access.revoke(registry, poster, row, "")
    with pytest.raises(NotAllowed):
        access.revoke(registry, stranger, row, "退出")
    assert seeing.get_view(registry, stranger, asked.id).brief is not None
    access.revoke(registry, poster, row, "保密协议已终止")

    if secrecy is Grade.CLOSED:
        assert seeing.find_seen(registry, stranger, asked.id) is None
    else:
        assert seeing.get_view(registry, stranger, asked.id).brief is None
    entry = registry.exec(select(AuditEntry).where(AuditEntry.action == "challenge-access.revoked")).one()
    assert entry.changes["state"] == ["granted", "refused"]
    assert entry.changes["note"][1] == row.note == "保密协议已终止"


def test_who_is_shut_out_still_reads_its_own_answer_and_does_not_change_it(registry, leader, poster, stranger):
    asked = challenges.challenge(registry, leader, secrecy=Grade.CLOSED)
    own = _own(registry, stranger)
    row, answer = challenges.let_in(registry, asked, own), challenges.answer(registry, asked, own)

    access.revoke(registry, poster, row, "保密协议已终止")

    assert answers.get(registry, stranger, answer.id) is answer
    assert seeing.get_view(registry, stranger, asked.id).brief is None
    with pytest.raises(InvalidInput, match="not_let_in"):
        answers.get_form_of(registry, stranger, asked.id, own.id)
