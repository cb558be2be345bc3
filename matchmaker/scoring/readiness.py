"""Is the offer as ripe as the need requires?"""

from typing import Self

import numpy as np

from matchmaker.profiles import UNKNOWN, Candidates, Need, Profiles, Scores
from matchmaker.scoring.base import Component, Evidence, unknown


class ReadinessOverlap(Component):
    """Share of the needed readiness levels that an offer covers.

    An offer that misses the need by `slack` levels or fewer counts as half a level.
    """

    name = "readiness"

    def __init__(self, *, slack: int = 1) -> None:
        self.slack = slack

    def fit(self, profiles: Profiles) -> Self:
        self.low_ = profiles.offers.trl_low
        self.high_ = profiles.offers.trl_high
        return self

    def score_candidates(self, need: Need, candidates: Candidates) -> Scores:
        scores = unknown(candidates)
        if need.trl is None:
            return scores
        stated = candidates.rows_whose_offer((self.low_ != UNKNOWN) & (self.high_ != UNKNOWN))
        offers = candidates.offer[stated]
        low, high = self.low_[offers], self.high_[offers]
        shared = np.minimum(high, need.trl[1]) - np.maximum(low, need.trl[0]) + 1
        missed_by = 1 - shared
        near = (missed_by >= 1) & (missed_by <= self.slack)
        scores[stated] = np.where(near, 0.5, np.maximum(shared, 0)) / (need.trl[1] - need.trl[0] + 1)
        return scores

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        offer = candidates.offer[row]
        return Evidence(
            "readiness.overlap", {"need": need.trl, "offer": (int(self.low_[offer]), int(self.high_[offer]))}
        )
