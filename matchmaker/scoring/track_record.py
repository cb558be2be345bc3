"""Past projects that resemble the need."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from matchmaker.network.past import Measures, Past, Timeline
from matchmaker.network.similar import similarity, weights_of
from matchmaker.profiles import UNKNOWN, Candidates, Need, Profiles, Scores
from matchmaker.scoring.base import Component, Evidence, LastAnswer, unknown
from matchmaker.scoring.curves import log_share


@dataclass(frozen=True, slots=True)
class Likeness:
    """Of each past project how much it resembles the need, and what it therefore counts."""

    similarity: Measures
    weights: Measures


class TrackRecord(Component):
    """How much the candidate has done that resembles the need, before the need's day.

    x = sum over its projects e of similarity_e^2 * 2^(-age_e / half-life) * stage_e * amount_e, then l / (1 + l) with
    l = ln(1 + x / `typical`). Similarity is the cosine of tags and of words (`matchmaker.network.similar`).
    stage_e is 1 at the need's own stage, `other_stage` at another; amount_e = exp(-`amount_steepness` * |difference of
    log10 amounts|); both are 1 for a need that does not say, and take a middle value for a project that does not.
    NaN for a candidate without an earlier project, and for a need with neither tags nor words.
    """

    name = "track_record"
    is_evidence = True

    def __init__(
        self,
        *,
        half_life_years: float = 2.0,
        typical: float = 1.0,
        other_stage: float = 0.4,
        unknown_stage: float = 0.6,
        amount_steepness: float = 2.0,
        unknown_amount: float = 0.3,
    ) -> None:
        self.half_life_years = half_life_years
        self.typical = typical
        self.other_stage = other_stage
        self.unknown_stage = unknown_stage
        self.amount_steepness = amount_steepness
        self.unknown_amount = unknown_amount

    def fit(self, profiles: Profiles) -> Self:
        self.timeline_ = Timeline.of(profiles)
        self._last_likeness: LastAnswer[Likeness] = LastAnswer()
        return self

    def score_candidates(self, need: Need, candidates: Candidates) -> Scores:
        if len(need.tags) == 0 and (need.words is None or need.words.nnz == 0):
            return unknown(candidates)
        past = self.timeline_.known_to(need)
        record = (past.projects_of @ self._likeness(past, need).weights)[candidates.organisation]
        has_record = past.project_counts[candidates.organisation] > 0
        return np.where(has_record, log_share(record, self.typical), np.nan)

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        past = self.timeline_.known_to(need)
        own = past.of(int(candidates.organisation[row]))
        likeness = self._likeness(past, need)
        weights = likeness.weights[own]
        nearest = own[np.argsort(-weights, kind="stable")][: min(3, int((weights > 0).sum()))]
        if len(nearest) == 0:
            return Evidence("track_record.none", {"projects": [], "count": 0, "of": len(own)})
        facts = {
            "projects": [i.decode() for i in past.ids[nearest]],
            "count": int((weights > 0).sum()),
            "of": len(own),
            "similarity": float(likeness.similarity[nearest[0]]),
        }
        return Evidence("track_record.similar", facts)

    def _likeness(self, past: Past, need: Need) -> Likeness:
        return self._last_likeness.to(need, lambda: self._measure(past, need))

    def _measure(self, past: Past, need: Need) -> Likeness:
        alike = similarity(past, need)
        return Likeness(alike, self._weigh(past, need, alike))

    def _weigh(self, past: Past, need: Need, alike: Measures) -> Measures:
        weights = weights_of(alike, past, day=need.day, half_life_years=self.half_life_years)
        if need.stage != UNKNOWN:
            other = np.where(past.stage == UNKNOWN, self.unknown_stage, self.other_stage)
            weights = weights * np.where(past.stage == need.stage, 1.0, other)
        if need.amount > 0:
            known = np.where(past.amount > 0, past.amount, need.amount).astype(np.float64)
            near = np.exp(-self.amount_steepness * np.abs(np.log10(known / need.amount)))
            weights = weights * np.where(past.amount > 0, near, self.unknown_amount)
        return weights
