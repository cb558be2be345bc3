"""Empty tables to fill in: headers in both languages, and notes on what each column may hold."""

import csv
from collections.abc import Sequence
from pathlib import Path

import xlsxwriter

from matchmaker.services.imports.kinds import Column, TableKind
from matchmaker.services.imports.problems import ImportRefused

NOTE_HEADERS = ("列 / Column", "必填 / Required", "说明", "Meaning", "可填的值 / Allowed values", "示例 / Example")
# Signs at the start of a cell by which spreadsheets take text for a formula, full width too.
FORMULA_SIGNS = "=+-@＝＋－＠\t\r\n"
# Everything typed stays text: a name that begins with = is no formula.
WORKBOOK_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def write(kind: TableKind, path: Path) -> None:
    """Write the template of `kind` as .csv or .xlsx, as the name of `path` says."""
    suffix = path.suffix.lower()
    if suffix == ".csv":
        _write_csv(kind, path)
    elif suffix == ".xlsx":
        _write_workbook(kind, path)
    else:
        raise ImportRefused("not_a_table", file=path.name)


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(tuple(FORMULA_SIGNS)) else text


def header(column: Column) -> str:
    """Both names in one cell; the import reads either, and both."""
    return f"{column.zh} / {column.en}"


def notes(kind: TableKind) -> list[Sequence[str]]:
    return [
        (
            header(column),
            "是 / yes" if column.is_required else "",
            column.note_zh,
            column.note_en,
            "; ".join(f"{value.zh} / {value.en}" for value in column.parser.allowed),
            column.example,
        )
        for column in kind.columns
    ]


def _write_csv(kind: TableKind, path: Path) -> None:
    # The mark at the start makes spreadsheets read it as UTF-8.
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerow([header(column) for column in kind.columns])


def _write_workbook(kind: TableKind, path: Path) -> None:
    with xlsxwriter.Workbook(path, WORKBOOK_OPTIONS) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        required = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "font_color": "#B42318"})
        plain = book.add_format({"text_wrap": True, "valign": "top"})
        text = book.add_format({"num_format": "@"})
        table = book.add_worksheet(f"{kind.zh} {kind.en}")
        table.freeze_panes(1, 0)
        for place, column in enumerate(kind.columns):
            # As text, so that codes of eighteen digits are not turned into rounded numbers.
            table.set_column(place, place, 20, text)
            table.write_string(0, place, header(column), required if column.is_required else bold)
        sheet = book.add_worksheet("说明 notes")
        for place, width in enumerate((34, 10, 40, 40, 60, 40)):
            sheet.set_column(place, place, width, plain)
        for row, cells in enumerate([NOTE_HEADERS, *notes(kind)]):
            for place, cell in enumerate(cells):
                sheet.write_string(row, place, cell, bold if row == 0 else plain)
