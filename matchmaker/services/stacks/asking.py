"""Asking for a capital stack, stopping it, and finding those that were asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, NotFound
from matchmaker.jobs import asking
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, can, require
from matchmaker.services.clearing.reading import get_round
from matchmaker.services.stacks.freezing import freeze
from matchmaker.services.stacks.questions import sha256_of
from matchmaker.services.stacks.settings import Terms, to_stored
from models.enums import JobKind, JobState, StackState
from models.jobs import Job
from models.rounds import CapitalStack

KEPT = 20  # stacks of one round that a page lists


@dataclass(frozen=True)
class Asked:
    """A stack as people follow it: with its job, and its state by both."""

    stack: CapitalStack
    job: Job | None

    @property
    def state(self) -> StackState:
        """Whether it is still searched for says the job: one that was stopped or failed left the row as it was."""
        if self.stack.state is StackState.SEARCHING and not self.is_live:
            return StackState.ENDED
        return self.stack.state

    @property
    def is_live(self) -> bool:
        return self.job is not None and self.job.state in asking.WAITING_OR_RUNNING

    @property
    def is_stopped(self) -> bool:
        """Whether somebody ended the search before its end."""
        return self.job is not None and self.job.state is JobState.CANCELLED

    @property
    def has_failed(self) -> bool:
        return self.job is not None and self.job.state is JobState.FAILED


def ask(session: Session, actor: Actor, round_id: UUID, terms: Terms, *, today: date) -> CapitalStack:
    """Freeze the question and have it answered; the same question that is being answered is not asked twice.

    Raises InvalidInput naming the field where a limit cannot be, or the round has no milestone ahead that costs
    something.
    """
    one = get_round(session, actor, round_id)
    require(actor, Permission.STACK_BUILD, one.organisation_id)
    terms.check()
    question = freeze(session, one, terms, today=today)
    sha256 = sha256_of(question)
    if running := _find_running(session, one.id, sha256):
        return running

    stack = CapitalStack(
        round_id=one.id,
        organisation_id=one.organisation_id,
        asked_by=actor.user_id,
        terms=to_stored(terms),
        question=question,
        sha256=sha256,
    )
    session.add(stack)
    session.flush()
    arguments = {"stack_id": str(stack.id)}
    job = asking.enqueue(session, JobKind.BUILD_STACK, arguments=arguments, asked_by=actor.user_id)
    stack.job_id = job.id
    changes = {"round_id": one.id, "terms": stack.terms}
    audit.record(session, actor, "stack.ask", stack, organisation_id=one.organisation_id, changes=changes)
    session.flush()
    return stack


def stop(session: Session, actor: Actor, stack_id: UUID) -> None:
    """End the search; what was found stays."""
    asked = get(session, actor, stack_id)
    require(actor, Permission.STACK_BUILD, asked.stack.organisation_id)
    if asked.job is None or not asked.is_live:
        raise InvalidInput("stack_ended")
    asking.cancel(session, asked.job)
    audit.record(session, actor, "stack.stop", asked.stack, organisation_id=asked.stack.organisation_id)


def get(session: Session, actor: Actor, stack_id: UUID) -> Asked:
    """For the round's own people and officers; to everybody else it does not exist."""
    stack = session.get(CapitalStack, stack_id)
    if stack is None or not can(actor, Permission.ROUND_VIEW, stack.organisation_id):
        raise NotFound("stack", stack_id)
    return _with_job(session, stack)


def list_asked(session: Session, actor: Actor, round_id: UUID) -> Sequence[Asked]:
    """Those of one round, the latest first."""
    one = get_round(session, actor, round_id)
    mine = select(CapitalStack).where(CapitalStack.round_id == one.id)
    latest = mine.order_by(col(CapitalStack.created_at).desc(), col(CapitalStack.id).desc()).limit(KEPT)
    return [_with_job(session, stack) for stack in session.exec(latest)]


def _find_running(session: Session, round_id: UUID, sha256: str) -> CapitalStack | None:
    same = select(CapitalStack).where(CapitalStack.round_id == round_id, CapitalStack.sha256 == sha256)
    latest = session.exec(same.order_by(col(CapitalStack.created_at).desc())).first()
    return latest if latest is not None and _with_job(session, latest).is_live else None


def _with_job(session: Session, stack: CapitalStack) -> Asked:
    return Asked(stack, session.get(Job, stack.job_id) if stack.job_id else None)
