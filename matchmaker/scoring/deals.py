"""Whether an investor comes into rounds like the one that is sought, and how often of late."""

from abc import abstractmethod
from typing import Self

import numpy as np

from matchmaker.network.deals import LIKENESS, Deals, RoundLikeness, says_something, shares_of
from matchmaker.network.past import DAYS_A_YEAR, Measures, Timeline
from matchmaker.profiles import Candidates, Need, Profiles, Scores
from matchmaker.scoring.base import Component, Evidence, LastAnswer, unknown
from matchmaker.scoring.curves import log_share

ALIKE = 0.5  # from this likeness on a round is told of as one like the one sought


class DealComponent(Component):
    """A ground that is read from past entries: rounds in which the candidate paid into a lead new to it.

    NaN for a candidate without an earlier entry, and for a need that does not say what the ground is about.
    """

    def fit(self, profiles: Profiles) -> Self:
        self.timeline_ = Timeline.of(profiles)
        self.founded_ = profiles.organisations.founded
        self._last_scores: LastAnswer[Measures | None] = LastAnswer()
        return self

    def score_candidates(self, need: Need, candidates: Candidates) -> Scores:
        deals = self._deals(need)
        of_everybody = self._measured(deals, need)
        if of_everybody is None:
            return unknown(candidates)
        rows = candidates.organisation
        return np.where(deals.entry_counts[rows] > 0, of_everybody[rows], np.nan)

    @abstractmethod
    def _measure(self, deals: Deals, need: Need) -> Measures | None:
        """A score for every organisation, or None where the need does not say enough; rounds there are."""

    def _measured(self, deals: Deals, need: Need) -> Measures | None:
        return self._last_scores.to(need, lambda: self._measure(deals, need) if len(deals.past) else None)

    def _deals(self, need: Need) -> Deals:
        past = self.timeline_.known_to(need)
        return past.once("deals", self.founded_, lambda: Deals(past, self.founded_))


class RoundHabit(DealComponent):
    """Share of the candidate's entries that were rounds like the one sought, before the need's day.

    (sum over entries e of d_e like_e + `prior` * m) / (sum of d_e + `prior`), with d_e = 2^(-age / half-life), like_e
    by stage, amount, turn and the startup's age (`matchmaker.network.deals.RoundLikeness`), and m the mean of all.
    """

    name = "round_habit"

    def __init__(self, *, half_life_years: float = 2.0, prior: float = 1.0, likeness: RoundLikeness = LIKENESS) -> None:
        self.half_life_years = half_life_years
        self.prior = prior
        self.likeness = likeness

    def _measure(self, deals: Deals, need: Need) -> Measures | None:
        if not says_something(need):
            return None
        alike = self.likeness.once(deals, need)
        return shares_of(deals, alike, deals.decay(self.half_life_years), prior=self.prior)[0]

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        deals = self._deals(need)
        own = deals.entries_of(int(candidates.organisation[row]))
        alike = own[self.likeness.once(deals, need)[own] >= ALIKE]
        if len(alike) == 0:
            return Evidence("round_habit.none", {"of": len(own)})
        facts = {"alike": len(alike), "of": len(own), "last_day": int(deals.past.day[alike[-1]])}
        return Evidence("round_habit.share", facts)


class RoundActivity(DealComponent):
    """x = sum over the candidate's entries of 2^(-age / half-life) * like_e, then l / (1 + l), l = ln(1 + x / typical).

    like_e as in `RoundHabit`: how much it does of such rounds, where the habit says what share of its rounds they are.
    """

    name = "round_activity"

    def __init__(
        self, *, half_life_years: float = 1.0, typical: float = 1.0, likeness: RoundLikeness = LIKENESS
    ) -> None:
        self.half_life_years = half_life_years
        self.typical = typical
        self.likeness = likeness

    def _measure(self, deals: Deals, need: Need) -> Measures | None:
        weights = deals.decay(self.half_life_years) * self.likeness.once(deals, need)
        return log_share(deals.entries @ weights, self.typical)

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        deals = self._deals(need)
        own = deals.entries_of(int(candidates.organisation[row]))
        recent = deals.past.day[own] >= deals.as_of - 2 * DAYS_A_YEAR
        alike = recent & (self.likeness.once(deals, need)[own] >= ALIKE)
        facts = {"alike": int(alike.sum()), "recent": int(recent.sum()), "last_day": int(deals.past.day[own[-1]])}
        return Evidence("round_activity.recent", facts)


class DealVolume(DealComponent):
    """x = sum over all rounds that the candidate paid into, new or again, of 2^(-age / half-life), on the same curve.

    Over years, where `recency` tells of the last months.
    """

    name = "deal_volume"

    def __init__(self, *, half_life_years: float = 2.0, typical: float = 3.0) -> None:
        self.half_life_years = half_life_years
        self.typical = typical

    def _measure(self, deals: Deals, need: Need) -> Measures | None:
        return log_share(deals.payers.T @ deals.decay(self.half_life_years), self.typical)

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        deals = self._deals(need)
        candidate = int(candidates.organisation[row])
        paid = np.flatnonzero(deals.payers[:, [candidate]].toarray().ravel())
        facts = {"rounds": len(paid), "entries": int(deals.entry_counts[candidate])}
        return Evidence("deal_volume.rounds", facts | {"first_day": int(deals.past.day[paid[0]])})
