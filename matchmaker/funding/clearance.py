"""Clearance: all clauses of mandates held against firms, with the force of each, and what they come to together."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from matchmaker.columns import take
from matchmaker.funding.clauses import CLAUSE_OF, FAILED, MET, NOT_ASKED, UNKNOWN, WAIVABLE, Outcomes
from matchmaker.funding.columns import CLAUSES, FORCES, Firms, Mandates
from matchmaker.profiles import Ints
from models.enums import ClauseForce, ClearanceVerdict

# In the order of the codes: what the worst clause that counts makes of the whole.
VERDICTS = (ClearanceVerdict.CLEARED, ClearanceVerdict.TO_ASK, ClearanceVerdict.TO_WAIVE, ClearanceVerdict.STOPPED)
CLEARED, TO_ASK, TO_WAIVE, STOPPED = np.arange(4, dtype=np.uint8)
SOFT, MAY_WAIVE = FORCES.index(ClauseForce.SOFT), FORCES.index(ClauseForce.WAIVABLE)
BLOCK = 1_000_000  # pairs cleared at once: some 17 MB of outcomes


def _none() -> Ints:
    return np.empty(0, np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class Waivers:
    """What funds have waived: clause (row of CLAUSES), mandate and firm (rows of the columns), side by side."""

    clause: Ints = field(default_factory=_none)
    mandate: Ints = field(default_factory=_none)
    firm: Ints = field(default_factory=_none)

    def of_mandates(self, rows: slice) -> "Waivers":
        """Those of the mandates in `rows`, numbered from its start."""
        kept = (self.mandate >= rows.start) & (self.mandate < rows.stop)
        return Waivers(self.clause[kept], self.mandate[kept] - rows.start, self.firm[kept])


@dataclass(frozen=True, slots=True, eq=False)
class Clearance:
    """Of m mandates against n firms; clauses in the order of CLAUSES."""

    outcomes: Outcomes  # (C, m, n), codes of clauses.OUTCOMES, with the force of each clause in them
    in_the_way: Outcomes  # (C, m, n), the same, but NOT_ASKED where the clause is soft and MET where it is waived
    verdict: Outcomes  # (m, n), row of VERDICTS


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """For how many firms each clause of each mandate stands in the way, (C, m) each; soft clauses never do."""

    unknown: NDArray[np.int64]
    waivable: NDArray[np.int64]
    failed: NDArray[np.int64]
    alone: NDArray[np.int64]  # of all three: firms to whom nothing else stands in the way


NO_WAIVERS = Waivers()


def clear(mandates: Mandates, firms: Firms, *, day: int, waivers: Waivers = NO_WAIVERS) -> Clearance:
    """Every clause of every mandate against every firm on `day` (proleptic ordinal).

    A clause that is not met is FAILED where it is held hard or soft, WAIVABLE where it may be waived. The verdict is
    the worst of the clauses that are neither soft nor waived: FAILED stops, WAIVABLE is to waive, UNKNOWN is to ask.
    A waiver reaches what is waivable only: not a clause that has since become hard, nor a fact that is unknown again.
    """
    outcomes = np.empty((len(CLAUSES), len(mandates), len(firms)), np.uint8)
    in_the_way = np.empty_like(outcomes)
    for row, kind in enumerate(CLAUSES):
        outcome = CLAUSE_OF[kind](mandates, firms, day)
        force = mandates.force[:, row]
        # WAIVABLE lies one below FAILED, so one step turns either into the other without a copy.
        outcome -= ((outcome == FAILED) & (force == MAY_WAIVE)[:, None]).view(np.uint8)
        outcome += ((outcome == WAIVABLE) & (force == SOFT)[:, None]).view(np.uint8)
        outcomes[row] = outcome
        in_the_way[row] = outcome
        in_the_way[row, force == SOFT] = NOT_ASKED
    waived = (waivers.clause, waivers.mandate, waivers.firm)
    in_the_way[waived] = np.where(in_the_way[waived] == WAIVABLE, MET, in_the_way[waived])
    worst = in_the_way.max(axis=0)
    return Clearance(outcomes, in_the_way, np.maximum(worst, MET) - MET)


def clear_blocks(
    mandates: Mandates, firms: Firms, *, day: int, waivers: Waivers = NO_WAIVERS, block: int = BLOCK
) -> Iterator[tuple[slice, Clearance]]:
    """`clear` for as many mandates at a time as make `block` pairs, with their rows: memory does not grow with m."""
    step = max(1, block // max(len(firms), 1))
    for start in range(0, len(mandates), step):
        rows = slice(start, min(start + step, len(mandates)))
        part = take(mandates, np.arange(rows.start, rows.stop))
        yield rows, clear(part, firms, day=day, waivers=waivers.of_mandates(rows))


def verdicts(mandates: Mandates, firms: Firms, *, day: int, waivers: Waivers = NO_WAIVERS) -> Outcomes:
    """What the clauses come to for every pair, (m, n), row of VERDICTS; memory as in `clear_blocks`."""
    found = np.empty((len(mandates), len(firms)), np.uint8)
    for rows, part in clear_blocks(mandates, firms, day=day, waivers=waivers):
        found[rows] = part.verdict
    return found


def tally(clearance: Clearance) -> Tally:
    """Counts by clause; a firm counts under every clause that stands in its way, so they may exceed the firms."""
    stands = clearance.in_the_way > MET
    alone = stands & (stands.sum(axis=0, dtype=np.uint8) == 1)
    return Tally(
        unknown=(clearance.in_the_way == UNKNOWN).sum(axis=2),
        waivable=(clearance.in_the_way == WAIVABLE).sum(axis=2),
        failed=(clearance.in_the_way == FAILED).sum(axis=2),
        alone=alone.sum(axis=2),
    )
