"""How good rankings are, as whole arrays with standard errors."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.stats import kendalltau

Values = NDArray[np.float64]
Hits = NDArray[np.bool_]
Ranked = Sequence[NDArray[np.integer]]  # for each query its candidates, best first

GroupT = TypeVar("GroupT", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over queries and its standard error."""

    mean: float
    error: float

    @classmethod
    def of(cls, values: Values) -> Self:
        known = values[~np.isnan(values)]
        if len(known) == 0:
            return cls(float("nan"), float("nan"))
        error = float(known.std(ddof=1) / np.sqrt(len(known))) if len(known) > 1 else float("nan")
        return cls(float(known.mean()), error)


def mark_hits(ranked: Ranked, relevant: Sequence[frozenset[int]], *, depth: int) -> Hits:
    """Queries x positions, true where a relevant candidate stands."""
    hits = np.zeros((len(ranked), depth), np.bool_)
    for row, (candidates, wanted) in enumerate(zip(ranked, relevant, strict=True)):
        shown = candidates[:depth]
        hits[row, : len(shown)] = np.isin(shown, list(wanted))
    return hits


def recall_at(hits: Hits, wanted: NDArray[np.integer], k: int) -> Values:
    """Share of the relevant candidates among the first k of each query; NaN for a query without any."""
    return _divide(hits[:, :k].sum(axis=1), wanted)


def reciprocal_rank(hits: Hits) -> Values:
    """1 / position of the first hit of each query, 0 where there is none."""
    first = hits.argmax(axis=1)
    return np.where(hits.any(axis=1), 1.0 / (first + 1), 0.0)


def ndcg_at(hits: Hits, wanted: NDArray[np.integer], k: int) -> Values:
    """Discounted gain of the first k over that of the best order; NaN for a query without a relevant candidate."""
    discounts = 1.0 / np.log2(np.arange(k) + 2)
    shown = hits[:, :k]
    best = np.concatenate([[0.0], np.cumsum(discounts)])[np.minimum(wanted, k)]
    return _divide(shown @ discounts[: shown.shape[1]], best)


def group_means(values: Values, groups: Sequence[GroupT]) -> dict[GroupT, Estimate]:
    """The mean of each group's queries, in the order in which the groups first appear."""
    members: dict[GroupT, list[int]] = {}
    for query, group in enumerate(groups):
        members.setdefault(group, []).append(query)
    return {group: Estimate.of(values[queries]) for group, queries in members.items()}


def catalogue_coverage(ranked: Ranked, pool: int, k: int) -> float:
    """Share of the `pool` candidates that stand among the first k of some query; NaN without candidates."""
    shown = {int(row) for rows in ranked for row in rows[:k]}
    return len(shown) / pool if pool else float("nan")


def exposures(ranked: Ranked, pool: NDArray[np.integer], k: int) -> Values:
    """How often each candidate of `pool` (rows, each once) stands among the first k."""
    shown = np.concatenate([rows[:k] for rows in ranked]) if ranked else np.empty(0, np.int64)
    order = np.argsort(pool, kind="stable")
    return np.bincount(order[_places(shown, pool[order])], minlength=len(pool)).astype(np.float64)


def gini(amounts: Values) -> float:
    """0 where all have the same, nearly 1 where one has all; NaN where there is nothing to share.

    sum_i (2 i - n - 1) x_i / (n sum x) over the rising amounts.
    """
    n, total = len(amounts), float(amounts.sum())
    if total <= 0:
        return float("nan")
    return float((2 * np.arange(1, n + 1) - n - 1) @ np.sort(amounts) / (n * total))


def both_sides_acceptance(forward: Values, backward: Values, k: int) -> Values:
    """Mean of p_ab * p_ba over the first k of each query (queries x positions); what one side leaves open is left out.

    NaN for a query of which no pair is known from both sides.
    """
    both = forward[:, :k] * backward[:, :k]
    known = ~np.isnan(both)
    return _divide(np.nan_to_num(both).sum(axis=1), known.sum(axis=1))


def overlap_at(one: NDArray[np.integer], other: NDArray[np.integer], k: int) -> float:
    """Share of the first k that two lists have in common; of the longer list, where both are shorter than k."""
    length = max(len(one[:k]), len(other[:k]))
    return len(np.intersect1d(one[:k], other[:k])) / length if length else float("nan")


def kendall_tau(one: Values, other: Values) -> float:
    """How alike two scores order the same candidates: 1 the same, -1 reversed, ties by tau-b; NaN where it is open."""
    if len(one) < 2 or np.ptp(one) == 0 or np.ptp(other) == 0:
        return float("nan")
    return float(kendalltau(one, other).statistic)


def perturbed(weights: Mapping[str, float], *, share: float, draws: int, seed: int) -> list[dict[str, float]]:
    """`draws` copies of the weights, each weight times an even draw from [1 - share, 1 + share]."""
    factors = np.random.default_rng(seed).uniform(1 - share, 1 + share, (draws, len(weights)))
    return [{name: weights[name] * float(f) for name, f in zip(weights, row, strict=True)} for row in factors]


@dataclass(frozen=True, slots=True)
class Reliability:
    """Promised chances beside what came about, in bins of equal mass from the lowest chance to the highest."""

    chance: Values  # mean of each bin
    came_about: Values
    mass: Values  # share of the whole; bins sum to 1

    @property
    def calibration_error(self) -> float:
        """Expected calibration error: mean |chance - came about| by mass; NaN without outcomes."""
        return float(self.mass @ np.abs(self.chance - self.came_about)) if len(self.mass) else float("nan")


def reliability(chance: Values, outcome: Values, *, bins: int = 10, weight: Values | None = None) -> Reliability:
    """Bins of equal mass over the known chances; equal chances stay in one bin, and empty bins go.

    `outcome` lies in [0, 1]; `weight` is what a row counts (1 each where it is not given).
    """
    mass = np.ones(len(chance)) if weight is None else weight
    known = ~np.isnan(chance) & ~np.isnan(outcome) & (mass > 0)
    chance, outcome, mass = chance[known], outcome[known], mass[known]
    _, group = np.unique(chance, return_inverse=True)
    of_group = np.bincount(group, weights=mass)
    middle = (np.cumsum(of_group) - of_group / 2) / of_group.sum()
    bin_of = np.minimum((bins * middle).astype(np.int64), bins - 1)[group]
    in_bin = np.bincount(bin_of, weights=mass, minlength=bins)
    filled = in_bin > 0
    mean_chance = np.bincount(bin_of, weights=mass * chance, minlength=bins)[filled] / in_bin[filled]
    mean_outcome = np.bincount(bin_of, weights=mass * outcome, minlength=bins)[filled] / in_bin[filled]
    return Reliability(mean_chance, mean_outcome, in_bin[filled] / in_bin.sum())


def calibration_error(chance: Values, outcome: Values, *, bins: int = 10, weight: Values | None = None) -> float:
    return reliability(chance, outcome, bins=bins, weight=weight).calibration_error


def _places(values: NDArray[np.integer], in_order: NDArray[np.integer]) -> NDArray[np.intp]:
    """Where the values stand in a rising array; those that do not are left out."""
    places = np.searchsorted(in_order, values)
    found = places < len(in_order)
    return places[found][in_order[places[found]] == values[found]]


def _divide(numerator: NDArray[np.generic], denominator: NDArray[np.generic]) -> Values:
    out = np.full(len(numerator), np.nan)
    return np.divide(numerator, denominator, out=out, where=np.asarray(denominator) > 0)
