"""What the pages of this area show: rows turned into words."""

from collections.abc import Mapping
from datetime import timedelta

from flask_babel import gettext as _

from matchmaker.services import postings, reference
from matchmaker.services.calendar import today
from matchmaker.services.completeness import Gap
from matchmaker.services.visibility import ProfileView
from models.enums import PostingState
from models.offers import Need, Offer
from models.organisations import Certification
from web.choices import names_of
from web.database import session
from web.gaps import field_label  # noqa: F401 - templates call it here
from web.labels import component_label, label

SOON = timedelta(days=60)
TONES: Mapping[PostingState, str] = {
    PostingState.PUBLISHED: "good",
    PostingState.EXPIRED: "warn",
    PostingState.CHANGES_ASKED: "warn",
    PostingState.IN_REVIEW: "primary",
}


def gap_components(gap: Gap) -> list[str]:
    return [component_label(name) for name in gap.components]


def state_tone(posting: Offer | Need) -> str:
    return TONES.get(postings.state_on(posting, today()), "")


def state_label(posting: Offer | Need) -> str:
    return label(postings.state_on(posting, today()))


def validity(certification: Certification) -> tuple[str, str]:
    """Tone and words for whether a certification still holds."""
    if certification.valid_until is None:
        return "", _("validity not stated")
    if certification.valid_until < today():
        return "warn", _("expired")
    if certification.valid_until <= today() + SOON:
        return "warn", _("expires soon")
    return "good", _("valid")


def profile_names(profile: ProfileView) -> dict[str, dict[str, str]]:
    """The names of the codes that this profile shows."""
    return {
        "districts": names_of(reference.list_districts(session())) if profile.value("district_code") else {},
        "industries": names_of(reference.list_industries(session())) if profile.value("industry_code") else {},
        "nodes": names_of(reference.list_nodes(session())) if profile.value("nodes") else {},
        "schemes": names_of(reference.list_schemes(session())) if profile.value("certifications") else {},
    }
