"""Where the network of rounds leads: from rounds like the one sought, and from those who backed the startup before."""

from abc import abstractmethod
from typing import Self

import numpy as np
from scipy.sparse import csr_array

from matchmaker.network.deals import LIKENESS, Deals, RoundLikeness, follower_strengths
from matchmaker.network.past import Measures, Rows
from matchmaker.network.similar import similar_projects
from matchmaker.network.walks import WalkGraph
from matchmaker.profiles import Candidates, Need, Profiles, Scores
from matchmaker.scoring.base import Evidence, LastAnswer
from matchmaker.scoring.curves import log_share
from matchmaker.scoring.deals import DealComponent


class _WalkOverDeals(DealComponent):
    """Personalised PageRank (`matchmaker.network.walks`) over investors and the rounds they came into new.

    Score: ln(1 + n p) / ln(1 + n) with p the share of time spent with the candidate and n the organisations.
    """

    def __init__(self, *, half_life_years: float, restart_share: float, steps: int) -> None:
        self.half_life_years = half_life_years
        self.restart_share = restart_share
        self.steps = steps

    def fit(self, profiles: Profiles) -> Self:
        self._last_graph: LastAnswer[WalkGraph] = LastAnswer()
        return super().fit(profiles)

    @abstractmethod
    def _restart(self, deals: Deals, graph: WalkGraph, need: Need) -> Measures:
        """Where the walk starts again: a distribution over rounds, all 0 where there is nowhere to start."""

    def _measure(self, deals: Deals, need: Need) -> Measures | None:
        graph = self._last_graph.to(deals, lambda: self._graph_of(deals))
        restart = self._restart(deals, graph, need)
        visits = graph.visit(restart, restart_share=self.restart_share, steps=self.steps)
        if not visits.any():
            return None
        return np.minimum(np.log1p(len(visits) * visits) / np.log1p(len(visits)), 1.0)

    def _graph_of(self, deals: Deals) -> WalkGraph:
        return WalkGraph.over(_rounds_by_entrant(deals), deals.decay(self.half_life_years))

    def _times_the_average(self, scores: Scores, need: Need, candidate: int) -> float:
        entered = self._deals(need).entry_counts > 0
        visits = np.expm1(scores * np.log1p(len(scores)))
        return float(visits[candidate] / visits[entered].mean())


class DealWalk(_WalkOverDeals):
    """Where a walk leads from rounds like this one and from the startup's earlier backers, before the need's day.

    It restarts for `deals_share` on past rounds by similarity^2 of field and place * 2^(-age / half-life) * likeness of
    the round (`matchmaker.network.deals.RoundLikeness`), for the rest on the rounds that the backers came into; where
    one of the two is missing, on the other alone. NaN where both are.
    """

    name = "deal_walk"
    is_evidence = True

    def __init__(
        self,
        *,
        half_life_years: float = 2.0,
        restart_share: float = 0.5,
        deals_share: float = 0.6,
        steps: int = 6,
        likeness: RoundLikeness = LIKENESS,
    ) -> None:
        super().__init__(half_life_years=half_life_years, restart_share=restart_share, steps=steps)
        self.deals_share = deals_share
        self.likeness = likeness

    def _restart(self, deals: Deals, graph: WalkGraph, need: Need) -> Measures:
        near, backed = _shared_out(self._near(deals, need)), _rounds_of_backers(deals, graph, need)
        if not near.any() or not backed.any():
            return near + backed
        return self.deals_share * near + (1 - self.deals_share) * backed

    def _near(self, deals: Deals, need: Need) -> Measures:
        # Seen from the latest round known, as the walk itself: only their proportions count.
        alike = similar_projects(deals.past, need, half_life_years=self.half_life_years)
        return np.where(deals.entrants > 0, alike * self.likeness.once(deals, need), 0.0)

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        deals, candidate = self._deals(need), int(candidates.organisation[row])
        own = deals.entries_of(candidate)
        near = self._near(deals, need)[own]
        ids = [
            i.decode() for i in deals.past.ids[own[np.argsort(-near, kind="stable")][: min(3, int((near > 0).sum()))]]
        ]
        scores = self._measured(deals, need)
        times = 0.0 if scores is None else self._times_the_average(scores, need, candidate)
        return Evidence("deal_walk.reached", {"times_the_average": times, "near": int((near > 0).sum()), "ids": ids})


class BackersWalk(_WalkOverDeals):
    """Where a walk leads from the startup's earlier backers alone. NaN where none is on record."""

    name = "backers"

    def __init__(self, *, half_life_years: float = 2.0, restart_share: float = 0.3, steps: int = 6) -> None:
        super().__init__(half_life_years=half_life_years, restart_share=restart_share, steps=steps)

    def _restart(self, deals: Deals, graph: WalkGraph, need: Need) -> Measures:
        return _rounds_of_backers(deals, graph, need)

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        deals, candidate = self._deals(need), int(candidates.organisation[row])
        beside = _rounds_beside(deals, deals.backers_of(need.organisation), candidate)
        facts = {"rounds": len(beside), "ids": [i.decode() for i in deals.past.ids[beside[-3:]][::-1]]}
        return Evidence("backers.beside" if len(beside) else "backers.around", facts)


class Followers(DealComponent):
    """How readily the candidate comes in after the startup's earlier backers (`network.deals.follower_strengths`).

    l / (1 + l) with l = ln(1 + strength / `typical`). NaN where no earlier backer is on record.
    """

    name = "followers"

    def __init__(self, *, half_life_years: float = 3.0, typical: float = 0.02) -> None:
        self.half_life_years = half_life_years
        self.typical = typical

    def _measure(self, deals: Deals, need: Need) -> Measures | None:
        backers = deals.backers_of(need.organisation)
        if not backers.any():
            return None
        return log_share(follower_strengths(deals, backers, half_life_years=self.half_life_years), self.typical)

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        deals = self._deals(need)
        own = deals.entries_of(int(candidates.organisation[row]))
        after = own[(deals.backers_before[own] @ deals.backers_of(need.organisation)) > 0]
        facts = {"rounds": len(after), "ids": [i.decode() for i in deals.past.ids[after[-3:]][::-1]]}
        return Evidence("followers.after" if len(after) else "followers.none", facts)


def _rounds_by_entrant(deals: Deals) -> csr_array:
    return csr_array(deals.entries.T)


def _rounds_of_backers(deals: Deals, graph: WalkGraph, need: Need) -> Measures:
    """The next round of a walk that stands on the startup's earlier backers."""
    return _shared_out(np.asarray(graph.to_projects @ deals.backers_of(need.organisation), np.float64))


def _rounds_beside(deals: Deals, backers: Measures, candidate: int) -> Rows:
    """Rounds into which the candidate and one of the backers paid, the latest last."""
    with_backer = (deals.payers @ backers) > 0
    paid = deals.payers[:, [candidate]].toarray().ravel() > 0
    return np.flatnonzero(with_backer & paid)


def _shared_out(weights: Measures) -> Measures:
    total = weights.sum()
    return weights / total if total > 0 else weights
