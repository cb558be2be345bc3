"""`matchmaker rank`: answers the queries of a public data set with the engine; no database is needed."""

import datetime as dt
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
import pyarrow as pa
import pyarrow.parquet as parquet

from matchmaker.cli.options import progress
from matchmaker.errors import InvalidInput
from matchmaker.evaluation.datasets import Query, asked_part, read_source
from matchmaker.evaluation.replay import engine_ranker, read_preset, replay, rows_of_answers
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
def rank_partners(data: Path, out: Path, top: int, until: dt.datetime | None) -> None:
    """Partners for each coordinator's project."""
    _answer(data, out, kind=ProjectKind.CONSORTIUM, purpose="partners_by_record", top=top, until=until)


@rank.command("investors")
@data_option
@out_option
@top_option
@until_option
def rank_investors(data: Path, out: Path, top: int, until: dt.datetime | None) -> None:
    """Investors for each startup's round."""
    _answer(data, out, kind=ProjectKind.INVESTMENT, purpose="investors", top=top, until=until)


def _answer(data: Path, out: Path, *, kind: ProjectKind, purpose: str, top: int, until: dt.datetime | None) -> None:
    source = read_source(data)
    if source.kind != kind:
        raise InvalidInput("other_kind_of_dataset", field="data", found=source.kind.value, wanted=kind.value)
    dataset = asked_part(source, until.date().toordinal() if until else None)
    ranker = engine_ranker(dataset, read_preset(purpose), top=top)
    answers = replay(dataset, ranker, track=_with_bar)
    rows = list(rows_of_answers(dataset, answers))
    _write(out, rows)
    click.echo(f"{len(dataset.queries):,} queries answered, {len(rows):,} rows in {out}")


def _with_bar(queries: Iterable[Query]) -> Iterator[Query]:
    listed = list(queries)
    with progress("Ranking", total=len(listed)) as advance:
        for query in listed:
            yield query
            advance(1)


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
