"""Which function carries out which kind of job. Above the services, because what a job does is a use case."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from matchmaker.instance import Instance
from matchmaker.jobs.running import Message, Work, WorkFunction
from matchmaker.reader import Reader
from matchmaker.services import indexing, market
from matchmaker.services.actors import PLATFORM
from matchmaker.services.calendar import today
from models.enums import JobKind
from models.sessions import reading


def rebuild_index(instance: Instance, work: Work) -> Message:
    """Nothing to undo and nothing to keep: an index counts from the moment that it is whole."""
    built = indexing.refresh(instance, advance=work.advance)
    return Message("index_rebuilt", {"organisations": built.organisations, "offers": built.offers})


def compute_prices(instance: Instance, work: Work) -> Message:
    def clear() -> market.Cleared:
        with reading(instance.engine) as session:
            return market.clear_market(session, PLATFORM, Reader(instance), today=today(), advance=work.advance)

    def keep(session: Session, cleared: market.Cleared) -> dict[str, Any]:
        run = market.keep_prices(session, PLATFORM, cleared)
        return {"needs": run.needs, "candidates": run.candidates, "priced": run.priced}

    return Message("prices_computed", work.step("prices", clear, save=keep))


KINDS: Mapping[str, WorkFunction] = {
    JobKind.REBUILD_INDEX: rebuild_index,
    JobKind.COMPUTE_PRICES: compute_prices,
}
