"""`matchmaker learn`: learn weights from outcomes, judge them, take them into use; `--bench` measures what is live."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matchmaker.cli.options import instance_option, progress

if TYPE_CHECKING:
    from matchmaker.instance import Instance
    from models.learning import BenchRun, TrainingRun

PURPOSES = {"partners": "partners", "partners-by-record": "partners_by_record", "investors": "investors"}
purpose_option = click.option(
    "--purpose", type=click.Choice(list(PURPOSES)), default="partners", show_default=True, help="Which lists."
)
seed_option = click.option("--seed", type=int, default=0, show_default=True, help="Of every draw that is made.")


@click.group(invoke_without_command=True)
@purpose_option
@seed_option
@click.option("--promote", is_flag=True, help="Take the version into use where the gates let it pass.")
@instance_option
@click.pass_context
def learn(context: click.Context, purpose: str, seed: int, promote: bool, folder: Path) -> None:
    """Learn weights from what became of matches, and hold them against the live ones on the last period.

    Exit codes: 0 a version passed; 1 it was refused, with the reasons; 2 the command was not understood.
    """
    if context.invoked_subcommand is not None:
        return
    from matchmaker.services.actors import PLATFORM
    from matchmaker.services.learning import versions
    from models.enums import TrainingVerdict
    from models.sessions import writing

    instance = _open(folder)
    run = _train(instance, PURPOSES[purpose], seed)
    _print_run(run)
    if run.verdict is TrainingVerdict.REFUSED:
        context.exit(1)
    if promote:
        with writing(instance.engine) as session:
            version = versions.promote(session, PLATFORM, versions.get_run(session, PLATFORM, run.id))
        click.echo(f"{version.code} is live")


@learn.command("bench")
@purpose_option
@seed_option
@instance_option
def bench_(purpose: str, seed: int, folder: Path) -> None:
    """Measure the live weights on the platform's own outcomes, beside the ones before, the default and popularity."""
    from matchmaker.services.actors import PLATFORM
    from matchmaker.services.learning import bench
    from models.sessions import reading, writing

    instance = _open(folder)
    with reading(instance.engine) as session, progress("Ranking") as advance:
        measured = bench.measure(
            session,
            PLATFORM,
            _reader(instance),
            purpose=PURPOSES[purpose],
            today=_today(),
            seed=seed,
            report=lambda _done, _total: advance(1),
        )
    with writing(instance.engine) as session:
        bench.keep(session, PLATFORM, measured)
    _print_bench(measured)


def _open(folder: Path) -> "Instance":
    from matchmaker.instance import Instance

    instance = Instance(folder)
    instance.migrate()
    return instance


def _reader(instance: "Instance") -> Any:
    from matchmaker.reader import Reader

    return Reader(instance)


def _today() -> Any:
    from matchmaker.services.calendar import today

    return today()


def _train(instance: "Instance", purpose: str, seed: int) -> "TrainingRun":
    """Work it out without holding up anybody who writes, then write it down."""
    from matchmaker.services.actors import PLATFORM
    from matchmaker.services.learning import training
    from models.sessions import reading, writing

    with reading(instance.engine) as session, progress("Scoring past lists") as advance:
        run = training.study(
            session,
            PLATFORM,
            _reader(instance),
            purpose=purpose,
            today=_today(),
            seed=seed,
            report=lambda _done, _total: advance(1),
        )
    with writing(instance.engine) as session:
        return training.keep(session, PLATFORM, run)


def _print_run(run: "TrainingRun") -> None:
    click.echo(f"{run.verdict.value}: {run.examples:,} outcomes of {run.queries:,} queries up to {run.data_as_of}")
    before, after = run.held_out["before"]["weights"], (run.result or {"weights": {}})["weights"]
    whole = sum(before.values()) or 1.0
    for name in sorted({*before, *after}, key=lambda one: (-after.get(one, 0.0), one)):
        click.echo(f"  {name:<24}{100 * before.get(name, 0.0) / whole:6.1f} -> {after.get(name, 0.0):5.1f}")
    for one in run.held_out.get("compared", ()):
        if one["group"] == "all" and one["before"] is not None:
            click.echo(f"  {one['measure']:<12}{one['before']:.4f} -> {one['after']:.4f}  {one['standing']}")
    for reason in run.reasons:
        facts = {name: value for name, value in reason.items() if name not in ("code", "refuses")}
        click.echo(f"  {reason['code'].replace('_', ' ')}{': ' if facts else ''}{_told(facts)}")


def _told(facts: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in facts.items())


def _print_bench(run: "BenchRun") -> None:
    click.echo(f"{run.outcomes:,} queries with a wanted candidate in the last year up to {run.data_as_of}")
    lines: Sequence[Mapping[str, Any]] = run.results.get("lines", ())
    if not lines:
        click.echo(f"too few to say anything; it takes {run.needed}")
    for line in lines:
        recall, mrr = line["recall"]["mean"], line["mrr"]["mean"]
        name = f"{line['role']} {line['code']}"
        click.echo(f"  {name:<50}recall@20 {recall:.3f}  MRR {mrr:.3f}  nDCG@20 {line['ndcg']['mean']:.3f}")
