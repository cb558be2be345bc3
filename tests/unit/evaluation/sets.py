"""Small data sets of both shapes, written as the public ones are."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet

Table = Mapping[str, Sequence[Any]]

CONSORTIA: dict[str, Table] = {
    "organisations": {
        "org_id": ["ada", "bo", "cy", "di", "ed"],
        "kind": ["university", "industry", "research", "public", "other"],
        "country": ["DE", "DE", "FR", "FR", None],
        "city": ["Bonn", None, "Lyon", "Lyon", None],
    },
    "projects": {
        "project_id": ["p1", "p2", "p3", "p4", "p5"],
        "title": ["Battery cells", "Battery packs", "Forging presses", "Battery recycling", "Forging dies"],
        "objective": ["Solid battery cells", "Safe battery packs", None, "Battery cells again", "Forging tools"],
        "topic": ["T1", "T1", None, "T1", None],
        "call": [None, None, None, None, None],
        "funding_scheme": ["RIA", "RIA", "IA", "RIA", "IA"],
        "programme": ["LEIT|SC3", "LEIT", "SC4", "LEIT", "SC4"],
        "start_date": ["2015-01-01", "2016-05-01", "2016-06-01", "2018-07-01", "2018-09-01"],
        "split": ["train", "train", "train", "validation", "validation"],
    },
    "participations": {
        "project_id": ["p1", "p1", "p1", "p2", "p2", "p3", "p3", "p4", "p4", "p4", "p5"],
        "org_id": ["ada", "bo", "cy", "ada", "bo", "di", "cy", "ada", "bo", "ed", "di"],
        "role": [
            *("coordinator", "participant", "participant", "coordinator", "participant"),
            *("coordinator", "participant", "coordinator", "participant", "participant", "coordinator"),
        ],
    },
    "test_queries": {
        "project_id": ["q1", "q2"],
        "title": ["Battery plant", None],
        "objective": ["More battery cells", None],
        "topic": ["T1", None],
        "call": [None, "a call nobody saw"],
        "funding_scheme": ["RIA", None],
        "programme": ["LEIT", None],
        "start_date": ["2019-01-01", "2019-03-01"],
        "coordinator_id": ["ada", "newcomer"],
    },
}

INVESTMENTS: dict[str, Table] = {
    "startups": {
        "startup_id": ["cells", "packs", "apps"],
        "tags": ["Energy|Hardware", "Energy", "Social Media"],
        "country": ["USA", "USA", "GBR"],
        "region": ["SF Bay", "SF Bay", "London"],
        "city": ["Oakland", "Palo Alto", "London"],
        "category_2013": ["cleantech", None, "web"],
    },
    "investors": {"investor_id": ["fund-a", "fund-b", "fund-c", "fund-d"], "kind_guess": ["fund"] * 4},
    "investments": {
        "round_id": ["r1", "r1", "r2", "r3", "r4", "r4"],
        "investor_id": ["fund-a", "fund-b", "fund-c", "fund-a", "fund-b", "fund-d"],
        "startup_id": ["cells", "cells", "apps", "packs", "packs", "packs"],
        "date": ["2010-01-01", "2010-01-01", "2011-01-01", "2012-01-01", "2012-08-01", "2012-08-01"],
        "round_type": ["series-a", "series-a", "angel", "series-a", "series-b", "series-b"],
        "round_amount_usd": [2e6, 2e6, 1e5, 3e6, 9e6, 9e6],
        "first_time_pair": [True] * 6,
        "split": ["train", "train", "train", "train", "validation", "validation"],
    },
    "test_queries": {
        "round_id": ["t1", "t2"],
        "startup_id": ["packs", "unheard-of"],
        "date": ["2013-02-01", "2013-03-01"],
        "round_type": ["series-b", None],
        "round_amount_usd": [5e6, None],
    },
}
# What a set must have to be one; all else may be missing.
FEWEST = {
    "organisations": ("org_id",),
    "projects": ("project_id", "year", "split"),
    "participations": ("project_id", "org_id", "role"),
    "startups": ("startup_id",),
    "investors": ("investor_id",),
    "investments": ("round_id", "investor_id", "startup_id", "date"),
}


def write_set(folder: Path, tables: Mapping[str, Table]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, columns in tables.items():
        parquet.write_table(
            pa.table({key: list(values) for key, values in columns.items()}), folder / f"{name}.parquet"
        )
    return folder


def bare(tables: Mapping[str, Table]) -> dict[str, Table]:
    """The same set with no text, no topics, no places, no amounts; projects by year only."""
    slim: dict[str, Table] = {}
    for name, columns in tables.items():
        known = dict(columns)
        if "start_date" in known:
            known["year"] = [int(day[:4]) for day in known["start_date"]]
        queries = ("project_id", "year", "coordinator_id", "round_id", "startup_id", "date")
        slim[name] = {key: values for key, values in known.items() if key in FEWEST.get(name, queries)}
    return slim
