"""Challenges in the browser: writing in steps, screening, lists, and that nothing secret shows."""

import re
from datetime import timedelta

import pytest
from sqlmodel import select

from matchmaker.services.calendar import today
from matchmaker.services.challenges import reading
from models.challenges import ChallengeAccess
from models.enums import AccessState, ChallengeStage, Grade
from tests import challenge_factory as challenges
from tests.web.challenges.conftest import look_again, the_challenge
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
    [version, *_others] = re.findall(
        r'name="version"[^>]*value="(\d+)"', browser.get(f"/challenges/{asked.id}/terms").text
    )
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


def test_an_officer_publishes_the_text_that_was_read_and_no_other(session, asked, officer):
    asked.stage = ChallengeStage.SCREENED
    session.commit()
    read, points = str(asked.version), {"points_problem": "3"}
    asked.problem_zh = "另一个问题" * 20
    session.commit()

    response = post(officer, f"/officer/challenges/{asked.id}", {**points, "version": read, "action": "keep"})

    assert response.status_code == 409
    assert '<option value="3" selected>' in response.text
    assert the_challenge(session).clarity_points is None


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


def test_letting_in_is_taken_back_on_the_page_with_its_reason(session, leader, firm, person_of):
    asked = challenges.challenge(session, leader, secrecy=Grade.CONDITIONAL)
    row = challenges.let_in(session, asked, firm)
    session.commit()
    browser, poster = person_of(firm), person_of(leader)
    address = f"/challenge-access/{row.id}/revoke"

    assert address in poster.get(f"/challenges/{asked.id}").text
    assert post(browser, address, {"note": "x"}).status_code == 404
    assert post(poster, address).status_code == 422
    assert post(poster, address, {"note": "保密协议已终止"}).status_code == 302

    page = browser.get(f"/challenges/{asked.id}").text
    assert "保密协议已终止" in page
    assert "冷启动时间" not in page


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
    assert "本机构发布的榜单" in person_of(leader).get("/home").text
