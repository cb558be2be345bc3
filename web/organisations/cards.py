"""What the pages of this area show: rows turned into words."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from matchmaker.services import capabilities, postings, reference
from matchmaker.services.calendar import today
from matchmaker.services.completeness import Gap
from matchmaker.services.postings import Tag
from matchmaker.services.visibility import ProfileView
from models.enums import PostingState
from models.offers import Need, Offer
from models.organisations import Certification
from web.database import session
from web.gaps import field_label
from web.labels import component_label, label
from web.organisations.choices import name_of, names_of

SOON = timedelta(days=60)
TONES: Mapping[PostingState, str] = {
    PostingState.PUBLISHED: "good",
    PostingState.EXPIRED: "warn",
    PostingState.CHANGES_ASKED: "warn",
    PostingState.IN_REVIEW: "primary",
}
LEVELS: Mapping[int, object] = {
    1: _l("1  exploring"),
    2: _l("2  shown in the lab"),
    3: _l("3  delivered to customers"),
    4: _l("4  in series"),
    5: _l("5  leading in its field"),
}
IMPORTANCE: Mapping[str, object] = {
    "0.5": _l("nice to have"),
    "1": _l("normal"),
    "2": _l("very important"),
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


def tag_rows(tags: Iterable[Tag]) -> list[tuple[Tag, str, str]]:
    """Each tag with its capability's name and the word for its level."""
    known = capabilities.list_capabilities(session(), [tag.capability_code for tag in tags])
    return [
        (tag, name_of(known[tag.capability_code]), str(LEVELS.get(tag.level, tag.level)))
        for tag in tags
        if tag.capability_code in known
    ]


def differences(form: Any) -> list[tuple[str, str, str]]:
    """Field by field: what somebody else saved, and what is typed here."""
    return [
        (_label_in(form, name), _in_words(theirs), _in_words(yours))
        for name, (theirs, yours) in getattr(form, "differences", {}).items()
    ]


def _label_in(form: Any, name: str) -> str:
    if name.startswith("grade_"):
        return _("Who may see: %(field)s", field=field_label(name.removeprefix("grade_")))
    return str(form[name].label.text) if name in form else field_label(name)


def _in_words(value: object) -> str:
    if value is None or value in ("", (), []):
        return "—"
    if isinstance(value, StrEnum):
        return label(value)
    if isinstance(value, Tag):
        return f"{value.capability_code} ({value.level})"
    if isinstance(value, (list, tuple)):
        return "、".join(_in_words(item) for item in value)
    return str(value)
