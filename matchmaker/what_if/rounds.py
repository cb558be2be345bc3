"""Whether some fund may pay an open round, and whether those that may pay cover it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.columns import take
from matchmaker.funding.clauses import Outcomes
from matchmaker.funding.clearance import CLEARED, TO_ASK, verdicts
from matchmaker.profiles import UNKNOWN, Scores, Smalls
from matchmaker.what_if.world import Money

Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class RoundsOutcome:
    """Of n open rounds. `verdict` is of m mandates against them; each round is looked at by itself, as if it alone
    asked."""

    verdict: Outcomes  # m x n, row of clearance.VERDICTS
    cleared: Smalls  # 1: some mandate clears it
    perhaps: Smalls  # 1: some mandate clears it, or would if what is unknown turned out well
    covered: Smalls  # 1: what those that clear it may pay reaches the amount; UNKNOWN: the amount is not known
    perhaps_covered: Smalls
    money: Scores  # CNY that those that clear it may pay


def judge(money: Money, *, day: int) -> RoundsOutcome:
    return _told(money, verdicts(money.mandates, money.firms, day=day))


def again(before: RoundsOutcome, money: Money, mandates: Rows, firms: Rows, *, day: int) -> RoundsOutcome:
    """`before` with the verdicts of these `mandates` and `firms` worked out anew; new ones stand behind."""
    old = before.verdict
    verdict = np.zeros((len(money.mandates), len(money.firms)), np.uint8)
    verdict[: old.shape[0], : old.shape[1]] = old
    if len(mandates):
        verdict[mandates] = verdicts(take(money.mandates, mandates), money.firms, day=day)
    if len(firms):
        verdict[:, firms] = verdicts(money.mandates, take(money.firms, firms), day=day)
    return _told(money, verdict)


def _told(money: Money, verdict: Outcomes) -> RoundsOutcome:
    clears, may = verdict == CLEARED, (verdict == CLEARED) | (verdict == TO_ASK)
    tickets = _tickets(money)
    sure = np.where(clears, np.nan_to_num(tickets), 0.0).sum(axis=0)
    # Who says nothing of how much it pays may pay all of it.
    possible = np.where(may, np.nan_to_num(tickets, nan=np.inf), 0.0).sum(axis=0)
    return RoundsOutcome(
        verdict=verdict,
        cleared=clears.any(axis=0).astype(np.int8),
        perhaps=may.any(axis=0).astype(np.int8),
        covered=_covers(sure, money.firms.amount),
        perhaps_covered=_covers(possible, money.firms.amount),
        money=sure,
    )


def _tickets(money: Money) -> Scores:
    """m x n: CNY that a mandate may pay at most into a round: the least of its largest ticket, what it has left, and
    the stake that it may hold; NaN where it says none of the three."""
    mandates, firms = money.mandates, money.firms
    by_stake = mandates.stake_high[:, None] * (firms.valuation + firms.amount)[None, :]
    own = np.fmin(mandates.ticket_high, mandates.remaining)[:, None]
    return np.asarray(np.fmin(own, by_stake))


def _covers(paid: Scores, amount: Scores) -> Smalls:
    return np.where(np.isnan(amount), UNKNOWN, paid >= amount).astype(np.int8)
