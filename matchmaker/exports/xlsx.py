"""A document as a workbook: what is said on the first sheet, tables on sheets of their own, numbers and days as such.

Tables of one section with the same head share a sheet, with the name of each in the first column: so every sheet has
one head, which stays in view and can be filtered by.
"""

import io
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time
from math import ceil
from typing import Any
from unicodedata import east_asian_width

import xlsxwriter

from matchmaker.exports.content import (
    Block,
    Bullets,
    Contents,
    Document,
    Figure,
    Heading,
    Language,
    Line,
    Notice,
    PageBreak,
    Paragraph,
    Shape,
    Table,
    plain,
)

# Nothing that people typed is ever a formula or a link.
OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
LONGEST_NAME = 31
LONGEST_CELL = 32_767
NUMBER_FORMATS = {
    Shape.WHOLE: "#,##0",
    Shape.DECIMAL: "#,##0.0##",
    Shape.SHARE: "0.0%",
    Shape.DAY: "yyyy-mm-dd",
}
WHICH = {Language.ZH: "表", Language.EN: "Table"}
FIRST_SHEET = {Language.ZH: "说明", Language.EN: "Summary"}
# A figure as the documents write it: grouped, with a unit or a percent sign behind it or not.
FIGURE = re.compile(r"-?[\d,]+(\.\d+)?")
WIDTH = 90  # letters: the first sheet
TABLE_WIDTH = 150  # all columns of a table
A4, LINE_POINTS, MOST_POINTS = 9, 15.0, 400.0
HEAD_ROOM = 3  # letters that the button of a filter takes
FILLED = 0.93  # of a line, before a word or a mark goes on in the next


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
        self.of_shape = {
            shape: book.add_format({"num_format": written, "valign": "top", "border": 1})
            for shape, written in NUMBER_FORMATS.items()
        }


def _write_summary(book: Any, styles: _Styles, document: Document) -> None:
    sheet = book.add_worksheet(FIRST_SHEET[document.language])
    sheet.set_column(0, 0, WIDTH)
    _print_on_a4(sheet)
    sheet.write_string(0, 0, document.title, styles.title)
    sheet.write_string(1, 0, document.subtitle, styles.heading)
    row = 2
    for label, value in document.facts:
        sheet.write_string(row, 0, f"{label}: {value}"[:LONGEST_CELL], styles.text)
        row += 1
    for block in document.blocks:
        for text, style in _told(block, styles):
            sheet.write_string(row, 0, text[:LONGEST_CELL], style)
            if style is styles.text:
                sheet.set_row(row, _height([text], [WIDTH]))
            row += 1


def _told(block: Block, styles: _Styles) -> Iterator[tuple[str, Any]]:
    match block:
        case Heading(text, _level, _anchor):
            yield text, styles.heading
        case Paragraph(line):
            yield _plain(line), styles.text
        case Bullets(items):
            yield from ((f"• {_plain(item)}", styles.text) for item in items)
        case Notice(title, items):
            yield title, styles.heading
            yield from ((f"• {_plain(item)}", styles.text) for item in items)
        case Figure(caption, alt, _drawing):
            yield f"{caption}: {alt}", styles.text
        case Contents() | PageBreak() | Table():
            return


def _named_tables(document: Document) -> Iterator[tuple[str, Table]]:
    """Each table, or the tables that share a head, with a name that a sheet may have and that no other sheet has."""
    taken = {FIRST_SHEET[document.language].casefold()}
    for section, blocks in _tables_by_head(document):
        is_alone = len(blocks) == 1
        plain_name = FORBIDDEN.sub(" ", blocks[0].caption if is_alone else section).strip() or "-"
        name, number = plain_name[:LONGEST_NAME].strip(), 2
        while name.casefold() in taken:
            name, number = f"{plain_name[: LONGEST_NAME - 4]} {number}", number + 1
        taken.add(name.casefold())
        yield name, blocks[0] if is_alone else _joined(blocks, WHICH[document.language])


def _tables_by_head(document: Document) -> Iterator[tuple[str, list[Table]]]:
    section, groups = "", dict[tuple[str, tuple[str, ...]], list[Table]]()
    for block in document.blocks:
        if isinstance(block, Heading) and block.level == 1:
            section = block.text
        if isinstance(block, Table):
            groups.setdefault((section, block.head), []).append(block)
    for (name, _head), blocks in groups.items():
        yield name, blocks


def _joined(blocks: list[Table], which: str) -> Table:
    """One table of several: what each is called comes first."""
    first = blocks[0]
    return Table(
        caption=first.caption,
        head=(which, *first.head),
        rows=tuple((plain(block.caption), *row) for block in blocks for row in block.rows),
        widths=(max(first.widths), *first.widths),
        numbers=frozenset(column + 1 for column in first.numbers),
    )


def _write_table(sheet: Any, styles: _Styles, block: Table) -> None:
    widths = [max(10.0, TABLE_WIDTH * share / sum(block.widths)) for share in block.widths]
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.set_landscape()
    _print_on_a4(sheet)
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.autofilter(0, 0, len(block.rows), len(block.head) - 1)
    for column, text in enumerate(block.head):
        sheet.write_string(0, column, text[:LONGEST_CELL], styles.head)
    sheet.set_row(0, _height(block.head, [width - HEAD_ROOM for width in widths]))
    for row, cells in enumerate(block.rows, start=1):
        sheet.set_row(row, _height([_plain(line) for line in cells], widths))
        for column, line in enumerate(cells):
            _write_cell(sheet, styles, (row, column), line, is_number=column in block.numbers)


def _print_on_a4(sheet: Any) -> None:
    """One page wide, however many long."""
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&8&F&R&8&P / &N")


def _height(texts: Sequence[str], widths: Sequence[float]) -> float:
    """Room for the longest cell; said here, because not every program works it out when it opens the file."""
    lines = max(_lines(text, FILLED * width) for text, width in zip(texts, widths, strict=True))
    return min(LINE_POINTS * lines, MOST_POINTS)


def _lines(text: str, width: float) -> int:
    return sum(max(1, ceil(_breadth(part) / width)) for part in text.split("\n"))


def _breadth(text: str) -> int:
    """A Chinese letter is as wide as two Latin ones."""
    return sum(2 if east_asian_width(one) in "WF" else 1 for one in text)


def _write_cell(sheet: Any, styles: _Styles, place: tuple[int, int], line: Line, *, is_number: bool) -> None:
    text, value = _plain(line), next((span.value for span in line if span.value), None)
    if value is not None and isinstance(value.amount, date):
        sheet.write_datetime(*place, datetime.combine(value.amount, time()), styles.of_shape[value.shape])
    elif value is not None:
        sheet.write_number(*place, value.amount, styles.of_shape[value.shape])
    elif is_number and (figure := _figure(text)) is not None:
        sheet.write_number(*place, figure, styles.number)
    else:
        sheet.write_string(*place, text[:LONGEST_CELL], styles.cell)


def _figure(text: str) -> float | None:
    """The number that a cell holds, if it holds one and nothing else, so that nobody has to retype it."""
    return float(text.replace(",", "")) if FIGURE.fullmatch(text) else None


def _plain(line: Line) -> str:
    return "".join(span.text for span in line)
