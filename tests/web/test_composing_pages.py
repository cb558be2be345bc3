"""The composer at work and on its pages: taken up again, stopped, followed, asked again."""

import re
from uuid import UUID

import pytest
from sqlmodel import select

from matchmaker.consortium.prove import Progress
from matchmaker.jobs import running
from matchmaker.jobs.running import begin
from matchmaker.services import jobs
from matchmaker.services.composing import asking, solving
from models.consortia import Composition
from models.enums import (
    CompositionState,
    JobState,
    OrganisationState,
)
from models.jobs import Job
from models.organisations import Organisation
from tests.composing_case import make_usual_case
from tests.factories import make_user
from tests.web.conftest import post
from tests.web.test_base import assert_well_formed


@pytest.fixture
def case(session, instance):
    return make_usual_case(session, instance)


@pytest.fixture
def browser(case, sign_in):
    return sign_in(case.owner)


def page_of(browser, composition) -> str:
    response = browser.get(f"/compositions/{composition.id}")
    assert response.status_code == 200
    assert_well_formed(response.text)
    return response.text


FIRST = solving.first


# --- The job -------------------------------------------------------------------------------------------------------


def test_a_job_that_is_taken_up_again_goes_on_behind_its_last_step(case, monkeypatch):
    composition = case.ask()
    job = case.session.get_one(Job, composition.job_id)
    proof, searches = solving.proof, []

    def search(puzzle, **named):
        searches.append(puzzle)
        return FIRST(puzzle, **named)

    def die(*_given: object, **_named: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(solving, "first", search)
    monkeypatch.setattr(solving, "proof", die)
    with pytest.raises(KeyboardInterrupt):
        case.carry_out(composition)
    case.fresh(composition, job)
    shown, value = composition.state, composition.value
    monkeypatch.setattr(solving, "proof", proof)
    job = case.carry_out(composition)

    assert (shown, value is not None) == (CompositionState.SEARCHING, True)
    assert (job.state, job.run, len(searches)) == (JobState.DONE, 2, 1)
    assert composition.state is CompositionState.PROVED


def test_a_search_that_somebody_stops_keeps_the_best_team_so_far(case, monkeypatch, browser):
    composition = case.ask()
    job = case.session.get_one(Job, composition.job_id)

    def stop_first(puzzle, start, *, watch, seconds=0.0):
        post(browser, f"/compositions/{composition.id}/stop")
        watch(Progress(solving.team_of(puzzle, start.team), start.bound, 0.1))
        raise AssertionError("the search went on")

    monkeypatch.setattr(solving, "proof", stop_first)
    monkeypatch.setattr(running, "SECONDS_BETWEEN_SIGNS", 0.0)  # it looks once a second, and the test is faster
    job = case.carry_out(composition)

    assert job.state is JobState.CANCELLED
    assert composition.state is CompositionState.ENDED
    assert composition.result["teams"]
    page = page_of(browser, composition)
    assert f"/compositions/{composition.id}/room" in page
    assert post(browser, f"/compositions/{composition.id}/stop").status_code == 422


def test_an_older_run_shows_nothing_any_more(case):
    composition = case.ask()
    job = case.session.get_one(Job, composition.job_id)
    older = begin(case.instance.engine, job.id, 1, worker="here-1")
    begin(case.instance.engine, job.id, 1, worker="here-2")

    from matchmaker.jobs.running import Superseded, Work

    with pytest.raises(Superseded):
        Work(case.instance.engine, older).show(lambda session: session.add(composition))


def test_a_job_that_was_cancelled_before_it_began_leaves_a_search_that_has_ended(case, browser):
    composition = case.ask()
    job = case.session.get_one(Job, composition.job_id)

    jobs.cancel(case.session, case.actor, job)
    case.session.commit()

    assert asking.get(case.session, case.actor, composition.id).state is CompositionState.ENDED
    assert "搜索在找到团队之前结束" in page_of(browser, composition)


# --- Pages ---------------------------------------------------------------------------------------------------------


def test_the_page_of_a_team_says_why_each_member_is_in_and_what_the_points_are_made_of(case, browser):
    composition = case.compose()

    page = page_of(browser, composition)

    for said in ("已证明：在这些规则下没有更好的团队", "仅此成员覆盖", "能力与成员对照", "得分构成", "其他可选方案"):
        assert said in page
    assert 'data-follow="off"' in page


def test_a_get_composes_nothing(case, browser):
    page = browser.get(f"/challenges/{case.challenge.id}/compositions")

    assert page.status_code == 200
    assert_well_formed(page.text)
    assert "还没有组建过团队" in page.text
    assert case.session.exec(select(Composition)).all() == []


def test_a_team_is_asked_for_on_the_page_and_followed_there(case, browser):
    response = post(
        browser, f"/challenges/{case.challenge.id}/compositions", {"lead_id": str(case.lead.id), "members_at_most": "3"}
    )
    page = browser.get(response.location).text

    composition = case.session.exec(select(Composition)).one()
    assert composition.settings["members_at_most"] == 3
    assert 'data-follow="on"' in page
    assert "没有执行进程" in page


def test_what_was_typed_wrongly_is_named_and_kept(case, browser):
    response = post(
        browser,
        f"/challenges/{case.challenge.id}/compositions",
        {"lead_id": str(case.lead.id), "members_at_most": "99", "budget": "800"},
    )

    assert response.status_code == 422
    assert 'value="99"' in response.text
    assert 'value="800"' in response.text


def test_members_are_held_and_barred_on_the_page(case, browser):
    composition = case.compose()
    held, barred = case.firms["乙控制器"], case.firms["甲控制器"]

    response = post(
        browser,
        f"/compositions/{composition.id}/again",
        {"lead_id": str(case.lead.id), "held": [str(held.id)], "barred": [str(barred.id)]},
    )

    case.session.rollback()
    asked = case.session.get_one(Composition, UUID(response.location.rsplit("/", 1)[1]))
    assert asked.settings["held"] == [str(held.id)]
    assert asked.settings["barred"] == [str(barred.id)]


def test_an_organisation_that_has_left_is_named_no_more(case, browser):
    composition = case.compose()
    member = UUID(composition.result["teams"][0]["members"][1]["organisation_id"])
    gone = case.session.get_one(Organisation, member)
    gone.state, name = OrganisationState.CLOSED, gone.name_zh
    case.session.commit()

    page = page_of(browser, composition)

    assert name not in page
    assert "已不在库中的机构" in page


def test_to_a_stranger_neither_the_team_nor_the_list_is_there(case, session, sign_in):
    composition = case.compose()
    stranger = make_user()
    session.add(stranger)
    session.commit()
    browser = sign_in(stranger)

    assert browser.get(f"/compositions/{composition.id}").status_code == 404
    assert browser.get(f"/challenges/{case.challenge.id}/compositions").status_code == 404


def test_the_pages_speak_english_too(case, browser):
    composition = case.compose()

    page = browser.get(f"/compositions/{composition.id}?lang=en", follow_redirects=True).text

    assert "Proved: no team under these rules is better." in page
    assert re.search(r"Only this member covers:\s*<strong>[A-Z]", page)
