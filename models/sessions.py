"""Engines for SQLite and PostgreSQL that behave alike, and the sessions made of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlmodel import Session

BUSY_TIMEOUT_MS = 15_000


def create_engine(url: str) -> Engine:
    """An engine for `url`; SQLite waits for other writers, keeps foreign keys and reads while somebody writes.

    Errors do not quote the values of a statement: errors are logged, and the values are people's data.
    """
    if not url.startswith("sqlite"):
        return sa.create_engine(url, pool_pre_ping=True, hide_parameters=True)
    busy = BUSY_TIMEOUT_MS / 1000
    engine = sa.create_engine(url, hide_parameters=True, connect_args={"check_same_thread": False, "timeout": busy})
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transaction handling is switched off, so that `_begin_sqlite` decides how one begins.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", f"busy_timeout={BUSY_TIMEOUT_MS}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    # A transaction that reads first and writes later fails at once when another has written in between,
    # so whoever means to write says so at the start.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def of_one_moment(engine: Engine) -> Engine:
    """The engine for reading: all statements of a transaction see the same moment, as they always do on SQLite.

    PostgreSQL otherwise shows each statement what was committed before it: rows whose parents were not read.
    """
    is_so_by_itself = engine.dialect.name == "sqlite"
    return engine if is_so_by_itself else engine.execution_options(isolation_level="REPEATABLE READ")


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session for reading; what it changes is never kept."""
    with Session(of_one_moment(engine), expire_on_commit=False) as session:
        yield session


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """A session that commits once at the end, or not at all."""
    with Session(engine.execution_options(writes=True), expire_on_commit=False) as session, session.begin():
        yield session
