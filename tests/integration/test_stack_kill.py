"""A worker that is killed at any moment of a capital stack goes on where it was and ends once, with the same answer."""

import shutil
from collections import Counter

import pytest
from sqlmodel import Session, select

from matchmaker.instance import Instance
from models.audit import AuditEntry
from models.enums import JobState, StackState
from models.jobs import Job, JobStep
from models.rounds import CapitalStack
from tests.killing import carry_out, kill_again_and_again
from tests.stack_case import make_usual_case

pytestmark = pytest.mark.slow

KILLS = 5


def test_a_worker_that_is_killed_again_and_again_ends_once_with_the_same_plan(migrated_database, tmp_path):
    folder = tmp_path / "instance"
    folder.mkdir()
    shutil.copy(migrated_database, folder / "matchmaker.sqlite")
    instance = Instance(folder)
    with Session(instance.engine, expire_on_commit=False) as session:
        case = make_usual_case(session)
        for number in range(12):
            case.add_fund(f"备选{number}", stages=("angel", "series_a", "series_b"), ticket_high=1.2e6 + 2e5 * number)
        session.commit()
        undisturbed = case.build(instance, stake_most=0.15).result
        stack = case.ask(stake_most=0.15)
        stack_id, job_id = stack.id, stack.job_id
        session.rollback()

        deaths = kill_again_and_again(folder, job_id, times=KILLS, most_work=0.8)
        carry_out(folder, job_id)

        session.expire_all()
        job, stack = session.get_one(Job, job_id), session.get_one(CapitalStack, stack_id)
        steps = Counter(session.exec(select(JobStep.name).where(JobStep.job_id == job_id)).all())
        ends = session.exec(select(AuditEntry).where(AuditEntry.subject_id == str(stack_id))).all()
    instance.engine.dispose()

    assert deaths >= 3
    assert (job.state, stack.state) == (JobState.DONE, StackState.GAP)
    assert steps == dict.fromkeys(("plan", "alternatives", "repairs", "rooms", "end"), 1)
    assert Counter(entry.action for entry in ends) == {"stack.ask": 1, "stack.end": 1}
    assert stack.result["plan"]["tickets"] == undisturbed["plan"]["tickets"]
    assert stack.result["repairs"] == undisturbed["repairs"]
    assert [one["tickets"] for one in stack.result["alternatives"]] == [
        one["tickets"] for one in undisturbed["alternatives"]
    ]
