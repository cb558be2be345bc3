"""`matchmaker import`: tables in, templates out, imports taken back, benchmark sets."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import click
import sqlalchemy as sa

from matchmaker.cli.options import instance_option, progress
from matchmaker.instance import Instance
from matchmaker.services import indexing
from matchmaker.services.actors import PLATFORM
from matchmaker.services.imports import applying, templates, undoing
from matchmaker.services.imports.benchmark import import_benchmark
from matchmaker.services.imports.plans import Preview
from matchmaker.services.imports.previews import DEFAULT_SOURCE, preview
from matchmaker.services.imports.problems import ImportRefused, RowProblem
from matchmaker.services.imports.reading import read_table
from matchmaker.services.imports.tables import KINDS
from models.jobs import ImportBatch
from models.sessions import reading, writing

MOST_PRINTED = 20

kind_option = click.option("--kind", type=click.Choice(list(KINDS)), required=True, help="What the table lists.")


class TableFirst(click.Group):
    """`import FILE` is short for `import table FILE`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        first = args[0] if args else "--help"
        if first not in self.commands and first not in ("-h", "--help"):
            args = ["table", *args]
        return super().parse_args(ctx, args)


@click.group(
    "import",
    cls=TableFirst,
    subcommand_metavar="TABLE.csv|TABLE.xlsx --kind KIND [OPTIONS] | COMMAND",
    context_settings={"help_option_names": ["-h", "--help"]},
)
def import_() -> None:
    """Bring in a table of organisations, offers, needs, facilities or funds.

    The whole table is imported in one step or not at all. Every wrong row is named with its column and the reason.
    Rows that name a record of the registry (by credit code, key or name) update it: filled cells overwrite, empty
    ones leave what is there. `matchmaker import table --help` lists the options.

    Exit codes: 0 done; 1 refused, or rows that are wrong; 2 the command was not understood.
    """


@import_.command("table")
@click.argument("table", type=click.Path(path_type=Path))
@kind_option
@click.option(
    "--map", "maps", multiple=True, metavar='"THEIRS=OURS"', help="Column of the table = our field. Repeatable."
)
@click.option("--source", default=DEFAULT_SOURCE, show_default=True, help="Whose keys the Key column holds.")
@click.option("--dry-run", is_flag=True, help="Say what would be done and change nothing.")
@click.option("--skip-bad", is_flag=True, help="Import the good rows and leave the bad ones out.")
@click.option(
    "--errors", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.csv", help="Write all errors here."
)
@instance_option
def import_table(
    table: Path,
    kind: str,
    maps: Sequence[str],
    source: str,
    dry_run: bool,
    skip_bad: bool,
    errors: Path | None,
    folder: Path,
) -> None:
    """Import TABLE, a .csv (UTF-8 or GB 18030) or .xlsx file; the word `table` may be left out.

    Exit codes: 0 imported (with --dry-run: could be); 1 refused or bad rows; 2 usage.
    """
    mapping = dict(_split_map(text) for text in maps)
    rows = read_table(table)
    with _opened(folder) as instance, (reading if dry_run else writing)(instance.engine) as session:
        with progress("Checking rows", len(rows.rows)) as advance:
            plan = preview(session, PLATFORM, rows, kind, mapping=mapping, source=source, advance=advance)
        _report(plan, errors)
        if dry_run:
            _end_dry_run(plan)
            return
        apply = applying.apply_good_rows if skip_bad else applying.apply_all
        with progress("Importing", len(plan.rows)) as advance:
            batch = apply(session, PLATFORM, plan, advance=advance)
    _print_batch(plan, batch)
    _fit_again(instance)


def _split_map(text: str) -> tuple[str, str]:
    theirs, sign, ours = text.rpartition("=")
    if not sign or not theirs.strip() or not ours.strip():
        raise click.BadParameter(f'{text!r} is not of the form "their column=our field"', param_hint="--map")
    return theirs.strip(), ours.strip()


def _fit_again(instance: Instance) -> None:
    """A large change is fitted at once where people are served already; a new installation fits when it starts."""
    if indexing.is_built(instance):
        with progress("Fitting the index, texts encoded") as advance:
            indexing.refresh(instance, advance=advance)


@contextmanager
def _opened(folder: Path) -> Iterator[Instance]:
    """The installation at the present schema; a new one gets the reference data that rows refer to."""
    instance = Instance(folder)
    is_new = not _has_tables(instance)
    instance.migrate()
    if is_new:
        from seeds import load_reference_only

        load_reference_only(instance)
    try:
        yield instance
    finally:
        instance.engine.dispose()


def _has_tables(instance: Instance) -> bool:
    with instance.engine.connect() as connection:
        return sa.inspect(connection).has_table("districts")


def _report(plan: Preview, errors: Path | None) -> None:
    if plan.ignored_headers:
        _say(f"Columns that mean nothing here and were left out: {', '.join(plan.ignored_headers)}")
    for problem in plan.problems[:MOST_PRINTED]:
        _say(describe(problem))
    if len(plan.problems) > MOST_PRINTED:
        more = len(plan.problems) - MOST_PRINTED
        _say(f"... and {more} more" + ("." if errors else "; --errors FILE.csv writes them all."))
    if errors:
        write_errors(errors, plan.problems)


def describe(problem: RowProblem) -> str:
    place = f"row {problem.row}" + (f", {problem.column}" if problem.column else "")
    shown = f" ({problem.value})" if problem.value else ""
    return f"{place}{shown}: {problem.sentence}"


def write_errors(path: Path, problems: Sequence[RowProblem]) -> None:
    """One line an error; cells that a spreadsheet would take for formulas get an apostrophe."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["row", "column", "value", "code", "reason"])
        for problem in problems:
            cells = (problem.column, problem.value, problem.code, problem.sentence)
            writer.writerow([problem.row, *map(templates.harmless, cells)])


def _end_dry_run(plan: Preview) -> None:
    click.echo(f"Would create {plan.created}, update {plan.updated}, leave {plan.unchanged} unchanged.")
    if plan.problems:
        raise ImportRefused("bad_rows", bad=plan.bad_rows, total=plan.total)


def _print_batch(plan: Preview, batch: ImportBatch) -> None:
    if plan.earlier_batch:
        click.echo(f"This file was imported before (batch {batch.id}); nothing was changed.")
        return
    click.echo(
        f"Created {batch.created}, updated {batch.updated}, unchanged {plan.unchanged}, skipped {batch.skipped}. "
        f"Batch {batch.id}; take it back with `matchmaker import undo {batch.id}`."
    )


def _say(text: str) -> None:
    click.echo(text, err=True)


@import_.command("template")
@kind_option
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, metavar="FILE.csv|FILE.xlsx")
def write_template(kind: str, out: Path) -> None:
    """Write an empty table of one kind: headers in Chinese and English, and (in .xlsx) notes on every column."""
    templates.write(KINDS[kind], out)
    click.echo(f"Wrote {out}.")


@import_.command("undo")
@click.argument("batch_id", type=click.UUID)
@instance_option
def undo_import(batch_id: UUID, folder: Path) -> None:
    """Take an import back: remove what it made, restore what it changed.

    Records that people have changed or built on since are kept and named. Exit code 1 when any were.
    """
    with _opened(folder) as instance, writing(instance.engine) as session:
        report = undoing.undo(session, PLATFORM, batch_id)
    _fit_again(instance)
    click.echo(f"Removed {report.removed}, restored {report.restored}, kept {len(report.kept)}.")
    for kept in report.kept:
        fields = f" ({', '.join(kept.fields)})" if kept.fields else ""
        _say(f"row {kept.row}, {kept.record_type} {kept.record_id}: {kept.reason.replace('_', ' ')}{fields}")
    if report.kept:
        raise click.exceptions.Exit(1)


@import_.command("list")
@instance_option
def list_imports(folder: Path) -> None:
    """List all imports, the latest first."""
    with _opened(folder) as instance, reading(instance.engine) as session:
        for batch in undoing.list_batches(session, PLATFORM):
            when = batch.created_at.strftime("%Y-%m-%d %H:%M")
            counts = f"created {batch.created}, updated {batch.updated}, skipped {batch.skipped}"
            click.echo(f"{batch.id}  {when}  {batch.kind:<13}  {batch.state:<7}  {counts}  {batch.file_name}")


@import_.command("benchmark")
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--source", default="", help="Name under which its keys are kept; by default benchmark:DIRECTORY.")
@instance_option
def import_benchmark_set(directory: Path, source: str, folder: Path) -> None:
    """Bring in a benchmark set: organisations and projects, or startups, investors and rounds, as .parquet files.

    All of it comes in or nothing; what is there already stays as it is.
    """
    with _opened(folder) as instance, writing(instance.engine) as session, progress("Importing") as advance:
        report = import_benchmark(session, PLATFORM, directory, source=source, advance=advance)
    _fit_again(instance)
    click.echo(
        f"Added {report.organisations} organisations, {report.projects} projects and {report.participations} "
        f"participations under {report.source}."
    )
