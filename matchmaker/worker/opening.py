"""Publishing open data as a job: every file is made in one reading, and all of them are published at once or none."""

from datetime import date
from typing import Any

from sqlmodel import Session

from matchmaker.instance import Instance
from matchmaker.jobs.running import Message, Work
from matchmaker.services import accounts
from matchmaker.services.calendar import today
from matchmaker.services.opening import open_data
from matchmaker.services.opening.open_data import OpenSet
from models.sessions import reading


def publish_data(instance: Instance, work: Work) -> Message:
    licence = str(work.arguments["licence"])
    # The day is a step of its own, so that a job taken up after midnight goes on with the day it began with.
    day = date.fromisoformat(work.step("day", lambda: str(today())))

    def build() -> OpenSet:
        with reading(instance.engine) as session:
            return open_data.build(session, day, licence)

    def keep(session: Session, built: OpenSet) -> dict[str, Any]:
        open_data.keep(session, accounts.actor_of(session, work.asked_by), built)
        return {"files": len(built.files), "rows": sum(built.counts.values()), "sha256": built.sha256}

    return Message("data_published", work.step("files", build, save=keep))
