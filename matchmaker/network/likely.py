"""The stage that a startup is likely to seek where it does not say: guessed from rounds of startups that stood alike.

A stage is written down once a round is closed. Before that the record tells how many rounds the startup had, stage,
amount and day of the last one, how old it is, what it does and where.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from matchmaker.network.deals import Deals, near
from matchmaker.network.past import DAYS_A_YEAR, Measures
from matchmaker.network.similar import similarity
from matchmaker.profiles import UNKNOWN, Ints, Need

SHORTEST = 0.25  # years; rounds that follow sooner are all alike
UNSAID = 0.5  # what a round counts that does not say how its startup stood


@dataclass(frozen=True, slots=True, eq=False)
class RoundBefore:
    """For each round the one before it of the same lead: its stage, log10 of its amount, log2 of the years since."""

    stage: Ints
    log_amount: Measures
    log_years: Measures

    @classmethod
    def of(cls, deals: Deals) -> Self:
        past, earlier = deals.past, deals.earlier_rounds.sorted_indices()
        later = np.flatnonzero(deals.rounds_before > 0)
        before = earlier.indices[earlier.indptr[later + 1] - 1]
        stage = np.full(len(past), UNKNOWN, np.int32)
        log_amount, log_years = np.full(len(past), np.nan), np.full(len(past), np.nan)
        stage[later], log_amount[later] = past.stage[before], deals.log_amount[before]
        log_years[later] = _log_years(past.day[later] - past.day[before])
        return cls(stage, log_amount, log_years)


@dataclass(frozen=True, slots=True)
class LikelyStage:
    """The chance of each stage: the share that rounds of startups which stood alike have at it.

    A round counts 2^(-age / half-life) * likeness: the same number of earlier rounds 1 (3 and more are one), another
    `other_turn`; exp(-`age_steepness` |difference of log2 ages|); `faint` + similarity of field and place; and after a
    first round the last stage, the same 1, another `other_stage`, exp(-steepness |difference|) of its log10 amount and
    of log2 of the years since. Where the need says its amount also that. All stages behind them count `prior` rounds.
    """

    half_life_years: float = 1.0
    other_turn: float = 0.05
    other_stage: float = 0.05
    age_steepness: float = 2.0
    last_amount_steepness: float = 4.0
    years_steepness: float = 0.7
    amount_steepness: float = 3.0
    faint: float = 0.02
    prior: float = 0.05

    def of(self, deals: Deals, need: Need) -> Measures:
        """By stage; 1 for the one that the need says."""
        stage = deals.past.stage
        known = stage != UNKNOWN
        stages = max(int(stage.max(initial=UNKNOWN)), need.stage) + 1
        if need.stage != UNKNOWN:
            return np.eye(stages)[need.stage]
        usual = np.bincount(stage[known], weights=deals.decay(self.half_life_years)[known], minlength=stages) + 1
        found = np.bincount(stage[known], weights=self._alike(deals, need)[known], minlength=stages)
        chances = found + self.prior * usual / usual.sum()
        return np.asarray(chances / chances.sum(), np.float64)

    def _alike(self, deals: Deals, need: Need) -> Measures:
        alike = deals.decay(self.half_life_years) * (self.faint + np.nan_to_num(similarity(deals.past, need)))
        alike *= _or_any(deals.log_age, deals.log_age_of(need), self.age_steepness)
        alike *= _or_any(deals.log_amount, np.log10(need.amount) if need.amount > 0 else np.nan, self.amount_steepness)
        if need.organisation is None:
            return alike
        turn = min(len(deals.rounds_of(need.organisation)), 3)
        alike *= np.where(np.minimum(deals.rounds_before, 3) == turn, 1.0, self.other_turn)
        return alike if turn == 0 else alike * self._after_the_last(deals, need)

    def _after_the_last(self, deals: Deals, need: Need) -> Measures:
        before = deals.past.once("round before", deals, lambda: RoundBefore.of(deals))
        last = deals.rounds_of(need.organisation)[-1]
        other = np.where(before.stage == UNKNOWN, UNSAID, self.other_stage)
        years = float(_log_years(need.day - deals.past.day[[last]])[0])
        return (
            np.where(before.stage == deals.past.stage[last], 1.0, other)
            * _or_any(before.log_amount, deals.log_amount[last], self.last_amount_steepness)
            * _or_any(before.log_years, years, self.years_steepness)
        )


LIKELY_STAGE = LikelyStage()


def _or_any(values: Measures, asked: float, steepness: float) -> Measures:
    """How near each lies to what is asked; 1 where nothing is."""
    return np.ones(len(values)) if np.isnan(asked) else near(values, asked, steepness, UNSAID)


def _log_years(days: Ints) -> Measures:
    return np.log2(np.maximum(days / DAYS_A_YEAR, SHORTEST))
