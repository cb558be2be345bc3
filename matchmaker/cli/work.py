"""`matchmaker work`: carry out jobs in a process of their own."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import click

from matchmaker.cli.options import instance_option

if TYPE_CHECKING:
    from matchmaker.instance import Instance
    from matchmaker.services.reports.content import Content, Renderer, Writer


@click.command()
@instance_option
def work(folder: Path) -> None:
    """Carry out the jobs that people and the calendar ask for, until it is stopped.

    `matchmaker serve` does so by itself; start this where the web runs with --no-worker, or beside it to do two jobs at
    once. Killed, it goes on where it was when it is started again, and another worker does so after half a minute.
    """
    from matchmaker.instance import Instance

    instance = Instance(folder)
    instance.migrate()
    told_to_stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _signal, _frame: told_to_stop.set())
    with working(instance):
        click.echo(f"Carrying out the jobs of {instance.folder}. Ctrl+C stops it.")
        told_to_stop.wait()


def rendering(instance: "Instance") -> "Renderer":
    """What turns reports into files. The app whose words it takes is made with the first file, not at the start."""

    @cache
    def made() -> "Renderer":
        from web import create_app
        from web.reports.rendering import renderer

        return renderer(create_app(instance))

    def render(content: "Content", language: str) -> "Writer":
        return made()(content, language)

    return render


@contextmanager
def working(instance: "Instance") -> Iterator[None]:
    """A worker beside what this process does meanwhile. Ends the process if its job comes to no place to stop."""
    from matchmaker.worker.kinds import with_rendering
    from matchmaker.worker.loop import Worker

    worker = Worker(instance, with_rendering(rendering(instance)))
    worker.start()
    try:
        yield
    finally:
        if not worker.stop():
            click.echo("The present job did not come to a place to stop; it goes on at the next start.", err=True)
            os._exit(0)  # the job's thread would keep the process alive
