"""The question of a capital stack as one can read it: every choice of who pays when, the amounts by a linear program.
And small questions."""

from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.optimize import linprog

from matchmaker.funding.stack.instance import CAPITALS, Funds, Instance, Limit, LimitKind
from matchmaker.funding.stack.solve import NEAR

TINY = 1e-7  # of the need: what one rounding may cost


@dataclass
class Best:
    """The least gap, the least dilution with it, then the fewest funds and the least that they lack of a full fit."""

    gap: float
    shares: float
    funds: int
    lack: float


def twin(instance: Instance) -> Best:
    cells = [tuple(cell) for cell in np.argwhere(instance.funds.allowed)]
    choices = [
        [cell for cell, pays in zip(cells, choice, strict=True) if pays]
        for choice in product((False, True), repeat=len(cells))
    ]
    choices = [choice for choice in choices if may_pay_together(instance, choice)]
    gaps = [least(instance, choice, "gap") for choice in choices]
    gap = min(one for one in gaps if one is not None)
    tiny = TINY * instance.need.sum()
    closing = [choice for choice, one in zip(choices, gaps, strict=True) if one is not None and one <= gap + 50 * tiny]
    diluted = [least(instance, choice, "shares", gap=gap + tiny) for choice in closing]
    shares = min(one for one in diluted if one is not None)
    near = [
        choice
        for choice, one in zip(closing, diluted, strict=True)
        if one is not None and one <= shares * (1 + NEAR) + tiny
    ]
    sets = {tuple(sorted({fund for fund, _ in choice})) for choice in near}
    best = min(sets, key=lambda funds: (len(funds), lack(instance, funds)))
    return Best(gap, shares, len(best), lack(instance, best))


def lack(instance: Instance, funds: tuple[int, ...]) -> float:
    return sum(1 - float(instance.funds.fit[fund]) for fund in funds)


def may_pay_together(instance: Instance, choice: list[tuple[int, int]]) -> bool:
    payers = {fund for fund, _ in choice}
    for limit in instance.limits:
        if limit.kind is LimitKind.FUNDS and len(payers) > limit.value:
            return False
        if limit.kind is LimitKind.LEAD:
            for phase in {phase for _, phase in choice}:
                if not any(instance.funds.may_lead[fund] for fund, its in choice if its == phase):
                    return False
    return all(len(payers & set(earlier)) <= len(earlier) // 2 for earlier in instance.excluded)


def least(instance: Instance, choice: list[tuple[int, int]], aim: str, *, gap: float | None = None) -> float | None:
    """The least gap (or shares sold) with a ticket in each of these cells; None where the amounts cannot be."""
    funds, size = instance.funds, len(choice)
    price = [float(instance.price[phase]) for _, phase in choice]
    rows: list[list[float]] = []
    highs: list[float] = []

    def at_most(weights: list[float], high: float, gap_weight: float = 0.0) -> None:
        rows.append([*weights, gap_weight])
        highs.append(high)

    for month in range(len(instance.need)):
        needed = float((instance.need - instance.support)[: month + 1].sum())
        at_most([-1.0 if instance.phases[phase] <= month else 0.0 for _, phase in choice], -needed, -1.0)
    for fund in {fund for fund, _ in choice}:
        at_most([1.0 if f == fund else 0.0 for f, _ in choice], float(funds.ticket_high[fund]))
    if not np.isnan(instance.valuation):
        for fund, phase in choice:
            most = float(funds.stake_high[fund])
            weights = [
                ((1.0 if f == fund else 0.0) - most) / price[cell] if p <= phase else 0.0
                for cell, (f, p) in enumerate(choice)
            ]
            at_most(weights, most * instance.valuation)
    for limit in instance.limits:
        for weights, high in limit_rows(instance, limit, choice, price):
            at_most(weights, high)
    if gap is not None:
        at_most([0.0] * size, gap, 1.0)
    cost = [0.0] * size + [1.0] if aim == "gap" else [1 / one for one in price] + [0.0]
    scale = float(instance.need.sum())
    bounds = [(max(float(funds.ticket_low[fund]) / scale, 0.001), None) for fund, _ in choice] + [(0.0, None)]
    found = linprog(cost, A_ub=np.array(rows), b_ub=np.array(highs) / scale, bounds=bounds, method="highs")
    return float(found.fun) * scale if found.status == 0 else None


def limit_rows(
    instance: Instance, limit: Limit, choice: list[tuple[int, int]], price: list[float]
) -> list[tuple[list[float], float]]:
    stays = [float(instance.funds.life[fund]) >= instance.exit_months for fund, _ in choice]
    of_type = [int(instance.funds.capital[fund]) == limit.capital for fund, _ in choice]
    match limit.kind:
        case LimitKind.STAKE if not np.isnan(instance.valuation) and limit.value < 1:
            return [([(1 - limit.value) / one for one in price], limit.value * instance.valuation)]
        case LimitKind.PATIENCE if not np.isnan(instance.exit_months):
            return [([limit.value - one for one in stays], 0.0)]
        case LimitKind.LEAST:
            return [([limit.value - one for one in of_type], 0.0)]
        case LimitKind.MOST:
            return [([one - limit.value for one in of_type], 0.0)]
    return []


def small_question(seed: int, *, cells: int = 5) -> Instance:
    """Two to four funds, one to three phases, and every limit there is now and then; about half cannot be closed."""
    rng = np.random.default_rng(seed)
    count, phases = int(rng.integers(2, 5)), int(rng.integers(1, 4))
    months = int(rng.integers(phases, 9))
    starts = np.sort(rng.choice(months, phases, replace=False)).astype(np.int32)
    starts[0] = 0
    need = np.round(rng.uniform(0, 3, months), 1) * 1e6
    need[-1] += 1e6
    support = np.where(rng.random(months) < 0.2, np.round(rng.uniform(0, 2, months), 1) * 1e6, 0.0)
    total = float(need.sum())
    low = np.round(rng.uniform(0.02, 0.4, count) * total, -4)
    allowed = rng.random((count, phases)) < 0.7
    for fund, phase in rng.permutation(np.argwhere(allowed))[cells:]:
        allowed[fund, phase] = False
    return Instance(
        need=need,
        support=support,
        phases=starts,
        price=np.cumprod([1.0, *rng.choice([1.0, 1.2, 1.5], phases - 1)]),
        valuation=float("nan") if rng.random() < 0.1 else float(total * rng.uniform(0.8, 4)),
        exit_months=float("nan") if rng.random() < 0.1 else float(rng.integers(24, 100)),
        funds=Funds(
            keys=tuple(f"fund {fund}" for fund in range(count)),
            ticket_low=np.where(rng.random(count) < 0.15, 0.0, low),
            ticket_high=np.round(low * rng.uniform(1, 5, count), -4),
            stake_high=np.where(rng.random(count) < 0.5, rng.uniform(0.08, 0.4, count), 1.0),
            may_lead=rng.random(count) < 0.6,
            capital=rng.integers(-1, len(CAPITALS), count).astype(np.int8),
            life=np.where(rng.random(count) < 0.1, np.nan, rng.integers(12, 150, count)),
            fit=np.round(rng.random(count), 2),
            allowed=allowed,
        ),
        limits=tuple(_some_limits(rng, count)),
    )


def _some_limits(rng: np.random.Generator, count: int) -> list[Limit]:
    limits = [
        Limit(LimitKind.STAKE, float(rng.uniform(0.1, 0.6))),
        Limit(LimitKind.FUNDS, float(rng.integers(1, count + 1))),
        Limit(LimitKind.PATIENCE, float(rng.uniform(0.1, 0.7))),
        Limit(LimitKind.LEAST, float(rng.uniform(0.05, 0.4)), int(rng.integers(0, 3))),
        Limit(LimitKind.MOST, float(rng.uniform(0.3, 0.9)), int(rng.integers(0, 3))),
        Limit(LimitKind.LEAD, 1.0),
    ]
    return [limit for limit in limits if rng.random() < 0.5]
