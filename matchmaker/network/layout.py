"""Where organisations stand in a drawing of who works with whom: on rings, so that every name can be read.

Whole arrays, no chance: the same ties give the same drawing. On a ring those stand near one another that are tied: the
order is that of the Laplacian's second eigenvector, which keeps tied points close.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matchmaker.profiles import Scores

Places = NDArray[np.signedinteger[Any]]


@dataclass(frozen=True, eq=False)
class Rings:
    """Angle (in radians, from the right, downwards) and ring of each point; ring 0 is the middle."""

    angle: Scores
    ring: Places

    def places(self, radii: tuple[float, ...]) -> Scores:
        """x and y of each point, for the radius of each ring."""
        radius = np.asarray(radii, dtype=float)[self.ring]
        return np.stack([radius * np.cos(self.angle), radius * np.sin(self.angle)], axis=1)


def around(weight: Scores) -> Rings:
    """All points on one ring."""
    return Rings(_spread(_order(weight)), np.ones(len(weight), dtype=np.int32))


def from_middle(weight: Scores, ring: Places) -> Rings:
    """The point of ring 0 in the middle, its partners on ring 1, theirs on ring 2, each near whom it is tied to."""
    angle = np.zeros(len(ring))
    inner, outer = np.flatnonzero(ring == 1), np.flatnonzero(ring == 2)
    angle[inner] = _spread(_order(weight[np.ix_(inner, inner)]))
    if len(outer):
        ties = weight[np.ix_(outer, inner)]
        angle[outer] = _spread(np.argsort(np.argsort(_mean_angle(ties, angle[inner]), kind="stable"), kind="stable"))
        # Partners turn towards those who hang on them, so that few lines cross.
        turned = _mean_angle(ties.T, angle[outer])
        wanted = np.where(ties.any(axis=0), turned, angle[inner])
        angle[inner] = _spread(np.argsort(np.argsort(wanted, kind="stable"), kind="stable"))
    return Rings(angle, ring.astype(np.int32))


def _order(weight: Scores) -> Places:
    """The place of each point along the ring."""
    count = len(weight)
    if count < 4:
        return np.arange(count, dtype=np.int32)
    # A little of everything to everybody keeps parts that hang on nothing in one piece.
    tied = np.log1p((weight + weight.T) / 2) + 1e-3
    np.fill_diagonal(tied, 0.0)
    laplacian = np.diag(tied.sum(axis=1)) - tied
    _, vectors = np.linalg.eigh(laplacian)
    second, third = vectors[:, 1], vectors[:, 2]
    # Eigenvectors have no sign of their own; the largest part is made positive.
    second, third = (one * np.sign(one[np.argmax(np.abs(one))] or 1.0) for one in (second, third))
    turn = np.round(np.arctan2(third, second), 9)
    return np.argsort(np.argsort(turn, kind="stable"), kind="stable").astype(np.int32)


def _spread(order: Places) -> Scores:
    """Angles of equal distance, the first at the top."""
    return 2 * np.pi * np.asarray(order) / max(len(order), 1) - np.pi / 2


def _mean_angle(ties: Scores, angle: Scores) -> Scores:
    """The mean direction of whom each row is tied to, between 0 and a full turn from the top."""
    across, along = ties @ np.cos(angle), ties @ np.sin(angle)
    return np.round((np.arctan2(along, across) + np.pi / 2) % (2 * np.pi), 9)
