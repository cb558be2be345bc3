"""Simple rankings that every better one has to beat. They see the same past as the engine, and nothing later."""

from collections.abc import Callable

import numpy as np
from scipy.sparse import csr_array, diags_array, hstack

from matchmaker.evaluation.datasets import Dataset
from matchmaker.evaluation.replay import Ranker
from matchmaker.network.past import Measures, Past, Timeline
from matchmaker.network.similar import similarity
from matchmaker.profiles import UNKNOWN, Candidates, Ints, Need
from matchmaker.scoring.base import Component, LastAnswer

Score = Callable[[Past, Need], Measures]  # one number for each organisation; NaN: cannot tell
FAINT = 12  # decimals; what differs by less is a tie


def ranker_of(dataset: Dataset, score: Score, *, top: int) -> Ranker:
    """Order by a score over the past known to the need. Ties go to the one with more past projects, then by id."""
    timeline = Timeline.of(dataset.profiles)

    def ranked(need: Need, candidates: Candidates) -> Ints:
        past = timeline.known_to(need)
        scores = np.round(score(past, need)[candidates.organisation], FAINT)
        counts = past.project_counts[candidates.organisation]
        best = np.lexsort((-counts, -np.nan_to_num(scores, nan=-np.inf)))[:top]
        return candidates.organisation[best]

    return ranked


def component_ranker(dataset: Dataset, component: Component, *, top: int) -> Ranker:
    """Order by one component of the engine alone."""
    fitted = component.fit(dataset.profiles)
    everybody = np.arange(len(dataset.profiles.organisations), dtype=np.int32)
    anyone = Candidates(everybody, np.full(len(everybody), UNKNOWN, np.int32))
    return ranker_of(dataset, lambda _, need: fitted.score_candidates(need, anyone), top=top)


def popularity(past: Past, _: Need) -> Measures:
    """How often a candidate took part."""
    return past.project_counts


class Collaborators:
    """Earlier partners by the number of shared projects; behind them whoever was most active around here.

    Around here: projects count once for each tag they share with the need, and once more if led from the asker's area.
    """

    def __init__(self, dataset: Dataset) -> None:
        self.area = dataset.profiles.organisations.area

    def __call__(self, past: Past, need: Need) -> Measures:
        local = past.projects_of @ (_shared_tags(past, need.tags) + _led_from(past, self.area, need.area))
        activity = local + past.project_counts / (1 + past.project_counts.max(initial=0.0))
        return _shared(past, need) + activity / (1 + activity.max(initial=0.0))


def tfidf(past: Past, need: Need) -> Measures:
    """Squared TF-IDF cosine of the need's tags and words to each past project, summed over who took part."""
    return np.asarray(past.projects_of @ np.nan_to_num(similarity(past, need)) ** 2, np.float64)


class ItemNeighbours:
    """Item-kNN: how likely the candidate is in a project that has what the query has, by the projects of the past.

    Items are organisations and tags; those of the query are the asker, its earlier backers and the tags. Score:
    sum over them of projects with both / projects with the item (Deshpande & Karypis 2004, without the penalty for
    popular candidates, which lost a third of recall@20 on both public sets).
    """

    def __init__(self) -> None:
        self._last: LastAnswer[csr_array] = LastAnswer()

    def __call__(self, past: Past, need: Need) -> Measures:
        shares = self._last.to(past, lambda: _share_of_each_column(items_of(past)))
        return np.asarray(past.projects_of @ (shares @ asked_items(past, need)), np.float64)


def items_of(past: Past) -> csr_array:
    """Projects x (organisations, then tags): what each project is made of."""
    return csr_array(hstack([past.members, past.tags], format="csr"))


def asked_items(past: Past, need: Need) -> Measures:
    """What of it is known of a project that is only asked for: the asker, its earlier backers, the tags."""
    organisations, tags = past.members.shape[1], past.tags.shape[1]
    asked = np.zeros(organisations + tags)
    asked[sorted(need.excluded | ({need.organisation} if need.organisation is not None else set()))] = 1.0
    asked[organisations + need.tags[need.tags < tags]] = 1.0
    return asked


def _share_of_each_column(matrix: csr_array) -> csr_array:
    return csr_array(matrix @ diags_array(1 / np.maximum(np.asarray(matrix.sum(axis=0)).ravel(), 1.0)))


def _shared(past: Past, need: Need) -> Measures:
    """How many projects each organisation shares with the asker."""
    own = np.zeros(len(past))
    if need.organisation is not None:
        own[past.of(need.organisation)] = 1.0
    return np.asarray(past.projects_of @ own, np.float64)


def _shared_tags(past: Past, tags: Ints) -> Measures:
    wanted = np.zeros(past.tags.shape[1])
    wanted[tags[tags < len(wanted)]] = 1.0
    return np.asarray(past.tags @ wanted, np.float64)


def _led_from(past: Past, areas: Ints, area: int) -> Measures:
    if area == UNKNOWN or len(past) == 0:
        return np.zeros(len(past))
    return ((past.lead != UNKNOWN) & (areas[past.lead] == area)).astype(np.float64)
