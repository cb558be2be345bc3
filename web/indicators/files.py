"""A list of indicators as a file: for a spreadsheet, or for whoever reckons on."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import abort
from flask_babel import gettext as _

from matchmaker.exports import csv_table
from matchmaker.exports.content import Document, Language, Table, plain
from matchmaker.exports.xlsx import render_xlsx
from models.enums import IndicatorUnit
from web.i18n import current_language, source_in
from web.labels import label

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def table_file(facts: Mapping[str, Any], kind: str, scope_name: str) -> tuple[bytes, str]:
    head, rows = _head(), [_row(row) for row in facts["rows"]]
    if kind == "csv":
        return csv_table.render_csv(head, rows), csv_table.MEDIA_TYPE
    if kind != "xlsx":
        abort(404)
    return render_xlsx(_document(facts, head, rows, scope_name)), XLSX


def _head() -> list[str]:
    return [
        _("Code of the indicator"),
        _("Indicator"),
        _("Unit"),
        _("Value"),
        _("Numerator"),
        _("Denominator"),
        _("Known"),
        _("Of"),
        _("Published figure"),
        _("Source of the published figure"),
        _("Source"),
        _("Before"),
        _("Day before"),
    ]


def _row(row: Mapping[str, Any]) -> list[str | int | float | None]:
    before = row["before"] or {}
    return [
        row["code"],
        row[f"name_{current_language()}"],
        label(IndicatorUnit(row["unit"])),
        row["value"],
        row["numerator"],
        row["denominator"],
        row["known"],
        row["total"],
        row["target"],
        source_in(row, "target_source"),
        source_in(row, "source"),
        before.get("value"),
        before.get("as_of"),
    ]


def _document(facts: Mapping[str, Any], head: list[str], rows: list[Any], scope_name: str) -> Document:
    cells = tuple(tuple(plain("" if cell is None else str(cell)) for cell in row) for row in rows)
    table = Table(
        caption=_("Indicators"),
        head=tuple(head),
        rows=cells,
        widths=(1,) * len(head),
        numbers=frozenset({3, 4, 5, 6, 7, 8, 11}),
    )
    return Document(
        title=_("Indicators"),
        subtitle=scope_name,
        language=Language(current_language()),
        made_on=date.fromisoformat(facts["as_of"]),
        author="Matchmaker",
        running_head="",
        facts=((_("As of"), facts["as_of"]), (_("Hash of the inputs"), facts["inputs_sha256"])),
        blocks=(table,),
    )
