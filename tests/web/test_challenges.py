"""Challenges in the browser: writing in steps, screening, answering, judging, and that nothing secret shows."""

import re
from datetime import timedelta

import pytest
from sqlmodel import select

from matchmaker.services.calendar import today
from matchmaker.services.challenges import reading
from models.challenges import Challenge, ChallengeAccess, ChallengeAnswer, ClarityLimit
from models.enums import AccessState, AnswerState, ChallengeStage, Grade, OrganisationKind, PlatformRole
from models.rules import ClarityCriterion
from tests import challenge_factory as challenges
from tests import records as make
from tests.factories import make_member, make_user
from tests.web.conftest import post

PROBLEM = {
    "kind": "challenge",
    "title_zh": "座舱域控制器两秒冷启动",
    "problem_zh": challenges.PROBLEM,
    "baseline_zh": "冷启动 6 秒",
    "node_codes": "nev-cockpit",
}
METRICS = {
    "metrics-0-name_zh": "冷启动时间",
    "metrics-0-relation": "at_most",
    "metrics-0-target": "2",
    "metrics-0-unit": "s",
    "metrics-0-baseline": "6.2",
    "metrics-0-measured_by": "第三方实验室",
    "metrics-0-is_must": "y",
    "metrics-1-name_zh": "",
    "metrics-1-target": "",
}
TEAM = {
    "tags": "cockpit-controller",
    "tags-level-cockpit-controller": "4",
    "tags-must-cockpit-controller": "y",
    "seats-0-role_zh": "研发",
    "seats-0-kinds": "lab",
    "seats-0-least": "1",
    "seats-0-most": "2",
    "seats-0-cost": "150",
    "members_at_most": "6",
}
APPROACH = "重写启动流程，改用并行加载与休眠镜像，样机三个月内送测，并给出每一步的时间预算，第三方复核。"


def terms(**fields):
    return {
        "budget": "500",
        "own_money": "100",
        "months": "18",
        "answers_until": (today() + timedelta(days=40)).isoformat(),
        "ip_terms": "双方共有",
        "evaluation_way": "single",
        "secrecy": "open",
    } | fields


@pytest.fixture
def taxonomy(session):
    make.add_taxonomy(session)
    for at, code in enumerate(("problem", "benefit", "conditions", "language")):
        session.add(ClarityCriterion(code=code, name_zh=code, name_en=code, position_in_list=at, source="test"))
    session.add(ClarityLimit(code="publish_points", value=10, source="test"))
    session.commit()


@pytest.fixture
def leader(session, taxonomy):
    record = make.organisation(session, kind=OrganisationKind.CHAIN_LEADER, name_zh="重庆链主汽车有限公司")
    session.commit()
    return record


@pytest.fixture
def firm(session, taxonomy):
    record = make.organisation(session, name_zh="重庆座舱科技有限公司", district_code="500112", staff=80)
    session.commit()
    return record


@pytest.fixture
def person_of(session, sign_in):
    """A browser in which somebody of the organisation is signed in."""

    def open_browser(organisation):
        user = make_user()
        session.add(user)
        session.flush()
        session.add(make_member(user, organisation))
        session.commit()
        return sign_in(user)

    return open_browser


@pytest.fixture
def officer(session, sign_in):
    user = make_user(PlatformRole.OFFICER)
    session.add(user)
    session.commit()
    return sign_in(user)


@pytest.fixture
def asked(session, leader):
    record = challenges.challenge(session, leader, tags={"cockpit-controller": (3, 1.0, True)})
    session.commit()
    return record


def look_again(session):
    """What requests have committed since is seen in a new transaction, by records that are read anew."""
    session.rollback()
    session.expire_all()


def the_challenge(session):
    look_again(session)
    return session.exec(select(Challenge)).one()


# Writing and screening


def test_a_challenge_is_written_handed_in_and_published(session, leader, person_of, officer):
    browser = person_of(leader)

    response = post(browser, f"/organisations/{leader.id}/challenges/new", PROBLEM)
    written = the_challenge(session)
    assert response.location.endswith(f"/challenges/{written.id}/metrics")
    for step, data in (("metrics", METRICS), ("team", TEAM), ("terms", terms())):
        assert browser.get(f"/challenges/{written.id}/{step}").status_code == 200
        assert post(browser, f"/challenges/{written.id}/{step}", data).status_code == 302
    page = browser.get(f"/challenges/{written.id}/check").text
    assert "没有发现不清楚之处" in page
    assert post(browser, f"/challenges/{written.id}/hand-in").status_code == 302

    assert "座舱域控制器两秒冷启动" in officer.get("/officer/challenges").text
    points = dict.fromkeys(("points_problem", "points_benefit", "points_conditions", "points_language"), "4")
    response = post(officer, f"/officer/challenges/{written.id}", {**points, "action": "publish"})

    assert response.status_code == 302
    published = the_challenge(session)
    assert (published.stage, published.clarity_points, published.budget) == (ChallengeStage.PUBLISHED, 16, 5e6)
    (metric,) = reading.list_metrics(session, published.id)
    assert (metric.target, metric.baseline, metric.unit, metric.is_must) == (2.0, 6.2, "s", True)
    (seat,) = reading.list_seats(session, published.id)
    assert (seat.kinds, seat.least, seat.most, seat.cost) == (["lab"], 1, 2, 1.5e6)
    (tag,) = reading.list_tags(session, published.id)
    assert (tag.level, tag.is_must) == (4, True)


def test_what_is_vague_links_to_its_field(session, leader, person_of):
    browser = person_of(leader)
    post(browser, f"/organisations/{leader.id}/challenges/new", {"kind": "scene", "title_zh": "开放场景"})
    written = the_challenge(session)

    page = browser.get(f"/challenges/{written.id}/check").text

    assert f'href="/challenges/{written.id}/terms#answers_until"' in page
    assert "提交筛选" not in page
    assert post(browser, f"/challenges/{written.id}/hand-in").status_code == 422


def test_a_row_more_keeps_what_was_typed(session, asked, leader, person_of):
    asked.stage, asked.is_submitted = ChallengeStage.COLLECTED, False
    session.commit()
    browser = person_of(leader)

    page = post(browser, f"/challenges/{asked.id}/metrics", {**METRICS, "action": "add-row"}).text

    assert 'value="第三方实验室"' in page
    assert 'name="metrics-2-name_zh"' in page
    assert "这是您" in browser.get(f"/challenges/{asked.id}/metrics").text  # the note of the kept draft


def test_a_figure_that_is_none_is_named_at_its_field(session, asked, leader, person_of):
    asked.stage, asked.is_submitted = ChallengeStage.COLLECTED, False
    session.commit()

    response = post(person_of(leader), f"/challenges/{asked.id}/metrics", METRICS | {"metrics-0-target": "很快"})

    assert response.status_code == 422
    assert "请输入数字，例如 2 或 99.5" in response.text
    assert 'value="很快"' in response.text


def test_two_people_on_one_step_see_what_differs(session, asked, leader, person_of):
    asked.stage, asked.is_submitted = ChallengeStage.COLLECTED, False
    session.commit()
    browser = person_of(leader)
    version = re.search(r'name="version"[^>]*value="(\d+)"', browser.get(f"/challenges/{asked.id}/terms").text)[1]
    post(person_of(leader), f"/challenges/{asked.id}/terms", terms(version=version, budget="800"))

    response = post(browser, f"/challenges/{asked.id}/terms", terms(version=version, months="9"))

    assert response.status_code == 409
    assert "8000000" in response.text
    assert 'value="9"' in response.text


def test_what_is_handed_in_is_not_edited(asked, leader, person_of):
    assert person_of(leader).get(f"/challenges/{asked.id}/problem").status_code == 422


def test_the_picker_suggests_from_what_the_other_steps_say(session, asked, leader, person_of):
    asked.stage, asked.is_submitted = ChallengeStage.COLLECTED, False
    session.commit()

    page = post(person_of(leader), f"/challenges/{asked.id}/team", {"members_at_most": "6", "action": "suggest"}).text

    assert 'value="cockpit-controller"' in page


def test_asking_for_changes_without_a_note_keeps_the_points(session, asked, officer):
    asked.stage = ChallengeStage.SCREENED
    session.commit()

    response = post(officer, f"/officer/challenges/{asked.id}", {"points_problem": "3", "action": "ask"})

    assert response.status_code == 422
    assert '<option value="3" selected>' in response.text
    post(officer, f"/officer/challenges/{asked.id}", {"points_problem": "3", "note": "请写明现状", "action": "ask"})
    assert (the_challenge(session).stage, the_challenge(session).officer_note) == (
        ChallengeStage.COLLECTED,
        "请写明现状",
    )


# Reading


def test_the_list_is_narrowed_by_its_address(session, asked, leader, firm, person_of):
    challenges.challenge(session, leader, kind="scene", stage=ChallengeStage.PUBLISHED, title_zh="开放场景")
    challenges.challenge(session, leader, title_zh="外区专享", answerer_districts=["500107"])
    session.commit()
    browser = person_of(firm)

    assert "3 项榜单和场景" in browser.get("/challenges").text
    assert "1 项榜单和场景" in browser.get("/challenges?kind=scene").text
    assert "2 项榜单和场景" in browser.get("/challenges?open=y").text
    only_mine = browser.get(f"/challenges?for={firm.id}").text
    assert "外区专享" not in only_mine
    assert "可以揭榜" in only_mine
    assert "没有符合条件的榜单" in browser.get("/challenges?q=没有这样的").text


@pytest.mark.parametrize("odd", ["kind=wizard", "stage=x", "for=1", "poster=x", "page=-3", "page=zzz", "chain=%00"])
def test_odd_filters_are_no_error(asked, firm, person_of, odd):
    assert person_of(firm).get(f"/challenges?{odd}").status_code == 200


def test_a_secret_challenge_shows_nowhere(session, leader, firm, person_of):
    secret = challenges.challenge(session, leader, secrecy=Grade.CLOSED, title_zh="绝密项目甲")
    session.commit()
    browser = person_of(firm)

    for address in (
        "/challenges",
        "/challenges?q=绝密",
        f"/challenges?poster={leader.id}",
        "/home",
        f"/organisations/{leader.id}",
    ):
        page = browser.get(address)
        assert page.status_code == 200
        assert "绝密项目甲" not in page.text
    assert "0 项榜单和场景" in browser.get(f"/challenges?poster={leader.id}").text
    for path in ("", "/check", "/answers", "/problem", "/plan"):
        assert browser.get(f"/challenges/{secret.id}{path}").status_code == 404
    assert browser.get(f"/organisations/{firm.id}/answers/{secret.id}").status_code == 404


def test_the_brief_of_a_conditional_one_is_asked_for_and_let_in(session, leader, firm, person_of):
    asked = challenges.challenge(session, leader, secrecy=Grade.CONDITIONAL)
    session.commit()
    browser, poster = person_of(firm), person_of(leader)
    page = browser.get(f"/challenges/{asked.id}").text
    assert challenges.PROBLEM[:30] not in page
    assert "冷启动时间" not in page
    assert browser.get(f"/organisations/{firm.id}/answers/{asked.id}").status_code == 422

    post(browser, f"/challenges/{asked.id}/access/{firm.id}", {"purpose": "拟承担启动流程重写，想了解现有样机"})
    row = session.exec(select(ChallengeAccess)).one()
    assert "拟承担启动流程重写" in poster.get(f"/challenges/{asked.id}").text
    post(poster, f"/challenge-access/{row.id}/decide", {"action": "grant"})

    look_again(session)
    assert session.exec(select(ChallengeAccess)).one().state is AccessState.GRANTED
    assert "冷启动时间" in browser.get(f"/challenges/{asked.id}").text


def test_the_poster_invites_by_name(session, leader, firm, person_of):
    secret = challenges.challenge(session, leader, secrecy=Grade.CLOSED)
    firm.name_key = "重庆座舱科技"
    session.commit()
    poster = person_of(leader)

    assert post(poster, f"/challenges/{secret.id}/invite", {"who": "没有这家单位"}).status_code == 422
    assert post(poster, f"/challenges/{secret.id}/invite", {"who": "重庆座舱科技有限公司"}).status_code == 302

    assert person_of(firm).get(f"/challenges/{secret.id}").status_code == 200


def test_home_shows_challenges_without_an_index_too(asked, firm, leader, person_of):
    assert "匹配程度未知" in person_of(firm).get("/home").text
    assert "本单位发布的榜单" in person_of(leader).get("/home").text


# Answering and judging


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
    assert "数据可信" in browser.get(f"/challenge-answers/{answer.id}").text
    assert post(poster, f"/challenges/{asked.id}/move/signed").status_code == 302


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
    answer = challenges.answer(session, asked, firm, points=73.5, verdict="尚可")
    session.commit()

    page = person_of(firm).get(f"/challenge-answers/{answer.id}").text

    assert "73.5" not in page
    assert "尚可" not in page


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

    assert the_challenge(session).answers_until.isoformat() == later
    assert reading.stage_dates(session, asked.id)[ChallengeStage.JUDGED].planned_on.isoformat() == later


def test_a_step_that_does_not_exist_is_refused(asked, leader, person_of):
    poster = person_of(leader)

    for step in ("nowhere", "collected", "accepted", "screened"):
        assert post(poster, f"/challenges/{asked.id}/move/{step}").status_code == 422
