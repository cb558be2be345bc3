"""Keeping what was shown: where, to whom, and by which weights; and which candidate of a list was then opened.

Written after the answer has gone out.
"""

import atexit
import logging
import queue
import threading
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Engine
from sqlmodel import Session, col, select

from matchmaker.services.actors import Actor
from matchmaker.services.capital.ranking import CapitalList, RankedCapital
from matchmaker.services.recommendations import Recommendations, Recommended
from models.base import utc_now
from models.enums import InteractionKind
from models.funds import Mandate
from models.matching import Interaction, RankingRun
from models.rounds import Round
from models.sessions import writing

ROOM = 1_000
# What waits is written in one transaction, so that a busy hour costs few of them.
MOST_AT_ONCE = 100
PATIENCE_SECONDS = 10.0

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Opened:
    """Somebody opened the page of a candidate from a list."""

    run_id: UUID
    candidate_id: UUID
    actor: Actor
    at: datetime = field(default_factory=utc_now)


Noted = RankingRun | Opened


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


def run_of_funds(actor: Actor, asked: Round, shown: CapitalList) -> RankingRun:
    """Mandates as they were shown for a round."""
    return _capital_run(actor, asked.organisation_id, shown, round_id=asked.id)


def run_of_firms(actor: Actor, asked: Mandate, shown: CapitalList) -> RankingRun:
    """Firms as they were shown for a mandate."""
    return _capital_run(actor, asked.organisation_id, shown, mandate_id=asked.id)


def _capital_run(
    actor: Actor,
    organisation_id: UUID,
    shown: CapitalList,
    *,
    round_id: UUID | None = None,
    mandate_id: UUID | None = None,
) -> RankingRun:
    return RankingRun(
        user_id=actor.user_id,
        organisation_id=organisation_id,
        preset_code=shown.preset_code,
        weights=dict(shown.weights),
        index_version=shown.index_version,
        shown=[_capital_line(item) for item in shown.items],
        round_id=round_id,
        mandate_id=mandate_id,
    )


def _capital_line(item: RankedCapital) -> dict[str, Any]:
    return {
        "position": item.position,
        "organisation_id": str(item.organisation_id),
        "mandate_id": str(item.mandate_id),
        "round_id": str(item.round_id),
        "offer_id": None,
        "is_facility": False,
        "points": item.explanation.points,
        "coverage": round(item.explanation.coverage, 4),
    }


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
    """A queue with room for `room` lists and openings, and one thread of this process that writes them.

    A page is never late or wrong because of its log: when the queue is full, or what came cannot be written for
    whatever reason, it is dropped and a warning says so.
    """

    def __init__(self, engine: Engine, *, room: int = ROOM) -> None:
        self._engine = engine
        self._waiting: queue.Queue[Noted] = queue.Queue(room)
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def note(self, noted: Noted) -> None:
        """Hand a list or an opening over; returns at once."""
        try:
            self._waiting.put_nowait(noted)
        except queue.Full:
            log.warning("the exposure log is full; %s is not kept", _named(noted))
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
            noted = [self._waiting.get(), *self._without_waiting()]
            self._write(noted)
            for _one in noted:
                self._waiting.task_done()

    def _without_waiting(self) -> Iterable[Noted]:
        for _place in range(MOST_AT_ONCE - 1):
            try:
                yield self._waiting.get_nowait()
            except queue.Empty:
                return

    def _write(self, noted: Sequence[Noted]) -> None:
        try:
            with writing(self._engine) as session:
                for one in noted:
                    _keep(session, one)
        except Exception as error:  # the thread must outlive it, or `flush` would wait for nobody
            if len(noted) == 1:
                log.warning("%s is not kept: %s", _named(noted[0]), error)
                return
            # One that points to a need deleted since then must not take the others with it.
            for one in noted:
                self._write([RankingRun(**one.model_dump()) if isinstance(one, RankingRun) else one])


def _keep(session: Session, noted: Noted) -> None:
    if isinstance(noted, RankingRun):
        session.add(noted)
    elif found := _opening(session, noted):
        session.add(found)
    session.flush()


def _opening(session: Session, opened: Opened) -> Interaction | None:
    """The event, once a list and candidate; None where the list is not the reader's own or does not hold the candidate.

    A list that an officer looks at is not the organisation's looking.
    """
    run = session.get(RankingRun, opened.run_id)
    if run is None or run.organisation_id is None or run.organisation_id not in opened.actor.memberships:
        return None
    if _is_kept(session, opened):
        return None
    line = next((one for one in run.shown if one["organisation_id"] == str(opened.candidate_id)), None)
    if line is None:
        return None
    return Interaction(
        kind=InteractionKind.OPENED,
        created_at=opened.at,
        user_id=opened.actor.user_id,
        organisation_id=run.organisation_id,
        candidate_id=opened.candidate_id,
        need_id=run.need_id,
        offer_id=UUID(line["offer_id"]) if line["offer_id"] and not line["is_facility"] else None,
        run_id=run.id,
        position=line["position"],
    )


def _is_kept(session: Session, opened: Opened) -> bool:
    kept = select(Interaction.id).where(
        Interaction.run_id == opened.run_id,
        Interaction.candidate_id == opened.candidate_id,
        col(Interaction.kind) == InteractionKind.OPENED,
    )
    return session.exec(kept).first() is not None


def _named(noted: Noted) -> str:
    if isinstance(noted, RankingRun):
        return f"the list {noted.id}"
    return f"the opening of {noted.candidate_id} on {noted.run_id}"
