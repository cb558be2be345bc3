"""Small pieces that sentences are made of: names in the reader's language, lists, places, days."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import get_locale
from flask_babel import gettext as _

from matchmaker.services.evidence import Named
from models.track import Project
from web.i18n import current_language, day, number


def name_of(row: Any, field: str = "name") -> str:
    """The name (or title) in the reader's language, else in the other."""
    other = "en" if current_language() == "zh" else "zh"
    return str(getattr(row, f"{field}_{current_language()}") or getattr(row, f"{field}_{other}"))


def title_of(subject: Any) -> str:
    """What an offer, a need or a facility is called."""
    return name_of(subject, "title" if hasattr(subject, "title_zh") else "name")


def listed(items: Iterable[str]) -> str:
    return ("、" if current_language() == "zh" else ", ").join(items)


def clauses(items: Iterable[str]) -> str:
    """Half sentences one after the other."""
    return ("；" if current_language() == "zh" else "; ").join(item for item in items if item)


def coded(rows: Any, code: str) -> str:
    """The name behind a code; a code that has none is shown as it is."""
    return name_of(rows[code]) if code in rows else code


def levels(pair: Any) -> str:
    low, high = pair
    return f"TRL {low}" if low == high else _("TRL %(low)s to %(high)s", low=low, high=high)


def place_name(code: str, named: Named) -> str:
    """A district by its name; a place outside as region and country (`DE/Bavaria`)."""
    if code in named.districts:
        return name_of(named.districts[code])
    country, _slash, region = code.partition("/")
    locale = get_locale()
    known = locale.territories.get(country, country) if locale else country
    return listed([region, known]) if region else str(known)


def area_name(code: str, named: Named) -> str:
    """A part of the city by its name; outside, the country."""
    return name_of(named.areas[code], "area") if code in named.areas else place_name(code, named)


def times(lift: float) -> str:
    return number(lift, 1 if lift >= 1 else 2)


def day_of(ordinal: int) -> str:
    return day(date.fromordinal(ordinal))


def quoted(text: str) -> str:
    return f"《{text}》" if current_language() == "zh" else f"“{text}”"


def with_projects(said: str, keys: list[str], named: Named) -> str:
    titles = [dated(named.projects[key]) for key in map(UUID, keys) if key in named.projects]
    return _("%(said)s: %(names)s", said=said, names=listed(titles)) if titles else said


def with_partners(said: str, keys: list[str], named: Named) -> str:
    """With the names of those whose past projects everybody may see."""
    seen = [key for key in map(UUID, keys) if key in named.organisations and "projects" in named.open[key]]
    names = [name_of(named.organisations[key]) for key in seen]
    return _("%(said)s: %(names)s", said=said, names=listed(names)) if names else said


def dated(project: Project) -> str:
    title = quoted(title_of(project))
    if project.started_on is None:
        return title
    return _("%(title)s (%(day)s)", title=title, day=day(project.started_on))
