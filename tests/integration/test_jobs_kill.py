"""Workers that are killed, frozen and started again: each job ends once, complete, with the same result."""

import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import pytest
from sqlmodel import Session, select

from matchmaker.instance import Instance
from matchmaker.jobs import asking
from models.audit import AuditEntry
from models.enums import JobKind, JobState
from models.jobs import Job, Worker
from models.sessions import reading, writing
from tests import job_worker
from tests.installations import open_instance
from tests.job_worker import expected_digest
from tests.killing import FORKING

pytestmark = pytest.mark.slow

PARTS, SECONDS_A_PART = 30, 0.05
PATIENCE_SECONDS = 60.0

WorkerProcess = multiprocessing.process.BaseProcess


@dataclass(frozen=True)
class Crew:
    """An installation and the worker processes that a test has started in it."""

    instance: Instance
    started: list[WorkerProcess] = field(default_factory=list)
    named: dict[str, WorkerProcess] = field(default_factory=dict)

    def start(self) -> WorkerProcess:
        process = FORKING.Process(target=job_worker.main, args=(self.instance.folder,))
        process.start()
        self.started.append(process)
        return process

    def start_named(self) -> None:
        """Start a worker and wait until it says that it lives."""
        before = self.names()
        process = self.start()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.names() == before:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        self.named[(self.names() - before).pop()] = process

    def process_of(self, name: str | None) -> WorkerProcess:
        assert name is not None
        return self.named[name]

    def names(self) -> set[str]:
        with reading(self.instance.engine) as session:
            return set(session.exec(select(Worker.name)).all())

    def end(self) -> None:
        for process in self.started:
            process.kill()
            process.join()
        self.instance.engine.dispose()


def make_crew(folder: Path, database: Path) -> Crew:
    folder.mkdir()
    shutil.copy(database, folder / "matchmaker.sqlite")
    return Crew(Instance(folder))


@pytest.fixture
def crew(tmp_path, migrated_database) -> Iterator[Crew]:
    crew = make_crew(tmp_path / "instance", migrated_database)
    yield crew
    crew.end()


@pytest.fixture
def postgres_crew(tmp_path, postgres_url) -> Iterator[Crew]:
    crew = Crew(open_instance(tmp_path / "instance", postgres_url))
    yield crew
    crew.end()


@pytest.fixture(scope="module")
def two_at_work(tmp_path_factory, migrated_database) -> Iterator[Crew]:
    """An installation whose two workers the tests share."""
    crew = make_crew(tmp_path_factory.mktemp("crew") / "instance", migrated_database)
    crew.start_named()
    crew.start_named()
    yield crew
    crew.end()


def ask(instance: Instance, kind: str, **arguments: object) -> UUID:
    with writing(instance.engine) as session:
        return asking.enqueue(session, kind, arguments=arguments).id


def read_job(instance: Instance, job_id: UUID) -> Job:
    with reading(instance.engine) as session:
        return session.get_one(Job, job_id)


def wait_for(instance: Instance, job_id: UUID, is_so: Callable[[Job], bool]) -> Job:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so(job := read_job(instance, job_id)):
        assert time.monotonic() < deadline, job
        time.sleep(0.02)
    return job


def parts_done(session: Session, job_id: UUID) -> Counter[str]:
    entries = session.exec(select(AuditEntry.subject_type).where(AuditEntry.subject_id == str(job_id))).all()
    return Counter(entries)


def has_ended(job: Job) -> bool:
    return job.ended_at is not None


def assert_counted_once(instance: Instance, job: Job, *, parts: int) -> None:
    assert (job.state, job.message) == (JobState.DONE, "counted")
    assert job.facts == {"digest": expected_digest(parts)}
    assert (job.done, job.total) == (parts, parts)
    with reading(instance.engine) as session:
        assert parts_done(session, job.id) == Counter(str(number) for number in range(parts))


@pytest.mark.parametrize(("kind_of_crew", "kills"), [("crew", 4), ("postgres_crew", 2)])
def test_a_job_whose_worker_is_killed_again_and_again_ends_once_with_the_same_result(kind_of_crew, kills, request):
    crew: Crew = request.getfixturevalue(kind_of_crew)
    instance = crew.instance
    generator = random.Random(20261122)
    parts = 2 * PARTS  # more than all the killed ones come to, however late a busy machine lets us see that they began
    job_id = ask(instance, "count", parts=parts, seconds=SECONDS_A_PART)
    shown = [0]

    for number in range(kills):
        worker = crew.start()
        # Somewhere in its next parts: between two of them, in one, or while one is being written.
        wait_for(instance, job_id, lambda job: job.run == number + 1)  # noqa: B023 - called in this round
        time.sleep(generator.uniform(0.0, 3 * SECONDS_A_PART))
        worker.kill()
        worker.join()
        assert worker.exitcode == -signal.SIGKILL
        shown.append(read_job(instance, job_id).done)
    crew.start()
    job = wait_for(instance, job_id, has_ended)

    assert_counted_once(instance, job, parts=parts)
    assert job.run == kills + 1
    assert shown == sorted(shown)
    assert shown[-1] < parts


def test_a_dead_workers_job_is_taken_over_by_another(crew):
    crew.start_named()
    crew.start_named()
    job_id = ask(crew.instance, "count", parts=PARTS, seconds=SECONDS_A_PART)
    dead = wait_for(crew.instance, job_id, lambda job: job.done > 3).worker

    crew.process_of(dead).kill()
    job = wait_for(crew.instance, job_id, has_ended)

    assert_counted_once(crew.instance, job, parts=PARTS)
    assert job.worker != dead
    assert job.worker in crew.named


def test_a_worker_that_is_stopped_gives_its_job_back_and_leaves_no_thread(crew):
    job_id = ask(crew.instance, "count", parts=PARTS, seconds=SECONDS_A_PART)
    first = crew.start()
    wait_for(crew.instance, job_id, lambda job: job.done > 3)

    first.terminate()
    first.join(PATIENCE_SECONDS)
    given_back = read_job(crew.instance, job_id)
    crew.start()
    job = wait_for(crew.instance, job_id, has_ended)

    assert first.exitcode == 0
    assert (given_back.state, given_back.interruptions) == (JobState.QUEUED, 0)
    assert_counted_once(crew.instance, job, parts=PARTS)


def test_a_job_is_found_again_when_the_workers_queue_was_lost(crew):
    instance = crew.instance
    job_id = ask(instance, "count", parts=PARTS, seconds=SECONDS_A_PART)
    first = crew.start()
    wait_for(instance, job_id, lambda job: job.done > 3)
    first.kill()
    first.join()
    lose_queue(instance)

    crew.start()
    job = wait_for(instance, job_id, has_ended)

    assert_counted_once(instance, job, parts=PARTS)


def lose_queue(instance: Instance) -> None:
    if instance.database_url.startswith("sqlite"):
        for path in instance.folder.glob("jobs.sqlite*"):
            path.unlink()
        return
    with instance.engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA dbos CASCADE")


def test_two_workers_share_one_queue(two_at_work):
    instance = two_at_work.instance
    jobs = [ask(instance, "count", parts=5, seconds=0.1) for _ in range(8)]

    ended = [wait_for(instance, job_id, has_ended) for job_id in jobs]

    for job in ended:
        assert_counted_once(instance, job, parts=5)
        assert job.run == 1
    assert {job.worker for job in ended} == two_at_work.names()


def test_a_frozen_worker_that_wakes_up_late_changes_nothing(two_at_work):
    instance = two_at_work.instance
    job_id = ask(instance, "count", parts=PARTS, seconds=SECONDS_A_PART)
    frozen = two_at_work.process_of(wait_for(instance, job_id, lambda job: job.done > 3).worker).pid or 0

    os.kill(frozen, signal.SIGSTOP)
    taken_over = wait_for(instance, job_id, lambda job: job.run == 2 and job.done > 10)
    os.kill(frozen, signal.SIGCONT)
    job = wait_for(instance, job_id, has_ended)
    after = ask(instance, "count", parts=1, seconds=0.0)

    assert_counted_once(instance, job, parts=PARTS)
    assert (job.run, job.worker) == (2, taken_over.worker)
    assert_counted_once(instance, wait_for(instance, after, has_ended), parts=1)


def test_a_running_job_stops_when_somebody_asks_it_to(two_at_work):
    job_id = ask(two_at_work.instance, "wait")
    wait_for(two_at_work.instance, job_id, lambda job: job.state is JobState.RUNNING)

    with writing(two_at_work.instance.engine) as session:
        asking.cancel(session, session.get_one(Job, job_id))
    job = wait_for(two_at_work.instance, job_id, has_ended)

    assert (job.state, job.message) == (JobState.CANCELLED, "job_cancelled")


def test_a_job_of_a_transaction_that_was_rolled_back_never_runs(two_at_work):
    instance = two_at_work.instance
    with Session(instance.engine.execution_options(writes=True)) as session:
        undone = asking.enqueue(session, "count", arguments={"parts": 1, "seconds": 0}).id
        session.rollback()
    later = ask(instance, "count", parts=1, seconds=0)

    wait_for(instance, later, has_ended)

    with reading(instance.engine) as session:
        assert session.get(Job, undone) is None
        assert parts_done(session, undone) == Counter()


def test_the_command_carries_out_jobs_and_leaves_in_order_when_told(crew):
    program = str(Path(sys.executable).with_name("matchmaker"))
    command = [program, "work", "--instance", str(crew.instance.folder)]
    job_id = ask(crew.instance, JobKind.COMPUTE_PRICES)

    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        job = wait_for(crew.instance, job_id, has_ended)
        process.terminate()

    assert process.returncode == 0
    assert (job.state, job.message) == (JobState.FAILED, "index_missing")
    assert crew.names() == set()
