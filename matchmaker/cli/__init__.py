"""The command line: `matchmaker serve`, `work`, `import` and the others, each loaded when it is called."""

import os

# Before numpy is loaded by any command: the machine's cores are shared by processes, and a forked child of a process
# that has used OpenMP threads hangs.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from matchmaker.cli.options import explain
from matchmaker.errors import MatchmakerError


class Commands(click.Group):
    """Commands by the place where they are written; a domain error ends any of them with one sentence."""

    places: Mapping[str, tuple[str, str]] = {
        "serve": ("matchmaker.cli.serve:serve", "Start the web application on this machine."),
        "work": ("matchmaker.cli.work:work", "Carry out jobs in a process of their own."),
        "import": ("matchmaker.cli.imports:import_", "Bring in tables and benchmark sets, or take an import back."),
        "index": ("matchmaker.cli.index:index", "Fit the index that recommendations are made from."),
        "prices": ("matchmaker.cli.prices:prices", "Work out who is over-asked, and show them lower."),
        "learn": ("matchmaker.cli.learn:learn", "Learn weights from outcomes and judge them; measure what is live."),
        "rank": ("matchmaker.cli.rank:rank", "Answer benchmark queries with the engine, without a database."),
        "compose": (
            "matchmaker.cli.compose:compose",
            "Compose the best team for a challenge, or say what clashes.",
        ),
        "stack": ("matchmaker.cli.stack:stack", "Choose the funds that pay a round's milestones, month by month."),
        "report": ("matchmaker.cli.report:report", "Make a report and write its files into a folder."),
        "account": ("matchmaker.cli.account:account", "Make an account, or set its password and roles anew."),
        "audit": ("matchmaker.cli.audit:audit", "Say whether the audit log is whole."),
        "doctor": ("matchmaker.cli.doctor:doctor", "Check that an installation is sound."),
    }

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.places:
            return None
        module, _, name = self.places[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, what) for name, (_, what) in self.places.items()])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except MatchmakerError as error:
            raise click.ClickException(explain(error)) from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="matchmaker")
def main() -> None:
    """Matchmaker: who should work with whom on what, explained.

    Exit codes: 0 done; 1 refused, or rows that are wrong; 2 the command was not understood.
    """
