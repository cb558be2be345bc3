"""The number of a report: on its files and its page, the same for the same facts, and the way back to the archive."""

import pytest

from matchmaker.services.reports.content import number_of
from models.accounts import User
from models.enums import ScopeKind
from tests.report_case import DAY, restore_case
from tests.report_content import make_content


@pytest.fixture
def case(report_folder, session, instance):
    return restore_case(report_folder, session, instance)


@pytest.fixture
def desk(case, session, sign_in):
    return sign_in(session.get_one(User, case.officer.user_id))


def test_a_report_is_found_by_the_number_that_its_files_carry(case, desk):
    report = case.make_report()
    number = number_of(report.content, report.content_sha256)

    found = desk.get("/officer/reports", query_string={"number": number}).text
    other = desk.get("/officer/reports", query_string={"number": f"{number[:-8]}00000000"}).text

    assert number.startswith(f"monthly-nev-{DAY:%Y%m%d}-")
    assert str(report.id) in found
    assert str(report.id) not in other
    assert number in desk.get(f"/officer/reports/{report.id}").text


@pytest.mark.parametrize("kind", [ScopeKind.CALL, ScopeKind.ORGANISATION])
def test_no_key_stands_in_a_number(kind):
    content = make_content() | {"scope": {"kind": kind, "code": "0123-key"}, "as_of": "2026-11-30"}

    assert number_of(content, "abcdef0123") == f"monthly-{kind}-20261130-abcdef01"
