"""Asking for a job, and asking it to stop. The caller commits; no worker sees the row before that."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models.base import utc_now
from models.enums import JobState
from models.jobs import Job

WAITING_OR_RUNNING = (JobState.QUEUED, JobState.RUNNING)


def enqueue(
    session: Session,
    kind: str,
    *,
    arguments: Mapping[str, Any] | None = None,
    key: str | None = None,
    asked_by: UUID | None = None,
) -> Job:
    """The job that the workers will take over after the commit; one with the same key that still waits or runs is it.

    Two who ask with one key in the same instant are told apart by the table: the later one's transaction fails.
    """
    waiting = find_unfinished(session, key) if key else None
    if waiting is not None:
        return waiting
    job = Job(kind=kind, key=key, arguments=dict(arguments or {}), asked_by=asked_by)
    session.add(job)
    session.flush()
    return job


def find_unfinished(session: Session, key: str) -> Job | None:
    return session.exec(select(Job).where(Job.key == key, col(Job.state).in_(WAITING_OR_RUNNING))).one_or_none()


def count_unfinished(session: Session) -> int:
    return session.exec(select(sa.func.count()).where(col(Job.state).in_(WAITING_OR_RUNNING))).one()


def cancel(session: Session, job: Job) -> None:
    """End a job that waits, and ask one that runs to end at its next sign of life. An ended one stays as it is."""
    now = utc_now()
    waits = {"state": JobState.CANCELLED, "ended_at": now, "cancel_asked_at": now, "message": "job_cancelled"}
    change(session, job.id, JobState.QUEUED, waits)
    change(session, job.id, JobState.RUNNING, {"cancel_asked_at": now})
    session.refresh(job)


def ask_again(session: Session, job: Job) -> None:
    """Put a job that failed or was cancelled back in the queue; steps that were done stay done."""
    values = {
        "state": JobState.QUEUED,
        "handover": Job.handover + 1,
        "handed_over_at": None,
        "due_at": utc_now(),
        "failures": 0,
        "interruptions": 0,
        "message": "",
        "facts": {},
        "cancel_asked_at": None,
        "ended_at": None,
    }
    for ended in (JobState.FAILED, JobState.CANCELLED):
        change(session, job.id, ended, values)
    session.refresh(job)


def change(session: Session, job_id: UUID, state: JobState, values: Mapping[str, Any]) -> bool:
    """Change a job if it is in `state`, by one statement, because workers change it at the same time."""
    wanted = (col(Job.id) == job_id, col(Job.state) == state)
    changed = session.execute(
        sa.update(Job).where(*wanted).values(**values).execution_options(synchronize_session=False)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]
