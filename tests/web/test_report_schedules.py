"""Schedules of reports: each due day once, switched on and off, never made up for."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from sqlmodel import select

from matchmaker.errors import InvalidInput
from matchmaker.services.calendar import add_months, today
from matchmaker.services.reports import schedules
from models.accounts import User
from models.audit import AuditEntry
from models.enums import PostingState, ReportKind, ScheduleRhythm
from models.offers import Need
from tests.report_case import CHAIN, DAY, SMALL, restore_case
from tests.web.conftest import post


@pytest.fixture
def case(report_folder, session, instance):
    return restore_case(report_folder, session, instance)


@pytest.fixture
def desk(case, session, sign_in):
    return sign_in(session.get_one(User, case.officer.user_id))


def add_schedule(case, *, next_on=DAY, rhythm=ScheduleRhythm.MONTHLY, today=DAY):
    kept = schedules.add(
        case.session,
        case.officer,
        kind=ReportKind.MONTHLY,
        scope=CHAIN,
        settings=SMALL,
        rhythm=rhythm,
        next_on=next_on,
        today=today,
    )
    case.session.commit()
    return kept


def test_a_due_schedule_asks_once_for_the_time_that_is_over(case):
    schedule = add_schedule(case)

    first = schedules.ask_for_due(case.session, today=DAY)
    again = schedules.ask_for_due(case.session, today=DAY)
    case.fresh()

    assert again == []
    assert (first[0].period_from, first[0].period_to) == (DAY.replace(month=10), DAY - timedelta(days=1))
    assert first[0].schedule_id == schedule.id
    assert schedule.next_on == DAY.replace(month=12)


@pytest.mark.parametrize("rhythm", [ScheduleRhythm.MONTHLY, ScheduleRhythm.QUARTERLY])
def test_a_day_that_not_every_month_has_is_refused_because_periods_would_slide(case, rhythm):
    with pytest.raises(InvalidInput, match="due_day_too_late") as refused:
        add_schedule(case, next_on=date(2027, 1, 31), rhythm=rhythm)

    assert refused.value.field == "next_on"
    assert add_schedule(case, next_on=date(2027, 1, 31), rhythm=ScheduleRhythm.WEEKLY)


def test_the_periods_of_a_year_follow_one_another_without_gap_or_overlap(case):
    start = date(2027, 1, 28)
    add_schedule(case, next_on=start, today=start)

    periods = []
    for day in (start + timedelta(days=number) for number in range(120)):
        periods += [(one.period_from, one.period_to) for one in schedules.ask_for_due(case.session, today=day)]
        case.fresh()

    assert len(periods) == 4
    assert all(last + timedelta(days=1) == first for (_, last), (first, _) in pairwise(periods))


def test_a_schedule_that_is_off_asks_for_nothing(case):
    schedule = add_schedule(case)
    schedules.switch_off(case.session, case.officer, schedule.id)

    assert schedules.ask_for_due(case.session, today=DAY) == []


def test_after_months_without_a_worker_only_the_last_due_day_is_asked_for(case):
    schedule = add_schedule(case, next_on=DAY - timedelta(days=70), today=DAY - timedelta(days=90))

    asked = schedules.ask_for_due(case.session, today=DAY)
    case.fresh()

    assert len(asked) == 1
    assert asked[0].as_of == add_months(DAY - timedelta(days=70), 2)
    assert schedule.next_on > DAY


def test_a_schedule_whose_scope_has_no_needs_moves_on_and_says_so(case):
    for need in case.session.exec(select(Need)).all():
        need.state = PostingState.WITHDRAWN
    schedule = add_schedule(case)

    assert schedules.ask_for_due(case.session, today=DAY) == []
    case.fresh()

    assert schedule.next_on > DAY
    assert case.session.exec(select(AuditEntry).where(AuditEntry.action == "schedule.missed")).one()


STARTS = (
    (ScheduleRhythm.WEEKLY, "2026-11-23"),
    (ScheduleRhythm.MONTHLY, "2026-12-01"),
    (ScheduleRhythm.QUARTERLY, "2027-01-01"),
)


@pytest.mark.parametrize(("rhythm", "due"), STARTS)
def test_the_usual_start_is_the_first_day_of_what_comes_next(rhythm, due):
    assert schedules.usual_start(rhythm, DAY).isoformat() == due


def test_schedules_are_kept_switched_and_deleted_on_their_page(case, desk):
    form = {
        "kind": "monthly", "scope": "chain:nev", "preset": "partners", "languages": ["zh", "en"], "formats": ["pdf"],
        "sections": ["summary"], "needs_shown": "5", "depth": "5", "least_points": "0", "rhythm": "monthly",
        "next_on": schedules.usual_start(ScheduleRhythm.MONTHLY, today()).isoformat(),
    }  # fmt: skip
    empty = desk.get("/officer/reports/schedules")

    kept = post(desk, "/officer/reports/schedules/new", form)
    listed = desk.get("/officer/reports/schedules")
    (schedule,) = schedules.list_schedules(case.fresh(), case.officer)
    post(desk, f"/officer/reports/schedules/{schedule.id}/off")
    case.fresh()
    is_on = schedule.is_on
    post(desk, f"/officer/reports/schedules/{schedule.id}/delete")
    case.fresh()

    assert "/officer/reports/schedules/new" in empty.text
    assert kept.status_code == 302
    assert "新能源汽车" in listed.text
    assert "停用账号" not in listed.text  # it is a schedule that is switched off, nobody's account
    assert not is_on
    assert schedules.list_schedules(case.session, case.officer) == []
