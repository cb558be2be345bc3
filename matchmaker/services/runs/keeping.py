"""What the worker writes into a run, step by step. Each is called in a transaction of its own."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from matchmaker.jobs.running import plain
from matchmaker.services import audit
from matchmaker.services.actors import PLATFORM
from models.enums import RunState
from models.reports import MatchRun, MatchRunList


def begin(session: Session, run_id: UUID, *, index_version: str, needs: int, sha256: str) -> dict[str, Any]:
    """The run stands on these inputs now; lists that stood on others are not its own any more."""
    run = session.get_one(MatchRun, run_id)
    had = run.done
    session.execute(sa.delete(MatchRunList).where(col(MatchRunList.run_id) == run_id))
    run.index_version, run.needs, run.inputs_sha256 = index_version, needs, sha256
    run.done, run.state = 0, RunState.RUNNING
    return {"began_anew_after": had}


def keep_lists(session: Session, run_id: UUID, lists: Sequence[tuple[UUID, int, dict[str, Any]]]) -> int:
    """One block of lists."""
    rows = [
        MatchRunList(run_id=run_id, need_id=need_id, position=position, told=plain(told))
        for need_id, position, told in lists
    ]
    session.add_all(rows)
    session.flush()
    run = session.get_one(MatchRun, run_id)
    run.done += len(rows)
    return len(rows)


def freeze(session: Session, run_id: UUID) -> dict[str, Any]:
    """All lists are there; nothing changes any more."""
    run = session.get_one(MatchRun, run_id)
    run.state = RunState.FROZEN
    audit.record(session, PLATFORM, "run.freeze", run, changes={"inputs_sha256": [None, run.inputs_sha256]})
    return {"needs": run.needs}


def end(session: Session, run_id: UUID) -> None:
    """Somebody stopped it; what is there stays."""
    run = session.get_one(MatchRun, run_id)
    if run.state is RunState.RUNNING:
        run.state = RunState.ENDED
