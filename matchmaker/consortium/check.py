"""What a team is worth and which rules it breaks: read straight off the instance, the judge of every solver here."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from matchmaker.consortium.instance import Breach, Instance, Members, Rule, Spread
from matchmaker.consortium.seating import seat_numbers
from matchmaker.profiles import Mask

#: A sum may miss its bound by this share of the largest weight in it; the solver's own tolerance.
TOLERANCE = 1e-6

#: Keys of what is no rule of its own.
SEATED, HELD, BARRED = "seated", "held", "barred"


def worth(instance: Instance, members: Members) -> float:
    """sum of values + weight of each capability that a member has at the level asked for + `second` of those that two
    have + worth of the pairs whose both ends are members."""
    inside = _inside(instance, members)
    holders = _holders(instance, members)
    needed = instance.capabilities
    met = inside[instance.pairs].all(axis=1) if len(instance.pairs) else np.empty(0, dtype=bool)
    return float(
        instance.value[inside].sum()
        + needed.weight[holders >= 1].sum()
        + needed.second[holders >= 2].sum()
        + instance.worth[met].sum()
    )


def breaches(instance: Instance, members: Members) -> tuple[Breach, ...]:
    """Everything that the team breaks, in the order rules, spreads, seats, musts, apart, held, barred."""
    members = np.unique(np.asarray(members, dtype=np.intp))
    return (
        *(breach for rule in instance.rules for breach in _of_rule(rule, members)),
        *(breach for spread in instance.spreads for breach in _of_spread(spread, members)),
        *_of_seats(instance, members),
        *_of_musts(instance, members),
        *_of_apart(instance, members),
        *_of_pins(instance, members),
    )


def tolerance(rule: Rule) -> float:
    """In the rule's own unit."""
    return TOLERANCE * float(np.abs(rule.weights).max(initial=0.0))


def _of_rule(rule: Rule, members: Members) -> Iterator[Breach]:
    actual, slack = float(rule.weights[members].sum()), tolerance(rule)
    if actual < rule.low - slack or actual > rule.high + slack:
        yield Breach(rule.key, actual, rule.low, rule.high)


def _of_spread(spread: Spread, members: Members) -> Iterator[Breach]:
    groups = spread.group[members]
    actual = len(np.unique(groups[groups >= 0]))
    if actual < spread.least:
        yield Breach(spread.key, actual, low=spread.least)


def _of_seats(instance: Instance, members: Members) -> Iterator[Breach]:
    if not instance.seats:
        return
    chosen = seat_numbers(instance, members)
    for number, seat in enumerate(instance.seats):
        actual = chosen.count(number)
        if not seat.least <= actual <= seat.most:
            yield Breach(seat.key, actual, seat.least, seat.most)
    if -1 in chosen:
        yield Breach(SEATED, len(chosen) - chosen.count(-1), low=len(chosen))


def _of_musts(instance: Instance, members: Members) -> Iterator[Breach]:
    holders = _holders(instance, members)
    for k in np.flatnonzero(instance.capabilities.must & (holders == 0)):
        yield Breach(instance.capabilities.keys[k], 0, low=1)


def _of_apart(instance: Instance, members: Members) -> Iterator[Breach]:
    if not len(instance.apart):
        return
    for pair in np.flatnonzero(_inside(instance, members)[instance.apart].all(axis=1)):
        yield Breach(instance.apart_keys[pair], 2, high=1)


def _of_pins(instance: Instance, members: Members) -> Iterator[Breach]:
    held = np.unique(instance.held)
    present = int(np.isin(held, members).sum())
    if present < len(held):
        yield Breach(HELD, present, low=len(held))
    barred = 0 if instance.barred is None else int(instance.barred[members].sum())
    if barred:
        yield Breach(BARRED, barred, high=0)


def _inside(instance: Instance, members: Members) -> Mask:
    inside = np.zeros(len(instance), dtype=bool)
    inside[np.asarray(members, dtype=np.intp)] = True
    return inside


def _holders(instance: Instance, members: Members) -> NDArray[np.intp]:
    """K, how many members have each capability at the level asked for."""
    needed = instance.capabilities
    levels = needed.levels[np.unique(np.asarray(members, dtype=np.intp))]
    return (levels >= needed.required).sum(axis=0)
