"""The one judge of a plan: what it comes to month by month, and which terms or limits it breaks."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from matchmaker.funding.stack.instance import Instance, Limit, LimitKind
from matchmaker.profiles import Mask, Scores

#: What rounding may cost: a millionth of all the money needed.
TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """Month by month: what comes in from funds, what is left at its end, what is missing."""

    paid: Scores  # T
    cash: Scores  # T
    gap: Scores  # T


@dataclass(frozen=True, slots=True)
class Worth:
    """What plans are compared by, in this order; less is better."""

    gap: float
    shares: float  # sold, at the first phase's price: dilution grows with it and with nothing else
    funds: int
    lack: float  # of a full fit, summed over the funds


def flow(instance: Instance, tickets: Scores) -> Flow:
    """What `tickets` (F x P) come to. A month that cannot be paid is a gap just then, never before it must be."""
    paid = np.zeros(len(instance.need))
    np.add.at(paid, instance.phases, tickets.sum(axis=0))
    missing = np.cumsum(instance.need - instance.support - paid)
    filled = np.maximum.accumulate(np.maximum(missing, 0.0))
    tiny = TOLERANCE * instance.need.sum()
    gap = np.diff(filled, prepend=0.0)
    return Flow(paid, np.maximum(filled - missing, 0.0), np.where(gap > tiny, gap, 0.0))


def worth(instance: Instance, tickets: Scores) -> Worth:
    money = tickets.sum(axis=1)
    return Worth(
        gap=float(flow(instance, tickets).gap.sum()),
        shares=float((tickets / instance.price).sum()),
        funds=int((money > 0).sum()),
        lack=float((1 - instance.funds.fit)[money > 0].sum()),
    )


def stakes(instance: Instance, tickets: Scores) -> Scores:
    """F x P: what each fund holds after each phase, diluted by those that came in with it; NaN without a valuation."""
    shares = np.cumsum(tickets / instance.price, axis=1)
    return shares / (instance.valuation + shares.sum(axis=0))


def dilution(instance: Instance, tickets: Scores) -> float:
    """What all funds together hold in the end; NaN without a valuation."""
    return float(stakes(instance, tickets)[:, -1].sum())


def share_of(tickets: Scores, which: Mask) -> float:
    """Of the money of a plan, how much comes from some of the funds; NaN where no fund pays."""
    total = tickets.sum()
    return float(tickets[which].sum() / total) if total > 0 else float("nan")


def standing(instance: Instance, tickets: Scores, limit: Limit) -> float:
    """Where a plan stands against a limit, in the limit's own measure; NaN where it cannot be told."""
    match limit.kind:
        case LimitKind.STAKE:
            return dilution(instance, tickets)
        case LimitKind.FUNDS:
            return float(worth(instance, tickets).funds)
        case LimitKind.PATIENCE:
            known = not np.isnan(instance.exit_months)
            return share_of(tickets, instance.stays) if known else float("nan")
        case LimitKind.LEAST | LimitKind.MOST:
            return share_of(tickets, instance.funds.capital == limit.capital)
        case LimitKind.LEAD:
            paying = tickets > 0
            led = (paying & instance.funds.may_lead[:, None]).any(axis=0)
            return float((led | ~paying.any(axis=0)).all())


def is_within(instance: Instance, tickets: Scores, limit: Limit) -> bool:
    """Nothing is held against a limit that cannot be told."""
    stands = standing(instance, tickets, limit)
    if np.isnan(stands):
        return True
    if limit.kind in (LimitKind.STAKE, LimitKind.FUNDS, LimitKind.MOST):
        return stands <= limit.value + TOLERANCE
    return stands >= limit.value - TOLERANCE


def breaches(instance: Instance, tickets: Scores) -> tuple[str, ...]:
    """What a plan breaks: "terms:<what>:<fund>" or the key of a limit; nothing where it is a plan."""
    return (*_broken_terms(instance, tickets), *_broken_limits(instance, tickets))


def _broken_limits(instance: Instance, tickets: Scores) -> Iterator[str]:
    for limit in instance.limits:
        if not is_within(instance, tickets, limit):
            yield limit.key
    payers = set(np.flatnonzero(tickets.sum(axis=1) > 0).tolist())
    for earlier in instance.excluded:
        if len(payers & set(earlier)) > most_kept(earlier):
            yield "excluded"


def most_kept(earlier: tuple[int, ...]) -> int:
    """How many funds of an earlier set another one may have: of each two, one."""
    return len(earlier) // 2


def _broken_terms(instance: Instance, tickets: Scores) -> Iterator[str]:
    funds, tiny = instance.funds, TOLERANCE * instance.need.sum()
    paying = tickets > 0
    held = stakes(instance, tickets)
    broken = {
        "negative": (tickets < 0).any(axis=1),
        "phase": (paying & ~funds.allowed).any(axis=1),
        "ticket_low": (paying & (tickets < instance.ticket_floor[:, None] - tiny)).any(axis=1),
        "ticket_high": tickets.sum(axis=1) > funds.ticket_high + tiny,
        "stake_high": (paying & (held > funds.stake_high[:, None] + TOLERANCE)).any(axis=1),  # NaN: cannot be told
    }
    for what, rows in broken.items():
        yield from (f"terms:{what}:{funds.keys[row]}" for row in np.flatnonzero(rows))
