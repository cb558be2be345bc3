"""From the order of a list to the chance of an outcome, by a logistic line that never falls."""

import numpy as np
from sklearn.linear_model import LogisticRegression

from matchmaker.profiles import Scores
from matchmaker.scoring.weighting import Calibration

# So many plain outcomes of both kinds are needed before a slope is believed.
FEWEST_OF_A_KIND = 5.0


def calibrate(order: Scores, outcome: Scores, weight: Scores) -> Calibration | None:
    """Platt's line through rows with an order; None where too few outcomes of one kind are known.

    An outcome between 0 and 1 counts as that share of a yes and the rest of a no. A falling line becomes a level one:
    a better place must never promise less.
    """
    known = np.isfinite(order) & (weight > 0)
    order, outcome, weight = order[known], outcome[known], weight[known]
    yes, no = weight * outcome, weight * (1 - outcome)
    if min(yes.sum(), no.sum()) < FEWEST_OF_A_KIND:
        return None
    line = LogisticRegression(C=100.0, tol=1e-8, max_iter=500)
    line.fit(
        np.concatenate([order, order])[:, None],
        np.repeat([1, 0], len(order)),
        sample_weight=np.concatenate([yes, no]),
    )
    slope, shift = float(line.coef_[0, 0]), float(line.intercept_[0])
    if slope <= 0:
        return Calibration(slope=0.0, shift=float(np.log(yes.sum() / no.sum())))
    return Calibration(slope=slope, shift=shift)
