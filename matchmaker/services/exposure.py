"""Keeping what was shown: where, to whom, and by which weights. Written after the answer has gone out."""

import atexit
import logging
import queue
import threading
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from matchmaker.services.actors import Actor
from matchmaker.services.recommendations import Recommendations, Recommended
from models.matching import RankingRun
from models.sessions import writing

ROOM = 1_000
# What waits is written in one transaction, so that a busy hour costs few of them.
MOST_AT_ONCE = 100
PATIENCE_SECONDS = 10.0

log = logging.getLogger(__name__)


def run_of(actor: Actor, organisation_id: UUID | None, shown: Recommendations) -> RankingRun:
    """The record of one list as `actor` saw it, with an id that the page can already name."""
    return RankingRun(
        user_id=actor.user_id,
        organisation_id=organisation_id,
        need_id=shown.need_id,
        need_version=shown.need_version,
        preset_code=shown.preset_code,
        weights=dict(shown.weights),
        index_version=shown.index_version,
        shown=[_line(item) for item in shown.items],
        mix=asdict(shown.mix),
    )


def _line(item: Recommended) -> dict[str, Any]:
    return {
        "position": item.position,
        "organisation_id": str(item.organisation_id),
        "offer_id": str(item.offer_id) if item.offer_id else None,
        "is_facility": item.is_facility,
        "points": item.explanation.points,
        "coverage": round(item.explanation.coverage, 4),
        "price": item.price,
        "lowered": item.explanation.lowered,
        "is_moved": item.standing is not None and item.standing.is_moved,
    }


class ExposureLog:
    """A queue with room for `room` runs, and one thread of this process that writes them.

    A page is never late or wrong because of its log: when the queue is full or the database refuses, the run is
    dropped and a warning says so.
    """

    def __init__(self, engine: Engine, *, room: int = ROOM) -> None:
        self._engine = engine
        self._waiting: queue.Queue[RankingRun] = queue.Queue(room)
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def note(self, run: RankingRun) -> None:
        """Hand `run` over; returns at once."""
        try:
            self._waiting.put_nowait(run)
        except queue.Full:
            log.warning("the exposure log is full; the list %s is not kept", run.id)
            return
        self._start()

    def flush(self, *, patience_seconds: float = PATIENCE_SECONDS) -> bool:
        """Wait until everything handed over so far is written or dropped; False when it takes too long."""
        with self._waiting.all_tasks_done:
            return self._waiting.all_tasks_done.wait_for(lambda: not self._waiting.unfinished_tasks, patience_seconds)

    def _start(self) -> None:
        with self._starting:
            if self._thread is None or not self._thread.is_alive():
                if self._thread is None:
                    atexit.register(self.flush)
                self._thread = threading.Thread(target=self._run, name="exposure-log", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            runs = [self._waiting.get(), *self._without_waiting()]
            self._write(runs)
            for _run in runs:
                self._waiting.task_done()

    def _without_waiting(self) -> Iterable[RankingRun]:
        for _place in range(MOST_AT_ONCE - 1):
            try:
                yield self._waiting.get_nowait()
            except queue.Empty:
                return

    def _write(self, runs: list[RankingRun]) -> None:
        try:
            with writing(self._engine) as session:
                session.add_all(runs)
        except SQLAlchemyError as error:
            if len(runs) == 1:
                log.warning("the list %s is not kept: %s", runs[0].id, error)
                return
            # One that points to a need deleted since then must not take the others with it.
            for values in [run.model_dump() for run in runs]:
                self._write([RankingRun(**values)])
