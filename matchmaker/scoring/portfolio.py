"""A firm against what the fund that asks has paid for: the nearest of its past deals, and where they were.

What became of a deal is not read, so an earlier failure speaks against nobody.
"""

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from scipy.sparse import csr_array

from matchmaker.columns import widened
from matchmaker.network.deals import Deals, shares_of
from matchmaker.network.past import Measures, Past, Rows, Timeline
from matchmaker.profiles import UNKNOWN, Candidates, Mask, Need, Profiles, Scores
from matchmaker.scoring.base import Component, Evidence, LastAnswer, unknown
from matchmaker.scoring.curves import lift_share, log_share

NAMED = 3
FAINT = 1e-9


class FundDeals(Component):
    """x = sum over the rounds e that the fund paid into of s_e^2 * 2^(-age / half-life), then l / (1 + l) with
    l = ln(1 + x / `typical`).

    s_e is the cosine of the idf-weighted tags of the firm (its chain nodes among them) and of the round, over the
    families of tags that both have. NaN for a fund without an earlier round, and for a firm without a tag that any
    round could have.
    """

    name = "fund_deals"
    is_evidence = True

    def __init__(self, *, half_life_years: float = 4.0, typical: float = 1.0) -> None:
        self.half_life_years = half_life_years
        self.typical = typical

    def fit(self, profiles: Profiles) -> Self:
        self.timeline_ = Timeline.of(profiles)
        self.tags_ = _tags_of_firms(profiles)
        self._last_paid: LastAnswer[PaidRounds] = LastAnswer()
        return self

    def score_candidates(self, need: Need, candidates: Candidates) -> Scores:
        paid = self._paid(need)
        if need.mandate == UNKNOWN or not len(paid.rows):
            return unknown(candidates)
        alike = paid.similarity(self.tags_[candidates.organisation])
        return np.where(np.isnan(alike).all(axis=1), np.nan, log_share(paid.weights(alike).sum(axis=1), self.typical))

    def _paid(self, need: Need) -> "PaidRounds":
        return self._last_paid.to(need, lambda: self._read(need))

    def _read(self, need: Need) -> "PaidRounds":
        past = self.timeline_.known_to(need)
        rows = paid_by(past, need)
        return PaidRounds(past, rows, past.decay(need.day, self.half_life_years)[rows])

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        paid = self._paid(need)
        alike = paid.similarity(self.tags_[candidates.organisation[[row]]])
        weights = paid.weights(alike)[0]
        near = np.argsort(-weights, kind="stable")[: min(NAMED, int((weights > FAINT).sum()))]
        if not len(near):
            return Evidence("fund_deals.none", {"of": len(paid.rows)})
        facts: Mapping[str, object] = {
            "count": int((weights > FAINT).sum()),
            "of": len(paid.rows),
            "similarity": float(alike[0, near[0]]),
            "ids": [key.decode() for key in paid.past.ids[paid.rows[near]]],
        }
        return Evidence("fund_deals.near", facts)


class PaidRounds:
    """The rounds that one fund paid into, ready to be compared with firms."""

    def __init__(self, past: Past, rows: Rows, decay: Measures) -> None:
        self.past, self.rows, self._decay = past, rows, decay
        self._tags = past.tags[rows].toarray() * past.idf
        self._families = self._tags**2 @ past.families.toarray()

    def similarity(self, tags: csr_array) -> Measures:
        """Firms x rounds, NaN where they share no family of tags."""
        firms = csr_array(tags[:, : len(self.past.idf)], dtype=np.float64)
        firms.data = firms.data * self.past.idf[firms.indices]
        of_firms = np.asarray(firms.power(2) @ self.past.families.toarray())
        length = (of_firms @ (self._families > 0).T) * ((of_firms > 0) @ self._families.T)
        overlap = np.asarray(firms @ self._tags.T)
        cosine = np.divide(overlap, np.sqrt(length), out=np.full(overlap.shape, np.nan), where=length > FAINT)
        return np.minimum(cosine, 1.0)

    def weights(self, similarity: Measures) -> Measures:
        return np.asarray(np.nan_to_num(similarity) ** 2 * self._decay)


class FundPlaces(Component):
    """Share p of the fund's entries into firms of the candidate's area, against the share s of all: p / (p + s).

    p is drawn to s by `prior` entries; entries into a firm of unknown area do not count. NaN for a firm whose area is
    not known, and for a fund without an earlier entry.
    """

    name = "fund_places"

    def __init__(self, *, half_life_years: float = 4.0, prior: float = 2.0) -> None:
        self.half_life_years = half_life_years
        self.prior = prior

    def fit(self, profiles: Profiles) -> Self:
        self.timeline_ = Timeline.of(profiles)
        self.founded_ = profiles.organisations.founded
        self.area_ = profiles.organisations.area
        self.areas_ = profiles.vocabulary["areas"]
        self._last_scores: LastAnswer[Measures | None] = LastAnswer()
        return self

    def score_candidates(self, need: Need, candidates: Candidates) -> Scores:
        by_area = self._last_scores.to(need, lambda: self._measure(need))
        area = self.area_[candidates.organisation]
        if by_area is None:
            return unknown(candidates)
        return np.where(area == UNKNOWN, np.nan, by_area[area])

    def _measure(self, need: Need) -> Measures | None:
        """A score for each area, the last for none."""
        deals = self._deals(need)
        if need.mandate == UNKNOWN or need.organisation is None or not len(deals.entries_of(need.organisation)):
            return None
        areas, known = self._areas(deals)
        weights = np.where(known, deals.decay(self.half_life_years), 0.0)
        scores = np.full(len(self.areas_) + 1, np.nan)
        for area in range(len(self.areas_)):
            shares, overall = shares_of(deals, (areas == area).astype(np.float64), weights, prior=self.prior)
            scores[area] = float(lift_share(shares[[need.organisation]], overall)[0])
        return scores

    def _areas(self, deals: Deals) -> tuple[Any, Mask]:
        """The area of the firm that each round paid, and where it is known."""
        areas = np.where(deals.past.lead == UNKNOWN, UNKNOWN, self.area_[deals.past.lead])
        return areas, areas != UNKNOWN

    def _deals(self, need: Need) -> Deals:
        past = self.timeline_.known_to(need)
        return past.once("deals", self.founded_, lambda: Deals(past, self.founded_))

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        deals, area = self._deals(need), int(self.area_[candidates.organisation[row]])
        assert need.organisation is not None
        areas, known = self._areas(deals)
        own = deals.entries_of(need.organisation)
        facts = {"deals": int((areas[own] == area).sum()), "of": int(known[own].sum()), "area": self.areas_[area]}
        return Evidence("fund_places.share", facts)


def paid_by(past: Past, need: Need) -> Rows:
    """Earlier rounds that the asker paid into, the latest last."""
    if need.organisation is None or not len(past) or need.organisation >= past.members.shape[1]:
        return np.empty(0, np.intp)
    own = past.of(need.organisation)
    return own[past.lead[own] != need.organisation]


def _tags_of_firms(profiles: Profiles) -> csr_array:
    """Organisations x tags: what they say of themselves, and their chain nodes as the history writes them."""
    tags = profiles.vocabulary.get("tags", ())
    column_of = {tag: column for column, tag in enumerate(tags)}
    names = [f"node:{node}" for node in profiles.vocabulary["nodes"]]
    pairs = [(row, column_of[name]) for row, name in enumerate(names) if name in column_of]
    rows, columns = (np.array(side, np.int64) for side in zip(*pairs, strict=True)) if pairs else ([], [])
    as_tags = csr_array((np.ones(len(pairs)), (rows, columns)), shape=(len(names), len(tags)))
    own = widened(profiles.organisations.tags, len(tags))
    return csr_array((own + profiles.organisations.nodes @ as_tags).astype(bool), dtype=np.float64)
