"""A worker that is killed at any moment of a report goes on where it was: one report, complete, the same bytes."""

import shutil
from collections import Counter

import pytest
from sqlmodel import Session, select

from matchmaker.instance import Instance
from matchmaker.services.reports.settings import ReportSettings
from matchmaker.services.runs.settings import Constraints
from models.audit import AuditEntry
from models.enums import DocumentFormat, JobState, ReportState, RunState
from models.jobs import Job, JobStep
from models.reports import MatchRun, MatchRunList, Report, ReportFile
from tests.killing import carry_out, kill_again_and_again
from tests.report_case import make_case

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

KILLS = 10
NEEDS = 45  # three blocks
ALL = ReportSettings(constraints=Constraints(depth=3), needs_shown=3)


@pytest.fixture
def instance(migrated_database, tmp_path):
    folder = tmp_path / "instance"
    folder.mkdir()
    shutil.copy(migrated_database, folder / "matchmaker.sqlite")
    (folder / "settings.env").write_text("MATCHMAKER_DEMO=true\nMATCHMAKER_ENCODER=hashed\n")
    instance = Instance(folder)
    yield instance
    instance.engine.dispose()


def test_a_report_whose_worker_is_killed_ten_times_ends_once_complete_and_byte_equal(instance):
    with Session(instance.engine, expire_on_commit=False) as session:
        case = make_case(session, instance, needs=NEEDS)
        undisturbed = case.carry_out(case.ask_report(settings=ALL), with_documents=True)
        expected, content = case.files_of(undisturbed), undisturbed.content_sha256
        report = case.ask_report(settings=ALL)
        report_id, job_id, run_id = report.id, report.job_id, report.run_id
        session.rollback()

        deaths = kill_again_and_again(instance.folder, job_id, times=KILLS, most_work=1.2)
        carry_out(instance.folder, job_id)

        session.expire_all()
        job, report = session.get_one(Job, job_id), session.get_one(Report, report_id)
        run = session.get_one(MatchRun, run_id)
        steps = Counter(session.exec(select(JobStep.name).where(JobStep.job_id == job_id)).all())
        lists = session.exec(select(MatchRunList.need_id).where(MatchRunList.run_id == run_id)).all()
        files = case.files_of(report)
        rows = session.exec(select(ReportFile.id).where(ReportFile.report_id == report_id)).all()
        entries = session.exec(select(AuditEntry.action).where(AuditEntry.subject_id == str(report_id))).all()

    assert deaths >= 3
    assert (job.state, report.state, run.state) == (JobState.DONE, ReportState.READY, RunState.FROZEN)
    assert set(steps.values()) == {1}
    assert len(lists) == run.done == run.needs == NEEDS
    assert len(rows) == len(files) == 2 * len(DocumentFormat)
    assert Counter(entries) == {"report.ask": 1, "report.ready": 1}
    assert report.content_sha256 == content
    assert files == expected
