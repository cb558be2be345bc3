"""Jobs as rows: who may begin, who may write, how failures and cancellations end."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from matchmaker.cli.doctor import Verdict, check_workers
from matchmaker.errors import IndexMissing, InvalidInput, NotFound
from matchmaker.instance import Instance
from matchmaker.jobs import asking, running, workers
from matchmaker.jobs.running import Message, Superseded, Work, WorkFunction, carry_out
from matchmaker.worker.kinds import with_rendering
from matchmaker.worker.nightly import NIGHTLY, ask_for_due, latest_due
from models.base import utc_now
from models.enums import JobKind, JobState
from models.jobs import Job, JobStep, Worker
from models.sessions import reading, writing

NAME = "here-1"


@pytest.fixture
def instance(migrated_database: Path, tmp_path: Path) -> Iterator[Instance]:
    folder = tmp_path / "instance"
    folder.mkdir()
    (folder / "matchmaker.sqlite").write_bytes(migrated_database.read_bytes())
    instance = Instance(folder)
    yield instance
    instance.engine.dispose()


def ask(instance: Instance, kind: str = "test", **values: object) -> Job:
    with writing(instance.engine) as session:
        return asking.enqueue(session, kind, **values)


def read(instance: Instance, job: Job) -> Job:
    with reading(instance.engine) as session:
        return session.get_one(Job, job.id)


def run(instance: Instance, job: Job, function: WorkFunction, **options: object) -> Job:
    present = read(instance, job)
    carry_out(instance, {"test": function}, job.id, present.handover, worker=NAME, **options)
    return read(instance, job)


def done(_instance: Instance, _work: Work) -> Message:
    return Message("index_rebuilt", {"offers": 3})


def test_a_job_that_ends_well_says_what_came_of_it(instance):
    job = run(instance, ask(instance), done)

    assert (job.state, job.message, job.facts) == (JobState.DONE, "index_rebuilt", {"offers": 3})
    assert (job.worker, job.run) == (NAME, 1)
    assert job.started_at is not None
    assert job.ended_at is not None


def test_every_kind_of_job_has_a_function():
    assert set(with_rendering(lambda _content, _language: lambda _format: b"")) == set(JobKind)


def test_an_ended_job_is_not_carried_out_again(instance):
    job = run(instance, ask(instance), done)

    again = run(instance, job, lambda _instance, _work: pytest.fail("it was carried out again"))

    assert again == job


def test_a_handover_that_is_not_the_present_one_is_passed_over(instance):
    job = ask(instance)

    carry_out(instance, {"test": done}, job.id, job.handover + 1, worker=NAME)

    assert read(instance, job).state is JobState.QUEUED


def test_the_same_key_is_one_job_as_long_as_it_waits_or_runs(instance):
    first = ask(instance, key="one")
    same = ask(instance, key="one")
    run(instance, first, done)
    after = ask(instance, key="one")

    assert same.id == first.id
    assert after.id != first.id


def test_two_who_ask_with_one_key_in_the_same_instant_do_not_get_two_jobs(instance):
    ask(instance, key="one")

    with pytest.raises(IntegrityError), writing(instance.engine) as session:
        session.add(Job(kind="test", key="one"))


def test_a_failure_is_tried_three_times_and_then_told(instance):
    def fail(_instance: Instance, _work: Work) -> Message:
        raise ZeroDivisionError

    job, states = ask(instance), []
    for _ in range(running.MOST_FAILURES):
        asked_at = utc_now()
        job = run(instance, job, fail)
        states.append((job.state, job.failures, job.due_at > asked_at))

    waits = JobState.QUEUED
    assert states == [(waits, 1, True), (waits, 2, True), (JobState.FAILED, 3, True)]
    assert (job.message, job.facts) == ("job_failed", {"times": 3, "error": "ZeroDivisionError"})


@pytest.mark.parametrize(
    ("error", "message", "facts"),
    [
        (InvalidInput("too_few_outcomes", needed=50, there=3), "too_few_outcomes", {"needed": 50, "there": 3}),
        (IndexMissing("no index has been built yet"), "index_missing", {}),
        (NotFound("preset", "x"), "job_refused", {"reason": "no preset x"}),
    ],
)
def test_what_is_refused_on_purpose_is_told_at_once(instance, error, message, facts):
    def refuse(_instance: Instance, _work: Work) -> Message:
        raise error

    job = run(instance, ask(instance), refuse)

    assert (job.state, job.message, job.facts) == (JobState.FAILED, message, facts)


def test_a_kind_that_this_version_does_not_know_is_told(instance):
    job = run(instance, ask(instance, "from-the-future"), done)

    assert (job.state, job.message) == (JobState.FAILED, "job_kind_unknown")


def test_a_step_that_is_done_stays_done_when_the_job_is_taken_up_again(instance):
    computed: list[str] = []

    def in_two_steps(_instance: Instance, work: Work) -> Message:
        first = work.step("first", lambda: len([*map(computed.append, ["first"])]))
        if computed.count("second") == 0:
            computed.append("second")
            raise ZeroDivisionError
        return Message("ok", {"first": first})

    job = run(instance, ask(instance), in_two_steps)
    job = run(instance, job, in_two_steps)

    assert computed.count("first") == 1
    assert job.facts == {"first": 1}


def test_a_steps_effect_and_its_record_are_kept_together_or_not_at_all(instance):
    def half(_instance: Instance, work: Work) -> Message:
        def save(session: Session, _value: object) -> None:
            session.add(Worker(name="effect"))
            session.flush()
            raise ZeroDivisionError

        work.step("one", lambda: None, save=save)
        return Message("ok")

    run(instance, ask(instance), half)

    with reading(instance.engine) as session:
        assert session.exec(select(Worker)).all() == []
        assert session.exec(select(JobStep)).all() == []


def test_a_run_that_was_taken_for_dead_has_no_effects_any_more(instance):
    job = ask(instance)
    late = running.begin(instance.engine, job.id, 1, worker="frozen")
    assert late is not None
    newest = running.begin(instance.engine, job.id, 1, worker=NAME)
    assert newest is not None

    with pytest.raises(Superseded):
        Work(instance.engine, late).step("one", lambda: 1, save=lambda session, _: session.add(Worker(name="effect")))
    running.end(instance.engine, late, JobState.FAILED, Message("late"))
    running.hand_back(instance.engine, late)
    running.end(instance.engine, newest, JobState.DONE, Message("ok"))

    job = read(instance, job)
    assert (job.state, job.message, job.worker, job.run) == (JobState.DONE, "ok", NAME, 2)
    with reading(instance.engine) as session:
        assert session.exec(select(Worker)).all() == []


def test_a_step_that_kills_its_worker_each_time_ends_as_failed(instance):
    job = ask(instance)
    begun = 0
    while running.begin(instance.engine, job.id, 1, worker=NAME):
        begun += 1

    job = read(instance, job)
    assert begun == running.MOST_INTERRUPTIONS + 1
    assert (job.state, job.message) == (JobState.FAILED, "job_interrupted")


def test_deaths_are_forgotten_when_a_step_is_done(instance):
    job = ask(instance)
    for _ in range(5):
        begun = running.begin(instance.engine, job.id, 1, worker=NAME)
    assert begun is not None

    Work(instance.engine, begun).step("one", lambda: 1)

    assert (begun.interruptions, read(instance, job).interruptions) == (4, 0)


def test_progress_is_written_at_most_once_a_second_and_never_goes_back(instance, monkeypatch):
    clock = [100.0]
    monkeypatch.setattr("matchmaker.jobs.running.monotonic", lambda: clock[0])
    job = ask(instance)
    shown = []

    def progress(_instance: Instance, work: Work) -> Message:
        work.expect(10)
        for _ in range(10):
            clock[0] += 0.3
            work.advance()
            shown.append(read(instance, job).done)
        return Message("ok")

    def start_again(_instance: Instance, work: Work) -> Message:
        work.advance(0)
        clock[0] += 2
        work.advance(1)
        shown.append(read(instance, job).done)
        return Message("ok")

    run(instance, job, progress)
    with writing(instance.engine) as session:  # as if it had died before the end
        session.get_one(Job, job.id).state = JobState.RUNNING
    run(instance, job, start_again)

    assert shown[:-1] == [0, 0, 0, 4, 4, 4, 4, 8, 8, 8]
    assert shown[-1] == 10


def test_a_waiting_job_that_is_cancelled_never_begins(instance):
    job = ask(instance)

    with writing(instance.engine) as session:
        asking.cancel(session, session.get_one(Job, job.id))
    job = run(instance, job, done)

    assert (job.state, job.message, job.run) == (JobState.CANCELLED, "job_cancelled", 0)


def test_a_running_job_ends_at_its_next_step_when_it_is_cancelled(instance):
    def cancelled_in_between(instance: Instance, work: Work) -> Message:
        with writing(instance.engine) as session:
            asking.cancel(session, session.get_one(Job, work.job_id))
        work.step("one", lambda: pytest.fail("it went on"))
        return Message("ok")

    job = run(instance, ask(instance), cancelled_in_between)

    assert (job.state, job.message) == (JobState.CANCELLED, "job_cancelled")


def test_a_job_that_has_ended_stays_as_it_is_when_somebody_cancels_it(instance):
    job = run(instance, ask(instance), done)

    with writing(instance.engine) as session:
        asking.cancel(session, session.get_one(Job, job.id))

    assert read(instance, job) == job


def test_a_failed_job_can_be_asked_for_again_and_keeps_what_was_done(instance):
    def refuse(_instance: Instance, work: Work) -> Message:
        work.step("one", lambda: 1)
        raise InvalidInput("no")

    job = run(instance, ask(instance), refuse)

    with writing(instance.engine) as session:
        asking.ask_again(session, session.get_one(Job, job.id))
    again = read(instance, job)
    ended = run(instance, job, lambda _instance, work: Message("ok", {"one": work.step("one", lambda: 2)}))

    assert (again.state, again.message, again.handover, again.ended_at) == (JobState.QUEUED, "", 2, None)
    assert (ended.state, ended.facts) == (JobState.DONE, {"one": 1})


def test_a_worker_that_stops_gives_its_job_back_uncounted(instance):
    def advance(_instance: Instance, work: Work) -> Message:
        work.advance()
        return Message("ok")

    job = run(instance, ask(instance), advance, is_stopping=lambda: True)

    assert (job.state, job.failures, job.interruptions, job.handover) == (JobState.QUEUED, 0, 0, 2)


def test_no_two_living_workers_have_one_name_and_a_new_one_takes_the_free_one(tmp_path):
    with workers.own_name(tmp_path) as first:
        with workers.own_name(tmp_path) as second:
            pass
        with workers.own_name(tmp_path) as third:
            pass
    with workers.own_name(tmp_path) as fourth:
        pass

    assert second == third != first == fourth


def test_a_worker_is_taken_for_dead_when_its_sign_of_life_stays_the_same(instance, monkeypatch):
    clock = [0.0]
    monkeypatch.setattr("matchmaker.jobs.workers.monotonic", lambda: clock[0])
    watch, born = workers.Watch(), utc_now()
    workers.beat(instance.engine, "alive", started_at=born)
    workers.beat(instance.engine, "dead", started_at=born)

    def look() -> frozenset[str]:
        with reading(instance.engine) as session:
            return watch.living(session)

    seen = [look()]
    for _ in range(2):
        clock[0] += workers.LEASE_SECONDS * 0.6
        workers.beat(instance.engine, "alive", started_at=born)
        seen.append(look())
    workers.leave(instance.engine, "alive")

    assert seen == [{"alive", "dead"}, {"alive", "dead"}, {"alive"}]
    assert look() == frozenset()


# 03:00 in China is 19:00 UTC of the day before.
@pytest.mark.parametrize(
    ("now", "is_asked"),
    [
        (datetime(2026, 11, 21, 18, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 21, 19, 0, tzinfo=UTC), True),
        (datetime(2026, 11, 21, 21, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 21, 22, 1, tzinfo=UTC), False),
    ],
)
def test_the_nights_work_is_asked_for_in_its_hour(instance, now, is_asked):
    with writing(instance.engine) as session:
        asked = ask_for_due(session, at="03:00", now=now)

    assert [job.kind for job in asked] == (list(NIGHTLY) if is_asked else [])


def test_the_nights_work_is_asked_for_once_a_night(instance):
    due = latest_due(time(3), utc_now())
    with writing(instance.engine) as session:
        first = ask_for_due(session, at="03:00", now=due)
        for job in first:
            job.created_at = due
            job.state = JobState.DONE
        session.flush()
        again = ask_for_due(session, at="03:00", now=due + timedelta(minutes=1))
        next_night = ask_for_due(session, at="03:00", now=due + timedelta(days=1))

    assert len(first) == len(NIGHTLY)
    assert again == []
    assert len(next_night) == len(NIGHTLY)


def test_without_an_hour_no_night_asks_for_anything(instance):
    with writing(instance.engine) as session:
        ask_for_due(session, at="", now=utc_now())
        assert session.exec(select(col(Job.id))).all() == []


def doctors_word(instance: Instance) -> list[tuple[Verdict, str]]:
    return [(finding.verdict, finding.text) for finding in check_workers(instance)]


def test_the_doctor_says_whether_somebody_carries_out_jobs(instance):
    idle = doctors_word(instance)
    ask(instance)
    waiting = doctors_word(instance)
    workers.beat(instance.engine, NAME, started_at=utc_now())
    attended = doctors_word(instance)

    assert [verdict for ((verdict, _),) in (idle, waiting, attended)] == [Verdict.NOTE, Verdict.FAILED, Verdict.OK]
    assert "1 jobs wait" in waiting[0][1]
    assert NAME in attended[0][1]
