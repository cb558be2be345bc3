"""Who is measured against whom: one line each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property, partial

from matchmaker.evaluation.baselines import (
    Collaborators,
    ItemNeighbours,
    Score,
    component_ranker,
    popularity,
    ranker_of,
    tfidf,
)
from matchmaker.evaluation.datasets import Dataset, Source, without_outcome
from matchmaker.evaluation.learned import Learned, additive_ranker, boosted_ranker, study
from matchmaker.evaluation.replay import Ranker, Weights, engine_ranker, read_preset
from matchmaker.scoring.walk import CollaborationWalk
from matchmaker.scoring.weighting import Weighting
from models.enums import ProjectKind

DEPTH = 100
# The presets measured for each kind of data set; the first is the one that `matchmaker rank` answers with.
PURPOSES = {ProjectKind.CONSORTIUM: ("partners_by_record", "partners"), ProjectKind.INVESTMENT: ("investors",)}
BLIND = ", no amount, stage"


@dataclass(frozen=True, slots=True, eq=False)
class Contestant:
    """A ranking under its name. `ranker` is made when its turn comes, so that training may take its time there."""

    label: str
    dataset: Dataset  # how the queries are put to it
    ranker: Callable[[], Ranker]
    weighting: Callable[[], Weighting] | None = None  # where the engine ranks: looked at more closely


Field = Callable[[Source, Dataset], Iterator[Contestant]]


def of_the_house(source: Source, dataset: Dataset) -> Iterator[Contestant]:
    """The engine as it answers now comes first: all others are compared with it."""
    yield from learned(source, dataset)
    for purpose in PURPOSES[source.kind]:
        yield from engine(f"Matchmaker ({purpose})", source, dataset, _preset(purpose))
    yield from baselines(dataset)


def learned(source: Source, dataset: Dataset) -> Iterator[Contestant]:
    """Weights learned from what the set asked before its exam, and the boosted variant, both taught when first asked.

    Of investments again without what is known only once a round is closed, taught without it too.
    """
    exams = [("", dataset)]
    if source.kind == ProjectKind.INVESTMENT:
        exams.append((BLIND, without_outcome(dataset)))
    for suffix, exam in exams:
        taught = _Taught(source, exam)
        yield Contestant(f"Matchmaker, learned{suffix}", exam, taught.additive, taught.weighting)
        yield Contestant(f"boosted variant{suffix}", exam, taught.boosted)


class _Taught:
    """Both variants from one study, which is made when the first of them is asked."""

    def __init__(self, source: Source, exam: Dataset) -> None:
        self._source, self._exam = source, exam

    @cached_property
    def _learned(self) -> Learned:
        prior = Weighting(read_preset(PURPOSES[self._source.kind][0]))
        first = min(query.need.day for query in self._exam.queries)
        return study(self._source, self._exam, prior, until=first)

    def weighting(self) -> Weighting:
        return self._learned.additive

    def additive(self) -> Ranker:
        return additive_ranker(self._exam, self._learned.additive, top=DEPTH)

    def boosted(self) -> Ranker:
        trees = self._learned.boosted
        return (
            self.additive() if trees is None else boosted_ranker(self._exam, self._learned.additive, trees(), top=DEPTH)
        )


def by_weights(weights: Weights) -> Field:
    """The engine with weights given by hand, before everybody else."""

    def field(source: Source, dataset: Dataset) -> Iterator[Contestant]:
        yield from engine("Matchmaker (weights given)", source, dataset, lambda: Weighting(weights))
        yield from of_the_house(source, dataset)

    return field


def with_peers(field: Field) -> Field:
    """The same field and the public libraries."""

    def wider(source: Source, dataset: Dataset) -> Iterator[Contestant]:
        yield from field(source, dataset)
        yield from peers(dataset)

    return wider


def engine(label: str, source: Source, dataset: Dataset, weighting: Callable[[], Weighting]) -> Iterator[Contestant]:
    """The engine under a weighting; investments also without what is known only once a round is closed.

    A weighting that has to be learned first is learned once for all of them.
    """
    made = cache(weighting)
    yield _by_engine(label, dataset, made)
    if source.kind == ProjectKind.INVESTMENT:
        yield _by_engine(label + BLIND, without_outcome(dataset), made)


def baselines(dataset: Dataset) -> Iterator[Contestant]:
    yield _by_score("popularity", dataset, lambda: popularity)
    yield _by_score("past partners, field, area", dataset, lambda: Collaborators(dataset))
    walk = partial(component_ranker, dataset, CollaborationWalk(), top=DEPTH)
    yield Contestant("PageRank alone", dataset, walk)
    yield _by_score("TF-IDF alone", dataset, lambda: tfidf)
    yield _by_score("item-kNN", dataset, ItemNeighbours)


def peers(dataset: Dataset) -> Iterator[Contestant]:
    """They are made at once, so that a library that is missing is told of before anything is measured."""
    from matchmaker.evaluation.peers import AlternatingLeastSquares, BayesianPersonalisedRanking

    least_squares, bayesian = AlternatingLeastSquares(), BayesianPersonalisedRanking()
    yield _by_score("implicit ALS", dataset, lambda: least_squares)
    yield _by_score("implicit BPR", dataset, lambda: bayesian)


def _by_engine(label: str, dataset: Dataset, weighting: Callable[[], Weighting]) -> Contestant:
    return Contestant(label, dataset, lambda: engine_ranker(dataset, weighting(), top=DEPTH), weighting)


def _by_score(label: str, dataset: Dataset, score: Callable[[], Score]) -> Contestant:
    return Contestant(label, dataset, lambda: ranker_of(dataset, score(), top=DEPTH))


def _preset(purpose: str) -> Callable[[], Weighting]:
    return lambda: Weighting(read_preset(purpose))
