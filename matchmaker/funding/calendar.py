"""Years as people count them: from one anniversary to the next, so that a whole number of years is a whole number."""

from datetime import date

import numpy as np
from numpy.typing import NDArray

from matchmaker.profiles import Ints, Scores

EPOCH = date(1970, 1, 1).toordinal()
Days = NDArray[np.datetime64]


def years_since(first: Ints, *, day: int) -> Scores:
    """Years from each of `first` to `day`, all proleptic ordinals; (n,) -> (n,), negative where `first` lies ahead.

    Formula: whole years since the last anniversary before `day`, and the part of the way from it to the next one.
    29 February has its anniversary on 1 March of ordinary years, as days are counted in Chinese law.
    """
    start = (np.asarray(first, np.int64) - EPOCH).astype("datetime64[D]")
    now = np.datetime64(day - EPOCH, "D")
    whole = (now.astype("datetime64[Y]") - start.astype("datetime64[Y]")).astype(np.int64)
    whole = whole - (_anniversary(start, whole) > now)
    last, coming = _anniversary(start, whole), _anniversary(start, whole + 1)
    part = (now - last).astype(np.float64) / (coming - last).astype(np.float64)
    return np.asarray(whole + part, np.float64)


def years_between(first: date, last: date) -> float:
    """Years from `first` to `last`, as `years_since` counts them; negative where `last` is the earlier one."""
    if last < first:
        return -years_between(last, first)
    return float(years_since(np.array([first.toordinal()], np.int32), day=last.toordinal())[0])


def after_years(start: date, years: int) -> date:
    """The anniversary of `start` after `years`; the last day there is where the calendar ends before it."""
    year = start.year + years
    if year > date.max.year:
        return date.max
    try:
        return start.replace(year=year)
    except ValueError:  # 29 February
        return date(year, 3, 1)


def days_to(months: NDArray[np.int64], *, day: int) -> NDArray[np.int64]:
    """Days from `day` to the same day so many months later; (n,) -> (n,)."""
    start = np.datetime64(day - EPOCH, "D")
    return (_months_later(np.asarray(start), months) - start).astype(np.int64)


def _anniversary(start: Days, years: NDArray[np.int64]) -> Days:
    return _months_later(start, 12 * years)


def _months_later(start: Days, months: NDArray[np.int64]) -> Days:
    """The same day of a later month; where that month is too short, days of the next one."""
    month = start.astype("datetime64[M]")
    first = (month + months.astype("timedelta64[M]")).astype("datetime64[D]")
    return np.asarray(first + (start - month.astype("datetime64[D]")))
