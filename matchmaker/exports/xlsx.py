"""A document as a workbook: what is said on the first sheet, every table on a sheet of its own, numbers as numbers."""

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, time
from typing import Any

import xlsxwriter

from matchmaker.exports.content import (
    Block,
    Bullets,
    Document,
    Figure,
    Heading,
    Language,
    Line,
    Notice,
    Paragraph,
    Table,
)

# Nothing that people typed is ever a formula or a link.
OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
LONGEST_NAME = 31
LONGEST_CELL = 32_767
FIRST_SHEET = {Language.ZH: "说明", Language.EN: "Summary"}
# A figure as the documents write it: grouped, with a unit or a percent sign behind it or not.
FIGURE = re.compile(r"-?[\d,]+(\.\d+)?")
WIDTH = 90


def render_xlsx(document: Document) -> bytes:
    """The same document gives the same bytes."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, OPTIONS) as book:
        book.set_properties(
            {
                "title": document.title,
                "subject": document.subtitle,
                "author": document.author,
                "created": datetime.combine(document.made_on, time(), UTC).replace(tzinfo=None),
            }
        )
        styles = _Styles(book)
        _write_summary(book, styles, document)
        for name, block in _named_tables(document):
            _write_table(book.add_worksheet(name), styles, block)
    return made.getvalue()


class _Styles:
    def __init__(self, book: Any) -> None:
        self.title = book.add_format({"bold": True, "font_size": 16})
        self.heading = book.add_format({"bold": True, "font_size": 12})
        self.text = book.add_format({"text_wrap": True, "valign": "top"})
        self.head = book.add_format({"bold": True, "bg_color": "#eef2f8", "text_wrap": True, "border": 1})
        self.cell = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
        self.number = book.add_format({"num_format": "#,##0.##", "valign": "top", "border": 1})


def _write_summary(book: Any, styles: _Styles, document: Document) -> None:
    sheet = book.add_worksheet(FIRST_SHEET[document.language])
    sheet.set_column(0, 0, WIDTH)
    sheet.write_string(0, 0, document.title, styles.title)
    sheet.write_string(1, 0, document.subtitle, styles.heading)
    row = 2
    for label, value in document.facts:
        sheet.write_string(row, 0, f"{label}: {value}"[:LONGEST_CELL], styles.text)
        row += 1
    for block in document.blocks:
        for text, style in _told(block, styles):
            sheet.write_string(row, 0, text[:LONGEST_CELL], style)
            row += 1


def _told(block: Block, styles: _Styles) -> Iterator[tuple[str, Any]]:
    match block:
        case Heading(text, _level):
            yield text, styles.heading
        case Paragraph(line):
            yield _plain(line), styles.text
        case Bullets(items):
            yield from ((f"• {_plain(item)}", styles.text) for item in items)
        case Notice(title, items):
            yield title, styles.heading
            yield from ((f"• {_plain(item)}", styles.text) for item in items)
        case Figure(caption, alt, _svg, _png):
            yield f"{caption}: {alt}", styles.text
        case Table():
            return


def _named_tables(document: Document) -> Iterator[tuple[str, Table]]:
    """Each table with a name that a sheet may have, and that no other sheet has."""
    taken = {FIRST_SHEET[document.language].casefold()}
    for block in document.blocks:
        if not isinstance(block, Table):
            continue
        plain_name = FORBIDDEN.sub(" ", block.caption).strip() or "-"
        name, number = plain_name[:LONGEST_NAME], 2
        while name.casefold() in taken:
            name, number = f"{plain_name[: LONGEST_NAME - 4]} {number}", number + 1
        taken.add(name.casefold())
        yield name, block


def _write_table(sheet: Any, styles: _Styles, block: Table) -> None:
    for column, share in enumerate(block.widths):
        sheet.set_column(column, column, max(10, WIDTH * share / sum(block.widths)))
    sheet.freeze_panes(1, 0)
    for column, text in enumerate(block.head):
        sheet.write_string(0, column, text, styles.head)
    for row, cells in enumerate(block.rows, start=1):
        for column, line in enumerate(cells):
            text = _plain(line)
            figure = _figure(text) if column in block.numbers else None
            if figure is None:
                sheet.write_string(row, column, text[:LONGEST_CELL], styles.cell)
            else:
                sheet.write_number(row, column, figure, styles.number)


def _figure(text: str) -> float | None:
    """The number that a cell holds, if it holds one and nothing else, so that nobody has to retype it."""
    return float(text.replace(",", "")) if FIGURE.fullmatch(text) else None


def _plain(line: Line) -> str:
    return "".join(span.text for span in line)
