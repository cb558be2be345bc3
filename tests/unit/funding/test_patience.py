"""Years are counted from one anniversary to the next; patience and re-investment are shown and bar nobody."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.funding.calendar import after_years, years_between, years_since
from matchmaker.funding.contribution import contribution
from matchmaker.funding.patience import patience
from tests.unit.funding.clearance_twin import age_in_years
from tests.unit.funding.columns_of import firms_of, mandates_of

DAYS = st.dates(date(1950, 1, 1), date(2090, 12, 31))


@given(st.lists(DAYS, max_size=5), DAYS)
def test_years_are_those_that_a_person_counts(founded: list[date], today: date) -> None:
    found = years_since(np.array([day.toordinal() for day in founded], np.int32), day=today.toordinal())

    assert found == pytest.approx([age_in_years(day, today) for day in founded], abs=1e-12)


@given(DAYS, st.integers(0, 60))
def test_a_whole_number_of_years_is_a_whole_number(start: date, years: int) -> None:
    assert years_between(start, after_years(start, years)) == years


def test_a_life_beyond_the_end_of_the_calendar_ends_with_it() -> None:
    ends = after_years(date(9990, 1, 1), 40)

    assert ends == date.max
    assert years_between(date(2026, 11, 22), ends) > 7900


@given(DAYS, st.integers(0, 20_000))
def test_time_that_has_passed_and_time_to_come_are_of_opposite_sign(first: date, days: int) -> None:
    last = first + timedelta(days=days)

    assert years_between(last, first) == -years_between(first, last)


def test_the_gap_is_what_the_way_is_longer_than_the_life() -> None:
    mandates = [{"life_left": 3.0, "extension": 1.0}, {"life_left": 10.0}, {}]
    firms = [{"exit_months": 60, "market_months": 42}, {}]

    found = patience(mandates_of(mandates), firms_of(firms))

    assert found.gap[:, 0].tolist()[:2] == [2.0, 0.0]
    assert found.gap_extended[:, 0].tolist()[:2] == [1.0, 0.0]
    assert found.until_market[:, 0].tolist()[:2] == [0.5, 0.0]
    assert np.isnan(found.gap[2]).all()
    assert np.isnan(found.gap[:, 1]).all()


def test_a_deal_adds_what_the_fund_could_pay_to_a_local_firm() -> None:
    mandates = [{"ticket_high": 5e6, "remaining": 3e6, "reinvestment": 1.5, "paid": 1e7}, {"reinvestment": 1.0}]
    firms = [{"amount": 4e6, "place": 1, "is_local": True}, {"amount": 2e6, "place": 3}, {"amount": 2e6}, {}]

    found = contribution(mandates_of(mandates), firms_of(firms))

    assert found.payable[:, :3].tolist() == [[3e6, 2e6, 2e6], [4e6, 2e6, 2e6]]
    assert found.counted[:, :2].tolist() == [[3e6, 0.0], [4e6, 0.0]]
    assert np.isnan(found.counted[:, 2:]).all()
    assert found.owed[0] == 1.5e7
    assert np.isnan(found.owed[1])
