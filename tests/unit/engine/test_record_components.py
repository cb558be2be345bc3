"""What components say that judge by the past, and what all of them promise."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from matchmaker.engine import Remembering, history_components
from matchmaker.profiles import UNKNOWN, Candidates, Need, Profiles
from matchmaker.scoring.amount import AmountHabit
from matchmaker.scoring.base import Component, Evidence, LastAnswer
from matchmaker.scoring.place import PlaceAffinity
from matchmaker.scoring.recency import RecentActivity
from matchmaker.scoring.ties import Ties
from matchmaker.scoring.track_record import TrackRecord
from matchmaker.scoring.walk import CollaborationWalk
from tests.unit.engine.record import (
    FIRMS,
    TAGS,
    Joint,
    days_ago,
    firms,
    history_of,
    projects,
    recorded,
    tag_rows,
    words_of,
)
from tests.unit.engine.world import TODAY, Firm, everybody, need

BATTERY = tag_rows("topic:battery")
needs = st.builds(
    Need,
    day=st.integers(-2, 8).map(days_ago),
    organisation=st.none() | st.integers(0, FIRMS - 1),
    place=st.integers(-1, 3),
    area=st.integers(-1, 2),
    tags=st.lists(st.sampled_from(TAGS), unique=True, max_size=3).map(lambda tags: tag_rows(*tags)),
    words=st.none() | st.just(words_of(1, 0, 2, 0)),
    stage=st.integers(-1, 2),
    amount=st.sampled_from([float("nan"), 2e5, 1e8]),
)
companies = st.lists(firms, min_size=FIRMS, max_size=FIRMS)
records = st.lists(projects, max_size=7)


def scores(component: Component, profiles: Profiles, asked: Need) -> np.ndarray:
    return component.fit(profiles).score_candidates(asked, everybody(profiles))


@given(record=records, some=companies, asked=needs)
@settings(max_examples=40)
def test_scores_lie_between_zero_and_one_or_are_unknown(record, some, asked):
    profiles = recorded(record, some)

    for component in history_components():
        said = scores(component, profiles, asked)

        assert said.shape == (FIRMS,)
        assert ((said >= 0) & (said <= 1) | np.isnan(said)).all(), component.name


@given(record=records, some=companies, asked=needs)
@settings(max_examples=40)
def test_every_known_score_has_evidence(record, some, asked):
    profiles = recorded(record, some)

    for component in history_components():
        said = scores(component, profiles, asked)
        for row in np.flatnonzero(~np.isnan(said)):
            assert component.evidence(asked, everybody(profiles), int(row)).code.startswith(f"{component.name}.")


@given(record=records, later=st.lists(projects, min_size=1, max_size=3), some=companies, asked=needs)
@settings(max_examples=40)
def test_what_happens_later_changes_nothing_for_an_earlier_day(record, later, some, asked):
    on_the_day_or_after = [replace(p, years=(TODAY - asked.day) / 365.25 - n) for n, p in enumerate(later)]
    before, after = recorded(record, some), recorded([*on_the_day_or_after, *record], some)

    for component in history_components():
        np.testing.assert_array_equal(scores(component, before, asked), scores(component, after, asked))


@given(record=records, some=companies, asked=needs, order=st.permutations(range(FIRMS)))
@settings(max_examples=40)
def test_renumbering_the_organisations_renumbers_the_scores(record, some, asked, order):
    new_row = {old: new for new, old in enumerate(order)}
    turned = [replace(p, members=[new_row[m] for m in p.members], lead=new_row.get(p.lead, UNKNOWN)) for p in record]
    asked_anew = replace(asked, organisation=None if asked.organisation is None else new_row[asked.organisation])

    for component in history_components():
        said = scores(component, recorded(record, some), asked)
        said_anew = scores(component, recorded(turned, [some[old] for old in order]), asked_anew)
        np.testing.assert_allclose(said_anew, said[list(order)], atol=1e-9)


@given(asked=needs)
@settings(max_examples=40)
def test_without_any_past_nothing_can_be_told(asked):
    profiles = recorded([])

    for component in history_components():
        assert np.isnan(scores(component, profiles, asked)).all(), component.name


def test_ties_say_nothing_of_a_newcomer_and_nothing_to_one():
    profiles = recorded([Joint([0, 1]), Joint([2, 3])])

    of_others = scores(Ties(), profiles, need(organisation=0))
    to_newcomer = scores(Ties(), profiles, need(organisation=5))

    assert np.isnan(of_others[[4, 5]]).all()
    assert of_others[1] > of_others[2] == 0
    assert np.isnan(to_newcomer).all()


def test_ties_name_the_shared_projects_or_the_common_partners():
    profiles = recorded([Joint([0, 1], years=3), Joint([0, 1], years=2), Joint([1, 2], years=1)])
    ties, asked, pool = Ties().fit(profiles), need(organisation=0), everybody(profiles)

    direct, two_hop = ties.evidence(asked, pool, 1), ties.evidence(asked, pool, 2)

    assert direct.code == "ties.direct"
    assert direct.facts == {"projects": 2, "last_day": days_ago(2), "ids": ["project-0001", "project-0000"]}
    assert two_hop.code == "ties.two_hop"
    assert two_hop.facts == {"partners": 1, "ids": ["firm-0001"]}


def test_similar_and_recent_projects_make_the_better_record():
    profiles = recorded(
        [
            Joint([0], years=1, tags=["topic:battery"]),
            Joint([1], years=6, tags=["topic:battery"]),
            Joint([2], years=1, tags=["topic:forging"]),
        ]
    )

    said = scores(TrackRecord(), profiles, need(tags=BATTERY))

    assert said[0] > said[1] > said[2] == 0
    assert np.isnan(said[3:]).all()


def test_the_record_is_unknown_for_a_need_without_tags_and_words():
    profiles = recorded([Joint([0], tags=["topic:battery"], words=(1, 0, 0, 0))])

    assert np.isnan(scores(TrackRecord(), profiles, need())).all()
    assert scores(TrackRecord(), profiles, need(words=words_of(1, 0, 0, 0)))[0] > 0


def test_a_round_of_the_same_stage_and_size_counts_more():
    profiles = recorded(
        [
            Joint([0], tags=["topic:battery"], stage=1, amount=1e6),
            Joint([1], tags=["topic:battery"], stage=2, amount=1e6),
            Joint([2], tags=["topic:battery"], stage=1, amount=1e8),
        ]
    )

    said = scores(TrackRecord(), profiles, need(tags=BATTERY, stage=1, amount=1e6))

    assert said[0] > said[1] > said[2] > 0


def test_the_record_names_the_most_similar_projects_first():
    record = [
        Joint([0], years=5, tags=["topic:battery"]),
        Joint([0], years=1, tags=["topic:battery"]),
        Joint([0], years=1, tags=["topic:forging"]),
    ]
    profiles = recorded(record)
    component = TrackRecord().fit(profiles)

    evidence = component.evidence(need(tags=BATTERY), everybody(profiles), 0)

    assert evidence.code == "track_record.similar"
    assert evidence.facts["projects"] == ["project-0001", "project-0000"]
    assert (evidence.facts["count"], evidence.facts["of"]) == (2, 3)
    assert evidence.facts["similarity"] == pytest.approx(1)


def test_a_walk_reaches_whom_neither_ties_nor_topic_reach():
    chain = [Joint([0, 1]), Joint([1, 2]), Joint([2, 3]), Joint([4, 5])]
    profiles = recorded(chain)

    said = scores(CollaborationWalk(), profiles, need(organisation=0))

    assert said[1] > said[2] > said[3] > said[4] == 0


def test_a_walk_without_a_start_cannot_tell():
    profiles = recorded([Joint([0, 1], tags=["topic:battery"])])

    assert np.isnan(scores(CollaborationWalk(), profiles, need(organisation=5, tags=tag_rows("topic:forging")))).all()
    assert scores(CollaborationWalk(), profiles, need(organisation=5, tags=BATTERY))[0] > 0


def test_the_usual_amount_scores_best():
    small, large = 1e5, 1e7
    profiles = recorded([*[Joint([0], amount=small)] * 4, *[Joint([1], amount=large)] * 4, Joint([2])])

    said = scores(AmountHabit(), profiles, need(amount=small))

    assert said[0] > said[1] > 0
    assert np.isnan(said[2:]).all()
    evidence = AmountHabit().fit(profiles).evidence(need(amount=small), everybody(profiles), 0)
    assert evidence.facts["projects"] == 4
    assert small <= evidence.facts["usual"] <= large  # type: ignore[operator]


def test_who_works_where_the_asker_is_stands_above_who_does_not():
    some = [Firm(place=0, area=0), Firm(place=1, area=1), *[Firm(place=2, area=2)] * 4]
    profiles = recorded([*[Joint([0, 2], lead=0)] * 3, *[Joint([1, 3], lead=1)] * 3], some)

    said = scores(PlaceAffinity(), profiles, need(place=0, area=0))

    assert said[2] > 0.5 > said[3]
    assert np.isnan(said[4])
    evidence = PlaceAffinity().fit(profiles).evidence(need(place=0, area=0), everybody(profiles), 2)
    assert (evidence.code, evidence.facts) == ("place.place", {"projects": 3, "of": 3})


def test_who_was_active_lately_stands_above_who_was_active_once():
    profiles = recorded([Joint([0], years=0.2), Joint([1], years=3), Joint([1], years=4)])

    said = scores(RecentActivity(), profiles, need())

    assert said[0] > said[1] > 0
    evidence = RecentActivity().fit(profiles).evidence(need(), everybody(profiles), 0)
    assert evidence.facts == {"last_year": 1, "of": 1, "last_day": days_ago(0.2)}


def test_a_candidate_who_came_after_the_history_was_learned_is_only_unknown():
    profiles = recorded([Joint([0, 1], tags=["topic:battery"])])
    nobody = Candidates(np.empty(0, np.int32), np.empty(0, np.int32))

    for component in history_components():
        assert component.fit(profiles).score_candidates(need(organisation=0, tags=BATTERY), nobody).shape == (0,)


def test_a_history_may_lack_whole_columns():
    bare = replace(recorded([Joint([0, 1])]), vocabulary={})
    history = replace(history_of([Joint([0, 1])], FIRMS), tags=csr_array((1, 0)), words=csr_array((1, 0)))

    for component in history_components():
        said = scores(component, replace(bare, history=history), need(organisation=0))
        assert said.shape == (FIRMS,)


@pytest.mark.parametrize("component", [Ties(), TrackRecord(), CollaborationWalk()], ids=lambda one: one.name)
def test_only_the_kind_of_past_that_the_need_asks_about_may_speak(component):
    profiles = recorded([Joint(members=(0, 1), tags=("topic:battery",))])
    kind = int(profiles.history.kind[0])
    asked = need(organisation=0, tags=BATTERY)

    of_any, of_this, of_another = (
        scores(component, profiles, replace(asked, project_kind=project_kind))[1]
        for project_kind in (UNKNOWN, kind, kind + 1)
    )

    assert of_any == of_this > 0
    assert np.isnan(of_another)


def test_a_walk_that_leads_to_nobody_tells_nothing():
    profiles = recorded([Joint(members=(), tags=("topic:battery",)), Joint(members=(0,))])

    assert np.isnan(scores(CollaborationWalk(), profiles, need(tags=BATTERY))).all()


def test_an_answer_is_the_askers_own_even_when_another_is_given_meanwhile() -> None:
    answers: LastAnswer[str] = LastAnswer()
    one, other = Need(day=1), Need(day=2)

    def slowly() -> str:
        answers.to(other, lambda: "theirs")
        return "mine"

    assert answers.to(one, slowly) == "mine"
    assert answers.to(other, lambda: "theirs") == "theirs"


class Attentive(Component):
    """Says one half of everybody and keeps what it was asked."""

    name = "attentive"

    def fit(self, profiles: Profiles) -> "Attentive":
        self.asked: list[Need] = []
        return self

    def score_candidates(self, need: Need, candidates: Candidates) -> np.ndarray:
        self.asked.append(need)
        return np.full(len(candidates), 0.5)

    def evidence(self, need: Need, candidates: Candidates, row: int) -> Evidence:
        self.asked.append(need)
        return Evidence("attentive")


def test_a_newcomers_need_is_one_question_to_the_record_for_score_and_every_card() -> None:
    profiles = recorded([Joint([0, 1])])
    attentive = Attentive().fit(profiles)
    remembering = Remembering(attentive, np.arange(FIRMS) > 0)
    newcomer, candidates = Need(day=TODAY, organisation=0), everybody(profiles)

    remembering.score_candidates(newcomer, candidates)
    for row in (1, 2):
        remembering.evidence(newcomer, candidates, row)

    assert {asked.organisation for asked in attentive.asked} == {None}
    assert len({id(asked) for asked in attentive.asked}) == 1
