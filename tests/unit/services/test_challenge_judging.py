"""Evaluation of answers: decisions, who learns of them when, and who with a stake reads and judges nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from matchmaker.errors import InvalidInput, NotAllowed, NotFound, Recused
from matchmaker.services.calendar import today
from matchmaker.services.challenges import answers, fairness, judging, stages
from matchmaker.services.challenges.answers import AnswerDraft
from models.audit import AuditEntry
from models.enums import AnswerState, ChallengeStage
from tests import challenge_factory as challenges
from tests import records as make

APPROACH = "重写启动流程，改用并行加载与休眠镜像，样机三个月内送测，并给出每一步的时间预算，第三方复核。"


def draft(**fields):
    return AnswerDraft(**({"approach": APPROACH, "asks": 3e6, "months": 12} | fields))


@pytest.fixture
def firm(registry):
    return make.organisation(registry, staff=86, district_code="500112")


@pytest.fixture
def answerer(registry, firm):
    return make.member(registry, firm)


@pytest.fixture
def rival(registry):
    return make.member(registry, make.organisation(registry))


@pytest.fixture
def asked(registry, leader):
    return challenges.challenge(registry, leader)


@pytest.fixture
def in_judging(registry, leader):
    return challenges.challenge(
        registry, leader, stage=ChallengeStage.JUDGED, answers_until=today() - timedelta(days=2)
    )


def test_points_come_with_their_reason(registry, in_judging, poster, firm):
    answer = challenges.answer(registry, in_judging, firm)

    with pytest.raises(InvalidInput, match="verdict_missing"):
        judging.judge(registry, poster, answer, points=80, verdict="")
    with pytest.raises(InvalidInput, match="out_of_range"):
        judging.judge(registry, poster, answer, points=101, verdict="好")
    judging.judge(registry, poster, answer, points=80, verdict="数据可信")

    assert (answer.points, answer.verdict) == (80, "数据可信")


def test_one_is_chosen_or_as_many_as_run_against_each_other(registry, in_judging, poster):
    sent = [
        challenges.answer(registry, in_judging, make.organisation(registry), verdict="可行", points=80)
        for _ in range(3)
    ]

    judging.select(registry, poster, sent[0])
    with pytest.raises(InvalidInput, match="racers_full"):
        judging.select(registry, poster, sent[1])
    in_judging.racers = 2
    judging.select(registry, poster, sent[1])

    assert [one.state for one in sent] == [AnswerState.SELECTED, AnswerState.SELECTED, AnswerState.SUBMITTED]


def test_who_is_not_chosen_reads_why(registry, in_judging, poster, firm, answerer):
    answer = challenges.answer(registry, in_judging, firm)

    with pytest.raises(InvalidInput, match="note_missing"):
        judging.decline(registry, poster, answer, "")
    judging.decline(registry, poster, answer, "没有整机")

    in_judging.stage = ChallengeStage.SIGNED

    told = fairness.told(registry, answerer, answer)
    assert (told.state, told.verdict) == (AnswerState.DECLINED, "没有整机")


def decline(session, actor, answer):
    judging.decline(session, actor, answer, "成本过高")


@pytest.mark.parametrize("decide", [judging.shortlist, judging.select, decline])
def test_answerers_learn_of_no_decision_that_can_still_be_taken_back(
    registry, in_judging, poster, firm, answerer, decide
):
    answer = challenges.answer(registry, in_judging, firm, points=73.5, verdict="尚可")

    decide(registry, poster, answer)

    told = fairness.told(registry, answerer, answer)
    assert (told.state, told.points, told.verdict) == (AnswerState.SUBMITTED, None, "")
    assert fairness.told(registry, poster, answer).state is answer.state


def test_a_challenge_that_is_withdrawn_while_it_is_judged_announces_no_decision(
    registry, in_judging, poster, firm, answerer
):
    answer = challenges.answer(registry, in_judging, firm, points=73.5, verdict="尚可")
    judging.select(registry, poster, answer)

    stages.move(registry, poster, in_judging, ChallengeStage.WITHDRAWN, note="资金未落实")

    assert fairness.told(registry, answerer, answer).state is AnswerState.SUBMITTED


def test_a_decision_can_be_taken_back_while_judging_runs(registry, in_judging, poster, firm):
    answer = challenges.answer(registry, in_judging, firm)
    judging.shortlist(registry, poster, answer)

    judging.reopen(registry, poster, answer)

    assert answer.state is AnswerState.SUBMITTED
    with pytest.raises(InvalidInput, match="answer_step"):
        judging.reopen(registry, poster, answer)


def test_answerers_and_rivals_do_not_judge(registry, in_judging, firm, answerer, rival):
    answer = challenges.answer(registry, in_judging, firm)

    for somebody in (answerer, rival):
        with pytest.raises(NotAllowed):
            judging.judge(registry, somebody, answer, points=100, verdict="最好")


def test_an_officer_whose_own_organisation_is_in_the_running_judges_none_of_the_answers(
    registry, in_judging, firm, answerer
):
    challenges.answer(registry, in_judging, firm)
    theirs = challenges.answer(registry, in_judging, make.organisation(registry))
    both = replace(make.officer(registry), memberships=answerer.memberships)

    with pytest.raises(InvalidInput, match="own_answer"):
        judging.decline(registry, both, theirs, "不如我们")


@pytest.fixture
def on_both_sides(poster, answerer):
    """Somebody of the poster who belongs to an answering firm too."""
    return replace(poster, memberships={**poster.memberships, **answerer.memberships})


@pytest.mark.parametrize("stage", [ChallengeStage.ANSWERED, ChallengeStage.JUDGED])
def test_who_belongs_to_an_answerer_reads_no_rival_whatever_else_it_is(
    registry, asked, firm, answerer, on_both_sides, stage
):
    own = challenges.answer(registry, asked, firm)
    theirs = challenges.answer(registry, asked, make.organisation(registry))
    asked.stage = stage

    officer = replace(make.officer(registry), memberships=answerer.memberships)
    for somebody, refusal in ((on_both_sides, NotFound), (officer, Recused)):
        assert answers.list_for(registry, somebody, asked) == [own]
        with pytest.raises(refusal):
            answers.get(registry, somebody, theirs.id)


def test_a_draft_keeps_rivals_answers_away_only_while_answers_are_taken(registry, asked, firm, on_both_sides):
    challenges.answer(registry, asked, firm, state=AnswerState.DRAFT, submitted_at=None)
    theirs = challenges.answer(registry, asked, make.organisation(registry))

    assert answers.list_for(registry, on_both_sides, asked) == []

    asked.stage = ChallengeStage.JUDGED
    assert answers.list_for(registry, on_both_sides, asked) == [theirs]


def test_once_the_choice_is_made_the_poster_s_people_read_all_answers(registry, asked, firm, on_both_sides):
    sent = [challenges.answer(registry, asked, one) for one in (firm, make.organisation(registry))]
    asked.stage = ChallengeStage.SIGNED

    assert {one.id for one in answers.list_for(registry, on_both_sides, asked)} == {one.id for one in sent}


def test_who_could_read_the_others_begins_no_answer_beside_them(registry, asked, firm, answerer, on_both_sides):
    challenges.answer(registry, asked, make.organisation(registry))

    with pytest.raises(InvalidInput, match="answers_read"):
        answers.write(registry, on_both_sides, asked.id, firm, draft())

    answers.write(registry, answerer, asked.id, firm, draft())
    answers.write(registry, on_both_sides, asked.id, firm, draft(months=14))


def test_why_somebody_is_not_chosen_is_in_the_audit(registry, in_judging, poster, firm):
    answer = challenges.answer(registry, in_judging, firm)

    judging.decline(registry, poster, answer, "没有整机")

    entry = registry.exec(select(AuditEntry).where(AuditEntry.action == "challenge-answer.declined")).one()
    assert entry.changes["verdict"] == ["", "没有整机"]


def test_nothing_is_judged_before_the_evaluation(registry, asked, poster, firm):
    answer = challenges.answer(registry, asked, firm)

    with pytest.raises(InvalidInput, match="not_in_judging"):
        judging.shortlist(registry, poster, answer)
