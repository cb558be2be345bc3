"""Challenges: what is vague in them, and their way through the stages."""

from datetime import timedelta

import pytest

from matchmaker.errors import InvalidInput, NotAllowed
from matchmaker.services.actors import Actor
from matchmaker.services.calendar import today
from matchmaker.services.challenges import clarity, editing, reading, screening, seeing, stages
from matchmaker.services.challenges.drafts import (
    MetricDraft,
    MetricsDraft,
    ProblemDraft,
)
from models.challenges import ClarityLimit, VagueWord
from models.enums import (
    ChallengeKind,
    ChallengeStage,
    MembershipRole,
)
from models.organisations import Organisation
from models.rules import ClarityCriterion
from tests import challenge_factory as challenges
from tests import records as make
from tests.challenge_drafts import METRIC, terms

S = ChallengeStage


def add_rubric(session):
    for at, code in enumerate(("problem", "benefit", "conditions", "language")):
        session.add(ClarityCriterion(code=code, name_zh=code, name_en=code, most=5, position_in_list=at, source="test"))
    session.add(ClarityLimit(code="publish_points", value=10, source="test"))
    session.flush()


def codes(found):
    return {one.code for one in found}


def _own(session, actor):
    (organisation_id,) = actor.memberships
    return session.get_one(Organisation, organisation_id)


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
