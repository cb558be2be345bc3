"""Carrying out one job: it begins under a new run number, and only the newest run may write.

A worker that was taken for dead and wakes up finds that another run has begun: its next write changes nothing and
tells it to let go. So whatever is killed, frozen or taken over, a job ends once.
"""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlmodel import Session, col

from matchmaker.errors import IndexMissing, InvalidInput, MatchmakerError
from matchmaker.instance import Instance
from models.base import utc_now
from models.enums import JobState
from models.jobs import Job, JobStep
from models.sessions import reading, writing

MOST_FAILURES = 3
RETRY_AFTER = (timedelta(seconds=5), timedelta(seconds=30))
# A death is often nobody's fault (a restart, a power cut), so more of them are borne than failures; but a step that
# kills its worker each time must end.
MOST_INTERRUPTIONS = 12
SECONDS_BETWEEN_SIGNS = 1.0

T = TypeVar("T")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Message:
    """How a job ended: the code of a sentence and the facts in it; the web writes the sentence."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


class LetGo(Exception):
    """The job is no longer this run's to carry out."""


class Superseded(LetGo):
    """Another run has begun, or the job has ended."""


class CancelAsked(LetGo):
    """A person asked the job to stop."""


class WorkerStops(LetGo):
    """This worker is being shut down; the job goes back to the queue."""


class Work:
    """A job as the function that carries it out sees it. One thread; steps have names that are theirs for good.

    Call nothing of it inside a transaction that writes: it writes in one of its own and would wait for the other.
    """

    def __init__(self, engine: Engine, job: Job, *, is_stopping: Callable[[], bool] = lambda: False) -> None:
        self.job_id = job.id
        self.arguments: Mapping[str, Any] = job.arguments
        self.asked_by = job.asked_by
        self._engine = engine
        self._run = job.run
        self._is_stopping = is_stopping
        self._done = 0
        self._total = job.total
        self._told_at = monotonic()

    def expect(self, total: int) -> None:
        """Say how much there is to do."""
        self._total = total
        self._tell()

    def report(self, done: int, total: int) -> None:
        """Say that so much of so much is done; otherwise as `advance`."""
        self._total = total
        self.advance(done - self._done)

    def advance(self, done: int = 1) -> None:
        """Say that so much more is done; written at most once a second. Raises LetGo when the job shall stop."""
        self._done += done
        if self._is_stopping():
            raise WorkerStops
        if monotonic() - self._told_at >= SECONDS_BETWEEN_SIGNS:
            self._tell()

    def step(
        self, name: str, compute: Callable[[], T], save: Callable[[Session, T], Any] = lambda _session, value: value
    ) -> Any:
        """What `save` made of what `compute` gave, done once however often the job is taken up again.

        `compute` may run again after a death, so it changes nothing. `save` writes, in one transaction with the record
        that the step is done, and gives back what JSON can hold: later steps see that and nothing else.
        """
        with reading(self._engine) as session:
            recorded = session.get(JobStep, (self.job_id, name))
        if recorded is not None:
            return recorded.result
        if self._is_stopping():
            raise WorkerStops
        self._tell()
        value = compute()
        with writing(self._engine) as session:
            self._hold(session, {"interruptions": 0})  # first: a run that is not the newest has no effects
            result = plain(save(session, value))
            session.add(JobStep(job_id=self.job_id, name=name, result=result))
        return result

    def show(self, save: Callable[[Session], object]) -> None:
        """Write what people follow meanwhile; it may be written again after a death, so it must not add up.

        In one transaction that only the newest run can make. Raises LetGo as `advance` does.
        """
        if self._is_stopping():
            raise WorkerStops
        with writing(self._engine) as session:
            self._hold(session, {})
            save(session)
        self._told_at = monotonic()

    def _tell(self) -> None:
        self._told_at = monotonic()
        with writing(self._engine) as session:
            self._hold(session, {})

    def _hold(self, session: Session, values: Mapping[str, Any]) -> None:
        """Write the progress where this run is still the newest; raise LetGo where it is not."""
        never_back = sa.case((col(Job.done) < self._done, self._done), else_=col(Job.done))
        row = session.execute(
            of_run(self.job_id, self._run)
            .values(done=never_back, total=self._total, **values)
            .returning(col(Job.cancel_asked_at))
        ).one_or_none()
        if row is None:
            raise Superseded
        if row.cancel_asked_at is not None:
            raise CancelAsked


WorkFunction = Callable[[Instance, Work], Message]


def carry_out(
    instance: Instance,
    kinds: Mapping[str, WorkFunction],
    job_id: UUID,
    handover: int,
    *,
    worker: str,
    is_stopping: Callable[[], bool] = lambda: False,
) -> None:
    """Run one job from where its steps have come to, and write how it ended. Raises only what the database raises."""
    engine = instance.engine
    job = begin(engine, job_id, handover, worker=worker)
    if job is None:
        return
    try:
        message = _function(kinds, job)(instance, Work(engine, job, is_stopping=is_stopping))
    except Superseded:
        log.info("job %s is carried out by another run than %s", job.id, job.run)
    except CancelAsked:
        end(engine, job, JobState.CANCELLED, Message("job_cancelled"))
    except WorkerStops:
        hand_back(engine, job)
    except InvalidInput as error:
        end(engine, job, JobState.FAILED, Message(error.code, error.facts))
    except IndexMissing:
        end(engine, job, JobState.FAILED, Message("index_missing"))
    except MatchmakerError as error:
        log.warning("job %s is refused: %s", job.id, error)
        end(engine, job, JobState.FAILED, Message("job_refused", {"reason": str(error)}))
    except Exception as error:
        log.exception("job %s of kind %s failed", job.id, job.kind)
        _fail(engine, job, error)
    else:
        end(engine, job, JobState.DONE, message)


def _function(kinds: Mapping[str, WorkFunction], job: Job) -> WorkFunction:
    if job.kind not in kinds:
        raise InvalidInput("job_kind_unknown", kind=job.kind)
    return kinds[job.kind]


def begin(engine: Engine, job_id: UUID, handover: int, *, worker: str) -> Job | None:
    """The job under a new run number; None where there is nothing (more) to do for this handover."""
    with writing(engine) as session:
        job = session.get(Job, job_id, with_for_update=True)
        if job is None or job.handover != handover or job.state not in (JobState.QUEUED, JobState.RUNNING):
            return None
        if job.cancel_asked_at is not None:
            _close(job, JobState.CANCELLED, Message("job_cancelled"))
            return None
        if job.state is JobState.RUNNING:
            job.interruptions += 1
        if job.interruptions > MOST_INTERRUPTIONS:
            _close(job, JobState.FAILED, Message("job_interrupted", {"times": job.interruptions}))
            return None
        job.state = JobState.RUNNING
        job.run += 1
        job.worker = worker
        job.started_at = job.started_at or utc_now()
    return job


def _close(job: Job, state: JobState, message: Message) -> None:
    job.state, job.ended_at = state, utc_now()
    job.message, job.facts = message.code, dict(message.facts)


def end(engine: Engine, job: Job, state: JobState, message: Message) -> None:
    values: dict[str, Any] = {"state": state, "message": message.code, "facts": plain(message.facts)}
    values |= {"ended_at": utc_now()}
    if state is JobState.DONE:
        values["done"] = sa.case((col(Job.total) > 0, col(Job.total)), else_=col(Job.done))
    _write(engine, job, values)


def hand_back(engine: Engine, job: Job, **values: Any) -> None:
    """Let the next worker that looks take the job over."""
    _write(engine, job, {**AGAIN, **values})


AGAIN: Mapping[str, Any] = {
    "state": JobState.QUEUED,
    "handover": col(Job.handover) + 1,
    "handed_over_at": None,
    "worker": None,
}


def _fail(engine: Engine, job: Job, error: Exception) -> None:
    failures = job.failures + 1
    if failures >= MOST_FAILURES:
        facts = {"times": failures, "error": type(error).__name__}
        _write(engine, job, {"failures": failures})
        end(engine, job, JobState.FAILED, Message("job_failed", facts))
        return
    hand_back(engine, job, failures=failures, due_at=utc_now() + RETRY_AFTER[job.failures])


def _write(engine: Engine, job: Job, values: Mapping[str, Any]) -> None:
    with writing(engine) as session:
        session.execute(of_run(job.id, job.run).values(**values))


def of_run(job_id: UUID, run: int) -> sa.Update:
    """A change that only the newest run of a job that still runs can make."""
    ours = (col(Job.id) == job_id, col(Job.run) == run, col(Job.state) == JobState.RUNNING)
    return sa.update(Job).where(*ours).execution_options(synchronize_session=False)


def plain(value: Any) -> Any:
    """The same as JSON holds it; what JSON does not know becomes text."""
    return json.loads(json.dumps(value, default=str, allow_nan=False))
