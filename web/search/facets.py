"""The facets beside the results, the tabs above them, and the chips of what is chosen."""

from collections.abc import Mapping
from dataclasses import dataclass

from babel import Locale
from flask import request
from flask_babel import lazy_gettext as _l

from matchmaker.services.search import FacetView, Name, Results, Value
from web.i18n import current_language, number
from web.labels import label_of
from web.rendering import page_url

TOP, MOST = 8, 60
FACET_TITLES: Mapping[str, object] = {
    "record": _l("Type of record"),
    "kind": _l("Kind of organisation"),
    "chain": _l("Industrial chain"),
    "node": _l("Chain node"),
    "capability": _l("Capabilities"),
    "type": _l("Co-operation type"),
    "trl": _l("Readiness"),
    "area": _l("Area"),
    "place": _l("District or place"),
    "certification": _l("Certification"),
    "size": _l("Size by staff"),
}
# Facets of closed lists, and the list that has their labels.
CLOSED = {
    "record": "SearchRecord",
    "kind": "OrganisationKind",
    "type": "CooperationType",
    "trl": "ReadinessBand",
    "size": "SizeClass",
}
TABS: Mapping[str, object] = {
    "": _l("All"),
    "organisation": _l("Organisations"),
    "offer": _l("Offers"),
    "need": _l("Needs"),
    "facility": _l("Facilities"),
}
Option = tuple[str, int, str, bool]


@dataclass(frozen=True)
class ShownFacet:
    """`more` stands folded below `top`; `left_out` values would only make the list longer than anybody reads."""

    title: object
    top: list[Option]
    more: list[Option]
    left_out: int


def list_facets(found: Results) -> list[ShownFacet]:
    """Every facet with something to choose; the type of record has its tabs instead."""
    views = [found.facets[name] for name in FACET_TITLES if name != "record"]
    return [_show(view) for view in views if view.values]


def _show(view: FacetView) -> ShownFacet:
    first = list(view.chosen)
    values = first + [value for value in view.values if not value.is_chosen]
    options = [_option(view, value) for value in values]
    top = max(TOP, len(first))
    return ShownFacet(FACET_TITLES[view.facet], options[:top], options[top:MOST], max(0, len(options) - MOST))


def _option(view: FacetView, value: Value) -> Option:
    return value_label(view.facet, value.name), value.count, _toggled(view.facet, value), value.is_chosen


def _toggled(facet: str, value: Value) -> str:
    """This page with the value chosen, or no longer chosen."""
    chosen = [code for code in request.args.getlist(facet) if code and code != value.name.code]
    return page_url(**{facet: chosen if value.is_chosen else [*chosen, value.name.code], "page": None})


def value_label(facet: str, name: Name) -> str:
    if facet in CLOSED:
        return label_of(CLOSED[facet], name.code)
    own = name.name_zh if current_language() == "zh" else name.name_en
    text = own or name.name_zh or name.name_en
    return place_label(text) if facet in ("place", "area") else text


def place_label(code: str) -> str:
    """A place outside has no row: `DE/Bavaria` is read as Germany, Bavaria."""
    country, _slash, region = code.partition("/")
    named = Locale.parse(current_language()).territories.get(country, country)
    return f"{named} · {region}" if region else named


def list_tabs(found: Results) -> list[tuple[str, str, bool]]:
    view = found.facets["record"]
    counts = {value.name.code: value.count for value in view.values}
    chosen = {value.name.code for value in view.chosen}
    tabs = []
    for code, title in TABS.items():
        count = counts.get(code, 0) if code else sum(counts.values())
        is_current = code in chosen if code else not chosen
        tabs.append((f"{title} {number(count)}", page_url(record=code, page=None), is_current))
    return tabs


def list_chips(found: Results) -> list[tuple[str, str]]:
    """What is chosen, each with the address without it."""
    return [
        (value_label(facet, value.name), _toggled(facet, value))
        for facet in FACET_TITLES
        if facet != "record"
        for value in found.facets[facet].chosen
    ]
