"""Which funds may pay in which phase: the mandates' clauses held against the firm as it will be by then.

By the phase the firm is older, has reached the milestones before it and seeks money of a later stage; the fund's
investment period must still run, and its life must outlast the phase. That a life ends before the exit does not keep a
waivable fund out: somebody may take over, which is what a relay is for. A life clause that is hard does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from matchmaker.columns import take
from matchmaker.funding.calendar import days_to
from matchmaker.funding.clauses import FAILED, MET, MONTHS, NOT_ASKED, Outcomes
from matchmaker.funding.clearance import STOPPED, Clearance, Waivers, clear
from matchmaker.funding.columns import CLAUSES, Firms, Mandates
from matchmaker.profiles import UNKNOWN, Mask, Scores
from models.enums import ClauseKind

#: Why a fund is left out of a phase beside its clauses.
INVESTING_OVER, LIFE_OVER = "investing_over", "life_over"


@dataclass(frozen=True, slots=True)
class Phase:
    """A closing at `month`, for the way to readiness level `target`; the money has to last until month `until`."""

    month: int
    until: int
    trl: int | None  # reached when it begins
    target: int
    stages: tuple[int, ...]  # rows of STAGES, any of which the money may be called; none: not known
    price: float = 1.0  # of a share against the first phase


@dataclass(frozen=True, slots=True, eq=False)
class Access:
    """m mandates, P phases."""

    verdict: Outcomes  # m x P, row of VERDICTS; STOPPED also where a period is over
    fit: Scores  # m, share of its clauses, soft ones too, that the firm meets in the first phase that is open to it
    left_out: tuple[Mapping[str, int], ...]  # by phase: how many funds each clause or period stops


def access(mandates: Mandates, firm: Firms, phases: Sequence[Phase], *, day: int) -> Access:
    """`firm` has one row, as it is on `day`."""
    firms, starts = _as_in_phases(firm, phases, day)
    found = clear(mandates, firms, day=day, waivers=_life_waived(len(mandates), len(firms)))
    best = _best_rows(found, starts)
    verdict = np.take_along_axis(found.verdict, best, axis=1)
    months, until = (np.array([getattr(one, name) for one in phases]) for name in ("month", "until"))
    over = {
        INVESTING_OVER: (mandates.investing_left * MONTHS)[:, None] <= months[None, :],  # NaN: not known, not over
        LIFE_OVER: (mandates.life_left * MONTHS)[:, None] <= until[None, :],
    }
    left_out = tuple(_left_out(found, over, starts, len(firms), number) for number in range(len(phases)))
    verdict = np.where(over[INVESTING_OVER] | over[LIFE_OVER], STOPPED, verdict).astype(np.uint8)
    return Access(verdict, _fit(found, best, verdict), left_out)


def _as_in_phases(firm: Firms, phases: Sequence[Phase], day: int) -> tuple[Firms, np.ndarray]:
    """The firm once for each stage of each phase, and the first row of each phase."""
    stages = [one.stages or (UNKNOWN,) for one in phases]
    of_row = np.repeat(np.arange(len(phases)), [len(some) for some in stages])
    rows = take(firm, np.zeros(len(of_row), np.intp))
    later = days_to(np.array([one.month for one in phases], np.int64), day=day)[of_row]
    trl = np.array([np.nan if one.trl is None else one.trl for one in phases])[of_row]
    price = np.array([one.price for one in phases])[of_row]
    rows = replace(
        rows,
        stage=np.array([stage for some in stages for stage in some], dtype=np.int8),
        trl=np.fmax(rows.trl, trl),
        valuation=rows.valuation * price,
        founded=np.where(rows.founded == UNKNOWN, UNKNOWN, rows.founded - later).astype(np.int32),
    )
    return rows, np.unique(of_row, return_index=True)[1]


def _life_waived(mandates: int, firms: int) -> Waivers:
    mandate, firm = np.indices((mandates, firms)).reshape(2, -1).astype(np.int32)
    return Waivers(np.full(mandates * firms, CLAUSES.index(ClauseKind.LIFE), np.int32), mandate, firm)


def _left_out(found: Clearance, over: Mapping[str, Mask], starts: np.ndarray, rows: int, phase: int) -> dict[str, int]:
    """A clause stops a fund where it does so under every stage; one fund may count under several."""
    end = starts[phase + 1] if phase + 1 < len(starts) else rows
    failing = (found.in_the_way[:, :, starts[phase] : end] == FAILED).all(axis=2)
    counts = {str(kind): int(failing[row].sum()) for row, kind in enumerate(CLAUSES)}
    counts |= {name: int(where[:, phase].sum()) for name, where in over.items()}
    return {name: count for name, count in counts.items() if count}


def _best_rows(found: Clearance, starts: np.ndarray) -> np.ndarray:
    """m x P, the row of the stage under which least stands in the way."""
    ends = [*starts[1:], found.verdict.shape[1]]
    best = [start + found.verdict[:, start:end].argmin(axis=1) for start, end in zip(starts, ends, strict=True)]
    return np.stack(best, axis=1)


def _fit(found: Clearance, best: np.ndarray, verdict: Outcomes) -> Scores:
    mandates = np.arange(len(verdict))
    first = best[mandates, np.argmax(verdict < STOPPED, axis=1)]
    outcomes = found.outcomes[:, mandates, first]
    asked = (outcomes != NOT_ASKED).sum(axis=0)
    return np.where(asked > 0, (outcomes == MET).sum(axis=0) / np.maximum(asked, 1), 1.0)
