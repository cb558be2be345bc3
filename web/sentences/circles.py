"""Sentences about the consortia that somebody put together: with whom, in what field, from where, for how long."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from matchmaker.services.evidence import Named
from web.i18n import number
from web.labels import label_of
from web.sentences.wording import area_name, clauses, times, with_partners, with_projects

Facts = Mapping[str, Any]
OFTENER, RARER = 1.05, 0.95


def _follow_up(facts: Facts, _score: float, _named: Named) -> str:
    if facts["times_the_average"] <= 0:
        return _("Neither the asker's own work of this kind nor similar projects lead to it")
    return _(
        "The asker's own work of this kind and similar projects lead to it %(times)s times as often as to the average "
        "organisation",
        times=times(facts["times_the_average"]),
    )


def _circle(facts: Facts, _score: float, _named: Named) -> str:
    if facts["times_the_average"] <= 0:
        return _("The asker's partners and their partners do not lead to it")
    return _(
        "The asker's partners and their partners lead to it %(times)s times as often as to the average organisation",
        times=times(facts["times_the_average"]),
    )


def _ties_in_field(facts: Facts, _score: float, named: Named) -> str:
    if facts["of"] == 0:
        return _("No joint project so far, so none like this")
    if facts["projects"] == 0:
        return ngettext(
            "The one joint project was about something else",
            "None of the %(num)s joint projects resembles this", facts["of"],
        )  # fmt: skip
    said = ngettext(
        "%(num)s of %(of)s joint projects resembles this", "%(num)s of %(of)s joint projects resemble this",
        facts["projects"], of=facts["of"],
    )  # fmt: skip
    return with_projects(said, facts["ids"], named)


def _partners_in_field(facts: Facts, _score: float, named: Named) -> str:
    if facts["partners"] == 0:
        return _("No project like this with a partner of the asker so far")
    projects = ngettext(
        "%(num)s project like this in which partners of the asker took part",
        "%(num)s projects like this in which partners of the asker took part", facts["projects"],
    )  # fmt: skip
    return with_partners(projects, facts["ids"], named)


def _common_partners(facts: Facts, _score: float, named: Named) -> str:
    if facts["partners"] == 0:
        if facts["joint"] == 0:
            return _("No partner in common so far")
        return _("Has been a partner of the asker itself; no other partner in common")
    said = ngettext("%(num)s partner in common", "%(num)s partners in common", facts["partners"])
    own = _("has been a partner of the asker itself") if facts["joint"] else ""
    return clauses([with_partners(said, facts["ids"], named), own])


def _joined_asker(facts: Facts, _score: float, named: Named) -> str:
    if facts["projects"] == 0:
        return _("Has not joined a project that the asker led so far")
    said = ngettext(
        "Joined %(num)s project that the asker led", "Joined %(num)s projects that the asker led", facts["projects"]
    )
    return with_projects(said, facts["ids"], named)


def _similar_consortia(facts: Facts, _score: float, named: Named) -> str:
    if facts["projects"] == 0:
        return ngettext(
            "Its one past project was not a consortium like this",
            "None of its %(num)s past projects was a consortium like this", facts["of"],
        )  # fmt: skip
    said = ngettext(
        "%(num)s of its %(of)s past projects was a consortium like this",
        "%(num)s of its %(of)s past projects were consortia like this", facts["projects"], of=facts["of"],
    )  # fmt: skip
    return clauses([with_projects(said, facts["ids"], named), _led_from_area(facts["led_from_area"])])


def _led_from_area(projects: int) -> str:
    if projects == 0:
        return ""
    return ngettext(
        "%(num)s of them was led from the asker's area", "%(num)s of them were led from the asker's area", projects
    )


def _like_partners(facts: Facts, score: float, named: Named) -> str:
    if facts["partners"] == 0:
        return _("Has been the asker's only partner so far")
    if score <= 0:
        return _("Works in other circles than the asker's partners")
    said = _("Works in the circles of the asker's partners (nearness %(nearness)s)", nearness=number(score, 2))
    return with_partners(said, facts["ids"], named)


def _area_pair(facts: Facts, _score: float, named: Named) -> str:
    values = {"area": area_name(facts["area"], named), "times": times(facts["times"])}
    if facts["times"] > OFTENER:
        return _(
            "Projects led from the asker's area take in %(area)s %(times)s times as often as all projects", **values
        )
    if facts["times"] < RARER:
        return _(
            "Projects led from the asker's area take in %(area)s less often than all projects (%(times)s times)",
            **values,
        )
    return _("Projects led from the asker's area take in %(area)s about as often as all projects", area=values["area"])


def _area_in_field(facts: Facts, _score: float, named: Named) -> str:
    return _in_similar_projects(area_name(facts["area"], named), facts["times"])


def _kind_mix(facts: Facts, _score: float, _named: Named) -> str:
    return _in_similar_projects(label_of("OrganisationKind", facts["kind"]), facts["times"])


def _in_similar_projects(group: str, lift: float) -> str:
    if lift > OFTENER:
        return _(
            "Projects like this take in partners of the group %(group)s %(times)s times as often as all projects",
            group=group,
            times=times(lift),
        )
    if lift < RARER:
        return _(
            "Projects like this take in partners of the group %(group)s less often than all projects (%(times)s times)",
            group=group,
            times=times(lift),
        )
    return _("Projects like this take in partners of the group %(group)s about as often as all projects", group=group)


def _length(facts: Facts, _score: float, _named: Named) -> str:
    return ngettext(
        "To last %(asked)s months; its projects usually last about %(usual)s (%(num)s project)",
        "To last %(asked)s months; its projects usually last about %(usual)s (%(num)s projects)",
        facts["projects"], asked=number(facts["asked"], 0), usual=number(facts["months"], 0),
    )  # fmt: skip


ABOUT_CONSORTIA: Mapping[str, Callable[[Facts, float, Named], str]] = {
    "walk_follow_up.reached": _follow_up,
    "walk_circle.reached": _circle,
    "ties_in_field.shared": _ties_in_field,
    "partners_in_field.through": _partners_in_field,
    "common_partners.shared": _common_partners,
    "joined_asker.joined": _joined_asker,
    "similar_consortia.members": _similar_consortia,
    "like_partners.near": _like_partners,
    "area_pair.lift": _area_pair,
    "area_in_field.lift": _area_in_field,
    "kind_mix.lift": _kind_mix,
    "length.usual": _length,
}
