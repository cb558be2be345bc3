"""Who of a team sits in which seat.

A member sits in exactly one of the seats it fits. Seat r takes least_r to most_r members. By Mendelsohn and Dulmage a
seating exists exactly when everybody finds a place below the upper bounds and, taken by itself, every lower bound can
be filled; by Hall both are counts over sets of seats S:

    members who fit a seat of S        >= sum of least over S
    members who fit only seats of S    <= sum of most over S

so that with few seats a team's seating is linear in who is a member (`hall_sets`, used by `model`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.optimize import linear_sum_assignment

from matchmaker.consortium.instance import Instance, Members, SeatRole
from matchmaker.profiles import Ints, Mask, Scores

#: With more seats, who sits where becomes variables: sets of seats are 2^R.
MOST_SEATS_AS_COUNTS = 8

#: Costs of the assignment; each outweighs all that stand below it in a team of under a thousand.
_UNFIT, _EXTRA, _ORDER = 1e9, 1e3, 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class HallSet:
    """Of the members in `who` at least `low`, at most `high`, because of the seats at `seats`."""

    seats: tuple[int, ...]
    who: Mask  # n
    low: float
    high: float


def admission(seats: Sequence[SeatRole]) -> Mask:
    """n x R, who fits which seat."""
    return np.stack([seat.admits for seat in seats], axis=1)


def seats_of(instance: Instance, members: Members) -> tuple[str, ...]:
    """The seat of each member, "" for who fits none; () where the instance has no seats.

    Breaks as few bounds as possible: least_r - filled_r and over_r, summed over the seats, is smallest.
    """
    if not instance.seats:
        return ()
    chosen = seat_numbers(instance, members)
    return tuple(instance.seats[seat].key if seat >= 0 else "" for seat in chosen)


def seat_numbers(instance: Instance, members: Members) -> list[int]:
    """As `seats_of`, by the seat's number; -1 for who fits none."""
    fits = admission(instance.seats)[np.asarray(members, dtype=np.intp)]
    seated = np.flatnonzero(fits.any(axis=1))
    places, cost = _places(instance.seats, max(len(seated), 1))
    table = np.where(fits[seated][:, places], cost[None, :], _UNFIT)
    rows, columns = linear_sum_assignment(table)
    chosen = [-1] * len(fits)
    for row, column in zip(rows, columns, strict=True):
        chosen[seated[row]] = int(places[column])
    return chosen


def _places(seats: Sequence[SeatRole], count: int) -> tuple[Ints, Scores]:
    """The places of all seats, and what sitting there costs: needed ones gain, ones above the bound cost."""
    places, cost = [], []
    for number, seat in enumerate(seats):
        needed, free = min(seat.least, count), min(max(seat.most - seat.least, 0), count)
        places += [number] * (needed + free + count)
        order = number * _ORDER
        cost += [order - _EXTRA] * needed + [order] * free + [order + _EXTRA] * count
    return np.array(places, dtype=np.int32), np.array(cost)


def hall_sets(seats: Sequence[SeatRole]) -> list[HallSet]:
    """The counts that hold exactly when a team can be seated; 2^R sets at first, so for about ten seats at most.

    Left out are sets that say no more than a tighter one over the same candidates, or than their parts together.
    """
    return _counts(seats, len(seats))


def necessary_sets(seats: Sequence[SeatRole]) -> list[HallSet]:
    """As `hall_sets`; with many seats only the counts over one seat or two."""
    return _counts(seats, len(seats) if len(seats) <= MOST_SEATS_AS_COUNTS else 2)


def _counts(seats: Sequence[SeatRole], largest: int) -> list[HallSet]:
    if not seats:
        return []
    fits = admission(seats)
    tightest: dict[bytes, HallSet] = {}
    for size in range(1, largest + 1):
        for chosen in combinations(range(len(seats)), size):
            outside = np.setdiff1d(np.arange(len(seats)), chosen)
            some: Mask = np.any(fits[:, np.array(chosen)], axis=1, keepdims=False)
            only: Mask = some & ~np.any(fits[:, outside], axis=1)
            if _hang_together(fits[some][:, np.array(chosen)]):
                _keep_tightest(tightest, chosen, some, low=sum(seats[r].least for r in chosen))
            if _hang_together(fits[only][:, np.array(chosen)]):
                _keep_tightest(tightest, chosen, only, high=sum(seats[r].most for r in chosen))
    return [found for found in tightest.values() if found.low > 0 or found.high < found.who.sum()]


def _hang_together(fits: Mask) -> bool:
    """Whether the seats cannot be split into two parts that no candidate fits both of."""
    if fits.shape[1] == 1:
        return True
    reached = fits.T.astype(np.intp) @ fits > 0
    for _ in range(fits.shape[1]):
        reached = reached | (reached @ reached)
    return bool(reached[0].all())


def _keep_tightest(
    tightest: dict[bytes, HallSet], seats: tuple[int, ...], who: Mask, *, low: float = 0.0, high: float = np.inf
) -> None:
    name = (b"low" if high == np.inf else b"high") + who.tobytes()
    known = tightest.get(name)
    if known is None or low > known.low or high < known.high:
        tightest[name] = HallSet(seats, who, low, high)
