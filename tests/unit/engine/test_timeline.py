"""One timeline for all who learn from the same history, and what a past remembers."""

import gc
import weakref
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.network.past import Timeline
from matchmaker.network.similar import length_closeness, likeness
from matchmaker.scoring.ties import Ties
from matchmaker.scoring.walk import CircleWalk
from tests.unit.engine.record import Joint, projects, recorded, tag_rows
from tests.unit.engine.world import TODAY, Firm, need


def test_all_components_of_a_history_share_one_timeline():
    profiles = recorded([Joint([0, 1])])

    ties, walk = Ties().fit(profiles), CircleWalk().fit(replace(profiles, as_of=TODAY + 1))

    assert ties.timeline_ is walk.timeline_ is Timeline.of(profiles)
    assert ties.timeline_.known_to(need()) is walk.timeline_.known_to(need())


def test_another_history_has_a_timeline_of_its_own():
    one, other = recorded([Joint([0, 1])]), recorded([Joint([0, 1])])

    first, second = Timeline.of(one), Timeline.of(other)

    assert first is not second


def test_the_same_history_with_other_names_of_tags_is_read_anew():
    profiles = recorded([Joint([0, 1], tags=["topic:battery"])])
    renamed = replace(profiles, vocabulary={**profiles.vocabulary, "tags": ["a:1", "b:2", "c:3", "d:4", "e:5"]})

    one, other = Timeline.of(profiles), Timeline.of(renamed)

    assert one.before(TODAY).families.shape[1] == 2
    assert other.before(TODAY).families.shape[1] == 5


def test_nobody_keeps_a_timeline_that_nobody_asks_any_more():
    profiles = recorded([Joint([0, 1])])
    timeline = weakref.ref(Timeline.of(profiles))
    assert timeline() is None

    ties = Ties().fit(profiles)
    timeline = weakref.ref(ties.timeline_)
    assert timeline() is not None
    del ties
    gc.collect()

    assert timeline() is None


def test_a_past_remembers_the_last_question_of_each_name_and_no_other():
    past = Timeline(recorded([Joint([0, 1])])).before(TODAY)
    one, same_words, answers = need(), need(), iter([1, 2, 3])

    def answer(to: object) -> int:
        return past.once("answer", to, lambda: next(answers))

    assert [answer(one), answer(one)] == [1, 1]
    assert past.once("another name", one, lambda: "theirs") == "theirs"
    assert [answer(same_words), answer(one)] == [2, 3]  # a new question, then one that has been forgotten


@given(record=st.lists(projects, max_size=7))
def test_who_joined_are_the_members_without_the_lead(record):
    past = Timeline(recorded(record)).before(TODAY)

    joined = past.joined.toarray()

    for row, members in enumerate(past.members.toarray()):
        everybody = set(np.flatnonzero(members).tolist())
        assert set(np.flatnonzero(joined[row]).tolist()) == everybody - {int(past.lead[row])}


@given(record=st.lists(projects, max_size=7), area=st.integers(-1, 2))
def test_a_project_is_led_from_where_its_lead_is_known_to_be(record, area):
    firms = [Firm(area=number % 4 - 1) for number in range(6)]
    profiles = recorded(record, firms)
    past = Timeline(profiles).before(TODAY)

    led = past.led_from(profiles.organisations.area, area)

    assert led.tolist() == [float(lead >= 0 and area >= 0 and firms[lead].area == area) for lead in past.lead]


def test_twice_as_long_counts_a_quarter_and_an_unsaid_length_a_little():
    past = Timeline(recorded([Joint([0], months=24), Joint([0], months=12), Joint([0])])).before(TODAY)

    closeness = dict(zip(past.ids.tolist(), length_closeness(past, 12.0).tolist(), strict=True))

    np.testing.assert_allclose([closeness[b"project-%04d" % row] for row in range(3)], [0.25, 1, 0.3])
    assert length_closeness(past, float("nan")).tolist() == [1, 1, 1]


def test_likeness_is_nothing_where_nothing_can_be_compared():
    past = Timeline(recorded([Joint([0], tags=["topic:battery"], months=12), Joint([0], months=12)])).before(TODAY)

    alike = dict(zip(past.ids.tolist(), likeness(past, need(tags=tag_rows("topic:battery"), months=12.0)), strict=True))

    assert alike[b"project-0000"] == 1
    assert alike[b"project-0001"] == 0
    assert likeness(past, need()).tolist() == [0, 0]
