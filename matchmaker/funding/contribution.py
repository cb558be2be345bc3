"""Local re-investment (返投): what a deal would add to it. A soft term; the multiples are in decline.

Source of the decline: State Council guidance 国办发〔2025〕1号, by which government funds lower or drop them.
"""

from dataclasses import dataclass

import numpy as np

from matchmaker.funding.columns import Firms, Mandates
from matchmaker.profiles import UNKNOWN, Scores


@dataclass(frozen=True, slots=True, eq=False)
class Contribution:
    """CNY."""

    payable: Scores  # (m, n): the most the fund could pay into the round
    counted: Scores  # (m, n): of that, what counts as local; NaN where the firm's place is not known
    owed: Scores  # (m,): multiple x what it has paid so far; NaN where either is not known


def contribution(mandates: Mandates, firms: Firms) -> Contribution:
    """What each of m x n deals would add to the fund's local re-investment.

    Formula: payable = min(ticket_high, amount, remaining), over those that are stated; counted = payable where the firm
    is local, else 0; owed = multiple x paid.
    """
    ceiling = np.fmin(mandates.ticket_high, mandates.remaining)
    payable = np.where(np.isnan(firms.amount), np.nan, np.fmin(ceiling[:, None], firms.amount[None, :]))
    counted = np.where(firms.is_local, payable, 0.0)
    counted[:, firms.place == UNKNOWN] = np.nan
    return Contribution(payable, counted, mandates.reinvestment * mandates.paid)
