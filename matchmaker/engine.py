"""The fitted engine: columns, the dense index over them, and the components, ready to answer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from scipy.sparse import csc_array

from matchmaker.profiles import Candidates, Mask, Need, Profiles, Scores
from matchmaker.retrieval.dense import DenseRetrieval
from matchmaker.scoring.affinity import AreaInField, AreaPair, KindMix, LengthHabit
from matchmaker.scoring.amount import AmountHabit
from matchmaker.scoring.base import Component, Evidence, LastAnswer, unknown
from matchmaker.scoring.capability import CapabilityCover
from matchmaker.scoring.capital import (
    Capital,
    DistrictAsked,
    FieldMeeting,
    MoneyLeft,
    Patience,
    StageNearness,
    TicketMeeting,
)
from matchmaker.scoring.chain import ChainAdjacency
from matchmaker.scoring.circles import (
    CommonPartners,
    JoinedAsker,
    LikePartners,
    PartnersInField,
    SimilarConsortia,
    TiesInField,
)
from matchmaker.scoring.context import DistrictNearness, FreeCapacity, SizeComplement, TermsMeeting
from matchmaker.scoring.deals import DealVolume, RoundActivity, RoundHabit
from matchmaker.scoring.declined import Declined
from matchmaker.scoring.fields import CountryHabit, FieldActivity, RegionHabit, StateHabit
from matchmaker.scoring.habits import AgeHabit, StageHabit, TurnHabit
from matchmaker.scoring.pace import Rise, SyndicateSize
from matchmaker.scoring.place import PlaceAffinity
from matchmaker.scoring.portfolio import FundDeals, FundPlaces
from matchmaker.scoring.prospects import CapabilityScarcity, MilestonePlan
from matchmaker.scoring.readiness import ReadinessOverlap
from matchmaker.scoring.recency import RecentActivity
from matchmaker.scoring.reciprocity import Reciprocity
from matchmaker.scoring.syndicate import BackersWalk, DealWalk, Followers
from matchmaker.scoring.taste import Taste
from matchmaker.scoring.text import TextMeeting
from matchmaker.scoring.ties import Ties
from matchmaker.scoring.track_record import TrackRecord
from matchmaker.scoring.walk import CircleWalk, CollaborationWalk, FollowUpWalk


def column_components() -> list[Component]:
    """Components that only look at columns: fitting them costs nothing, so an edit shows at once."""
    return [
        Declined(CapabilityCover()),
        Declined(TextMeeting()),
        Declined(ReadinessOverlap()),
        Declined(ChainAdjacency()),
        DistrictNearness(),
        # Who says that it has no capacity has said something of its capacity, also where the profile does not.
        Declined(FreeCapacity(), unstated=1.0),
        SizeComplement(),
        Declined(TermsMeeting()),
        Reciprocity(),
    ]


def history_components() -> list[Component]:
    """Components that learn from the whole track record; they are fitted when an index is opened."""
    return [
        *(TrackRecord(), Ties(), CollaborationWalk(), AmountHabit(), PlaceAffinity(), RecentActivity()),
        *consortium_components(),
        *deal_components(),
    ]


def consortium_components() -> list[Component]:
    """Those that read the past as consortia that somebody put together."""
    return [
        *(FollowUpWalk(), CircleWalk(), TiesInField(), PartnersInField(), CommonPartners(), JoinedAsker()),
        LikePartners(),
        *(SimilarConsortia(), AreaPair(), AreaInField(), KindMix(), LengthHabit()),
    ]


def deal_components() -> list[Component]:
    """Those that read the past as rounds that investors came into."""
    return [
        *(RoundHabit(), RoundActivity(), DealVolume(), StageHabit(), AgeHabit(), TurnHabit()),
        *(DealWalk(), BackersWalk(), Followers()),
        *(RegionHabit(), StateHabit(), CountryHabit(), FieldActivity(), Taste()),
        *(SyndicateSize(), Rise()),
    ]


def capital_components(capital: Capital) -> list[Component]:
    """Those that hold rounds and mandates against each other, in either direction, as one reader may know them."""
    return [
        *(TicketMeeting(capital), StageNearness(capital), FieldMeeting(capital), DistrictAsked(capital)),
        *(Patience(capital), MoneyLeft(capital), MilestonePlan(capital)),
    ]


def portfolio_components() -> list[Component]:
    """Those that judge a firm for the fund that asks by columns that are the same for everybody."""
    return [FundDeals(), FundPlaces(), CapabilityScarcity()]


@dataclass(frozen=True, slots=True, eq=False)
class Engine:
    profiles: Profiles
    dense: DenseRetrieval
    components: Sequence[Component]

    @classmethod
    def fit(cls, profiles: Profiles) -> Self:
        learned = [component.fit(profiles) for component in history_components()]
        return cls(
            profiles,
            DenseRetrieval().fit(profiles.offers.vectors),
            [*(component.fit(profiles) for component in column_components()), *learned],
        )

    def follow(self, profiles: Profiles) -> "Engine":
        """This engine over changed columns; the track record stays as it was learned.

        Rows of `profiles` that this engine knows keep their number; new organisations stand behind them.
        """
        speaks = self._with_open_records(profiles)
        learned = [_remembering(component, speaks) for component in self.components[len(column_components()) :]]
        return Engine(
            profiles,
            self.dense.follow(profiles.offers.vectors),
            [*(component.fit(profiles) for component in column_components()), *learned],
        )

    def beside(self, components: Sequence[Component]) -> "Engine":
        """This engine with fitted components before its own. It answers; later edits are followed by this one."""
        return Engine(self.profiles, self.dense, [*components, *self.components])

    def _with_open_records(self, profiles: Profiles) -> Mask:
        """Of the organisations of `profiles` those whose record may be spoken of as this engine learned it."""
        learned, present = (np.diff(csc_array(one.history.members).indptr) for one in (self.profiles, profiles))
        speaks = np.zeros(len(profiles.organisations), dtype=bool)
        speaks[: len(learned)] = present[: len(learned)] >= learned
        return speaks


def _remembering(component: Component, speaks: Mask) -> "Remembering":
    """A component that follows already never learns of whom it did not know before."""
    if not isinstance(component, Remembering):
        return Remembering(component, speaks)
    known = np.zeros(len(speaks), dtype=bool)
    known[: len(component.speaks)] = component.speaks
    return Remembering(component.component, speaks & known)


class Remembering(Component):
    """A learned component among organisations of which some are newer than what it learned, or have closed their
    record since; of these it says nothing."""

    def __init__(self, component: Component, speaks: Mask) -> None:
        self.component = component
        self.speaks = speaks
        self.name = component.name  # type: ignore[misc]
        self.is_evidence = component.is_evidence  # type: ignore[misc]
        self._last_asked: LastAnswer[Need] = LastAnswer()

    def fit(self, profiles: Profiles) -> Self:
        return self

    def _asked(self, need: Need) -> Need:
        """The need as the component knows its asker; one need for all cards of a list, so it is answered once."""
        is_known = need.organisation is None or self.speaks[need.organisation]
        return need if is_known else self._last_asked.to(need, lambda: replace(need, organisation=None))

    def score_candidates(self, need: Need, candidates: Candidates) -> Scores:
        scores = unknown(candidates)
        learned = np.flatnonzero(self.speaks[candidates.organisation])
        scores[learned] = self.component.score_candidates(self._asked(need), candidates.take(learned))
        return scores

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        return self.component.evidence(self._asked(need), candidates, row)
