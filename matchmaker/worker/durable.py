"""DBOS in this process: the queue that several workers share, and what it knows of each handover.

A handover is one DBOS workflow. Its id is made of the job and the number of the handover, so handing over twice is
handing over once. The job's own row says what came of it; DBOS is asked where a handover is, never how a job is.
"""

import json
import logging
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from matchmaker.instance import Instance

APPLICATION = "matchmaker"
# Jobs outlive upgrades: what a workflow calls is named by the job's row, so all versions of this code are one to DBOS.
VERSION = "1"
QUEUE = "jobs"
POLL_SECONDS = 0.5
OVER = frozenset({"SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"})

# A handler of our own, else DBOS writes to the terminal by itself.
logging.getLogger("dbos").addHandler(logging.NullHandler())
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Handover:
    """One way of a job through the queue."""

    job_id: UUID
    number: int

    @property
    def key(self) -> str:
        return f"{self.job_id}:{self.number}"


@dataclass(frozen=True)
class Place:
    """Where a handover is: over, with a worker, or (no worker) still in the queue."""

    is_over: bool
    worker: str | None


class Durable:
    """One at a time in a process; DBOS keeps itself in module variables."""

    def __init__(self, instance: Instance, name: str, carry_out: Callable[[Handover], None]) -> None:
        from dbos import DBOS, DBOSConfig  # takes a second to load

        self._dbos = DBOS

        def run(job_id: str, number: int) -> None:
            try:
                carry_out(Handover(UUID(job_id), number))
            except Exception:
                # The job's row says that it still runs, so it is handed over anew when this is found to be over.
                log.exception("job %s was left in the middle", job_id)

        # The job counts its interruptions itself.
        self._run = DBOS.workflow(name="carry_out", max_recovery_attempts=None)(run)
        config = DBOSConfig(
            name=APPLICATION,
            system_database_url=_system_url(instance),
            executor_id=name,
            application_version=VERSION,
            serializer=_plain_serializer(),
            log_level="WARNING",
            use_listen_notify=False,
            sys_db_pool_size=5,
            enable_otlp=False,
        )
        try:
            DBOS(config=config)
            DBOS.launch()  # what this very name had when it was killed is in the queue again
        except BaseException:
            self.close()
            raise
        DBOS.register_queue(QUEUE, worker_concurrency=1, polling_interval_sec=POLL_SECONDS, on_conflict="always_update")

    def hand_over(self, handover: Handover) -> None:
        """Give it to whichever worker is free first; again is no harm."""
        from dbos import SetWorkflowID

        with SetWorkflowID(handover.key):
            self._dbos.enqueue_workflow(QUEUE, self._run, str(handover.job_id), handover.number)

    def find(self, handovers: Iterable[Handover]) -> Mapping[Handover, Place]:
        """Where these are; one that DBOS does not know is left out."""
        wanted = {handover.key: handover for handover in handovers}
        if not wanted:
            return {}
        found = self._dbos.list_workflows(workflow_ids=list(wanted), load_input=False, load_output=False)
        return {
            wanted[item.workflow_id]: Place(item.status in OVER, item.executor_id if item.status == "PENDING" else None)
            for item in found
        }

    def put_back(self, handover: Handover) -> None:
        """Let another worker take what the one that had it will not finish."""
        self._dbos.resume_workflow(handover.key, queue_name=QUEUE)

    def forget_before(self, moment: datetime) -> None:
        """Remove the handovers that were over before `moment`; the jobs' rows stay."""
        old = self._dbos.list_workflows(
            status=sorted(OVER), completed_before=moment.isoformat(), limit=1_000, load_input=False, load_output=False
        )
        if old:
            self._dbos.delete_workflows([item.workflow_id for item in old])

    def close(self) -> None:
        self._dbos.destroy(destroy_registry=True)


def _system_url(instance: Instance) -> str:
    """DBOS's own tables: a schema of the same PostgreSQL database, or a file beside our SQLite one."""
    if not instance.database_url.startswith("sqlite"):
        return instance.database_url
    path = instance.folder / "jobs.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        # The file keeps this mode; DBOS does not set it.
        connection.execute("PRAGMA journal_mode=WAL")
    return f"sqlite:///{path}"


def _plain_serializer() -> Any:
    """JSON in place of DBOS's pickles: what is loaded cannot run."""
    from dbos import Serializer

    class PlainSerializer(Serializer):
        def serialize(self, data: Any) -> str:
            return json.dumps(data)

        def deserialize(self, serialized_data: str) -> Any:
            return json.loads(serialized_data)

        def name(self) -> str:
            return "json"

    return PlainSerializer()
