"""Where walks start from the asker's own work and from its circle, each beside its slow readable twin."""

import numpy as np
import pytest
from hypothesis import given, settings

from matchmaker.network.past import Past, Timeline
from matchmaker.scoring.walk import CircleWalk, CollaborationWalk, FollowUpWalk
from tests.unit.engine.circle_twin import Twin
from tests.unit.engine.record import FIRMS, Joint, recorded, tag_rows
from tests.unit.engine.test_circles import companies, evidence, needs, records, scores
from tests.unit.engine.test_network import slow_walk
from tests.unit.engine.world import need

BATTERY = tag_rows("topic:battery")
WALKS = (CollaborationWalk, FollowUpWalk, CircleWalk)


def starts(component: type[CollaborationWalk], twin: Twin) -> tuple[list[float], list[float]]:
    """What each project weighs as a start: as the asker's own, as like the need."""
    faint = {row: 0.1 + twin.likeness(row) if component is FollowUpWalk else 1.0 for row in twin.rows}
    own = [twin.decay(row, 2) * faint[row] * (row in twin.of(twin.asker)) for row in twin.rows]
    topic = [0.0 if component is CircleWalk else twin.joint_like(row, 2) for row in twin.rows]
    return own, topic


def slow_scores(component: type[CollaborationWalk], twin: Twin, past: Past) -> np.ndarray:
    walk, (own, topic) = component(), starts(component, twin)
    shares = [(1 - walk.topic_share, own), (walk.topic_share, topic)]
    known = [(share, np.array(weights) / sum(weights)) for share, weights in shares if sum(weights) > 0]
    if not known:
        return np.full(FIRMS, np.nan)
    restart = sum(share * weights for share, weights in known) / sum(share for share, _ in known)
    visits = slow_walk(past, restart, walk.half_life_years, walk.restart_share, walk.steps)
    score = np.minimum(np.log1p(FIRMS * visits) / np.log1p(FIRMS), 1)
    return np.where([visits.any() and twin.has_record(who) for who in range(FIRMS)], score, np.nan)


@pytest.mark.parametrize("component", WALKS, ids=lambda one: one.name)
@given(record=records, some=companies, asked=needs)
@settings(max_examples=60)
def test_a_walk_scores_as_its_slow_twin(component, record, some, asked):
    profiles = recorded(record, some)
    twin = Twin(profiles, record, some, asked)

    said = scores(component(), profiles, asked)

    past = Timeline(profiles).known_to(asked)
    np.testing.assert_allclose(said, slow_scores(component, twin, past), atol=1e-6)


def test_work_that_follows_on_leads_to_the_partners_of_the_work_it_follows():
    record = [Joint([0, 1], tags=["topic:battery"]), Joint([0, 2], tags=["topic:forging"])]

    said = scores(FollowUpWalk(), recorded(record), need(organisation=0, tags=BATTERY))

    assert said[1] > said[2] > 0


def test_the_circle_does_not_care_what_is_asked():
    record = [Joint([0, 1], tags=["topic:battery"]), Joint([0, 2], tags=["topic:forging"]), Joint([3, 4])]
    profiles = recorded(record)

    said, of_batteries = (
        scores(CircleWalk(), profiles, need(organisation=0, tags=tags)) for tags in (tag_rows(), BATTERY)
    )

    np.testing.assert_array_equal(said, of_batteries)
    assert said[1] == pytest.approx(said[2])
    assert said[1] > said[3] == 0
    assert evidence(CircleWalk(), profiles, need(organisation=0), 3).facts == {"times_the_average": 0, "projects": 1}


@pytest.mark.parametrize("component", [FollowUpWalk, CircleWalk], ids=lambda one: one.name)
def test_without_a_project_of_the_asker_and_a_subject_there_is_no_start(component):
    profiles = recorded([Joint([0, 1], tags=["topic:battery"])])

    assert np.isnan(scores(component(), profiles, need(organisation=5))).all()
    assert np.isnan(scores(component(), profiles, need())).all()
