"""Indicators of the last months, so that the demo's series has a past: worked out from the records of those days."""

from datetime import date, timedelta

from sqlmodel import Session

from matchmaker.services.indicators import keeping

DAYS_BEFORE = (90, 60, 30)


def keep_past(session: Session, today: date) -> None:
    for days in DAYS_BEFORE:
        keeping.keep(session, keeping.work_out(session, today - timedelta(days=days)))
