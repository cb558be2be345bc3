"""Made-up questions to the composer, as hard as real ones: what is good is dear, rare capabilities are rare."""

import numpy as np

from matchmaker.consortium.instance import Capabilities, Instance, Rule, SeatRole, Spread
from matchmaker.profiles import Ints, Scores

#: Seat, share of the candidates that fits it first, least, most.
SEATS = (("lead", 0.05, 1, 1), ("sme", 0.55, 1, 4), ("lab", 0.22, 1, 3), ("pilot", 0.10, 1, 2), ("fund", 0.08, 0, 1))
MOST_MEMBERS = 8
COVER, SECOND = 400.0, 120.0


def question(
    *, seed: int, candidates: int = 2_000, pairs: int = 0, apart: int = 1_500, capabilities: int = 12
) -> Instance:
    """12 capabilities with levels, 5 seats by role, at most 8 members, a budget for about six average ones, conflicts,
    3 districts of 38 at least; 400 for each capability, 120 for a second holder, fit from 0 to 100."""
    rng = np.random.default_rng(seed)
    asked = _capabilities(rng, candidates, capabilities)
    reach = (asked.levels >= asked.required).sum(axis=1)
    fit = np.round(100 * rng.beta(2, 3, candidates), 1)
    money = np.ceil(rng.lognormal(0, 0.6, candidates) * (50 + 35 * reach + 0.5 * fit))
    ends, worth = _pairs(rng, fit + 60 * reach, pairs)
    forbidden = _distinct_pairs(rng, np.ones(candidates), apart)
    return Instance(
        value=fit,
        capabilities=asked,
        seats=_seats(rng, candidates),
        rules=(
            Rule("size", np.ones(candidates), high=MOST_MEMBERS),
            Rule("budget", money, high=6 * round(float(money.mean()))),
        ),
        spreads=(Spread("districts", rng.choice(38, candidates, p=_shares(38)).astype(np.int32), least=3),),
        pairs=ends,
        worth=worth,
        apart=forbidden,
        apart_keys=tuple(f"apart {pair}" for pair in range(len(forbidden))),
    )


def _capabilities(rng: np.random.Generator, n: int, count: int) -> Capabilities:
    """Each candidate has one to five of them; the commonest has seven times as many holders as the rarest."""
    shares = _shares(count, flat=2)
    levels = np.zeros((n, count), dtype=np.int8)
    for row, many in enumerate(1 + rng.binomial(4, 0.4, n)):
        levels[row, rng.choice(count, many, replace=False, p=shares)] = rng.integers(1, 6, many)
    must = np.zeros(count, dtype=bool)
    must[rng.choice(count, 2, replace=False)] = True
    return Capabilities(
        keys=tuple(f"capability {k}" for k in range(count)),
        levels=levels,
        required=rng.integers(2, 5, count).astype(np.int8),
        weight=np.full(count, COVER),
        must=must,
        second=np.full(count, SECOND),
        price=np.ones(count),
    )


def _seats(rng: np.random.Generator, n: int) -> tuple[SeatRole, ...]:
    """One in seven candidates fits a second seat."""
    shares = np.array([share for _, share, _, _ in SEATS])
    first = rng.choice(len(SEATS), n, p=shares)
    second = np.where(rng.random(n) < 1 / 7, rng.choice(len(SEATS), n, p=shares), first)
    return tuple(
        SeatRole(key, (first == seat) | (second == seat), least, most)
        for seat, (key, _, least, most) in enumerate(SEATS)
    )


def _pairs(rng: np.random.Generator, appeal: Scores, count: int) -> tuple[Ints, Scores]:
    """Pairs among those who come into question rather than among all, two thirds of them worth something."""
    ends = _distinct_pairs(rng, appeal**2, count, most_each=3)
    size = np.round(rng.gamma(3, 25, len(ends)), 1)
    return ends, np.where(rng.random(len(ends)) < 2 / 3, size, -size)


def _distinct_pairs(rng: np.random.Generator, weight: Scores, count: int, *, most_each: int = 50) -> Ints:
    found: set[tuple[int, int]] = set()
    uses = np.zeros(len(weight), dtype=int)
    while len(found) < count:
        one, other = (int(end) for end in rng.choice(len(weight), 2, replace=False, p=weight / weight.sum()))
        pair = (min(one, other), max(one, other))
        if pair not in found and max(uses[one], uses[other]) < most_each:
            found.add(pair)
            uses[[one, other]] += 1
    return np.array(sorted(found), dtype=np.int32).reshape(-1, 2)


def _shares(count: int, *, flat: float = 1.0) -> Scores:
    raw = 1 / (np.arange(count) + flat)
    return raw / raw.sum()
