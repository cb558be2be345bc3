"""`scripts/benchmark quality`: prints the tables of `bench`."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.progress import track

from matchmaker.errors import MatchmakerError
from matchmaker.evaluation.bench import read_exam, run
from matchmaker.evaluation.contestants import Contestant, by_weights, of_the_house, with_peers
from matchmaker.evaluation.datasets import Query
from matchmaker.evaluation.printing import WIDTH, comparison_table, tables, team_table
from matchmaker.evaluation.replay import Track
from matchmaker.evaluation.teams import run_teams


@click.group()
def benchmark() -> None:
    """Measure the engine."""


@benchmark.command("quality")
@click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True, metavar="DIR")
@click.option("--weight", "pairs", multiple=True, metavar="COMPONENT=WEIGHT", help="Weights to measure first.")
@click.option("--queries", type=click.IntRange(min=1), metavar="N", help="Only N of the queries, evenly spread.")
@click.option("--peers", "field", flag_value="peers", help="The public library `implicit` too.")
@click.option("--compare", nargs=2, metavar="A B", help="All measures of two lines, named by a part of their label.")
def print_quality(
    data: Path, pairs: tuple[str, ...], queries: int | None, field: str | None, compare: tuple[str, str] | None
) -> None:
    """How well the validation part is answered; history is what lies before that part.

    The first line is the engine as it answers now. Every other line is compared with it on the same queries.
    """
    weights = _weights(pairs)
    entered = by_weights(weights) if weights else of_the_house
    try:
        exam, contestants = read_exam(data, queries=queries, field=with_peers(entered) if field else entered)
        pair = [_find(contestants, part) for part in compare or ()]
        lines = {line.label: line for line in run(exam, contestants, track=_watched)}
    except MatchmakerError as error:
        raise click.ClickException(str(error)) from error
    console = Console(width=WIDTH)
    for table in tables(data.name, exam, list(lines.values())):
        console.print(table)
    if pair:
        console.print(comparison_table(*(lines[label] for label in pair)))


@benchmark.command("teams")
@click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True, metavar="DIR")
@click.option("--queries", type=click.IntRange(min=1), metavar="N", help="Only N of the queries, evenly spread.")
@click.option("--lessons", type=click.IntRange(min=1), default=400, show_default=True, help="Earlier ones to tune on.")
def print_teams(data: Path, queries: int | None, lessons: int) -> None:
    """Whether a composed team covers more of who did team up than the first of a list of the same length.

    For each ranking: the worth of a pair is chosen on earlier queries, then both are measured on the validation part.
    """
    console = Console(width=WIDTH)
    try:
        for line in run_teams(data, queries=queries, lessons=lessons, track=_watched):
            console.print(team_table(line))
    except MatchmakerError as error:
        raise click.ClickException(str(error)) from error


def _watched(label: str) -> Track:
    console = Console(stderr=True)
    console.print(f"{label} ...")

    def watched(queries: Iterable[Query]) -> Iterable[Query]:
        listed = list(queries)
        return track(listed, label, console=console, transient=True, disable=not console.is_terminal)

    return watched


def _weights(pairs: tuple[str, ...]) -> dict[str, float]:
    try:
        return {name: float(weight) for name, weight in (pair.split("=") for pair in pairs)}
    except ValueError as error:
        raise click.BadParameter("COMPONENT=WEIGHT, such as ties=12", param_hint="--weight") from error


def _find(contestants: Sequence[Contestant], part: str) -> str:
    """The one label that is, or else that contains, `part`."""
    labels = [contestant.label for contestant in contestants]
    found = [label for label in labels if label == part] or [label for label in labels if part in label]
    if len(found) != 1:
        raise click.BadParameter(f"{part!r} names {len(found)} of: {'; '.join(labels)}", param_hint="--compare")
    return found[0]


if __name__ == "__main__":
    benchmark(prog_name="scripts/benchmark")
