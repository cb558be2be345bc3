"""The question of a capital stack as plain arrays: money needed by month, funds with their terms, limits.

Months count from the start of the round; month t is paid from what has come in up to and with month t. A phase is a
closing: its tickets come in at its month. Money is CNY.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from matchmaker.profiles import Ints, Mask, Scores, Smalls
from models.enums import CapitalType

CAPITALS = tuple(CapitalType)
INFINITE = float("inf")


class LimitKind(StrEnum):
    """What a plan is held to beside the funds' own terms; each of them can be relaxed."""

    STAKE = "stake"  # most that all funds together may hold
    FUNDS = "funds"  # most funds
    PATIENCE = "patience"  # least share of the money that can stay to the exit
    LEAST = "least"  # least share of the money from one type of capital
    MOST = "most"  # most of it
    LEAD = "lead"  # in each phase with money a fund that may lead


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit; `capital` is a row of CAPITALS where it is about a type of capital."""

    kind: LimitKind
    value: float
    capital: int = -1

    @property
    def key(self) -> str:
        return f"{self.kind}:{CAPITALS[self.capital]}" if self.capital >= 0 else self.kind.value


@dataclass(frozen=True, slots=True, eq=False)
class Funds:
    """Columns of F funds, or of typical funds that are not there yet."""

    keys: tuple[str, ...]
    ticket_low: Scores  # of each ticket
    ticket_high: Scores  # of all its tickets for this firm together, never above what it has left
    stake_high: Scores  # most of the firm that it may hold; 1: no limit
    may_lead: Mask
    capital: Smalls  # row of CAPITALS, -1 unknown
    life: Scores  # months until it has to be out; NaN unknown
    fit: Scores  # in [0, 1]
    allowed: Mask  # F x P: whether it may pay in the phase

    def __len__(self) -> int:
        return len(self.keys)


@dataclass(frozen=True, slots=True, eq=False)
class Instance:
    """`price` of a share in each phase against that of the first; all ones is a flat price, which dilutes most."""

    need: Scores  # T
    support: Scores  # T, money that takes no stake
    phases: Ints  # P months, rising
    price: Scores  # P
    valuation: float  # before the first money; NaN: stakes cannot be told, so nothing is held to them
    exit_months: float  # NaN unknown: nothing is held to patience
    funds: Funds
    limits: tuple[Limit, ...] = ()
    excluded: tuple[tuple[int, ...], ...] = ()  # sets of funds of which a plan has to differ
    typical: Funds | None = None

    @property
    def unit(self) -> float:
        """In which the model counts money, so that one tolerance means the same for every firm."""
        return max(float(self.need.sum()), 1.0) / 100

    @property
    def ticket_floor(self) -> Scores:
        """F, least of each ticket. A fund that states none still pays a thousandth of the need, or does not pay: a lead
        that puts nothing in leads nobody."""
        return np.maximum(self.funds.ticket_low, self.unit / 10)

    @property
    def stays(self) -> Mask:
        """F, whether a fund's life reaches the exit; unknown is no."""
        return self.funds.life >= self.exit_months  # NaN on either side compares as False

    def limit(self, kind: LimitKind) -> Limit | None:
        return next((one for one in self.limits if one.kind is kind), None)


def with_limit(instance: Instance, limit: Limit) -> Instance:
    """The same question with one limit at another value."""
    return replace(instance, limits=tuple(limit if one.key == limit.key else one for one in instance.limits))


def with_typical(instance: Instance, copies: int) -> Instance:
    """The same question as if there were so many funds of each typical kind beside those that there are."""
    if instance.typical is None:
        return instance
    together = [instance.funds, *[instance.typical] * copies]
    return replace(instance, funds=joined(together), typical=None)


def joined(parts: Sequence[Funds]) -> Funds:
    columns = [name for name in Funds.__dataclass_fields__ if name != "keys"]
    values = {name: np.concatenate([getattr(part, name) for part in parts]) for name in columns}
    return Funds(keys=tuple(key for part in parts for key in part.keys), **values)


def spread(costs: Scores, months: Ints, *, start: int = 0) -> tuple[Scores, Ints]:
    """Need by month, and the month from which each milestone is paid: its cost evenly since the one before it.

    `months` rise; a milestone in the same month as the one before it is paid in the last month before both.
    """
    need = np.zeros(max(int(months[-1]), start + 1))
    begins: list[int] = []
    for cost, month in zip(costs.tolist(), months.tolist(), strict=True):
        first = start if month > start else max(month - 1, 0)
        need[first : max(month, first + 1)] += cost / max(month - first, 1)
        begins.append(first)
        start = max(start, month)
    return need, np.array(begins, dtype=np.int32)
