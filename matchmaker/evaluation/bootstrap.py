"""Whether one ranking is better than another on the same queries, or only luckier."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.evaluation.metrics import Values

# Counts drawn at a time: 32 MB, however many queries there are.
BLOCK = 1 << 22


@dataclass(frozen=True, slots=True)
class Comparison:
    """By how much one ranking beats another on the same queries (negative: by how much it falls behind)."""

    queries: int
    difference: float
    low: float  # 95 % of the resampled differences lie between low and high
    high: float
    share_better: float  # of the resamples; a draw counts half

    @property
    def is_clear(self) -> bool:
        """Zero lies outside the interval."""
        return self.low > 0 or self.high < 0


def paired_bootstrap(ours: Values, theirs: Values, *, resamples: int = 2000, seed: int = 0) -> Comparison:
    """Compare values of the same queries in the same order; a query that either leaves open (NaN) is left out.

    Queries are drawn anew with replacement; each keeps its pair, so what makes a query easy for both falls out.
    """
    both = ours - theirs
    differences = both[~np.isnan(both)]
    n = len(differences)
    if n == 0:
        return Comparison(0, *[float("nan")] * 4)
    means = _resampled_means(differences, resamples, np.random.default_rng(seed))
    low, high = np.quantile(means, (0.025, 0.975))
    better = (means > 0).mean() + (means == 0).mean() / 2
    return Comparison(n, float(differences.mean()), float(low), float(high), float(better))


def _resampled_means(values: Values, resamples: int, rng: np.random.Generator) -> Values:
    n = len(values)
    rows = max(BLOCK // n, 1)
    blocks = [_drawn_counts(n, min(rows, resamples - start), rng) @ values for start in range(0, resamples, rows)]
    return np.concatenate(blocks) / n


def _drawn_counts(n: int, resamples: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Resamples x values: how often each value was drawn."""
    return rng.multinomial(n, np.full(n, 1 / n), size=resamples).astype(np.float64)
