"""Working out a match run: the lists of a scope's needs, block by block, each block a step that is done once.

The columns are held through one go. Where a worker died and the registry has changed before the next one takes over,
the inputs are others, steps have other names, and the lists are made anew: a run never mixes two moments.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from sqlmodel import Session

from matchmaker.instance import Instance
from matchmaker.jobs.running import CancelAsked, Message, Work
from matchmaker.reader import Reader
from matchmaker.services.runs import keeping
from matchmaker.services.runs.lists import Inputs, Told, read_inputs, tell_lists
from models.enums import RunState
from models.reports import MatchRun
from models.sessions import reading, writing

BLOCK = 20


def run_matches(instance: Instance, work: Work) -> Message:
    run_id = UUID(work.arguments["run_id"])
    try:
        needs = work_out(instance, work, run_id)
    except CancelAsked:
        with writing(instance.engine) as session:
            keeping.end(session, run_id)
        raise
    return Message("run_frozen", {"needs": needs})


def work_out(instance: Instance, work: Work, run_id: UUID, *, ahead: int = 0) -> int:
    """Bring a run to its end; how many needs it holds. `ahead` is what the job has to do behind it."""
    with reading(instance.engine) as session:
        run = session.get_one(MatchRun, run_id)
        if run.state is RunState.FROZEN:
            return run.needs
        inputs = read_inputs(session, Reader(instance), run)
    total = len(inputs.needs)
    work.expect(total + ahead)
    work.step(f"begin:{inputs.mark}", lambda: None, save=partial(_begin, run_id, inputs))
    for first in range(0, total, BLOCK):
        block = range(first, min(first + BLOCK, total))
        work.step(
            f"lists:{inputs.mark}:{first:05d}",
            partial(_tell, instance, work, inputs, block),
            save=partial(_keep, run_id),
        )
        work.report(block.stop, total + ahead)
    work.step(f"freeze:{inputs.mark}", lambda: None, save=lambda session, _none: keeping.freeze(session, run_id))
    return total


def _begin(run_id: UUID, inputs: Inputs, session: Session, _none: None) -> dict[str, Any]:
    version = inputs.snapshot.version
    return keeping.begin(session, run_id, index_version=version, needs=len(inputs.needs), sha256=inputs.sha256)


def _tell(instance: Instance, work: Work, inputs: Inputs, block: range) -> Sequence[tuple[UUID, int, Told]]:
    told = []
    with reading(instance.engine) as session:
        for one in tell_lists(session, inputs, block):
            told.append(one)
            work.advance(0)
    return told


def _keep(run_id: UUID, session: Session, lists: Sequence[tuple[UUID, int, Told]]) -> int:
    return keeping.keep_lists(session, run_id, lists)
