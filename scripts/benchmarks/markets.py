"""Made-up markets: who would ask whom and who would accept, lists by several policies, and three ways in which people
then behave."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.evaluation.metrics import gini
from matchmaker.market.equilibrium import Taste, equilibrium, shadow_prices
from matchmaker.market.graph import Market, summed
from matchmaker.market.load import HIGHEST, READ, best_first, load_prices, looks
from matchmaker.profiles import Floats, Ints

LISTED = 100
CAPACITY = 3.0
# Tastes of 8 hidden dimensions, as strong and as rare as makes lists crowd without prices about as much as the design
# experiments had it at skew 1: exposure Gini .96 by one's own preference, .87 by the product.
DIMENSIONS = 8
TASTE = 1.4
BASE = -1.5
BLOCK = 500
PRODUCT, OURS = "reciprocal product", "load price (ours)"


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """n askers and n receivers: the chance that one asks the other, and that the other accepts."""

    asks: Floats
    accepts: Floats

    @property
    def product(self) -> Floats:
        return self.asks * self.accepts


def made_up_world(size: int, *, skew: float, seed: int) -> World:
    """Each side likes some kinds of the other (random directions) and, by `skew`, what everybody likes."""
    generator = np.random.default_rng(seed)

    def liking() -> Floats:
        one, other = (generator.standard_normal((size, DIMENSIONS)).astype(np.float32) for _ in range(2))
        return (one @ other.T) * np.float32(TASTE / np.sqrt(DIMENSIONS))

    wanted, picky = (skew * generator.standard_normal(size).astype(np.float32) for _ in range(2))
    return World(chance(liking() + wanted[None, :] + BASE), chance(liking() + picky[:, None] + BASE))


def chance(utility: NDArray[np.floating]) -> Floats:
    return (1 / (1 + np.exp(-utility))).astype(np.float32)


def misjudged(world: World, *, by: float, seed: int) -> World:
    """What people really do, when `world` is what the platform believes: utilities are off by normal noise."""
    generator = np.random.default_rng(seed)

    def shaken(chances: Floats) -> Floats:
        noise = by * generator.standard_normal(chances.shape).astype(np.float32)
        return chance(np.log(chances / (1 - chances)) + noise)

    return World(shaken(world.asks), shaken(world.accepts))


def lists_by(score: Floats) -> Ints:
    """The best `LISTED` receivers of each asker, best first."""
    lists = []
    for start in range(0, len(score), BLOCK):
        part = -score[start : start + BLOCK]
        top = np.argpartition(part, LISTED, axis=1)[:, :LISTED]
        order = np.argsort(np.take_along_axis(part, top, axis=1), axis=1, kind="stable")
        lists.append(np.take_along_axis(top, order, axis=1).astype(np.int32))
    return np.concatenate(lists)


def market_of(world: World, lists: Ints) -> Market:
    return Market(
        candidate=lists,
        asks=np.take_along_axis(world.asks, lists, axis=1),
        accepts=np.take_along_axis(world.accepts, lists, axis=1),
        weight=np.ones(len(lists)),
        capacity=np.full(world.asks.shape[1], CAPACITY),
    )


def policies(world: World) -> Mapping[str, Ints]:
    """The lists, READ places long, of each way of ordering receivers."""
    by_product = lists_by(world.product)
    market = market_of(world, by_product)
    found = equilibrium(equal_masses(market), Taste())
    prices = {
        "TU price": shadow_prices(market, found, highest=HIGHEST),
        OURS: load_prices(market).price,
    }
    priced = {name: np.take_along_axis(by_product, best_first(market, price), axis=1) for name, price in prices.items()}
    lists = {"own preference": lists_by(world.asks), PRODUCT: by_product, **priced}
    return {name: each[:, :READ] for name, each in lists.items()}


def equal_masses(market: Market) -> Market:
    """The same market, in which each asker too may match as often as a receiver."""
    return Market(market.candidate, market.asks, market.accepts, np.full(len(market.weight), CAPACITY), market.capacity)


def exposure_gini(lists: Ints, receivers: int) -> float:
    seen = np.broadcast_to(looks(lists.shape[1]), lists.shape)
    return gini(summed(lists.ravel(), seen.ravel(), among=receivers))


# How people behave: each takes the real world and the lists, and gives the expected or counted mutual accepts.


def together(world: World, lists: Ints, _seed: int) -> float:
    """All read at once, with a log discount; a receiver asked too often answers a fair share. This is what the load
    price was built for."""
    asks = np.take_along_axis(world.asks, lists, axis=1) * looks(lists.shape[1])
    load = summed(lists.ravel(), asks.ravel(), among=world.asks.shape[1])
    answered = np.minimum(1.0, CAPACITY / np.maximum(load, 1e-9))
    accepts = np.take_along_axis(world.accepts, lists, axis=1)
    return float((asks * accepts * answered[lists]).sum())


def one_after_another(world: World, lists: Ints, seed: int) -> float:
    """Askers come in random order, read down their list and ask until three have accepted or patience (0.85 a place)
    ends; a receiver answers at once and, after three acceptances, refuses everybody."""
    generator = np.random.default_rng(seed)
    room = np.full(world.asks.shape[1], int(CAPACITY))
    accepted = 0
    for asker in generator.permutation(len(lists)):
        read = lists[asker, : min(generator.geometric(0.15), lists.shape[1])]
        asked = read[generator.random(len(read)) < world.asks[asker, read]]
        willing = asked[(generator.random(len(asked)) < world.accepts[asker, asked]) & (room[asked] > 0)]
        room[willing[: int(CAPACITY)]] -= 1
        accepted += min(len(willing), int(CAPACITY))
    return float(accepted)


def best_of_a_window(world: World, lists: Ints, seed: int) -> float:
    """Everybody sends up to five requests in a window; a receiver takes the three it likes best and would accept."""
    generator = np.random.default_rng(seed)
    askers = np.repeat(np.arange(len(lists)), lists.shape[1]).reshape(lists.shape)
    asks = np.take_along_axis(world.asks, lists, axis=1) * looks(lists.shape[1])
    sent = generator.random(lists.shape) < asks
    sent &= np.cumsum(sent, axis=1) <= 5
    asker, receiver = askers[sent], lists[sent]
    liking = world.accepts[asker, receiver]
    order = np.lexsort((-liking, receiver))
    receiver, liking = receiver[order], liking[order]
    first = np.searchsorted(receiver, receiver)  # where this receiver's requests begin
    is_read = np.arange(len(receiver)) - first < CAPACITY
    return float((is_read & (generator.random(len(receiver)) < liking)).sum())


Behaviour = Callable[[World, Ints, int], float]
BEHAVIOURS: Mapping[str, Behaviour] = {
    "together": together,
    "one after another": one_after_another,
    "best of a window": best_of_a_window,
}
