"""Whom work of this kind takes in, by area, kind and length, each component beside its slow readable twin."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from scipy.sparse import csr_array

from matchmaker.profiles import KINDS, Profiles
from matchmaker.scoring.affinity import AreaInField, AreaPair, GroupLift, KindMix, LengthHabit
from matchmaker.scoring.base import Component
from models.enums import OrganisationKind
from tests.unit.engine.circle_twin import Twin
from tests.unit.engine.record import FIRMS, Joint, history_of, recorded, tag_rows
from tests.unit.engine.test_circles import companies, evidence, needs, records, scores
from tests.unit.engine.world import Firm, everybody, need

AFFINITIES = (AreaPair, AreaInField, KindMix, LengthHabit)
BATTERY = tag_rows("topic:battery")
LAB, FUND = KINDS.index(OrganisationKind.LAB), KINDS.index(OrganisationKind.FUND)
# Firms 0 and 1 lead, 2 to 4 join, 5 never takes part.
HERE, THERE = Firm(area=0), Firm(area=1)
SOME = [HERE, THERE, HERE, THERE, THERE, Firm(area=2)]
LED_FROM_TWO_AREAS = [*[Joint([0, 2], lead=0)] * 9, *[Joint([1, 3, 4], lead=1)] * 9]


@pytest.mark.parametrize("component", AFFINITIES, ids=lambda one: one.name)
@given(record=records, some=companies, asked=needs)
@settings(max_examples=60)
def test_a_component_scores_as_its_slow_twin(component, record, some, asked):
    profiles = recorded(record, some)
    twin = Twin(profiles, record, some, asked)

    said = scores(component(), profiles, asked)

    expected = [getattr(twin, component.name)(who) for who in range(FIRMS)]
    np.testing.assert_allclose(said, expected, atol=1e-6)
    assert ((said >= 0) & (said <= 1) | np.isnan(said)).all()


def test_who_is_taken_in_oftener_from_here_stands_above_one_half():
    profiles = recorded(LED_FROM_TWO_AREAS, SOME)

    said = scores(AreaPair(), profiles, need(area=0))

    assert said[0] == said[2] > 0.5 > said[1] == said[3]
    assert evidence(AreaPair(), profiles, need(area=0), 2).facts["area"] == "area-0"


@pytest.mark.parametrize("component", [AreaPair, AreaInField, KindMix], ids=lambda one: one.name)
@given(record=records, some=companies, asked=needs)
@settings(max_examples=40)
def test_how_much_oftener_is_the_score_in_other_words(component, record, some, asked):
    profiles = recorded(record, some)

    said = scores(component(), profiles, asked)

    for row in np.flatnonzero(~np.isnan(said)):
        facts: Mapping[str, Any] = evidence(component(), profiles, asked, int(row)).facts
        assert facts["times"] / (1 + facts["times"]) == pytest.approx(said[row])


def without_leads(record: list[Joint]) -> list[Joint]:
    """The same projects of which only the partners are on record."""
    return [replace(one, members=[member for member in one.members if member != one.lead]) for one in record]


def test_a_lead_that_is_not_among_the_members_takes_nobodys_place():
    record = [*LED_FROM_TWO_AREAS, *[Joint([0, 1], lead=1)] * 4]

    whole, partners_only = (
        scores(AreaPair(), recorded(projects, SOME), need(area=1)) for projects in (record, without_leads(record))
    )

    np.testing.assert_allclose(partners_only, whole)


def test_a_group_of_which_nobody_ever_joined_is_as_likely_as_all_at_first():
    said = scores(AreaPair(), recorded(LED_FROM_TWO_AREAS, SOME), need(area=0))

    # Nobody of area 2 was expected and nobody came: less likely than before, never impossible.
    assert 0 < said[5] < 0.5


def test_projects_of_leads_alone_tell_of_nobody():
    profiles = recorded([Joint([0], lead=0), Joint([1], lead=1)], SOME)

    assert np.isnan(scores(AreaPair(), profiles, need(area=0))).all()


def test_areas_are_counted_in_projects_like_the_need():
    battery, forging = Joint([0, 2], tags=["topic:battery"]), Joint([1, 3], tags=["topic:forging"])
    profiles = recorded([*[battery] * 9, *[forging] * 9], SOME)

    said = scores(AreaInField(), profiles, need(tags=BATTERY))

    assert said[2] > 0.5 > said[3]
    assert np.isnan(scores(AreaInField(), profiles, need(area=0))).all()


def test_kinds_are_counted_twice_where_the_askers_kind_leads():
    lab, fund = Firm(kind=OrganisationKind.LAB), Firm(kind=OrganisationKind.FUND)
    some = [lab, fund, lab, fund, Firm(), Firm()]
    battery = ["topic:battery"]
    record = [Joint([0, 2, 4], lead=0, tags=battery), Joint([1, 3, 4], lead=1, tags=battery)] * 5
    profiles = recorded(record, some)

    of_a_lab, of_nobody = (scores(KindMix(), profiles, need(kind=kind, tags=BATTERY)) for kind in (LAB, -1))

    assert of_a_lab[2] > of_a_lab[3]
    assert of_nobody[2] == pytest.approx(of_nobody[3])
    assert evidence(KindMix(), profiles, need(kind=LAB, tags=BATTERY), 3).facts["kind"] == "fund"


def test_the_usual_length_scores_best_and_is_told_with_the_length_asked_for():
    profiles = recorded([*[Joint([0], months=12)] * 6, *[Joint([1], months=60)] * 6, Joint([2])])
    asked = need(months=12.0)

    said = scores(LengthHabit(), profiles, asked)

    assert said[0] > said[1] > 0
    assert np.isnan(said[2:]).all()
    facts: Mapping[str, Any] = evidence(LengthHabit(), profiles, asked, 0).facts
    assert (facts["asked"], facts["projects"]) == (12.0, 6)
    assert 12 < facts["months"] < 27  # drawn a little to the 27 months of all


@pytest.mark.parametrize("component", AFFINITIES, ids=lambda one: one.name)
def test_what_begins_on_the_day_of_the_need_does_not_speak(component):
    today = Joint([0, 3], years=0, lead=0, tags=["topic:battery"], months=60)
    past = [*LED_FROM_TWO_AREAS, Joint([1, 2], lead=1, tags=["topic:battery"], months=12)]
    asked = need(organisation=0, area=0, kind=LAB, tags=BATTERY, months=60.0)

    told, untold = (scores(component(), recorded(record, SOME), asked) for record in ([*past, today], past))

    np.testing.assert_array_equal(told, untold)
    assert np.isfinite(told).any()


@pytest.mark.parametrize("component", AFFINITIES, ids=lambda one: one.name)
def test_without_a_past_and_without_what_is_compared_nothing_is_known(component):
    asked = need(area=0, kind=LAB, tags=BATTERY, months=12.0)

    assert np.isnan(scores(component(), recorded([], SOME), asked)).all()
    assert np.isnan(scores(component(), recorded(LED_FROM_TWO_AREAS, SOME), need())).all()


def unplaced(profiles: Profiles) -> Profiles:
    nothing = np.full(len(profiles.organisations), -1, np.int8)
    return replace(profiles, organisations=replace(profiles.organisations, kind=nothing, area=nothing.astype(np.int32)))


@pytest.mark.parametrize("component", [AreaPair(), AreaInField(), KindMix()], ids=lambda one: one.name)
def test_nothing_is_said_of_a_group_that_is_not_known(component: GroupLift):
    record = [Joint([0, 1], lead=0, tags=["topic:battery"])]
    asked = need(area=0, kind=LAB, tags=BATTERY)

    assert np.isnan(scores(component, unplaced(recorded(record)), asked)).all()


@pytest.mark.parametrize("component", AFFINITIES, ids=lambda one: one.name)
def test_a_history_without_tags_texts_and_lengths_says_what_it_can(component: type[Component]):
    history = replace(history_of([Joint([0, 2], lead=0)], FIRMS), tags=csr_array((1, 0)), words=csr_array((1, 0)))
    profiles = replace(recorded([], SOME), history=history, vocabulary={})
    asked = need(area=0, kind=LAB, tags=BATTERY, months=12.0)

    said = component().fit(profiles).score_candidates(asked, everybody(profiles))

    assert np.isfinite(said[2]) == (component is AreaPair)
