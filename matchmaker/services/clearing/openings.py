"""What one changed fact would open for a firm: by mandate the smallest changes, and by fact the funds it opens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
from sqlmodel import Session

from matchmaker.funding.clauses import MET
from matchmaker.funding.clearance import CLEARED
from matchmaker.funding.columns import CLAUSES, STAGES, Firms
from matchmaker.funding.openings import Change, openings
from matchmaker.profiles import UNKNOWN
from matchmaker.services.actors import Actor
from matchmaker.services.clearing.reading import Reading, as_firm_sees, get_round
from models.enums import ClauseKind

# The names under which a person knows the columns; the rest are called the same.
FACTS: Mapping[str, str] = {
    "founded": "founded_on",
    "place": "district_code",
    "trade_known": "industry_code",
}
VOCABULARIES: Mapping[str, str] = {"certifications": "schemes", "place": "places", "nodes": "nodes"}


@dataclass(frozen=True)
class FactChange:
    """One fact, what it is and what it would have to be: a number, a day, a code. `before` None: not stated yet.

    Of `certifications` and `nodes`, `after` is the one code that would be added; of `industry_code` it is None: any.
    """

    fact: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Opening:
    """One changed fact and all the mandates that it opens; `after` has several values where either does as much."""

    fact: str
    before: Any
    after: tuple[Any, ...]
    mandate_ids: tuple[UUID, ...]


@dataclass(frozen=True)
class RoundOpenings:
    """`by_mandate`: of each mandate that is not cleared, the smallest change of each fact that would clear it; none
    where no single fact would. `by_fact`: what opens most comes first. `in_the_way`: the clauses of each mandate."""

    by_mandate: Mapping[UUID, tuple[FactChange, ...]]
    by_fact: tuple[Opening, ...]
    in_the_way: Mapping[UUID, tuple[ClauseKind, ...]]

    def opens_by(self, fact: str) -> tuple[Opening, ...]:
        return tuple(one for one in self.by_fact if one.fact == fact)


def what_would_open(session: Session, actor: Actor, round_id: UUID, *, today: date) -> RoundOpenings:
    """For one's own round, with all of one's own facts."""
    one = get_round(session, actor, round_id)
    reading = as_firm_sees(session, one, today=today)
    ids = [UUID(key.decode()) for key in reading.mandates.ids]
    if not len(reading.firms):
        return RoundOpenings({}, (), {})
    found = openings(reading.mandates, reading.firms, day=reading.day)
    is_smallest = np.asarray(found.smallest.any(axis=1))
    changes = [_told(change, reading) for change in found.changes]
    barred = [int(m) for m in np.flatnonzero(found.verdict != CLEARED)]
    return RoundOpenings(
        by_mandate={ids[m]: tuple(changes[k] for k in np.flatnonzero(found.smallest[:, m])) for m in barred},
        by_fact=_by_fact(changes, found.opens & is_smallest[:, None], ids),
        in_the_way={ids[m]: _in_the_way(reading, m) for m in barred},
    )


def _by_fact(changes: Sequence[FactChange], opens: Any, ids: Sequence[UUID]) -> tuple[Opening, ...]:
    """Values of one fact that open the very same mandates are told together."""
    grouped: dict[tuple[str, tuple[int, ...]], list[FactChange]] = {}
    for row, change in enumerate(changes):
        mandates = tuple(int(m) for m in np.flatnonzero(opens[row]))
        if mandates:
            grouped.setdefault((change.fact, mandates), []).append(change)
    found = [
        Opening(fact, some[0].before, tuple(change.after for change in some), tuple(ids[m] for m in mandates))
        for (fact, mandates), some in grouped.items()
    ]
    return tuple(sorted(found, key=lambda one: (-len(one.mandate_ids), one.fact, len(one.after))))


def _in_the_way(reading: Reading, m: int) -> tuple[ClauseKind, ...]:
    codes = reading.clearance.in_the_way[:, m, 0]
    return tuple(kind for kind, code in zip(CLAUSES, codes, strict=True) if code > MET)


def _told(change: Change, reading: Reading) -> FactChange:
    fact = FACTS.get(change.column, change.column)
    return FactChange(fact, _before(change.column, reading), _after(change, reading))


def _after(change: Change, reading: Reading) -> Any:
    if change.column in VOCABULARIES:
        return reading.vocabulary[VOCABULARIES[change.column]][int(change.value)]
    if change.column == "stage":
        return STAGES[int(change.value)]
    if change.column == "founded":
        return date.fromordinal(int(change.value))
    return None if change.column == "trade_known" else change.value


def _before(column: str, reading: Reading) -> Any:
    firm: Firms = reading.firms
    value = getattr(firm, column)
    if column in ("certifications", "nodes"):
        return tuple(reading.vocabulary[VOCABULARIES[column]][code] for code in value.indices) or None
    if column == "place":
        return None if value[0] == UNKNOWN else reading.vocabulary["places"][int(value[0])]
    if column in ("stage", "founded", "trade_known"):
        return None  # these are only stated where they are unknown
    return None if np.isnan(value[0]) else float(value[0])
