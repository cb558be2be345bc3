"""Every score: one line a candidate, one column a component, as the fit is the sum of its line."""

from collections.abc import Iterator

from flask_babel import gettext as _

from matchmaker.exports.content import Block, Layout, Line
from web.i18n import UNKNOWN
from web.labels import component_label
from web.reports.papers.words import (
    Content,
    Row,
    basis,
    decimal,
    fine_table,
    name,
    paragraph,
    share,
    text,
    title,
    whole,
)

LEADING = 4


def appendix_blocks(content: Content) -> Iterator[Block]:
    needs = [need for need in content["matches"]["needs"] if need["candidates"]]
    if not needs:
        yield paragraph(_("No need has a candidate, so there is no score to list."))
        return
    yield paragraph(
        _(
            "Points of each component; they sum to the fit. A dash: cannot be told, so its weight is not counted. A "
            "figure in "
            "brackets after the fit is what crowding takes from the place, not from the fit."
        )
    )
    yield _scores(needs, _components(needs))
    yield basis(content, "run")


def _components(needs: list[Row]) -> list[str]:
    """All that could tell of anybody, heaviest first."""
    most: dict[str, float] = {}
    for need in needs:
        for one in need["candidates"]:
            for term in one["terms"]:
                most[term["component"]] = max(most.get(term["component"], 0.0), term["most"])
    return sorted(most, key=lambda component: (-most[component], component))


def _scores(needs: list[Row], components: list[str]) -> Block:
    """One table for all needs, so that its head stands once on each page."""
    head = (
        _("For the need"),
        _("Rank"),
        _("Candidate"),
        _("Fit"),
        _("Weights known"),
        *map(component_label, components),
    )
    rows = (_row(need, one, components) for need in needs for one in need["candidates"])
    widths = (20, 4, 22, 6, 6, *[max(3, 42 // max(1, len(components)))] * len(components))
    return fine_table(_("Every score"), head, rows, widths, numbers=(1, *range(3, len(head))), layout=Layout.WIDE)


def _row(need: Row, one: Row, components: list[str]) -> tuple[Line, ...]:
    points = {term["component"]: term["points"] for term in one["terms"]}
    return (
        text(title(need)),
        whole(one["position"]),
        text(name(one)),
        _fit(one),
        share(one["coverage"]),
        *(decimal(points[component]) if component in points else text(UNKNOWN) for component in components),
    )


def _fit(one: Row) -> Line:
    fit = decimal(one["points"])
    return (*fit, *text(f" (−{one['lowered']:.1f})")) if one["lowered"] else fit
