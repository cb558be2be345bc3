"""Opening workbooks that may be hostile: the archive is checked first, then a child process reads the cells."""

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from matchmaker.services.imports.limits import (
    CHILD_SECONDS,
    LARGEST_RATIO,
    LARGEST_UNPACKED,
    MOST_CELLS,
    MOST_ENTRIES,
)
from matchmaker.services.imports.problems import ImportRefused

if TYPE_CHECKING:
    from matchmaker.services.imports.reading import Row

CHILD_MODULE = "matchmaker.services.imports.workbook_child"


def read_rows(path: Path, *, most: int | None = None) -> "list[Row]":
    """The (first `most`) rows of the first visible sheet; formulas give the values that the spreadsheet last saw."""
    check_archive(path)
    with tempfile.TemporaryDirectory(prefix="matchmaker-import-") as folder:
        output = Path(folder) / "rows.jsonl"
        _run_child(path, output, most)
        return _load_rows(output)


def check_archive(path: Path) -> None:
    """Refuse an archive that would swell, that reaches outside itself, or that carries programs."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ImportRefused("damaged_workbook", detail=str(error)) from None
    for refuse in (_too_many, _too_large, _reaches_out, _carries_programs):
        if detail := refuse(entries):
            raise ImportRefused("unsafe_workbook", detail=detail)
    if not any(entry.filename == "xl/workbook.xml" for entry in entries):
        raise ImportRefused("damaged_workbook", detail="it has no workbook inside")


def _too_many(entries: list[zipfile.ZipInfo]) -> str:
    return f"it has {len(entries)} parts; {MOST_ENTRIES} are allowed" if len(entries) > MOST_ENTRIES else ""


def _too_large(entries: list[zipfile.ZipInfo]) -> str:
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > LARGEST_UNPACKED:
        return f"it unpacks to {unpacked} bytes; {LARGEST_UNPACKED} are allowed"
    # Small parts of plain XML may shrink well and harm nobody.
    swelling = [e for e in entries if e.file_size > 2**20 and e.file_size > LARGEST_RATIO * max(e.compress_size, 1)]
    return f"{swelling[0].filename} unpacks to more than {LARGEST_RATIO} times its size" if swelling else ""


def _reaches_out(entries: list[zipfile.ZipInfo]) -> str:
    outside = [e.filename for e in entries if ".." in Path(e.filename).parts or e.filename.startswith(("/", "\\"))]
    return f"its part {outside[0]} points outside it" if outside else ""


def _carries_programs(entries: list[zipfile.ZipInfo]) -> str:
    return "it holds macros" if any(e.filename.lower().endswith("vbaproject.bin") for e in entries) else ""


def _run_child(path: Path, output: Path, most: int | None) -> None:
    command = [sys.executable, "-m", CHILD_MODULE, str(path.resolve()), str(output), *([str(most)] if most else [])]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    try:
        done = subprocess.run(  # noqa: S603 - our own module, with a path as its argument
            command,
            capture_output=True,
            timeout=CHILD_SECONDS,
            env=environment,
            cwd=Path(__file__).parents[3],
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ImportRefused("workbook_took_too_long", seconds=CHILD_SECONDS) from None
    if done.returncode != 0:
        raise _refusal(done.stdout.decode("utf-8", "replace"))


def _refusal(output: str) -> ImportRefused:
    """What the child said before it ended, or that it died of what it was fed."""
    try:
        told = json.loads(output)
        return ImportRefused(told["code"], **told["facts"])
    except (ValueError, KeyError, TypeError):
        return ImportRefused("workbook_too_big")


def _load_rows(output: Path) -> "list[Row]":
    from matchmaker.services.imports.reading import Row

    rows, filled = [], 0
    with output.open(encoding="utf-8") as lines:
        for line in lines:
            number, cells = json.loads(line)
            filled += len(cells) - cells.count("")
            if filled > MOST_CELLS:
                raise ImportRefused("too_many_cells", limit=MOST_CELLS)
            rows.append(Row(number, tuple(cells)))
    return rows
