"""What waits for an officer: every number is counted by the same statement that makes the list behind it."""

from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session

from matchmaker.services import claims, data_requests, jobs
from matchmaker.services.actors import Actor, Permission, can
from matchmaker.services.certifications import queue as certifications
from matchmaker.services.challenges import screening
from matchmaker.services.duplicates import queue as duplicates
from matchmaker.services.freshness import ages, chasing
from matchmaker.services.reviews import queue as reviews
from models.enums import DataRequestState


class Task(StrEnum):
    """A kind of work on the registry desk, in the order in which it is shown."""

    POSTINGS = "postings"
    CLAIMS = "claims"
    CHALLENGES = "challenges"
    CERTIFICATIONS = "certifications"
    CERTIFICATIONS_ENDING = "certifications_ending"
    DUPLICATES = "duplicates"
    STALE = "stale"
    CHASED = "chased"
    DATA_REQUESTS = "data_requests"
    FAILED_JOBS = "failed_jobs"


@dataclass(frozen=True)
class Waiting:
    task: Task
    count: int
    overdue: int = 0


def list_waiting(session: Session, actor: Actor) -> list[Waiting]:
    """The work that `actor` may do; nothing for who has no such work."""
    waiting: list[Waiting] = []
    if can(actor, Permission.POSTING_REVIEW):
        late = reviews.count_waiting(session, actor, part=reviews.Part.OVERDUE)
        waiting.append(Waiting(Task.POSTINGS, reviews.count_waiting(session, actor), late))
    if can(actor, Permission.CLAIM_DECIDE):
        waiting.append(Waiting(Task.CLAIMS, claims.count_pending(session, actor)))
    if can(actor, Permission.CHALLENGE_STAGE):
        waiting.append(Waiting(Task.CHALLENGES, screening.count_queue(session, actor)))
    if can(actor, Permission.REGISTRY_CURATE):
        waiting += _of_the_registry(session, actor)
    if can(actor, Permission.REGISTRY_CURATE) and can(actor, Permission.DATA_DECIDE):
        waiting.append(Waiting(Task.DATA_REQUESTS, _count_requests(session, actor)))
    if can(actor, Permission.REGISTRY_CURATE) or can(actor, Permission.JOB_RUN):
        waiting.append(Waiting(Task.FAILED_JOBS, jobs.count_failed(session, actor)))
    return waiting


def _of_the_registry(session: Session, actor: Actor) -> list[Waiting]:
    part = certifications.Part
    return [
        Waiting(Task.CERTIFICATIONS, certifications.count_part(session, actor, part.TO_CHECK)),
        Waiting(Task.CERTIFICATIONS_ENDING, certifications.count_part(session, actor, part.ENDING)),
        Waiting(Task.DUPLICATES, duplicates.count_open(session, actor)),
        Waiting(Task.STALE, ages.count_profiles(session, actor, ages.Filters())),
        Waiting(Task.CHASED, chasing.count_open(session, actor)),
    ]


def _count_requests(session: Session, actor: Actor) -> int:
    """Those that the officer may decide: whose owner has no people on the platform."""
    asked = [one.request for one in data_requests.list_requests(session, actor)]
    waiting = [one for one in asked if one.state is DataRequestState.ASKED]
    return sum(data_requests.may_decide(session, actor, one) for one in waiting)
