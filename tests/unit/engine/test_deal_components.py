"""What components say that judge an investor by the rounds it came into, each beside its slow readable twin."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.profiles import UNKNOWN, Need, Profiles
from matchmaker.scoring.base import Component
from matchmaker.scoring.deals import DealVolume, RoundActivity, RoundHabit
from matchmaker.scoring.fields import CountryHabit, FieldActivity, RegionHabit
from matchmaker.scoring.habits import AgeHabit, StageHabit, TurnHabit
from matchmaker.scoring.pace import Rise, SyndicateSize
from matchmaker.scoring.syndicate import BackersWalk, DealWalk, Followers
from matchmaker.scoring.taste import Taste
from tests.unit.engine.deal_twin import BATTERY, HERE, NOBODY_SAYS_WHEN, TWINS, WEST, Twin, rounds
from tests.unit.engine.record import FIRMS, TAGS, Joint, days_ago, projects
from tests.unit.engine.world import Firm, everybody, need

ages = st.sampled_from([UNKNOWN, days_ago(1), days_ago(4), days_ago(15)])
companies = st.lists(st.builds(Firm, founded=ages), min_size=FIRMS, max_size=FIRMS)
records = st.lists(projects, max_size=9)
needs = st.builds(
    Need,
    day=st.integers(-1, 6).map(days_ago),
    organisation=st.none() | st.integers(0, FIRMS - 1),
    tags=st.lists(st.integers(0, len(TAGS) - 1), unique=True, max_size=3).map(lambda rows: np.array(rows, np.int32)),
    stage=st.integers(-1, 2),
    amount=st.sampled_from([float("nan"), 2e5, 1e8]),
)


def tagged(*columns: int) -> list[str]:
    return [TAGS[column] for column in columns]


def score(component: Component, profiles: Profiles, asked: Need) -> np.ndarray:
    return component.fit(profiles).score_candidates(asked, everybody(profiles))


@pytest.mark.parametrize("kind", TWINS, ids=lambda kind: kind.name)
@given(record=records, some=companies, asked=needs)
@settings(max_examples=30)
def test_each_says_what_its_slow_twin_says(kind, record, some, asked):
    twin = Twin(record, some, asked)
    expected = [TWINS[kind](twin, who) if twin.entries(who) else None for who in range(FIRMS)]

    said = score(kind(), rounds(record, some), asked)

    np.testing.assert_allclose(said, [float("nan") if e is None else e for e in expected], atol=1e-9)


@given(record=records, asked=needs)
@settings(max_examples=30)
def test_without_a_subject_the_walk_starts_at_the_backers_alone(record, asked):
    silent = replace(asked, tags=np.empty(0, np.int32))
    twin = Twin(record, list(NOBODY_SAYS_WHEN), silent)
    start = twin.start_at_backers()
    expected = [twin.walk(start, 0.5, who) if twin.entries(who) else None for who in range(FIRMS)]

    said = score(DealWalk(), rounds(record), silent)

    np.testing.assert_allclose(said, [float("nan") if e is None else e for e in expected], atol=1e-9)


def test_a_walk_leads_further_to_investors_of_rounds_like_this_one():
    record = [
        Joint([0, 1], lead=0, tags=tagged(BATTERY), stage=1, amount=1e6),
        Joint([2, 3], lead=2, tags=tagged(BATTERY), stage=2, amount=3e7),
    ]
    asked = need(tags=np.array([BATTERY], np.int32), stage=1, amount=1e6)
    walk = DealWalk().fit(rounds(record))

    said = walk.score_candidates(asked, everybody(rounds(record)))
    evidence = walk.evidence(asked, everybody(rounds(record)), 1)
    times = evidence.facts["times_the_average"]

    assert said[1] > said[3] > 0
    assert np.isnan(said[[0, 2, 4]]).all()  # who was paid only has come into nothing
    assert evidence.code == "deal_walk.reached"
    assert evidence.facts["near"] == 1
    assert evidence.facts["ids"] == ["project-0000"]
    assert isinstance(times, float)
    assert times > 1


def test_paying_into_the_same_startup_again_is_no_entry():
    once = [Joint([0, 1], years=3, lead=0, stage=1)]
    again = [*once, Joint([0, 1, 2], years=2, lead=0, stage=1)]
    asked = need(stage=1)

    habit = RoundActivity().fit(rounds(again))
    volume = DealVolume().fit(rounds(again))

    assert habit.score_candidates(asked, everybody(rounds(again)))[1] < score(RoundActivity(), rounds(once), asked)[1]
    assert volume.evidence(asked, everybody(rounds(again)), 1).facts == {
        "rounds": 2,
        "entries": 1,
        "first_day": days_ago(3),
    }


def test_more_investments_of_the_kind_never_lower_what_speaks_of_their_number():
    few = [Joint([0, 1], years=2, lead=0, stage=1, tags=tagged(BATTERY))]
    more = [*few, Joint([3, 1], years=2, lead=3, stage=1, tags=tagged(BATTERY))]
    asked = need(stage=1, tags=np.array([BATTERY], np.int32))

    for kind in (RoundActivity, DealVolume, FieldActivity):
        assert score(kind(), rounds(more), asked)[1] > score(kind(), rounds(few), asked)[1], kind.name


def test_where_no_stage_is_said_those_count_who_come_in_at_the_one_that_usually_follows():
    record = [
        *(Joint([lead, 4], years=4, lead=lead, stage=0, amount=1e6) for lead in (0, 3)),
        *(Joint([lead, 1], years=3, lead=lead, stage=1, amount=5e6) for lead in (0, 3)),
        Joint([1, 2], years=2.5, lead=UNKNOWN, stage=2, amount=5e7),
        Joint([5, 4], years=2, lead=5, stage=0, amount=1e6),
    ]
    asked = need(organisation=5)
    habit = StageHabit().fit(rounds(record))

    said = habit.score_candidates(asked, everybody(rounds(record)))
    evidence = habit.evidence(asked, everybody(rounds(record)), 1)

    assert said[1] > max(said[2], said[4])
    assert evidence.code == "stage.likely"
    assert evidence.facts["stage"] == "angel"
    assert (evidence.facts["deals"], evidence.facts["of"]) == (2, 3)


def test_each_habit_tells_of_how_many_of_how_many():
    record = [
        Joint([0, 1], years=2.5, lead=0, stage=1, tags=tagged(WEST, HERE, BATTERY), amount=1e6),
        Joint([3, 1], years=2, lead=3, stage=2, tags=tagged(HERE), amount=1e8),
        Joint([3, 1, 2], years=1, lead=3, stage=2, tags=tagged(HERE)),
    ]
    firms = [*[Firm(founded=days_ago(4))] * 5, Firm(founded=days_ago(1))]
    asked = need(organisation=5, stage=1, amount=1e6, tags=np.array([WEST, HERE, BATTERY], np.int32))

    def facts(component: Component, row: int) -> tuple[str, dict[str, object]]:
        evidence = component.fit(rounds(record, firms)).evidence(asked, everybody(rounds(record, firms)), row)
        return evidence.code, dict(evidence.facts)

    assert facts(RoundHabit(), 1) == ("round_habit.share", {"alike": 1, "of": 2, "last_day": days_ago(2.5)})
    assert facts(RoundHabit(), 2) == ("round_habit.none", {"of": 1})
    assert facts(RoundActivity(), 1) == ("round_activity.recent", {"alike": 1, "recent": 2, "last_day": days_ago(2)})
    assert facts(StageHabit(), 1) == ("stage.share", {"deals": 1, "of": 2})
    assert facts(TurnHabit(), 2) == ("turn.first", {"deals": 0, "of": 1})
    assert facts(RegionHabit(), 1) == ("deal_region.share", {"deals": 1, "of": 1})
    assert facts(CountryHabit(), 1) == ("deal_country.share", {"deals": 2, "of": 2})
    assert facts(FieldActivity(), 1) == ("field_activity.recent", {"deals": 0, "of": 1, "last_day": days_ago(2.5)})
    assert facts(FieldActivity(), 2) == ("field_activity.none", {"of": 1})
    code, ages = facts(AgeHabit(), 1)
    assert code == "startup_age.usual"
    assert ages == pytest.approx({"asked_years": 1, "usual_years": 3**0.5, "deals": 2}, rel=0.01)


def test_those_who_know_the_backers_name_the_rounds():
    record = [
        Joint([0, 1], years=3, lead=0),
        Joint([3, 1, 2], years=3, lead=3),
        Joint([3, 4], years=2, lead=3),
    ]
    asked = need(organisation=0)

    def said(component: Component, row: int) -> tuple[str, object]:
        evidence = component.fit(rounds(record)).evidence(asked, everybody(rounds(record)), row)
        return evidence.code, evidence.facts["ids"]

    assert said(BackersWalk(), 2) == ("backers.beside", ["project-0001"])
    assert said(BackersWalk(), 4) == ("backers.around", [])
    assert said(Followers(), 4) == ("followers.after", ["project-0002"])
    assert said(Followers(), 2) == ("followers.none", [])


def test_a_startup_without_backers_is_judged_by_none_of_them():
    profiles = rounds([Joint([0, 1], lead=0)])

    for kind in (BackersWalk, Followers):
        assert np.isnan(score(kind(), profiles, need(organisation=5))).all()


def test_tags_that_go_together_are_one_taste():
    record = [
        *(Joint([0, 1], lead=0, years=n, tags=tagged(WEST, BATTERY)) for n in (1, 2)),
        Joint([3, 2], lead=3, tags=tagged(BATTERY)),
        Joint([4, 5], lead=4, tags=tagged(HERE)),
    ]
    asked = need(tags=np.array([WEST], np.int32))
    taste = Taste(themes=2).fit(rounds(record))

    said = taste.score_candidates(asked, everybody(rounds(record)))
    evidence = taste.evidence(asked, everybody(rounds(record)), 2)

    assert min(said[1], said[2]) > 0.9 > said[5]  # 2 has never been in the west, but in what goes with it
    assert evidence.code == "taste.themes"
    assert evidence.facts["deals"] == 1
    assert evidence.facts["cosine"] == pytest.approx(2 * said[2] - 1)


def test_who_comes_in_alone_fits_rounds_that_take_in_one():
    record = [
        *(Joint([lead, 1], lead=lead, years=2, tags=tagged(BATTERY)) for lead in (0, 3)),
        Joint([0, 2, 4, 5], lead=0, years=1, tags=tagged(WEST)),
    ]
    asked = need(tags=np.array([BATTERY], np.int32))
    size = SyndicateSize().fit(rounds(record))

    said = size.score_candidates(asked, everybody(rounds(record)))
    evidence = size.evidence(asked, everybody(rounds(record)), 1)

    assert said[1] > said[2]
    assert evidence.code == "syndicate_size.usual"
    assert evidence.facts["asked"] == pytest.approx(1)
    assert evidence.facts["deals"] == 2


def test_a_rise_is_more_of_late_than_before_and_than_everybody():
    record = [
        *(Joint([0, 1], lead=UNKNOWN, years=years) for years in (0.2, 0.3)),
        *(Joint([0, 2], lead=UNKNOWN, years=years) for years in (3, 4)),
    ]
    rise = Rise().fit(rounds(record))

    said = rise.score_candidates(need(), everybody(rounds(record)))
    evidence = rise.evidence(need(), everybody(rounds(record)), 1)

    assert said[1] > 0.5 > said[2]
    assert evidence.code == "rise.pace"
    assert evidence.facts["times"] == pytest.approx(said[1] / (1 - said[1]))
    assert (evidence.facts["deals"], evidence.facts["of"]) == (2, 2)
