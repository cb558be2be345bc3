"""Open data: the open-grade set as files that anybody may take, published, looked at before, and withdrawn again."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session

from matchmaker.errors import InvalidInput, NotFound
from matchmaker.exports import csv_table
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.hashing import sha256_of
from matchmaker.services.opening.data_tables import TABLES, OpenTable, open_reading
from models.base import columns_of, utc_now
from models.opening import DataRelease, DataReleaseFile

# The licences that may be chosen; the last release's is the one proposed, the first where there is none.
LICENCES: Mapping[str, str] = {
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
}
JSON_TYPE = "application/json"
DICTIONARY, PACKAGE = "data-dictionary.csv", "datapackage.json"


@dataclass(frozen=True)
class OpenFile:
    name: str
    media_type: str
    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class OpenSet:
    """All files of one day, in the order of their names, and how many rows each table has."""

    as_of: date
    licence: str
    counts: Mapping[str, int]
    files: Sequence[OpenFile]

    @property
    def sha256(self) -> str:
        return sha256_of([[one.name, one.sha256] for one in self.files])


def build(session: Session, day: date, licence: str) -> OpenSet:
    """The same registry gives the same bytes."""
    check_licence(licence)
    reading = open_reading(session, day)
    rows = {table.name: [_plain(table, row) for row in table.rows(reading)] for table in TABLES}
    files = [_dictionary(), _package(day, licence)]
    for table in TABLES:
        files += [_csv(table, rows[table.name]), _json(table, rows[table.name], day, licence)]
    counts = {name: len(of_table) for name, of_table in rows.items()}
    return OpenSet(day, licence, counts, sorted(files, key=lambda one: one.name))


def check_licence(licence: str) -> None:
    if licence not in LICENCES:
        raise InvalidInput("unknown_choice", field="licence", codes=[licence])


def _plain(table: OpenTable, row: Mapping[str, Any]) -> list[Any]:
    """The row's values in the order of the columns, as JSON holds them; empty text is not known."""
    return [_value(row[column.name]) for column in table.columns]


def _value(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    return None if value == "" else value


def _csv(table: OpenTable, rows: Sequence[Sequence[Any]]) -> OpenFile:
    content = csv_table.render_csv([column.name for column in table.columns], rows)
    return OpenFile(f"{table.name}.csv", csv_table.MEDIA_TYPE, content)


def _json(table: OpenTable, rows: Sequence[Sequence[Any]], day: date, licence: str) -> OpenFile:
    names = [column.name for column in table.columns]
    told = {
        "name": table.name,
        "as_of": day.isoformat(),
        "licence": licence,
        "rows": [dict(zip(names, row, strict=True)) for row in rows],
    }
    return OpenFile(f"{table.name}.json", JSON_TYPE, _written(told))


def _dictionary() -> OpenFile:
    """What every column of every table means, in both languages."""
    head = ["table", "column", "type", "meaning_zh", "meaning_en"]
    lines = [[table.name, one.name, one.type, one.zh, one.en] for table in TABLES for one in table.columns]
    return OpenFile(DICTIONARY, csv_table.MEDIA_TYPE, csv_table.render_csv(head, lines))


def _package(day: date, licence: str) -> OpenFile:
    """The same for programs: a Data Package with a Table Schema for each CSV."""
    told = {
        "name": "matchmaker-open-data",
        "created": day.isoformat(),
        "licenses": [{"name": licence, "path": LICENCES[licence]}],
        "resources": [
            {
                "name": table.name,
                "path": f"{table.name}.csv",
                "title": f"{table.zh} / {table.en}",
                "encoding": "utf-8",
                "schema": {
                    "fields": [
                        {"name": one.name, "type": one.type, "title": one.en, "description": one.zh}
                        for one in table.columns
                    ]
                },
            }
            for table in TABLES
        ],
    }
    return OpenFile(PACKAGE, JSON_TYPE, _written(told))


def _written(told: Mapping[str, Any]) -> bytes:
    return (json.dumps(told, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode("utf-8", "replace")


def keep(session: Session, actor: Actor, built: OpenSet) -> DataRelease:
    """Publish what was built: from now on everybody may take it."""
    require(actor, Permission.DATA_PUBLISH)
    release = DataRelease(
        as_of=built.as_of,
        licence=built.licence,
        counts=dict(built.counts),
        sha256=built.sha256,
        made_by=actor.user_id,
    )
    session.add(release)
    session.flush()
    session.add_all(
        DataReleaseFile(
            release_id=release.id, name=one.name, media_type=one.media_type, sha256=one.sha256, content=one.content
        )
        for one in built.files
    )
    audit.record(session, actor, "data.publish", release, changes={"sha256": [None, built.sha256]})
    session.flush()
    return release


def withdraw(session: Session, actor: Actor, release: DataRelease) -> None:
    """From now on nobody can take its files here; what was taken is out."""
    require(actor, Permission.DATA_PUBLISH)
    if release.withdrawn_at is not None:
        raise InvalidInput("release_withdrawn")
    release.withdrawn_at = utc_now()
    audit.record(session, actor, "data.withdraw", release, changes={"withdrawn_at": [None, release.withdrawn_at]})
    session.flush()


@dataclass(frozen=True)
class FileLine:
    """A file without its content."""

    name: str
    media_type: str
    sha256: str
    size: int


def list_releases(session: Session) -> list[DataRelease]:
    """Those that everybody may take, the latest first."""
    return [one for one in all_releases(session) if one.withdrawn_at is None]


def all_releases(session: Session) -> list[DataRelease]:
    in_order = sa.select(DataRelease).order_by(columns_of(DataRelease).as_of.desc(), columns_of(DataRelease).id.desc())
    return list(session.scalars(in_order))


def get_release(session: Session, release_id: UUID) -> DataRelease:
    """One that is published; a withdrawn one is as if it had never been."""
    release = session.get(DataRelease, release_id)
    if release is None or release.withdrawn_at is not None:
        raise NotFound("data release", release_id)
    return release


def list_files(session: Session, release: DataRelease) -> list[FileLine]:
    table = columns_of(DataReleaseFile)
    wanted = sa.select(table.name, table.media_type, table.sha256, sa.func.length(table.content).label("size"))
    rows = session.execute(wanted.where(table.release_id == release.id).order_by(table.name))
    return [FileLine(row.name, row.media_type, row.sha256, row.size) for row in rows]


def get_file(session: Session, release: DataRelease, name: str) -> OpenFile:
    table = columns_of(DataReleaseFile)
    wanted = sa.select(table.name, table.media_type, table.content)
    row = session.execute(wanted.where(table.release_id == release.id, table.name == name)).one_or_none()
    if row is None:
        raise NotFound("file of open data", name)
    return OpenFile(row.name, row.media_type, row.content)


def proposed_licence(session: Session) -> str:
    """The last release's licence, which whoever publishes may change; CC BY 4.0 where nothing was published yet."""
    releases = all_releases(session)
    return releases[0].licence if releases else next(iter(LICENCES))
