"""`matchmaker serve`: make what is missing, then answer on this machine."""

import signal
import socket
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matchmaker.cli.options import instance_option, progress
from matchmaker.cli.work import working

if TYPE_CHECKING:
    from matchmaker.instance import Instance

LOOPBACK = ("127.0.0.1", "::1", "localhost")
THREADS = 8
DEMO_SETTINGS = "# A demo: invented data, and links that sign in. Never on the open net.\nMATCHMAKER_DEMO=true\n"


@click.command()
@click.option("--port", type=click.IntRange(0, 65_535), default=8000, show_default=True, help="0 takes a free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Other than this machine only without the demo.")
@instance_option
@click.option("--demo/--empty", default=True, help="What a new installation starts with. [default: demo]")
@click.option("--worker/--no-worker", "works", default=True, help="Whether it carries out jobs too. [default: worker]")
def serve(port: int, host: str, folder: Path, demo: bool, works: bool) -> None:
    """Start Matchmaker; the first start makes the database, its data and the index."""
    instance = open_instance(folder, demo=demo)
    if instance.settings.demo and host not in LOOPBACK:
        raise click.UsageError("A demo signs anybody in by a link, so it answers on this machine only (127.0.0.1).")
    _check_port(host, port)
    prepare(instance)
    _answer(instance, host=host, port=port, beside=working(instance) if works else nullcontext())


def open_instance(folder: Path, *, demo: bool) -> "Instance":
    """The instance in `folder`; a new one is told once whether it is a demo."""
    from matchmaker.instance import Instance

    settings = folder / "settings.env"
    is_new = not folder.exists() or not any(folder.iterdir())
    instance = Instance(folder)
    if is_new and demo:
        settings.write_text(DEMO_SETTINGS)
    return instance


def prepare(instance: "Instance") -> None:
    """Bring database, data and index to where the pages need them; quick when nothing is missing."""
    from matchmaker.services import indexing

    instance.migrate()
    is_new = not _is_loaded(instance)
    if is_new:
        _load(instance)
    _refresh_reference(instance)
    if is_new or not indexing.is_built(instance):
        click.echo("Fitting the index ...")
        with progress("Fitting the index, texts encoded") as advance:
            built = indexing.refresh(instance, advance=advance)
        click.echo(f"index of {built.organisations:,} organisations and {built.offers:,} offers is ready")


def _is_loaded(instance: "Instance") -> bool:
    """Whether the seeds' last rows are there, so that a load which was cut off is taken up again."""
    from sqlmodel import select

    from models.accounts import Role, User
    from models.sessions import reading

    with reading(instance.engine) as session:
        last = select(User.id) if instance.settings.demo else select(Role.id)
        return session.exec(last.limit(1)).first() is not None


def _refresh_reference(instance: "Instance") -> None:
    """A newer release may bring reference rows that its pages need; what people edited since stays as it is."""
    import seeds
    from seeds import reference

    noted, digest = instance.folder / "reference.sha256", reference.digest()
    if noted.exists() and noted.read_text().strip() == digest:
        return
    seeds.load_reference_only(instance)
    noted.write_text(digest)


def _load(instance: "Instance") -> None:
    import seeds

    if not instance.settings.demo:
        seeds.load_reference_only(instance)
        return
    click.echo("Loading the demo region ...")
    with progress("Loading the demo region", seeds.STEPS) as advance:
        seeds.load(instance, progress=lambda done, _all, _step: advance(min(done, 1)))


def _check_port(host: str, port: int) -> None:
    # Said before the long work of a first start, not after it.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(f"{host}:{port} is not free ({error.strerror}); take another --port") from error


def _answer(instance: "Instance", *, host: str, port: int, beside: AbstractContextManager[None]) -> None:
    from waitress.server import create_server

    from web import create_app
    from web.config import BODY_LIMIT

    server: Any = create_server(
        create_app(instance),
        host=host,
        port=port,
        threads=THREADS,
        ident=None,
        max_request_body_size=BODY_LIMIT + 1024,
        # The app trusts no such header; it only looks whether one is there.
        clear_untrusted_proxy_headers=False,
    )
    address = f"http://{'[' + host + ']' if ':' in host else host}:{server.effective_port}"
    _greet(instance, address)
    signal.signal(signal.SIGTERM, _stop)
    with beside:
        server.run()


def _greet(instance: "Instance", address: str) -> None:
    from models.sessions import reading
    from web.demo import list_demo_persons

    click.echo(f"\nMatchmaker (链合) answers at {address}/")
    if instance.settings.demo:
        with reading(instance.engine) as session:
            persons = list_demo_persons(session, instance)
        width = max((len(person.key) for person in persons), default=0)
        click.echo("Open a link to enter as one of the demo's people:")
        for person in persons:
            click.echo(f"  {person.key:<{width}}  {address}/demo/sign-in/{person.token}  {person.name}")
    click.echo("Ctrl+C stops it.")


def _stop(_signal: int, _frame: object) -> None:
    raise SystemExit(0)
