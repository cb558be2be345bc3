"""Repairs cost the least there is, and the team they lead to passes: by looking at every team of small instances."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pytest

from matchmaker.consortium.check import breaches, worth
from matchmaker.consortium.instance import INFINITE, Breach, Instance, Members, Rule, SeatRole
from matchmaker.consortium.repair import Prices, Repair, relaxed, repairs
from models.enums import RepairKind
from tests.unit.consortium.tight import make_tight, seat_fillings, teams

PRICES = Prices(add=2.0, swap=3.0, drop=1.5, relief=0.5)
FIXED = {"apart-a", "apart-b", "seated", "held", "barred"}
NOBODY = np.empty(0, np.intp)


@dataclass(frozen=True)
class Option:
    """One way out as the twin sees it: what changes, for how much, and what the team is worth."""

    changes: frozenset[tuple[str, object]]
    price: float
    worth: float
    number: int


def every_option(instance: Instance, present: Members | None, accepted: Members, busy: Members) -> Iterator[Option]:
    prices = {row.key: row.price for row in instance.rules} | {row.key: row.price for row in instance.spreads}
    prices |= dict(zip(instance.capabilities.keys, instance.capabilities.price, strict=True))
    for members in teams(instance):
        if not set(accepted) <= set(members):
            continue
        broken = breaches(replace(instance, seats=()), members)
        unseated = instance.seats and not all(any(s.admits[m] for s in instance.seats) for m in members)
        if unseated or {breach.key for breach in broken} & FIXED:
            continue
        rules = dict(price_of(breach, prices) for breach in broken)
        for counts in seat_fillings(instance, members):
            seats = {}
            for seat, count in zip(instance.seats, counts, strict=True):
                if count < seat.least:
                    seats[seat.key, "low"] = seat.price * (seat.least - count)
                elif count > seat.most:
                    seats[seat.key, "high"] = seat.price * (count - seat.most)
            costs = rules | seats
            price, number = sum(costs.values()), len(costs)
            changes: set[tuple[str, object]] = set(costs)
            if present is not None:
                entering, leaving = set(members) - set(present), set(present) - set(members)
                swaps = min(len(entering), len(leaving))
                price += PRICES.swap * swaps
                price += PRICES.add * (len(entering) - swaps) + PRICES.drop * (len(leaving) - swaps)
                price -= PRICES.relief * len(leaving & set(busy))
                number += max(len(entering), len(leaving))
                changes |= {("enters", int(m)) for m in entering} | {("leaves", int(m)) for m in leaving}
            if number <= 3:
                yield Option(frozenset(changes), price, worth(instance, members), number)


def price_of(breach: Breach, prices: dict[str, float]) -> tuple[tuple[str, str], float]:
    side, bound = ("low", breach.low) if breach.actual < breach.low else ("high", breach.high)
    return (breach.key, side), prices[breach.key] * abs(breach.actual - bound)


def changes_of(repair: Repair) -> frozenset[tuple[str, object]]:
    found: set[tuple[str, object]] = set()
    for change in repair.changes:
        if change.key:
            found.add((change.key, "high" if change.kind is RepairKind.RAISE else "low"))
        if change.enters is not None:
            found.add(("enters", change.enters))
        if change.leaves is not None:
            found.add(("leaves", change.leaves))
    return frozenset(found)


def agree(instance: Instance, present: Members | None, accepted: Members, busy: Members) -> int:
    """The engine's repairs are, one after the other, the twin's best of those that contain no earlier one."""
    mask = np.isin(np.arange(len(instance)), busy)
    found = repairs(instance, present=present, accepted=accepted, busy=mask, prices=PRICES)
    options = list(every_option(instance, present, accepted, busy))
    earlier: list[frozenset[tuple[str, object]]] = []
    for repair in found:
        left = [option for option in options if not any(one <= option.changes for one in earlier)]
        cheapest = min(option.price for option in left)
        best = max(option.worth for option in left if option.price <= cheapest + 1e-9)
        assert repair.price == pytest.approx(cheapest)
        assert repair.team.value == pytest.approx(best)
        assert 1 <= len(repair.changes) <= 3
        assert breaches(relaxed(instance, repair.changes), repair.team.members) == ()
        earlier.append(changes_of(repair))
    left = [option for option in options if not any(one <= option.changes for one in earlier)]
    needs_none = any(option.number == 0 for option in left)
    assert len(found) == 3 or needs_none or not left
    return len(found)


@pytest.mark.parametrize("chunk", range(4))
def test_free_teams_are_repaired_at_the_least_price(chunk):
    found = [agree(make_tight(seed), None, NOBODY, NOBODY) for seed in range(chunk, 120, 4)]

    assert sum(found) > 10


@pytest.mark.parametrize("chunk", range(4))
def test_present_teams_are_repaired_at_the_least_price_around_who_has_accepted(chunk):
    found = []
    for seed in range(chunk, 120, 4):
        dice = np.random.default_rng(seed)
        present = np.sort(dice.choice(6, int(dice.integers(1, 5)), replace=False))

        found.append(agree(make_tight(seed), present, present[:1], present[1:2]))

    assert sum(found) > 20


def test_a_team_that_passes_needs_no_repair():
    instance = plain(rules=(Rule("size", np.ones(4), high=2),))

    assert repairs(instance, present=np.array([0, 1])) == ()


def test_who_has_declined_is_swapped_for_who_fits_the_same_seat():
    seat = SeatRole("testing", np.array([False, True, False, True]), least=1, most=1)
    lead = SeatRole("lead", np.array([True, False, False, False]), least=1, most=1)
    instance = replace(plain(), seats=(lead, seat), barred=np.array([False, True, False, False]))

    (repair, *_) = repairs(instance, present=np.array([0, 1]), accepted=np.array([0]))

    (change,) = repair.changes
    assert (change.kind, change.leaves, change.enters) == (RepairKind.SWAP, 1, 3)
    assert repair.team.members.tolist() == [0, 3]


def test_a_rule_of_infinite_price_never_gives_way():
    few = Rule("few", np.ones(4), high=1, price=INFINITE)
    many = Rule("many", np.ones(4), low=3, price=5.0)

    (repair, *_) = repairs(plain(rules=(few, many)))

    assert [(change.key, change.before, change.after) for change in repair.changes] == [("many", 3, 1)]
    assert repair.price == 10.0


def test_money_is_relaxed_by_what_is_missing_and_no_more():
    budget = Rule("budget", np.array([300_000.0, 250_000.0, 400_000.0, 900_000.0]), high=500_000, price=1e-5)
    three = Rule("size", np.ones(4), low=2, price=INFINITE)

    (repair, *_) = repairs(plain(rules=(budget, three)))

    assert [(change.kind, change.after) for change in repair.changes] == [(RepairKind.RAISE, 550_000.0)]
    assert repair.team.members.tolist() == [0, 1]


def test_where_nothing_may_give_way_there_is_no_repair():
    few, many = Rule("few", np.ones(4), high=1, price=INFINITE), Rule("many", np.ones(4), low=3, price=INFINITE)

    assert repairs(plain(rules=(few, many))) == ()


def plain(rules: tuple[Rule, ...] = ()) -> Instance:
    instance = make_tight(0, candidates=4)
    nothing = replace(instance.capabilities, must=np.zeros(len(instance.capabilities.keys), bool))
    return replace(
        instance,
        value=np.array([5.0, 4.0, 3.0, 2.0]),
        capabilities=nothing,
        seats=(),
        spreads=(),
        rules=rules,
        pairs=np.empty((0, 2), np.int32),
        worth=np.empty(0),
        apart=np.empty((0, 2), np.int32),
        apart_keys=(),
        held=np.empty(0, np.int32),
        barred=None,
    )
