"""The wrong rows of a table as a table to mend: as they came, with a column of reasons."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

import xlsxwriter

from matchmaker.services.imports.reading import Table
from matchmaker.services.imports.templates import harmless

OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
LONGEST_CELL = 32_767
WIDTH, WIDTH_OF_REASONS = 18, 60


def as_csv(table: Table, reasons: Mapping[int, str], *, header: str) -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream)
    for row in _rows(table, reasons, header):
        writer.writerow([harmless(cell) for cell in row])
    return stream.getvalue().encode("utf-8-sig")


def as_xlsx(table: Table, reasons: Mapping[int, str], *, header: str) -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, OPTIONS) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(table.headers) - 1, WIDTH)
        sheet.set_column(len(table.headers), len(table.headers), WIDTH_OF_REASONS)
        for number, row in enumerate(_rows(table, reasons, header)):
            for place, cell in enumerate(row):
                sheet.write_string(number, place, cell[:LONGEST_CELL])
    return made.getvalue()


def _rows(table: Table, reasons: Mapping[int, str], header: str) -> Iterator[Sequence[str]]:
    """The reasons stand behind the last column under a header that no kind of table knows, so they are passed over."""
    yield [*table.headers, header]
    width = len(table.headers)
    for row in table.rows:
        if row.number in reasons:
            cells = [*row.cells, *[""] * width][:width]
            yield [*cells, reasons[row.number]]
