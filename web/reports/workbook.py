"""A match run as a workbook: the lists, every term of every score, and what it stands on. Row by row, for long runs."""

import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any

import xlsxwriter
from flask_babel import gettext as _

from web.i18n import current_language
from web.labels import component_label, label_of

OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "constant_memory": True,
}
LONGEST_CELL = 32_767
Told = Mapping[str, Any]


def render_workbook(told: Told, *, title: str) -> io.BytesIO:
    """The same run gives the same bytes."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, OPTIONS) as book:
        day = datetime.combine(datetime.fromisoformat(told["run"]["as_of"]).date(), time(), UTC)
        book.set_properties({"title": title, "created": day.replace(tzinfo=None)})
        strong = book.add_format({"bold": True, "bg_color": "#eef2f8", "border": 1})
        _write(book.add_worksheet(_("Lists")), strong, _list_head(), _list_rows(told), widths=(34, 26, 6, 34, 14))
        _write(book.add_worksheet(_("Terms")), strong, _term_head(), _term_rows(told), widths=(34, 6, 34, 18))
        _write(
            book.add_worksheet(_("Versions")), strong, [_("What"), _("Value")], _versions(told, title), widths=(30, 80)
        )
    made.seek(0)
    return made


def _write(sheet: Any, strong: Any, head: Sequence[str], rows: Iterator[Sequence[Any]], *, widths: Any) -> None:
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)
    for column, text in enumerate(head):
        sheet.write_string(0, column, text, strong)
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                sheet.write_number(number, column, value)
            elif value is not None:
                sheet.write_string(number, column, str(value)[:LONGEST_CELL])


def _list_head() -> list[str]:
    names = [_("Need"), _("Who asks"), _("Rank"), _("Candidate"), _("Kind"), _("By which offer"), _("Fit of 100")]
    return [*names, _("Coverage"), _("Points taken by crowding"), _("Moved up by a floor"), _("Key of the candidate")]


def _list_rows(told: Told) -> Iterator[Sequence[Any]]:
    for need, one in _candidates(told):
        yield (
            _in_language(need, "title"),
            _in_language(need["organisation"], "name"),
            one["position"],
            _in_language(one, "name"),
            label_of("OrganisationKind", one["kind"]),
            _in_language(one, "subject"),
            one["points"],
            one["coverage"],
            one["lowered"],
            _("yes") if one["is_moved"] else "",
            one["organisation_id"],
        )


def _term_head() -> list[str]:
    return [_("Need"), _("Rank"), _("Candidate"), _("Component"), _("Fit of 100"), _("At most"), _("Score")]


def _term_rows(told: Told) -> Iterator[Sequence[Any]]:
    """Every term that sums to the points, then what could not tell."""
    for need, one in _candidates(told):
        first = (_in_language(need, "title"), one["position"], _in_language(one, "name"))
        for term in one["terms"]:
            yield (*first, component_label(term["component"]), term["points"], term["most"], term["score"])
        for component in one["unknown"]:
            yield (*first, component_label(component), _("cannot tell"))


def _versions(told: Told, title: str) -> Iterator[Sequence[Any]]:
    run = told["run"]
    yield (_("Title"), title)
    yield (_("As of"), run["as_of"])
    yield (_("Weights"), _in_language(run, "preset_name"))
    yield (_("Index"), run["index"])
    yield (_("Version of the code"), run["code"])
    yield (_("Checksum of the inputs"), run["inputs_sha256"])
    for component, weight in run["weights"].items():
        yield (_("Weight: %(component)s", component=component_label(component)), weight)


def _candidates(told: Told) -> Iterator[tuple[Told, Told]]:
    for need in told["needs"]:
        for one in need["candidates"]:
            yield need, one


def _in_language(row: Told, field: str) -> str:
    other = "en" if current_language() == "zh" else "zh"
    return str(row[f"{field}_{current_language()}"] or row[f"{field}_{other}"] or "")
