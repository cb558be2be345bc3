"""Addresses that nobody can have chosen: a page or a clear refusal, never a failure."""

import pytest

from models.enums import PlatformRole
from tests.factories import make_user

BIG = "99999999999999999999"


@pytest.fixture
def officer(session, sign_in):
    person = make_user(PlatformRole.OFFICER)
    session.add(person)
    session.commit()
    return sign_in(person)


@pytest.mark.parametrize(
    "address",
    [
        f"/officer/reports?year={BIG}",
        "/officer/funnel?first=0001-01-01",
        "/officer/funnel?last=9999-12-31",
        "/officer/funnel/pairs/mutual?first=0001-01-01&last=9999-12-31",
        "/officer/exposure-ledger?last=9999-12-31",
    ],
)
def test_days_and_years_outside_the_calendar_are_as_if_not_said(officer, address):
    assert officer.get(address).status_code == 200
