"""Where walks through past projects lead from the asker and from what is asked."""

from typing import Self

import numpy as np

from matchmaker.network.past import Measures, Past, Timeline
from matchmaker.network.similar import joint_projects_like, likeness
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
    half_life_years = 2.0

    def __init__(self, *, restart_share: float = 0.6, topic_share: float = 0.5, steps: int = 6) -> None:
        self.restart_share = restart_share
        self.topic_share = topic_share
        self.steps = steps

    def fit(self, profiles: Profiles) -> Self:
        self.timeline_ = Timeline.of(profiles)
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
        return Evidence(f"{self.name}.reached", {"times_the_average": lift, "projects": len(past.of(candidate))})

    def _visits(self, past: Past, need: Need) -> Measures | None:
        return self._last_visits.to(need, lambda: self._walk(past, need))

    def _walk(self, past: Past, need: Need) -> Measures | None:
        graph = walk_graph(past, half_life_years=self.half_life_years)
        restart = self._restart(past, graph, need)
        if restart is None:
            return None
        visits = graph.visit(restart, restart_share=self.restart_share, steps=self.steps)
        return visits if visits.any() else None  # projects without members lead nowhere

    def _restart(self, past: Past, graph: WalkGraph, need: Need) -> Measures | None:
        asker, topic = self._of_asker(past, graph, need), self._of_topic(past, need)
        if asker is None or topic is None:
            return topic if asker is None else asker
        return self.topic_share * topic + (1 - self.topic_share) * asker

    def _of_asker(self, past: Past, graph: WalkGraph, need: Need) -> Measures | None:
        """The asker's own projects, the recent ones likelier."""
        return None if need.organisation is None else shared_out(graph.projects_of(need.organisation))

    def _of_topic(self, past: Past, need: Need) -> Measures | None:
        return shared_out(joint_projects_like(past, need, half_life_years=self.half_life_years))


class FollowUpWalk(CollaborationWalk):
    """The same walk as if the need followed on from the asker's own work: it restarts on the asker's projects in
    proportion to `faint` + their likeness to the need, and for `topic_share` on all projects like it."""

    name = "walk_follow_up"
    faint = 0.1

    def __init__(self, *, restart_share: float = 0.4, topic_share: float = 0.4, steps: int = 6) -> None:
        super().__init__(restart_share=restart_share, topic_share=topic_share, steps=steps)

    def _of_asker(self, past: Past, graph: WalkGraph, need: Need) -> Measures | None:
        if need.organisation is None:
            return None
        return shared_out(graph.projects_of(need.organisation) * (self.faint + likeness(past, need)))


class CircleWalk(CollaborationWalk):
    """The same walk from the asker alone, whatever it asks for: its circle. NaN for an asker without a project."""

    name = "walk_circle"

    def __init__(self, *, restart_share: float = 0.3, steps: int = 8) -> None:
        super().__init__(restart_share=restart_share, topic_share=0.0, steps=steps)

    def _of_topic(self, past: Past, need: Need) -> Measures | None:
        return None


def walk_graph(past: Past, *, half_life_years: float) -> WalkGraph:
    """The graph of this past, made once for all walks with the same half-life."""
    return past.once(
        f"walk graph, {half_life_years}", past.rows, lambda: WalkGraph.of(past, half_life_years=half_life_years)
    )


def shared_out(weights: Measures) -> Measures | None:
    """As shares that sum to 1; None where there is nothing to share."""
    total = float(weights.sum())
    return weights / total if total > 0 else None
