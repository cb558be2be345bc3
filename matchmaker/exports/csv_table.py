"""A table as CSV that any spreadsheet opens: UTF-8 with its mark, and no cell that is taken for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date

from matchmaker.exports.content import clean

MEDIA_TYPE = "text/csv; charset=utf-8"
# By these a spreadsheet takes text for a formula, full width too.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%")

Cell = str | int | float | bool | date | None


def render_csv(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The same rows give the same bytes; what is not known is an empty cell."""
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\r\n")
    writer.writerow([_text(name) for name in head])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return made.getvalue().encode("utf-8-sig")


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    return _text(value) if isinstance(value, str) else value.isoformat()


def _text(value: str) -> str:
    """Text with an apostrophe before it where a spreadsheet would reckon with it."""
    text = clean(value)
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text
