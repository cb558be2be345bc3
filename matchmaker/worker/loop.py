"""A worker: one thread that looks after the queue, and one that carries out jobs."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, select

from matchmaker.instance import Instance
from matchmaker.jobs import workers
from matchmaker.jobs.running import AGAIN, WorkFunction, carry_out
from matchmaker.services import sealing
from matchmaker.services.calendar import today
from matchmaker.services.reports import schedules
from matchmaker.worker.durable import Durable, Handover
from matchmaker.worker.nightly import ask_for_due
from models.base import utc_now
from models.enums import JobState
from models.jobs import Job
from models.sessions import reading, writing

UNFINISHED = (JobState.QUEUED, JobState.RUNNING)
LOOK_SECONDS = 0.5
MEND_SECONDS = 5.0
CALENDAR_SECONDS = 60.0
SEAL_SECONDS = 60.0
# The signs of life come from the same thread.
SEAL_AT_MOST_SECONDS = 5.0
FORGET_SECONDS = 3600.0
KEPT = timedelta(days=1)
# So long a job may take to come to a place where it can stop, when its worker is told to.
PATIENCE_SECONDS = 10.0
RESTART_SECONDS = 10.0

log = logging.getLogger(__name__)


class Worker:
    """Carries out the jobs of one installation until it is stopped. One of them in a process."""

    def __init__(self, instance: Instance, kinds: Mapping[str, WorkFunction]) -> None:
        self._instance = instance
        self._kinds = kinds
        self._stopping = threading.Event()
        self._one_at_a_time = threading.Lock()
        self._watch = workers.Watch()
        self._thread = threading.Thread(target=self._serve, name="jobs")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> bool:
        """Let go of the present job at its next step or sign of progress; False where it did not come to one in time.

        Such a thread cannot be ended from outside: leave the process by `os._exit`. Nothing is lost, as by any death.
        """
        self._stopping.set()
        is_free = self._is_free()
        self._thread.join()
        return is_free

    def _is_free(self) -> bool:
        """Wait for the present job to come to an end."""
        is_free = self._one_at_a_time.acquire(timeout=PATIENCE_SECONDS)
        if is_free:
            self._one_at_a_time.release()
        return is_free

    def _serve(self) -> None:
        while not self._stopping.is_set():
            try:
                with workers.own_name(self._instance.folder / "workers") as name:
                    self._live(name)
            except Exception:
                log.exception("the worker could not go on; it tries again in %s seconds", RESTART_SECONDS)
                self._stopping.wait(RESTART_SECONDS)

    def _live(self, name: str) -> None:
        engine, started_at = self._instance.engine, utc_now()
        workers.beat(engine, name, started_at=started_at)
        durable = Durable(self._instance, name, lambda handover: self._carry_out(handover, name))
        with ExitStack() as ending:
            ending.callback(durable.close)
            ending.callback(self._is_free)
            rounds = (
                Round(LOOK_SECONDS, lambda: hand_over_new(engine, durable)),
                Round(workers.SECONDS_BETWEEN_BEATS, lambda: workers.beat(engine, name, started_at=started_at)),
                Round(MEND_SECONDS, lambda: mend(engine, durable, self._watch)),
                Round(CALENDAR_SECONDS, self._ask_for_due),
                Round(SEAL_SECONDS, lambda: sealing.seal_all(engine, seconds=SEAL_AT_MOST_SECONDS)),
                Round(FORGET_SECONDS, lambda: durable.forget_before(utc_now() - KEPT)),
            )
            while not self._stopping.wait(LOOK_SECONDS):
                for each in rounds:
                    each.go_if_due()
        workers.leave(engine, name)

    def _carry_out(self, handover: Handover, name: str) -> None:
        with self._one_at_a_time:
            if self._stopping.is_set():
                return  # the queue counts it as over, the job's row does not: the next worker hands it over anew
            carry_out(
                self._instance,
                self._kinds,
                handover.job_id,
                handover.number,
                worker=name,
                is_stopping=self._stopping.is_set,
            )

    def _ask_for_due(self) -> None:
        settings = self._instance.settings
        if not settings.demo:
            with writing(self._instance.engine) as session:
                ask_for_due(session, at=settings.nightly, now=utc_now())
        with writing(self._instance.engine) as session:
            schedules.ask_for_due(session, today=today())


class Round:
    """Something to do again and again, not more often than every so many seconds."""

    def __init__(self, seconds: float, do: Callable[[], None]) -> None:
        self._seconds = seconds
        self._do = do
        self._next = 0.0

    def go_if_due(self) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + self._seconds
        try:
            self._do()
        except SQLAlchemyError as error:
            # The database is away or busy: the next round tries again.
            log.warning("a worker's round failed: %s", error)


def hand_over_new(engine: Engine, durable: Durable) -> None:
    """Put the jobs that have been committed since the last look into the workers' queue.

    The row is marked after it is in the queue: a death between the two hands it over twice, which is once.
    """
    due = (Job.state == JobState.QUEUED, col(Job.handed_over_at).is_(None), col(Job.due_at) <= utc_now())
    with reading(engine) as session:
        found = session.exec(select(Job.id, Job.handover).where(*due).order_by(col(Job.created_at))).all()
    for job_id, number in found:
        durable.hand_over(Handover(job_id, number))
        with writing(engine) as session:
            change(session, Handover(job_id, number), {"handed_over_at": utc_now()})


def mend(engine: Engine, durable: Durable, watch: workers.Watch) -> None:
    """Take over the jobs of dead workers, and those that the queue has lost."""
    is_out = (col(Job.state).in_(UNFINISHED), col(Job.handed_over_at).is_not(None))
    with reading(engine) as session:
        out = [Handover(*row) for row in session.exec(select(Job.id, Job.handover).where(*is_out)).all()]
        living = watch.living(session)
    places = durable.find(out)
    for handover in out:
        place = places.get(handover)
        if place is None or place.is_over:
            with writing(engine) as session:
                change(session, handover, AGAIN)
        elif place.worker is not None and place.worker not in living:
            log.warning("job %s is taken over from %s", handover.job_id, place.worker)
            durable.put_back(handover)


def change(session: Session, handover: Handover, values: Mapping[str, object]) -> None:
    """Change a job that has not ended, if this is still its present handover."""
    present = (col(Job.id) == handover.job_id, col(Job.handover) == handover.number, col(Job.state).in_(UNFINISHED))
    session.execute(sa.update(Job).where(*present).values(**values).execution_options(synchronize_session=False))
