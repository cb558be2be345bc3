"""Whether learned weights may take the place of those in use: not worse on what they have not seen, for nobody."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from matchmaker.evaluation.metrics import calibration_error
from matchmaker.profiles import Mask, Scores

EVERYBODY = "all"
DEPTH = 20
BINS = 10
# A component whose scores have moved further than this between the periods is not what was learned from.
MOST_DRIFT = 0.2
FEWEST_ROWS_FOR_DRIFT = 200
ONE_IN = 0.005
# A difference below this is none: weights that were rounded to the same order differ by as much.
LEAST = 1e-4
# A difference below this is none: weights that were rounded to the same order differ by as much.
LEAST = 1e-4


class Measure(StrEnum):
    NDCG = "ndcg"
    LOG_LOSS = "log_loss"
    CALIBRATION = "calibration"


class Standing(StrEnum):
    BETTER = "better"
    NOT_WORSE = "not_worse"
    WORSE = "worse"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True)
class Limits:
    """What counts as worse: a loss whose whole 95 % interval lies below zero, or one that is beyond the margin."""

    fewest_queries: int = 30
    fewest_queries_of_a_group: int = 15
    margin: float = 0.01
    margin_of_a_group: float = 0.05
    resamples: int = 1000


@dataclass(frozen=True, slots=True, eq=False)
class HeldOut:
    """n candidates of the held-out period; rows of one query stand together.

    `groups` holds the rows of each group of candidates; a query counts for a group that has a wanted candidate in it.
    `usual` is how often candidates were wanted before: the chance of one of whom nothing is known.
    """

    query: NDArray[np.int64]
    outcome: Scores
    weight: Scores
    groups: Mapping[str, Mask]
    usual: float = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """What one weighting says of the same rows: their order in the list (-inf: no score) and their chance."""

    order: Scores
    chance: Scores


@dataclass(frozen=True, slots=True)
class Compared:
    """One measure of one group under both weightings; `difference` is positive where the new one is better."""

    group: str
    measure: Measure
    queries: int
    before: float
    after: float
    difference: float
    low: float
    high: float
    standing: Standing
    is_sure: bool = False  # better in 199 of 200 resamples: so many measures are looked at that 39 of 40 say too little


def compare(held_out: HeldOut, before: Judged, after: Judged, *, limits: Limits, seed: int) -> list[Compared]:
    """Every measure for everybody and for each group, the groups in their own order."""
    everybody = {EVERYBODY: np.ones(len(held_out.query), bool)}
    groups = everybody | dict(held_out.groups)
    parts = {name: _Group.of(held_out, rows, limits, seed) for name, rows in groups.items()}
    return [
        _told(name, measure, group, (before, after), limits) for name, group in parts.items() for measure in Measure
    ]


def _told(name: str, measure: Measure, group: "_Group", judged: tuple[Judged, Judged], limits: Limits) -> Compared:
    is_all = name == EVERYBODY
    fewest = limits.fewest_queries if is_all else limits.fewest_queries_of_a_group
    margin = limits.margin if is_all else limits.margin_of_a_group
    if not group.queries:
        nothing = float("nan")
        return Compared(name, measure, 0, nothing, nothing, nothing, nothing, nothing, Standing.TOO_FEW)
    before, after, gains = group.measures[measure](*judged)
    low, high = np.quantile(gains, (0.025, 0.975))
    gain = after - before if measure is Measure.NDCG else before - after
    standing = _standing(group.queries < fewest, gain, float(low), float(high), margin)
    is_sure = standing is Standing.BETTER and float(np.quantile(gains, ONE_IN)) > LEAST
    return Compared(name, measure, group.queries, before, after, gain, float(low), float(high), standing, is_sure)


@dataclass(frozen=True, slots=True, eq=False)
class _Group:
    """The rows that count for one group, and queries drawn from those that want one of them."""

    held_out: HeldOut
    query: NDArray[np.intp]  # numbers without gaps
    gain: Scores
    rows: Mask
    asks: Mask  # of the queries those with a wanted candidate of the group
    draws: Scores  # resamples x queries: how often each was drawn

    @classmethod
    def of(cls, held_out: HeldOut, rows: Mask, limits: Limits, seed: int) -> "_Group":
        _, query = np.unique(held_out.query, return_inverse=True)
        gain = held_out.outcome * held_out.weight * rows
        asks = np.bincount(query, gain) > 0
        draws = _draws(np.flatnonzero(asks), len(asks), limits.resamples, seed)
        return cls(held_out, query, gain, rows & asks[query], asks, draws)

    @property
    def queries(self) -> int:
        return int(self.asks.sum())

    @property
    def measures(self) -> "Mapping[Measure, Callable[[Judged, Judged], tuple[float, float, Scores]]]":
        """Each gives the value before, the value after, and the gain in every resample."""
        return {Measure.NDCG: self.ndcg, Measure.LOG_LOSS: self.log_loss, Measure.CALIBRATION: self.calibration}

    def ndcg(self, before: Judged, after: Judged) -> tuple[float, float, Scores]:
        values = [ndcg_of_queries(self.query, one.order, self.gain)[self.asks] for one in (before, after)]
        gains = self.draws[:, self.asks] @ (values[1] - values[0]) / self.queries
        return float(values[0].mean()), float(values[1].mean()), gains

    def log_loss(self, before: Judged, after: Judged) -> tuple[float, float, Scores]:
        weight = self.held_out.weight * self.rows
        mass = np.bincount(self.query, weight)
        losses = [weight * _log_loss(one.chance, self.held_out) for one in (before, after)]
        gains = self.draws @ np.bincount(self.query, losses[0] - losses[1]) / self._drawn_mass()
        return float(losses[0].sum() / mass.sum()), float(losses[1].sum() / mass.sum()), gains

    def calibration(self, before: Judged, after: Judged) -> tuple[float, float, Scores]:
        outcome, weight = self.held_out.outcome[self.rows], self.held_out.weight[self.rows]
        said = [calibration_error(one.chance[self.rows], outcome, weight=weight) for one in (before, after)]
        return said[0], said[1], self._errors(before) - self._errors(after)

    def _errors(self, judged: Judged) -> Scores:
        """The calibration error of each resample, in bins that stay as they are for all of them."""
        used = self.rows & ~np.isnan(judged.chance)
        chance = judged.chance[used]
        edges = np.quantile(chance, np.arange(1, BINS) / BINS) if len(chance) else np.empty(0)
        surplus = np.zeros((len(self.asks), BINS))
        told = self.held_out.weight[used] * (chance - self.held_out.outcome[used])
        np.add.at(surplus, (self.query[used], np.searchsorted(edges, chance, side="right")), told)
        return np.asarray(np.abs(self.draws @ surplus).sum(axis=1) / self._drawn_mass())

    def _drawn_mass(self) -> Scores:
        return np.maximum(self.draws @ np.bincount(self.query, self.held_out.weight * self.rows), 1e-12)


def _standing(is_few: bool, difference: float, low: float, high: float, margin: float) -> Standing:
    if is_few or np.isnan(difference):
        return Standing.TOO_FEW
    if high < -LEAST or difference < -margin:
        return Standing.WORSE
    return Standing.BETTER if low > LEAST else Standing.NOT_WORSE


def _draws(queries: NDArray[np.intp], count: int, resamples: int, seed: int) -> Scores:
    """Resamples x all queries: how often each of `queries` was drawn."""
    drawn = np.zeros((resamples, count))
    if len(queries):
        even = np.full(len(queries), 1 / len(queries))
        drawn[:, queries] = np.random.default_rng(seed).multinomial(len(queries), even, size=resamples)
    return drawn


def ndcg_of_queries(query: NDArray[np.int64], order: Scores, gain: Scores, *, depth: int = DEPTH) -> Scores:
    """Discounted gain of the first `depth` over that of the best order; NaN for a query without any gain.

    Equal rows share their places: what ties gain is what they gain on average.
    """
    found = _discounted(query, -np.nan_to_num(order, neginf=-1e12), gain, depth)
    best = _discounted(query, -gain, gain, depth)
    return np.divide(found, best, out=np.full(len(best), np.nan), where=best > 0)


def _discounted(query: NDArray[np.int64], key: Scores, gain: Scores, depth: int) -> Scores:
    rows = np.lexsort((key, query))
    of_query, sorted_key = query[rows], key[rows]
    starts = np.searchsorted(of_query, of_query)
    place = np.arange(len(rows)) - starts
    discount = np.where(place < depth, 1 / np.log2(place + 2), 0.0)
    is_new = np.ones(len(rows), bool)
    is_new[1:] = (of_query[1:] != of_query[:-1]) | (np.abs(sorted_key[1:] - sorted_key[:-1]) > 1e-9)
    tie = np.cumsum(is_new) - 1
    shared = (np.bincount(tie, discount) / np.bincount(tie))[tie]
    return np.asarray(np.bincount(of_query, gain[rows] * shared), np.float64)


def _log_loss(chance: Scores, held_out: HeldOut) -> Scores:
    """Surprise at the outcome; a candidate without a score is given the usual chance, whichever weights are judged."""
    sure = np.clip(np.where(np.isnan(chance), held_out.usual, chance), 1e-6, 1 - 1e-6)
    return -(held_out.outcome * np.log(sure) + (1 - held_out.outcome) * np.log(1 - sure))


def at_least_usual(held_out: HeldOut, judged: Judged) -> Judged:
    """The same with the usual chance for everybody, where its own chances surprise more than that.

    Whoever is held against it has to know more than how often candidates are wanted at all.
    """
    flat = np.full(len(judged.chance), held_out.usual)
    losses = [held_out.weight @ _log_loss(chance, held_out) for chance in (judged.chance, flat)]
    return judged if losses[0] <= losses[1] else Judged(judged.order, flat)


def drift(before: Scores, after: Scores, *, bins: int = BINS) -> float:
    """Population stability index of one component between two periods; what is unknown is a bin of its own.

    Sum over the bins of (q - p) ln(q / p), the bins being tenths of the earlier known scores.
    """
    known = before[~np.isnan(before)]
    edges = np.unique(np.quantile(known, np.arange(1, bins) / bins)) if len(known) else np.empty(0)
    shares = [_shares(values, edges) for values in (before, after)]
    return float(((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum())


def _shares(values: Scores, edges: Scores) -> Scores:
    known = values[~np.isnan(values)]
    counts = np.bincount(np.searchsorted(edges, known, side="right"), minlength=len(edges) + 1).astype(np.float64)
    counts = np.append(counts, len(values) - len(known)) + 0.5
    return counts / counts.sum()


def worse(compared: Sequence[Compared]) -> list[Compared]:
    return [one for one in compared if one.standing is Standing.WORSE]


def is_gain(compared: Sequence[Compared]) -> bool:
    """Whether everybody's lists or chances are better beyond doubt; without that there is no reason to change."""
    overall = (one for one in compared if one.group == EVERYBODY and one.measure is not Measure.CALIBRATION)
    return any(one.is_sure for one in overall)


def untold(compared: Sequence[Compared]) -> dict[str, int]:
    """Groups of which nothing can be said, with the queries that they have."""
    return {one.group: one.queries for one in compared if one.standing is Standing.TOO_FEW}
