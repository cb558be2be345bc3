"""`matchmaker audit verify`: whether the audit log is whole."""

from pathlib import Path

import click

from matchmaker.cli.options import instance_option

REASONS = {
    "entry_changed": "the entry does not say what was sealed",
    "entry_missing": "the entry is gone",
    "seal_missing": "seals before it are gone",
}


@click.group()
def audit() -> None:
    """Check the audit log."""


@audit.command()
@click.option("--head", "noted", default="", metavar="PLACE:HASH", help="A line that an earlier call printed.")
@instance_option
def verify(noted: str, folder: Path) -> None:
    """Say whether the chain of the audit log is whole: no sealed entry changed, taken out or put in between.

    Who can write to the database can also make the whole chain anew, or cut off its end. Keep the line that this
    prints somewhere else, and give it back with --head: then that shows too.
    """
    from matchmaker.instance import Instance
    from matchmaker.services import sealing
    from models.sessions import reading

    instance = Instance(folder)
    sealing.seal_all(instance.engine)
    with reading(instance.engine) as session:
        place, _, sha256 = noted.partition(":")
        if noted and sealing.hash_at(session, int(place) if place.isdigit() else 0) != sha256:
            raise click.ClickException(f"The chain is not the one that was noted: at {place} it has another hash.")
        verdict = sealing.verify(session)
    if verdict.broken is not None:
        where = f"place {verdict.broken.position}, entry {verdict.broken.entry_id}"
        raise click.ClickException(f"The chain breaks at {where}: {REASONS[verdict.broken.reason]}.")
    # Others write meanwhile: what came since the sealing above waits for the next one.
    if verdict.lost:
        raise click.ClickException(f"{verdict.lost} entries are not in the chain and never will be.")
    click.echo(f"The chain of {verdict.sealed} entries is whole.")
    click.echo(f"{verdict.sealed}:{verdict.head}")
