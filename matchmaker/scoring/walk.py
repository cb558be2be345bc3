"""Where a walk through past projects leads from the asker and from what is asked."""

from typing import Self

import numpy as np

from matchmaker.network.past import Measures, Past, Timeline
from matchmaker.network.similar import similar_projects
from matchmaker.network.walks import WalkGraph
from matchmaker.profiles import Candidates, Need, Profiles, Scores
from matchmaker.scoring.base import Component, Evidence, LastAnswer, unknown


class CollaborationWalk(Component):
    """Personalised PageRank of the candidate (`matchmaker.network.walks`), before the need's day.

    The walk restarts with probability `restart_share`: on the asker's own past projects and, for the other
    `topic_share`, on past projects that resemble the need; where one of the two is missing, on the other alone.
    Score: ln(1 + n p) / ln(1 + n) with p the share of time spent with the candidate and n the organisations, so that
    a visit at random scores nearly 0 and every factor of ten adds alike. NaN for a candidate without an earlier
    project, and where the walk has nowhere to start.
    """

    name = "walk"

    def __init__(
        self,
        *,
        half_life_years: float = 2.0,
        restart_share: float = 0.3,
        topic_share: float = 0.5,
        steps: int = 8,
    ) -> None:
        self.half_life_years = half_life_years
        self.restart_share = restart_share
        self.topic_share = topic_share
        self.steps = steps

    def fit(self, profiles: Profiles) -> Self:
        self.timeline_ = Timeline(profiles)
        self._last_graph: LastAnswer[WalkGraph] = LastAnswer()
        self._last_visits: LastAnswer[Measures | None] = LastAnswer()
        return self

    def score_candidates(self, need: Need, candidates: Candidates) -> Scores:
        past = self.timeline_.known_to(need)
        visits = self._visits(past, need)
        if visits is None:
            return unknown(candidates)
        n = len(visits)
        has_record = past.project_counts[candidates.organisation] > 0
        score = np.log1p(n * visits[candidates.organisation]) / np.log1p(n)
        return np.where(has_record, np.minimum(score, 1.0), np.nan)

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        past = self.timeline_.known_to(need)
        visits = self._visits(past, need)
        candidate = int(candidates.organisation[row])
        lift = 0.0 if visits is None else float(visits[candidate] / visits[past.project_counts > 0].mean())
        return Evidence("walk.reached", {"times_the_average": lift, "projects": len(past.of(candidate))})

    def _visits(self, past: Past, need: Need) -> Measures | None:
        return self._last_visits.to(need, lambda: self._walk(past, need))

    def _walk(self, past: Past, need: Need) -> Measures | None:
        graph = self._graph_of(past)
        restart = self._restart(past, graph, need)
        if restart is None:
            return None
        visits = graph.visit(restart, restart_share=self.restart_share, steps=self.steps)
        return visits if visits.any() else None  # projects without members lead nowhere

    def _restart(self, past: Past, graph: WalkGraph, need: Need) -> Measures | None:
        topic = similar_projects(past, need, half_life_years=self.half_life_years)
        topic = topic / topic.sum() if topic.any() else topic
        asker = np.zeros(len(past)) if need.organisation is None else graph.projects_of(need.organisation)
        if not topic.any():
            return asker if asker.any() else None
        return self.topic_share * topic + (1 - self.topic_share) * asker if asker.any() else topic

    def _graph_of(self, past: Past) -> WalkGraph:
        """The graph of this past; the one asked for last is kept, because queries mostly see the same past."""
        return self._last_graph.to(past, lambda: WalkGraph.of(past, half_life_years=self.half_life_years))
