"""Who carries out jobs: a name that is one process's own, a sign of life, and whom the others take for dead."""

import fcntl
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlmodel import Session, col, select

from models.base import utc_now
from models.jobs import Worker
from models.sessions import writing

SECONDS_BETWEEN_BEATS = 5.0
LEASE_SECONDS = 30.0
FORGOTTEN_AFTER = timedelta(days=7)


@contextmanager
def own_name(folder: Path) -> Iterator[str]:
    """The first free name of this machine, held by a lock that the system takes back when the process dies.

    So a worker that is killed and started again has its old name, and with it its old jobs; and two never share one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    number = 1
    while True:
        name = f"{socket.gethostname()[:100]}-{number}"
        with (folder / f"{name}.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                number += 1
                continue
            yield name
            return


def beat(engine: Engine, name: str, *, started_at: datetime) -> None:
    """Say that `name` lives."""
    with writing(engine) as session:
        session.merge(Worker(name=name, started_at=started_at, seen_at=utc_now()))
        session.execute(sa.delete(Worker).where(col(Worker.seen_at) < utc_now() - FORGOTTEN_AFTER))


def leave(engine: Engine, name: str) -> None:
    """Say that `name` has ended in order; nobody has to wait for its lease."""
    with writing(engine) as session:
        session.execute(sa.delete(Worker).where(col(Worker.name) == name))


def list_living(session: Session) -> list[Worker]:
    """Those that have given a sign of life of late, for people to read."""
    since = utc_now() - timedelta(seconds=LEASE_SECONDS)
    return list(session.exec(select(Worker).where(col(Worker.seen_at) >= since).order_by(col(Worker.name))).all())


class Watch:
    """Tells the living by whether their sign of life changes, so that no two clocks have to agree."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[datetime, float]] = {}

    def living(self, session: Session) -> frozenset[str]:
        now = monotonic()
        signs = {worker.name: worker.seen_at for worker in session.exec(select(Worker)).all()}
        self._seen = {name: self._last(name, sign, now) for name, sign in signs.items()}
        return frozenset(name for name, (_, since) in self._seen.items() if now - since < LEASE_SECONDS)

    def _last(self, name: str, sign: datetime, now: float) -> tuple[datetime, float]:
        known = self._seen.get(name)
        return known if known is not None and known[0] == sign else (sign, now)
