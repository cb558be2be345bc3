"""The day as the platform's users count it: deadlines end at midnight in China, wherever the server stands."""

from datetime import date, datetime, time, timedelta

from models.base import CHINA

SATURDAY = 5


def today() -> date:
    return datetime.now(CHINA).date()


def add_months(day: date, months: int) -> date:
    """The same day of the month, or the last one where that month is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first_of_next = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    last = (first_of_next - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


def start_of(day: date) -> datetime:
    """Midnight in China: the first moment of the day."""
    return datetime.combine(day, time(), CHINA)


def add_working_days(day: date, days: int) -> date:
    """So many days from Monday to Friday later; which public holidays lie between is not known here."""
    while days > 0:
        day += timedelta(days=1)
        days -= day.weekday() < SATURDAY
    return day
