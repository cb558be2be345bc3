"""Keeping the day's figures as a job, indicators and the chain map: each worked out in one reading, then kept."""

from datetime import date
from typing import Any

from sqlmodel import Session

from matchmaker.instance import Instance
from matchmaker.jobs.running import Message, Work
from matchmaker.services.calendar import today
from matchmaker.services.chain import snapshots
from matchmaker.services.indicators import keeping
from models.chain import ChainSnapshot
from models.indicators import IndicatorValue
from models.sessions import reading


def compute_indicators(instance: Instance, work: Work) -> Message:
    # The day is a step of its own, so that a job taken up after midnight goes on with the day it began with.
    day = date.fromisoformat(work.step("day", lambda: str(today())))

    def work_out() -> list[IndicatorValue]:
        with reading(instance.engine) as session:
            return keeping.work_out(session, day)

    def keep(session: Session, values: list[IndicatorValue]) -> dict[str, Any]:
        return {"figures": keeping.keep(session, values), "as_of": str(day)}

    def map_chains() -> list[ChainSnapshot]:
        with reading(instance.engine) as session:
            return snapshots.work_out(session, day)

    def keep_map(session: Session, found: list[ChainSnapshot]) -> int:
        return len(snapshots.keep(session, found))

    work.step("chains", map_chains, save=keep_map)
    return Message("indicators_kept", work.step("figures", work_out, save=keep))
