"""Both variants, taught by the same lessons: the additive blend, and the trees that order the best of its list anew."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.engine import Engine
from matchmaker.evaluation.datasets import Dataset, Query, Source, without_outcome
from matchmaker.evaluation.lessons import (
    COMPONENTS,
    DEPTH,
    Lesson,
    Lessons,
    Watch,
    components_of,
    examples_of,
    first_order,
    score,
    taken,
)
from matchmaker.evaluation.replay import Ranker
from matchmaker.learning import additive
from matchmaker.learning.boosted import Boosted
from matchmaker.learning.calibration import calibrate
from matchmaker.learning.examples import Examples
from matchmaker.network import portraits
from matchmaker.network.past import Past, Timeline
from matchmaker.profiles import UNKNOWN, Candidates, Floats, Ints, Need, Organisations, Scores
from matchmaker.scoring.weighting import Weighting
from models.enums import ProjectKind

STRENGTH = 0.5  # thousands of outcomes need little help from the prior
# What the additive order adds to the score of the trees: a little steadies them.
STEADYING = 5.0


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """What was learned from `queries` earlier ones; `boosted` is taught when it is asked for."""

    additive: Weighting
    queries: int = 0
    boosted: Callable[[], Boosted] | None = None


def study(
    source: Source, exam: Dataset, prior: Weighting, *, until: int, watch: Watch = lambda queries: queries
) -> Learned:
    """What `source` teaches about answering `exam` from before the day `until`; the prior where nothing was asked.

    Whatever none of the exam's queries says, such as the amount of a round, no lesson says either.
    """
    blocks = Lessons.before(source, exam, until=until)
    if source.kind == ProjectKind.INVESTMENT and not any(_says_outcome(query) for query in exam.queries):
        blocks = Lessons(tuple(without_outcome(block) for block in blocks.blocks))
    names = COMPONENTS[source.kind]
    lessons = taken(blocks, names, prior, watch=watch)
    try:
        learned = learn(examples_of(names, lessons, [lesson.scores for lesson in lessons]), prior)
    except ValueError:
        return Learned(prior)
    return Learned(learned, len(lessons), lambda: boost(names, lessons))


def learn(examples: Examples, prior: Weighting, *, strength: float = STRENGTH) -> Weighting:
    """The additive blend that the examples teach, calibrated on them."""
    learned = additive.fit(examples, prior, strength=strength)
    order = additive.orders(learned, examples)
    return Weighting(learned.weights, learned.curves, calibrate(order, examples.outcome, examples.weight))


def boost(names: Sequence[str], lessons: Sequence[Lesson]) -> Boosted:
    """The trees, taught by what they see of the lessons."""
    seen = [
        see(lesson.past, lesson.organisations, lesson.need, lesson.organisation, lesson.scores) for lesson in lessons
    ]
    return Boosted.fit(examples_of((*names, *portraits.NAMES), lessons, seen))


def see(past: Past, organisations: Organisations, need: Need, candidates: Ints, scores: Scores | Floats) -> Floats:
    """What the trees see: the components' scores, and what is good or bad only together with something else."""
    drawn = portraits.portray(past, organisations, need, candidates)
    return np.column_stack([scores, drawn]).astype(np.float32)


def additive_ranker(dataset: Dataset, learned: Weighting, *, top: int) -> Ranker:
    """By the learned additive blend; whoever has no evidence stands behind, in the order of the rest."""
    names = tuple(name for name, weight in learned.weights.items() if weight > 0)
    components = components_of(Engine.fit(dataset.profiles), names)

    def ranked(need: Need, candidates: Candidates) -> Ints:
        order = best_first(first_order(names, learned, score(components, need, candidates)), top)
        return candidates.organisation[order]

    return ranked


def boosted_ranker(dataset: Dataset, learned: Weighting, trees: Boosted, *, top: int) -> Ranker:
    """By the boosted variant among the `DEPTH` best of the additive blend: whom it was taught to tell apart."""
    names = trees.names[: -len(portraits.NAMES)]
    components, timeline = components_of(Engine.fit(dataset.profiles), names), Timeline.of(dataset.profiles)

    def ranked(need: Need, candidates: Candidates) -> Ints:
        scores = score(components, need, candidates)
        order = first_order(names, learned, scores)
        listed = best_first(order, max(top, DEPTH))
        best = listed[:DEPTH]
        past = timeline.known_to(need)
        seen = see(past, dataset.profiles.organisations, need, candidates.organisation[best], scores[best])
        value = trees.score(seen) + STEADYING * order[best]
        again = best[np.argsort(-value, kind="stable")]
        return candidates.organisation[np.append(again, listed[DEPTH:])[:top]]

    return ranked


def best_first(order: Scores, top: int) -> NDArray[np.intp]:
    """The first `top` rows by what they are worth, equal ones as they stand; the others are not put in order."""
    worth = np.round(order, 9)
    least = np.partition(worth, -top)[-top] if top < len(worth) else -np.inf
    among = np.flatnonzero(worth >= least)
    return among[np.argsort(-worth[among], kind="stable")][:top]


def _says_outcome(query: Query) -> bool:
    return query.need.amount > 0 or query.need.stage != UNKNOWN
