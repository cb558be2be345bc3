"""For whom a ranking is right: the relevant candidates of each query, narrowed to those the network hardly knows.

Whoever is well connected is easily found. What a ranking does for the others shows only when they are counted apart.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path

import numpy as np

from matchmaker.evaluation.datasets import Dataset, Query
from matchmaker.evaluation.tables import read_rows
from matchmaker.network.past import DAYS_A_YEAR, Past, Timeline
from matchmaker.profiles import Ints
from models.enums import SizeClass

NEW_FOR_YEARS = 2.0
SMALL_SIZES = {SizeClass.MICRO, SizeClass.SMALL}

ESTABLISHED_FROM = 5  # projects

Relevant = Sequence[frozenset[int]]


class Slice(StrEnum):
    """Which of the relevant candidates are counted. All is judged by what was known before the query's day."""

    NO_TIE = "no earlier tie"  # never in a project with the one who asks
    ONE_PROJECT = "at most one project"
    NEWCOMER = "newcomers"  # not yet two years in the record
    SMALL = "small firms"


class Asker(StrEnum):
    """How much of the asker's own past was known before the query's day."""

    FIRST_TIME = "no project before"
    BEGINNER = "1 to 4 projects"
    ESTABLISHED = "5 projects and more"


def askers(dataset: Dataset) -> tuple[Asker, ...]:
    """Who asks each query."""
    timeline = Timeline.of(dataset.profiles)
    return tuple(_asker(timeline.known_to(query.need), query) for query in dataset.queries)


def _asker(past: Past, query: Query) -> Asker:
    count = 0 if query.need.organisation is None else len(past.of(query.need.organisation))
    if count >= ESTABLISHED_FROM:
        return Asker.ESTABLISHED
    return Asker.BEGINNER if count else Asker.FIRST_TIME


def narrow(dataset: Dataset, relevant: Relevant, *, small: frozenset[str]) -> dict[Slice, tuple[frozenset[int], ...]]:
    """`relevant` of each query, once for each slice. `small` are the ids of small firms, where the data set tells."""
    timeline = Timeline.of(dataset.profiles)
    is_small = np.isin(dataset.profiles.organisations.ids, np.array(sorted(i.encode() for i in small) or [b""], "S"))
    narrowed = [
        _narrow(timeline.known_to(query.need), query, np.array(sorted(rows), np.int32), is_small)
        for query, rows in zip(dataset.queries, relevant, strict=True)
    ]
    return {part: tuple(frozenset(of_query[part].tolist()) for of_query in narrowed) for part in Slice}


def _narrow(past: Past, query: Query, rows: Ints, is_small: np.ndarray) -> Mapping[Slice, Ints]:
    projects = [past.of(row) for row in rows]
    first_day = np.array([past.day[of[0]] if len(of) else query.need.day for of in projects], np.float64)
    count = np.array([len(of) for of in projects], np.int64)
    return {
        Slice.NO_TIE: np.setdiff1d(rows, _partners(past, query)),
        Slice.ONE_PROJECT: rows[count <= 1],
        Slice.NEWCOMER: rows[first_day >= query.need.day - NEW_FOR_YEARS * DAYS_A_YEAR],
        Slice.SMALL: rows[is_small[rows]],
    }


def _partners(past: Past, query: Query) -> Ints:
    """Everybody who was in a project with the asker before the query's day."""
    if query.need.organisation is None:
        return np.empty(0, np.int32)
    return np.unique(past.members[past.of(query.need.organisation)].indices).astype(np.int32)


def read_small_firms(folder: Path) -> frozenset[str]:
    """Ids of the organisations that a data set says are small: by evidence, or by their size class; none, if it is
    silent."""
    path = folder / "organisations.parquet"
    if not path.is_file():
        return frozenset()
    rows = read_rows(path, ("org_id", "sme_evidence", "size"))
    return frozenset(row["org_id"] for row in rows if row["sme_evidence"] or row["size"] in SMALL_SIZES)
