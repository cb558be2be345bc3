"""Two transactions that meet on a real database."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlmodel import Session

from models.sessions import writing


def at_once(engine: Engine, first: Callable[[Session], Any], second: Callable[[Session], Any]) -> Future[Any]:
    """`second` begins when `first` has done its work and not yet committed; what came of `second`."""
    with ThreadPoolExecutor(max_workers=1) as pool, writing(engine) as session:
        first(session)
        session.flush()
        late = pool.submit(_in_its_own_transaction, engine, second)
        _wait_until_it_waits(engine, late)
    return late


def _in_its_own_transaction(engine: Engine, work: Callable[[Session], Any]) -> Any:
    with writing(engine) as session:
        return work(session)


def _wait_until_it_waits(engine: Engine, late: Future[Any]) -> None:
    waiting = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    until = time.monotonic() + 60
    while not late.done():
        assert time.monotonic() < until, "it neither ends nor waits"
        with engine.connect() as connection:
            if connection.execute(waiting).scalar_one():
                return
        time.sleep(0.01)
