"""`matchmaker work`: carry out jobs in a process of their own."""

import os
import signal
from pathlib import Path

import click

from matchmaker.cli.options import instance_option


@click.command()
@instance_option
def work(folder: Path) -> None:
    """Carry out the jobs that people and the calendar ask for, until it is stopped.

    `matchmaker serve` does so by itself; start this where the web runs with --no-worker, or beside it to do two jobs at
    once. Killed, it goes on where it was when it is started again, and another worker does so after half a minute.
    """
    from matchmaker.instance import Instance
    from matchmaker.worker.kinds import KINDS
    from matchmaker.worker.loop import Worker

    instance = Instance(folder)
    instance.migrate()
    worker = Worker(instance, KINDS)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    worker.start()
    click.echo(f"Carrying out the jobs of {instance.folder}. Ctrl+C stops it.")
    try:
        worker.join()
    except KeyboardInterrupt:
        leave(worker.stop())


def leave(is_free: bool) -> None:
    """End the process, if need be in the middle of a job; it goes on at the next start."""
    if not is_free:
        click.echo("The present job did not come to a place to stop; it goes on at the next start.", err=True)
        os._exit(0)  # its thread would keep the process alive
