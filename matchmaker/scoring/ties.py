"""Ties in the collaboration network."""

from typing import Self

import numpy as np

from matchmaker.network.past import Timeline
from matchmaker.network.ties import TieStrengths, ties_of
from matchmaker.profiles import Candidates, Ints, Need, Profiles, Scores
from matchmaker.scoring.base import Component, Evidence, unknown
from matchmaker.scoring.curves import log_share


class Ties(Component):
    """How closely the candidate is tied to the asker by past projects before the need's day.

    t = direct + `two_hop_weight` * two-hop (`matchmaker.network.ties`: Newman's weights, decayed by age), then
    l / (1 + l) with l = ln(1 + t / `typical`). NaN where either has no project before that day.
    """

    name = "ties"
    is_evidence = True

    def __init__(self, *, half_life_years: float = 3.0, two_hop_weight: float = 0.3, typical: float = 0.003) -> None:
        self.half_life_years = half_life_years
        self.two_hop_weight = two_hop_weight
        self.typical = typical

    def fit(self, profiles: Profiles) -> Self:
        self.timeline_ = Timeline.of(profiles)
        self.organisation_ids_ = profiles.organisations.ids
        return self

    def score_candidates(self, need: Need, candidates: Candidates) -> Scores:
        past = self.timeline_.known_to(need)
        asker = need.organisation
        if asker is None or past.project_counts[asker] == 0:
            return unknown(candidates)
        ties = self._ties(need, asker)
        strength = (ties.direct + self.two_hop_weight * ties.two_hop)[candidates.organisation]
        has_record = past.project_counts[candidates.organisation] > 0
        return np.where(has_record, log_share(strength, self.typical), np.nan)

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        past = self.timeline_.known_to(need)
        asker, candidate = need.organisation, int(candidates.organisation[row])
        if asker is None:
            return Evidence("ties.none")
        shared = past.of_both(asker, candidate)
        if len(shared):
            ids = [i.decode() for i in past.ids[shared[-3:]][::-1]]
            return Evidence("ties.direct", {"projects": len(shared), "last_day": int(past.day[shared[-1]]), "ids": ids})
        between = self._between(need, asker, candidate)
        if len(between) == 0:
            return Evidence("ties.none")
        partners = [i.decode() for i in self.organisation_ids_[between[:3]]]
        return Evidence("ties.two_hop", {"partners": len(between), "ids": partners})

    def _ties(self, need: Need, asker: int) -> TieStrengths:
        return ties_of(self.timeline_.known_to(need), asker, need, half_life_years=self.half_life_years)

    def _between(self, need: Need, asker: int, candidate: int) -> Ints:
        """Common partners of the asker and the candidate, the strongest for the asker first."""
        past, direct = self.timeline_.known_to(need), self._ties(need, asker).direct
        partners = np.unique(past.members[past.of(candidate)].indices)
        common = partners[(direct[partners] > 0) & (partners != candidate)]
        return common[np.argsort(-direct[common], kind="stable")]
