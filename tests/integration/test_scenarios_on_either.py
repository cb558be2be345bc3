"""What-if on both databases: a scenario is asked for, found by its job, worked out and ranked."""

from sqlmodel import Session, select

from matchmaker.jobs import running
from matchmaker.services.actors import Actor
from matchmaker.services.scenarios import asking, editing
from matchmaker.services.scenarios.asking import Alternatives
from matchmaker.worker.kinds import KINDS
from models.enums import JobState, PlatformRole
from models.jobs import Job
from models.scenarios import ScenarioRun
from tests.web.region import fill_at_random, make_region

OFFICER = Actor(roles=frozenset({PlatformRole.OFFICER}))
BASE = {"kind": "add_facility", "node": "nev-cockpit", "district": "500112"}


def test_a_scenario_is_run_and_its_job_found_again(either):
    with Session(either.engine.execution_options(writes=True), expire_on_commit=False) as session:
        region = make_region(session, either)
        fill_at_random(region, 3, organisations=12)
        region.index()
        scenario = editing.make(session, OFFICER, name="新建中试基地")
        editing.add(session, OFFICER, scenario, BASE, expected_version=None)
        asked = [asking.ask(session, OFFICER, scenario)]
        asked.append(asking.rank(session, OFFICER, Alternatives.BASES, chain_code=None))
        session.commit()
        for job in asked:
            running.carry_out(either, KINDS, job.id, job.handover, worker="here-1")
        session.rollback()

        found = asking.find_job(session, OFFICER, scenario_id=scenario.id)
        ranking = asking.find_job(session, OFFICER, scenario_id=None)
        states = [session.get_one(Job, job.id, populate_existing=True).state for job in asked]
        runs = session.exec(select(ScenarioRun)).all()
        listed = editing.list_scenarios(session, OFFICER)

    assert (found, ranking) == tuple(asked)
    assert states == [JobState.DONE, JobState.DONE]
    assert {run.scenario_id for run in runs} == {scenario.id, None}
    assert listed[0][1] is not None
