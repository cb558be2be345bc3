"""What counts of a certification on a day: the one place that says whether it holds and whether it is verified."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from models.organisations import Certification

ENDS_WITHIN = timedelta(days=90)


@dataclass(frozen=True)
class Standing:
    """`holds` is None where nobody has said until when it is valid."""

    is_verified: bool
    holds: bool | None
    days_left: int | None

    @property
    def ends_soon(self) -> bool:
        return self.days_left is not None and 0 <= self.days_left <= ENDS_WITHIN.days

    @property
    def counts(self) -> bool:
        """Verified, and not known to be over."""
        return self.is_verified and self.holds is not False


def standing_on(certification: Certification, day: date) -> Standing:
    until = certification.valid_until
    left = None if until is None else (until - day).days
    return Standing(
        is_verified=certification.verified_at is not None, holds=None if left is None else left >= 0, days_left=left
    )


def holds_on(day: date) -> Any:
    """The same question to the tables: not known to be over on `day`."""
    return sa.or_(col(Certification.valid_until).is_(None), col(Certification.valid_until) >= day)


def counts_on(day: date) -> Any:
    return sa.and_(col(Certification.verified_at).is_not(None), holds_on(day))


def ends_soon_after(day: date) -> Any:
    return col(Certification.valid_until).between(day, day + ENDS_WITHIN)
