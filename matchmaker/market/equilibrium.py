"""The equilibrium of matching with transferable utility (Choo and Siow 2006), on the lists of candidates only.

With the utility log(asks * accepts) + surplus and K = exp(utility / (2 beta)) the expected matches of asker i and
candidate j are K_ij A_i B_j, where A and B solve A_i^2 + A_i sum_j K_ij B_j = weight_i and
B_j^2 + B_j sum_i K_ij A_i = capacity_j; A^2 and B^2 stay unmatched. They are found by turns (iterative proportional
fitting, IPFP).
"""

from dataclasses import dataclass

import numpy as np

from matchmaker.market.graph import Market
from matchmaker.profiles import Scores

# The least chance that counts, so that its logarithm is a number.
LEAST = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Taste:
    """How much matches differ to those who make them: `beta` small: little but the utility counts; `surplus`: what a
    match of two who surely want each other is worth more than staying alone.

    Chosen on simulated markets (docs/decisions/0008-prices.md).
    """

    beta: float = 0.05
    surplus: float = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Equilibrium:
    asker: Scores  # A, n
    candidate: Scores  # B, m
    taste: Taste
    moved: float  # by what share the last turn still moved an A
    turns: int


def equilibrium(market: Market, taste: Taste | None = None, *, tolerance: float = 1e-4, most: int = 50) -> Equilibrium:
    """Turns until no A moves by more than `tolerance` of itself, or `most` of them."""
    taste = taste or Taste()
    capacity = _finite(market)
    asker, candidate = np.sqrt(market.weight), np.sqrt(capacity)
    moved, turn = np.inf, 0
    while turn < most and moved > tolerance:
        turn += 1
        drawn = [root(part.weight, _kernel(part, taste, candidate).sum(axis=1) / 2) for part in market.blocks()]
        before, asker = asker, np.concatenate([np.empty(0), *drawn])
        shift = np.abs(asker - before)
        # As a share, because where many would match, A is as small as 1e-9.
        moved = float(np.max(np.divide(shift, before, out=shift, where=before > 0), initial=0.0))
        candidate = root(capacity, _drawn_by_askers(market, taste, asker) / 2)
    return Equilibrium(asker, candidate, taste, moved, turn)


def root(mass: Scores, half: Scores) -> Scores:
    """The positive x with x^2 + 2 half x = mass.

    In this form nothing cancels; sqrt(mass + half^2) - half is 0 in floating point where half is large.
    """
    return np.divide(mass, np.sqrt(mass + half * half) + half, out=np.zeros_like(half), where=mass > 0)


def shadow_prices(market: Market, found: Equilibrium, *, highest: float) -> Scores:
    """-2 beta log(B / sqrt(capacity)): what an asker would have to give up; 0 of whom nobody has on a list."""
    share = np.divide(
        found.candidate, np.sqrt(_finite(market)), out=np.ones_like(found.candidate), where=market.capacity > 0
    )
    scale = 2 * found.taste.beta
    prices = -scale * np.log(np.maximum(share, np.exp(-highest / scale)))
    return np.where(np.isinf(market.capacity), 0.0, np.clip(prices, 0.0, highest))


def matched(market: Market, found: Equilibrium) -> Scores:
    """n x k, the expected matches of each pair; 0 behind the end of a list."""
    return _kernel(market, found.taste, found.candidate) * found.asker[:, None]


def _kernel(market: Market, taste: Taste, candidate: Scores) -> Scores:
    """n x k, K_ij B_j; in double precision, because small chances to a high power leave single precision."""
    chance = np.maximum(market.asks.astype(np.float64) * market.accepts, LEAST)
    return np.exp((np.log(chance) + taste.surplus) / (2 * taste.beta)) * market.of_candidates(candidate)


def _drawn_by_askers(market: Market, taste: Taste, asker: Scores) -> Scores:
    total, start = np.zeros(len(market.capacity)), 0
    everybody = np.ones(len(total))
    for part in market.blocks():
        rows = slice(start, start + len(part.candidate))
        total += part.sum_by_candidate(_kernel(part, taste, everybody) * asker[rows, None])
        start = rows.stop
    return total


def _finite(market: Market) -> Scores:
    """Capacities with a number in place of "without end": more than all askers together could ever take."""
    return np.where(np.isinf(market.capacity), market.weight.sum() + 1, market.capacity)
