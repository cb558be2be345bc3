"""What the pages of this area show: rows turned into words."""

from collections.abc import Mapping

from matchmaker.services import postings
from matchmaker.services.calendar import today
from matchmaker.services.completeness import Gap
from models.enums import PostingState
from models.offers import Need, Offer
from web import profile_words
from web.gaps import field_label  # noqa: F401 - templates call it here
from web.labels import component_label, label

TONES: Mapping[PostingState, str] = {
    PostingState.PUBLISHED: "good",
    PostingState.EXPIRED: "warn",
    PostingState.CHANGES_ASKED: "warn",
    PostingState.IN_REVIEW: "primary",
}

# Templates and pages of this area call them here.
validity, checked, profile_names = profile_words.validity, profile_words.checked, profile_words.profile_names
told_certifications = profile_words.told_certifications


def gap_components(gap: Gap) -> list[str]:
    return [component_label(name) for name in gap.components]


def state_tone(posting: Offer | Need) -> str:
    return TONES.get(postings.state_on(posting, today()), "")


def state_label(posting: Offer | Need) -> str:
    return label(postings.state_on(posting, today()))
