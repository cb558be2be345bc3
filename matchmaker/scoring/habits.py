"""Whether the startup is of the kind that an investor usually comes into: by stage, age and turn."""

from typing import Self

import numpy as np

from matchmaker.network.deals import Deals, Normal, normal_of, says_something, shares_of
from matchmaker.network.likely import LIKELY_STAGE, LikelyStage
from matchmaker.network.past import Measures
from matchmaker.profiles import UNKNOWN, Candidates, Need, Profiles
from matchmaker.scoring.base import Evidence
from matchmaker.scoring.curves import lift_share
from matchmaker.scoring.deals import DealComponent


class StageHabit(DealComponent):
    """Share p of the candidate's entries at the need's stage, against the share s of all rounds: p / (p + s).

    Entries count 2^(-age / half-life), those of unknown stage do not; p is drawn to s by `prior` entries. One half
    where it does as others do, and for a candidate of whose entries no stage is known. Where the need says no stage, an
    entry holds for p as far as its stage is likely (`matchmaker.network.likely`).
    """

    name = "stage"

    def __init__(self, *, half_life_years: float = 4.0, prior: float = 2.0, likely: LikelyStage = LIKELY_STAGE) -> None:
        self.half_life_years = half_life_years
        self.prior = prior
        self.likely = likely

    def fit(self, profiles: Profiles) -> Self:
        self.stages_ = profiles.vocabulary.get("stages", ())
        return super().fit(profiles)

    def _measure(self, deals: Deals, need: Need) -> Measures | None:
        stage = deals.past.stage
        known = stage != UNKNOWN
        if not (known.any() and says_something(need)):
            return None
        chances = self._chances(deals, need)
        holds = np.where(known, chances[np.maximum(stage, 0)], 0.0)
        weights = np.where(known, deals.decay(self.half_life_years), 0.0)
        return lift_share(*shares_of(deals, holds, weights, prior=self.prior))

    def _chances(self, deals: Deals, need: Need) -> Measures:
        return deals.past.once(f"chances of {self.likely}", need, lambda: self.likely.of(deals, need))

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        deals = self._deals(need)
        stages = deals.past.stage[deals.entries_of(int(candidates.organisation[row]))]
        chances = self._chances(deals, need)
        likeliest = int(np.argmax(chances))
        facts = {"deals": int((stages == likeliest).sum()), "of": int((stages != UNKNOWN).sum())}
        if need.stage != UNKNOWN:
            return Evidence("stage.share", facts)
        name = self.stages_[likeliest] if likeliest < len(self.stages_) else ""
        return Evidence("stage.likely", facts | {"stage": name, "chance": float(chances[likeliest])})


class AgeHabit(DealComponent):
    """Whether the asker is as old as the startups that the candidate usually comes into.

    Density d of log2 of its age in years (half a year at least) in the candidate's normal distribution over its
    entries, then d / (d + 1). Entries count 2^(-age / half-life); mean and variance are drawn to those of all by
    `mean_prior` and `variance_prior` entries. NaN where nobody knows when the asker was founded.
    """

    name = "startup_age"

    def __init__(self, *, half_life_years: float = 4.0, mean_prior: float = 2.0, variance_prior: float = 3.0) -> None:
        self.half_life_years = half_life_years
        self.mean_prior = mean_prior
        self.variance_prior = variance_prior

    def _measure(self, deals: Deals, need: Need) -> Measures | None:
        asked = deals.log_age_of(need)
        if np.isnan(asked):
            return None
        settings = f"{self.name} {self.half_life_years} {self.mean_prior} {self.variance_prior}"
        usual = deals.past.once(settings, deals, lambda: self._usual(deals))
        density = np.exp(-((asked - usual.mean) ** 2) / (2 * usual.variance)) / np.sqrt(2 * np.pi * usual.variance)
        return np.where(usual.weight > 0, lift_share(density, 1.0), np.nan)

    def _usual(self, deals: Deals) -> Normal:
        return normal_of(
            deals,
            deals.log_age,
            half_life_years=self.half_life_years,
            mean_prior=self.mean_prior,
            variance_prior=self.variance_prior,
        )

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        deals = self._deals(need)
        ages = deals.log_age[deals.entries_of(int(candidates.organisation[row]))]
        known = ages[~np.isnan(ages)]
        facts = {
            "asked_years": float(2 ** deals.log_age_of(need)),
            "usual_years": float(2 ** np.median(known)),
            "deals": len(known),
        }
        return Evidence("startup_age.usual", facts)


class TurnHabit(DealComponent):
    """Whether the candidate comes in where the asker stands: at the first round, or after others.

    Share p of first rounds among its entries, those counting 2^(-age / half-life) and p drawn to everybody's by `prior`
    entries. p / (p + s) against everybody's share s where the asker has no round on record, else the same of 1 - p.
    """

    name = "turn"

    def __init__(self, *, half_life_years: float = 4.0, prior: float = 2.0) -> None:
        self.half_life_years = half_life_years
        self.prior = prior

    def _measure(self, deals: Deals, need: Need) -> Measures | None:
        if need.organisation is None:
            return None
        first = deals.rounds_before == 0
        asked = first if len(deals.rounds_of(need.organisation)) == 0 else ~first
        weights = deals.decay(self.half_life_years)
        return lift_share(*shares_of(deals, asked.astype(np.float64), weights, prior=self.prior))

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        deals = self._deals(need)
        own = deals.entries_of(int(candidates.organisation[row]))
        first = int((deals.rounds_before[own] == 0).sum())
        is_first = len(deals.rounds_of(need.organisation)) == 0
        count = first if is_first else len(own) - first
        return Evidence("turn.first" if is_first else "turn.later", {"deals": count, "of": len(own)})
