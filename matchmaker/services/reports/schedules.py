"""Reports that are asked for by themselves, each due day once, whoever looks first."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, MatchmakerError, NotFound
from matchmaker.services import audit
from matchmaker.services.actors import PLATFORM, Actor, Permission, require
from matchmaker.services.calendar import add_months
from matchmaker.services.challenges import recusal
from matchmaker.services.reports.asking import ask
from matchmaker.services.reports.settings import SCOPES, ReportDraft, ReportSettings, settings_of, to_stored
from matchmaker.services.runs.asking import scope_of
from matchmaker.services.scope import Scope
from models.enums import ReportKind, ScheduleRhythm
from models.reports import Report, ReportSchedule

MONTHS = {ScheduleRhythm.MONTHLY: 1, ScheduleRhythm.QUARTERLY: 3}
FURTHEST = timedelta(days=366)
# Every month has it. From the 31st the days would slide to the 28th after a February, periods would overlap by days,
# and no report would find the one before it.
LATEST_DAY = 28


def list_schedules(session: Session, actor: Actor) -> Sequence[ReportSchedule]:
    require(actor, Permission.REPORT_VIEW)
    order = (col(ReportSchedule.is_on).desc(), col(ReportSchedule.next_on), col(ReportSchedule.id))
    listed = select(ReportSchedule).where(recusal.not_kept_out(session, actor, ReportSchedule))
    return session.exec(listed.order_by(*order)).all()


def get_schedule(session: Session, actor: Actor, schedule_id: UUID) -> ReportSchedule:
    require(actor, Permission.REPORT_VIEW)
    found = session.get(ReportSchedule, schedule_id)
    if found is None:
        raise NotFound("schedule", schedule_id)
    recusal.require_none_in(session, actor, found.scope_kind, found.scope_code)
    return found


def add(
    session: Session,
    actor: Actor,
    *,
    kind: ReportKind,
    scope: Scope,
    settings: ReportSettings,
    rhythm: ScheduleRhythm,
    next_on: date,
    today: date,
) -> ReportSchedule:
    """Raises InvalidInput naming the field."""
    require(actor, Permission.REPORT_MAKE)
    recusal.require_none_in(session, actor, scope.kind, scope.code)
    settings.check(kind)
    if scope.kind not in SCOPES[kind]:
        raise InvalidInput("scope_not_of_kind", field="scope", kind=kind)
    if not today <= next_on <= today + FURTHEST:
        raise InvalidInput("expiry_out_of_range", field="next_on", days=FURTHEST.days)
    if rhythm in MONTHS and next_on.day > LATEST_DAY:
        raise InvalidInput("due_day_too_late", field="next_on", last=LATEST_DAY)
    schedule = ReportSchedule(
        kind=kind,
        scope_kind=scope.kind,
        scope_code=scope.code,
        languages=list(settings.languages),
        formats=list(settings.formats),
        sections=list(settings.sections),
        settings=to_stored(settings),
        rhythm=rhythm,
        next_on=next_on,
        made_by=actor.user_id,
    )
    session.add(schedule)
    session.flush()
    told = {"kind": kind, "scope_kind": scope.kind, "scope_code": scope.code, "rhythm": rhythm, "next_on": next_on}
    changes = {name: [None, value] for name, value in told.items()}
    audit.record(session, actor, "schedule.add", schedule, changes=changes)
    return schedule


def switch_on(session: Session, actor: Actor, schedule_id: UUID, *, today: date) -> None:
    """It goes on with the next due day ahead; those that went by are not made up for."""
    schedule = get_schedule(session, actor, schedule_id)
    require(actor, Permission.REPORT_MAKE)
    changes = audit.apply_changes(schedule, {"is_on": True, "next_on": next_after(schedule, today)})
    if changes:
        audit.record(session, actor, "schedule.switch_on", schedule, changes=changes)
    session.flush()


def switch_off(session: Session, actor: Actor, schedule_id: UUID) -> None:
    schedule = get_schedule(session, actor, schedule_id)
    require(actor, Permission.REPORT_MAKE)
    changes = audit.apply_changes(schedule, {"is_on": False})
    if changes:
        audit.record(session, actor, "schedule.switch_off", schedule, changes=changes)
    session.flush()


def delete(session: Session, actor: Actor, schedule_id: UUID) -> None:
    """Reports that came of it stay."""
    schedule = get_schedule(session, actor, schedule_id)
    require(actor, Permission.REPORT_MAKE)
    audit.record(session, actor, "schedule.delete", schedule, changes={"next_on": [schedule.next_on, None]})
    session.delete(schedule)
    session.flush()


def ask_for_due(session: Session, *, today: date) -> list[Report]:
    """Ask for every report that is due; a schedule moves on in the same transaction, and only one worker moves it.

    After days on which nothing ran, only the last due day is asked for.
    """
    due = select(ReportSchedule).where(col(ReportSchedule.is_on), col(ReportSchedule.next_on) <= today)
    found = session.exec(due.order_by(col(ReportSchedule.next_on), col(ReportSchedule.id))).all()
    asked = [_ask(session, schedule, today) for schedule in found]
    return [report for report in asked if report is not None]


def _ask(session: Session, schedule: ReportSchedule, today: date) -> Report | None:
    due_on = last_due(schedule, today)
    if not _move_on(session, schedule, next_after(schedule, today)):
        return None
    try:
        with session.begin_nested():
            draft = ReportDraft(
                kind=schedule.kind,
                scope=scope_of(session, schedule),
                period_from=_before(schedule.rhythm, due_on),
                period_to=due_on - timedelta(days=1),
                as_of=due_on,
                settings=settings_of(schedule),
            )
            return ask(session, PLATFORM, draft, schedule_id=schedule.id, asked_on=today)
    except MatchmakerError as error:
        # A chain without needs, a call that is gone: said in the audit log, tried again at the next due day.
        audit.record(session, PLATFORM, "schedule.missed", schedule, changes={"reason": [None, str(error)]})
        return None


def _move_on(session: Session, schedule: ReportSchedule, following: date) -> bool:
    """By one statement, because two workers look at the same time; False where the other one was first."""
    ours = (col(ReportSchedule.id) == schedule.id, col(ReportSchedule.next_on) == schedule.next_on)
    moved = session.execute(
        sa.update(ReportSchedule)
        .where(*ours, col(ReportSchedule.is_on))
        .values(next_on=following)
        .execution_options(synchronize_session=False)
    )
    return bool(moved.rowcount)  # type: ignore[attr-defined]


def last_due(schedule: ReportSchedule, today: date) -> date:
    """The latest due day up to `today`; `next_on` is one."""
    day, number = schedule.next_on, 1
    while (following := _due(schedule, number)) <= today:
        day, number = following, number + 1
    return day


def next_after(schedule: ReportSchedule, today: date) -> date:
    """The first due day behind `today`."""
    number = 0
    while (day := _due(schedule, number)) <= today:
        number += 1
    return day


def _due(schedule: ReportSchedule, number: int) -> date:
    if schedule.rhythm is ScheduleRhythm.WEEKLY:
        return schedule.next_on + timedelta(weeks=number)
    return add_months(schedule.next_on, MONTHS[schedule.rhythm] * number)


def _before(rhythm: ScheduleRhythm, day: date) -> date:
    return day - timedelta(weeks=1) if rhythm is ScheduleRhythm.WEEKLY else add_months(day, -MONTHS[rhythm])


def usual_start(rhythm: ScheduleRhythm, today: date) -> date:
    """The first Monday, month or quarter ahead."""
    if rhythm is ScheduleRhythm.WEEKLY:
        return today + timedelta(days=7 - today.weekday())
    first = add_months(today.replace(day=1), 1)
    while rhythm is ScheduleRhythm.QUARTERLY and first.month % 3 != 1:
        first = add_months(first, 1)
    return first
