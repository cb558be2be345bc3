"""`matchmaker account`: make an account or set its password and roles anew; how the first administrator comes in."""

from pathlib import Path

import click

from matchmaker.cli.options import instance_option

ROLES = ("officer", "administrator", "auditor")


@click.command()
@click.argument("email")
@click.option("--name", default="", help="The person's name.")
@click.option(
    "--role", "roles", type=click.Choice(ROLES), multiple=True, help="A role on the platform; may be repeated."
)
@instance_option
@click.password_option(help="Asked for when not given.")
def account(email: str, name: str, roles: tuple[str, ...], folder: Path, password: str) -> None:
    """Make the account EMAIL, or set its password and roles anew."""
    from matchmaker.instance import Instance
    from web import create_app
    from web.security import set_account

    if not 10 <= len(password) <= 128:
        raise click.BadParameter("A password has 10 to 128 characters.", param_hint="--password")
    instance = Instance(folder)
    instance.migrate()
    with create_app(instance).app_context():
        set_account(email=email, password=password, name=name, roles=roles)
    click.echo(f"{email.lower()} can sign in now" + (f" as {', '.join(roles)}" if roles else ""))
