"""Small grounds that shade a score and never carry one: district, free capacity, size, terms."""

from typing import Self

import numpy as np

from matchmaker.profiles import SIZES, TYPES, UNKNOWN, Candidates, Need, Profiles, Scores
from matchmaker.scoring.base import Component, Evidence, unknown
from models.enums import SizeClass


class DistrictNearness(Component):
    """1 in the same district, `same_area` in the same part of the city (or country), 0 elsewhere."""

    name = "district"

    def __init__(self, *, same_area: float = 0.5) -> None:
        self.same_area = same_area

    def fit(self, profiles: Profiles) -> Self:
        self.place_ = profiles.organisations.place
        self.area_ = profiles.organisations.area
        self.places_ = profiles.vocabulary["places"]
        return self

    def score_candidates(self, need: Need, candidates: Candidates) -> Scores:
        if need.place == UNKNOWN:
            return unknown(candidates)
        place = self.place_[candidates.organisation]
        same_area = (self.area_[candidates.organisation] == need.area) & (need.area != UNKNOWN)
        scores = np.where(place == need.place, 1.0, np.where(same_area, self.same_area, 0.0))
        return np.where(place == UNKNOWN, np.nan, scores)

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        place = int(self.place_[candidates.organisation[row]])
        code = "district.same" if place == need.place else "district.other"
        return Evidence(code, {"place": self.places_[place]})


class FreeCapacity(Component):
    """The share of its capacity for collaborations that a candidate has free."""

    name = "capacity"

    def fit(self, profiles: Profiles) -> Self:
        self.free_ = profiles.organisations.free_capacity
        return self

    def score_candidates(self, need: Need, candidates: Candidates) -> Scores:
        return self.free_[candidates.organisation].astype(np.float64)

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        return Evidence("capacity.free", {"share": round(float(self.free_[candidates.organisation[row]]), 2)})


# How well a candidate of the column's size complements an asker of the row's size: large leads small (以大带小).
# micro, small, medium, large; editors' judgement, to be replaced by what outcomes teach.
COMPLEMENT = np.array(
    [
        [0.3, 0.5, 0.8, 1.0],
        [0.4, 0.5, 0.8, 1.0],
        [0.7, 0.8, 0.6, 0.8],
        [1.0, 1.0, 0.8, 0.4],
    ]
)


class SizeComplement(Component):
    """How the two sizes complement each other: a large firm leads small ones and finds speed in them."""

    name = "size"

    def fit(self, profiles: Profiles) -> Self:
        self.size_ = profiles.organisations.size
        return self

    def score_candidates(self, need: Need, candidates: Candidates) -> Scores:
        if need.size == UNKNOWN:
            return unknown(candidates)
        size = self.size_[candidates.organisation]
        return np.where(size == UNKNOWN, np.nan, COMPLEMENT[need.size, size])

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        theirs: SizeClass = SIZES[self.size_[candidates.organisation[row]]]
        return Evidence("size.complement", {"yours": SIZES[need.size].value, "theirs": theirs.value})


class TermsMeeting(Component):
    """Mean of the terms that both sides state: the way to work together, the money, the size wished for.

    Type: 1 where both wish to work together in the same way, else 0. Money: share of the need's budget range that
    lies within the offer's. Size: 1 where the asker's size is welcome to the offer, else 0. Kinds are a hard rule.
    """

    name = "terms"

    def fit(self, profiles: Profiles) -> Self:
        self.offers_ = profiles.offers
        self.size_ = profiles.organisations.size
        return self

    def score_candidates(self, need: Need, candidates: Candidates) -> Scores:
        parts = np.stack([self._type(need, candidates), self._money(need, candidates), self._size(need, candidates)])
        known = ~np.isnan(parts)
        count = known.sum(axis=0)
        total = np.where(known, parts, 0).sum(axis=0)
        return np.divide(total, count, out=unknown(candidates), where=count > 0)

    def _type(self, need: Need, candidates: Candidates) -> Scores:
        if need.type == UNKNOWN:
            return unknown(candidates)
        return self._of_offer((self.offers_.type == need.type).astype(float), candidates)

    def _money(self, need: Need, candidates: Candidates) -> Scores:
        if need.budget is None:
            return unknown(candidates)
        low, high = self.offers_.budget_low, self.offers_.budget_high
        width = max(need.budget[1] - need.budget[0], 1.0)
        shared = np.minimum(high, need.budget[1]) - np.maximum(low, need.budget[0])
        inside = (low <= need.budget[0]) & (high >= need.budget[1])
        value = np.where(inside, 1.0, np.clip(shared / width, 0, 1))
        return self._of_offer(np.where(np.isnan(low) | np.isnan(high), np.nan, value), candidates)

    def _size(self, need: Need, candidates: Candidates) -> Scores:
        if need.size == UNKNOWN:
            return unknown(candidates)
        wishes = self.offers_.wants_sizes
        welcome = ((wishes >> need.size) & 1).astype(float)
        return self._of_offer(np.where(wishes == 0, np.nan, welcome), candidates)

    def _of_offer(self, values: Scores, candidates: Candidates) -> Scores:
        scores = unknown(candidates)
        has_offer = candidates.offer != UNKNOWN
        scores[has_offer] = values[candidates.offer[has_offer]]
        return scores

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        one = candidates.take(np.array([row]))
        facts: dict[str, object] = {"type": TYPES[self.offers_.type[candidates.offer[row]]].value}
        for name, part in (("type_meets", self._type), ("money_meets", self._money), ("size_welcome", self._size)):
            value = float(part(need, one)[0])
            if not np.isnan(value):
                facts[name] = round(value, 2)
        return Evidence("terms.meeting", facts)
