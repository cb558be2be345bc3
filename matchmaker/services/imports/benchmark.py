"""Benchmark sets as registry entries and track record: projects with their partners, startups with who paid them.

All of a set comes in or nothing; records that are there already (by source and key) stay as they are, so that the same
set may be imported again. docs/decisions/0006-benchmark-kinds.md says what its kinds become here.
"""

import hashlib
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from matchmaker.errors import InvalidInput
from matchmaker.evaluation.tables import parse_amount, parse_day, read_rows, split_values
from matchmaker.names import fold_name
from matchmaker.profiles import UNKNOWN
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.imports.previews import Advance, ignore_progress
from matchmaker.services.imports.problems import ImportRefused
from models.base import new_id, utc_now
from models.enums import OrganisationKind, ParticipationRole, ProjectKind
from models.jobs import ImportBatch
from models.organisations import Organisation
from models.track import Participation, Project

BATCH_KIND = "benchmark"
CHUNK = 2_000
LONGEST_NAME = 200
LONGEST_TITLE = 500
LONGEST_SUMMARY = 1000
LONGEST_REGION = 120
LONGEST_KEY = 200
LONGEST_STAGE = 40
# How a set's own words for kinds are read; whoever is none of these serves others in one way or another.
KINDS: Mapping[str, OrganisationKind] = {
    "university": OrganisationKind.LAB,
    "research": OrganisationKind.LAB,
    "HES": OrganisationKind.LAB,
    "REC": OrganisationKind.LAB,
    "industry": OrganisationKind.SME,
    "PRC": OrganisationKind.SME,
}
PROJECT_TAGS = {"programme": "programme", "topic": "topic", "call": "call", "funding_scheme": "scheme"}
ROLES = {"coordinator": ParticipationRole.COORDINATOR}

Values = dict[str, Any]


@dataclass(frozen=True)
class Member:
    """One organisation's part in one project, by the set's own keys."""

    project: str
    organisation: str
    role: ParticipationRole
    amount: float | None


@dataclass(frozen=True)
class BenchmarkSet:
    """What a folder holds, in our words; each record has its key under `source_key`."""

    organisations: Sequence[Values]
    projects: Sequence[Values]
    members: Sequence[Member]


@dataclass(frozen=True, kw_only=True)
class BenchmarkReport:
    """How many records were new; the rest were there."""

    source: str
    organisations: int
    projects: int
    participations: int


def import_benchmark(
    session: Session, actor: Actor, folder: Path, *, source: str = "", advance: Advance = ignore_progress
) -> BenchmarkReport:
    """Bring in the set in `folder`; its keys count under `source`, by default named after the folder."""
    require(actor, Permission.IMPORT)
    source = source or f"benchmark:{folder.resolve().name}"[:80]
    found = read_benchmark(folder)

    organisations = _insert_missing(session, Organisation, found.organisations, source, advance)
    projects = _insert_missing(session, Project, found.projects, source, advance)
    participations = _insert_members(session, found.members, organisations.ids, projects.ids, advance)
    report = BenchmarkReport(
        source=source,
        organisations=organisations.added,
        projects=projects.added,
        participations=participations,
    )
    if organisations.added or projects.added or participations:
        _record(session, actor, folder, report)
    return report


def read_benchmark(folder: Path) -> BenchmarkSet:
    readers: Mapping[str, Callable[[Path], BenchmarkSet]] = {
        "organisations.parquet": read_projects,
        "startups.parquet": read_rounds,
    }
    for name, read in readers.items():
        if (folder / name).is_file():
            try:
                return read(folder)
            except InvalidInput as error:
                raise ImportRefused("missing_file", file=error.field) from error
            except (pa.ArrowException, OSError) as error:
                raise ImportRefused("damaged_parquet", file=folder.name, detail=str(error)[:200]) from error
    raise ImportRefused("unknown_benchmark", folder=folder.name)


def read_projects(folder: Path) -> BenchmarkSet:
    """Organisations, their projects, and who took part."""
    organisations = {
        row["org_id"]: _body(row)
        for row in _rows(folder, "organisations", "org_id", "name short_name kind activity_type country city")
    }
    projects = {
        row["project_id"]: _project(row)
        for row in _rows(
            folder,
            "projects",
            "project_id",
            "acronym title objective topic call funding_scheme programme start_date end_date year total_cost "
            "ec_contribution",
        )
    }
    members: dict[tuple[str, str], Member] = {}
    for row in _rows(folder, "participations", "project_id", "role ec_contribution", also="org_id"):
        role = ROLES.get(row["role"] or "", ParticipationRole.PARTICIPANT)
        member = Member(row["project_id"], row["org_id"], role, _amount(row["ec_contribution"]))
        earlier = members.get((member.project, member.organisation))
        if earlier is None or role == ParticipationRole.COORDINATOR:
            members[member.project, member.organisation] = member
        # Whoever is only named as a partner exists all the same.
        organisations.setdefault(member.organisation, _body({"org_id": member.organisation}))
        projects.setdefault(member.project, _project({"project_id": member.project}))
    return BenchmarkSet(list(organisations.values()), list(projects.values()), list(members.values()))


def read_rounds(folder: Path) -> BenchmarkSet:
    """Startups, investors, and the rounds in which they met."""
    startups = {
        row["startup_id"]: _startup(row)
        for row in _rows(
            folder,
            "startups",
            "startup_id",
            "name tags country state region city founded_at category_2013 country_2013 region_2013 city_2013 "
            "founded_2013 text",
        )
    }
    investors = {
        row["investor_id"]: _investor(row)
        for row in _rows(folder, "investors", "investor_id", "name kind_guess country")
    }
    rounds: dict[str, Values] = {}
    members: dict[tuple[str, str], Member] = {}
    paid = _rows(folder, "investments", "round_id", "date round_type round_amount_usd", also="investor_id startup_id")
    for row in paid:
        startup = startups.setdefault(row["startup_id"], _startup({"startup_id": row["startup_id"]}))
        investors.setdefault(row["investor_id"], _investor({"investor_id": row["investor_id"]}))
        rounds.setdefault(row["round_id"], _round(row, startup))
        investee, investor = f"startup:{row['startup_id']}", f"investor:{row['investor_id']}"
        members.setdefault(
            (row["round_id"], investee), Member(row["round_id"], investee, ParticipationRole.INVESTEE, None)
        )
        members.setdefault(
            (row["round_id"], investor), Member(row["round_id"], investor, ParticipationRole.INVESTOR, None)
        )
    return BenchmarkSet([*startups.values(), *investors.values()], list(rounds.values()), list(members.values()))


def _rows(folder: Path, name: str, key: str, columns: str, *, also: str = "") -> Iterator[Values]:
    """Rows of one file that have their keys; the other columns may be missing in the whole file."""
    path = folder / f"{name}.parquet"
    keys = [key, *also.split()]
    for row in read_rows(path, [*keys, *columns.split()]):
        if all(row[k] not in (None, "") for k in keys):
            yield {**row, **{k: str(row[k])[:LONGEST_KEY] for k in keys}}


def _body(row: Mapping[str, Any]) -> Values:
    said = row.get("kind") or row.get("activity_type") or ""
    return {
        "source_key": row["org_id"],
        "kind": KINDS.get(said, OrganisationKind.SERVICE_INSTITUTION),
        "short_name": _text(row.get("short_name"), 60),
        "region": _text(row.get("city"), LONGEST_REGION),
        **_name_and_country(row.get("name") or row.get("short_name"), row["org_id"], row.get("country")),
    }


def _startup(row: Mapping[str, Any]) -> Values:
    country = row.get("country") or row.get("country_2013")
    region = row.get("region") or row.get("region_2013")
    city = row.get("city") or row.get("city_2013")
    tags = [f"tag:{tag}" for tag in split_values(row.get("tags"))]
    tags += [f"category:{category}" for category in split_values(row.get("category_2013"))]
    # Where a startup is says much about who pays for it, so the places are tags too.
    places = {"country": country, "region": region, "city": city}
    tags += [f"{family}:{str(place).casefold()}" for family, place in places.items() if place]
    return {
        "source_key": f"startup:{row['startup_id']}",
        "kind": OrganisationKind.SME,
        "region": _text(region or city, LONGEST_REGION),
        "founded_on": _day(row.get("founded_at")) or _day(row.get("founded_2013")),
        "tags": list(dict.fromkeys(tags)),
        "summary_en": _text(row.get("text"), LONGEST_SUMMARY),
        **_name_and_country(row.get("name"), row["startup_id"], country),
    }


def _investor(row: Mapping[str, Any]) -> Values:
    guess = row.get("kind_guess")
    return {
        "source_key": f"investor:{row['investor_id']}",
        "kind": OrganisationKind.FUND,
        "tags": [f"investor:{guess}"] if guess else [],
        **_name_and_country(row.get("name"), row["investor_id"], row.get("country")),
    }


def _name_and_country(name: Any, fallback: str, country: Any) -> Values:
    """The name, or the key where a set gives no names; an unknown country stays unknown."""
    known = _text(name, LONGEST_NAME) or fallback
    return {"name_en": known, "name_key": fold_name(known), "country": _text(country, 3)}


def _project(row: Mapping[str, Any]) -> Values:
    tags = [f"{family}:{value}" for column, family in PROJECT_TAGS.items() for value in split_values(row.get(column))]
    return {
        "source_key": row["project_id"],
        "kind": ProjectKind.CONSORTIUM,
        "title_en": _text(row.get("title") or row.get("acronym"), LONGEST_TITLE),
        "summary_en": _text(row.get("objective"), 20_000),
        "tags": tags,
        "started_on": _day(row.get("start_date")) or _day(row.get("year")),
        "ended_on": _day(row.get("end_date")),
        "amount": _amount(row.get("total_cost")) or _amount(row.get("ec_contribution")),
        "currency": "EUR",
    }


def _round(row: Mapping[str, Any], startup: Values) -> Values:
    return {
        "source_key": row["round_id"],
        "kind": ProjectKind.INVESTMENT,
        "tags": startup["tags"],
        "stage": _text(row["round_type"], LONGEST_STAGE).replace("-", "_"),
        "started_on": _day(row["date"]),
        "amount": _amount(row["round_amount_usd"]),
        "currency": "USD",
    }


def _text(value: Any, limit: int) -> str:
    return " ".join(str(value).replace("\0", " ").split())[:limit] if value is not None else ""


def _day(value: Any) -> date | None:
    ordinal = parse_day(value)
    return None if ordinal == UNKNOWN else date.fromordinal(ordinal)


def _amount(value: Any) -> float | None:
    amount = parse_amount(value)
    return None if math.isnan(amount) else amount


@dataclass(frozen=True)
class Inserted:
    ids: Mapping[str, UUID]
    added: int


def _insert_missing(
    session: Session, model: type[SQLModel], records: Sequence[Values], source: str, advance: Advance
) -> Inserted:
    """Insert the records whose keys are new, past the ORM: a set has tens of thousands."""
    table = model.__table__  # type: ignore[attr-defined]
    stored = session.execute(sa.select(table.c.source_key, table.c.id).where(table.c.source == source))
    ids: dict[str, UUID] = {row.source_key: row.id for row in stored}
    blank = _blank(model) | {"source": source}
    known, fresh = set(ids), []
    for record in records:
        if record["source_key"] not in known:
            ids[record["source_key"]] = new_id()
            fresh.append({**blank, **record, "id": ids[record["source_key"]]})
    advance(len(records) - len(fresh))
    _insert(session, table, fresh, advance)
    return Inserted(ids, len(fresh))


def _insert_members(
    session: Session,
    members: Sequence[Member],
    organisations: Mapping[str, UUID],
    projects: Mapping[str, UUID],
    advance: Advance,
) -> int:
    table = Participation.__table__  # type: ignore[attr-defined]
    stored = {tuple(row) for row in session.execute(sa.select(table.c.project_id, table.c.organisation_id))}
    fresh = [
        {
            "project_id": projects[member.project],
            "organisation_id": organisations[member.organisation],
            "role": member.role,
            "amount": member.amount,
        }
        for member in members
    ]
    fresh = [row for row in fresh if (row["project_id"], row["organisation_id"]) not in stored]
    advance(len(members) - len(fresh))
    _insert(session, table, fresh, advance)
    return len(fresh)


def _insert(session: Session, table: sa.Table, rows: Sequence[Values], advance: Advance) -> None:
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        session.execute(sa.insert(table), chunk)
        advance(len(chunk))


def _blank(model: type[SQLModel]) -> Values:
    """A record's defaults, which an insert past the ORM would not know."""
    empty = model()
    values = {name: getattr(empty, name, None) for name in model.__table__.c.keys()}  # type: ignore[attr-defined]  # noqa: SIM118
    now = utc_now()
    clocks = {name: now for name in ("created_at", "changed_at") if name in values}
    return values | clocks | ({"version": 1} if "version" in values else {})


def _record(session: Session, actor: Actor, folder: Path, report: BenchmarkReport) -> None:
    digest = hashlib.sha256(b"".join(hashlib.sha256(path.read_bytes()).digest() for path in _files(folder)))
    batch = ImportBatch(
        kind=BATCH_KIND,
        file_name=folder.resolve().name[:300],
        sha256=digest.hexdigest(),
        created=report.organisations + report.projects + report.participations,
    )
    session.add(batch)
    session.flush()
    counts = {
        "organisations": report.organisations,
        "projects": report.projects,
        "participations": report.participations,
    }
    audit.record(session, actor, "import.benchmark", batch, changes={"source": report.source, **counts})
    session.flush()


def _files(folder: Path) -> Iterable[Path]:
    return sorted(folder.glob("*.parquet"))
