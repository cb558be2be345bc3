"""Reads a data set of startups, the rounds in which they were paid, and who paid."""

from pathlib import Path

from matchmaker.evaluation.datasets import Event, Party, Source, tags_of
from matchmaker.evaluation.tables import Row, parse_amount, parse_day, read_rows, split_values
from models.enums import OrganisationKind, ProjectKind

STARTUPS = (
    *("startup_id", "tags", "category_2013", "country", "country_2013", "state"),
    *("region", "region_2013", "city", "city_2013", "founded_at", "founded_2013"),
)
INVESTORS = ("investor_id", "kind_guess")
QUERIES = ("round_id", "startup_id", "date", "round_type", "round_amount_usd")
INVESTMENTS = (*QUERIES, "investor_id", "first_time_pair", "split")


def read(folder: Path) -> Source:
    startups = {row["startup_id"]: _startup(row) for row in read_rows(folder / "startups.parquet", STARTUPS)}
    paid = read_rows(folder / "investments.parquet", INVESTMENTS)
    asked = read_rows(folder / "test_queries.parquet", QUERIES)
    startups |= {i: Party(i) for i in {r["startup_id"] for r in [*paid, *asked]} - set(startups)}
    known = {row["investor_id"] for row in read_rows(folder / "investors.parquet", INVESTORS)}
    backers = {r["investor_id"] for r in paid}
    investors = tuple(Party(i, kind=OrganisationKind.FUND) for i in sorted((known | backers) - set(startups)))
    rounds: dict[str, list[Row]] = {}
    for row in paid:
        rounds.setdefault(row["round_id"], []).append(row)
    events = tuple(_round(rows, startups) for rows in rounds.values())
    queries = tuple(_round([{**row, "investor_id": None}], startups) for row in asked)
    return Source(ProjectKind.INVESTMENT, (*startups.values(), *investors), events, queries, frozenset(backers))


def _startup(row: Row) -> Party:
    area = row["country"] or row["country_2013"]
    region = row["region"] or row["region_2013"]
    city = row["city"] or row["city_2013"]
    tags = [*tags_of("tag", split_values(row["tags"])), *tags_of("category", split_values(row["category_2013"]))]
    state = f"{area}|{row['state']}" if area and row["state"] else None
    for family, value in (("country", area), ("state", state), ("region", region), ("city", city)):
        tags += tags_of(family, [value.casefold()] if value else [])
    place = f"{area}|{(region or city).casefold()}" if region or city else None
    founded = parse_day(row["founded_at"] or row["founded_2013"])
    return Party(
        row["startup_id"], kind=OrganisationKind.SME, place=place, area=area, founded=founded, tags=tuple(tags)
    )


def _round(rows: list[Row], startups: dict[str, Party]) -> Event:
    first, startup = rows[0], rows[0]["startup_id"]
    investors = [row["investor_id"] for row in rows if row["investor_id"]]
    new = [r["investor_id"] for r in rows if r["investor_id"] and r.get("first_time_pair", True) in (True, None)]
    return Event(
        id=first["round_id"],
        day=parse_day(first["date"]),
        lead=startup,
        members=(startup, *dict.fromkeys(investors)),
        tags=startups[startup].tags,
        stage=first["round_type"],
        amount=parse_amount(first["round_amount_usd"]),
        answers=tuple(dict.fromkeys(new)),
        split=first.get("split"),
    )
