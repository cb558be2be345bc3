"""Learning from a public data set: what is asked of it before, so that it can be answered better now.

The last periods of the history are asked in turn, each held against what lies before it. So a lesson is as stale as the
exam: nobody can rely on what happened last week where the queries come months after the history ends.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from matchmaker.engine import Engine
from matchmaker.evaluation.datasets import Dataset, Query, Source, lesson_part, without_outcome
from matchmaker.evaluation.replay import Ranker
from matchmaker.learning import additive
from matchmaker.learning.boosted import Boosted
from matchmaker.learning.calibration import calibrate
from matchmaker.learning.examples import Examples
from matchmaker.profiles import UNKNOWN, Candidates, Ints, Need, Scores
from matchmaker.scoring.base import Component
from matchmaker.scoring.blend import add_up
from matchmaker.scoring.weighting import Weighting
from models.enums import ProjectKind

# By which components the data sets of each kind are answered: those that can tell something from a record alone.
COMPONENTS: Mapping[ProjectKind, tuple[str, ...]] = {
    ProjectKind.CONSORTIUM: (
        *("walk", "walk_follow_up", "walk_circle", "ties", "ties_in_field", "partners_in_field", "common_partners"),
        *(
            "joined_asker",
            "like_partners",
            "similar_consortia",
            "track_record",
            "area_pair",
            "area_in_field",
            "kind_mix",
            "place",
        ),
        *("district", "length", "recency"),
    ),
    ProjectKind.INVESTMENT: (
        *("track_record", "ties", "walk", "amount", "place", "recency"),
        *("round_habit", "round_activity", "deal_volume", "stage", "startup_age", "turn"),
        *("deal_walk", "backers", "followers", "deal_region", "deal_state", "deal_country", "field_activity", "taste"),
    ),
}
ENOUGH = 6_500  # queries; from 3,500 to 6,800 the set of investments still gained .004
SHORTEST, LONGEST = 183, 365  # days of one block
FURTHEST = 5 * 365
# A match that the prior would not have shown among so many teaches nothing about the first twenty.
DEPTH = 150
STRENGTH = 0.5  # thousands of outcomes need little help from the prior
RERANKED = 200
# What the additive order adds to the score of the trees: a little steadies them.
STEADYING = 5.0

Watch = Callable[[Sequence[Query]], Iterable[Query]]


@dataclass(frozen=True, slots=True)
class Lessons:
    """Blocks of earlier queries with their answers, the earliest first."""

    blocks: tuple[Dataset, ...]

    @classmethod
    def before(cls, source: Source, exam: Dataset, *, until: int) -> "Lessons":
        """What `source` can ask before the day `until`, in blocks as long as the exam, at most a year each."""
        days = [query.need.day for query in exam.queries]
        span = int(np.clip(max(days, default=until) - until, SHORTEST, LONGEST))
        blocks: list[Dataset] = []
        end = until
        while sum(len(block.queries) for block in blocks) < ENOUGH and end > until - FURTHEST:
            block = lesson_part(source, end - span, end)
            if block.queries:
                blocks.append(block)
            end -= span
        return cls(tuple(reversed(blocks)))

    @property
    def queries(self) -> int:
        return sum(len(block.queries) for block in self.blocks)


def examples_of(
    lessons: Lessons, names: Sequence[str], prior: Weighting, *, watch: Watch = lambda queries: queries
) -> Examples:
    """Each query's `DEPTH` best candidates by the prior, as all components see them. Raises ValueError without any."""
    parts = [part for block in lessons.blocks for part in _block_examples(block, tuple(names), prior, watch)]
    if not parts:
        raise ValueError("nothing was asked before")
    scores, outcome = (np.concatenate(column) for column in zip(*parts, strict=True))
    query = np.repeat(np.arange(len(parts)), [len(came) for _, came in parts])
    return Examples(tuple(names), scores, outcome, query, np.ones(len(outcome)))


def _block_examples(
    block: Dataset, names: tuple[str, ...], prior: Weighting, watch: Watch
) -> Iterator[tuple[Scores, Scores]]:
    components = components_of(Engine.fit(block.profiles), names)
    for query in watch(block.queries):
        candidates = block.candidates_for(query.need)
        scores = score(components, query.need, candidates)
        best = np.argsort(-first_order(names, prior, scores), kind="stable")[:DEPTH]
        came = np.isin(candidates.organisation[best], list(query.relevant)).astype(np.float64)
        if came.any():
            yield scores[best].astype(np.float32), came


def components_of(engine: Engine, names: Sequence[str]) -> list[Component]:
    by_name = {component.name: component for component in engine.components}
    return [by_name[name] for name in names]


def score(components: Sequence[Component], need: Need, candidates: Candidates) -> Scores:
    """Candidates x components."""
    return np.stack([component.score_candidates(need, candidates) for component in components], axis=1)


def first_order(names: tuple[str, ...], weighting: Weighting, scores: Scores) -> Scores:
    counting = [k for k, name in enumerate(names) if weighting.weights.get(name, 0) > 0]
    evident = np.ones(len(counting), bool)
    return add_up(tuple(names[k] for k in counting), weighting, scores[:, counting], evident).order


def learn(examples: Examples, prior: Weighting, *, strength: float = STRENGTH) -> Weighting:
    """The additive blend that the examples teach, calibrated on them."""
    learned = additive.fit(examples, prior, strength=strength)
    order = additive.orders(learned, examples)
    return Weighting(learned.weights, learned.curves, calibrate(order, examples.outcome, examples.weight))


def additive_ranker(dataset: Dataset, learned: Weighting, *, top: int) -> Ranker:
    """By the learned additive blend; whoever has no evidence stands behind, in the order of the rest."""
    counting = tuple(name for name, weight in learned.weights.items() if weight > 0)
    return _ranker(dataset, counting, learned, top=top)


def boosted_ranker(dataset: Dataset, learned: Weighting, trees: Boosted, *, top: int) -> Ranker:
    """By the boosted variant among the `RERANKED` best of the additive blend: whom it was taught to tell apart."""
    return _ranker(dataset, trees.names, learned, top=top, trees=trees)


def _ranker(
    dataset: Dataset, names: tuple[str, ...], learned: Weighting, *, top: int, trees: Boosted | None = None
) -> Ranker:
    components = components_of(Engine.fit(dataset.profiles), names)

    def ranked(need: Need, candidates: Candidates) -> Ints:
        scores = score(components, need, candidates)
        value = np.round(first_order(names, learned, scores), 9)
        order = np.argsort(-value, kind="stable")
        if trees is not None:
            first = order[:RERANKED]
            boosted = trees.score(scores[first]) + STEADYING * value[first]
            order[:RERANKED] = first[np.argsort(-boosted, kind="stable")]
        return candidates.organisation[order[:top]]

    return ranked


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """Both variants, taught by the same examples."""

    additive: Weighting
    queries: int = 0
    boosted: Callable[[], Boosted] | None = None


def study(
    source: Source, exam: Dataset, prior: Weighting, *, until: int, watch: Watch = lambda queries: queries
) -> Learned:
    """What `source` teaches about answering `exam` from before the day `until`; the prior where nothing was asked.

    Whatever none of the exam's queries says, such as the amount of a round, no lesson says either.
    """
    lessons = Lessons.before(source, exam, until=until)
    if source.kind == ProjectKind.INVESTMENT and not any(_says_outcome(query) for query in exam.queries):
        lessons = Lessons(tuple(without_outcome(block) for block in lessons.blocks))
    names = COMPONENTS[source.kind]
    try:
        examples = examples_of(lessons, names, prior, watch=watch)
        learned = learn(examples, prior)
    except ValueError:
        return Learned(prior)
    return Learned(learned, examples.queries, lambda: Boosted.fit(examples))


def _says_outcome(query: Query) -> bool:
    return query.need.amount > 0 or query.need.stage != UNKNOWN
