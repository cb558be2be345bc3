"""How good rankings are, as whole arrays with standard errors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Hits = NDArray[np.bool_]


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


def mark_hits(ranked: Sequence[NDArray[np.integer]], relevant: Sequence[frozenset[int]], *, depth: int) -> Hits:
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


def _divide(numerator: NDArray[np.generic], denominator: NDArray[np.generic]) -> Values:
    out = np.full(len(numerator), np.nan)
    return np.divide(numerator, denominator, out=out, where=np.asarray(denominator) > 0)
