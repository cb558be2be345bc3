"""The load price: it rises while the lists bring a candidate more requests than it can carry."""

from dataclasses import dataclass

import numpy as np

from matchmaker.market.graph import Market, summed
from matchmaker.profiles import UNKNOWN, Ints, Scores

# How far down a list is read; what stands at place r (from 1) is looked at with the chance 1 / log2(r + 1).
READ = 20
# exp(-6) = 1 / 400: at this price hardly anybody is shown any more, so a higher one would change nothing.
HIGHEST = 6.0


@dataclass(frozen=True, slots=True)
class Steps:
    """How a price moves: by `rate` times the share by which the load is off, less from step to step.

    Chosen on simulated markets (docs/decisions/0008-prices.md).
    """

    count: int = 60
    rate: float = 0.3
    slowing: float = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class LoadPrices:
    """Of each candidate; the price is 0 of everybody whose load never exceeded its capacity."""

    price: Scores
    load: Scores  # expected requests where lists stand in the order of the chances alone
    load_after: Scores  # expected requests where lists stand in the order that the price gives


def load_prices(market: Market, steps: Steps | None = None) -> LoadPrices:
    """price <- clip(price + rate_t * clip(load / capacity - 1, -1, 1), 0, HIGHEST), from 0.

    Lists stand in the order of asks * accepts * exp(-price). Of all steps that one holds which lets most requests be
    carried: relief beyond it would only lead askers to whom they do not want. Nothing is drawn at random: the same
    market always has the same prices.
    """
    steps = steps or Steps()
    price = np.zeros(len(market.capacity))
    load = loads(market, price)
    unpriced, best, most = load, price, carried(market, load)
    for step in range(steps.count):
        rate = steps.rate / (1 + steps.slowing * step)
        price = np.clip(price + rate * _off(load, market.capacity), 0.0, HIGHEST)
        load = loads(market, price)
        if carried(market, load) > most:
            best, most = price, carried(market, load)
    return LoadPrices(best, unpriced, loads(market, best))


def loads(market: Market, price: Scores) -> Scores:
    """The expected requests of each candidate, when lists stand in the order of asks * accepts * exp(-price)."""
    total = np.zeros(len(market.capacity))
    for part in market.blocks():
        order = best_first(part, price)[:, :READ]
        candidate = np.take_along_axis(part.candidate, order, axis=1)
        asked = np.take_along_axis(part.asks, order, axis=1) * part.weight[:, None] * looks(order.shape[1])
        listed = candidate != UNKNOWN
        total += summed(candidate[listed], asked[listed], among=len(total))
    return total


def best_first(market: Market, price: Scores) -> Ints:
    """Places of each list in the order of asks * accepts * exp(-price); equals stay as they stand."""
    worth = market.asks * market.accepts * np.exp(-market.of_candidates(price))
    worth = np.where(market.is_listed, worth, -1.0)
    return np.argsort(-worth, axis=1, kind="stable").astype(np.int32)


def looks(places: int) -> Scores:
    """The chance that each of the first places is looked at."""
    chances = 1 / np.log2(np.arange(2, places + 2))
    return np.where(np.arange(places) < READ, chances, 0.0)


def _off(load: Scores, capacity: Scores) -> Scores:
    """By what share of its capacity the load of each is off, at most by the whole."""
    share = np.divide(load, capacity, out=np.where(load > 0, 2.0, 0.0), where=capacity > 0)
    return np.clip(share - 1, -1.0, 1.0)


def carried(market: Market, load: Scores) -> float:
    """Expected requests that somebody can carry."""
    return float(np.minimum(load, market.capacity).sum())
