"""Asking for a report, following it, stopping it, going on with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, NotFound
from matchmaker.jobs import asking
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.challenges import recusal
from matchmaker.services.hashing import sha256_of
from matchmaker.services.reports.settings import ReportDraft, ReportSettings, ordered_sections, to_stored
from matchmaker.services.runs import working
from matchmaker.services.runs.asking import freeze
from matchmaker.services.runs.settings import RunDraft
from matchmaker.services.scope import Scope
from models.enums import JobKind, JobState, ReportKind, ReportState, RunState
from models.jobs import Job
from models.reports import MatchRun, Report

WHOLE = (ReportState.READY, ReportState.SIGNED)


@dataclass(frozen=True)
class AskedReport:
    """A report as people follow it: with its job, and its state by both."""

    report: Report
    job: Job | None

    @property
    def is_live(self) -> bool:
        return self.job is not None and self.job.state in asking.WAITING_OR_RUNNING

    @property
    def state(self) -> ReportState:
        """Whether it is still worked on says the job: one that was stopped or failed left the row as it was."""
        if self.report.state is ReportState.MAKING and not self.is_live:
            return ReportState.ENDED
        return self.report.state

    @property
    def is_whole(self) -> bool:
        return self.report.state in WHOLE

    @property
    def has_failed(self) -> bool:
        return self.job is not None and self.job.state is JobState.FAILED


def ask(
    session: Session, actor: Actor, draft: ReportDraft, *, schedule_id: UUID | None = None, asked_on: date | None = None
) -> Report:
    """Freeze what is chosen and have it made; the same report that is being made is not asked for twice.

    `asked_on` is the day of asking where that is not today in China.

    Raises InvalidInput naming the field that cannot be, or where the scope has no needs.
    """
    require(actor, Permission.REPORT_MAKE)
    draft.check()
    recusal.require_none_in(session, actor, draft.scope.kind, draft.scope.code)
    key = _key(draft)
    waiting = asking.find_unfinished(session, key)
    if waiting is not None:
        return session.get_one(Report, UUID(waiting.arguments["report_id"]))
    run = _chosen_run(session, draft) or freeze(session, actor, _run_draft(draft), asked_on=asked_on)
    previous = find_previous(session, draft.kind, draft.scope, before=draft.period_from)
    report = Report(
        kind=draft.kind,
        scope_kind=draft.scope.kind,
        scope_code=draft.scope.code,
        period_from=draft.period_from,
        period_to=draft.period_to,
        as_of=draft.as_of,
        languages=list(draft.settings.languages),
        formats=list(draft.settings.formats),
        sections=list(ordered_sections(draft.settings.sections)),
        settings=to_stored(draft.settings),
        run_id=run.id,
        previous_id=previous.id if previous else None,
        schedule_id=schedule_id,
        asked_by=actor.user_id,
    )
    session.add(report)
    session.flush()
    arguments = {"report_id": str(report.id)}
    job = asking.enqueue(session, JobKind.MAKE_REPORT, key=key, arguments=arguments, asked_by=actor.user_id)
    report.job_id = job.id
    if run.job_id is None:
        run.job_id = job.id
    changes = {name: getattr(report, name) for name in ("kind", "scope_kind", "scope_code", "period_from", "period_to")}
    audit.record(session, actor, "report.ask", report, changes={name: [None, one] for name, one in changes.items()})
    session.flush()
    return report


def month_so_far(today: date) -> tuple[date, date]:
    """The period of "this month's report" as it is asked for on `today`."""
    return today.replace(day=1), today


def this_month(kind: ReportKind, scope: Scope, settings: ReportSettings, *, today: date) -> ReportDraft:
    first, last = month_so_far(today)
    return ReportDraft(kind=kind, scope=scope, period_from=first, period_to=last, as_of=today, settings=settings)


def find_previous(session: Session, kind: ReportKind, scope: Scope, *, before: date) -> Report | None:
    """The last whole report of this kind and scope of an earlier period, to tell the difference to."""
    earlier = select(Report).where(
        Report.kind == kind,
        Report.scope_kind == scope.kind,
        Report.scope_code == scope.code,
        col(Report.state).in_(WHOLE),
        col(Report.period_to) < before,
    )
    latest = earlier.order_by(col(Report.period_to).desc(), col(Report.created_at).desc(), col(Report.id).desc())
    return session.exec(latest.limit(1)).first()


def get(session: Session, actor: Actor, report_id: UUID) -> AskedReport:
    require(actor, Permission.REPORT_VIEW)
    report = session.get(Report, report_id)
    if report is None:
        raise NotFound("report", report_id)
    recusal.require_none_in(session, actor, report.scope_kind, report.scope_code)
    return with_job(session, report)


def stop(session: Session, actor: Actor, report_id: UUID) -> None:
    """End the work; what is done of it is kept, so that it can be gone on with."""
    asked = get(session, actor, report_id)
    working.end(
        session, actor, "report.stop", asked.report, asked.job if asked.is_live else None, refusal="report_ended"
    )


def go_on(session: Session, actor: Actor, report_id: UUID) -> None:
    """Take up a report that was stopped or failed, behind its last step."""
    asked = get(session, actor, report_id)
    job = asked.job if asked.state is ReportState.ENDED else None
    working.take_up(
        session, actor, "report.go_on", asked.report, job, state=ReportState.MAKING, refusal="report_not_ended_early"
    )


def delete(session: Session, actor: Actor, report_id: UUID) -> None:
    """Throw away a report that nobody stands for; a signed one stays."""
    asked = get(session, actor, report_id)
    require(actor, Permission.REPORT_MAKE)
    if asked.is_live:
        raise InvalidInput("report_being_made")
    if asked.report.state is ReportState.SIGNED:
        raise InvalidInput("report_signed")
    changes = {"content_sha256": [asked.report.content_sha256, None]}
    audit.record(session, actor, "report.delete", asked.report, changes=changes)
    session.delete(asked.report)
    session.flush()


def with_job(session: Session, report: Report) -> AskedReport:
    return AskedReport(report, session.get(Job, report.job_id) if report.job_id else None)


def with_jobs(session: Session, reports: Sequence[Report]) -> list[AskedReport]:
    wanted = [report.job_id for report in reports if report.job_id]
    found = {job.id: job for job in session.exec(select(Job).where(col(Job.id).in_(wanted)))}
    return [AskedReport(report, found.get(report.job_id) if report.job_id else None) for report in reports]


def _key(draft: ReportDraft) -> str:
    """The same for the same question, however often the button is pressed."""
    asked = {
        "scope": [draft.scope.kind, draft.scope.code],
        "days": [str(day) for day in (draft.period_from, draft.period_to, draft.as_of)],
        "asked": [list(draft.settings.languages), list(draft.settings.formats), list(draft.settings.sections)],
        "settings": to_stored(draft.settings),
        "run": str(draft.run_id),
    }
    return f"{JobKind.MAKE_REPORT}:{draft.kind}:{sha256_of(asked)[:32]}"


def _run_draft(draft: ReportDraft) -> RunDraft:
    return RunDraft(
        scope=draft.scope,
        preset_code=draft.settings.preset_code,
        weights=draft.settings.weights,
        constraints=draft.settings.constraints,
        as_of=draft.as_of,
    )


def _chosen_run(session: Session, draft: ReportDraft) -> MatchRun | None:
    """A frozen run of the same scope that lists are taken from. Its day is its own, and the report says so."""
    if draft.run_id is None:
        return None
    run = session.get(MatchRun, draft.run_id)
    if run is None or (run.scope_kind, run.scope_code) != (draft.scope.kind, draft.scope.code):
        raise InvalidInput("run_of_other_scope", field="run_id")
    if run.state is not RunState.FROZEN:
        raise InvalidInput("run_not_frozen", field="run_id")
    return run
