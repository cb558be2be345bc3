"""A worker that is killed at any moment of a what-if works it out again and keeps it once."""

import shutil
from collections import Counter

import pytest
from sqlmodel import Session, select

from matchmaker.instance import Instance
from matchmaker.services.actors import Actor
from matchmaker.services.scenarios import asking, editing
from models.audit import AuditEntry
from models.enums import JobState, PlatformRole
from models.jobs import Job, JobStep
from models.scenarios import ScenarioRun
from tests.killing import carry_out, kill_again_and_again
from tests.web.region import fill_at_random, make_region

pytestmark = pytest.mark.slow

KILLS = 6


def test_a_worker_that_is_killed_again_and_again_keeps_one_run_with_the_same_result(migrated_database, tmp_path):
    folder = tmp_path / "instance"
    folder.mkdir()
    shutil.copy(migrated_database, folder / "matchmaker.sqlite")
    (folder / "settings.env").write_text("MATCHMAKER_ENCODER=hashed\n")
    instance = Instance(folder)
    with Session(instance.engine, expire_on_commit=False) as session:
        region = make_region(session, instance)
        fill_at_random(region, 7)
        region.index()
        officer = Actor(roles=frozenset({PlatformRole.OFFICER}))
        scenario = editing.make(session, officer, name="新建中试基地")
        base = {"kind": "add_facility", "node": "nev-cockpit", "district": "500112"}
        editing.add(session, officer, scenario, base, expected_version=None)
        first = asking.ask(session, officer, scenario)
        session.commit()
        carry_out(folder, first.id)
        job = asking.ask(session, officer, scenario)
        session.commit()
        job_id = job.id

        deaths = kill_again_and_again(folder, job_id, times=KILLS, most_work=0.6)
        carry_out(folder, job_id)

        session.rollback()
        session.expire_all()
        ended = session.get_one(Job, job_id)
        undisturbed, disturbed = session.exec(select(ScenarioRun).order_by(ScenarioRun.created_at)).all()
        steps = session.exec(select(JobStep.name).where(JobStep.job_id == job_id)).all()
        actions = Counter(session.exec(select(AuditEntry.action)).all())
    instance.engine.dispose()

    assert deaths >= 3
    assert ended.state is JobState.DONE
    assert list(steps) == ["run"]
    assert actions["scenario.ran"] == 2
    assert disturbed.result == undisturbed.result
    assert disturbed.inputs_sha256 == undisturbed.inputs_sha256
