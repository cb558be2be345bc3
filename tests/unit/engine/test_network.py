"""Ties, similar projects and walks, each against a slow twin that one can read."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.network.past import Past, Timeline
from matchmaker.network.similar import similar_projects, tag_similarity, word_similarity
from matchmaker.network.ties import ties_from
from matchmaker.network.walks import WalkGraph
from tests.unit.engine.record import FIRMS, Joint, days_ago, projects, recorded, tag_rows, words_of
from tests.unit.engine.world import TODAY, need

records = st.lists(projects, max_size=7)


def past_of(*joint: Joint) -> Past:
    return Timeline(recorded(joint)).before(TODAY)


def members_of(past: Past) -> list[list[int]]:
    dense = past.members.toarray()
    return [np.flatnonzero(row).tolist() for row in dense]


def decay(past: Past, row: int, half_life: float) -> float:
    return float(2 ** (-(TODAY - past.day[row]) / (half_life * 365.25)))


def test_only_what_lies_before_the_day_is_known():
    timeline = Timeline(
        recorded([Joint([0], years=1), Joint([0], years=2), Joint([0], years=None), Joint([0], years=0)])
    )

    seen = timeline.before(TODAY)

    assert seen.ids.tolist() == [b"project-0001", b"project-0000"]
    assert len(timeline.before(days_ago(2))) == 0


def test_a_small_shared_project_ties_more_than_a_large_one():
    past = past_of(Joint([0, 1], years=1), Joint([0, 2, 3, 4], years=1))

    ties = ties_from(past, 0, day=TODAY, half_life_years=1)

    assert ties.direct[1] == pytest.approx(0.5, rel=1e-2)
    assert ties.direct[[2, 3, 4]] == pytest.approx([0.5 / 3] * 3, rel=1e-2)
    assert ties.direct[0] == ties.direct[5] == 0


def test_a_partner_of_a_partner_is_two_hops_away():
    past = past_of(Joint([0, 1], years=1), Joint([1, 2], years=1), Joint([4, 5], years=1))

    ties = ties_from(past, 0, day=TODAY, half_life_years=1)

    # Firm 1 has two equal ties, so half of the tie to it is passed on to firm 2.
    assert ties.two_hop[2] == pytest.approx(0.25, rel=1e-2)
    assert ties.two_hop[[0, 1, 4, 5]] == pytest.approx([0, 0, 0, 0])


def slow_ties(past: Past, asker: int, half_life: float) -> tuple[np.ndarray, np.ndarray]:
    strength = np.zeros((FIRMS, FIRMS))
    for row, members in enumerate(members_of(past)):
        for one in members:
            for other in members:
                if one != other:
                    strength[one, other] += decay(past, row, half_life) / (len(members) - 1)
    two_hop = np.zeros(FIRMS)
    for between in range(FIRMS):
        if strength[between].sum() > 0:
            two_hop += strength[asker, between] * strength[between] / strength[between].sum()
    two_hop[asker] = 0
    return strength[asker], two_hop


@given(record=records, asker=st.integers(0, FIRMS - 1))
def test_ties_are_those_of_the_slow_twin(record, asker):
    past = past_of(*record)

    ties = ties_from(past, asker, day=TODAY, half_life_years=3)

    direct, two_hop = slow_ties(past, asker, 3)
    np.testing.assert_allclose(ties.direct, direct, atol=1e-9)
    np.testing.assert_allclose(ties.two_hop, two_hop, atol=1e-9)


def test_the_same_tags_are_wholly_similar_and_others_not_at_all():
    past = past_of(Joint([0], tags=["topic:battery"]), Joint([0], tags=["topic:forging"]), Joint([0]))

    similarity = tag_similarity(past, tag_rows("topic:battery"))

    assert similarity[:2] == pytest.approx([1, 0])
    assert np.isnan(similarity[2])


def test_a_project_whose_call_nobody_recorded_is_no_less_similar():
    past = past_of(Joint([0], tags=["topic:battery"]), Joint([0], tags=["topic:battery", "call:two"]))

    similarity = tag_similarity(past, tag_rows("topic:battery", "call:one"))

    assert similarity[0] == pytest.approx(1)
    assert 0 < similarity[1] < 1


def slow_tag_similarity(past: Past, wanted: set[str]) -> list[float]:
    from tests.unit.engine.record import TAGS

    sets = [{TAGS[column] for column in np.flatnonzero(row)} for row in past.tags.toarray()]
    idf = {tag: np.log((1 + len(sets)) / (1 + sum(tag in tags for tags in sets))) + 1 for tag in TAGS}

    def family(tag: str) -> str:
        return tag.split(":")[0]

    similarities = []
    for tags in sets:
        common = {family(tag) for tag in tags} & {family(tag) for tag in wanted}
        ours = sum(idf[tag] ** 2 for tag in wanted if family(tag) in common)
        theirs = sum(idf[tag] ** 2 for tag in tags if family(tag) in common)
        shared = sum(idf[tag] ** 2 for tag in tags & wanted)
        similarities.append(shared / np.sqrt(ours * theirs) if ours and theirs else np.nan)
    return similarities


@given(record=records, wanted=st.sets(st.sampled_from(["topic:battery", "topic:cockpit", "call:one", "call:two"])))
def test_tag_similarity_is_that_of_the_slow_twin(record, wanted):
    past = past_of(*record)

    similarity = tag_similarity(past, tag_rows(*sorted(wanted)))

    np.testing.assert_allclose(similarity, np.array(slow_tag_similarity(past, wanted)), atol=1e-7)


def test_words_speak_only_where_both_sides_have_a_text():
    past = past_of(Joint([0], words=(1, 1, 0, 0)), Joint([0]))

    similarity = word_similarity(past, words_of(1, 0, 0, 0))

    assert similarity[0] == pytest.approx(np.sqrt(0.5))
    assert np.isnan(similarity[1])
    assert np.isnan(word_similarity(past, None)).all()


def test_a_similar_project_counts_half_after_its_half_life():
    past = past_of(Joint([0], years=4, tags=["topic:battery"]), Joint([0], years=2, tags=["topic:battery"]))

    weights = similar_projects(past, need(tags=tag_rows("topic:battery")), half_life_years=2)

    assert weights == pytest.approx([0.25, 0.5], rel=1e-2)


def slow_walk(past: Past, restart: np.ndarray, half_life: float, share: float, steps: int) -> np.ndarray:
    members = members_of(past)

    def to_members(at: np.ndarray) -> np.ndarray:
        visits = np.zeros(FIRMS)
        for row, people in enumerate(members):
            for one in people:
                visits[one] += at[row] / len(people)
        return visits

    at = restart
    for _ in range(steps):
        visits, after = to_members(at), np.zeros(len(past))
        for one in range(FIRMS):
            own = [row for row, people in enumerate(members) if one in people]
            total = sum(decay(past, row, half_life) for row in own)
            for row in own:
                after[row] += visits[one] * decay(past, row, half_life) / total
        at = (1 - share) * after + share * restart
    return to_members(at)


@given(record=st.lists(projects, min_size=1, max_size=7))
def test_a_walk_is_that_of_the_slow_twin(record):
    past = past_of(*record)
    restart = np.full(len(past), 1 / max(len(past), 1))

    visits = WalkGraph.of(past, half_life_years=2).visit(restart, restart_share=0.3, steps=4)

    np.testing.assert_allclose(visits, slow_walk(past, restart, 2, 0.3, 4), atol=1e-6)
    assert visits.sum() <= 1 + 1e-6
