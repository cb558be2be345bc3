"""Whether an investor comes into the need's field and region, level by level."""

from collections.abc import Callable
from typing import ClassVar, Self

import numpy as np

from matchmaker.network.deals import Deals, shares_of
from matchmaker.network.past import DAYS_A_YEAR, Measures
from matchmaker.profiles import Candidates, Ints, Mask, Need, Profiles
from matchmaker.scoring.base import Evidence
from matchmaker.scoring.curves import lift_share, log_share
from matchmaker.scoring.deals import DealComponent

PLACES = ("city", "region", "state", "country")


class _PlaceHabit(DealComponent):
    """Share p of the candidate's entries that lie where the asker is, against the share s of all rounds: p / (p + s).

    Where, says the tag of the family `level`. Entries count 2^(-age / half-life), those without such a tag do not; p is
    drawn to s by `prior` entries. One half where it does as others do. NaN for a need without such a tag.
    """

    level: ClassVar[str]
    code: ClassVar[str]

    def __init__(self, *, half_life_years: float = 4.0, prior: float = 2.0) -> None:
        self.half_life_years = half_life_years
        self.prior = prior

    def fit(self, profiles: Profiles) -> Self:
        self.columns_ = _columns_of(profiles, lambda family: family == self.level)
        return super().fit(profiles)

    def _measure(self, deals: Deals, need: Need) -> Measures | None:
        here = np.intersect1d(need.tags, self.columns_)
        if len(here) == 0:
            return None
        weights = np.where(self._is_known(deals), deals.decay(self.half_life_years), 0.0)
        holds = _has_any(deals, here).astype(np.float64)
        return lift_share(*shares_of(deals, holds, weights, prior=self.prior))

    def _is_known(self, deals: Deals) -> Mask:
        return deals.past.once(f"has a {self.level}", self.columns_, lambda: _has_any(deals, self.columns_))

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        deals = self._deals(need)
        own = deals.entries_of(int(candidates.organisation[row]))
        here = _has_any(deals, np.intersect1d(need.tags, self.columns_))[own]
        of = int(self._is_known(deals)[own].sum())
        return Evidence(self.code, {"deals": int(here.sum()), "of": of})


class RegionHabit(_PlaceHabit):
    __doc__ = _PlaceHabit.__doc__
    name = "deal_region"
    level = "region"
    code = "deal_region.share"


class StateHabit(_PlaceHabit):
    __doc__ = _PlaceHabit.__doc__
    name = "deal_state"
    level = "state"
    code = "deal_state.share"


class CountryHabit(_PlaceHabit):
    __doc__ = _PlaceHabit.__doc__
    name = "deal_country"
    level = "country"
    code = "deal_country.share"


class FieldActivity(DealComponent):
    """How much the candidate has come into the need's field of late: l / (1 + l), l = ln(1 + x / `typical`).

    x = sum over its entries that share a tag with the need, of any family but places, of 2^(-age / half-life).
    NaN for a need without such a tag.
    """

    name = "field_activity"

    def __init__(self, *, half_life_years: float = 0.5, typical: float = 0.5) -> None:
        self.half_life_years = half_life_years
        self.typical = typical

    def fit(self, profiles: Profiles) -> Self:
        self.columns_ = _columns_of(profiles, lambda family: family not in PLACES)
        return super().fit(profiles)

    def _measure(self, deals: Deals, need: Need) -> Measures | None:
        field = np.intersect1d(need.tags, self.columns_)
        if len(field) == 0:
            return None
        weights = np.where(_has_any(deals, field), deals.decay(self.half_life_years), 0.0)
        return log_share(deals.entries @ weights, self.typical)

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        deals = self._deals(need)
        own = deals.entries_of(int(candidates.organisation[row]))
        in_field = own[_has_any(deals, np.intersect1d(need.tags, self.columns_))[own]]
        if len(in_field) == 0:
            return Evidence("field_activity.none", {"of": len(own)})
        days = deals.past.day[in_field]
        last_year = int((days >= deals.as_of - DAYS_A_YEAR).sum())
        return Evidence("field_activity.recent", {"deals": last_year, "of": len(days), "last_day": int(days[-1])})


def _columns_of(profiles: Profiles, wanted: Callable[[str], bool]) -> Ints:
    """The tags of the families wanted; a tag's family is what stands before its colon."""
    tags = profiles.vocabulary.get("tags", ())
    return np.array([column for column, tag in enumerate(tags) if wanted(tag.partition(":")[0])], np.int32)


def _has_any(deals: Deals, columns: Ints) -> Mask:
    """Which rounds have one of these tags; a tag that is newer than the history is in none of it."""
    asked = np.zeros(deals.past.tags.shape[1])
    asked[columns[columns < len(asked)]] = 1.0
    return np.asarray(deals.past.tags @ asked > 0)
