"""Words of a profile that pages of several areas show."""

from datetime import date, timedelta

from flask_babel import gettext as _

from matchmaker.services import reference
from matchmaker.services.calendar import today
from matchmaker.services.visibility import ProfileView
from models.organisations import Certification
from web.choices import names_of
from web.database import session

SOON = timedelta(days=60)


def is_valid(certification: Certification, day: date) -> bool:
    """Whether it holds on `day`, as far as is stated."""
    return certification.valid_until is None or certification.valid_until >= day


def validity(certification: Certification) -> tuple[str, str]:
    """Tone and words for whether a certification still holds."""
    if certification.valid_until is None:
        return "", _("validity not stated")
    if not is_valid(certification, today()):
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
