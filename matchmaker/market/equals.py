"""Somebody who is as good and free: the way on from a candidate that everybody asks."""

import numpy as np
from numpy.typing import NDArray

from matchmaker.profiles import Mask
from matchmaker.ranking import Ranking

# How much less an equal may fit, and how much less meet each ground: 5 points of 100, and a tenth.
LESS_FIT = 0.05
LESS_GROUND = 0.1
# The largest terms of a fit are its grounds.
GROUNDS = 2


def free_equal(ranking: Ranking, row: int, is_busy: Mask) -> int | None:
    """The best row that is not busy, whose fit is at most LESS_FIT lower and that meets the same grounds, if any.

    The grounds are the components of the GROUNDS largest terms of `row`; in each its equal scores at most LESS_GROUND
    less. `is_busy` is of the rows of `ranking`.
    """
    fits = ranking.blend.fit >= ranking.blend.fit[row] - LESS_FIT
    equals = np.flatnonzero(fits & ~is_busy & _meets(ranking, row))
    equals = equals[equals != row]
    return int(equals[np.argmax(ranking.blend.order[equals])]) if len(equals) else None


def _meets(ranking: Ranking, row: int) -> Mask:
    grounds = grounds_of(ranking, row)
    scores = ranking.blend.scores[:, grounds]
    return (np.nan_to_num(scores, nan=-1.0) >= scores[row] - LESS_GROUND).all(axis=1)


def grounds_of(ranking: Ranking, row: int) -> NDArray[np.intp]:
    """Columns of the components that carry the fit of `row`, the largest term first."""
    terms = ranking.blend.terms[row]
    largest = np.argsort(-terms, kind="stable")[:GROUNDS]
    return largest[terms[largest] > 0]
