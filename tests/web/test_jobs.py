"""The pages of jobs: who may start, follow, stop and repeat which."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from markupsafe import escape
from sqlmodel import Session, select

from matchmaker.instance import Instance
from matchmaker.jobs import asking, running, workers
from matchmaker.jobs.running import Message, begin, end
from matchmaker.services import jobs
from matchmaker.services.actors import PLATFORM
from matchmaker.worker.kinds import KINDS
from models.audit import AuditEntry
from models.base import new_id, utc_now
from models.enums import JobKind, JobState, PlatformRole
from models.jobs import Job, JobStep, Worker
from models.market import PriceRun
from tests.factories import make_user
from tests.web.conftest import post
from tests.web.region import make_region
from tests.web.test_base import assert_well_formed
from web.admin import messages

REBUILD = "/jobs/rebuild_index/start"


@pytest.fixture
def administrator(session):
    administrator = make_user(PlatformRole.ADMINISTRATOR, name="王磊")
    session.add(administrator)
    session.commit()
    return administrator


@pytest.fixture
def browser(administrator, sign_in):
    return sign_in(administrator)


def make_job(session: Session, **values: object) -> Job:
    job = Job(**{"kind": JobKind.REBUILD_INDEX, **values})
    session.add(job)
    session.commit()
    return job


def fresh(session: Session, job: Job) -> Job:
    session.rollback()
    session.refresh(job)
    return job


def live_part(page: str) -> str:
    found = re.search(r'data-follow="(on|off)"', page)
    assert found
    return found[1]


def test_an_administrator_starts_a_job_and_is_shown_it(browser, session, administrator):
    response = post(browser, REBUILD)

    job = session.exec(select(Job)).one()
    assert (job.kind, job.state, job.asked_by) == ("rebuild_index", JobState.QUEUED, administrator.id)
    assert response.location == f"/jobs/{job.id}"
    assert [entry.action for entry in session.exec(select(AuditEntry)).all()] == ["job.start"]


def test_who_starts_a_job_that_waits_already_is_shown_that_one(browser, session):
    first, second = post(browser, REBUILD), post(browser, REBUILD)

    assert first.location == second.location
    assert len(session.exec(select(Job)).all()) == 1


@pytest.mark.parametrize("kind", ["nonsense", "rebuild_index%00", "train_weights"])
def test_a_kind_that_does_not_exist_or_needs_to_be_told_more_cannot_be_started_here(browser, session, kind):
    assert post(browser, f"/jobs/{kind}/start").status_code == 404
    assert session.exec(select(Job)).all() == []


def test_one_job_for_each_set_of_arguments(session):
    first = jobs.start(session, PLATFORM, JobKind.TRAIN_WEIGHTS, purpose="partners")
    same = jobs.start(session, PLATFORM, JobKind.TRAIN_WEIGHTS, purpose="partners")
    other = jobs.start(session, PLATFORM, JobKind.TRAIN_WEIGHTS, purpose="investors")

    assert first.id == same.id != other.id
    assert (first.arguments, other.arguments) == ({"purpose": "partners"}, {"purpose": "investors"})


@pytest.mark.parametrize("role", [None, PlatformRole.OFFICER, PlatformRole.AUDITOR])
def test_only_administrators_rebuild_the_index(session, sign_in, role):
    person = make_user(role) if role else make_user()
    session.add(person)
    session.commit()

    assert post(sign_in(person), REBUILD).status_code == 403
    assert session.exec(select(Job)).all() == []


def test_the_list_shows_every_job_with_its_state_and_result(browser, session, administrator):
    make_job(session, asked_by=administrator.id)
    make_job(session, state=JobState.RUNNING, done=1200, total=4000)
    make_job(session, state=JobState.RUNNING, done=70)
    make_job(session, state=JobState.DONE, message="index_rebuilt", facts={"organisations": 2000, "offers": 3000})
    make_job(session, state=JobState.FAILED, message="job_failed", facts={"times": 3, "error": "MemoryError"})
    make_job(session, state=JobState.FAILED, message="unknown_capabilities", facts={"codes": ["a", "b"]})
    make_job(session, kind="from-the-future", state=JobState.CANCELLED, message="job_cancelled")

    page = browser.get("/jobs").text

    for shown in (
        "排队中",
        "进行中",
        "1,200 / 4,000",
        "已处理 70 项",
        "2,000 家机构",
        "MemoryError",
        "a, b",
        "已按要求停止",
    ):
        assert shown in page
    assert 'max="4000" value="1200"' in page
    assert "王磊" in page
    assert "from-the-future" in page
    assert_well_formed(page)


def test_the_list_follows_by_itself_as_long_as_something_goes_on(browser, session):
    job = make_job(session)
    assert live_part(browser.get("/jobs").text) == "on"
    assert live_part(browser.get(f"/jobs/{job.id}").text) == "on"

    job.state = JobState.DONE
    session.commit()

    for address in ("/jobs", f"/jobs/{job.id}"):
        page = browser.get(address).text
        assert live_part(page) == "off"
        assert "follow.js" not in page


def test_who_asked_for_a_job_follows_it_and_nobody_else_sees_it(session, sign_in):
    asker, other = make_user(), make_user()
    session.add_all([asker, other])
    session.flush()
    job = make_job(session, asked_by=asker.id)
    nobodys = make_job(session)

    own, strangers = sign_in(asker), sign_in(other)

    assert own.get(f"/jobs/{job.id}").status_code == 200
    assert str(job.id) in own.get("/jobs").text
    assert str(nobodys.id) not in own.get("/jobs").text
    assert "/start" not in own.get("/jobs").text
    assert str(job.id) not in strangers.get("/jobs").text
    for hidden in (f"/jobs/{job.id}", f"/jobs/{nobodys.id}"):
        assert strangers.get(hidden).status_code == 404
        assert post(strangers, f"{hidden}/cancel").status_code == 404
        assert post(strangers, f"{hidden}/again").status_code == 404
    assert fresh(session, job).state is JobState.QUEUED


def test_an_officer_who_asks_for_prices_that_wait_already_follows_them_but_may_not_stop_them(session, sign_in):
    officer = make_user(PlatformRole.OFFICER)
    session.add(officer)
    nightly = make_job(session, kind=JobKind.COMPUTE_PRICES, key=JobKind.COMPUTE_PRICES)
    other = make_job(session)
    browser = sign_in(officer)

    page = post(browser, "/jobs/compute_prices/start", follow_redirects=True)

    assert page.status_code == 200
    assert page.request.path == f"/jobs/{nightly.id}"
    assert f"{nightly.id}/cancel" not in page.text
    assert post(browser, f"/jobs/{nightly.id}/cancel").status_code == 403
    assert str(nightly.id) in browser.get("/jobs").text
    assert str(other.id) not in browser.get("/jobs").text
    assert fresh(session, nightly).state is JobState.QUEUED


def test_who_may_no_longer_start_a_job_does_not_start_an_old_one_again(session, sign_in):
    once_administrator = make_user()
    session.add(once_administrator)
    session.flush()
    job = make_job(session, state=JobState.FAILED, asked_by=once_administrator.id)
    browser = sign_in(once_administrator)

    page = browser.get(f"/jobs/{job.id}")
    answer = post(browser, f"/jobs/{job.id}/again")

    assert (page.status_code, answer.status_code) == (200, 403)
    assert f"{job.id}/again" not in page.text
    assert fresh(session, job).state is JobState.FAILED


def test_a_waiting_job_is_cancelled_at_once_and_can_be_done_again(browser, session):
    job = make_job(session, key="rebuild_index")

    post(browser, f"/jobs/{job.id}/cancel")
    cancelled = fresh(session, job).state
    post(browser, f"/jobs/{job.id}/again")

    assert (cancelled, fresh(session, job).state) == (JobState.CANCELLED, JobState.QUEUED)
    actions = session.exec(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["job.cancel", "job.again"]


def test_a_running_job_is_asked_to_stop_and_the_page_says_so(browser, session):
    job = make_job(session, state=JobState.RUNNING, run=2)

    response = post(browser, f"/jobs/{job.id}/cancel", follow_redirects=True)

    assert "正在停止" in response.text
    assert "已从中断处继续" in response.text
    assert f"/jobs/{job.id}/cancel" not in response.text
    assert (fresh(session, job).state, job.cancel_asked_at is None) == (JobState.RUNNING, False)


def test_an_ended_job_can_be_neither_stopped_nor_undone(browser, session):
    job = make_job(session, state=JobState.DONE, message="index_rebuilt", facts={"organisations": 1, "offers": 1})

    assert post(browser, f"/jobs/{job.id}/cancel").status_code == 422
    assert post(browser, f"/jobs/{job.id}/again").status_code == 422
    assert fresh(session, job).state is JobState.DONE


def test_a_job_is_not_repeated_beside_its_like(browser, session):
    failed = make_job(session, key="rebuild_index", state=JobState.FAILED)
    make_job(session, key="rebuild_index")

    response = post(browser, f"/jobs/{failed.id}/again")

    assert response.status_code == 422
    assert "已在等待或执行中" in response.text


def test_the_page_of_a_job_tells_how_often_it_failed_and_what_is_done_for_good(browser, session):
    job = make_job(session, failures=2, due_at=utc_now() + timedelta(minutes=1))
    session.add_all([JobStep(job_id=job.id, name="freeze", result=1), JobStep(job_id=job.id, name="score", result=2)])
    session.commit()

    page = browser.get(f"/jobs/{job.id}").text

    assert "第 2 次尝试失败" in page
    assert re.search(r"已完成步骤</dt><dd>2<", page)
    assert_well_formed(page)


def test_people_are_told_when_nobody_carries_out_what_waits(browser, session):
    job = make_job(session)
    alone = browser.get(f"/jobs/{job.id}").text
    session.add(Worker(name="here-1"))
    session.commit()
    attended = browser.get(f"/jobs/{job.id}").text

    assert "没有执行进程" in alone
    assert "没有执行进程" not in attended


def test_a_worker_that_was_last_seen_long_ago_does_not_count(browser, session):
    make_job(session)
    session.add(Worker(name="here-1", seen_at=utc_now() - timedelta(seconds=2 * workers.LEASE_SECONDS)))
    session.commit()

    assert "没有执行进程" in browser.get("/jobs").text


def test_what_a_worker_writes_is_on_the_page_with_the_next_look(browser, session, instance):
    job = make_job(session)
    begun = begin(instance.engine, job.id, 1, worker="here-1")
    assert begun is not None
    running = browser.get(f"/jobs/{job.id}").text

    end(instance.engine, begun, JobState.DONE, Message("index_rebuilt", {"organisations": 12, "offers": 34}))

    assert "进行中" in running
    assert "12 家机构" in browser.get(f"/jobs/{job.id}").text


def test_a_job_that_does_not_exist_is_a_page_that_says_so(browser):
    assert browser.get(f"/jobs/{new_id()}").status_code == 404


def test_who_was_deleted_leaves_the_job_behind(browser, session):
    person = make_user()
    session.add(person)
    session.flush()
    job = make_job(session, asked_by=person.id)
    session.delete(person)
    session.commit()

    assert "平台" in browser.get(f"/jobs/{job.id}").text
    assert asking.count_unfinished(session) == 1


def carry_out_all(instance: Instance, session: Session) -> dict[str, Job]:
    """As a worker would, in the order in which they were asked for."""
    session.commit()
    for job in session.exec(select(Job).order_by(Job.created_at, Job.id)).all():
        running.carry_out(instance, KINDS, job.id, job.handover, worker="here-1")
    session.rollback()
    session.expire_all()
    return {job.kind: job for job in session.exec(select(Job)).all()}


def test_each_kind_of_job_does_its_work_and_says_what_came_of_it(browser, session, instance):
    region = make_region(session, instance)
    for _ in range(3):
        region.add_candidate()
    region.index()
    for kind in (JobKind.REBUILD_INDEX, JobKind.COMPUTE_PRICES):
        jobs.start(session, PLATFORM, kind)
    for kind in (JobKind.TRAIN_WEIGHTS, JobKind.MEASURE_BENCH):
        jobs.start(session, PLATFORM, kind, purpose="partners")

    ended = carry_out_all(instance, session)
    page = browser.get("/jobs").text

    assert {kind: (job.state, job.message) for kind, job in ended.items()} == {
        JobKind.REBUILD_INDEX: (JobState.DONE, "index_rebuilt"),
        JobKind.COMPUTE_PRICES: (JobState.DONE, "prices_computed"),
        JobKind.TRAIN_WEIGHTS: (JobState.DONE, "training_refused"),
        JobKind.MEASURE_BENCH: (JobState.DONE, "bench_too_few"),
    }
    # Those that belong to a record, and those of the region's desk, have tests of their own.
    assert set(ended) < set(JobKind)
    for job in ended.values():
        assert told(job, browser.application) in page


def test_what_a_job_keeps_is_kept_once_however_often_it_is_taken_up(session, instance):
    region = make_region(session, instance)
    region.add_candidate()
    region.index()
    job = jobs.start(session, PLATFORM, JobKind.COMPUTE_PRICES)
    first = carry_out_all(instance, session)[JobKind.COMPUTE_PRICES].facts

    job.state, job.ended_at = JobState.RUNNING, None  # as if it had died between its last step and its end
    again = carry_out_all(instance, session)[JobKind.COMPUTE_PRICES].facts

    assert first == again
    assert len(session.exec(select(PriceRun)).all()) == 1


def told(job: Job, app: Flask) -> str:
    with app.test_request_context():
        return str(escape(messages.told(job)))
