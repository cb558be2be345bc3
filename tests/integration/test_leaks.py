"""Nothing dated on or after the day of a query speaks for anybody: what is planted there changes no answer."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.engine import column_components, history_components
from matchmaker.evaluation.contestants import of_the_house
from matchmaker.evaluation.datasets import Event, Party, Source, asked_part, validation_part
from matchmaker.evaluation.replay import engine_ranker, replay
from matchmaker.profiles import UNKNOWN, Candidates, History
from models.enums import OrganisationKind, ProjectKind

TODAY = 736_000
ORGANISATIONS = 24
PAST_PROJECTS = 60
YEARS = 8
KINDS = {ProjectKind.CONSORTIUM: OrganisationKind.LAB, ProjectKind.INVESTMENT: OrganisationKind.FUND}
WORDS = ("battery", "cockpit", "forging", "radar", "recycling", "press")

seeds = st.integers(0, 10_000)
kinds = st.sampled_from(list(KINDS))


def a_party(number):
    area = f"area-{number % 3}"
    founded = TODAY - 365 * (YEARS + 1 + number % 7)
    return Party(
        f"org-{number:02d}", kind=OrganisationKind.SME, place=f"{area}|place-{number % 5}", area=area, founded=founded
    )


def an_event(rng, name, day, *, lead=None, members=None):
    chosen = [f"org-{n:02d}" for n in rng.choice(ORGANISATIONS, size=rng.integers(2, 6), replace=False)]
    lead = lead or chosen[0]
    everybody = tuple(dict.fromkeys([lead, *(members or chosen)]))
    return Event(
        id=name,
        day=int(day),
        lead=lead,
        members=everybody,
        tags=tuple(f"{family}:{rng.integers(4)}" for family in ("topic", "call", "region", "state", "country")),
        text=" ".join(rng.choice(WORDS, 3)),
        stage=f"stage-{rng.integers(3)}",
        amount=float(10 ** rng.uniform(4, 7)),
        months=float(rng.integers(6, 60)),
        answers=tuple(m for m in everybody if m != lead),
        split="train",
    )


def a_past(rng):
    """Projects of some years in no order of time; some on the day before the query."""
    days = np.append(TODAY - rng.integers(1, YEARS * 365, PAST_PROJECTS - 2), [TODAY - 1, TODAY - 1])
    return [an_event(rng, f"past-{n:02d}", day) for n, day in enumerate(days)]


def a_future(rng, query):
    """What would help most to know: the asker's own answers and strangers, from the very day of the query on."""
    days = [TODAY, TODAY, TODAY + 1, TODAY + 400]
    return [
        replace(an_event(rng, f"future-{n}", day, lead=query.lead, members=query.answers), split=None, tags=query.tags)
        for n, day in enumerate(days)
    ]


def a_source(kind, events, asked=()):
    parties = tuple(a_party(number) for number in range(ORGANISATIONS))
    return Source(kind, parties, tuple(events), tuple(asked), frozenset(party.id for party in parties))


def take(history, rows):
    """Some rows of a history, in the same columns."""
    return History(*(getattr(history, name)[rows] for name in History.__slots__))


def everybody(profiles, need):
    rows = np.setdiff1d(np.arange(len(profiles.organisations), dtype=np.int32), [need.organisation])
    return Candidates(rows.astype(np.int32), np.full(len(rows), UNKNOWN, np.int32))


@pytest.mark.parametrize("component", [*column_components(), *history_components()], ids=lambda c: c.name)
@settings(max_examples=12, deadline=None)
@given(seed=seeds, kind=kinds)
def test_no_component_reads_a_planted_future_project(component, seed, kind):
    rng = np.random.default_rng(seed)
    query = an_event(rng, "query", TODAY)
    source = a_source(kind, rng.permutation(np.array([*a_past(rng), *a_future(rng, query)], object)), [query])
    dataset = asked_part(source)
    (asked,) = dataset.queries
    candidates = everybody(dataset.profiles, asked.need)
    history = dataset.profiles.history
    before = replace(dataset.profiles, history=take(history, np.flatnonzero(history.day < TODAY)))

    with_future = component.fit(dataset.profiles).score_candidates(asked.need, candidates)
    facts = [component.evidence(asked.need, candidates, row) for row in np.flatnonzero(~np.isnan(with_future))]
    without = component.fit(before).score_candidates(asked.need, candidates)
    same_facts = [component.evidence(asked.need, candidates, row) for row in np.flatnonzero(~np.isnan(without))]

    assert len(before.history) == PAST_PROJECTS < len(history)
    np.testing.assert_array_equal(with_future, without)
    assert facts == same_facts


@pytest.mark.parametrize("component", history_components(), ids=lambda component: component.name)
def test_the_same_project_a_day_earlier_does_speak(component):
    """Else the test above could not fail: moved to the day before, the planted projects change something."""
    rng = np.random.default_rng(1)
    query = an_event(rng, "query", TODAY)
    planted = [replace(event, day=TODAY - 1) for event in a_future(rng, query)]
    past = a_past(rng)
    dataset = asked_part(a_source(ProjectKind.INVESTMENT, [*past, *planted], [query]))
    (asked,) = dataset.queries
    candidates = everybody(dataset.profiles, asked.need)
    rows = [row for row, name in enumerate(dataset.profiles.history.ids) if name.startswith(b"past")]
    before = replace(dataset.profiles, history=take(dataset.profiles.history, rows))

    told = component.fit(dataset.profiles).score_candidates(asked.need, candidates)
    untold = component.fit(before).score_candidates(asked.need, candidates)

    assert not np.array_equal(told, untold, equal_nan=True)


def answered(source):
    """What every contestant of the bench answers, by its label."""
    dataset = validation_part(source)
    answers = {c.label: replay(c.dataset, c.ranker()).ranked for c in of_the_house(source, dataset)}
    return {label: [rows.tolist() for rows in ranked] for label, ranked in answers.items()}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(3))
def test_no_contestant_of_the_bench_reads_a_planted_future_project(kind, seed):
    rng = np.random.default_rng(seed)
    past = a_past(rng)
    held_out = [replace(an_event(rng, f"query-{n}", TODAY), split="validation") for n in range(4)]
    planted = [event for query in held_out for event in a_future(rng, query)]

    plain = answered(a_source(kind, [*past, *held_out]))
    with_future = answered(a_source(kind, [*past, *held_out, *planted]))

    assert plain == with_future
    assert len({str(ranked) for ranked in plain.values()}) > 3  # the contestants do differ


@pytest.mark.parametrize("kind", KINDS)
def test_the_engine_sees_no_more_of_a_day_than_its_morning(kind):
    """Of queries on one day none sees another, whichever of them is in the history already."""
    rng = np.random.default_rng(5)
    past = a_past(rng)
    queries = [an_event(rng, f"query-{n}", TODAY) for n in range(4)]
    weights = {component.name: 1.0 for component in history_components()}

    def ranked(events):
        dataset = asked_part(a_source(kind, events, queries))
        pool = dataset.pool.take(np.isin(dataset.pool.organisation, sorted(known)))
        answers = replay(replace(dataset, pool=pool), engine_ranker(dataset, weights, top=10))
        return [rows.tolist() for rows in answers.ranked]

    parties = [party.id for party in a_source(kind, past).parties]
    known = {parties.index(member) for event in past for member in event.members}
    textless = [replace(event, text="") for event in [*past, *queries]]

    assert ranked(textless[:PAST_PROJECTS]) == ranked(textless)
