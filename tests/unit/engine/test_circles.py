"""What the asker's circle says of a candidate, each component beside its slow readable twin."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from matchmaker.network.circles import DIMENSIONS, circle_map
from matchmaker.network.past import Past, Timeline
from matchmaker.network.ties import ties_from, two_hop_over
from matchmaker.profiles import KINDS, Need, Profiles
from matchmaker.scoring.base import Component, Evidence
from matchmaker.scoring.circles import (
    CommonPartners,
    JoinedAsker,
    LikePartners,
    PartnersInField,
    SimilarConsortia,
    TiesInField,
)
from models.enums import OrganisationKind
from tests.unit.engine.circle_twin import Twin
from tests.unit.engine.record import (
    FIRMS,
    TAGS,
    Joint,
    days_ago,
    history_of,
    projects,
    recorded,
    tag_rows,
    words_of,
)
from tests.unit.engine.world import TODAY, Firm, everybody, need

CIRCLES = (TiesInField, PartnersInField, CommonPartners, JoinedAsker, SimilarConsortia, LikePartners)
BATTERY = tag_rows("topic:battery")
kinds = st.sampled_from([OrganisationKind.SME, OrganisationKind.LAB, OrganisationKind.FUND])
companies = st.lists(st.builds(Firm, kind=kinds, area=st.integers(-1, 2)), min_size=FIRMS, max_size=FIRMS)
records = st.lists(projects, max_size=8)
needs = st.builds(
    Need,
    day=st.integers(-2, 6).map(days_ago),
    organisation=st.none() | st.integers(0, FIRMS - 1),
    kind=kinds.map(KINDS.index) | st.just(-1),
    area=st.integers(-1, 2),
    tags=st.lists(st.sampled_from(TAGS), unique=True, max_size=3).map(lambda tags: tag_rows(*tags)),
    words=st.none() | st.just(words_of(1, 0, 2, 0)),
    months=st.sampled_from([float("nan"), 12.0, 36.0]),
)


def scores(component: Component, profiles: Profiles, asked: Need) -> np.ndarray:
    return component.fit(profiles).score_candidates(asked, everybody(profiles))


def evidence(component: Component, profiles: Profiles, asked: Need, row: int) -> Evidence:
    return component.fit(profiles).evidence(asked, everybody(profiles), row)


@pytest.mark.parametrize("component", CIRCLES, ids=lambda one: one.name)
@given(record=records, some=companies, asked=needs)
@settings(max_examples=60)
def test_a_component_scores_as_its_slow_twin(component, record, some, asked):
    profiles = recorded(record, some)
    twin = Twin(profiles, record, some, asked)

    said = scores(component(), profiles, asked)

    expected = [getattr(twin, component.name)(who) for who in range(FIRMS)]
    np.testing.assert_allclose(said, expected, atol=1e-6)
    assert ((said >= 0) & (said <= 1) | np.isnan(said)).all()


@pytest.mark.parametrize("component", CIRCLES, ids=lambda one: one.name)
def test_an_asker_without_a_project_has_no_circle(component):
    profiles = recorded([Joint([0, 1], lead=0, tags=["topic:battery"])])

    newcomer = scores(component(), profiles, need(organisation=5, tags=BATTERY))
    stranger = scores(component(), profiles, need(tags=BATTERY))

    of_the_field_alone = component is SimilarConsortia
    assert np.isfinite(newcomer[[0, 1]]).all() == np.isfinite(stranger[[0, 1]]).all() == of_the_field_alone
    assert np.isnan(newcomer[2:]).all()


@pytest.mark.parametrize("component", [TiesInField, PartnersInField, SimilarConsortia], ids=lambda one: one.name)
def test_without_a_subject_nothing_is_like_it(component):
    profiles = recorded([Joint([0, 1], lead=0, tags=["topic:battery"])])

    assert np.isnan(scores(component(), profiles, need(organisation=0))).all()


@pytest.mark.parametrize("component", CIRCLES, ids=lambda one: one.name)
def test_what_begins_on_the_day_of_the_need_does_not_speak(component):
    today, yesterday = Joint([0, 1], years=0, lead=0, tags=["topic:battery"]), Joint([2, 3])
    asked = need(organisation=0, tags=BATTERY)

    told, untold = (scores(component(), recorded(record), asked) for record in ([yesterday, today], [yesterday]))

    np.testing.assert_array_equal(told, untold)


@pytest.mark.parametrize("component", CIRCLES, ids=lambda one: one.name)
def test_a_history_without_tags_texts_and_lengths_says_what_it_can(component):
    bare = replace(recorded([Joint([0, 1])]), vocabulary={})
    history = replace(history_of([Joint([0, 1], lead=0)], FIRMS), tags=csr_array((1, 0)), words=csr_array((1, 0)))
    asked = need(organisation=0, tags=BATTERY, months=24.0)

    said = scores(component(), replace(bare, history=history), asked)

    assert np.isfinite(said[1])
    assert np.isnan(said[2:]).all()


def test_ties_in_the_field_name_the_shared_projects_that_resemble_the_need():
    profiles = recorded(
        [
            Joint([0, 1], years=3, tags=["topic:battery"]),
            Joint([0, 1], years=2, tags=["topic:battery"]),
            Joint([0, 1], years=1, tags=["topic:forging"]),
            Joint([0, 2], years=1, tags=["topic:forging"]),
            Joint([3], years=1, tags=["topic:battery"]),
        ]
    )
    asked = need(organisation=0, tags=BATTERY)

    said = scores(TiesInField(), profiles, asked)

    assert said[1] > said[2] == said[3] == 0
    assert evidence(TiesInField(), profiles, asked, 1).facts == {
        "projects": 2,
        "of": 3,
        "ids": ["project-0001", "project-0000"],
    }
    assert evidence(TiesInField(), profiles, asked, 2).facts == {"projects": 0, "of": 1, "ids": []}
    assert evidence(TiesInField(), profiles, asked, 3).facts == {"projects": 0, "of": 0, "ids": []}


def test_who_did_the_like_with_our_partners_is_told_with_them():
    profiles = recorded(
        [
            Joint([0, 1], years=1),
            Joint([1, 2], years=1, tags=["topic:battery"]),
            Joint([2, 5], years=1, tags=["topic:battery"]),
            Joint([1, 3], years=1, tags=["topic:forging"]),
        ]
    )
    asked = need(organisation=0, tags=BATTERY)

    said = scores(PartnersInField(), profiles, asked)

    assert said[2] > said[3] == said[5] == 0
    told = evidence(PartnersInField(), profiles, asked, 2)
    assert told.facts == {"partners": 1, "projects": 1, "ids": ["firm-0001"]}
    assert evidence(PartnersInField(), profiles, asked, 3).facts == {"partners": 0, "projects": 0, "ids": []}


def test_partners_in_common_are_told_from_being_a_partner_itself():
    profiles = recorded([Joint([0, 1]), Joint([1, 2]), Joint([0, 3]), Joint([4, 5])])
    asked = need(organisation=0)

    said = scores(CommonPartners(), profiles, asked)

    assert said[2] > 0
    assert said[4] == 0
    facts = {row: evidence(CommonPartners(), profiles, asked, row).facts for row in (2, 3, 4)}
    assert facts == {
        2: {"partners": 1, "joint": 0, "ids": ["firm-0001"]},
        3: {"partners": 0, "joint": 1, "ids": []},
        4: {"partners": 0, "joint": 0, "ids": []},
    }


@given(record=records, some=companies, asked=needs)
@settings(max_examples=60)
def test_a_score_of_nothing_is_told_as_nothing_and_the_other_way_about(record, some, asked):
    profiles = recorded(record, some)
    counted = {
        TiesInField(): lambda facts: facts["projects"] > 0,
        PartnersInField(): lambda facts: facts["partners"] > 0,
        CommonPartners(): lambda facts: facts["partners"] + facts["joint"] > 0,
        JoinedAsker(): lambda facts: facts["projects"] > 0,
        SimilarConsortia(): lambda facts: facts["projects"] > 0,
    }

    for component, is_something in counted.items():
        said = scores(component, profiles, asked)
        for row in np.flatnonzero(~np.isnan(said)):
            if row != asked.organisation:
                facts = evidence(component, profiles, asked, int(row)).facts
                assert is_something(facts) == (said[row] > 1e-9), (component.name, facts, said[row])


def test_only_projects_that_the_asker_led_count_as_joined():
    profiles = recorded([Joint([0, 1], lead=0), Joint([0, 2], lead=2), Joint([0, 1, 3], lead=0, years=5)])
    asked = need(organisation=0)

    said = scores(JoinedAsker(), profiles, asked)

    assert said[1] > said[3] > said[2] == 0
    assert evidence(JoinedAsker(), profiles, asked, 1).facts == {"projects": 2, "ids": ["project-0000", "project-0002"]}
    assert evidence(JoinedAsker(), profiles, asked, 2).facts == {"projects": 0, "ids": []}


def test_a_project_counts_as_joined_also_where_the_lead_is_not_among_the_members():
    profiles = recorded([Joint([0]), Joint([1], lead=0)])

    told = evidence(JoinedAsker(), profiles, need(organisation=0), 1)

    assert told.facts == {"projects": 1, "ids": ["project-0001"]}


def test_similar_consortia_put_together_from_the_askers_area_count_more():
    some = [Firm(area=0), Firm(area=1), *[Firm(area=2)] * 4]
    battery = ["topic:battery"]
    record = [Joint([0, 2], lead=0, tags=battery), Joint([1, 3], lead=1, tags=battery), Joint([4], tags=battery)]
    profiles = recorded(record, some)
    asked = need(area=0, tags=BATTERY)

    said = scores(SimilarConsortia(), profiles, asked)

    assert said[2] > said[3] > said[4] == 0
    told = evidence(SimilarConsortia(), profiles, asked, 2)
    assert told.facts == {"projects": 1, "of": 1, "led_from_area": 1, "ids": ["project-0000"]}
    assert evidence(SimilarConsortia(), profiles, asked, 3).facts["led_from_area"] == 0
    assert evidence(SimilarConsortia(), profiles, asked, 4).facts == {
        "projects": 0,
        "of": 1,
        "led_from_area": 0,
        "ids": [],
    }


def test_who_works_with_the_same_others_as_our_partners_is_like_them():
    record = [Joint([0, 1]), Joint([1, 2]), Joint([2, 3]), Joint([4, 5])]
    profiles = recorded(record)
    asked = need(organisation=0)

    said = scores(LikePartners(), profiles, asked)

    assert said[1] == pytest.approx(1)
    assert said[2] > said[3] == said[4] == pytest.approx(0, abs=1e-9)
    assert evidence(LikePartners(), profiles, asked, 2).facts == {"partners": 1, "ids": ["firm-0001"]}
    assert evidence(LikePartners(), profiles, asked, 1).facts == {"partners": 0, "ids": []}
    assert evidence(LikePartners(), profiles, asked, 4).facts == {"partners": 1, "ids": []}


def test_old_ties_point_as_well_as_fresh_ones():
    far_back = [Joint([0, 1], years=120), Joint([1, 2], years=120)]
    lately = [replace(one, years=1.0) for one in far_back]
    asked = need(organisation=0)

    old, new = (scores(LikePartners(), recorded(record), asked) for record in (far_back, lately))

    np.testing.assert_allclose(old, new, atol=1e-9)
    assert old[2] > 0


def past_of(record: list[Joint], firms: int = FIRMS) -> Past:
    return Timeline(recorded(record, (Firm(),) * firms)).before(TODAY)


@given(record=records)
def test_a_place_on_the_map_is_a_direction_or_nothing(record):
    past = past_of(record)

    places = circle_map(past)

    lengths = np.linalg.norm(places, axis=1)
    joint = {member for row in np.flatnonzero(past.sizes > 1) for member in past.members[[row]].indices}
    assert len(places) == FIRMS
    np.testing.assert_allclose(lengths, [float(one in joint) for one in range(FIRMS)], atol=1e-9)


@pytest.mark.parametrize("record", [[], [Joint([0])], [Joint([])], [Joint([0, 1])], [Joint([0, 1])] * 3])
def test_a_map_of_next_to_nothing_is_drawn_all_the_same(record):
    assert circle_map(past_of(record)).shape[0] == FIRMS


def a_region(seed: int = 3, firms: int = 120) -> list[Joint]:
    rng = np.random.default_rng(seed)
    return [Joint(rng.choice(firms, 4, replace=False).tolist(), years=float(rng.integers(1, 9))) for _ in range(150)]


def test_a_map_of_many_is_the_same_each_time_and_drawn_once():
    one, other = past_of(a_region(), 120), past_of(a_region(), 120)

    drawn = circle_map(one)

    assert drawn.shape == (120, DIMENSIONS)
    assert circle_map(one) is drawn
    np.testing.assert_array_equal(drawn, circle_map(other))
    np.testing.assert_allclose(np.linalg.norm(drawn, axis=1), one.project_counts > 0)


@given(record=records, asker=st.integers(0, FIRMS - 1), data=st.data())
def test_a_second_hop_goes_over_a_project_by_its_likeness(record, asker, data):
    past = past_of(record)
    likeness = np.array([data.draw(st.sampled_from([0.0, 0.5, 1.0])) for _ in range(len(past))])
    ties = ties_from(past, asker, day=TODAY, half_life_years=3)

    hop = two_hop_over(past, ties.direct, asker, day=TODAY, half_life_years=3, likeness=likeness)
    whole = two_hop_over(past, ties.direct, asker, day=TODAY, half_life_years=3)

    np.testing.assert_allclose(whole, ties.two_hop)
    assert (hop <= whole + 1e-12).all()
    np.testing.assert_allclose(hop, slow_hop(past, asker, likeness), atol=1e-9)


def slow_hop(past: Past, asker: int, likeness: np.ndarray) -> list[float]:
    people = [np.flatnonzero(row) for row in past.members.toarray()]
    decay = past.decay(TODAY, 3)

    def tie(one: int, other: int, like: np.ndarray) -> float:
        both = [r for r, who in enumerate(people) if one != other and {one, other} <= set(who)]
        return sum(decay[r] * like[r] / (len(people[r]) - 1) for r in both)

    whole, firms = np.ones(len(past)), range(FIRMS)
    to_all = [sum(tie(one, other, whole) for other in firms) for one in firms]
    between = [one for one in firms if to_all[one] > 0]
    return [
        0.0 if who == asker else sum(tie(asker, k, whole) * tie(k, who, likeness) / to_all[k] for k in between)
        for who in firms
    ]
