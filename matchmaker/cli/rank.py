"""`matchmaker rank`: answers the queries of a public data set with the engine; no database is needed."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import click
import pyarrow as pa
import pyarrow.parquet as parquet

from matchmaker.cli.options import progress
from matchmaker.errors import InvalidInput
from matchmaker.evaluation.contestants import PURPOSES
from matchmaker.evaluation.datasets import Dataset, Query, Source, asked_part, read_source
from matchmaker.evaluation.learned import additive_ranker, boosted_ranker, study
from matchmaker.evaluation.replay import Ranker, engine_ranker, read_preset, replay, rows_of_answers
from matchmaker.scoring.weighting import Weighting
from models.enums import ProjectKind

data_option = click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    metavar="DIR",
    help="Folder with the data set's parquet tables.",
)
out_option = click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    metavar="FILE",
    help="Parquet file to write: query_id, candidate_id, rank.",
)
top_option = click.option(
    "--top", type=click.IntRange(min=1), default=100, show_default=True, help="Candidates for each query."
)
until_option = click.option(
    "--until",
    type=click.DateTime(formats=["%Y-%m-%d"]),
    metavar="DATE",
    help="Use only what happened before this day. Without it: all that lies before each query's own day.",
)
model_option = click.option(
    "--model",
    type=click.Choice(["additive", "boosted", "preset"]),
    default="additive",
    show_default=True,
    help="additive: weights learned from the set's earlier outcomes, as lists are scored; boosted: the variant measured"
    " beside it; preset: the platform's weights as they come.",
)


@click.group("rank", context_settings={"help_option_names": ["-h", "--help"]})
def rank() -> None:
    """Answer the test queries of a public data set with the engine as people get it.

    Exit codes: 0 done; 1 the folder cannot be read as such a data set; 2 the command was not understood.
    """


@rank.command("partners")
@data_option
@out_option
@top_option
@until_option
@model_option
def rank_partners(data: Path, out: Path, top: int, until: dt.datetime | None, model: str) -> None:
    """Partners for each coordinator's project."""
    _answer(data, out, kind=ProjectKind.CONSORTIUM, top=top, until=until, model=model)


@rank.command("investors")
@data_option
@out_option
@top_option
@until_option
@model_option
def rank_investors(data: Path, out: Path, top: int, until: dt.datetime | None, model: str) -> None:
    """Investors for each startup's round."""
    _answer(data, out, kind=ProjectKind.INVESTMENT, top=top, until=until, model=model)


def _answer(data: Path, out: Path, *, kind: ProjectKind, top: int, until: dt.datetime | None, model: str) -> None:
    source = read_source(data)
    if source.kind != kind:
        raise InvalidInput("other_kind_of_dataset", field="data", found=source.kind.value, wanted=kind.value)
    day = until.date().toordinal() if until else None
    dataset = asked_part(source, day)
    ranker = _ranker(source, dataset, day=day, top=top, model=model)
    answers = replay(dataset, ranker, track=_with_bar)
    rows = list(rows_of_answers(dataset, answers))
    _write(out, rows)
    click.echo(f"{len(dataset.queries):,} queries answered, {len(rows):,} rows in {out}")


def _ranker(source: Source, dataset: Dataset, *, day: int | None, top: int, model: str) -> Ranker:
    prior = Weighting(read_preset(PURPOSES[source.kind][0]))
    if model == "preset":
        return engine_ranker(dataset, prior, top=top)
    ends = source.ends() if day is None else day
    learned = study(source, dataset, prior, until=ends, watch=_with_bar_for("Learning"))
    if learned.boosted is None:
        click.echo("Nothing was asked before these queries, so there is nothing to learn from: ranked by the preset.")
        return engine_ranker(dataset, prior, top=top)
    click.echo(f"Learned from {learned.queries:,} earlier queries.")
    if model == "boosted":
        return boosted_ranker(dataset, learned.additive, learned.boosted(), top=top)
    return additive_ranker(dataset, learned.additive, top=top)


def _with_bar(queries: Iterable[Query]) -> Iterator[Query]:
    return _with_bar_for("Ranking")(queries)


def _with_bar_for(title: str) -> Callable[[Iterable[Query]], Iterator[Query]]:
    def watched(queries: Iterable[Query]) -> Iterator[Query]:
        listed = list(queries)
        with progress(title, total=len(listed)) as advance:
            for query in listed:
                yield query
                advance(1)

    return watched


def _write(out: Path, rows: list[tuple[str, str, int]]) -> None:
    """Whole or not at all: a file that is half written is worse than none."""
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    names = ("query_id", "candidate_id", "rank")
    types = (pa.string(), pa.string(), pa.int32())
    arrays = [pa.array(column, kind) for column, kind in zip(columns, types, strict=True)]
    partial = out.with_name(out.name + ".part")
    out.parent.mkdir(parents=True, exist_ok=True)
    parquet.write_table(pa.table(arrays, names=list(names)), partial)
    partial.replace(out)
