"""How long a table of organisations holds the database while it comes in, changes what is there, and is taken back."""

import random
import tempfile
import time
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

import click
import sqlalchemy as sa
from rich.console import Console
from rich.table import Table as Printed
from sqlmodel import Session

from matchmaker.instance import Instance
from matchmaker.services.actors import PLATFORM
from matchmaker.services.imports import applying, checking, undoing
from matchmaker.services.imports.judging import judge
from matchmaker.services.imports.previews import preview
from matchmaker.services.imports.reading import Row, Table
from models.jobs import ImportBatch
from models.sessions import reading, writing
from seeds import load_reference_only

MUST_SECONDS = 2.0
SEED = 20261122
HEADERS = ("中文名称", "类型", "员工人数", "区县", "产业链环节", "资质认定", "专利", "中文简介", "编号")
T = TypeVar("T")


@click.command()
@click.option("--rows", default=10_000, show_default=True)
def main(rows: int) -> None:
    """Print one table; exit code 1 where one transaction takes more processor time than it may at 10,000 rows."""
    printed = Printed(title=f"{rows:,} organisations with two nodes, one certification and two patent classes each")
    for title in ("what is done", "worked out before, s", "database held, s (processor)", "database held, s (clock)"):
        printed.add_column(title, justify="left" if title == "what is done" else "right")
    with tempfile.TemporaryDirectory() as folder:
        instance = Instance(Path(folder))
        instance.migrate()
        load_reference_only(instance)
        slowest = max(measure(instance, rows, printed))
        instance.engine.dispose()
    Console(width=150).print(printed)
    raise SystemExit(slowest > MUST_SECONDS * max(1.0, rows / 10_000))


def measure(instance: Instance, rows: int, printed: Printed) -> list[float]:
    batches = []
    held = []
    for edition, name in enumerate(("all new", "all changed")):
        began = time.perf_counter()
        with reading(instance.engine) as session:
            plan = preview(session, PLATFORM, make_table(session, rows, edition), "organisations")
        laid_out = applying.lay_out(plan)
        before = time.perf_counter() - began
        batch, seconds = _hold(
            instance, printed, name, before, partial(applying.write_all, actor=PLATFORM, laid_out=laid_out)
        )
        batches.append(batch)
        held.append(seconds)
    for batch, name in zip(reversed(batches), ("changes taken back", "new ones taken back"), strict=True):
        held.append(_take_back(instance, printed, name, batch))
    return held


def _take_back(instance: Instance, printed: Printed, name: str, batch: ImportBatch) -> float:
    began = time.perf_counter()
    with reading(instance.engine) as session:
        verdict = judge(session, PLATFORM, batch.id)
    before = time.perf_counter() - began
    _, seconds = _hold(instance, printed, name, before, partial(undoing.take_back, actor=PLATFORM, verdict=verdict))
    return seconds


def _hold(
    instance: Instance, printed: Printed, name: str, before: float, write: Callable[[Session], T]
) -> tuple[T, float]:
    clock, processor = time.perf_counter(), time.process_time()
    with writing(instance.engine) as session:
        checking.state_of_registry(session)
        made = write(session)
    clock, processor = time.perf_counter() - clock, time.process_time() - processor
    printed.add_row(name, f"{before:.1f}", f"{processor:.2f} (must: {MUST_SECONDS:g})", f"{clock:.2f}")
    return made, processor


def make_table(session: Session, rows: int, edition: int) -> Table:
    """The same firms in every edition, with other figures and other dates."""
    drawn = random.Random(SEED)  # noqa: S311 - made-up figures
    nodes, schemes, districts = (
        _codes(session, name) for name in ("chain_nodes", "certification_schemes", "districts")
    )

    def cells(number: int) -> tuple[str, ...]:
        return (
            f"重庆第{number}号智能公司",
            "中小企业",
            str(10 + number % 500 + edition),
            drawn.choice(districts),
            ";".join(sorted({drawn.choice(nodes), drawn.choice(nodes)})),
            f"{drawn.choice(schemes)}:{2028 + edition}-11-30",
            f"B60K:{3 + edition}/5; H01M:{number % 7 + edition}/9",
            "智能座舱" * 30,
            f"K{number}",
        )

    body = tuple(Row(number + 2, cells(number)) for number in range(rows))
    return Table("made up.csv", sha256(f"{rows}{edition}".encode()).hexdigest(), HEADERS, body)


def _codes(session: Session, table: str) -> list[str]:
    return list(session.scalars(sa.select(sa.column("code")).select_from(sa.table(table)).order_by("code").limit(40)))


if __name__ == "__main__":
    main()
