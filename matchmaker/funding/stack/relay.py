"""The relay from fund to fund: who comes in when, until when its money can stay, and who is there to take over.

A fund whose life ends before the exit has to sell its shares by then; those who hold on longer and are in the firm by
that month, or come in in that month, can take them over. Where there is nobody, the hand-over is open.
"""

from dataclasses import dataclass

import numpy as np

from matchmaker.funding.stack.instance import Instance
from matchmaker.profiles import Scores


@dataclass(frozen=True, slots=True)
class Leg:
    """One fund's part: from its first ticket until its life ends or the exit comes. NaN: not known."""

    fund: int
    first: int
    until: float
    stays: bool
    takers: tuple[int, ...] = ()


def relay(instance: Instance, tickets: Scores) -> tuple[Leg, ...]:
    """One leg a fund, in the order in which they come in."""
    life, exit_months = instance.funds.life, instance.exit_months
    payers = np.flatnonzero(tickets.sum(axis=1) > 0)
    first = {int(row): int(instance.phases[np.flatnonzero(tickets[row] > 0)[0]]) for row in payers}
    legs = []
    for row, month in first.items():
        until = float(np.fmin(life[row], exit_months)) if not np.isnan(life[row]) else float("nan")
        stays = bool(instance.stays[row])
        takers = () if stays or np.isnan(until) else tuple(_takers(instance, first, row))
        legs.append(Leg(row, month, until, stays, takers))
    return tuple(sorted(legs, key=lambda leg: (leg.first, leg.until, leg.fund)))


def _takers(instance: Instance, first: dict[int, int], leaving: int) -> list[int]:
    """Whose life reaches beyond that of `leaving`, the longest first."""
    life = instance.funds.life
    there = [row for row, month in first.items() if row != leaving and month <= life[leaving] < life[row]]
    return sorted(there, key=lambda row: (-life[row], row))
