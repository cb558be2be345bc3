"""Money and benefit of a room: sums against what they should be, exact, with what is not said counted apart."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from matchmaker.services.consortia.rooms import Room

WHOLE = 10_000  # hundredths of a percent


@dataclass(frozen=True)
class Sum:
    """Of what is said; `missing` seats have said nothing, which is not zero."""

    total: float
    missing: int


@dataclass(frozen=True)
class Shares:
    money: Sum
    own_money: Sum
    benefit_hundredths: int
    benefit_missing: int
    budget: float | None

    @property
    def benefit(self) -> Decimal:
        return Decimal(self.benefit_hundredths) / 100

    @property
    def benefit_left(self) -> Decimal:
        """To 100; below zero where too much is given away."""
        return Decimal(WHOLE - self.benefit_hundredths) / 100

    @property
    def is_benefit_whole(self) -> bool:
        return self.benefit_missing == 0 and self.benefit_hundredths == WHOLE

    @property
    def money_left(self) -> float | None:
        """Of the budget; below zero where more is planned than there is."""
        return None if self.budget is None else _cents(self.budget) / 100 - self.money.total

    @property
    def is_money_within(self) -> bool:
        return self.budget is not None and _cents(self.money.total) <= _cents(self.budget)


def shares_of(room: Room) -> Shares:
    benefits = [seat.benefit_percent for seat in room.seats]
    return Shares(
        money=_sum(seat.money for seat in room.seats),
        own_money=_sum(seat.own_money for seat in room.seats),
        benefit_hundredths=sum(hundredths(share) for share in benefits if share is not None),
        benefit_missing=benefits.count(None),
        budget=room.consortium.budget,
    )


def hundredths(percent: float) -> int:
    """A share is typed in hundredths, so it is counted in them: three times 33.33 and a 0.01 are 100."""
    return round(percent * 100)


def _sum(amounts: Iterable[float | None]) -> Sum:
    listed = list(amounts)
    return Sum(sum(_cents(amount) for amount in listed if amount is not None) / 100, listed.count(None))


def _cents(amount: float) -> int:
    return round(amount * 100)
