"""Patience: how long a firm's way takes against how long a fund can wait. It is shown in years and bars nobody."""

from dataclasses import dataclass

import numpy as np

from matchmaker.funding.clauses import MONTHS
from matchmaker.funding.columns import Firms, Mandates
from matchmaker.profiles import Scores


@dataclass(frozen=True, slots=True, eq=False)
class Patience:
    """Years, (m, n) each; NaN where a side of it is not known."""

    gap: Scores  # that the way to the exit is longer than the fund's life
    gap_extended: Scores  # the same, if the fund takes every extension that it has
    until_market: Scores  # that the way to the market alone is longer than the fund's life


def patience(mandates: Mandates, firms: Firms) -> Patience:
    """Patience of m funds with n firms.

    Formula: gap = max(0, exit_months / 12 - life_left), extended by adding the extension to the life; until_market the
    same with market_months. A fund that states no extension has none.
    """
    extended = mandates.life_left + np.nan_to_num(mandates.extension)
    return Patience(
        gap=_beyond(firms.exit_months, mandates.life_left),
        gap_extended=_beyond(firms.exit_months, extended),
        until_market=_beyond(firms.market_months, mandates.life_left),
    )


def _beyond(months: Scores, left: Scores) -> Scores:
    return np.maximum(0.0, months[None, :] / MONTHS - left[:, None])
