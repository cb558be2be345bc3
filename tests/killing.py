"""Workers that are killed while they carry out a job: after so much work of their own, whatever the machine's load."""

import multiprocessing
import random
import signal
from pathlib import Path
from uuid import UUID

from matchmaker.cli.work import rendering
from matchmaker.instance import Instance
from matchmaker.jobs import running
from matchmaker.worker.kinds import with_rendering

# One process loads the libraries for all tests; each worker is forked from it and starts at once.
FORKING = multiprocessing.get_context("forkserver")
FORKING.set_forkserver_preload(["dbos", "tests.job_worker", "tests.killing", "web"])
# No job is done so soon, so these workers die in it for sure.
AT_ONCE = (0.01, 0.01, 0.01)


def carry_out(folder: Path, job_id: UUID) -> None:
    instance = Instance(folder)
    running.carry_out(instance, with_rendering(rendering(instance)), job_id, 1, worker="here-1")


def carry_out_and_die(folder: Path, job_id: UUID, seconds_of_work: float) -> None:
    """The system kills us, wherever we are, when we have used the processor for so long since the job began."""
    instance = Instance(folder)

    def has_begun() -> bool:
        if signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0):
            signal.setitimer(signal.ITIMER_PROF, seconds_of_work)
        return False  # and shall not stop

    kinds = with_rendering(rendering(instance))
    running.carry_out(instance, kinds, job_id, 1, worker="here-1", is_stopping=has_begun)


def kill_again_and_again(folder: Path, job_id: UUID, *, times: int, most_work: float) -> int:
    """How many workers of the job died: within a step, between two, or none where it was done before."""
    dice, deaths = random.Random(20261122), 0
    for seconds in (*AT_ONCE, *(dice.uniform(0.02, most_work) for _ in range(times - len(AT_ONCE)))):
        worker = FORKING.Process(target=carry_out_and_die, args=(folder, job_id, seconds))
        worker.start()
        worker.join()
        assert worker.exitcode in (0, -signal.SIGPROF)
        deaths += worker.exitcode != 0
    return deaths
