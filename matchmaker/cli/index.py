"""`matchmaker index`: read the tables and fit the index anew."""

from pathlib import Path

import click

from matchmaker.cli.options import instance_option, progress


@click.command()
@instance_option
def index(folder: Path) -> None:
    """Fit the index that recommendations are made from; the app goes on with the old one until the new one is whole."""
    from matchmaker.instance import Instance
    from matchmaker.services.indexing import refresh

    instance = Instance(folder)
    instance.migrate()
    with progress("Fitting the index, texts encoded") as advance:
        built = refresh(instance, advance=advance)
    click.echo(
        f"index {built.version}: {built.organisations:,} organisations, {built.offers:,} offers and facilities, "
        f"{built.projects:,} past projects; texts by {built.encoder}"
    )
