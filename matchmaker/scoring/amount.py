"""The money sought against what the investor usually pays."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from matchmaker.network.past import Measures, Past, Timeline
from matchmaker.profiles import Candidates, Need, Profiles, Scores
from matchmaker.scoring.base import Component, Evidence, LastAnswer, unknown
from matchmaker.scoring.curves import lift_share


@dataclass(frozen=True, slots=True)
class Habits:
    """Mean and variance of log10 amounts per organisation, drawn towards those of everybody."""

    mean: Measures
    variance: Measures
    counts: Measures  # projects with an amount


class AmountHabit(Component):
    """Whether the round has the size in which the candidate usually takes part, before the need's day.

    Density d of the need's log10 amount in the candidate's normal distribution, then d / (d + 1). Its mean and variance
    are shrunk to those of all projects by `mean_prior` and `variance_prior` projects of prior weight.
    NaN for a need without an amount, and for a candidate without an earlier project of known amount.
    """

    name = "amount"

    def __init__(self, *, mean_prior: float = 2.0, variance_prior: float = 3.0) -> None:
        self.mean_prior = mean_prior
        self.variance_prior = variance_prior

    def fit(self, profiles: Profiles) -> Self:
        self.timeline_ = Timeline.of(profiles)
        self._last_habits: LastAnswer[Habits] = LastAnswer()
        return self

    def score_candidates(self, need: Need, candidates: Candidates) -> Scores:
        if not need.amount > 0:
            return unknown(candidates)
        habits = self._habits_of(self.timeline_.known_to(need))
        rows = candidates.organisation
        deviation = np.log10(need.amount) - habits.mean[rows]
        variance = habits.variance[rows]
        density = np.exp(-(deviation**2) / (2 * variance)) / np.sqrt(2 * np.pi * variance)
        return np.where(habits.counts[rows] > 0, lift_share(density, 1.0), np.nan)

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        habits = self._habits_of(self.timeline_.known_to(need))
        candidate = candidates.organisation[row]
        facts = {
            "asked": float(need.amount),
            "usual": float(10 ** habits.mean[candidate]),
            "projects": int(habits.counts[candidate]),
        }
        return Evidence("amount.usual", facts)

    def _habits_of(self, past: Past) -> Habits:
        return self._last_habits.to(past, lambda: self._measure(past))

    def _measure(self, past: Past) -> Habits:
        known = past.amount > 0
        logs = np.log10(np.where(known, past.amount, 1.0).astype(np.float64))
        overall_mean = float(logs[known].mean()) if known.any() else 0.0
        overall_variance = max(float(logs[known].var()), 0.01) if known.any() else 1.0
        counts = past.projects_of @ known.astype(np.float64)
        total = past.projects_of @ np.where(known, logs, 0.0)
        squares = past.projects_of @ np.where(known, logs**2, 0.0)
        mean = (total + self.mean_prior * overall_mean) / (counts + self.mean_prior)
        spread = np.maximum(squares - 2 * mean * total + counts * mean**2, 0.0)
        variance = (spread + self.variance_prior * overall_variance) / (counts + self.variance_prior)
        return Habits(mean, variance, counts)
