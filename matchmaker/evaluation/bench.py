"""The engine beside simple rankings and peers, on the validation part of a data set, in one run."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from matchmaker.evaluation.bootstrap import Comparison, paired_bootstrap
from matchmaker.evaluation.contestants import DEPTH, Contestant, Field, of_the_house
from matchmaker.evaluation.datasets import Dataset, Query, read_source, validation_part
from matchmaker.evaluation.inspection import Inspection, inspect
from matchmaker.evaluation.metrics import (
    Estimate,
    Ranked,
    Values,
    catalogue_coverage,
    exposures,
    gini,
    mark_hits,
    ndcg_at,
    recall_at,
    reciprocal_rank,
)
from matchmaker.evaluation.replay import Answers, Track, replay
from matchmaker.evaluation.slices import Asker, Slice, askers, narrow, read_small_firms

RECALL = "recall@20"
MEASURES = (RECALL, "recall@100", "MRR", "nDCG@20")
SHOWN = 20
INSPECTED = 100  # queries; enough for two digits of what is printed


@dataclass(frozen=True, slots=True, eq=False)
class Exam:
    """The queries of a data set with who is to be found, as a whole and for each slice."""

    dataset: Dataset
    relevant: tuple[frozenset[int], ...]
    slices: Mapping[Slice, tuple[frozenset[int], ...]]
    askers: tuple[Asker, ...]

    def queries_with(self, part: Slice) -> int:
        """Queries that have anybody of that slice to find."""
        return sum(bool(rows) for rows in self.slices[part])


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One row of the tables: how well a ranking found who did team up."""

    label: str
    values: Mapping[str, Values]  # of each query, by measure; recall@20 by slice
    milliseconds: float  # median per query
    coverage: float  # share of all candidates that it shows to anybody, 20 at a time
    exposure_gini: float
    inspection: Inspection | None = None

    @property
    def queries(self) -> int:
        return len(self.values[RECALL])

    def mean(self, measure: str) -> Estimate:
        return Estimate.of(self.values[measure])

    def against(self, other: "Line", measure: str = RECALL) -> Comparison:
        return paired_bootstrap(self.values[measure], other.values[measure])


def read_exam(
    folder: Path, *, queries: int | None = None, field: Field = of_the_house
) -> tuple[Exam, list[Contestant]]:
    """The validation part of the data set in `folder`, and who takes part; of the queries `queries` evenly spread."""
    source = read_source(folder)
    dataset = _sample(validation_part(source), queries)
    pool = frozenset(dataset.pool.organisation.tolist())
    relevant = tuple(findable(query, pool) for query in dataset.queries)
    slices = narrow(dataset, relevant, small=read_small_firms(folder))
    exam = Exam(dataset, relevant, slices, askers(dataset))
    return exam, list(field(source, dataset))


def run(
    exam: Exam, contestants: Sequence[Contestant], *, track: Callable[[str], Track] = lambda _: iter
) -> Iterator[Line]:
    """The lines of the tables as they come; `track` watches each contestant's progress."""
    for contestant in contestants:
        watched = track(contestant.label)
        answers = replay(contestant.dataset, contestant.ranker(), track=watched)
        yield replace(measure(contestant.label, exam, answers), inspection=_inspection(exam, contestant))


def measure(label: str, exam: Exam, answers: Answers) -> Line:
    """Recall counts the relevant organisations that may be ranked; whoever was unknown before cannot be found."""
    pool = exam.dataset.pool.organisation
    hits = mark_hits(answers.ranked, exam.relevant, depth=DEPTH)
    wanted = _sizes(exam.relevant)
    values = {
        RECALL: recall_at(hits, wanted, 20),
        "recall@100": recall_at(hits, wanted, DEPTH),
        "MRR": reciprocal_rank(hits),
        "nDCG@20": ndcg_at(hits, wanted, 20),
    }
    return Line(
        label,
        {**values, **{part: _slice_recall(answers.ranked, rows) for part, rows in exam.slices.items()}},
        1000 * float(np.median(answers.seconds)),
        catalogue_coverage(answers.ranked, len(pool), SHOWN),
        gini(exposures(answers.ranked, pool, SHOWN)),
    )


def findable(query: Query, pool: frozenset[int]) -> frozenset[int]:
    return query.relevant & pool - query.need.excluded - {query.need.organisation}


def _slice_recall(ranked: Ranked, relevant: Sequence[frozenset[int]]) -> Values:
    return recall_at(mark_hits(ranked, relevant, depth=20), _sizes(relevant), 20)


def _sizes(relevant: Sequence[frozenset[int]]) -> np.ndarray:
    return np.array([len(rows) for rows in relevant], np.int64)


def _inspection(exam: Exam, contestant: Contestant) -> Inspection | None:
    if contestant.weighting is None:
        return None
    rows = _spread(len(exam.relevant), INSPECTED)
    asked = replace(contestant.dataset, queries=tuple(contestant.dataset.queries[row] for row in rows))
    return inspect(asked, [exam.relevant[row] for row in rows], contestant.weighting())


def _sample(dataset: Dataset, queries: int | None) -> Dataset:
    if queries is None:
        return dataset
    rows = _spread(len(dataset.queries), queries)
    return replace(dataset, queries=tuple(dataset.queries[row] for row in rows))


def _spread(length: int, most: int) -> list[int]:
    """At most so many whole numbers below `length`, evenly spread."""
    return np.unique(np.linspace(0, length - 1, min(length, most)).round().astype(int)).tolist()
