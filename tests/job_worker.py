"""A worker process for tests: it carries out jobs whose effects can be counted."""

import hashlib
import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from sqlmodel import Session

from matchmaker.instance import Instance
from matchmaker.jobs import workers
from matchmaker.jobs.running import Message, Work, WorkFunction
from matchmaker.worker import loop
from models.audit import AuditEntry

# Who dies is missed soon, so that tests do not wait for half a minute.
LEASE_SECONDS = 2.0


def count(instance: Instance, work: Work) -> Message:
    """Parts that depend on one another, each with a row as its effect; the digest tells whether all were used once."""
    parts, seconds = int(work.arguments["parts"]), float(work.arguments["seconds"])
    work.expect(parts)
    digest = ""
    for number in range(parts):
        digest = work.step(
            f"part {number}", partial(next_digest, digest, number, seconds), save=partial(keep, work, number)
        )
        work.advance()
    return Message("counted", {"digest": digest})


def next_digest(digest: str, number: int, seconds: float) -> str:
    time.sleep(seconds)
    return hashlib.sha256(f"{digest}{number}".encode()).hexdigest()


def keep(work: Work, number: int, session: Session, digest: str) -> str:
    session.add(AuditEntry(action="test.part", subject_type=str(number), subject_id=str(work.job_id)))
    return digest


def expected_digest(parts: int) -> str:
    digest = ""
    for number in range(parts):
        digest = next_digest(digest, number, 0.0)
    return digest


def fail(_instance: Instance, _work: Work) -> Message:
    raise ZeroDivisionError("as the test wants it")


def wait(_instance: Instance, work: Work) -> Message:
    """Shows signs of life until somebody stops it."""
    while True:
        time.sleep(0.05)
        work.advance()


KINDS: Mapping[str, WorkFunction] = {"count": count, "fail": fail, "wait": wait}


def main(folder: Path) -> None:
    """Carry out jobs until told to stop; fails where a thread is left that would keep the process alive."""
    warnings.simplefilter("error")
    workers.LEASE_SECONDS = LEASE_SECONDS
    workers.SECONDS_BETWEEN_BEATS = loop.MEND_SECONDS = 0.5
    told_to_stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _signal, _frame: told_to_stop.set())
    worker = loop.Worker(Instance(folder), KINDS)
    worker.start()
    parent = os.getppid()
    while not told_to_stop.wait(1.0) and os.getppid() == parent:
        pass  # who started us was killed when another has taken its place
    worker.stop()
    left = [thread.name for thread in threading.enumerate() if thread is not threading.main_thread()]
    sys.exit(f"threads are left: {left}" if left else 0)
