"""What the demo's people made of their lists: enough to learn from, consistent, and said to be the demo's."""

from collections import Counter

import pytest

from models.enums import DeclineReason, InteractionKind, InterestState
from models.interest import Interest
from models.matching import Interaction, RankingRun

K = InteractionKind


@pytest.fixture(scope="module")
def events(world):
    return world.all_of(Interaction)


@pytest.fixture(scope="module")
def runs(world):
    return {run.id: run for run in world.all_of(RankingRun)}


def test_there_is_enough_to_learn_from(events, runs):
    kinds = Counter(event.kind for event in events)

    assert len(runs) > 700
    assert min(kinds[one] for one in (K.USEFUL, K.NOT_USEFUL, K.SHORTLISTED, K.ASKED, K.ACCEPTED)) > 200
    assert min(kinds[one] for one in (K.DECLINED, K.AGREED, K.CONTRACTED)) > 40


def test_every_list_says_that_it_is_the_demo_s_and_every_answer_comes_from_a_list(events, runs):
    assert {run.index_version for run in runs.values()} == {"demo"}
    for event in events:
        line = runs[event.run_id].shown[event.position - 1]
        assert line["organisation_id"] == str(event.candidate_id)
        assert event.created_at >= runs[event.run_id].created_at


def test_firms_and_funds_look_at_lists_of_money_and_open_some_of_them(events, runs):
    capital = [run for run in runs.values() if run.round_id or run.mandate_id]
    opened = [event for event in events if event.kind is K.OPENED and event.need_id is None]

    assert len({run.organisation_id for run in capital if run.round_id}) > 20
    assert len({run.organisation_id for run in capital if run.mandate_id}) > 8
    assert {event.run_id for event in opened} <= {run.id for run in capital}
    assert len(opened) > 50


def test_answers_thin_out_down_the_list(events):
    places = Counter(event.position for event in events if event.kind in (K.USEFUL, K.SHORTLISTED))

    assert places[1] > places[3] > places[6] > places[12] > 0


def test_nothing_happened_before_its_need_was_published_or_after_today(world, events, needs):
    for event in events:
        need = needs.get(str(event.need_id))
        assert (need.published_at if need else event.created_at) <= event.created_at <= world.now


def test_an_interest_stands_where_its_last_event_left_it(world, events):
    last: dict[object, InteractionKind] = {}
    for event in events:
        last[event.need_id, event.candidate_id] = event.kind
    interests = world.all_of(Interest)

    assert interests
    for one in interests:
        assert one.state == InterestState(last[one.need_id, one.candidate_id].value)


def test_who_was_planted_to_fit_never_declines(demo, events):
    fits = {(entry.need_id, fit.organisation_id) for entry in demo.key for fit in entry.fits}

    assert not [e for e in events if e.kind is K.DECLINED and (str(e.need_id), str(e.candidate_id)) in fits]


def test_a_no_has_a_reason_and_the_reasons_differ(events):
    reasons: Counter[DeclineReason | None] = Counter()
    for event in events:
        assert (event.reason is not None) == (event.kind in (K.NOT_USEFUL, K.DECLINED))
        reasons[event.reason] += 1

    assert {DeclineReason.WRONG_EXPERTISE, DeclineReason.NO_CAPACITY, DeclineReason.TOO_EARLY} <= set(reasons)
