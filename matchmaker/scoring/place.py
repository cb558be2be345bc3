"""Whether the candidate is at home where the asker is."""

from typing import Self

import numpy as np

from matchmaker.network.past import Measures, Past, Timeline
from matchmaker.profiles import UNKNOWN, Candidates, Ints, Need, Profiles, Scores
from matchmaker.scoring.base import Component, Evidence
from matchmaker.scoring.curves import lift_share


class PlaceAffinity(Component):
    """Share of the candidate's past projects that were led from the asker's place, against everybody's share.

    Projects count 2^(-age / half-life); those whose lead's home nobody knows do not. The share of all projects that are
    led from there is s = (theirs + 1) / (all + 2). It is drawn, with `area_prior` projects behind it, into that of the
    organisations of the candidate's own area, q; q in turn, with `prior`, into the candidate's own share p.
    Score p / (p + s), the logistic of the log-lift: one half where it does as others do.
    The mean of place and area, as far as the need says them. NaN for a candidate without an earlier project.
    """

    name = "place"

    def __init__(self, *, half_life_years: float = 4.0, prior: float = 2.0, area_prior: float = 5.0) -> None:
        self.half_life_years = half_life_years
        self.prior = prior
        self.area_prior = area_prior

    def fit(self, profiles: Profiles) -> Self:
        self.timeline_ = Timeline.of(profiles)
        self.place_ = profiles.organisations.place
        self.area_ = profiles.organisations.area
        return self

    def score_candidates(self, need: Need, candidates: Candidates) -> Scores:
        past = self.timeline_.known_to(need)
        levels = [(self.place_, need.place), (self.area_, need.area)]
        shares = [self._affinity(past, need.day, homes, home) for homes, home in levels if home != UNKNOWN]
        if not shares:
            return np.full(len(candidates), np.nan)
        score = np.mean(shares, axis=0)[candidates.organisation]
        return np.where(past.project_counts[candidates.organisation] > 0, score, np.nan)

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        past = self.timeline_.known_to(need)
        own = past.of(int(candidates.organisation[row]))
        here = need.place != UNKNOWN and bool((_home_of(past.lead[own], self.place_) == need.place).any())
        homes, home = (self.place_, need.place) if here else (self.area_, need.area)
        count = int((_home_of(past.lead[own], homes) == home).sum()) if home != UNKNOWN else 0
        return Evidence("place.place" if here else "place.area", {"projects": count, "of": len(own)})

    def _affinity(self, past: Past, day: int, homes: Ints, home: int) -> Scores:
        led_from = _home_of(past.lead, homes)
        weights = np.where(led_from != UNKNOWN, past.decay(day, self.half_life_years), 0.0)
        there = np.where(led_from == home, weights, 0.0)
        overall = (there.sum() + 1) / (weights.sum() + 2)
        all_own, own = past.projects_of @ weights, past.projects_of @ there
        of_area = self._share_of_area(own, all_own, overall)
        share = (own + self.prior * of_area) / (all_own + self.prior)
        return lift_share(share, overall)

    def _share_of_area(self, own: Measures, all_own: Measures, overall: float) -> Measures:
        groups = self.area_ + 1  # UNKNOWN is group 0
        size = int(groups.max(initial=0)) + 1
        there, total = np.bincount(groups, own, size), np.bincount(groups, all_own, size)
        share = (there + self.area_prior * overall) / (total + self.area_prior)
        share[0] = overall
        return np.asarray(share[groups], np.float64)


def _home_of(leads: Ints, homes: Ints) -> Ints:
    """The home of each lead of a project."""
    if len(homes) == 0:
        return np.full(len(leads), UNKNOWN, np.int32)
    return np.where(leads != UNKNOWN, homes[leads], UNKNOWN).astype(np.int32)
