"""What composition rules look at in candidates and members, as columns; unknown is unknown.

Row i of a column is organisation i. A figure is a span: `low` to `high` is what it can be by what is known, so a known
figure has both ends alike, a revenue band has its bounds, and of an unknown one nothing is said but that it is not
below zero.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from matchmaker.profiles import Ints, Scores, Smalls
from models.enums import ChainPosition, LeadFigure, Ownership

OWNERSHIPS = tuple(Ownership)
POSITIONS = tuple(ChainPosition)
FIGURES = tuple(LeadFigure)
NO, YES = 0, 1  # UNKNOWN is -1 here too


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """Columns of n organisations; `money` and `own_money` are plans of a team or of seats, not facts of a profile."""

    ids: tuple[str, ...]
    kind: Smalls  # row of profiles.KINDS
    ownership: Smalls  # row of OWNERSHIPS
    district: Ints  # row of `districts`
    districts: tuple[str, ...]  # codes
    positions: Smalls  # n x POSITIONS: YES, NO, UNKNOWN
    certifications: Smalls  # n x `schemes`: YES, NO (expired), UNKNOWN (none on record)
    schemes: tuple[str, ...]  # codes
    figures: Scores  # n x FIGURES x 2: the least and the most it can be; money in CNY, shares in [0, 1]
    projects: Scores  # n, past projects on record; NaN where they may not be seen
    money: Scores  # n, CNY of the budget that it is to receive; NaN: not settled
    own_money: Scores  # n, CNY that it is to bring; NaN: not settled
    conflicts: Ints = field(default_factory=lambda: np.empty((0, 2), np.int32))  # q x 2, who may not meet
    untold: Ints = field(default_factory=lambda: np.empty(0, np.int32))  # rows whose conflicts are not in `conflicts`

    def __len__(self) -> int:
        return len(self.ids)

    def rows_of(self, *ids: str) -> NDArray[np.intp]:
        """Rows of those among `ids` that are here."""
        return np.array([row for row, one in enumerate(self.ids) if one in ids], np.intp)

    def figure(self, which: LeadFigure) -> tuple[Scores, Scores]:
        low, high = self.figures[:, FIGURES.index(which)].T
        return low, high
