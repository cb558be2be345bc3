"""`scripts/benchmark quality`: prints the table of `bench.quality`."""

from collections.abc import Iterable
from pathlib import Path

import click
from rich.console import Console
from rich.progress import track
from rich.table import Table

from matchmaker.errors import MatchmakerError
from matchmaker.evaluation.bench import Line, quality
from matchmaker.evaluation.datasets import Query
from matchmaker.evaluation.metrics import Estimate
from matchmaker.evaluation.replay import Track

COLUMNS = ("ranking", "queries", "recall@20", "recall@100", "MRR", "nDCG@20", "ms/query")


@click.group()
def benchmark() -> None:
    """Measure the engine."""


@benchmark.command("quality")
@click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True, metavar="DIR")
@click.option("--weight", "pairs", multiple=True, metavar="COMPONENT=WEIGHT", help="Instead of the live preset.")
def print_quality(data: Path, pairs: tuple[str, ...]) -> None:
    """Recall, MRR and nDCG (± standard error) on the validation part; history is what lies before that part."""
    table = Table(*COLUMNS, title=f"Validation part of {data.name}")
    try:
        for line in quality(data, track=_watched, weights=_weights(pairs)):
            table.add_row(*_cells(line))
    except MatchmakerError as error:
        raise click.ClickException(str(error)) from error
    Console(width=130).print(table)


def _watched(label: str) -> Track:
    def watched(queries: Iterable[Query]) -> Iterable[Query]:
        console = Console(stderr=True)
        listed = list(queries)
        return track(listed, label, console=console, transient=True, disable=not console.is_terminal)

    return watched


def _weights(pairs: tuple[str, ...]) -> dict[str, float] | None:
    try:
        return {name: float(weight) for name, weight in (pair.split("=") for pair in pairs)} or None
    except ValueError as error:
        raise click.BadParameter("COMPONENT=WEIGHT, such as ties=12", param_hint="--weight") from error


def _cells(line: Line) -> list[str]:
    estimates = (line.recall_20, line.recall_100, line.mrr, line.ndcg_20)
    return [line.label, f"{line.queries:,}", *map(_cell, estimates), f"{line.milliseconds:.1f}"]


def _cell(estimate: Estimate) -> str:
    return f"{estimate.mean:.3f} ± {estimate.error:.3f}"


if __name__ == "__main__":
    benchmark(prog_name="scripts/benchmark")
