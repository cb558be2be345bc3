"""Outcomes dealt out anew: what is learned from these has nothing to learn, so it must gain nothing."""

from dataclasses import replace

import numpy as np

from matchmaker.learning.examples import Examples


def shuffle_outcomes(examples: Examples, *, seed: int) -> Examples:
    """The same examples, each query's outcomes dealt among its own candidates at random, with what they weigh.

    Each query keeps as many of each outcome as it had, so neither the base rate nor the queries' sizes give anything
    away; only which candidate it was is lost.
    """
    dealt = np.lexsort((np.random.default_rng(seed).random(len(examples)), examples.query))
    return replace(examples, outcome=examples.outcome[dealt], weight=examples.weight[dealt])
