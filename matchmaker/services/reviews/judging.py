"""One look at one version of a posting: points by the rubric, and what follows from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, Stale
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.calendar import add_months, today
from matchmaker.services.changes import changed_since, touch
from matchmaker.services.postings import MONTHS_VALID
from matchmaker.services.reviews.policies import looks_at, policy_of, subject_of
from models.base import utc_now
from models.enums import PostingState, ReviewVerdict
from models.offers import Need, Offer
from models.organisations import Organisation
from models.registry import PostingReview, ReviewCriterion, ReviewReason

OPEN = (PostingState.PUBLISHED, PostingState.IN_REVIEW)
NOTE_LENGTH = 1000


@dataclass(frozen=True)
class Rubric:
    """The lines with the points given, or None, and how many points it takes."""

    lines: Sequence[tuple[ReviewCriterion, int | None]]
    needed: int

    @property
    def total(self) -> int:
        return sum(points for _line, points in self.lines if points)

    @property
    def most(self) -> int:
        return sum(line.most for line, _points in self.lines)

    @property
    def is_complete(self) -> bool:
        return bool(self.lines) and all(points is not None for _line, points in self.lines)

    @property
    def has_zero(self) -> bool:
        return any(points == 0 for _line, points in self.lines)


@dataclass(frozen=True, kw_only=True)
class Look:
    """What an officer has made of a posting; points are by criterion, and those that are left open are missing."""

    verdict: ReviewVerdict
    points: Mapping[str, int]
    reason_code: str | None = None
    note: str = ""


def rubric(session: Session, posting: Offer | Need, points: Mapping[str, int]) -> Rubric:
    """The rubric with `points` in it; for services and pages that have asked for permission."""
    criteria = session.exec(select(ReviewCriterion).order_by(col(ReviewCriterion.position_in_list))).all()
    return Rubric([(line, points.get(line.code)) for line in criteria], policy_of(session, posting).least_points)


def list_reasons(session: Session) -> Sequence[ReviewReason]:
    return session.exec(select(ReviewReason).order_by(col(ReviewReason.position_in_list))).all()


def list_looks(session: Session, actor: Actor, posting: Offer | Need) -> Sequence[PostingReview]:
    """All looks at it, the latest first: for its own people and officers."""
    require(actor, Permission.ORGANISATION_SEE_CLOSED, posting.organisation_id)
    found: Sequence[PostingReview] = session.exec(looks_at(posting)).all()
    return found


def judge(
    session: Session, actor: Actor, posting: Offer | Need, look: Look, *, seen_version: int | None
) -> PostingReview:
    """Pass it, ask for changes or take it down; what did not pass is seen by its own people and officers only."""
    require(actor, Permission.POSTING_REVIEW)
    require_other_hand(actor, posting)
    if posting.state not in OPEN:
        raise InvalidInput("not_under_review", state=posting.state)
    if seen_version != posting.version:
        raise Stale(str(posting.__tablename__), changed_since(session, posting, seen_version))
    marks = rubric(session, posting, look.points)
    _check(session, marks, look)

    review = PostingReview(
        offer_id=posting.id if isinstance(posting, Offer) else None,
        need_id=posting.id if isinstance(posting, Need) else None,
        posting_version=posting.version or 1,
        verdict=look.verdict,
        points={line.code: points for line, points in marks.lines if points is not None},
        reason_code=look.reason_code,
        note=look.note,
        decided_by=actor.user_id,
    )
    session.add(review)
    changes = audit.apply_changes(posting, _state_after(posting, look.verdict))
    said = {"verdict": look.verdict, "points": review.points, "reason": look.reason_code, "note": look.note}
    audit.record(session, actor, f"{subject_of(posting)}.review", posting, changes={**said, **changes})
    touch(session, session.get_one(Organisation, posting.organisation_id))
    return review


def require_other_hand(actor: Actor, posting: Offer | Need) -> None:
    if posting.organisation_id in actor.memberships:
        raise InvalidInput("own_posting")


def _check(session: Session, marks: Rubric, look: Look) -> None:
    for line, points in marks.lines:
        if points is not None and not 0 <= points <= line.most:
            raise InvalidInput("out_of_range", field=f"points_{line.code}", low=0, high=line.most)
    if len(look.note) > NOTE_LENGTH:
        raise InvalidInput("too_long", field="note", most=NOTE_LENGTH)
    if look.reason_code is not None and session.get(ReviewReason, look.reason_code) is None:
        raise InvalidInput("unknown_reason", field="reason_code")
    if look.verdict is ReviewVerdict.PASSED:
        _check_passes(marks)
    elif look.reason_code is None and not look.note:
        raise InvalidInput("reason_missing", field="reason_code")


def _check_passes(marks: Rubric) -> None:
    if not marks.is_complete:
        raise InvalidInput("rubric_incomplete")
    if marks.has_zero:
        raise InvalidInput("rubric_has_zero")
    if marks.total < marks.needed:
        raise InvalidInput("rubric_too_low", total=marks.total, needed=marks.needed)


def _state_after(posting: Offer | Need, verdict: ReviewVerdict) -> dict[str, Any]:
    """Its columns after the look; what was kept back until now is seen for twelve months from today."""
    if verdict is ReviewVerdict.CHANGES_ASKED:
        return {"state": PostingState.CHANGES_ASKED, "review_by": None}
    if verdict is ReviewVerdict.TAKEN_DOWN:
        return {"state": PostingState.WITHDRAWN, "review_by": None}
    if posting.state is PostingState.PUBLISHED:
        return {"review_by": None}
    until = add_months(today(), MONTHS_VALID)
    return {"state": PostingState.PUBLISHED, "review_by": None, "valid_until": until, "published_at": utc_now()}
