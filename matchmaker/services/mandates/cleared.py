"""The open rounds that a mandate is held against, filtered by verdict or by the clause in the way, page by page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import numpy as np
from sqlmodel import Session, col, select

from matchmaker.funding.clauses import MET, OUTCOMES
from matchmaker.funding.clearance import VERDICTS
from matchmaker.funding.columns import CLAUSES
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.clearing.lines import ClauseCount, counts_of, verdict_counts
from matchmaker.services.clearing.reading import Reading, as_fund_sees
from matchmaker.services.paging import PAGE_SIZE, Page
from models.enums import ClauseKind, ClauseOutcome, ClearanceVerdict
from models.funds import Mandate
from models.organisations import Organisation
from models.rounds import Round


@dataclass(frozen=True, kw_only=True)
class Filters:
    """`outcome` narrows `clause`: where it is not met, could be waived, or is not known."""

    verdict: ClearanceVerdict | None = None
    clause: ClauseKind | None = None
    outcome: ClauseOutcome | None = None


@dataclass(frozen=True)
class ClearedRound:
    """One open round, with what stands in its way."""

    organisation: Organisation
    round: Round
    verdict: ClearanceVerdict
    in_the_way: Sequence[tuple[ClauseKind, ClauseOutcome]]


@dataclass(frozen=True)
class Cleared:
    page: Page[ClearedRound]
    counts: Mapping[ClearanceVerdict, int]
    clauses: Sequence[ClauseCount]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def list_cleared(
    session: Session, actor: Actor, mandate: Mandate, filters: Filters, *, page: int = 1, today: date
) -> Cleared:
    """As the fund may see them; what is least in the way first, then the latest rounds. The counts are of all."""
    require(actor, Permission.CAPITAL_VIEW, mandate.organisation_id)
    reading = as_fund_sees(session, mandate, today=today, actor=actor)
    kept = _kept(reading, filters)
    number = min(max(1, page), max(1, -(-len(kept) // PAGE_SIZE)))
    shown = kept[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    rows = Page(_rows(session, reading, shown), number, PAGE_SIZE, len(kept))
    return Cleared(rows, verdict_counts(reading), counts_of(reading))


def _kept(reading: Reading, filters: Filters) -> list[int]:
    """Rows of the columns that pass the filters, in the order in which they are shown."""
    verdicts, stands = reading.clearance.verdict[0], reading.clearance.in_the_way[:, 0] > MET
    passes = np.ones(len(verdicts), bool)
    if filters.verdict is not None:
        passes &= verdicts == VERDICTS.index(filters.verdict)
    if filters.clause is not None:
        codes = reading.clearance.in_the_way[CLAUSES.index(filters.clause), 0]
        passes &= codes > MET if filters.outcome is None else codes == OUTCOMES.index(filters.outcome)
    found = np.flatnonzero(passes)
    # Ids grow with time, so from the last row on the rounds become older.
    order = np.lexsort((-found, stands[:, found].sum(axis=0), verdicts[found]))
    return [int(row) for row in found[order]]


def _rows(session: Session, reading: Reading, shown: Sequence[int]) -> list[ClearedRound]:
    keys = {row: UUID(reading.firms.round_ids[row].decode()) for row in shown}
    wanted = select(Round, Organisation).join(Organisation, col(Round.organisation_id) == col(Organisation.id))
    records = {one.id: (firm, one) for one, firm in session.exec(wanted.where(col(Round.id).in_(keys.values())))}
    return [
        ClearedRound(*records[key], VERDICTS[reading.clearance.verdict[0, row]], _in_the_way(reading, row))
        for row, key in keys.items()
    ]


def _in_the_way(reading: Reading, row: int) -> tuple[tuple[ClauseKind, ClauseOutcome], ...]:
    """The worst first."""
    codes = reading.clearance.in_the_way[:, 0, row]
    found = [(kind, codes[at]) for at, kind in enumerate(CLAUSES) if codes[at] > MET]
    ordered = sorted(found, key=lambda one: -int(one[1]))
    return tuple((kind, outcome) for kind, code in ordered if (outcome := OUTCOMES[code]) is not None)
