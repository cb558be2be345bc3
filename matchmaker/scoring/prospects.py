"""What speaks for a firm that seeks money: what few others can do, and how clear its next steps are."""

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matchmaker.profiles import UNKNOWN, Candidates, Mask, Need, Profiles, Scores
from matchmaker.scoring.base import Component, Evidence, unknown
from matchmaker.scoring.capital import MONTHS_A_YEAR, Capital, Pairs

SOON = MONTHS_A_YEAR


class CapabilityScarcity(Component):
    """1 / (1 + o) for the scarcest of the firm's capabilities: o others in the region offer it at its level or above.

    The level of an organisation is the highest of its published offers and facilities; who is known to be outside the
    region does not count as another. NaN for a firm that offers no capability.
    """

    name = "scarcity"

    def fit(self, profiles: Profiles) -> Self:
        levels = _levels(profiles)
        counted = profiles.organisations.is_active & ~_is_outside(profiles)
        self.levels_, self.others_ = levels, _others(levels, counted)
        self.names_ = profiles.vocabulary["capabilities"]
        return self

    def score_candidates(self, need: Need, candidates: Candidates) -> Scores:
        scores = unknown(candidates)
        indptr = self.levels_.indptr
        offers = np.flatnonzero(np.diff(indptr)[candidates.organisation] > 0)
        taken = csr_array((self.others_, self.levels_.indices, indptr), self.levels_.shape)[
            candidates.organisation[offers]
        ]
        if len(offers):
            scores[offers] = 1 / (1 + np.minimum.reduceat(taken.data, taken.indptr[:-1]))
        return scores

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        start, end = self.levels_.indptr[candidates.organisation[row] : candidates.organisation[row] + 2]
        scarcest = start + int(np.argmin(self.others_[start:end]))
        facts = {
            "capability": self.names_[self.levels_.indices[scarcest]],
            "level": int(self.levels_.data[scarcest]),
            "others": int(self.others_[scarcest]),
        }
        return Evidence("scarcity.others", facts)


class MilestonePlan(Component):
    """Mean of what is known of three: near, costed, evidenced.

    near: 1 where the first milestone lies within twelve months, else 12 / months; costed: share of the milestones with
    a cost, where costs are shown to the reader; evidenced: 1 where a published offer of the firm stands at the
    readiness level it says it has reached, else 0. NaN for a round without milestones.
    """

    name = "milestones"

    def __init__(self, capital: Capital) -> None:
        self.capital = capital

    def fit(self, profiles: Profiles) -> Self:
        offers = profiles.offers
        self.shown_ = np.full(len(profiles.organisations), np.nan)
        stated = np.flatnonzero(offers.trl_high != UNKNOWN)
        np.fmax.at(self.shown_, offers.owner[stated], offers.trl_high[stated].astype(np.float64))
        return self

    def score_candidates(self, need: Need, candidates: Candidates) -> Scores:
        pairs = Pairs.of(need, candidates)
        if pairs is None or need.mandate == UNKNOWN:
            return unknown(candidates)
        parts = np.stack(self._parts(candidates.organisation, pairs.firms))
        known = ~np.isnan(parts)
        count = known.sum(axis=0)
        mean = np.divide(np.where(known, parts, 0.0).sum(axis=0), count, out=unknown(candidates), where=count > 0)
        has_plan = self.capital.plans.milestones[pairs.firms] > 0
        return np.where(has_plan, mean, np.nan)

    def _parts(self, organisations: NDArray[Any], firms: NDArray[Any]) -> tuple[Scores, Scores, Scores]:
        plans = self.capital.plans
        milestones, month = plans.milestones[firms], plans.first_month[firms]
        near = np.where(month <= SOON, 1.0, SOON / np.maximum(month, SOON))
        costed = plans.costed[firms] / np.where(milestones > 0, milestones, np.nan)
        reached, shown = self.capital.firms.trl[firms], self.shown_[organisations]
        evidenced = np.where(np.isnan(reached) | np.isnan(shown), np.nan, (shown >= reached).astype(np.float64))
        return np.where(np.isnan(month), np.nan, near), costed, evidenced

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        one = candidates.take(np.array([row]))
        firm = int(one.terms[0])
        _near, costed, evidenced = (float(part[0]) for part in self._parts(one.organisation, one.terms))
        plans = self.capital.plans
        facts: dict[str, object] = {"milestones": int(plans.milestones[firm]), "month": int(plans.first_month[firm])}
        if not np.isnan(costed):
            facts["costed"] = int(plans.costed[firm])
        if not np.isnan(evidenced):
            facts |= {"trl": int(self.capital.firms.trl[firm]), "evidenced": bool(evidenced)}
        return Evidence("milestones.plan", facts)


def _levels(profiles: Profiles) -> csr_array:
    """Organisations x capabilities: the highest level that an offer of theirs states."""
    offers = profiles.offers
    stated = offers.capabilities.tocoo()
    width = offers.capabilities.shape[1]
    keys = offers.owner[stated.row].astype(np.int64) * max(width, 1) + stated.col
    cells, place = np.unique(keys, return_inverse=True)
    levels = np.zeros(len(cells))
    np.maximum.at(levels, place, stated.data)
    shape = (len(profiles.organisations), width)
    return csr_array((levels, (cells // max(width, 1), cells % max(width, 1))), shape=shape)


def _others(levels: csr_array, counted: Mask) -> Scores:
    """For each stated level how many other counted organisations state the same capability at it or above."""
    rows = np.repeat(np.arange(levels.shape[0]), np.diff(levels.indptr))
    counts = counted[rows]
    scale = levels.data.max(initial=0) + 1
    keys = levels.indices * scale + levels.data
    ranked = np.sort(keys[counts])
    upper = np.searchsorted(ranked, (levels.indices + 1) * scale, side="left")
    at_least = upper - np.searchsorted(ranked, keys, side="left")
    return np.asarray(at_least - counts, np.float64)


def _is_outside(profiles: Profiles) -> Mask:
    """Whose place is known to be outside the region: such a place begins with the code of a country."""
    place = profiles.organisations.place
    codes = np.array([code.partition("/")[0] for code in profiles.vocabulary["places"]], dtype="U40")
    outside = (np.char.str_len(codes) == 2) & np.char.isupper(codes) if len(codes) else np.zeros(1, bool)
    return np.asarray((place != UNKNOWN) & outside[np.maximum(place, 0)])
