"""What a public set teaches comes from before its exam, and each lesson is held against what lies before it."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.evaluation.datasets import Dataset, Event, Party, Source, lesson_part, validation_part
from matchmaker.evaluation.learned import additive_ranker, best_first, boosted_ranker, study
from matchmaker.evaluation.lessons import COMPONENTS, Lessons, examples_of, taken
from matchmaker.evaluation.replay import read_preset
from matchmaker.scoring.weighting import Weighting
from models.enums import ProjectKind

YEAR = 365
START = 730_000
FIRMS = [f"firm-{n:02d}" for n in range(30)]
PRIOR = Weighting({"walk": 60.0, "ties": 40.0})


def event(number: int, day: int, members: Sequence[str], split: str = "train") -> Event:
    return Event(
        id=f"project-{number:04d}",
        day=day,
        lead=members[0],
        members=tuple(members),
        tags=("programme:one" if number % 2 else "programme:two",),
        answers=tuple(members[1:]),
        split=split,
    )


@pytest.fixture(scope="module")
def source() -> Source:
    """Firms that come back together, over six years; the last quarter of a year is the exam."""
    rng = np.random.default_rng(5)
    events = []
    for number in range(400):
        day = START + number * 6 * YEAR // 400
        circle = rng.integers(0, 6)
        members = rng.choice(FIRMS[circle * 5 : circle * 5 + 5], 3, replace=False).tolist()
        members += rng.choice([firm for firm in FIRMS if firm not in members], 1).tolist()
        events.append(event(number, day, members, "validation" if number >= 385 else "train"))
    parties = tuple(Party(firm, place=f"place {n % 4}", area=f"area {n % 2}") for n, firm in enumerate(FIRMS))
    return Source(ProjectKind.CONSORTIUM, parties, tuple(events), (), frozenset(FIRMS))


@pytest.fixture(scope="module")
def exam(source: Source) -> Dataset:
    return validation_part(source)


def first_day(exam: Dataset) -> int:
    return min(query.need.day for query in exam.queries)


def test_lessons_lie_before_the_exam_and_their_history_before_them(source: Source, exam: Dataset) -> None:
    lessons = Lessons.before(source, exam, until=first_day(exam))

    assert lessons.queries > 100
    for block in lessons.blocks:
        days = [query.need.day for query in block.queries]
        assert max(days) < first_day(exam)
        assert block.profiles.history.day.max() < min(days)


def test_only_who_was_known_before_a_lesson_is_asked_for(source: Source) -> None:
    block = lesson_part(source, START + 10, START + 60)

    known = set(block.pool.organisation.tolist())
    assert all(query.relevant & known for query in block.queries)


def test_the_learned_blend_and_the_boosted_variant_answer_every_query_with_its_candidates_once(
    source: Source, exam: Dataset
) -> None:
    learned = study(source, exam, PRIOR, until=first_day(exam))
    assert learned.boosted is not None
    rankers = [
        additive_ranker(exam, learned.additive, top=10),
        boosted_ranker(exam, learned.additive, learned.boosted(), top=10),
    ]

    for query in exam.queries:
        for ranker in rankers:
            ranked = ranker(query.need, exam.candidates_for(query.need)).tolist()
            assert len(ranked) == len(set(ranked)) == 10
            assert query.need.organisation not in ranked


def test_what_was_learned_finds_the_circles_that_come_back(source: Source, exam: Dataset) -> None:
    learned = study(source, exam, PRIOR, until=first_day(exam))
    ranker = additive_ranker(exam, learned.additive, top=4)

    found = [
        len(query.relevant & set(ranker(query.need, exam.candidates_for(query.need)).tolist()))
        for query in exam.queries
    ]

    assert sum(found) >= 1.5 * len(exam.queries)  # of the three others two are of the circle, which has four more


def test_what_happens_on_the_day_of_the_exam_and_later_teaches_nothing(source: Source, exam: Dataset) -> None:
    until = first_day(exam)
    later = tuple(event(900 + n, until + n, ["firm-00", "firm-29", "firm-13"]) for n in range(50))

    plain = study(source, exam, PRIOR, until=until)
    planted = study(replace(source, events=source.events + later), exam, PRIOR, until=until)

    assert plain.additive.weights == planted.additive.weights


def test_a_set_without_a_past_is_answered_by_the_prior(source: Source, exam: Dataset) -> None:
    learned = study(replace(source, events=source.events[:1]), exam, PRIOR, until=first_day(exam))

    assert learned.additive is PRIOR
    assert learned.boosted is None


def test_years_alone_are_enough_to_learn_from(source: Source, exam: Dataset) -> None:
    yearly = replace(source, events=tuple(replace(e, day=e.day - e.day % YEAR) for e in source.events))
    asked = validation_part(yearly)

    learned = study(yearly, asked, PRIOR, until=first_day(asked))

    assert learned.queries > 100


@pytest.mark.parametrize("kind", list(COMPONENTS))
def test_every_component_learned_from_is_one_of_the_engine(kind: ProjectKind, exam: Dataset) -> None:
    from matchmaker.engine import Engine

    names = {component.name for component in Engine.fit(exam.profiles).components}

    assert set(COMPONENTS[kind]) <= names


def test_the_prior_of_each_kind_speaks_only_of_components_learned_from() -> None:
    for kind, purpose in ((ProjectKind.CONSORTIUM, "partners_by_record"), (ProjectKind.INVESTMENT, "investors")):
        assert set(read_preset(purpose)) <= set(COMPONENTS[kind])


def test_examples_keep_the_rows_of_a_query_together_and_only_queries_with_a_match(
    source: Source, exam: Dataset
) -> None:
    lessons = taken(Lessons.before(source, exam, until=first_day(exam)), ("walk", "ties"), PRIOR)
    examples = examples_of(("walk", "ties"), lessons, [lesson.scores for lesson in lessons])

    assert (np.diff(examples.query) >= 0).all()
    assert (np.bincount(examples.query, examples.outcome) >= 1).all()
    assert np.nanmin(examples.scores) >= 0
    assert np.nanmax(examples.scores) <= 1


@given(st.lists(st.sampled_from([-np.inf, 0.1, 0.5, 0.5 + 1e-12, 0.9]), max_size=20), st.integers(1, 25))
def test_the_first_of_a_list_stand_as_if_all_were_put_in_order(worth: list[float], top: int) -> None:
    everybody = sorted(range(len(worth)), key=lambda row: (-round(worth[row], 9), row))

    first = best_first(np.array(worth, float), top)

    assert first.tolist() == everybody[:top]
