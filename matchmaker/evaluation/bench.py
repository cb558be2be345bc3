"""The engine beside simple rankings, on the validation part of a data set, in one run."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from matchmaker.evaluation.baselines import Collaborators, Popularity
from matchmaker.evaluation.datasets import Dataset, Query, read_source, validation_part, without_outcome
from matchmaker.evaluation.metrics import Estimate, mark_hits, ndcg_at, recall_at, reciprocal_rank
from matchmaker.evaluation.replay import (
    Answers,
    Ranker,
    Track,
    Weights,
    engine_ranker,
    read_preset,
    replay,
    score_ranker,
)
from models.enums import ProjectKind

DEPTH = 100
# The presets measured for each kind of data set; the first is the one that `matchmaker rank` answers with.
PURPOSES = {ProjectKind.CONSORTIUM: ("partners_by_record", "partners"), ProjectKind.INVESTMENT: ("investors",)}


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table: how well a ranking found who did team up."""

    label: str
    queries: int
    recall_20: Estimate
    recall_100: Estimate
    mrr: Estimate
    ndcg_20: Estimate
    milliseconds: float  # median per query


@dataclass(frozen=True, slots=True)
class Contestant:
    label: str
    dataset: Dataset
    ranker: Callable[[], Ranker]


def quality(
    folder: Path, *, track: Callable[[str], Track] = lambda _: iter, weights: Weights | None = None
) -> Iterator[Line]:
    """The lines of the table as they come; `track` watches each contestant's progress."""
    source = read_source(folder)
    dataset = validation_part(source)
    presets = {"weights given": weights} if weights else {p: read_preset(p) for p in PURPOSES[source.kind]}
    for contestant in [*_baselines(dataset), *_engines(source.kind, dataset, presets)]:
        answers = replay(contestant.dataset, contestant.ranker(), track=track(contestant.label))
        yield measure(contestant.label, contestant.dataset, answers)


def measure(label: str, dataset: Dataset, answers: Answers) -> Line:
    """Recall counts the relevant organisations that may be ranked; whoever was unknown before cannot be found."""
    pool = frozenset(dataset.pool.organisation.tolist())
    relevant = [findable(query, pool) for query in dataset.queries]
    wanted = np.array([len(rows) for rows in relevant])
    hits = mark_hits(answers.ranked, relevant, depth=DEPTH)
    return Line(
        label,
        len(relevant),
        Estimate.of(recall_at(hits, wanted, 20)),
        Estimate.of(recall_at(hits, wanted, DEPTH)),
        Estimate.of(reciprocal_rank(hits)),
        Estimate.of(ndcg_at(hits, wanted, 20)),
        1000 * float(np.median(answers.seconds)),
    )


def findable(query: Query, pool: frozenset[int]) -> frozenset[int]:
    return query.relevant & pool - query.need.excluded - {query.need.organisation}


def _baselines(dataset: Dataset) -> Iterator[Contestant]:
    yield Contestant("popularity", dataset, lambda: score_ranker(Popularity(dataset), top=DEPTH))
    yield Contestant("past partners, field, area", dataset, lambda: score_ranker(Collaborators(dataset), top=DEPTH))


def _engines(kind: ProjectKind, dataset: Dataset, presets: Mapping[str, Weights]) -> Iterator[Contestant]:
    for name, weights in presets.items():
        yield Contestant(f"matchmaker ({name})", dataset, partial(engine_ranker, dataset, weights, top=DEPTH))
        if kind == ProjectKind.INVESTMENT:
            blind = without_outcome(dataset)
            label = f"matchmaker ({name}), no amount, stage"
            yield Contestant(label, blind, partial(engine_ranker, blind, weights, top=DEPTH))
