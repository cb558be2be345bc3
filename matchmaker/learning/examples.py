"""What is learned from: candidates as they were scored at the time, and what became of them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.profiles import Scores


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """n candidates of q queries under k components. Rows of one query stand together.

    `scores` are the components' own scores (NaN: cannot tell), before any curve. `outcome` is 1 where the match came
    about, 0 where it did not, in between for a weaker sign. `weight` is what a row counts: an inverse chance of
    having been drawn, or of having been looked at.
    """

    names: tuple[str, ...]
    scores: Scores  # n x k
    outcome: Scores  # n
    query: NDArray[np.int64]  # n, not falling
    weight: Scores  # n

    def __len__(self) -> int:
        return len(self.outcome)

    @property
    def queries(self) -> int:
        return len(np.unique(self.query))

    def take(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> "Examples":
        return Examples(self.names, self.scores[rows], self.outcome[rows], self.query[rows], self.weight[rows])
