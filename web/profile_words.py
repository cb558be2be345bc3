"""Words of a profile that pages of several areas show."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from flask_babel import gettext as _

from matchmaker.services import reference
from matchmaker.services.calendar import today
from matchmaker.services.certifications import opening
from matchmaker.services.certifications.standing import standing_on
from matchmaker.services.visibility import ProfileView
from models.organisations import Certification
from web.access import current_actor
from web.choices import names_of
from web.database import session


def is_valid(certification: Certification, day: date) -> bool:
    """Whether it holds on `day`, as far as is stated."""
    return standing_on(certification, day).holds is not False


def told_certifications(held: Sequence[Certification]) -> frozenset[UUID]:
    """Those of which the reader learns what they are; an officer opens the others one by one."""
    return opening.list_told(session(), current_actor(), held)


def validity(certification: Certification) -> tuple[str, str]:
    """Tone and words for whether a certification still holds."""
    standing = standing_on(certification, today())
    if standing.holds is None:
        return "", _("validity not stated")
    if not standing.holds:
        return "warn", _("expired")
    if standing.ends_soon:
        return "warn", _("expires soon")
    return "good", _("valid")


def checked(certification: Certification) -> tuple[str, str]:
    """Tone and words for whether somebody has held it against its evidence."""
    if certification.verified_at is None:
        return "", _("not verified")
    return "good", _("verified")


def profile_names(profile: ProfileView) -> dict[str, dict[str, str]]:
    """The names of the codes that this profile shows."""
    return {
        "districts": names_of(reference.list_districts(session())) if profile.value("district_code") else {},
        "industries": names_of(reference.list_industries(session())) if profile.value("industry_code") else {},
        "nodes": names_of(reference.list_nodes(session())) if profile.value("nodes") else {},
        "schemes": names_of(reference.list_schemes(session())) if profile.value("certifications") else {},
    }
