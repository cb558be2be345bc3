"""Answers to challenges in the browser: writing, handing in, judging, and who reads them."""

from datetime import date, timedelta

from sqlmodel import select

from matchmaker.services.calendar import today
from matchmaker.services.challenges import reading
from models.challenges import ChallengeAnswer
from models.enums import AnswerState, ChallengeStage, PlatformRole
from tests import challenge_factory as challenges
from tests import records as make
from tests.factories import make_member, make_user
from tests.web.challenges.conftest import look_again, the_challenge
from tests.web.conftest import post

APPROACH = "重写启动流程，改用并行加载与休眠镜像，样机三个月内送测，并给出每一步的时间预算，第三方复核。"


def test_an_answer_is_written_handed_in_judged_and_chosen(session, asked, firm, leader, person_of):
    browser, poster = person_of(firm), person_of(leader)
    (metric,) = reading.list_metrics(session, asked.id)
    form = f"/organisations/{firm.id}/answers/{asked.id}"
    assert browser.get(form).status_code == 200

    data = {
        "approach": APPROACH,
        "asks": "300",
        "months": "12",
        f"promise-{metric.id}": "1.8",
        "foundation": "两家整车厂",
    }
    look_again(session)
    response = post(browser, form, {**data, "action": "publish"})
    answer = session.exec(select(ChallengeAnswer)).one()
    assert response.location.endswith(f"/challenge-answers/{answer.id}")
    assert (answer.state, answer.promises) == (AnswerState.SUBMITTED, {str(metric.id): 1.8})
    assert "达到目标" in poster.get(f"/challenge-answers/{answer.id}").text

    asked = the_challenge(session)
    asked.answers_until = today() - timedelta(days=1)
    session.commit()
    assert post(poster, f"/challenges/{asked.id}/move/judged").status_code == 302
    judge = f"/challenge-answers/{answer.id}/judge"
    assert post(poster, judge, {"points": "88", "verdict": "", "action": "select"}).status_code == 422
    assert post(poster, judge, {"points": "88", "verdict": "数据可信", "action": "select"}).status_code == 302

    look_again(session)
    chosen = session.exec(select(ChallengeAnswer)).one()
    assert (chosen.state, chosen.points) == (AnswerState.SELECTED, 88)
    assert post(poster, f"/challenges/{asked.id}/move/signed").status_code == 302
    assert "数据可信" in browser.get(f"/challenge-answers/{answer.id}").text


def test_two_who_judge_one_answer_at_once_lose_nothing(session, asked, firm, leader, person_of):
    answer = challenges.answer(session, asked, firm)
    asked.stage, asked.answers_until = ChallengeStage.JUDGED, today() - timedelta(days=1)
    session.commit()
    url, version = f"/challenge-answers/{answer.id}/judge", str(answer.version)
    poster = person_of(leader)
    post(poster, url, {"points": "88", "verdict": "数据可信", "version": version})

    late = post(poster, url, {"points": "40", "verdict": "成本过高", "version": version, "action": "decline"})

    look_again(session)
    kept = session.exec(select(ChallengeAnswer)).one()
    assert late.status_code == 409
    assert "数据可信" in late.text
    assert "成本过高" in late.text
    assert (kept.points, kept.state) == (88, AnswerState.SUBMITTED)


def test_an_answer_is_secret_to_other_answerers(session, asked, firm, person_of):
    answer = challenges.answer(session, asked, firm, approach=APPROACH)
    rival = make.organisation(session)
    session.commit()
    browser = person_of(rival)

    assert browser.get(f"/challenge-answers/{answer.id}").status_code == 404
    assert browser.get(f"/challenges/{asked.id}/answers").status_code == 404
    page = browser.get(f"/challenges/{asked.id}").text
    assert firm.name_zh not in page
    assert "份揭榜材料" not in page
    assert post(browser, f"/challenge-answers/{answer.id}/withdraw").status_code == 404


def test_points_are_not_shown_to_the_answering_side_before_the_choice(session, asked, firm, person_of):
    judged = {"points": 73.5, "verdict": "尚可", "state": AnswerState.SELECTED}
    answer = challenges.answer(session, asked, firm, **judged)
    asked.stage, asked.answers_until = ChallengeStage.JUDGED, today() - timedelta(days=1)
    session.commit()
    browser = person_of(firm)
    addresses = (f"/challenge-answers/{answer.id}", "/challenge-answers", f"/challenges/{asked.id}")

    before = [browser.get(address).text for address in addresses]
    the_challenge(session).stage = ChallengeStage.SIGNED
    session.commit()
    after = [browser.get(address).text for address in addresses]

    assert not any(word in page for page in before for word in ("73.5", "尚可", "中榜"))
    assert all("中榜" in page for page in after)
    assert "73.5" in after[0]


def test_a_team_is_composed_on_while_nobody_knows_who_is_chosen(session, asked, firm, person_of):
    challenges.answer(session, asked, firm, state=AnswerState.DECLINED, verdict="没有整机")
    asked.stage, asked.answers_until = ChallengeStage.JUDGED, today() - timedelta(days=1)
    session.commit()

    assert f"/challenges/{asked.id}/compositions" in person_of(firm).get(f"/challenges/{asked.id}").text


def test_an_officer_whose_organisation_answers_is_told_why_rivals_are_kept_back(session, asked, firm, sign_in):
    rival = make.organisation(session, name_zh="重庆对手科技有限公司")
    challenges.answer(session, asked, firm)
    theirs = challenges.answer(session, asked, rival, approach=APPROACH)
    user = make_user(PlatformRole.OFFICER)
    session.add(user)
    session.flush()
    session.add(make_member(user, firm))
    session.commit()
    browser = sign_in(user)

    page = browser.get(f"/challenges/{asked.id}/answers").text

    assert "须回避" in page
    assert firm.name_zh in page
    assert rival.name_zh not in page
    assert browser.get(f"/challenge-answers/{theirs.id}").status_code == 403
    assert rival.name_zh not in browser.get(f"/challenges/{asked.id}").text
    assert rival.name_zh not in browser.get(f"/challenges/{asked.id}/compositions").text


def test_what_was_said_before_is_in_the_next_form(session, asked, leader, firm, person_of):
    challenges.answer(session, asked, firm, foundation="为两家整车厂量产座舱控制器")
    another = challenges.challenge(session, leader)
    session.commit()

    page = person_of(firm).get(f"/organisations/{firm.id}/answers/{another.id}").text

    assert "为两家整车厂量产座舱控制器" in page
    assert "已带入最近一次揭榜的内容" in page


def test_who_may_not_answer_is_told_why_and_gets_no_button(session, leader, firm, person_of):
    asked = challenges.challenge(session, leader, answerer_districts=["500107"])
    session.commit()

    page = person_of(firm).get(f"/challenges/{asked.id}").text

    assert "不符合：区县" in page
    assert f"/organisations/{firm.id}/answers/{asked.id}" not in page


def test_a_wrong_figure_keeps_the_whole_answer(session, asked, firm, person_of):
    (metric,) = reading.list_metrics(session, asked.id)

    response = post(
        person_of(firm),
        f"/organisations/{firm.id}/answers/{asked.id}",
        {"approach": APPROACH, f"promise-{metric.id}": "两秒"},
    )

    assert response.status_code == 422
    assert APPROACH in response.text
    assert 'value="两秒"' in response.text


def test_more_time_and_planned_days(session, asked, leader, person_of):
    poster = person_of(leader)
    later = (today() + timedelta(days=90)).isoformat()

    assert post(poster, f"/challenges/{asked.id}/extend", {"until": today().isoformat()}).status_code == 422
    assert post(poster, f"/challenges/{asked.id}/extend", {"until": later}).status_code == 302
    assert post(poster, f"/challenges/{asked.id}/plan", {"planned_judged": "2026-13-40"}).status_code == 422
    assert post(poster, f"/challenges/{asked.id}/plan", {"planned_judged": later}).status_code == 302

    assert the_challenge(session).answers_until == today() + timedelta(days=90)
    assert reading.stage_dates(session, asked.id)[ChallengeStage.JUDGED].planned_on == date.fromisoformat(later)


def test_two_who_plan_the_stages_at_once_are_shown_what_differs(session, asked, leader, person_of):
    poster = person_of(leader)
    form = f"/challenges/{asked.id}/plan"
    seen = poster.get(form).text.split('name="seen" type="hidden" value="')[1].split('"')[0]
    post(poster, form, {"planned_judged": "2027-03-01", "seen": seen})

    late = post(poster, form, {"planned_judged": "2027-04-01", "seen": seen})
    fresh = late.text.split('name="seen" type="hidden" value="')[1].split('"')[0]
    kept = reading.stage_dates(session, asked.id)[ChallengeStage.JUDGED].planned_on
    again = post(poster, form, {"planned_judged": "2027-05-01", "seen": fresh})

    look_again(session)
    assert (late.status_code, again.status_code) == (409, 302)
    assert "2027-03-01" in late.text
    assert "2027-04-01" in late.text
    assert kept == date(2027, 3, 1)
    assert reading.stage_dates(session, asked.id)[ChallengeStage.JUDGED].planned_on == date(2027, 5, 1)


def test_a_step_that_does_not_exist_is_refused(asked, leader, person_of):
    poster = person_of(leader)

    for step in ("nowhere", "collected", "accepted", "screened"):
        assert post(poster, f"/challenges/{asked.id}/move/{step}").status_code == 422
