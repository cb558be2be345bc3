"""Challenges: writing them, who sees what of them, what is vague, and their way through the stages."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from matchmaker.errors import InvalidInput, NotAllowed, NotFound, Stale
from matchmaker.services.actors import VISITOR, Actor
from matchmaker.services.calendar import today
from matchmaker.services.challenges import access, clarity, editing, listing, reading, screening, seeing, stages
from matchmaker.services.challenges.drafts import (
    MetricDraft,
    MetricsDraft,
    ProblemDraft,
    SeatDraft,
    TeamDraft,
    TermsDraft,
)
from matchmaker.services.challenges.listing import Filters
from matchmaker.services.postings import Tag
from models.audit import AuditEntry
from models.challenges import ClarityLimit, VagueWord
from models.enums import (
    AccessState,
    ChallengeKind,
    ChallengeStage,
    EvaluationWay,
    Grade,
    MembershipRole,
    MetricRelation,
    OrganisationKind,
    OrganisationState,
)
from models.rules import ClarityCriterion
from tests import challenge_factory as challenges
from tests import records as make

S = ChallengeStage
LONG = (
    "零下三十度静置一夜后，座舱域控制器从上电到仪表可用需要 6 秒，整车厂要求 2 秒以内；"
    "更换存储后仍为 4.5 秒，需要重做启动流程。"
)
PROBLEM = ProblemDraft(
    kind=ChallengeKind.CHALLENGE,
    title_zh="两秒冷启动",
    problem_zh=LONG,
    baseline_zh="6 秒",
    node_codes=("nev-cockpit",),
)
METRIC = MetricDraft(
    name_zh="冷启动", relation=MetricRelation.AT_MOST, target=2, unit="s", baseline=6, measured_by="第三方实验室"
)
TEAM = TeamDraft(
    tags=(Tag(capability_code="cockpit-controller", level=3, is_must=True),),
    seats=(SeatDraft(role_zh="研发", kinds=("lab",), least=1, most=2, cost=1e6),),
)


def terms(**fields: Any) -> TermsDraft:
    return TermsDraft(
        **{
            "budget": 5e6,
            "own_money": 1e6,
            "months": 12,
            "answers_until": today() + timedelta(days=40),
            "ip_terms": "共有",
        }
        | fields
    )


@pytest.fixture
def leader(registry):
    return make.organisation(registry, kind=OrganisationKind.CHAIN_LEADER)


@pytest.fixture
def poster(registry, leader):
    return make.member(registry, leader)


@pytest.fixture
def officer(registry):
    return make.officer(registry)


@pytest.fixture
def stranger(registry):
    return make.member(registry, make.organisation(registry))


@pytest.fixture
def draft(registry, leader, poster):
    """A challenge that is written in full and not handed in."""
    record = editing.create(registry, poster, leader, PROBLEM)
    for step in (MetricsDraft(metrics=(METRIC,)), TEAM, terms()):
        editing.edit(registry, poster, record, step)
    return record


def add_rubric(session):
    for at, code in enumerate(("problem", "benefit", "conditions", "language")):
        session.add(ClarityCriterion(code=code, name_zh=code, name_en=code, most=5, position_in_list=at, source="test"))
    session.add(ClarityLimit(code="publish_points", value=10, source="test"))
    session.flush()


def codes(found):
    return {one.code for one in found}


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
    assert seeing.get_view(registry, stranger, asked.id).brief is not None


def test_nobody_asks_for_what_they_cannot_know_of(registry, leader, stranger):
    asked = challenges.challenge(registry, leader, secrecy=Grade.CLOSED)

    with pytest.raises(NotFound):
        access.ask(registry, stranger, asked.id, _own(registry, stranger).id, "拟承担融合感知子任务")


def _own(session, actor):
    (organisation_id,) = actor.memberships
    return session.get_one(make.Organisation, organisation_id)


# Clarity


def test_a_clear_challenge_has_no_findings(registry, poster, draft):
    assert clarity.findings(registry, poster, draft) == ()


def test_an_empty_one_is_told_all_that_is_missing(registry, leader, poster):
    empty = editing.create(registry, poster, leader, ProblemDraft(kind=ChallengeKind.SCENE, title_zh="场景"))

    found = clarity.findings(registry, poster, empty)

    assert codes(found) == {
        *("problem_missing", "baseline_missing", "nodes_missing", "scene_gives_nothing", "metrics_missing"),
        *("capabilities_missing", "budget_missing", "months_missing", "ip_terms_missing", "deadline_missing"),
    }
    assert {one.code for one in found if one.stops} == {"problem_missing", "metrics_missing", "deadline_missing"}


@pytest.mark.parametrize(
    ("metric", "code"),
    [
        ({"unit": ""}, "metric_no_unit"),
        ({"baseline": None}, "metric_no_baseline"),
        ({"measured_by": ""}, "metric_not_measured"),
        ({"baseline": 2}, "metric_reached_today"),
        ({"is_must": False}, "metric_no_must"),
    ],
)
def test_a_vague_metric_is_named(registry, poster, draft, metric, code):
    vague = MetricDraft(**({name: getattr(METRIC, name) for name in METRIC.__dataclass_fields__} | metric))
    editing.edit(registry, poster, draft, MetricsDraft(metrics=(vague,)))

    found = clarity.findings(registry, poster, draft)

    assert codes(found) == {code}
    assert found[0].step == "metrics"


def test_vague_words_are_named_where_they_stand(registry, poster, draft):
    registry.add(VagueWord(word="国际先进", language="zh", advice_zh="写明数值", source="test"))
    registry.add(VagueWord(word="advanced", language="en", advice_en="Give the figure", source="test"))
    registry.flush()
    vague = {"ip_terms": "Advanced terms", "budget": 5e6}
    editing.edit(registry, poster, draft, terms(**vague))
    editing.edit(
        registry,
        poster,
        draft,
        MetricsDraft(metrics=(METRIC, MetricDraft(**{**_fields(METRIC), "name_zh": "国际先进的速度"}))),
    )

    found = clarity.findings(registry, poster, draft)

    assert [(one.field, one.facts["word"]) for one in found] == [("ip_terms", "advanced"), ("metrics-1", "国际先进")]


def test_a_short_text_and_a_near_deadline_go_by_limits_that_are_rows(registry, poster, draft):
    registry.add(ClarityLimit(code="problem_characters_zh", value=500, source="test"))
    registry.add(ClarityLimit(code="days_to_deadline", value=60, source="test"))
    registry.flush()

    assert codes(clarity.findings(registry, poster, draft)) == {"problem_short", "deadline_near"}


def test_strangers_do_not_ask_what_is_vague(registry, stranger, draft):
    with pytest.raises(NotAllowed):
        clarity.findings(registry, stranger, draft)


def _fields(metric):
    return {name: getattr(metric, name) for name in metric.__dataclass_fields__}


# The way through the stages


def test_what_cannot_be_judged_is_not_handed_in(registry, leader, poster):
    empty = editing.create(registry, poster, leader, ProblemDraft(kind=ChallengeKind.CHALLENGE, title_zh="榜单"))

    with pytest.raises(InvalidInput, match="problem_missing"):
        stages.hand_in(registry, poster, empty)


def test_the_rubric_decides_about_publishing(registry, poster, officer, draft):
    add_rubric(registry)
    stages.hand_in(registry, poster, draft)
    stages.move(registry, officer, draft, S.SCREENED)

    with pytest.raises(InvalidInput, match="rubric_incomplete"):
        stages.move(registry, officer, draft, S.PUBLISHED)
    screening.judge(registry, officer, draft, {"problem": 5, "benefit": 5, "conditions": 5, "language": 0}, {})
    with pytest.raises(InvalidInput, match="rubric_has_zero"):
        stages.move(registry, officer, draft, S.PUBLISHED)
    screening.judge(registry, officer, draft, {"problem": 2, "benefit": 2, "conditions": 2, "language": 3}, {})
    with pytest.raises(InvalidInput, match="rubric_too_low"):
        stages.move(registry, officer, draft, S.PUBLISHED)
    judged = screening.judge(registry, officer, draft, {"problem": 3}, {"problem": "清楚"})
    stages.move(registry, officer, draft, S.PUBLISHED)

    assert (judged.total, draft.clarity_points, draft.stage) == (10, 10, S.PUBLISHED)
    assert reading.stage_dates(registry, draft.id)[S.PUBLISHED].entered_at is not None


def test_asking_for_changes_needs_a_note_and_gives_the_draft_back(registry, poster, officer, draft):
    add_rubric(registry)
    stages.hand_in(registry, poster, draft)
    stages.move(registry, officer, draft, S.SCREENED)

    with pytest.raises(InvalidInput, match="note_missing"):
        stages.move(registry, officer, draft, S.COLLECTED)
    stages.move(registry, officer, draft, S.COLLECTED, note="请写明测量方法")

    assert (draft.stage, draft.is_submitted, draft.officer_note) == (S.COLLECTED, False, "请写明测量方法")
    editing.edit(registry, poster, draft, terms(months=9))


def test_nobody_screens_what_the_own_organisation_posts(registry, leader, officer, poster, draft):
    stages.hand_in(registry, poster, draft)
    both = Actor(officer.user_id, officer.roles, {leader.id: MembershipRole.OWNER})

    with pytest.raises(InvalidInput, match="own_challenge"):
        stages.move(registry, both, draft, S.SCREENED)


def test_the_poster_does_not_publish(registry, poster, draft):
    stages.hand_in(registry, poster, draft)

    with pytest.raises(NotAllowed):
        stages.move(registry, poster, draft, S.SCREENED)
    with pytest.raises(NotAllowed):
        screening.judge(registry, poster, draft, {}, {})


def test_a_stage_is_not_jumped_over(registry, leader, poster):
    asked = challenges.challenge(registry, leader, stage=S.PUBLISHED)

    for after in (S.JUDGED, S.SIGNED, S.ACCEPTED, S.COLLECTED):
        with pytest.raises(InvalidInput, match="no_such_move"):
            stages.move(registry, poster, asked, after)


def test_answers_end_before_they_are_judged_and_there_must_be_one(registry, leader, poster):
    asked = challenges.challenge(registry, leader)
    with pytest.raises(InvalidInput, match="deadline_not_over"):
        stages.move(registry, poster, asked, S.JUDGED)

    asked.answers_until = today() - timedelta(days=1)
    with pytest.raises(InvalidInput, match="no_answer_yet"):
        stages.move(registry, poster, asked, S.JUDGED)
    challenges.answer(registry, asked, make.organisation(registry))
    stages.move(registry, poster, asked, S.JUDGED)

    with pytest.raises(InvalidInput, match="no_answer_chosen"):
        stages.move(registry, poster, asked, S.SIGNED)


def test_it_opens_for_answers_while_the_last_day_lies_ahead(registry, leader, poster):
    asked = challenges.challenge(registry, leader, stage=S.PUBLISHED, answers_until=today() - timedelta(days=1))

    with pytest.raises(InvalidInput, match="deadline_not_ahead"):
        stages.move(registry, poster, asked, S.ANSWERED)
    stages.extend(registry, poster, asked, today())
    stages.move(registry, poster, asked, S.ANSWERED)

    assert seeing.takes_answers(asked)


def test_the_last_day_only_moves_away(registry, leader, poster):
    asked = challenges.challenge(registry, leader)

    with pytest.raises(InvalidInput, match="deadline_only_later"):
        stages.extend(registry, poster, asked, today() + timedelta(days=3))


def test_withdrawing_names_a_reason_that_answerers_read(registry, leader, poster, stranger):
    asked = challenges.challenge(registry, leader)
    challenges.answer(registry, asked, _own(registry, stranger))
    with pytest.raises(InvalidInput, match="note_missing"):
        stages.move(registry, poster, asked, S.WITHDRAWN)

    stages.move(registry, poster, asked, S.WITHDRAWN, note="指标需重新论证")

    assert seeing.get_view(registry, stranger, asked.id).officer_note == "指标需重新论证"
    assert seeing.find_seen(registry, make.member(registry, make.organisation(registry)), asked.id) is None


def test_planned_days_follow_the_order_of_the_stages(registry, leader, poster):
    asked = challenges.challenge(registry, leader)
    day = today() + timedelta(days=60)

    with pytest.raises(InvalidInput, match="plan_order"):
        stages.plan(registry, poster, asked, {S.JUDGED: day, S.SIGNED: day - timedelta(days=1)})
    stages.plan(registry, poster, asked, {S.JUDGED: day, S.SIGNED: day})

    assert reading.stage_dates(registry, asked.id)[S.SIGNED].planned_on == day


def test_the_queue_holds_what_was_handed_in(registry, poster, officer, draft, leader):
    challenges.challenge(registry, leader)
    assert screening.count_queue(registry, officer) == 0

    stages.hand_in(registry, poster, draft)

    assert screening.list_queue(registry, officer).items == [draft]
    with pytest.raises(NotAllowed):
        screening.list_queue(registry, poster)
