"""A composer that is killed at any moment goes on where it was and ends once, with the same answer."""

import shutil
from collections import Counter

import pytest
from sqlmodel import Session, select

from matchmaker.instance import Instance
from models.audit import AuditEntry
from models.consortia import Composition
from models.enums import CompositionState, JobState
from models.jobs import Job, JobStep
from tests.composing_case import make_usual_case
from tests.killing import carry_out, kill_again_and_again

pytestmark = pytest.mark.slow

KILLS = 5


def test_a_composer_that_is_killed_again_and_again_ends_once_with_the_same_team(migrated_database, tmp_path):
    folder = tmp_path / "instance"
    folder.mkdir()
    shutil.copy(migrated_database, folder / "matchmaker.sqlite")
    (folder / "settings.env").write_text("MATCHMAKER_ENCODER=hashed\n")
    instance = Instance(folder)
    with Session(instance.engine, expire_on_commit=False) as session:
        case = make_usual_case(session, instance)
        undisturbed = case.compose().result["teams"]
        composition = case.ask()
        composition_id, job_id = composition.id, composition.job_id

        deaths = kill_again_and_again(folder, job_id, times=KILLS, most_work=1.5)
        carry_out(folder, job_id)

        session.rollback()
        session.expire_all()
        job, composition = session.get_one(Job, job_id), session.get_one(Composition, composition_id)
        steps = Counter(session.exec(select(JobStep.name).where(JobStep.job_id == job_id)).all())
        ends = session.exec(select(AuditEntry).where(AuditEntry.subject_id == str(composition_id))).all()
    instance.engine.dispose()

    assert deaths >= 3
    assert (job.state, composition.state) == (JobState.DONE, CompositionState.PROVED)
    assert set(steps.values()) == {1}
    assert Counter(entry.action for entry in ends) == {"composition.ask": 1, "composition.end": 1}
    assert composition.result["teams"] == undisturbed
