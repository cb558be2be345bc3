"""Curves that bring a quantity without an upper end into [0, 1), without changing its order."""

import numpy as np

from matchmaker.network.past import Measures
from matchmaker.profiles import Scores


def log_share(quantity: Measures, typical: float) -> Scores:
    """l / (1 + l) with l = ln(1 + x / typical): half at 1.7 times typical, and room left for the far tail."""
    logarithm = np.log1p(quantity / typical)
    return logarithm / (1 + logarithm)


def lift_share(observed: Measures, expected: Measures | float) -> Scores:
    """x / (x + expected), the logistic of the log-lift: half where it is as expected."""
    return np.asarray(observed / (observed + expected), np.float64)
