"""What a candidate said no for, and how it fades."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.scoring.context import FreeCapacity, TermsMeeting
from matchmaker.scoring.declined import Declined
from tests.unit.engine.world import TODAY, Firm, Refused, everybody, need, world

NAN = float("nan")
refusals = st.lists(
    st.builds(
        Refused,
        owner=st.integers(0, 2),
        component=st.sampled_from(["capacity", "terms"]),
        day=st.integers(TODAY - 120, TODAY + 10),
        half_life=st.floats(10, 90),
    ),
    max_size=6,
)
free = st.floats(0, 1) | st.just(NAN)


def score(*refused: Refused, free: float = 1.0, unstated: float = 1.0) -> float:
    profiles = world([Firm(free=free)], refusals=refused)
    component = Declined(FreeCapacity(), unstated=unstated).fit(profiles)
    return float(component.score_candidates(need(), everybody(profiles))[0])


def test_two_fresh_answers_halve_the_score() -> None:
    assert score(Refused(0), Refused(0)) == pytest.approx(0.5)
    assert score(Refused(0), Refused(0), free=0.6) == pytest.approx(0.3)


def test_an_answer_counts_half_after_its_half_life_and_nothing_after_its_window() -> None:
    assert score(Refused(0, day=TODAY - 45)) == pytest.approx(2**-0.25)
    assert score(Refused(0, day=TODAY - 91)) == 1.0


def test_an_answer_given_after_the_day_of_the_query_changes_nothing() -> None:
    assert score(Refused(0, day=TODAY + 1)) == 1.0


def test_what_was_declined_for_another_reason_changes_nothing() -> None:
    assert score(Refused(0, component="terms"), Refused(0, component="terms")) == 1.0


def test_where_nothing_is_stated_an_answer_says_something_of_capacity_but_not_of_terms() -> None:
    assert score(Refused(0), Refused(0), free=NAN) == pytest.approx(0.5)
    assert np.isnan(score(Refused(0), free=NAN, unstated=NAN))
    assert np.isnan(score(free=NAN))


def test_the_evidence_says_how_often_and_since_when_on_top_of_what_was_said() -> None:
    profiles = world([Firm(free=0.5)], refusals=[Refused(0, day=TODAY - 30), Refused(0, day=TODAY - 3)])
    component = Declined(FreeCapacity()).fit(profiles)

    said = component.evidence(need(), everybody(profiles), 0)

    assert said.code == "capacity.free"
    assert said.facts == {"share": 0.5, "declined": 2, "declined_since": TODAY - 30}


def test_without_a_statement_the_answers_are_the_evidence() -> None:
    profiles = world([Firm()], refusals=[Refused(0), Refused(0)])

    said = Declined(FreeCapacity(), unstated=1.0).fit(profiles).evidence(need(), everybody(profiles), 0)

    assert (said.code, said.facts["declined"]) == ("capacity.declined", 2)


@given(refused=refusals, shares=st.lists(free, min_size=3, max_size=3))
def test_the_score_is_the_formula_answer_by_answer(refused: list[Refused], shares: list[float]) -> None:
    profiles = world([Firm(free=share) for share in shares], refusals=refused)

    scores = Declined(FreeCapacity()).fit(profiles).score_candidates(need(), everybody(profiles))

    for owner, share in enumerate(shares):
        ages = [TODAY - one.day for one in refused if one.owner == owner and one.component == "capacity"]
        halves = [one.half_life for one in refused if one.owner == owner and one.component == "capacity"]
        r = sum(2 ** (-age / half) for age, half in zip(ages, halves, strict=True) if 0 <= age <= 90)
        np.testing.assert_allclose(scores[owner], np.float32(share) * 2 ** (-r / 2), rtol=1e-5, atol=1e-9)


@given(refused=refusals, more=refusals)
def test_more_answers_never_raise_a_score(refused: list[Refused], more: list[Refused]) -> None:
    firms = [Firm(free=0.5), Firm(), Firm(free=1.0)]
    before, after = (world(firms, refusals=some) for some in (refused, [*refused, *more]))

    scores = [
        Declined(FreeCapacity(), unstated=1.0).fit(one).score_candidates(need(), everybody(one))
        for one in (before, after)
    ]

    assert (np.nan_to_num(scores[1], nan=1.0) <= np.nan_to_num(scores[0], nan=1.0) + 1e-12).all()


def test_it_passes_for_the_component_that_it_stands_around() -> None:
    assert (Declined(TermsMeeting()).name, Declined(TermsMeeting()).is_evidence) == ("terms", False)
