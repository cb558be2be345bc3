"""Ending the work on a run or a report, and taking it up again: who may, when, and that it is on record."""

from sqlmodel import Session

from matchmaker.errors import InvalidInput
from matchmaker.jobs import asking
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, require
from models.enums import ReportState, RunState
from models.jobs import Job
from models.reports import MatchRun, Report


def end(
    session: Session, actor: Actor, action: str, record: MatchRun | Report, job: Job | None, *, refusal: str
) -> None:
    """Stop the job; what is done of it stays. `job` is None where there is nothing to stop, which is the `refusal`."""
    require(actor, Permission.REPORT_MAKE)
    if job is None:
        raise InvalidInput(refusal)
    asking.cancel(session, job)
    audit.record(session, actor, action, record)


def take_up(
    session: Session,
    actor: Actor,
    action: str,
    record: MatchRun | Report,
    job: Job | None,
    *,
    state: RunState | ReportState,
    refusal: str,
) -> None:
    """Go on behind the last step that was saved; `job` is None where it did not end early, which is the `refusal`."""
    require(actor, Permission.REPORT_MAKE)
    if job is None:
        raise InvalidInput(refusal)
    if job.key is not None and asking.find_unfinished(session, job.key) is not None:
        raise InvalidInput("job_asked_already")
    record.state = state
    asking.ask_again(session, job)
    audit.record(session, actor, action, record)
    session.flush()
