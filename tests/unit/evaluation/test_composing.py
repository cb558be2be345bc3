"""Composed teams beside lists: the same number of places, nothing of the outcome, and the arithmetic of coverage."""

import numpy as np
import pytest

from matchmaker.consortium.past_pairs import PastPairs
from matchmaker.evaluation.composing import Asked, Places, best_share, compose, measure, usual_places
from matchmaker.evaluation.datasets import Query
from tests.unit.engine.record import Joint, recorded, tag_rows
from tests.unit.engine.world import need


def asked(*, order, pairs=(), partners=(), usual=2) -> Asked:
    """Candidates by their order, best first; a pair is (first, second, closeness)."""
    both = [pair[:2] for pair in pairs]
    return Asked(
        order=np.array(order, float),
        pairs=PastPairs(
            np.array(both, np.int32).reshape(-1, 2),
            np.array([pair[2] for pair in pairs]),
            np.ones(len(pairs), np.int32),
        ),
        is_partner=np.isin(np.arange(len(order)), partners),
        partners=len(partners),
        usual=usual,
    )


def test_where_pairs_are_worth_nothing_the_team_is_the_first_of_the_list():
    query = asked(order=[4, 3, 2, 1], pairs=[(2, 3, 1.0)])

    team, is_proved = compose(query, 2, 0.0)

    assert (team.members.tolist(), is_proved) == ([0, 1], True)


def test_a_close_pair_takes_the_places_of_two_that_are_only_a_little_better():
    query = asked(order=[4.0, 3.9, 3.8, 3.7, 0.0], pairs=[(2, 3, 1.0)])

    team, is_proved = compose(query, 2, 1.0)

    assert (team.members.tolist(), is_proved) == ([2, 3], True)


def test_list_and_team_have_as_many_places_and_cover_shares_of_the_same_partners():
    query = asked(order=[4.0, 3.9, 3.8, 3.7, 0.0], pairs=[(2, 3, 1.0)], partners=[0, 2, 3, 4], usual=2)

    line = measure("", [query], Places.USUAL, 1.0)

    assert line.of_list.tolist() == [0.25]
    assert line.of_team.tolist() == [0.5]


def test_told_how_many_there_were_both_get_that_many_places():
    query = asked(order=[4.0, 3.0, 2.0], partners=[0, 1, 2], usual=1)

    assert query.places(Places.AS_IT_WAS) == 3
    assert query.places(Places.USUAL) == 1


def test_the_worth_of_a_pair_is_nothing_where_pairs_did_not_help_before():
    misleading = asked(order=[4.0, 3.9, 3.8, 3.7, 0.0], pairs=[(2, 3, 1.0)], partners=[0, 1])
    telling = asked(order=[4.0, 3.9, 3.8, 3.7, 0.0], pairs=[(2, 3, 1.0)], partners=[2, 3])

    assert best_share([misleading], Places.USUAL) == 0.0
    assert best_share([telling], Places.USUAL) > 0


def test_how_many_places_are_usual_is_told_by_earlier_projects_that_are_like_the_query_alone():
    profiles = recorded(
        [
            Joint(members=(0, 1, 2), tags=("topic:battery",)),
            Joint(members=(0, 1, 2), tags=("topic:battery",)),
            Joint(members=(0, 1, 2, 3, 4, 5), tags=("topic:forging",)),
            Joint(members=(0, 1, 2, 3, 4, 5), tags=("topic:battery",), years=-1.0),
        ]
    )

    battery = Query("q", need(organisation=0, tags=tag_rows("topic:battery")))

    assert usual_places(profiles, battery) == 2


def test_coverage_is_compared_query_by_query():
    queries = [asked(order=[4.0, 3.9, 3.8, 3.7, 0.0], pairs=[(2, 3, 1.0)], partners=[2, 3]) for _ in range(5)]

    compared = measure("", queries, Places.USUAL, 1.0).compared

    assert compared.queries == 5
    assert compared.difference == pytest.approx(1.0)
