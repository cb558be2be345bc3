"""A composer that is killed at any moment goes on where it was and ends once, with the same answer."""

import multiprocessing
import random
import shutil
import signal
from collections import Counter
from pathlib import Path
from uuid import UUID

import pytest
from sqlmodel import Session, select

from matchmaker.instance import Instance
from matchmaker.jobs import running
from matchmaker.worker.kinds import KINDS
from models.audit import AuditEntry
from models.consortia import Composition
from models.enums import CompositionState, JobState
from models.jobs import Job, JobStep
from tests.composing_case import make_usual_case

pytestmark = pytest.mark.slow

KILLS = 5
FORKING = multiprocessing.get_context("forkserver")
FORKING.set_forkserver_preload(["matchmaker.worker.kinds"])


def carry_out(folder: Path, job_id: UUID) -> None:
    running.carry_out(Instance(folder), KINDS, job_id, 1, worker="here-1")


def seconds_until_killed(dice: random.Random) -> float:
    """Before it begins, in the search, in the proof, between two steps, or behind the last."""
    return dice.uniform(0.2, 3.0)


def test_a_composer_that_is_killed_again_and_again_ends_once_with_the_same_team(migrated_database, tmp_path):
    folder = tmp_path / "instance"
    folder.mkdir()
    shutil.copy(migrated_database, folder / "matchmaker.sqlite")
    (folder / "settings.env").write_text("MATCHMAKER_ENCODER=hashed\n")
    instance = Instance(folder)
    dice = random.Random(20261122)
    with Session(instance.engine, expire_on_commit=False) as session:
        case = make_usual_case(session, instance)
        undisturbed = case.compose().result["teams"]
        composition = case.ask()
        composition_id, job_id = composition.id, composition.job_id

        for _kill in range(KILLS):
            worker = FORKING.Process(target=carry_out, args=(folder, job_id))
            worker.start()
            worker.join(seconds_until_killed(dice))
            worker.kill()
            worker.join()
            assert worker.exitcode in (0, -signal.SIGKILL)
        carry_out(folder, job_id)

        session.rollback()
        session.expire_all()
        job, composition = session.get_one(Job, job_id), session.get_one(Composition, composition_id)
        steps = Counter(session.exec(select(JobStep.name).where(JobStep.job_id == job_id)).all())
        ends = session.exec(select(AuditEntry).where(AuditEntry.subject_id == str(composition_id))).all()
    instance.engine.dispose()

    assert (job.state, composition.state) == (JobState.DONE, CompositionState.PROVED)
    assert set(steps.values()) == {1}
    assert Counter(entry.action for entry in ends) == {"composition.ask": 1, "composition.end": 1}
    assert composition.result["teams"] == undisturbed
