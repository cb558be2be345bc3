"""What commands share: the instance folder, progress on stderr, domain errors as sentences."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from matchmaker.errors import IndexMissing, InvalidInput, MatchmakerError
from matchmaker.instance import DEFAULT_FOLDER

Advance = Callable[[int], None]

instance_option: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--instance",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=DEFAULT_FOLDER,
    show_default=True,
    metavar="DIR",
    help="Folder of the installation: database, index, settings.",
)


@contextmanager
def progress(title: str, total: int | None = None) -> Iterator[Advance]:
    """A bar on stderr, so that what a command prints can be piped; nothing where stderr is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(title, total=total)
        yield lambda done: bar.advance(task, done)


def explain(error: MatchmakerError) -> str:
    """One sentence about a domain error, for a person at a terminal."""
    if isinstance(error, IndexMissing):
        return str(error) or "there is no index yet: run `matchmaker index`"
    if type(error) is InvalidInput:
        facts = ", ".join(f"{name} {value}" for name, value in error.facts.items())
        return f"{error.field or 'input'}: {error.code.replace('_', ' ')}{f' ({facts})' if facts else ''}"
    return str(error)
