"""Both variants, taught by the same lessons: the additive blend, and the trees that look at its list a second time."""

from collections.abc import Callable, Mapping, Sequence
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
from matchmaker.network.company import Company
from matchmaker.network.past import Past, Timeline
from matchmaker.profiles import UNKNOWN, Candidates, Ints, Need, Scores
from matchmaker.scoring.weighting import Weighting
from models.enums import ProjectKind

STRENGTH = 0.5  # thousands of outcomes need little help from the prior
# What the additive order adds to the score of the trees: a little steadies them.
STEADYING = 5.0
# What some of the trees see besides the components' scores.
COMPANY = ("company_of_theirs", "company_of_both", "company_of_own", "company_of_any", "company_by_share")
SECOND_LOOK = ("order", *COMPANY)
# What the trees of each kind see of that: a forest pair a view. Of consortia the order tells them nothing new.
VIEWS: Mapping[ProjectKind, tuple[tuple[str, ...], ...]] = {
    ProjectKind.CONSORTIUM: ((), COMPANY),
    ProjectKind.INVESTMENT: ((), COMPANY, SECOND_LOOK),
}


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
    return Learned(learned, len(lessons), lambda: boost(names, lessons, learned, views=VIEWS[source.kind]))


def learn(examples: Examples, prior: Weighting, *, strength: float = STRENGTH) -> Weighting:
    """The additive blend that the examples teach, calibrated on them."""
    learned = additive.fit(examples, prior, strength=strength)
    order = additive.orders(learned, examples)
    return Weighting(learned.weights, learned.curves, calibrate(order, examples.outcome, examples.weight))


def boost(
    names: Sequence[str], lessons: Sequence[Lesson], learned: Weighting, *, views: Sequence[Sequence[str]]
) -> Boosted:
    """The trees, taught by the lists of the lessons as they see them at the second look.

    Each view is what some of them see besides the components. One is the best on some set and the worst on another;
    their mean is never far behind the best.
    """
    seen = [look_again(names, learned, lesson.past, lesson.organisation, lesson.scores) for lesson in lessons]
    examples = examples_of((*names, *SECOND_LOOK), lessons, seen)
    return Boosted.fit(examples, views=[(*names, *view) for view in views])


def look_again(names: Sequence[str], learned: Weighting, past: Past, organisations: Ints, scores: Scores) -> Scores:
    """The scores of a list with what no component can tell of one candidate: how it stands among the others.

    A tree sees one candidate at a time, so it is told where the blend puts it, and what company it has in those whom
    the blend expects (`matchmaker.network.company`).
    """
    order = first_order(tuple(names), learned, scores)
    company = Company.among(past, organisations).beside(np.nan_to_num(learned.chance(order)))
    return np.column_stack([scores, order, company]).astype(np.float32)


def additive_ranker(dataset: Dataset, learned: Weighting, *, top: int) -> Ranker:
    """By the learned additive blend; whoever has no evidence stands behind, in the order of the rest."""
    names = tuple(name for name, weight in learned.weights.items() if weight > 0)
    components = components_of(Engine.fit(dataset.profiles), names)

    def ranked(need: Need, candidates: Candidates) -> Ints:
        order = _by_blend(names, learned, score(components, need, candidates))
        return candidates.organisation[order[:top]]

    return ranked


def boosted_ranker(dataset: Dataset, learned: Weighting, trees: Boosted, *, top: int) -> Ranker:
    """By the boosted variant among the `DEPTH` best of the additive blend: whom it was taught to tell apart."""
    names = trees.names[: -len(SECOND_LOOK)]
    components, timeline = components_of(Engine.fit(dataset.profiles), names), Timeline.of(dataset.profiles)

    def ranked(need: Need, candidates: Candidates) -> Ints:
        scores = score(components, need, candidates)
        order = _by_blend(names, learned, scores)
        best = order[:DEPTH]
        past = timeline.known_to(need)
        seen = look_again(names, learned, past, candidates.organisation[best], scores[best])
        value = trees.score(seen) + STEADYING * seen[:, len(names)]
        again = best[np.argsort(-value, kind="stable")]
        return candidates.organisation[np.append(again, order[DEPTH:])[:top]]

    return ranked


def _by_blend(names: tuple[str, ...], learned: Weighting, scores: Scores) -> NDArray[np.intp]:
    return np.argsort(-np.round(first_order(names, learned, scores), 9), kind="stable")


def _says_outcome(query: Query) -> bool:
    return query.need.amount > 0 or query.need.stage != UNKNOWN
