"""Clause lines: each clause that a mandate asks, with its text, its limit, and the fact that it was held against."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from sqlmodel import Session, col, select

from matchmaker.funding.clauses import OUTCOMES, WAIVABLE
from matchmaker.funding.clearance import VERDICTS, tally
from matchmaker.funding.columns import CLAUSES, FORCES
from matchmaker.funding.contribution import Contribution
from matchmaker.funding.facts import Facts, Pair, fact_of, limit_of
from matchmaker.funding.patience import patience
from matchmaker.services.clearing.reading import Reading
from models.enums import ClauseForce, ClauseKind, ClauseOutcome, ClearanceVerdict
from models.funds import ClauseDefault, Mandate, MandateClause

# What such a clause needs is the fund's to say: there is nothing to ask of the firm.
OF_THE_FUND = frozenset({ClauseKind.STATUS, ClauseKind.MONEY_LEFT})


@dataclass(frozen=True)
class ClauseLine:
    """One clause held against one firm. `limit` and `fact` are named figures (see `matchmaker.funding.facts`)."""

    kind: ClauseKind
    force: ClauseForce
    outcome: ClauseOutcome
    is_waived: bool
    is_askable: bool  # unknown, and the firm can say it
    text_zh: str  # the fund's own wording; empty: it has none
    text_en: str
    limit: Facts
    fact: Facts | None  # None: not known to the one who reads
    source: str

    @property
    def counts(self) -> bool:
        """Whether the clause has a say in the verdict."""
        return self.force is not ClauseForce.SOFT and not self.is_waived


@dataclass(frozen=True)
class PairPatience:
    """Years; None: not known."""

    gap: float | None
    gap_extended: float | None
    until_market: float | None


@dataclass(frozen=True)
class PairContribution:
    """CNY; None: not known. What the deal would add to the fund's local re-investment; soft, and in decline."""

    multiple: float
    payable: float | None
    counted: float | None
    owed: float | None
    source: str


@dataclass(frozen=True)
class ClauseCount:
    """For how many firms (or funds) a clause stands in the way; `alone`: and nothing else does."""

    kind: ClauseKind
    unknown: int
    waivable: int
    failed: int
    alone: int


@dataclass(frozen=True)
class Wording:
    text_zh: str = ""
    text_en: str = ""
    source: str = ""


Wordings = Mapping[tuple[UUID, ClauseKind], Wording]


def read_wordings(session: Session, mandate_ids: Iterable[UUID]) -> Wordings:
    """Each clause's own text and where its force comes from; what has none of its own has the usual source."""
    ids = list(mandate_ids)
    usual = dict(session.exec(select(ClauseDefault.kind, ClauseDefault.source)).all())
    found = {(one, kind): Wording(source=usual.get(kind, "")) for one in ids for kind in CLAUSES}
    for start in range(0, len(ids), 500):
        own = select(MandateClause).where(col(MandateClause.mandate_id).in_(ids[start : start + 500]))
        for clause in session.exec(own):
            place = clause.mandate_id, clause.kind
            found[place] = Wording(clause.text_zh, clause.text_en, clause.source or found[place].source)
    return found


def lines_of(reading: Reading, wordings: Wordings, mandate: Mandate, m: int, n: int) -> tuple[ClauseLine, ...]:
    """The clauses that mandate `m` asks of firm `n`, in the order of ClauseKind."""
    pair = Pair(reading.mandates, m, reading.firms, n, reading.vocabulary, reading.day)
    found = []
    for row, kind in enumerate(CLAUSES):
        outcome = OUTCOMES[reading.clearance.outcomes[row, m, n]]
        if outcome is None:
            continue
        limit = limit_of(kind, pair)
        wording = wordings.get((mandate.id, kind), Wording())
        found.append(
            ClauseLine(
                kind=kind,
                force=FORCES[reading.mandates.force[m, row]],
                outcome=outcome,
                is_waived=_is_waived(reading, row, m, n),
                is_askable=outcome is ClauseOutcome.UNKNOWN and _is_the_firms(kind, reading, m, n),
                text_zh=wording.text_zh,
                text_en=wording.text_en,
                limit={**limit, "status": mandate.status} if kind is ClauseKind.STATUS else limit,
                fact=fact_of(kind, pair),
                source=wording.source,
            )
        )
    return tuple(found)


def verdict_of(reading: Reading, m: int, n: int) -> ClearanceVerdict:
    return VERDICTS[reading.clearance.verdict[m, n]]


def patience_of(reading: Reading) -> dict[tuple[int, int], PairPatience]:
    """Of every pair of the columns."""
    found = patience(reading.mandates, reading.firms)
    parts = (found.gap, found.gap_extended, found.until_market)
    return {place: PairPatience(*(_known(part[place]) for part in parts)) for place in np.ndindex(found.gap.shape)}


def contribution_of(
    reading: Reading, found: Contribution, wordings: Wordings, m: int, n: int
) -> PairContribution | None:
    """Of `found`, the contributions of all pairs, that of one; None where the mandate has no multiple."""
    multiple = _known(reading.mandates.reinvestment[m])
    if not multiple:
        return None
    mandate_id = UUID(reading.mandates.ids[m].decode())
    source = wordings.get((mandate_id, ClauseKind.REINVESTMENT), Wording()).source
    return PairContribution(
        multiple=multiple,
        payable=_known(found.payable[m, n]),
        counted=_known(found.counted[m, n]),
        owed=_known(found.owed[m]),
        source=source,
    )


def counts_of(reading: Reading) -> tuple[ClauseCount, ...]:
    """Over all pairs, of the clauses that stand in somebody's way, the most often in the way first."""
    found = tally(reading.clearance)
    totals = [
        ClauseCount(
            kind, *(int(part[row].sum()) for part in (found.unknown, found.waivable, found.failed, found.alone))
        )
        for row, kind in enumerate(CLAUSES)
    ]
    in_the_way = [one for one in totals if one.unknown or one.waivable or one.failed]
    return tuple(sorted(in_the_way, key=lambda one: (-one.failed, -one.waivable, -one.unknown)))


def verdict_counts(reading: Reading) -> dict[ClearanceVerdict, int]:
    counts = np.bincount(reading.clearance.verdict.ravel(), minlength=len(VERDICTS))
    return dict(zip(VERDICTS, map(int, counts), strict=True))


def _is_waived(reading: Reading, row: int, m: int, n: int) -> bool:
    found = reading.clearance
    return bool(found.outcomes[row, m, n] == WAIVABLE and found.in_the_way[row, m, n] < WAIVABLE) and (
        FORCES[reading.mandates.force[m, row]] is not ClauseForce.SOFT
    )


def _is_the_firms(kind: ClauseKind, reading: Reading, m: int, n: int) -> bool:
    """Whether what is missing is the firm's to say."""
    if kind is ClauseKind.MAIN_FIELD_SHARE:
        return not reading.firms.nodes.indptr[n + 1] > reading.firms.nodes.indptr[n]
    return kind not in OF_THE_FUND


def _known(value: Any) -> float | None:
    return None if np.isnan(value) else float(value)
