"""Whether an equilibrium, or prices, are what they claim to be. Independent of how they were found."""

from collections.abc import Sequence

import numpy as np

from matchmaker.market.equilibrium import Equilibrium, matched
from matchmaker.market.graph import Market
from matchmaker.market.load import HIGHEST, LoadPrices, carried, loads
from matchmaker.profiles import Scores


def faults_of_equilibrium(market: Market, found: Equilibrium, *, tolerance: float = 1e-6) -> Sequence[str]:
    """Every way in which the matches break the masses; candidates' masses hold after each turn, askers' as it ends."""
    pairs = matched(market, found)
    by_asker, by_candidate = pairs.sum(axis=1), market.sum_by_candidate(pairs)
    bounded = np.isfinite(market.capacity)
    faults = {
        "a negative match or mass": (pairs < 0).any() or (found.asker < 0).any() or (found.candidate < 0).any(),
        "a candidate beyond its capacity": _beyond(by_candidate, market.capacity, tolerance),
        "an asker beyond its weight": _beyond(by_asker, market.weight, max(tolerance, 2 * found.moved)),
        "a candidate's mass is not conserved": _differs(
            by_candidate[bounded] + found.candidate[bounded] ** 2, market.capacity[bounded], tolerance
        ),
        "an asker's mass is not conserved": _differs(
            by_asker + found.asker**2, market.weight, max(tolerance, 2 * found.moved)
        ),
    }
    return [fault for fault, holds in faults.items() if holds]


def faults_of_prices(market: Market, found: LoadPrices, *, tolerance: float = 1e-9) -> Sequence[str]:
    """Every way in which load prices are wrong; prices may fail to relieve a market, but never harm it."""
    unpriced = loads(market, np.zeros_like(found.price))
    faults = {
        "a price below 0": (found.price < 0).any(),
        "a price above the highest": (found.price > HIGHEST).any(),
        "a price of somebody nobody has on a list": (found.price[_unlisted(market)] > 0).any(),
        "a price although nobody is over-asked": not (unpriced > market.capacity).any() and found.price.any(),
        "a price of somebody who can carry anything": (found.price[np.isinf(market.capacity)] > 0).any(),
        "loads of other lists": _differs(found.load, unpriced, tolerance)
        or _differs(found.load_after, loads(market, found.price), tolerance),
        "fewer requests carried than without prices": carried(market, found.load_after)
        < carried(market, found.load) - tolerance,
    }
    return [fault for fault, holds in faults.items() if holds]


def overload(market: Market, load: Scores) -> float:
    """Expected requests that nobody can carry."""
    return float(np.maximum(load - market.capacity, 0).sum())


def _unlisted(market: Market) -> np.ndarray:
    return market.sum_by_candidate(np.ones(market.candidate.shape)) == 0


def _beyond(mass: Scores, bound: Scores, tolerance: float) -> bool:
    return bool((mass > bound * (1 + tolerance) + tolerance).any())


def _differs(one: Scores, other: Scores, tolerance: float) -> bool:
    return not np.allclose(one, other, rtol=tolerance, atol=tolerance)
