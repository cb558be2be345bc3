"""Answers the queries of a data set with the engine, one after the other."""

import csv
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from matchmaker.engine import Engine
from matchmaker.errors import NotFound
from matchmaker.evaluation.datasets import Dataset, Query
from matchmaker.profiles import Candidates, Ints, Need
from matchmaker.ranking import rank
from matchmaker.scoring.recency import RecentActivity
from matchmaker.scoring.weighting import Weighting

REFERENCE = Path(__file__).parents[2] / "seeds" / "reference"

Weights = Mapping[str, float]
Ranker = Callable[[Need, Candidates], Ints]
Track = Callable[[Iterable[Query]], Iterable[Query]]


@dataclass(frozen=True, slots=True)
class Answers:
    """For each query its candidates as organisation rows, best first, and the time they took."""

    ranked: tuple[Ints, ...]
    seconds: tuple[float, ...]


def read_preset(purpose: str, *, folder: Path = REFERENCE) -> dict[str, float]:
    """Component weights of the live preset for a purpose, as the reference tables have them."""
    presets = _read_csv(folder / "presets.csv")
    live = [row["code"] for row in presets if row["purpose"] == purpose and row["is_live"] == "true"]
    if not live:
        raise NotFound("preset", purpose)
    rows = _read_csv(folder / "preset_weights.csv")
    return {row["component"]: float(row["weight"]) for row in rows if row["preset_code"] == live[0]}


def engine_ranker(dataset: Dataset, weights: Weights | Weighting, *, top: int) -> Ranker:
    """The engine as people get it, asked for the data set's candidates alone.

    People get no score without evidence; a ranking file must answer every query, so whoever was active lately follows.
    """
    engine = Engine.fit(dataset.profiles)
    activity = RecentActivity().fit(dataset.profiles)

    def ranked(need: Need, candidates: Candidates) -> Ints:
        found = rank(engine, need, weights, top=top, among=candidates).candidates.organisation
        if len(found) == min(top, len(candidates)):
            return found
        others = candidates.take(~np.isin(candidates.organisation, found))
        active = np.nan_to_num(activity.score_candidates(need, others))
        behind = others.organisation[np.argsort(-active, kind="stable")]
        return np.concatenate([found, behind])[:top]

    return ranked


def replay(dataset: Dataset, ranker: Ranker, *, track: Track = lambda queries: queries) -> Answers:
    timed = [_timed(dataset, ranker, query) for query in track(dataset.queries)]
    return Answers(tuple(rows for rows, _ in timed), tuple(seconds for _, seconds in timed))


def _timed(dataset: Dataset, ranker: Ranker, query: Query) -> tuple[Ints, float]:
    start = time.perf_counter()
    rows = ranker(query.need, dataset.candidates_for(query.need))
    return rows, time.perf_counter() - start


def _read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def rows_of_answers(dataset: Dataset, answers: Answers) -> Iterator[tuple[str, str, int]]:
    """query, candidate, rank from 1."""
    ids = dataset.profiles.organisations.ids
    for query, ranked in zip(dataset.queries, answers.ranked, strict=True):
        for position, row in enumerate(ranked, start=1):
            yield query.id, ids[row].decode(), position
