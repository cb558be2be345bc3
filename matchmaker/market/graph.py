"""The market as the prices see it: each asker with the list of its best candidates, and what a candidate can carry."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np

from matchmaker.profiles import UNKNOWN, Floats, Ints, Mask, Scores

# Numbers of a block that are worked on at once: 16 MB in double precision.
BLOCK = 2_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Market:
    """n askers with up to k candidates each, out of m.

    Row i lists the candidates of asker i; places behind the end of a shorter list hold UNKNOWN. A candidate stands on a
    list once. Raises ValueError where the parts do not belong together or a chance is none.
    """

    candidate: Ints  # n x k, rows of the candidates
    asks: Floats  # n x k, chance that the asker asks the candidate when it looks at it
    accepts: Floats  # n x k, chance that the candidate accepts when it is asked
    weight: Scores  # n, how much each asker counts
    capacity: Scores  # m, requests that each candidate can carry; infinite: it is never over-asked

    def __post_init__(self) -> None:
        shape = self.candidate.shape
        if len(shape) != 2 or self.asks.shape != shape or self.accepts.shape != shape or self.weight.shape != shape[:1]:
            raise ValueError("each list needs as many chances as candidates, and each asker a weight")
        if self.candidate.size and not UNKNOWN <= self.candidate.min() <= self.candidate.max() < len(self.capacity):
            raise ValueError("a list names a candidate that has no capacity")
        if any(not ((chances >= 0) & (chances <= 1)).all() for chances in (self.asks, self.accepts)):
            raise ValueError("a chance lies in [0, 1]")
        if not (self.weight >= 0).all() or not (self.capacity >= 0).all():
            raise ValueError("weights and capacities are at least 0")

    def blocks(self) -> Iterator[Self]:
        """The market in parts of some askers each, so that what is worked out of a part needs little memory."""
        rows = max(1, BLOCK // max(1, self.candidate.shape[1]))
        for start in range(0, len(self.candidate), rows):
            part = slice(start, start + rows)
            yield type(self)(
                self.candidate[part], self.asks[part], self.accepts[part], self.weight[part], self.capacity
            )

    @property
    def is_listed(self) -> Mask:
        """n x k, false behind the end of a list."""
        return self.candidate != UNKNOWN

    def of_candidates(self, values: Scores) -> Scores:
        """n x k, the value of the candidate at each place, 0 behind the end of a list."""
        return np.where(self.is_listed, values[self.candidate], 0.0)

    def sum_by_candidate(self, values: Scores) -> Scores:
        """m sums of `values` (n x k) over the lists on which each candidate stands."""
        listed = self.is_listed
        return summed(self.candidate[listed], values[listed], among=len(self.capacity))


def summed(rows: Ints, values: Scores, *, among: int) -> Scores:
    """The sum of the values of each row, 0 of a row without any."""
    return np.bincount(rows, weights=values, minlength=among).astype(np.float64)
