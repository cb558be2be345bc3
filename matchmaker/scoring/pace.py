"""How an investor comes into rounds: beside how many others, and how often against its own habit."""

import numpy as np

from matchmaker.network.deals import LIKENESS, Deals, RoundLikeness, normal_of
from matchmaker.network.past import DAYS_A_YEAR, Measures
from matchmaker.network.similar import similar_projects
from matchmaker.profiles import Candidates, Need
from matchmaker.scoring.base import Evidence
from matchmaker.scoring.curves import lift_share
from matchmaker.scoring.deals import DealComponent


class SyndicateSize(DealComponent):
    """Whether as many come in beside the candidate as a round like the one sought usually takes in.

    exp(-`steepness` |u - e|) with u the candidate's mean of ln(1 + entrants) over its entries, weighted by
    2^(-age / half-life) and drawn to the mean of all rounds with `prior` entries behind it, and e the mean over rounds
    like the one sought, weighted by similarity^2 of field and place * 2^(-age / `alike_half_life_years`) * likeness of
    the round (`matchmaker.network.deals.RoundLikeness`). NaN where no past round is like the one sought.
    """

    name = "syndicate_size"

    def __init__(
        self,
        *,
        half_life_years: float = 3.0,
        alike_half_life_years: float = 2.0,
        prior: float = 2.0,
        steepness: float = 1.5,
        likeness: RoundLikeness = LIKENESS,
    ) -> None:
        self.half_life_years = half_life_years
        self.alike_half_life_years = alike_half_life_years
        self.prior = prior
        self.steepness = steepness
        self.likeness = likeness

    def _measure(self, deals: Deals, need: Need) -> Measures | None:
        expected = self._expected(deals, need)
        return None if expected is None else np.exp(-self.steepness * np.abs(self._usual(deals) - expected))

    def _expected(self, deals: Deals, need: Need) -> float | None:
        alike = similar_projects(deals.past, need, half_life_years=self.alike_half_life_years)
        weights = np.where(deals.entrants > 0, alike * self.likeness.once(deals, need), 0.0)
        total = float(weights.sum())
        return float(weights @ np.log1p(deals.entrants)) / total if total > 0 else None

    def _usual(self, deals: Deals) -> Measures:
        return deals.past.once(f"usual entrants, {self.half_life_years}", deals, lambda: self._learn(deals))

    def _learn(self, deals: Deals) -> Measures:
        logs = np.where(deals.entrants > 0, np.log1p(deals.entrants), np.nan)
        return normal_of(
            deals, logs, half_life_years=self.half_life_years, mean_prior=self.prior, variance_prior=1.0
        ).mean

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        deals, candidate = self._deals(need), int(candidates.organisation[row])
        expected = self._expected(deals, need)
        facts = {
            "usual": float(np.expm1(self._usual(deals)[candidate])),
            "asked": float(np.expm1(expected or 0.0)),
            "deals": int(deals.entry_counts[candidate]),
        }
        return Evidence("syndicate_size.usual", facts)


class Rise(DealComponent):
    """Whether the candidate comes into more of late than it used to: x / (x + e), half where it keeps its pace.

    x = `prior` + sum over its entries of 2^(-age / `recent_years`), e = `prior` + the same with `usual_years`, times
    what all rounds come to over `recent_years` for each one over `usual_years`: so a year that is lively for everybody
    is no rise.
    """

    name = "rise"

    def __init__(self, *, recent_years: float = 0.5, usual_years: float = 3.0, prior: float = 0.3) -> None:
        self.recent_years = recent_years
        self.usual_years = usual_years
        self.prior = prior

    def _measure(self, deals: Deals, need: Need) -> Measures | None:
        return deals.past.once("rise", deals, lambda: self._learn(deals))

    def _learn(self, deals: Deals) -> Measures:
        recent, usual = deals.decay(self.recent_years), deals.decay(self.usual_years)
        expected = (deals.entries @ usual) * (recent.sum() / usual.sum())
        return lift_share(deals.entries @ recent + self.prior, expected + self.prior)

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        deals, candidate = self._deals(need), int(candidates.organisation[row])
        own = deals.entries_of(candidate)
        share = float(self._learn(deals)[candidate])
        last_year = int((deals.past.day[own] >= deals.as_of - DAYS_A_YEAR).sum())
        return Evidence("rise.pace", {"times": share / (1 - share), "deals": last_year, "of": len(own)})
