"""A recommendations page at the server: 50 different queries, their times, and the memory of the process."""

import resource
import secrets
import sys
import time
from pathlib import Path
from statistics import median
from uuid import UUID

import click
import numpy as np
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from rich.console import Console
from rich.table import Table
from sqlmodel import Session, col, select

from matchmaker.instance import Instance
from matchmaker.services.calendar import today
from models.enums import PlatformRole, PostingState
from models.offers import Need
from models.sessions import reading
from models.track import Participation
from web import create_app
from web.security import set_account

EMAIL = "benchmark@example.org"


@click.command()
@click.option("--instance", "folder", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--queries", default=50, show_default=True, help="How many different pages.")
def main(folder: Path, queries: int) -> None:
    """Print what was measured; nothing is judged here."""
    console = Console(width=110)
    instance = Instance(folder)
    app = create_app(instance, testing=True)
    client = app.test_client()
    _sign_in(app, client)
    with reading(instance.engine) as session:
        pages = [f"/partners/needs/{key}" for key in _needs(session, queries)]
        pages = pages or [f"/partners/organisations/{key}" for key in _busiest(session, queries)]
    first = _load(client, pages[0])
    seconds = [_load(client, page) for page in pages]

    table = Table(title=f"{len(pages)} different pages like {pages[0].rsplit('/', 1)[0]}/…")
    for title in ("", "ms"):
        table.add_column(title, justify="right" if title else "left")
    table.add_row("first page of the process (opens the index)", f"{first * 1000:.0f}")
    for name, value in (("median", median(seconds)), ("95 %", np.quantile(seconds, 0.95)), ("slowest", max(seconds))):
        table.add_row(name, f"{value * 1000:.0f}")
    console.print(table)
    console.print(f"resident memory: {_resident_mb():.0f} MB, at most {_peak_mb():.0f} MB")


def _sign_in(app: Flask, client: FlaskClient) -> None:
    """As a programme officer, who may look at everybody's recommendations."""
    password = secrets.token_urlsafe()
    with app.app_context():
        set_account(email=EMAIL, password=password, name="Benchmark", roles=[PlatformRole.OFFICER])
    page = client.get("/account/sign-in").text
    token = page.split('name="csrf_token"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
    answer = client.post("/account/sign-in", data={"csrf_token": token, "email": EMAIL, "password": password})
    if answer.status_code != 302:
        raise click.ClickException(f"signing in answered {answer.status}")


def _needs(session: Session, count: int) -> list[UUID]:
    live = (Need.state == PostingState.PUBLISHED, col(Need.valid_until) >= today())
    return list(session.exec(select(Need.id).where(*live).order_by(col(Need.id)).limit(count)).all())


def _busiest(session: Session, count: int) -> list[UUID]:
    projects = sa.func.count()
    query = (
        select(Participation.organisation_id)
        .group_by(col(Participation.organisation_id))
        .order_by(projects.desc(), col(Participation.organisation_id))
    )
    return list(session.exec(query.limit(count)).all())


def _load(client: FlaskClient, page: str) -> float:
    start = time.perf_counter()
    response = client.get(page)
    seconds = time.perf_counter() - start
    if response.status_code != 200:
        raise click.ClickException(f"{page} answered {response.status}")
    return seconds


def _resident_mb() -> float:
    status = Path("/proc/self/status")
    if not status.exists():
        return _peak_mb()
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def _peak_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    main()
