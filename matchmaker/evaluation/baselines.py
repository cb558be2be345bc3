"""Simple rankings that every better one has to beat. They see the same past as the engine."""

import numpy as np

from matchmaker.evaluation.datasets import Dataset
from matchmaker.network.past import Measures, Past, Timeline
from matchmaker.profiles import UNKNOWN, Candidates, Ints, Need


class Popularity:
    """How often a candidate took part before the need's day."""

    def __init__(self, dataset: Dataset) -> None:
        self.timeline = Timeline(dataset.profiles)

    def __call__(self, need: Need, candidates: Candidates) -> Measures:
        return self.timeline.before(need.day).project_counts[candidates.organisation]


class Collaborators:
    """Earlier partners by the number of shared projects; behind them whoever was most active around here.

    Around here: projects count once for each tag they share with the need, and once more if led from the asker's area.
    """

    def __init__(self, dataset: Dataset) -> None:
        self.timeline = Timeline(dataset.profiles)
        self.area = dataset.profiles.organisations.area

    def __call__(self, need: Need, candidates: Candidates) -> Measures:
        past = self.timeline.before(need.day)
        local = past.projects_of @ (_shared_tags(past, need.tags) + _led_from(past, self.area, need.area))
        activity = local + past.project_counts / (1 + past.project_counts.max(initial=0.0))
        behind = activity / (1 + activity.max(initial=0.0))
        return (self._shared(past, need) + behind)[candidates.organisation]

    def _shared(self, past: Past, need: Need) -> Measures:
        own = np.zeros(len(past))
        if need.organisation is not None:
            own[past.of(need.organisation)] = 1.0
        return np.asarray(past.projects_of @ own, np.float64)


def _shared_tags(past: Past, tags: Ints) -> Measures:
    wanted = np.zeros(past.tags.shape[1])
    wanted[tags] = 1.0
    return np.asarray(past.tags @ wanted, np.float64)


def _led_from(past: Past, areas: Ints, area: int) -> Measures:
    if area == UNKNOWN or len(past) == 0:
        return np.zeros(len(past))
    return ((past.lead != UNKNOWN) & (areas[past.lead] == area)).astype(np.float64)
