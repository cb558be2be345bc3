"""Small markets for tests, and slow readable twins of what the engine does with whole arrays."""

import math

import numpy as np
from hypothesis import strategies as st

from matchmaker.market.equilibrium import LEAST, Taste
from matchmaker.market.graph import Market
from matchmaker.market.load import HIGHEST, READ, Steps
from matchmaker.profiles import UNKNOWN


def market(lists, *, asks, accepts=None, capacity, weight=None) -> Market:
    """A market of lists of different lengths; chances stand beside their candidates."""
    longest = max((len(one) for one in lists), default=0)
    candidate = np.full((len(lists), longest), UNKNOWN, dtype=np.int32)
    chances = np.zeros((2, len(lists), longest), dtype=np.float32)
    for row, one in enumerate(lists):
        candidate[row, : len(one)] = one
        chances[0, row, : len(one)] = asks[row]
        chances[1, row, : len(one)] = accepts[row] if accepts else 1.0
    return Market(
        candidate,
        chances[0],
        chances[1],
        np.array(weight if weight is not None else [1.0] * len(lists), dtype=np.float64),
        np.array(capacity, dtype=np.float64),
    )


@st.composite
def markets(draw, *, askers: int = 8, candidates: int = 6) -> Market:
    """Lists of any length, chances and weights of any size, capacities from nothing to without end."""
    pool = draw(st.integers(1, candidates))
    lists = draw(st.lists(st.permutations(range(pool)), min_size=1, max_size=askers))
    lists = [list(one)[: draw(st.integers(0, pool))] for one in lists]
    chance = st.floats(0, 1, width=32)
    return market(
        lists,
        asks=[[draw(chance) for _ in one] for one in lists],
        accepts=[[draw(chance) for _ in one] for one in lists],
        weight=[draw(st.sampled_from([0.0, 0.5, 1.0, 3.0])) for _ in lists],
        capacity=[draw(st.sampled_from([0.0, 0.25, 1.0, 3.0, math.inf])) for _ in range(pool)],
    )


def slow_loads(given: Market, price) -> list[float]:
    """The expected requests of each candidate, list by list and place by place."""
    load = [0.0] * len(given.capacity)
    for row in range(len(given.candidate)):
        listed = [place for place, one in enumerate(given.candidate[row]) if one != UNKNOWN]

        def worth(place: int, row: int = row) -> float:
            one = given.candidate[row, place]
            return float(given.asks[row, place] * given.accepts[row, place]) * math.exp(-price[one])

        for rank, place in enumerate(sorted(listed, key=lambda place: -worth(place))[:READ], start=1):
            looked_at = 1 / math.log2(rank + 1)
            load[given.candidate[row, place]] += given.weight[row] * float(given.asks[row, place]) * looked_at
    return load


def slow_prices(given: Market, steps: Steps) -> list[float]:
    """Step by step: dearer where the load is above capacity, cheaper where below; the best of all steps."""
    price = [0.0] * len(given.capacity)
    load = slow_loads(given, price)
    best, most = price, carried(given, load)
    for step in range(steps.count):
        rate = steps.rate / (1 + steps.slowing * step)
        price = [
            min(max(old + rate * off(one, room), 0.0), HIGHEST)
            for old, one, room in zip(price, load, given.capacity, strict=True)
        ]
        load = slow_loads(given, price)
        if carried(given, load) > most:
            best, most = price, carried(given, load)
    return best


def off(load: float, capacity: float) -> float:
    if capacity == 0:
        return 1.0 if load > 0 else -1.0
    return min(max(load / capacity - 1, -1.0), 1.0)


def carried(given: Market, load) -> float:
    return sum(min(one, room) for one, room in zip(load, given.capacity, strict=True))


def slow_equilibrium(given: Market, taste: Taste, *, turns: int):
    """A and B of a market with bounded capacities, by turns over dense loops."""
    pairs = {}
    for (row, place), one in np.ndenumerate(given.candidate):
        if one != UNKNOWN:
            chance = max(float(given.asks[row, place]) * float(given.accepts[row, place]), LEAST)
            pairs[row, int(one)] = math.exp((math.log(chance) + taste.surplus) / (2 * taste.beta))
    askers, candidates = range(len(given.weight)), range(len(given.capacity))
    a, b = [math.sqrt(mass) for mass in given.weight], [math.sqrt(mass) for mass in given.capacity]
    for _ in range(turns):
        a = [positive(given.weight[i], sum(pairs.get((i, j), 0.0) * b[j] for j in candidates) / 2) for i in askers]
        b = [positive(given.capacity[j], sum(pairs.get((i, j), 0.0) * a[i] for i in askers) / 2) for j in candidates]
    return a, b


def positive(mass: float, half: float) -> float:
    return mass / (math.sqrt(mass + half * half) + half) if mass > 0 else 0.0
