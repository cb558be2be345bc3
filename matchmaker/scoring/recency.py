"""How active the candidate has been of late."""

from typing import Self

import numpy as np

from matchmaker.network.past import DAYS_A_YEAR, Timeline
from matchmaker.profiles import Candidates, Need, Profiles, Scores
from matchmaker.scoring.base import Component, Evidence
from matchmaker.scoring.curves import log_share


class RecentActivity(Component):
    """x = sum over the candidate's earlier projects of 2^(-age / half-life), then l / (1 + l) with l = ln(1 + x).

    NaN for a candidate without an earlier project.
    """

    name = "recency"

    def __init__(self, *, half_life_years: float = 0.5, typical: float = 1.0) -> None:
        self.half_life_years = half_life_years
        self.typical = typical

    def fit(self, profiles: Profiles) -> Self:
        self.timeline_ = Timeline.of(profiles)
        return self

    def score_candidates(self, need: Need, candidates: Candidates) -> Scores:
        past = self.timeline_.known_to(need)
        activity = (past.projects_of @ past.decay(need.day, self.half_life_years))[candidates.organisation]
        has_record = past.project_counts[candidates.organisation] > 0
        return np.where(has_record, log_share(activity, self.typical), np.nan)

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        past = self.timeline_.known_to(need)
        days = past.day[past.of(int(candidates.organisation[row]))]
        last_year = int((days >= need.day - DAYS_A_YEAR).sum())
        return Evidence("recency.active", {"last_year": last_year, "of": len(days), "last_day": int(days[-1])})
