"""What one changed fact would open: for each mandate that is not cleared, the smallest change after which it is.

Every limit that a mandate states is tried as the fact of the firm, and the changed firm is cleared like any other: what
is said to open a fund has been held against all of its clauses.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matchmaker.columns import sparse_rows, take, widened
from matchmaker.funding.calendar import after_years
from matchmaker.funding.clauses import MONTHS, least_ticket
from matchmaker.funding.clearance import CLEARED, NO_WAIVERS, Waivers, verdicts
from matchmaker.funding.columns import Firms, Mandates
from matchmaker.profiles import UNKNOWN, Mask, Scores

# Facts that a firm may change, by the column they stand in. Its age, its people and its trade it can only state where
# they are unknown: nobody should dismiss people, or say that it does something else, to please a fund.
CHANGEABLE = ("rd_ratio", "trl", "valuation", "amount", "exit_months", "certifications", "place")
STATED = ("founded", "staff", "stage", "nodes", "trade_known")
# Where a fact is unknown, the least demanding value comes first: the greatest for what is capped.
CAPPED = frozenset({"valuation", "exit_months", "staff"})


@dataclass(frozen=True, slots=True)
class Change:
    """One fact and the value it would have: a number, or the code (row of the vocabulary) that is added or stated."""

    column: str
    value: float


@dataclass(frozen=True, slots=True, eq=False)
class Openings:
    """Changes that open something, (k) of them, against the m mandates."""

    changes: tuple[Change, ...]
    opens: Mask  # (k, m): not cleared as it is, cleared after the change
    smallest: Mask  # (k, m): of the changes of the same fact that open it, the one that asks for least
    verdict: NDArray[np.uint8]  # (m,), as it is


def openings(mandates: Mandates, firm: Firms, *, day: int, waivers: Waivers = NO_WAIVERS) -> Openings:
    """All changes of one fact of `firm` (a block of one row) that clear a mandate which is not cleared as it is.

    For numbers the smallest change is the one nearest to the fact, or where the fact is unknown the least demanding
    value; of codes (certifications, places, stages, nodes) each is as small as another.
    """
    verdict = verdicts(mandates, firm, day=day, waivers=waivers)[:, 0]
    tried = tuple(_tried(mandates, firm, day))
    changed = _changed(firm, tried)
    # A waiver is of the firm whatever it changes.
    of_all = Waivers(
        np.repeat(waivers.clause, len(tried)),
        np.repeat(waivers.mandate, len(tried)),
        np.tile(np.arange(len(tried), dtype=np.int32), len(waivers.firm)),
    )
    after = verdicts(mandates, changed, day=day, waivers=of_all)
    opens = ((after == CLEARED) & (verdict != CLEARED)[:, None]).T
    useful = np.flatnonzero(opens.any(axis=1))
    kept = tuple(tried[row] for row in useful)
    return Openings(kept, opens[useful], _smallest(kept, opens[useful], firm), verdict)


def _tried(mandates: Mandates, firm: Firms, day: int) -> Iterator[Change]:
    """The limits of all mandates, each once, as facts of this firm."""
    for column in (*CHANGEABLE, *STATED):
        if column in CHANGEABLE or _is_unknown(firm, column):
            for value in np.unique(_limits(column, mandates, firm, day)):
                if not np.isnan(value):
                    yield Change(column, float(value))


def _limits(column: str, mandates: Mandates, firm: Firms, day: int) -> NDArray[Any]:
    """Values of one fact at which some clause turns."""
    ticket = least_ticket(mandates)
    with np.errstate(divide="ignore", invalid="ignore"):
        whole = np.where(mandates.stake_high > 0, np.ceil(ticket / mandates.stake_high), np.nan)
    found: Mapping[str, Sequence[NDArray[Any]]] = {
        "rd_ratio": (mandates.rd_ratio_low,),
        "trl": (mandates.trl_low,),
        # The stake of a least ticket falls as the whole grows, by either of its parts.
        "valuation": (mandates.valuation_high, _above_zero(whole - firm.amount)),
        "amount": (_above_zero(mandates.ticket_low), _above_zero(whole - firm.valuation)),
        "exit_months": (np.floor(mandates.life_left * MONTHS),),
        "staff": (mandates.staff_high,),
        "founded": (_founded(mandates.age_high, day),),
        "certifications": (mandates.certifications.indices,),
        "place": (mandates.places.indices,),
        "nodes": (mandates.fields.indices, mandates.main_fields.indices),
        "stage": (np.flatnonzero([np.any(mandates.stages >> row & 1) for row in range(16)]),),
        "trade_known": (np.ones(1),),
    }
    return np.concatenate([np.asarray(part, np.float64) for part in found[column]])


def _above_zero(values: Scores) -> Scores:
    return np.where(values > 0, values, np.nan)


def _founded(age_high: Scores, day: int) -> Scores:
    """The earliest day on which a firm may have been founded to be young enough."""
    today = date.fromordinal(day)
    known = np.unique(age_high[~np.isnan(age_high)])
    return np.array([after_years(today, -int(years)).toordinal() for years in known], np.float64)


def _is_unknown(firm: Firms, column: str) -> bool:
    value = getattr(firm, column)
    if column == "nodes":
        return bool(value.nnz == 0)
    if column == "trade_known":
        return not value[0]
    return bool(value[0] == UNKNOWN) if np.issubdtype(value.dtype, np.integer) else bool(np.isnan(value[0]))


def _changed(firm: Firms, tried: Sequence[Change]) -> Firms:
    """The firm once for each change, with that one fact changed."""
    copies = take(firm, np.zeros(len(tried), np.intp))
    columns = {change.column for change in tried}
    new: dict[str, Any] = {}
    for column in columns:
        cells = [(row, change.value) for row, change in enumerate(tried) if change.column == column]
        value = getattr(copies, column)
        new[column] = _with_codes(value, cells) if isinstance(value, csr_array) else _with_numbers(value, cells)
    new |= _consequences(copies, tried)
    return replace(copies, **new)


def _consequences(copies: Firms, tried: Sequence[Change]) -> dict[str, Any]:
    """Who names a certification has some recorded, who names a node says its trade; mandates name local places."""
    holds = np.array([change.column == "certifications" for change in tried], bool)
    says = np.array([change.column in ("nodes", "trade_known") for change in tried], bool)
    moves = np.array([change.column == "place" for change in tried], bool)
    return {
        "is_local": copies.is_local | moves,
        "certifications_known": copies.certifications_known | holds,
        "trade_known": copies.trade_known | says,
    }


def _with_numbers(column: NDArray[Any], cells: Sequence[tuple[int, float]]) -> NDArray[Any]:
    changed = column.copy()
    rows, values = zip(*cells, strict=True)
    changed[list(rows)] = values
    return changed


def _with_codes(column: csr_array, cells: Sequence[tuple[int, float]]) -> csr_array:
    wide = max(column.shape[1], *(int(code) + 1 for _, code in cells))
    added = sparse_rows([(row, int(code), 1.0) for row, code in cells], rows=column.shape[0], columns=wide)
    return csr_array(widened(column, wide).maximum(added))


def _smallest(changes: Sequence[Change], opens: Mask, firm: Firms) -> Mask:
    """Among the changes of one fact that open a mandate, those whose distance is least."""
    far = np.array([_distance(change, firm) for change in changes], np.float64)
    found = np.zeros_like(opens)
    for column in {change.column for change in changes}:
        rows = np.array([row for row, change in enumerate(changes) if change.column == column])
        distance = np.where(opens[rows], far[rows][:, None], np.inf)
        found[rows] = opens[rows] & (distance == distance.min(axis=0))
    return found


def _distance(change: Change, firm: Firms) -> float:
    now = getattr(firm, change.column)
    if isinstance(now, csr_array) or change.column in ("place", "stage", "trade_known"):
        return 0.0
    if not _is_unknown(firm, change.column):
        return abs(change.value - float(now[0]))
    return -change.value if change.column in CAPPED else change.value
