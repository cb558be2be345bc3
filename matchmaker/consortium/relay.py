"""From the lab to production: the cheapest and the fastest way of a technology over those who can take it further.

A station takes a technology from one readiness level to another, on one hop of the way (lab, concept proof, pilot base,
scene, production). A way begins at the level of today, goes from station to station without going back a hop, and ends
at the level that is wanted. Where nobody can take it further there is a gap. Ways with fewer missing levels come first,
then those with fewer stations that only do something near to what is needed. What a station costs and how long it takes
may be unknown; an unknown is counted, never filled in, and a way whose figures are known comes before one that only
looks cheap because it does not say.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from matchmaker.profiles import UNKNOWN, Ints, Mask, Scores

# Columns of what a way costs.
UNPRICED, MONEY, UNTIMED, MONTHS = range(4)
CHEAPEST_FIRST = (UNPRICED, MONEY, UNTIMED, MONTHS)
FASTEST_FIRST = (UNTIMED, MONTHS, UNPRICED, MONEY)
# How many ways are kept at one place: more than a person compares, and a bound on the work.
MOST_WAYS = 400


@dataclass(frozen=True, slots=True, eq=False)
class Stations:
    """Columns of those who could take a technology further; unknown levels are UNKNOWN, unknown figures NaN."""

    hop: Ints  # row of the hops
    trl_in: Ints
    trl_out: Ints
    months: Scores
    money: Scores  # CNY
    closeness: Scores  # of what it can do to what is needed, in [0, 1]
    is_open: Mask  # to the one who asks

    def __len__(self) -> int:
        return len(self.hop)

    def are_usable(self, *, least_closeness: float) -> Mask:
        known = (self.trl_in != UNKNOWN) & (self.trl_out > self.trl_in)
        return known & self.is_open & (self.closeness >= least_closeness)

    def costs(self) -> Scores:
        """n x 4: what each station adds to a way."""
        columns = [np.isnan(self.money), np.nan_to_num(self.money), np.isnan(self.months), np.nan_to_num(self.months)]
        return np.stack(columns, axis=1).astype(float)


@dataclass(frozen=True, slots=True)
class Fitness:
    """From which closeness on a station can be taken at all, and from which it does the very thing."""

    near: float
    close: float


@dataclass(frozen=True, slots=True)
class HopRange:
    """The readiness levels between which a hop lies."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Leg:
    """One hand-over: from level to level by a station, or by nobody (`station` UNKNOWN)."""

    hop: int
    station: int
    trl_from: int
    trl_to: int

    @property
    def is_missing(self) -> bool:
        return self.station == UNKNOWN


@dataclass(frozen=True, slots=True)
class Way:
    """`money` and `months` sum what is known: with `unpriced` or `untimed` legs they are lower bounds."""

    legs: tuple[Leg, ...]
    money: float
    months: float
    unpriced: int
    untimed: int
    missing_levels: int
    near: int  # stations that do something near to what is needed, not the thing itself


@dataclass(frozen=True, slots=True)
class Miss:
    """Who comes nearest to closing a gap, and by what it misses; what is met is 0 or False."""

    station: int
    starts_too_high_by: int
    ends_too_low_by: int
    lacks_closeness: float
    is_closed: bool
    is_range_unknown: bool

    @property
    def total(self) -> float:
        levels = self.starts_too_high_by + self.ends_too_low_by + 2 * self.is_range_unknown
        return levels + self.lacks_closeness + self.is_closed


@dataclass(frozen=True, slots=True)
class _Label:
    """How a level was reached: the leg, and the label before it."""

    lacks: tuple[int, int]  # missing levels, stations that are only near
    cost: tuple[float, ...]
    leg: Leg | None = None
    before: Self | None = None

    def follow(self, leg: Leg, *, lacks: tuple[int, int], cost: Sequence[float]) -> "_Label":
        total = tuple(mine + more for mine, more in zip(self.cost, cost, strict=True))
        return _Label((self.lacks[0] + lacks[0], self.lacks[1] + lacks[1]), total, leg, self)


@dataclass(slots=True)
class _Board:
    """The ways found so far to each (level, hop); a way may go on with the same hop or a later one."""

    hops: int
    labels: dict[tuple[int, int], list[_Label]] = field(default_factory=dict)

    def add(self, level: int, hop: int, found: list[_Label]) -> None:
        self.labels[level, hop] = best(self.labels.get((level, hop), []) + found)

    def up_to(self, level: int, hop: int) -> list[_Label]:
        return best([label for h in range(hop + 1) for label in self.labels.get((level, h), [])])


def find_ways(
    stations: Stations, hops: Sequence[HopRange], *, start: int, goal: int, fitness: Fitness
) -> tuple[Way, ...]:
    """Every way from `start` to `goal` with the fewest missing levels, then the fewest stations that are only near,
    that no other one beats on all of: unpriced legs, money, untimed legs, months. Cheapest first. Exact: labels on the
    acyclic graph of (level, hop)."""
    usable = np.flatnonzero(stations.are_usable(least_closeness=fitness.near))
    is_near = stations.closeness < fitness.close
    costs = stations.costs()
    board = _Board(len(hops))
    board.add(start, 0, [_Label((0, 0), (0.0,) * 4)])
    for level in range(start, goal):
        for hop, span in enumerate(hops):
            reached = board.up_to(level, hop)
            if not reached:
                continue
            rows = usable[_leave_from(stations, usable, level=level, hop=hop)]
            for trl_to, choices in _by_level(stations, rows, is_near, costs, goal=goal):
                legs = [(Leg(hop, int(row), level, trl_to), (0, int(is_near[row])), costs[row]) for row in choices]
                board.add(
                    trl_to,
                    hop,
                    [way.follow(leg, lacks=lacks, cost=cost) for way in reached for leg, lacks, cost in legs],
                )
            _leap_gaps(board, reached, level=level, hop=hop, span=span, goal=goal)
    return tuple(_way(label) for label in board.up_to(goal, len(hops) - 1))


def cheapest(ways: Sequence[Way]) -> Way:
    return min(ways, key=lambda way: (way.unpriced, way.money, way.untimed, way.months))


def fastest(ways: Sequence[Way]) -> Way:
    return min(ways, key=lambda way: (way.untimed, way.months, way.unpriced, way.money))


def nearest(stations: Stations, gap: Leg, *, least_closeness: float) -> Miss | None:
    """Who of that hop misses the gap by the least: levels, then what it can do, then whether it is open."""
    rows = np.flatnonzero(stations.hop == gap.hop)
    misses = [_miss(stations, int(row), gap, least_closeness=least_closeness) for row in rows]
    return min(misses, key=lambda miss: (miss.total, -stations.closeness[miss.station], miss.station), default=None)


def undominated(costs: Scores) -> NDArray[np.intp]:
    """Rows of `costs` that no other row equals or beats in every column; of equal rows the first. Rising."""
    order = np.lexsort(costs.T[::-1])
    kept: list[int] = []
    for row in order:
        if not kept or not (costs[kept] <= costs[row]).all(axis=1).any():
            kept.append(int(row))
    return np.sort(np.array(kept, np.intp))


def best(labels: list[_Label]) -> list[_Label]:
    """Those that lack the least and that no other one beats, cheapest first."""
    if not labels:
        return []
    least = min(label.lacks for label in labels)
    tied = [label for label in labels if label.lacks == least]
    front = [tied[row] for row in undominated(np.array([label.cost for label in tied]))]
    return _thinned(sorted(front, key=lambda label: label.cost))


def _thinned(front: list[_Label]) -> list[_Label]:
    """At most MOST_WAYS of them, evenly, and always the cheapest and the fastest."""
    if len(front) <= MOST_WAYS:
        return front
    fast = min(range(len(front)), key=lambda row: [front[row].cost[column] for column in FASTEST_FIRST])
    rows = {*np.linspace(0, len(front) - 1, MOST_WAYS - 1).astype(int).tolist(), fast}
    return [front[row] for row in sorted(rows)]


def _leave_from(stations: Stations, rows: NDArray[np.intp], *, level: int, hop: int) -> Mask:
    return (stations.hop[rows] == hop) & (stations.trl_in[rows] <= level) & (stations.trl_out[rows] > level)


def _by_level(
    stations: Stations, rows: NDArray[np.intp], is_near: Mask, costs: Scores, *, goal: int
) -> Iterator[tuple[int, NDArray[np.intp]]]:
    """The level that is reached, and the stations worth a look to reach it; among equals the closest comes first."""
    closest = rows[np.argsort(-stations.closeness[rows], kind="stable")]
    reached = np.minimum(stations.trl_out[closest], goal)
    for level in np.unique(reached):
        same = closest[reached == level]
        # One that does the very thing makes those that are only near needless: they lack more at the same place.
        chosen = same if is_near[same].all() else same[~is_near[same]]
        yield int(level), chosen[undominated(costs[chosen])]


def _leap_gaps(board: _Board, reached: list[_Label], *, level: int, hop: int, span: HopRange, goal: int) -> None:
    lowest = 1 if hop == 0 else span.low
    if level < lowest:
        return
    for trl_to in range(level + 1, min(span.high, goal) + 1):
        leg = Leg(hop, UNKNOWN, level, trl_to)
        board.add(trl_to, hop, [way.follow(leg, lacks=(trl_to - level, 0), cost=(1, 0, 1, 0)) for way in reached])


def _way(label: _Label) -> Way:
    legs: list[Leg] = []
    step: _Label | None = label
    while step is not None and step.leg is not None:
        legs.append(step.leg)
        step = step.before
    cost = label.cost
    return Way(
        tuple(reversed(legs)),
        money=cost[MONEY],
        months=cost[MONTHS],
        unpriced=int(cost[UNPRICED]),
        untimed=int(cost[UNTIMED]),
        missing_levels=label.lacks[0],
        near=label.lacks[1],
    )


def _miss(stations: Stations, row: int, gap: Leg, *, least_closeness: float) -> Miss:
    trl_in, trl_out = int(stations.trl_in[row]), int(stations.trl_out[row])
    is_unknown = UNKNOWN in (trl_in, trl_out)
    return Miss(
        row,
        starts_too_high_by=0 if is_unknown else max(0, trl_in - gap.trl_from),
        ends_too_low_by=0 if is_unknown else max(0, gap.trl_to - trl_out),
        lacks_closeness=max(0.0, least_closeness - float(stations.closeness[row])),
        is_closed=not bool(stations.is_open[row]),
        is_range_unknown=is_unknown,
    )
