"""Composing the teams of past projects: does it cover more of who did team up than the first of a list?

Both get the same ranking and the same number of places. The list takes the first; the composer takes the team that is
worth most when members who have worked together on like things count for more, and proves it. How much a pair counts is
chosen on queries from before the exam, so nothing of the exam's own outcomes is used.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from matchmaker.consortium.instance import Capabilities, Instance, Rule, Team
from matchmaker.consortium.past_pairs import PastPairs, past_pairs
from matchmaker.consortium.prove import prove
from matchmaker.consortium.search import search
from matchmaker.engine import Engine
from matchmaker.evaluation.bench import findable
from matchmaker.evaluation.bootstrap import Comparison, paired_bootstrap
from matchmaker.evaluation.datasets import Dataset, Query
from matchmaker.evaluation.metrics import Estimate, Values
from matchmaker.network.past import Timeline
from matchmaker.network.similar import joint_projects_like
from matchmaker.profiles import Ints, Profiles, Scores
from matchmaker.ranking import rank
from matchmaker.scoring.weighting import Weighting

POOL = 100  # candidates of one team: nobody further down has been in a list's first places
SHARES = (0.0, 0.25, 0.5, 1.0)  # what a close pair is worth, in standard deviations of the list's order
HALF_LIFE_YEARS = 3.0
SEARCH_SECONDS, PROOF_SECONDS = 0.05, 5.0

Watch = Callable[[Sequence[Query]], Iterable[Query]]


class Places(StrEnum):
    """How many members a team has beside the lead. Both the list and the composer get as many."""

    USUAL = "as usual"  # the median of earlier projects, weighted by how like they are
    AS_IT_WAS = "as it was"  # told to both: as many as are to be found


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """One query: its best candidates, best first, with who is to be found among all."""

    order: Scores
    pairs: PastPairs
    is_partner: np.ndarray
    partners: int
    usual: int

    def places(self, way: Places) -> int:
        return min(self.partners if way is Places.AS_IT_WAS else self.usual, len(self.order))


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One ranking: what share of the partners its list and its composed teams cover, query by query."""

    label: str
    way: Places
    share: float
    of_list: Values
    of_team: Values
    proved: float  # share of the teams

    @property
    def means(self) -> tuple[Estimate, Estimate]:
        return Estimate.of(self.of_list), Estimate.of(self.of_team)

    @property
    def compared(self) -> Comparison:
        return paired_bootstrap(self.of_team, self.of_list)


def put(dataset: Dataset, weighting: Weighting, *, watch: Watch = lambda queries: queries) -> list[Asked]:
    """The queries of a data set that have anybody to be found, as this weighting ranks their candidates."""
    engine = Engine.fit(dataset.profiles)
    pool = frozenset(dataset.pool.organisation.tolist())
    return [
        _put(dataset, engine, weighting, query, wanted)
        for query in watch(dataset.queries)
        if (wanted := findable(query, pool))
    ]


def _put(dataset: Dataset, engine: Engine, weighting: Weighting, query: Query, wanted: frozenset[int]) -> Asked:
    ranked = rank(engine, query.need, weighting, top=POOL, among=dataset.candidates_for(query.need))
    found: Ints = ranked.candidates.organisation
    return Asked(
        order=ranked.blend.order,
        pairs=past_pairs(dataset.profiles, query.need, found),
        is_partner=np.isin(found, list(wanted)),
        partners=len(wanted),
        usual=usual_places(dataset.profiles, query),
    )


def usual_places(profiles: Profiles, query: Query) -> int:
    """Members beside the lead in the earlier projects that are like the query: their weighted median."""
    past = Timeline.of(profiles).known_to(query.need)
    weight = joint_projects_like(past, query.need, half_life_years=HALF_LIFE_YEARS)
    if not weight.any():
        return 5
    by_size = np.argsort(past.sizes, kind="stable")
    half = np.searchsorted(np.cumsum(weight[by_size]), weight.sum() / 2)
    return max(1, int(past.sizes[by_size[half]]) - 1)


def compose(asked: Asked, places: int, share: float) -> tuple[Team, bool]:
    """The team of so many places that is worth most, and whether that is proved."""
    instance = instance_of(asked, places, share)
    first = Team(np.arange(places), float(instance.value[:places].sum()))
    if share == 0 or not len(instance.pairs):
        return first, True
    start = search(instance, seed=0, seconds=SEARCH_SECONDS) or first
    proof = prove(instance, start=start, seconds=PROOF_SECONDS)
    return proof.team or start, proof.is_proved


def instance_of(asked: Asked, places: int, share: float) -> Instance:
    """Worth of a member: its place in the order, in standard deviations of the list; of a pair: share x closeness."""
    spread = float(asked.order.std()) or 1.0
    n, none = len(asked.order), np.empty(0)
    nothing = Capabilities((), np.empty((n, 0), np.int8), np.empty(0, np.int8), none, np.empty(0, bool), none, none)
    return Instance(
        value=(asked.order - asked.order.mean()) / spread,
        capabilities=nothing,
        rules=(Rule("size", np.ones(n), low=float(places), high=float(places)),),
        pairs=asked.pairs.pairs,
        worth=share * asked.pairs.closeness,
    )


def measure(label: str, queries: Sequence[Asked], way: Places, share: float) -> Line:
    """Coverage: the share of the partners that may be found who are in the team, or among the list's first."""
    listed, composed, proved = [], [], []
    for asked in queries:
        places = asked.places(way)
        team, is_proved = compose(asked, places, share)
        listed.append(asked.is_partner[:places].sum() / asked.partners)
        composed.append(asked.is_partner[team.members].sum() / asked.partners)
        proved.append(is_proved)
    return Line(label, way, share, np.array(listed), np.array(composed), float(np.mean(proved)))


def best_share(lessons: Sequence[Asked], way: Places) -> float:
    """What a pair is worth, by queries from before the exam; 0 where pairs did not help there."""
    lines = [measure("", lessons, way, share) for share in SHARES]
    return max(lines, key=lambda line: (round(float(line.of_team.mean()), 6), -line.share)).share


def sample(dataset: Dataset, queries: int | None) -> Dataset:
    """So many queries of a data set, evenly spread."""
    if queries is None or queries >= len(dataset.queries):
        return dataset
    rows = np.unique(np.linspace(0, len(dataset.queries) - 1, queries).round().astype(int))
    return replace(dataset, queries=tuple(dataset.queries[row] for row in rows))
