"""What clearance sees: columns of mandates and of firms that seek money, as one reader may know them.

Row i of a column is mandate (or firm) i. Codes (places, chain nodes, certification schemes, words of exclusion) are row
numbers of vocabularies that both sides share. Unknown is NaN in measured columns, -1 in whole-number ones. Money is
CNY, time is months or years as said.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matchmaker.profiles import Ints, Mask, Scores, Smalls
from models.enums import ClauseForce, ClauseKind, FinancingStage, RiskTolerance

CLAUSES = tuple(ClauseKind)
FORCES = tuple(ClauseForce)
STAGES = tuple(FinancingStage)
TOLERANCES = tuple(RiskTolerance)


@dataclass(frozen=True, slots=True, eq=False)
class Mandates:
    """Columns of m mandates. NaN in a limit: the mandate says nothing of it."""

    ids: NDArray[np.bytes_]
    fund_ids: NDArray[np.bytes_]
    is_investing: Mask
    fields: csr_array  # m x chain nodes, 1 where it invests, children of a named node included; empty row: anywhere
    main_fields: csr_array  # m x chain nodes, those of `fields` that are main
    exclusions: csr_array  # m x words
    places: csr_array  # m x places; empty row: anywhere
    stages: NDArray[np.uint16]  # bit k: STAGES[k]; 0: any
    certifications: csr_array  # m x schemes of which a firm holds one; empty row: none asked
    age_high: Scores  # years
    staff_high: Scores
    valuation_high: Scores
    rd_ratio_low: Scores
    trl_low: Scores
    ticket_low: Scores
    ticket_high: Scores
    stake_high: Scores
    remaining: Scores
    investing_left: Scores  # years of the investment period that are left, from the day of the question
    life_left: Scores  # years until it has to be out, without an extension
    extension: Scores  # years
    main_share: Scores  # least share of the money in main fields
    paid: Scores  # all it has paid so far, as far as is recorded; NaN: nothing is recorded
    paid_main: Scores  # of that, in main fields
    reinvestment: Scores  # multiple
    tolerance: Smalls  # row of TOLERANCES
    decision_weeks: Scores
    force: NDArray[np.uint8]  # m x CLAUSES, row of FORCES

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True, eq=False)
class Firms:
    """Columns of n firms that seek money, each by one round."""

    ids: NDArray[np.bytes_]  # of the organisation
    round_ids: NDArray[np.bytes_]
    nodes: csr_array  # n x chain nodes; empty row: unknown
    falls_under: csr_array  # n x words of exclusion
    trade_known: Mask  # whether enough is known to say that it falls under no word
    place: Ints
    is_local: Mask  # registered in the region of the platform; False also where the place is unknown
    stage: Smalls  # row of STAGES
    founded: Ints  # proleptic ordinal
    staff: Scores
    rd_ratio: Scores
    certifications: csr_array  # n x schemes that are valid
    certifications_known: Mask
    trl: Scores
    amount: Scores
    valuation: Scores  # before the money of the round
    market_months: Scores
    exit_months: Scores

    def __len__(self) -> int:
        return len(self.ids)
