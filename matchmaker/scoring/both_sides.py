"""How likely both sides say yes: the two directions of one match as one number."""

import numpy as np

from matchmaker.profiles import Scores
from matchmaker.scoring.weighting import Weighting


def both_sides(weighting: Weighting, ours: Scores, theirs: Scores) -> Scores:
    """Acceptance of both sides from the order of each: what they give us, and what we give them.

    With a calibration the two orders are chances, and the value is their product, the chance that both say yes. Without
    one they are only scores in [0, 1]; then it is their harmonic mean, which is low where either is low but claims no
    chance. NaN where one side is not known: a match that nobody has looked at from over there is not half a match.
    """
    if weighting.calibration is None:
        return harmonic_mean(_score(ours), _score(theirs))
    return weighting.calibration.chance(ours) * weighting.calibration.chance(theirs)


def harmonic_mean(ours: Scores, theirs: Scores) -> Scores:
    """2pq / (p + q); 0 where both are 0."""
    total = np.asarray(ours + theirs, np.float64)
    return np.where(total == 0, 0.0, 2 * ours * theirs / np.where(total == 0, 1.0, total))


def _score(order: Scores) -> Scores:
    return np.where(np.isfinite(order), np.clip(order, 0.0, 1.0), np.nan)
