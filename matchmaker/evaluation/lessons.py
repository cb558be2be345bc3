"""Learning from a public data set: what is asked of it before, so that it can be answered better now.

The last periods of the history are asked in turn, each held against what lies before it. So a lesson is as stale as the
exam: nobody can rely on what happened last week where the queries come months after the history ends.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from matchmaker.engine import Engine
from matchmaker.evaluation.datasets import Dataset, Query, Source, lesson_part
from matchmaker.learning.examples import Examples
from matchmaker.network.past import Past, Timeline
from matchmaker.profiles import Candidates, Floats, Ints, Need, Organisations, Scores
from matchmaker.scoring.base import Component
from matchmaker.scoring.blend import add_up, side_by_side
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
        *("syndicate_size", "rise"),
    ),
}
ENOUGH = 6_500  # queries; from 3,500 to 6,800 the set of investments still gained .004
SHORTEST, LONGEST = 183, 365  # days of one block
FURTHEST = 5 * 365
# A match that the prior would not have shown among so many teaches nothing about the first twenty.
DEPTH = 150

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


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """One earlier query: its `DEPTH` best candidates by the prior as all components see them, and who of them came."""

    need: Need
    past: Past
    organisations: Organisations
    organisation: Ints
    scores: Floats  # candidates x components
    came: Scores


def taken(
    lessons: Lessons, names: Sequence[str], prior: Weighting, *, watch: Watch = lambda queries: queries
) -> list[Lesson]:
    """The lessons that teach something: those of which somebody came who is among the best."""
    return [lesson for block in lessons.blocks for lesson in _taken_from(block, tuple(names), prior, watch)]


def _taken_from(block: Dataset, names: tuple[str, ...], prior: Weighting, watch: Watch) -> Iterator[Lesson]:
    components, timeline = components_of(Engine.fit(block.profiles), names), Timeline.of(block.profiles)
    everybody = block.profiles.organisations
    for query in watch(block.queries):
        candidates = block.candidates_for(query.need)
        scores = score(components, query.need, candidates)
        best = np.argsort(-first_order(names, prior, scores), kind="stable")[:DEPTH]
        organisation = candidates.organisation[best]
        came = np.isin(organisation, list(query.relevant)).astype(np.float64)
        if came.any():
            past, found = timeline.known_to(query.need), scores[best].astype(np.float32)
            yield Lesson(query.need, past, everybody, organisation, found, came)


def examples_of(names: Sequence[str], lessons: Sequence[Lesson], scores: Sequence[Floats]) -> Examples:
    """The lessons as rows, with `scores` for each of them. Raises ValueError without any."""
    if not lessons:
        raise ValueError("nothing was asked before")
    outcome = np.concatenate([lesson.came for lesson in lessons])
    query = np.repeat(np.arange(len(lessons)), [len(lesson.came) for lesson in lessons])
    return Examples(tuple(names), np.concatenate(scores), outcome, query, np.ones(len(outcome)))


def components_of(engine: Engine, names: Sequence[str]) -> list[Component]:
    by_name = {component.name: component for component in engine.components}
    return [by_name[name] for name in names]


def score(components: Sequence[Component], need: Need, candidates: Candidates) -> Scores:
    """Candidates x components."""
    return side_by_side([component.score_candidates(need, candidates) for component in components])


def first_order(names: tuple[str, ...], weighting: Weighting, scores: Scores) -> Scores:
    counting = [k for k, name in enumerate(names) if weighting.weights.get(name, 0) > 0]
    evident = np.ones(len(counting), bool)
    return add_up(tuple(names[k] for k in counting), weighting, scores[:, counting], evident).order
