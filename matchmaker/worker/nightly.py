"""What is asked for each night, by whichever worker looks first."""

from datetime import datetime, time, timedelta

from sqlmodel import Session, col, select

from matchmaker.jobs.asking import enqueue
from models.base import CHINA
from models.enums import JobKind
from models.jobs import Job

# In this order, because the prices are made from the index.
NIGHTLY = (
    JobKind.REBUILD_INDEX,
    JobKind.COMPUTE_PRICES,
    JobKind.COMPUTE_INDICATORS,
    JobKind.FIND_DUPLICATES,
    JobKind.DISCARD_UPLOADS,
    JobKind.CLEAR_OLD,
)
# A machine that was off at night does not start heavy work in the morning.
LATEST_START = timedelta(hours=3)


def ask_for_due(session: Session, *, at: str, now: datetime) -> list[Job]:
    """Ask for the night's work where its hour (`at`, as 03:00; empty: never) has come and nobody has asked yet."""
    if not at:
        return []
    due = latest_due(time.fromisoformat(at), now)
    if now - due > LATEST_START:
        return []
    missing = [kind for kind in NIGHTLY if not _was_asked_for(session, kind, since=due)]
    return [enqueue(session, kind, key=kind) for kind in missing]


def latest_due(at: time, now: datetime) -> datetime:
    """The last moment, not after `now`, at which the clocks in China showed `at`."""
    here = now.astimezone(CHINA)
    due = datetime.combine(here.date(), at, tzinfo=CHINA)
    return due if due <= here else due - timedelta(days=1)


def _was_asked_for(session: Session, kind: str, *, since: datetime) -> bool:
    return (
        session.exec(select(Job.id).where(Job.kind == kind, col(Job.created_at) >= since).limit(1)).first() is not None
    )
