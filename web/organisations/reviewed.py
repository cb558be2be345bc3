"""What officers made of an offer or a need, as its own people read it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from matchmaker.services.actors import Permission, can
from matchmaker.services.reviews import judging
from matchmaker.services.reviews.judging import Rubric
from models.enums import PostingState, ReviewVerdict
from models.offers import Need, Offer
from models.registry import PostingReview, ReviewReason
from web.access import current_actor
from web.database import session


@dataclass(frozen=True)
class Reviewed:
    looks: Sequence[PostingReview]  # the latest first
    rubric: Rubric  # with the points of the latest look
    reasons: Mapping[str, ReviewReason]

    @property
    def last(self) -> PostingReview | None:
        return self.looks[0] if self.looks else None

    @property
    def did_not_pass(self) -> bool:
        return self.last is not None and self.last.verdict is not ReviewVerdict.PASSED


def read(posting: Offer | Need) -> Reviewed | None:
    """None for who is none of its own people and no officer."""
    actor = current_actor()
    if not can(actor, Permission.ORGANISATION_SEE_CLOSED, posting.organisation_id):
        return None
    looks = judging.list_looks(session(), actor, posting)
    points = looks[0].points if looks else {}
    reasons = {one.code: one for one in judging.list_reasons(session())} if looks else {}
    return Reviewed(looks, judging.rubric(session(), posting, points), reasons)


def said(posting: Offer | Need, seen: str) -> str:
    """`seen` where everybody sees it now; else that it was handed in."""
    if posting.state is not PostingState.IN_REVIEW:
        return seen
    return _("It is handed in. An officer looks at it before others see it; matching works for you already.")
