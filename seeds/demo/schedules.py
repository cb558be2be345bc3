"""A schedule of the demo's officer: the monthly report of the vehicle chain, on the first of each month."""

from datetime import date

from sqlmodel import Session

from matchmaker.services.actors import PLATFORM
from matchmaker.services.reports import schedules
from matchmaker.services.reports.settings import ReportSettings
from matchmaker.services.scope import find_scope
from models.enums import ReportKind, ScheduleRhythm, ScopeKind

CHAIN = "nev"


def keep_schedule(session: Session, today: date) -> None:
    schedules.add(
        session,
        PLATFORM,
        kind=ReportKind.MONTHLY,
        scope=find_scope(session, ScopeKind.CHAIN, CHAIN),
        settings=ReportSettings(),
        rhythm=ScheduleRhythm.MONTHLY,
        next_on=schedules.usual_start(ScheduleRhythm.MONTHLY, today),
        today=today,
    )
