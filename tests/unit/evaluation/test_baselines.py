"""Simple rankings beside slow readable twins."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.evaluation.baselines import (
    Collaborators,
    ItemNeighbours,
    component_ranker,
    popularity,
    ranker_of,
    tfidf,
)
from matchmaker.evaluation.datasets import Dataset
from matchmaker.network.past import Timeline
from matchmaker.network.similar import tag_similarity
from matchmaker.profiles import UNKNOWN, Candidates, Need
from matchmaker.scoring.recency import RecentActivity
from matchmaker.scoring.walk import CollaborationWalk
from tests.unit.engine.record import FIRMS, TAGS, Joint, projects, recorded, tag_rows
from tests.unit.engine.world import TODAY

EVERYBODY = Candidates(np.arange(FIRMS, dtype=np.int32), np.full(FIRMS, UNKNOWN, np.int32))
records = st.lists(projects, max_size=8)
needs = st.builds(
    lambda asker, tags, backers: Need(
        day=TODAY, organisation=asker, tags=tag_rows(*tags), excluded=frozenset(backers - {asker})
    ),
    asker=st.none() | st.integers(0, FIRMS - 1),
    tags=st.lists(st.sampled_from(TAGS), unique=True, max_size=3),
    backers=st.sets(st.integers(0, FIRMS - 1), max_size=2),
)


def known(profiles, need):
    return Timeline(profiles).known_to(need)


def earlier(record):
    """Who was in each project before today, and its tags."""
    return [(set(p.members), set(p.tags)) for p in record if p.years is not None and p.years > 0]


@settings(max_examples=60)
@given(records, needs)
def test_neighbours_are_those_of_the_slow_twin(record, need):
    past = earlier(record)
    seeds = ({need.organisation} - {None}) | need.excluded
    wanted = {TAGS[row] for row in need.tags}

    scores = ItemNeighbours()(known(recorded(record), need), need)

    for firm in range(FIRMS):
        with_seed = [[p for p in past if seed in p[0]] for seed in seeds] + [
            [p for p in past if t in p[1]] for t in wanted
        ]
        shares = [sum(firm in members for members, _ in found) / len(found) for found in with_seed if found]
        assert scores[firm] == pytest.approx(sum(shares))


@settings(max_examples=60)
@given(records, needs)
def test_popularity_counts_and_tfidf_sums_over_earlier_projects(record, need):
    profiles = recorded(record)
    past = known(profiles, need)
    likeness = np.nan_to_num(tag_similarity(past, need.tags))

    for firm in range(FIRMS):
        took_part = past.of(firm)
        assert popularity(past, need)[firm] == sum(firm in members for members, _ in earlier(record))
        assert tfidf(past, need)[firm] == pytest.approx((likeness[took_part] ** 2).sum())


def test_a_partner_of_two_projects_stands_before_one_of_one_and_before_the_most_active():
    together = [Joint([0, 1], 1), Joint([0, 1], 2), Joint([0, 2], 1), *[Joint([3, 4], n) for n in range(1, 7)]]
    profiles = recorded(together)
    need = Need(day=TODAY, organisation=0)

    scores = Collaborators(Dataset(profiles, EVERYBODY, ()))(known(profiles, need), need)

    assert scores[1] > scores[2] > scores[3] > scores[5]


def test_equals_go_by_their_projects_and_then_by_their_ids_and_the_unknown_come_last():
    profiles = recorded([Joint([1, 2, 3], 1), Joint([2, 4], 2)])
    scores = np.array([np.nan, 0.5, 0.5, 0.5, 0.9, np.nan])

    ranked = ranker_of(Dataset(profiles, EVERYBODY, ()), lambda past, need: scores, top=5)(Need(day=TODAY), EVERYBODY)

    assert ranked.tolist() == [4, 2, 1, 3, 0]


def test_only_candidates_are_ranked():
    profiles = recorded([Joint([1, 2, 3], 1)])

    ranked = ranker_of(Dataset(profiles, EVERYBODY, ()), popularity, top=9)(
        Need(day=TODAY), EVERYBODY.take(np.array([5, 2]))
    )

    assert ranked.tolist() == [2, 5]


@settings(max_examples=30)
@given(records, needs, st.sampled_from([CollaborationWalk, RecentActivity]))
def test_a_component_alone_ranks_by_its_own_score(record, need, component):
    profiles = recorded(record)
    scores = np.nan_to_num(component().fit(profiles).score_candidates(need, EVERYBODY), nan=-1.0)

    ranked = component_ranker(Dataset(profiles, EVERYBODY, ()), component(), top=FIRMS)(need, EVERYBODY)

    assert (np.diff(np.round(scores[ranked], 12)) <= 0).all()
