"""Figures of a consortium: exact small cases, unknowns counted apart, and what must hold of all."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.consortium.facts import OWNERSHIPS
from matchmaker.consortium.indicators import (
    Indicator,
    concentration,
    coverage,
    newcomer_share,
    node_span,
    overlaps,
    overlaps_of,
    ownership_mix,
    share,
    sme_share,
)
from matchmaker.profiles import KINDS, UNKNOWN
from models.enums import OrganisationKind, Ownership

NAN = float("nan")


def owned(*ownerships: Ownership | None) -> np.ndarray:
    return np.array([UNKNOWN if one is None else OWNERSHIPS.index(one) for one in ownerships], np.int8)


def test_coverage_weighs_what_somebody_has_at_the_level():
    levels = np.array([[3, 0, 2], [1, 4, 2]], np.int8)

    assert coverage(levels, np.array([3, 4, 3], np.int8), np.array([2.0, 1.0, 1.0])) == Indicator(0.75, 3)


def test_without_anything_needed_coverage_cannot_be_told():
    assert math.isnan(coverage(np.empty((2, 0), np.int8), np.empty(0, np.int8), np.empty(0)).value)


def test_a_share_is_of_those_who_are_known():
    assert share(np.array([1, 0, UNKNOWN, 1], np.int8)) == Indicator(2 / 3, 3, 1)


def test_where_nobody_is_known_a_share_cannot_be_told():
    told = share(np.array([UNKNOWN, UNKNOWN], np.int8))

    assert math.isnan(told.value)
    assert (told.known, told.unknown) == (0, 2)


def test_a_hidden_record_makes_nobody_a_newcomer():
    assert newcomer_share(np.array([0.0, 1.0, 5.0, NAN]), projects_at_most=1) == Indicator(2 / 3, 3, 1)


def test_smes_are_counted_by_kind():
    kinds = np.array([KINDS.index(OrganisationKind.SME), KINDS.index(OrganisationKind.LAB), UNKNOWN], np.int8)

    assert sme_share(kinds) == Indicator(0.5, 2, 1)


def test_state_private_and_others_sum_to_one():
    mix = ownership_mix(owned(Ownership.CENTRAL_STATE, Ownership.PRIVATE, Ownership.PRIVATE, Ownership.MIXED, None))

    assert (mix.state.value, mix.private.value, mix.other.value) == (0.25, 0.5, 0.25)
    assert mix.state.unknown == 1


def test_the_span_counts_each_chain_node_once_and_who_is_hidden_apart():
    assert node_span([("a", "b"), ("b",), None]) == Indicator(2.0, 2, 1)
    assert math.isnan(node_span([None]).value)


def test_money_that_is_not_settled_is_left_out_and_counted():
    assert concentration([50.0, 50.0, NAN]) == Indicator(0.5, 2, 1)
    assert concentration([10.0, 0.0]) == Indicator(1.0, 2, 0)
    assert math.isnan(concentration([NAN]).value)
    assert math.isnan(concentration([0.0]).value)


@given(st.lists(st.floats(1, 1e9), min_size=1, max_size=12))
def test_concentration_lies_between_equal_shares_and_all_for_one(money):
    value = concentration(money).value

    assert 1 / len(money) - 1e-9 <= value <= 1 + 1e-9
    assert value == pytest.approx(concentration([10 * amount for amount in money]).value)


def test_overlap_is_of_the_smaller_consortium_and_the_closest_comes_first():
    teams = {"a": ["x", "y", "z", "w"], "b": ["x", "y"], "c": ["w", "v", "u"], "d": ["q"]}

    told = overlaps(teams)

    assert [(one.first, one.second, one.share) for one in told] == [("a", "b", 1.0), ("a", "c", 1 / 3)]
    assert [(one.first, one.second) for one in overlaps_of("c", teams)] == [("c", "a")]


@given(st.dictionaries(st.sampled_from("abcde"), st.frozensets(st.sampled_from("uvwxyz"), min_size=1), max_size=5))
def test_every_pair_with_a_member_in_common_is_told_once(teams):
    told = overlaps(teams)

    pairs = {(a, b) for a in teams for b in teams if a < b and teams[a] & teams[b]}
    assert {(one.first, one.second) for one in told} == pairs
    assert len(told) == len(pairs)
    assert all(0 < one.share <= 1 and one.shared == teams[one.first] & teams[one.second] for one in told)
