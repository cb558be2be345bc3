"""Past rounds as their investors came into them: for the first time or again, how early, beside whom."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array, tril

from matchmaker.network.past import DAYS_A_YEAR, Measures, Past, Rows
from matchmaker.profiles import UNKNOWN, Ints, Need

YOUNGEST = 0.5  # years; under half a year all ages are alike


class Deals:
    """What was known of rounds before some day. An entry is a round in which somebody pays into a lead new to it.

    Ages are counted back from the latest round known, not from the need: a record that nobody has kept up for months
    says as much of who is active, and how much, as it did then.
    """

    def __init__(self, past: Past, founded: Ints) -> None:
        self.past = past
        self._founded = founded

    @cached_property
    def as_of(self) -> int:
        return int(self.past.day[-1]) if len(self.past) else 0

    def decay(self, half_life_years: float) -> Measures:
        """2^(-age / half-life) of each round."""
        return self.past.decay(self.as_of, half_life_years)

    @cached_property
    def payers(self) -> csr_array:
        """Rounds x organisations: who took part without being the lead."""
        return self.past.joined

    @cached_property
    def earlier_rounds(self) -> csr_array:
        """Rounds x rounds: 1 where the column is an earlier round of the same lead."""
        known = np.flatnonzero(self.past.lead != UNKNOWN)
        shape = (len(self.past), self.past.members.shape[1])
        of_lead = csr_array((np.ones(len(known)), (known, self.past.lead[known])), shape=shape)
        return csr_array(tril(of_lead @ of_lead.T, k=-1))

    @cached_property
    def rounds_before(self) -> Measures:
        """How many rounds of the same lead came before each one."""
        return np.diff(self.earlier_rounds.indptr).astype(np.float64)

    @cached_property
    def backers_before(self) -> csr_array:
        """Rounds x organisations: 1 where it had paid into the lead in an earlier round."""
        return csr_array((self.earlier_rounds @ self.payers).astype(bool), dtype=np.float64)

    @cached_property
    def entries(self) -> csr_array:
        """Organisations x rounds: 1 where it came in new."""
        again = self.payers.multiply(self.backers_before)
        new = csr_array(self.payers - again)
        new.eliminate_zeros()
        return csr_array(new.T)

    @cached_property
    def entry_counts(self) -> Measures:
        return np.diff(self.entries.indptr).astype(np.float64)

    @cached_property
    def entrants(self) -> Measures:
        """How many came in new at each round."""
        return np.bincount(self.entries.indices, minlength=len(self.past)).astype(np.float64)

    def entries_of(self, organisation: int) -> Rows:
        """Rounds in which it came in new, the latest last."""
        start, end = self.entries.indptr[organisation : organisation + 2]
        return np.sort(self.entries.indices[start:end]).astype(np.intp)

    def rounds_of(self, organisation: int | None) -> Rows:
        """Rounds that the organisation led: those in which it was paid."""
        return np.flatnonzero(self.past.lead == organisation) if organisation is not None else np.empty(0, np.intp)

    def backers_of(self, organisation: int | None) -> Measures:
        """1 for everybody who paid into the organisation before."""
        paid = np.zeros(len(self.past))
        paid[self.rounds_of(organisation)] = 1.0
        return np.asarray((self.payers.T @ paid) > 0, np.float64)

    @cached_property
    def log_age(self) -> Measures:
        """log2 of the lead's age in years at the round; NaN where nobody knows when it was founded."""
        if len(self._founded) == 0:
            return np.full(len(self.past), np.nan)
        founded = np.where(self.past.lead != UNKNOWN, self._founded[self.past.lead], UNKNOWN)
        return _log_years(self.past.day, founded)

    def log_age_of(self, need: Need) -> float:
        """log2 of the asker's age in years on the need's day."""
        if need.organisation is None:
            return float("nan")
        return float(_log_years(np.array([need.day]), self._founded[[need.organisation]])[0])

    @cached_property
    def log_amount(self) -> Measures:
        """log10 of the amount, NaN where it is unknown."""
        known = self.past.amount > 0
        return np.where(known, np.log10(np.where(known, self.past.amount, 1.0).astype(np.float64)), np.nan)


def _log_years(day: Ints, founded: Ints) -> Measures:
    years = (day - founded.astype(np.float64)) / DAYS_A_YEAR
    return np.where((founded != UNKNOWN) & (years >= 0), np.log2(np.maximum(years, YOUNGEST)), np.nan)


@dataclass(frozen=True, slots=True)
class RoundLikeness:
    """How much a past round is a round like the one that is sought, apart from what the firm does and where.

    stage * amount * turn * age, each 1 where the need does not say it: the same stage 1, another `other_stage`;
    exp(-`amount_steepness` |difference of log10 amounts|); the same number of earlier rounds 1 (3 and more are one),
    another `other_turn`; exp(-`age_steepness` |difference of log2 ages|). What the past round does not say counts
    `unknown_...`.
    """

    other_stage: float = 0.4
    unknown_stage: float = 0.6
    amount_steepness: float = 2.0
    unknown_amount: float = 0.3
    other_turn: float = 0.4
    age_steepness: float = 0.6
    unknown_age: float = 0.5

    def once(self, deals: Deals, need: Need) -> Measures:
        """Worked out once for all components that ask about the same need."""
        return deals.past.once(repr(self), need, lambda: self.of(deals, need))

    def of(self, deals: Deals, need: Need) -> Measures:
        return self._stage(deals, need) * self._amount(deals, need) * self._turn(deals, need) * self._age(deals, need)

    def _stage(self, deals: Deals, need: Need) -> Measures:
        stage = deals.past.stage
        if need.stage == UNKNOWN:
            return np.ones(len(stage))
        other = np.where(stage == UNKNOWN, self.unknown_stage, self.other_stage)
        return np.where(stage == need.stage, 1.0, other)

    def _amount(self, deals: Deals, need: Need) -> Measures:
        if not need.amount > 0:
            return np.ones(len(deals.past))
        return near(deals.log_amount, np.log10(need.amount), self.amount_steepness, self.unknown_amount)

    def _turn(self, deals: Deals, need: Need) -> Measures:
        if need.organisation is None:
            return np.ones(len(deals.past))
        asked = min(len(deals.rounds_of(need.organisation)), 3)
        return np.where(np.minimum(deals.rounds_before, 3) == asked, 1.0, self.other_turn)

    def _age(self, deals: Deals, need: Need) -> Measures:
        asked = deals.log_age_of(need)
        if np.isnan(asked):
            return np.ones(len(deals.past))
        return near(deals.log_age, asked, self.age_steepness, self.unknown_age)


LIKENESS = RoundLikeness()


def near(values: Measures, asked: float, steepness: float, unknown: float) -> Measures:
    """exp(-steepness |difference|), `unknown` where the value is."""
    return np.where(np.isnan(values), unknown, np.exp(-steepness * np.abs(np.nan_to_num(values) - asked)))


def says_something(need: Need) -> bool:
    """Whether the need tells anything by which one round could be more like it than another."""
    return need.stage != UNKNOWN or need.amount > 0 or need.organisation is not None


def follower_strengths(deals: Deals, backers: Measures, *, half_life_years: float) -> Measures:
    """How readily each organisation comes in after these backers: sum over backers b of F_bj / (1 + sum_m F_bm).

    F_bj = sum over the rounds that j entered and whose lead b had backed before of 2^(-age / half-life) / backers.
    """
    before = deals.backers_before
    counts = np.diff(before.indptr)
    passed = np.divide(deals.decay(half_life_years), counts, out=np.zeros(len(counts)), where=counts > 0)
    followed = before.T @ (passed * deals.entrants)
    return np.asarray(deals.entries @ (passed * (before @ (backers / (1 + followed)))), np.float64)


@dataclass(frozen=True, slots=True)
class Normal:
    """Mean and variance of a measure over each organisation's entries, drawn towards those of all."""

    mean: Measures
    variance: Measures
    weight: Measures  # decayed entries at which the measure is known


def normal_of(
    deals: Deals, values: Measures, *, half_life_years: float, mean_prior: float, variance_prior: float
) -> Normal:
    known = ~np.isnan(values)
    weights = np.where(known, deals.decay(half_life_years), 0.0)
    filled = np.where(known, values, 0.0)
    total = weights.sum()
    overall = float(weights @ filled / total) if total > 0 else 0.0
    spread_of_all = max(float(weights @ (filled - overall) ** 2 / total), 0.01) if total > 0 else 1.0
    weight = deals.entries @ weights
    first, second = deals.entries @ (weights * filled), deals.entries @ (weights * filled**2)
    mean = (first + mean_prior * overall) / (weight + mean_prior)
    spread = np.maximum(second - 2 * mean * first + weight * mean**2, 0.0)
    return Normal(mean, (spread + variance_prior * spread_of_all) / (weight + variance_prior), weight)


def shares_of(deals: Deals, holds: Measures, weights: Measures, *, prior: float) -> tuple[Measures, float]:
    """Of each organisation's entries the share for which something holds, and that of all rounds.

    `holds` lies in [0, 1]; a round of weight 0 does not count. The share of all is (theirs + 1) / (all + 2); each
    organisation's own is drawn to it with `prior` entries behind it.
    """
    overall = float((weights @ holds + 1) / (weights.sum() + 2))
    own, own_all = deals.entries @ (weights * holds), deals.entries @ weights
    return np.asarray((own + prior * overall) / (own_all + prior), np.float64), overall
