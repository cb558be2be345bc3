"""How postings are looked at: before or after they are seen, within how many days, and with how many points."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, NotFound
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, can, require
from matchmaker.services.calendar import add_working_days, today
from matchmaker.services.changes import check_version
from models.enums import PostingState, ReviewMode, ReviewVerdict
from models.offers import Need, Offer
from models.registry import PostingReview, ReviewCriterion, ReviewPolicy

MOST_DAYS = 60
# Where no row says otherwise, a posting is seen at once.
USUAL = ReviewMode.AFTER


@dataclass(frozen=True, kw_only=True)
class PolicyDraft:
    mode: ReviewMode
    least_points: int
    within_days: int


def subject_of(posting: Offer | Need) -> str:
    return "offer" if isinstance(posting, Offer) else "need"


def policy_of(session: Session, posting: Offer | Need) -> ReviewPolicy:
    """For services that have asked for permission; a policy that is not there is not stored by asking for it."""
    subject = subject_of(posting)
    return session.get(ReviewPolicy, subject) or ReviewPolicy(subject=subject, mode=USUAL, source="")


def list_policies(session: Session, actor: Actor) -> Sequence[ReviewPolicy]:
    require(actor, Permission.POSTING_REVIEW)
    return session.exec(select(ReviewPolicy).order_by(col(ReviewPolicy.subject).desc())).all()


def get_policy(session: Session, actor: Actor, subject: str) -> ReviewPolicy:
    require(actor, Permission.POSTING_REVIEW)
    policy = session.get(ReviewPolicy, subject)
    if policy is None:
        raise NotFound("review_policy", subject)
    return policy


def change_policy(
    session: Session, actor: Actor, policy: ReviewPolicy, draft: PolicyDraft, *, expected_version: int | None
) -> None:
    """Postings handed in from now on follow it; what waits already keeps its day and stays as seen as it is."""
    require(actor, Permission.POSTING_REVIEW)
    most = sum(session.exec(select(ReviewCriterion.most)))
    for field, high in (("least_points", most), ("within_days", MOST_DAYS)):
        if not 0 <= getattr(draft, field) <= high:
            raise InvalidInput("out_of_range", field=field, low=0, high=high)
    check_version(policy, asdict(draft), expected_version=expected_version)
    changes = audit.apply_changes(policy, asdict(draft))
    if changes:
        audit.record(session, actor, "review-policy.change", policy, changes={"subject": policy.subject, **changes})
        session.flush()


def values_when_handed_in(
    session: Session, actor: Actor, posting: Offer | Need, seen: dict[str, Any]
) -> dict[str, Any]:
    """The columns of a posting that somebody publishes; `seen` are those of one that everybody may see.

    What did not pass the last look waits unseen whatever the policy says: else it would be back by one click.
    """
    if is_exempt(actor, posting):
        return {**seen, "review_by": None}
    if posting.state is PostingState.IN_REVIEW:
        return {}
    policy = policy_of(session, posting)
    last = find_last(session, posting)
    did_not_pass = last is not None and last.verdict is not ReviewVerdict.PASSED
    if policy.mode is ReviewMode.BEFORE or did_not_pass:
        return {"state": PostingState.IN_REVIEW, "review_by": due_day(policy)}
    return {**seen, "review_by": due_day(policy)}


def values_when_edited(session: Session, actor: Actor, posting: Offer | Need) -> dict[str, Any]:
    """What an edit of its texts does to a posting that others see."""
    if posting.state is not PostingState.PUBLISHED or is_exempt(actor, posting):
        return {}
    policy = policy_of(session, posting)
    due = {"review_by": posting.review_by or due_day(policy)}
    return {"state": PostingState.IN_REVIEW, **due} if policy.mode is ReviewMode.BEFORE else due


def is_exempt(actor: Actor, posting: Offer | Need) -> bool:
    """What officers and the platform itself enter for others nobody has to look at once more."""
    return can(actor, Permission.POSTING_REVIEW) and posting.organisation_id not in actor.memberships


def due_day(policy: ReviewPolicy) -> date:
    return add_working_days(today(), policy.within_days)


def find_last(session: Session, posting: Offer | Need) -> PostingReview | None:
    return session.exec(looks_at(posting).limit(1)).first()


def looks_at(posting: Offer | Need) -> Any:
    """All looks at one posting, the latest first."""
    key = PostingReview.offer_id if isinstance(posting, Offer) else PostingReview.need_id
    latest_first = (col(PostingReview.created_at).desc(), col(PostingReview.id).desc())
    return select(PostingReview).where(sa.and_(col(key) == posting.id)).order_by(*latest_first)
