"""Which sections a report has."""

import pytest
from sqlmodel import select

from matchmaker.services.reports.settings import USUAL_SECTIONS
from models.accounts import User
from models.enums import ReportKind, ReportSection
from models.reports import Report
from tests.report_case import restore_case
from tests.web.conftest import post


@pytest.fixture
def case(report_folder, session, instance):
    return restore_case(report_folder, session, instance)


def test_all_sections_ticked_means_all_that_the_kind_has(case, session, sign_in):
    desk = sign_in(session.get_one(User, case.officer.user_id))
    chosen = {
        "kind": "organisation",
        "scope": "organisation",
        "organisations": case.region.asker.name_zh,
        "preset": "partners",
        "languages": ["zh"],
        "formats": ["html"],
        "sections": [one.value for one in ReportSection],
        "needs_shown": "2",
        "depth": "4",
        "least_points": "0",
        "period_from": "2026-11-01",
        "period_to": "2026-11-20",
    }

    answer = post(desk, "/officer/reports/new", chosen)

    assert answer.status_code == 302, answer.text
    assert case.fresh().exec(select(Report)).one().sections == list(USUAL_SECTIONS[ReportKind.ORGANISATION])
