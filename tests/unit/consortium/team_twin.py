"""The composer's question as one can read it: every team there is, one rule after the other. And small questions."""

from itertools import combinations

import numpy as np

from matchmaker.consortium.instance import Capabilities, Instance, Rule, SeatRole, Spread

TINY = 1e-6


def worth(instance: Instance, team: tuple[int, ...]) -> float:
    total = sum(float(instance.value[i]) for i in team)
    needed = instance.capabilities
    for k in range(len(needed.keys)):
        holders = sum(1 for i in team if needed.levels[i, k] >= needed.required[k])
        total += float(needed.weight[k]) if holders >= 1 else 0
        total += float(needed.second[k]) if holders >= 2 else 0
    for (i, j), worth_of_both in zip(instance.pairs.tolist(), instance.worth.tolist(), strict=True):
        total += worth_of_both if i in team and j in team else 0
    return total


def is_allowed(instance: Instance, team: tuple[int, ...]) -> bool:
    return (
        all(rule.low - TINY <= sum(float(rule.weights[i]) for i in team) <= rule.high + TINY for rule in instance.rules)
        and all(len({int(s.group[i]) for i in team} - {-1}) >= s.least for s in instance.spreads)
        and all(has_holder(instance, team, k) for k in np.flatnonzero(instance.capabilities.must))
        and not any(i in team and j in team for i, j in instance.apart.tolist())
        and all(i in team for i in instance.held.tolist())
        and (instance.barred is None or not any(instance.barred[i] for i in team))
        and can_sit(instance.seats, team)
    )


def has_holder(instance: Instance, team: tuple[int, ...], k: int) -> bool:
    return any(instance.capabilities.levels[i, k] >= instance.capabilities.required[k] for i in team)


def can_sit(seats: tuple[SeatRole, ...], team: tuple[int, ...]) -> bool:
    """Everybody takes a seat, one after the other, in every possible way."""
    if not seats:
        return True
    ways = {(0,) * len(seats)}
    for i in team:
        ways = {
            (*way[:r], way[r] + 1, *way[r + 1 :])
            for way in ways
            for r, seat in enumerate(seats)
            if seat.admits[i] and way[r] < seat.most
        }
    return any(all(filled >= seat.least for filled, seat in zip(way, seats, strict=True)) for way in ways)


def all_teams(instance: Instance) -> list[tuple[int, ...]]:
    everybody = range(len(instance))
    return [team for size in range(len(instance) + 1) for team in combinations(everybody, size)]


def allowed_teams(instance: Instance) -> list[tuple[float, tuple[int, ...]]]:
    """All teams that break nothing, the best first."""
    found = [(worth(instance, team), team) for team in all_teams(instance) if is_allowed(instance, team)]
    return sorted(found, reverse=True)


def small_question(seed: int, *, many_seats: bool = False) -> Instance:
    """Six to nine candidates and every feature there is, each now and then; about a quarter have no solution."""
    rng = np.random.default_rng(seed)
    n, k = int(rng.integers(6, 10)), int(rng.integers(0, 5))
    barred = rng.random(n) < 0.1
    pairs, apart = _some_pairs(rng, n, 0.3), _some_pairs(rng, n, rng.choice([0.0, 0.1, 0.3]))
    return Instance(
        value=rng.normal(20, 30, n),
        capabilities=Capabilities(
            keys=tuple(f"k{i}" for i in range(k)),
            levels=np.where(rng.random((n, k)) < 0.6, rng.integers(1, 6, (n, k)), 0).astype(np.int8),
            required=rng.integers(1, 5, k).astype(np.int8),
            weight=rng.uniform(0, 80, k),
            must=rng.random(k) < 0.12,
            second=rng.uniform(0, 100, k) * (rng.random(k) < 0.5),
            price=np.ones(k),
        ),
        seats=_seats(rng, n, 9) if many_seats else _seats(rng, n, int(rng.integers(0, 5))),
        rules=_rules(rng, n),
        spreads=tuple(
            Spread(f"spread {i}", rng.integers(-1, 4, n).astype(np.int32), int(rng.integers(1, 4)))
            for i in range(rng.integers(0, 2))
        ),
        pairs=pairs,
        worth=rng.normal(5, 40, len(pairs)),
        apart=apart,
        apart_keys=tuple(f"apart {i}" for i in range(len(apart))),
        held=rng.choice(np.flatnonzero(~barred), int(rng.integers(0, 2)), replace=False).astype(np.int32),
        barred=barred if rng.random() < 0.5 else None,
    )


def _seats(rng: np.random.Generator, n: int, count: int) -> tuple[SeatRole, ...]:
    admits = rng.random((count, n)) < 0.6
    least = (rng.random(count) < (0.4 if count < 6 else 0.2)).astype(int)
    return tuple(
        SeatRole(f"seat {i}", admits[i], int(least[i]), int(least[i] + rng.integers(0 if least[i] else 1, 4)))
        for i in range(count)
    )


def _rules(rng: np.random.Generator, n: int) -> tuple[Rule, ...]:
    small, money = rng.random(n) < 0.5, rng.lognormal(12, 1, n)
    possible = (
        Rule("size", np.ones(n), low=2, high=int(rng.integers(3, 6))),
        Rule("budget", money, high=float(money.sum() * rng.uniform(0.35, 0.7))),
        Rule("small firms", small - 0.3, low=0),
        Rule("own money", money - 0.5 * money.mean(), low=0),
        Rule("together", (np.arange(n) == 0).astype(float) - (np.arange(n) == 1), low=0, high=0),
    )
    return tuple(
        rule for rule, wanted in zip(possible, (0.8, 0.6, 0.4, 0.3, 0.3), strict=True) if rng.random() < wanted
    )


def _some_pairs(rng: np.random.Generator, n: int, share: float) -> np.ndarray:
    every = np.array(list(combinations(range(n), 2)), dtype=np.int32)
    return every[rng.random(len(every)) < share]
