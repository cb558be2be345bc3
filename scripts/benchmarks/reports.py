"""The files of a report of 50 candidates in each format, and a long Chinese table, beside earlier and other ways.

Every report has figures of its own, so no drawing comes from an earlier one.
Exit code 1 where the processor works longer than a limit.
"""

import io
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import click
import docx
import openpyxl
from rich.console import Console
from rich.table import Table as Shown

from matchmaker.exports import typesetting
from matchmaker.exports.content import Document, Heading, Language, Layout, Table, plain
from matchmaker.exports.docx import render_docx
from matchmaker.exports.pdf import as_json, render_pdf
from matchmaker.exports.xlsx import render_xlsx
from matchmaker.instance import Instance
from models.enums import DocumentFormat
from tests.report_content import make_content, make_funnel
from web import create_app
from web.reports.rendering import renderer

MOST_SECONDS = 2.0
MOST_SECONDS_TABLE = 1.0
LONG = 300
Times = list[tuple[float, float]]


@click.command()
@click.option("--repeats", default=5, show_default=True, help="Reports in each format, each with other figures.")
def main(repeats: int) -> None:
    """Print what was measured: seconds on the clock, and of the processor."""
    console = Console(width=110)
    slow = [*_reports(console, repeats), *_tables(console, repeats)]
    for line in slow:
        console.print(f"too slow: {line}")
    sys.exit(1 if slow else 0)


def _reports(console: Console, repeats: int) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        render = renderer(create_app(Instance(Path(folder)), testing=True))
        shown = _table("50 candidates for 5 needs, all sections, Chinese")
        slow = []
        for place, kind in enumerate(DocumentFormat):
            contents = [_content(place * 1_000 + number) for number in range(repeats + 1)]
            times = [_timed(partial(render, content, "zh", kind)) for content in contents]
            slow += _add(shown, kind.value, times, MOST_SECONDS)
    console.print(shown)
    return slow


def _content(seed: int) -> dict[str, Any]:
    """No two alike: the funnel, and with it the drawings and the checksum, have figures of their own."""
    funnel = make_funnel()
    for stage in funnel["stages"]:
        stage["count"] += seed
    content = make_content(funnel=funnel)
    for chain in content["gaps"]["chains"]:
        chain["counts"]["covered"] += seed
    for row in content["indicators"]["rows"]:
        row["target"] = 0.2 + seed / 100_000
    for rows in content["exposure"]["groups"].values():
        for row in rows:
            row["share"] += seed / 100_000
    return content


def _tables(console: Console, repeats: int) -> list[str]:
    document = _document()
    ways: dict[str, Callable[[], object]] = {
        "PDF, in a process of its own": lambda: render_pdf(document),
        "PDF, Typst in this process": lambda: typesetting.set_pdf(as_json(document)),
        "Word, rows as XML": lambda: render_docx(document),
        "Word, cell by cell with python-docx (the earlier way)": lambda: _cell_by_cell(document),
        "workbook, XlsxWriter": lambda: render_xlsx(document),
        "workbook, openpyxl": lambda: _openpyxl(document),
    }
    shown = _table(f"{LONG} rows of 6 columns, Chinese")
    slow = []
    for name, way in ways.items():
        limit = MOST_SECONDS_TABLE if name == next(iter(ways)) else float("inf")
        slow += _add(shown, name, [_timed(way) for _repeat in range(repeats + 1)], limit)
    console.print(shown)
    return slow


def _document() -> Document:
    rows = tuple(
        tuple(plain(f"重庆智能网联汽车零部件有限公司第{row}行第{column}列") for column in range(6))
        for row in range(LONG)
    )
    table = Table("全部评分", ("单位", "需求", "区县", "能力", "理由", "来源"), rows, (1,) * 6, layout=Layout.FINE)
    return Document(
        title="附录",
        subtitle="全部评分",
        language=Language.ZH,
        made_on=date(2026, 10, 31),
        author="Matchmaker",
        running_head="附录",
        facts=(),
        blocks=(Heading("附录"), table),
    )


def _cell_by_cell(document: Document) -> bytes:
    word, made = docx.Document(), io.BytesIO()
    table = next(block for block in document.blocks if isinstance(block, Table))
    written = word.add_table(rows=1, cols=len(table.head), style="Table Grid")
    for row in table.rows:
        for cell, line in zip(written.add_row().cells, row, strict=True):
            cell.paragraphs[0].add_run(line[0].text)
    word.save(made)
    return made.getvalue()


def _openpyxl(document: Document) -> bytes:
    book, made = openpyxl.Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet()
    table = next(block for block in document.blocks if isinstance(block, Table))
    for row in table.rows:
        sheet.append([line[0].text for line in row])
    book.save(made)
    return made.getvalue()


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    clock, own = time.perf_counter(), _work()
    work()
    return time.perf_counter() - clock, _work() - own


def _work() -> float:
    """Seconds of a processor, of this process and of those that it started and has seen end."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _table(title: str) -> Shown:
    shown = Shown(title=title)
    for column in ("", "first, s", "later, median s", "slowest s", "processor, median s"):
        shown.add_column(column, justify="right" if column else "left")
    return shown


def _add(shown: Shown, name: str, times: Times, limit: float) -> list[str]:
    later = times[1:]
    middle = median(clock for clock, _own in later)
    own = median(own for _clock, own in later)
    shown.add_row(
        name, f"{times[0][0]:.2f}", f"{middle:.2f}", f"{max(clock for clock, _own in later):.2f}", f"{own:.2f}"
    )
    # What one waits on an idle machine; the clock counts whatever else the machine does.
    return [f"{name}: {own:.2f} s, limit {limit:.0f} s"] if own > limit else []


if __name__ == "__main__":
    main()
