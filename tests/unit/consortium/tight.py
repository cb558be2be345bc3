"""Small instances, often without any team, and everything that a team of them can break."""

from collections.abc import Iterator
from itertools import chain, combinations, product

import numpy as np

from matchmaker.consortium.check import breaches
from matchmaker.consortium.instance import Capabilities, Instance, Members, Rule, SeatRole, Spread


def make_tight(seed: int, *, candidates: int = 6) -> Instance:
    """Whole numbers all through, so that nothing hangs on a tolerance."""
    dice = np.random.default_rng(seed)
    n = candidates
    needed = int(dice.integers(1, 4))
    size = Rule("size", np.ones(n), low=float(dice.integers(0, 3)), high=float(dice.integers(2, 5)), price=2.0)
    money = Rule("money", dice.integers(1, 9, n).astype(float), high=float(dice.integers(6, 18)), price=0.5)
    small = Rule("small", dice.choice([-1.0, 1.0], n), low=float(dice.integers(-1, 3)), price=3.0)
    return Instance(
        value=dice.integers(-2, 9, n).astype(float),
        capabilities=Capabilities(
            keys=tuple(f"can-{k}" for k in range(needed)),
            levels=dice.integers(0, 5, (n, needed)).astype(np.int8),
            required=dice.integers(2, 5, needed).astype(np.int8),
            weight=dice.integers(1, 9, needed).astype(float),
            must=dice.random(needed) < 0.7,
            second=dice.integers(0, 3, needed).astype(float),
            price=dice.integers(1, 6, needed).astype(float),
        ),
        seats=_seats(dice, n),
        rules=(size, money, small)[: int(dice.integers(1, 4))],
        spreads=(Spread("districts", dice.integers(-1, 3, n).astype(np.int32), int(dice.integers(1, 4)), price=4.0),)
        * int(dice.integers(0, 2)),
        pairs=np.array([[0, 1], [2, 3]], np.int32),
        worth=dice.integers(-3, 4, 2).astype(float),
        apart=np.array([[0, 2], [1, 3]], np.int32),
        apart_keys=("apart-a", "apart-b"),
        held=np.array(dice.choice(n, int(dice.integers(0, 3)), replace=False), np.int32),
        barred=(dice.random(n) < 0.2) if dice.random() < 0.5 else None,
    )


def _seats(dice: np.random.Generator, n: int) -> tuple[SeatRole, ...]:
    bounds = [(int(low), int(low + dice.integers(0, 3))) for low in dice.integers(0, 3, int(dice.integers(0, 3)))]
    return tuple(
        SeatRole(f"seat-{number}", dice.random(n) < 0.6, least, most, price=float(dice.integers(1, 5)))
        for number, (least, most) in enumerate(bounds)
    )


def teams(instance: Instance) -> Iterator[Members]:
    everybody = range(len(instance))
    for team in chain.from_iterable(combinations(everybody, size) for size in range(len(instance) + 1)):
        yield np.array(team, np.intp)


def seat_fillings(instance: Instance, members: Members) -> set[tuple[int, ...]]:
    """How many of the team each seat can have, over every way of seating those who fit one."""
    if not instance.seats:
        return {()}
    options = [[r for r, seat in enumerate(instance.seats) if seat.admits[member]] for member in members]
    ways = product(*(option for option in options if option))
    return {tuple(way.count(r) for r in range(len(instance.seats))) for way in ways}


def broken_besides_seats(instance: Instance, members: Members) -> frozenset[str]:
    seats = {seat.key for seat in instance.seats}
    return frozenset(breach.key for breach in breaches(instance, members)) - seats


def broken_sets(instance: Instance) -> set[frozenset[str]]:
    """For every team and every way of seating it, the keys that are broken."""
    found = set()
    for members in teams(instance):
        others = broken_besides_seats(instance, members)
        for counts in seat_fillings(instance, members):
            seats = {
                seat.key
                for seat, count in zip(instance.seats, counts, strict=True)
                if not seat.least <= count <= seat.most
            }
            found.add(others | seats)
    return found
