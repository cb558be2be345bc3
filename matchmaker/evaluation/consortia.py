"""Reads a data set of projects and the organisations that took part in them."""

from pathlib import Path

from matchmaker.evaluation.datasets import Event, Party, Source, tags_of
from matchmaker.evaluation.tables import Row, parse_amount, parse_day, read_rows, split_values
from matchmaker.network.past import DAYS_A_MONTH
from matchmaker.profiles import UNKNOWN
from models.enums import OrganisationKind, ProjectKind

ORGANISATIONS = ("org_id", "kind", "country", "city")
PROJECTS = (
    *("project_id", "title", "objective", "topic", "call", "funding_scheme", "programme"),
    *("start_date", "end_date", "year", "total_cost", "split", "coordinator_id"),
)
PARTICIPATIONS = ("project_id", "org_id", "role")
FAMILIES = {"programme": "programme", "topic": "topic", "call": "call", "funding_scheme": "scheme"}
KIND_WORDS = {
    "university": OrganisationKind.LAB,
    "research": OrganisationKind.LAB,
    "industry": OrganisationKind.SME,
    "public": OrganisationKind.SERVICE_INSTITUTION,
}


def read(folder: Path) -> Source:
    took_part = read_rows(folder / "participations.parquet", PARTICIPATIONS)
    members: dict[str, list[str]] = {}
    leads: dict[str, str] = {}
    for row in took_part:
        members.setdefault(row["project_id"], []).append(row["org_id"])
        if row["role"] == "coordinator":
            leads.setdefault(row["project_id"], row["org_id"])
    events = tuple(_project(r, members, leads) for r in read_rows(folder / "projects.parquet", PROJECTS))
    asked = tuple(_project(r, {}, {}) for r in read_rows(folder / "test_queries.parquet", PROJECTS))
    parties = {row["org_id"]: _organisation(row) for row in read_rows(folder / "organisations.parquet", ORGANISATIONS)}
    named = {r["org_id"] for r in took_part} | {e.lead for e in asked if e.lead}
    parties |= {org_id: Party(org_id) for org_id in named - set(parties)}
    return Source(
        ProjectKind.CONSORTIUM, tuple(parties.values()), events, asked, frozenset(r["org_id"] for r in took_part)
    )


def _organisation(row: Row) -> Party:
    area = row["country"]
    place = f"{area}|{row['city'].strip().casefold()}" if row["city"] else None
    return Party(row["org_id"], kind=KIND_WORDS.get(row["kind"] or ""), place=place, area=area)


def _project(row: Row, members: dict[str, list[str]], leads: dict[str, str]) -> Event:
    project_id = row["project_id"]
    lead = row["coordinator_id"] or leads.get(project_id)
    everybody = tuple(dict.fromkeys([*([lead] if lead else []), *members.get(project_id, [])]))
    day = parse_day(row["start_date"])
    return Event(
        id=project_id,
        day=day if day != UNKNOWN else parse_day(row["year"]),
        months=_months(day, parse_day(row["end_date"])),
        lead=lead,
        members=everybody,
        tags=tuple(t for column, family in FAMILIES.items() for t in tags_of(family, split_values(row[column]))),
        text=" ".join(filter(None, (row["title"], row["objective"]))),
        amount=parse_amount(row["total_cost"]),
        answers=tuple(m for m in everybody if m != lead),
        split=row["split"],
    )


def _months(start: int, end: int) -> float:
    """NaN where a project has no start, no end, or an end that does not come after its start."""
    return (end - start) / DAYS_A_MONTH if UNKNOWN < start < end else float("nan")
