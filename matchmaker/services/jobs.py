"""What people may do with jobs: start those that need no more than a click, follow, stop and repeat them."""

from collections.abc import Mapping
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from matchmaker.errors import InvalidInput, NotAllowed, NotFound
from matchmaker.jobs import asking, workers
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, can, require
from matchmaker.services.paging import Page, page_of
from models.enums import JobKind, JobState
from models.jobs import Job, JobStep

WHO_MAY_START: Mapping[JobKind, Permission] = {
    JobKind.REBUILD_INDEX: Permission.JOB_RUN,
    JobKind.COMPUTE_PRICES: Permission.PRICE_COMPUTE,
    JobKind.TRAIN_WEIGHTS: Permission.LEARNING_TRAIN,
    JobKind.MEASURE_BENCH: Permission.LEARNING_TRAIN,
    JobKind.COMPOSE_TEAM: Permission.CHALLENGE_COMPOSE,
    JobKind.RUN_SCENARIO: Permission.SCENARIO_RUN,
    JobKind.RUN_MATCHES: Permission.REPORT_MAKE,
    JobKind.MAKE_REPORT: Permission.REPORT_MAKE,
    JobKind.COMPUTE_INDICATORS: Permission.INDICATOR_EDIT,
    JobKind.PUBLISH_DATA: Permission.DATA_PUBLISH,
    JobKind.FIND_DUPLICATES: Permission.REGISTRY_CURATE,
    JobKind.CHECK_IMPORT: Permission.IMPORT,
    JobKind.APPLY_IMPORT: Permission.IMPORT,
    JobKind.UNDO_IMPORT: Permission.IMPORT,
    JobKind.DISCARD_UPLOADS: Permission.IMPORT,
    JobKind.CLEAR_OLD: Permission.JOB_RUN,
}
# Those that need to be told nothing more; the others are started where one sees what they are about.
STARTED_BY_HAND = (JobKind.REBUILD_INDEX, JobKind.COMPUTE_PRICES, JobKind.COMPUTE_INDICATORS, JobKind.FIND_DUPLICATES)
ENDED_EARLY = (JobState.FAILED, JobState.CANCELLED)


def start(session: Session, actor: Actor, kind: JobKind, **arguments: str) -> Job:
    """Ask for a job of this kind, or join the one with the same arguments that waits or runs already."""
    require(actor, WHO_MAY_START[kind])
    key = ":".join([kind, *(arguments[name] for name in sorted(arguments))])
    waiting = asking.find_unfinished(session, key)
    if waiting is not None:
        return waiting
    job = asking.enqueue(session, kind, key=key, arguments=arguments, asked_by=actor.user_id)
    audit.record(session, actor, "job.start", job, changes={"kind": [None, kind], "arguments": [None, arguments]})
    return job


def list_startable(actor: Actor) -> list[JobKind]:
    """The kinds that `actor` may start by hand."""
    return [kind for kind in STARTED_BY_HAND if can(actor, WHO_MAY_START[kind])]


def list_jobs(session: Session, actor: Actor, *, state: JobState | None = None, page: int = 1) -> Page[Job]:
    """The latest first: all of them for who may run jobs, for others their own and those of a kind they may start."""
    wanted = select(Job).order_by(col(Job.created_at).desc(), col(Job.id).desc())
    if state is not None:
        wanted = wanted.where(Job.state == state)
    if not can(actor, Permission.JOB_RUN):
        is_own = sa.and_(col(Job.asked_by).is_not(None), col(Job.asked_by) == actor.user_id)
        kinds = [kind for kind, permission in WHO_MAY_START.items() if can(actor, permission)]
        wanted = wanted.where(is_own | col(Job.kind).in_(kinds))
    return page_of(session, wanted, number=page)


def count_failed(session: Session, actor: Actor) -> int:
    return list_jobs(session, actor, state=JobState.FAILED).total


def get_job(session: Session, actor: Actor, job_id: UUID) -> Job:
    """A job that `actor` may follow: one that they may stop or start again.

    Who asks for a job that waits already joins it, so whoever may start a kind follows all of that kind.
    """
    job = session.get(Job, job_id)
    if job is None or not (may_cancel(actor, job) or may_ask_again(actor, job)):
        raise NotFound("job", job_id)
    return job


def may_cancel(actor: Actor, job: Job) -> bool:
    """Anybody's for who may run jobs, one's own for everybody else."""
    is_own = actor.user_id is not None and job.asked_by == actor.user_id
    return is_own or can(actor, Permission.JOB_RUN)


def may_ask_again(actor: Actor, job: Job) -> bool:
    """Who may start a job of this kind today; that one has asked for it once is not enough."""
    return can(actor, _permission_to_start(job))


def _permission_to_start(job: Job) -> Permission:
    return WHO_MAY_START[JobKind(job.kind)] if job.kind in WHO_MAY_START else Permission.JOB_RUN


def count_steps(session: Session, job: Job) -> int:
    """How many steps are done for good: after a restart the job goes on behind them."""
    steps = select(func.count()).select_from(JobStep).where(JobStep.job_id == job.id)
    return session.exec(steps).one()


def cancel(session: Session, actor: Actor, job: Job) -> None:
    """Stop one's own job, or anybody's where one may run jobs; one that runs stops at its next step."""
    if not may_cancel(actor, job):
        raise NotAllowed(Permission.JOB_RUN, job.id)
    before = job.state
    if before not in asking.WAITING_OR_RUNNING:
        raise InvalidInput("job_ended", state=before)
    asking.cancel(session, job)
    audit.record(session, actor, "job.cancel", job, changes={"state": [before, job.state]})


def ask_again(session: Session, actor: Actor, job: Job) -> None:
    """Put a job that ended early back in the queue."""
    require(actor, _permission_to_start(job))
    before = job.state
    if before not in ENDED_EARLY:
        raise InvalidInput("job_not_ended_early", state=before)
    if job.key is not None and asking.find_unfinished(session, job.key) is not None:
        raise InvalidInput("job_asked_already")
    asking.ask_again(session, job)
    audit.record(session, actor, "job.again", job, changes={"state": [before, job.state]})


def is_attended(session: Session) -> bool:
    """Whether there is a worker, or nothing for one to do."""
    return not asking.count_unfinished(session) or bool(workers.list_living(session))
