"""The process that opens one workbook: little memory, little time, nothing of ours in it.

`python -m matchmaker.services.imports.workbook_child WORKBOOK OUTPUT [ROWS]` writes one JSON line a row, the first
ROWS filled ones; a refusal goes to the standard output as JSON, with exit code 1.
"""

import json
import re
import sys
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from matchmaker.services.imports.limits import (
    CHILD_MEMORY,
    CHILD_SECONDS,
    LONGEST_CELL,
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_ROWS,
)

# Declarations by which XML pulls in files or blows itself up, in the encodings that its readers accept.
DECLARATIONS = re.compile(
    b"|".join(
        re.escape(word.encode(encoding))
        for word in ("<!DOCTYPE", "<!ENTITY")
        for encoding in ("ascii", "utf-16-le", "utf-16-be")
    )
)
CHUNK = 2**20
OVERLAP = 32


class Refused(Exception):
    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.message = {"code": code, "facts": facts}


def main(workbook: str, output: str, most: str = "") -> int:
    limit_resources()
    try:
        check_declarations(Path(workbook))
        write_rows(Path(workbook), Path(output), most=int(most) if most else None)
    except Refused as refusal:
        sys.stdout.write(json.dumps(refusal.message))
        return 1
    except MemoryError:
        sys.stdout.write(json.dumps({"code": "workbook_too_big", "facts": {}}))
        return 1
    except Exception as error:
        sys.stdout.write(
            json.dumps({"code": "damaged_workbook", "facts": {"detail": f"{type(error).__name__}: {error}"[:200]}})
        )
        return 1
    return 0


def limit_resources() -> None:
    try:
        import resource
    except ImportError:  # not on Windows: there the parent's time limit is all
        return
    resource.setrlimit(resource.RLIMIT_CPU, (CHILD_SECONDS, CHILD_SECONDS))
    if sys.platform == "linux":  # elsewhere the system counts libraries that nobody uses
        resource.setrlimit(resource.RLIMIT_AS, (CHILD_MEMORY, CHILD_MEMORY))


def check_declarations(workbook: Path) -> None:
    with zipfile.ZipFile(workbook) as archive:
        for entry in archive.infolist():
            if entry.filename.lower().endswith((".xml", ".rels", ".vml")):
                with archive.open(entry) as stream:
                    _check_stream(stream, entry.filename)


def _check_stream(stream: Any, name: str) -> None:
    tail = b""
    while chunk := stream.read(CHUNK):
        if DECLARATIONS.search(tail + chunk):
            raise Refused("unsafe_workbook", detail=f"its part {name} declares entities")
        tail = chunk[-OVERLAP:]


def write_rows(workbook: Path, output: Path, *, most: int | None) -> None:
    import openpyxl

    book = openpyxl.load_workbook(workbook, read_only=True, data_only=True, keep_links=False)
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.worksheets
    if not sheets:
        raise Refused("empty_file")
    # What a sheet says of its own size is often wrong and sometimes a trap.
    sheets[0].reset_dimensions()
    # One row more than allowed, to notice that there are more. Columns are not limited here: openpyxl would fill every
    # row up to the limit; a row that is too wide is refused when it comes.
    rows = sheets[0].iter_rows(max_row=MOST_ROWS + 2, values_only=True)
    with output.open("w", encoding="utf-8") as stream:
        for row in islice(kept_rows(rows), most):
            stream.write(json.dumps(row) + "\n")


def kept_rows(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[int, list[str]]]:
    filled = 0
    for number, values in enumerate(rows, start=1):
        if len(values) > MOST_COLUMNS and any(value is not None for value in values[MOST_COLUMNS:]):
            raise Refused("too_many_columns", row=number, limit=MOST_COLUMNS)
        cells = [as_text(value) for value in values[:MOST_COLUMNS]]
        while cells and not cells[-1]:
            cells.pop()
        filled += len(cells) - cells.count("")
        if not cells:
            continue
        if number > MOST_ROWS + 1:
            raise Refused("too_many_rows", limit=MOST_ROWS)
        if filled > MOST_CELLS:
            raise Refused("too_many_cells", limit=MOST_CELLS)
        yield number, cells


def as_text(value: Any) -> str:
    """A cell as somebody would type it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{Decimal(repr(value)):f}".removesuffix(".0") if abs(value) < 1e30 else str(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)[: LONGEST_CELL + 1]


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:4]))
