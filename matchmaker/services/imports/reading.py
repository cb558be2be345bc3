"""Reading a table of unknown make: what cannot be a table is refused before anything opens it."""

import csv
import hashlib
import io
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path

from charset_normalizer import from_bytes

from matchmaker.services.imports import workbooks
from matchmaker.services.imports.limits import LARGEST_CSV, LARGEST_XLSX, MOST_CELLS, MOST_COLUMNS, MOST_ROWS
from matchmaker.services.imports.problems import ImportRefused

ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = b"\xd0\xcf\x11\xe0"
LOOKED_AT = 10  # rows among which a header is looked for
DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True)
class Row:
    """One row with its number as a spreadsheet shows it."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    file_name: str
    sha256: str
    headers: tuple[str, ...]
    rows: tuple[Row, ...]


def read_table(path: Path) -> Table:
    """The first table of a .csv or .xlsx file, or ImportRefused."""
    return _read(path)


def read_head(path: Path, *, rows: int) -> Table:
    """The headers and the first rows, read in a moment also where the table is long."""
    head = _read(path, most=LOOKED_AT + rows)
    return replace(head, rows=head.rows[:rows])


def _read(path: Path, *, most: int | None = None) -> Table:
    if not path.is_file():
        raise ImportRefused("no_such_file", file=path.name)
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".xlsx", ".xls"):
        raise ImportRefused("not_a_table", file=path.name)
    limit = LARGEST_CSV if suffix == ".csv" else LARGEST_XLSX
    size = path.stat().st_size
    if size > limit:
        raise ImportRefused("too_big", size=size, limit=limit)
    if size == 0:
        raise ImportRefused("empty_file")

    content = path.read_bytes()
    _check_magic(content, suffix, path.name)
    rows = workbooks.read_rows(path, most=most) if suffix == ".xlsx" else read_csv(content)
    return _as_table(path.name, hashlib.sha256(content).hexdigest(), rows)


def _check_magic(content: bytes, suffix: str, name: str) -> None:
    if suffix == ".xls" or content.startswith(OLE_MAGIC):
        raise ImportRefused("old_workbook", file=name)
    is_zip = content.startswith(ZIP_MAGIC)
    if suffix == ".xlsx" and not is_zip:
        raise ImportRefused("not_a_workbook", file=name)
    if suffix == ".csv" and is_zip:
        raise ImportRefused("workbook_named_csv", file=name)


def read_csv(content: bytes) -> list[Row]:
    text = decode(content)
    # Universal newlines: a lone CR, as old spreadsheets write it, ends a row too.
    lines = io.StringIO(text, newline=None)
    reader = csv.reader(lines, delimiter=_delimiter(text), strict=True)
    rows: list[Row] = []
    filled = 0
    try:
        for number, cells in enumerate(reader, start=1):
            filled += _check_size(number, cells, filled)
            rows.append(Row(number, tuple(cells)))
    except csv.Error as error:
        raise ImportRefused("broken_csv", line=reader.line_num, detail=str(error)) from None
    return rows


def decode(content: bytes) -> str:
    """UTF-8, UTF-16 with its mark, or GB 18030 as Chinese spreadsheets save it; anything else is guessed at last."""
    is_utf_16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if is_utf_16 else ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    guess = from_bytes(content[:200_000]).best()
    if guess is None:
        raise ImportRefused("unknown_encoding")
    try:
        return content.decode(guess.encoding)
    except (UnicodeDecodeError, LookupError):
        raise ImportRefused("unknown_encoding") from None


def _delimiter(text: str) -> str:
    """The sign that cuts the first filled line into most cells."""
    first = next((line for line in text[:100_000].splitlines() if line.strip()), "")
    return max(DELIMITERS, key=lambda sign: len(_cut(first, sign)))


def _cut(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _check_size(number: int, cells: list[str], filled: int) -> int:
    if len(cells) > MOST_COLUMNS and any(cells[MOST_COLUMNS:]):
        raise ImportRefused("too_many_columns", row=number, limit=MOST_COLUMNS)
    if number > MOST_ROWS + 1:
        raise ImportRefused("too_many_rows", limit=MOST_ROWS)
    count = len(cells) - cells.count("")
    if filled + count > MOST_CELLS:
        raise ImportRefused("too_many_cells", limit=MOST_CELLS)
    return count


def _title_rows(first: list[Row]) -> int:
    """How many rows stand above the header: a title over the whole table, who filled it in and when."""
    widths = [sum(bool(cell.strip()) for cell in row.cells) for row in first]
    widest = max(widths)
    above = takewhile(lambda width: width * 3 < widest or (width == 1 and widest > 2), widths)
    return len(list(above))


def _as_table(name: str, sha256: str, rows: list[Row]) -> Table:
    """The first filled row below a title is the header; empty rows below it are passed over."""
    filled = [row for row in rows if any(cell.strip() for cell in row.cells)]
    if not filled:
        raise ImportRefused("empty_file")
    header, *body = filled[_title_rows(filled[:LOOKED_AT]) :]
    headers = [" ".join(cell.split()) for cell in header.cells]
    while headers and not headers[-1]:
        headers.pop()
    repeated = next((header for header in headers if header and headers.count(header) > 1), None)
    if repeated:
        raise ImportRefused("duplicate_header", header=repeated)
    if not body:
        raise ImportRefused("no_rows")
    return Table(name, sha256, tuple(headers), tuple(body))
