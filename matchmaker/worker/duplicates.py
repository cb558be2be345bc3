"""The search for duplicates as a job: each night, and when an officer asks."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session

from matchmaker.instance import Instance
from matchmaker.jobs.running import Message, Work
from matchmaker.services.actors import PLATFORM
from matchmaker.services.duplicates import finding
from matchmaker.services.duplicates.likeness import LikePair
from models.sessions import reading


def find_duplicates(instance: Instance, work: Work) -> Message:
    def find() -> Sequence[LikePair]:
        with reading(instance.engine) as session:
            return finding.find_all(session, PLATFORM)

    def keep(session: Session, pairs: Sequence[LikePair]) -> dict[str, Any]:
        return finding.keep(session, pairs)

    return Message("duplicates_found", work.step("duplicates", find, save=keep))
