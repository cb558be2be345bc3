"""`matchmaker prices`: who is asked beyond its capacity, and by how much lists show it lower."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from matchmaker.cli.options import instance_option, progress

if TYPE_CHECKING:
    from matchmaker.instance import Instance

SHOWN = 10


@click.command()
@instance_option
def prices(folder: Path) -> None:
    """Clear the market of partners by all live needs; lists stand in the new order from then on."""
    from matchmaker.instance import Instance
    from matchmaker.services.actors import PLATFORM
    from matchmaker.services.market import refresh_prices

    instance = Instance(folder)
    instance.migrate()
    with progress("Clearing the market, needs ranked") as advance:
        run = refresh_prices(instance, PLATFORM, advance=advance)
    click.echo(
        f"prices of {run.data_as_of}: {run.needs:,} live needs list {run.candidates:,} organisations; "
        f"{run.priced:,} of them stand lower"
    )
    click.echo(
        f"expected requests that nobody can carry: {run.overload:,.0f} by fit alone, "
        f"{run.overload_after:,.0f} in the new order; inputs {run.inputs_sha256[:12]}"
    )
    for line in _busiest(instance):
        click.echo(line)


def _busiest(instance: "Instance") -> list[str]:
    from matchmaker.services.actors import PLATFORM
    from matchmaker.services.crowding import busiest
    from matchmaker.services.recommendations import PURPOSE
    from models.organisations import Organisation
    from models.sessions import reading

    with reading(instance.engine) as session:
        found = busiest(session, PLATFORM, PURPOSE, count=SHOWN)
        names = {one.organisation_id: session.get_one(Organisation, one.organisation_id) for one in found}
    return [
        f"  {one.price:5.2f}  {one.load:6.1f} requests expected, room for {one.capacity:g}"
        f"{'' if one.is_capacity_known else ' (assumed)'}  "
        f"{names[one.organisation_id].name_zh or names[one.organisation_id].name_en}"
        for one in found
    ]
