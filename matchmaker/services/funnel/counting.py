"""Pairs by how far they came in a period, and by why they came no further.

What the two sides alone know of a pair counts at a stage where at least three organisations a side stand behind it
there; else the pair counts as far as officers may read of it by name, and the reason for a no is not told.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session

from matchmaker.services.funnel.events import RANK, STAGES, Ended, Period, Way, events_in, outcomes_in
from matchmaker.services.scope import Scope
from models.enums import FunnelStage, MatchOutcomeKind, MatchOutcomeState, ScopeKind

# An amount of fewer statements could be told from its sum.
LEAST_AMOUNTS = 3
LEAST_PAIRS = 3
LEAST_ORGANISATIONS = 3
UNNAMED = -1


@dataclass(frozen=True, slots=True)
class Said:
    """What parties said of one kind of outcome; `amount` is what was confirmed, in CNY.

    What is not confirmed is between the two: None where under three organisations a side say it, or none does.
    """

    kind: MatchOutcomeKind
    confirmed: int
    stated: int | None
    disputed: int | None
    amount: float | None


@dataclass(frozen=True)
class Funnel:
    """`ended`: pairs whose furthest stage it is, by why; `needs`: those with a pair at the stage or further."""

    ended: Mapping[tuple[Way, FunnelStage, str], int]
    needs: Mapping[FunnelStage, int]
    outcomes: tuple[Said, ...]

    def reached(self, stage: FunnelStage, way: Way | None = None) -> int:
        """Pairs at this stage or further: who reached a later stage counts in all earlier ones."""
        return sum(
            count
            for (of, furthest, _reason), count in self.ended.items()
            if RANK[furthest] >= RANK[stage] and way in (None, of)
        )

    def drop_off(self) -> list[tuple[FunnelStage, str, int]]:
        """Of each stage but the last, those that came no further, by reason, the most frequent first.

        A reason of one or two pairs could be traced to who gave it; such reasons are told together, and not at all
        where they are one or two pairs together.
        """
        exact: Counter[tuple[FunnelStage, str]] = Counter()
        for (_way, stage, reason), count in self.ended.items():
            if stage is not STAGES[-1]:
                exact[stage, reason] += count
        counts: Counter[tuple[FunnelStage, str]] = Counter()
        rare: Counter[FunnelStage] = Counter()
        for (stage, reason), count in exact.items():
            if count >= LEAST_PAIRS or reason == Ended.OPEN:
                counts[stage, reason] += count
            else:
                rare[stage] += count
        for stage, count in rare.items():
            counts[stage, Ended.TOO_FEW.value if count >= LEAST_PAIRS else Ended.OPEN.value] += count
        ordered = sorted(counts.items(), key=lambda one: (RANK[one[0][0]], -one[1], one[0][1]))
        return [(stage, reason, count) for (stage, reason), count in ordered]


def count_funnel(session: Session, scope: Scope, period: Period) -> Funnel:
    event = events_in(session, scope, period)
    pairs = pairs_of(event).subquery("pair")
    told = _told(session, scope, pairs)
    by_end = (pairs.c.way, pairs.c.named, pairs.c.furthest, pairs.c.reason)
    ended: Counter[tuple[Way, FunnelStage, str]] = Counter()
    for way, named, furthest, reason, count in session.execute(sa.select(*by_end, sa.func.count()).group_by(*by_end)):
        stage = told.get((way, named, furthest), furthest)
        if stage == UNNAMED:
            continue
        ended[Way(way), STAGES[stage], (reason if stage == furthest else None) or Ended.OPEN.value] += count
    return Funnel(
        ended=dict(ended),
        needs=_needs(session, event, pairs, told),
        outcomes=_outcomes(session, scope, period),
    )


def _told(session: Session, scope: Scope, pairs: Any) -> dict[tuple[str, int, int], int]:
    """By way, furthest stage by name and furthest stage: the furthest that is told, where it is another.

    Stage by stage: those who come to it unnamed are told as far if they are organisations enough; else they are not
    told any further.
    """
    of = pairs.c
    unnamed = sa.select(of.way, of.named, of.furthest, of.seeker_id, of.candidate_id).where(of.furthest > of.named)
    by_kind: dict[tuple[str, int, int], list[tuple[UUID, UUID]]] = defaultdict(list)
    for way, named, furthest, seeker, candidate in session.execute(unnamed):
        by_kind[way, named, furthest].append((seeker, candidate))
    told = {kind: kind[1] for kind in by_kind}
    for way in Way:
        for rank in range(len(STAGES)):
            coming = [one for one in by_kind if one[0] == way and one[2] >= rank == told[one] + 1]
            if _are_enough(scope, [pair for kind in coming for pair in by_kind[kind]]):
                told |= dict.fromkeys(coming, rank)
    return {kind: stage for kind, stage in told.items() if stage != kind[2]}


def _are_enough(scope: Scope, pairs: Collection[tuple[UUID, UUID]]) -> bool:
    """Whether so many organisations stand behind them that none can be told; one that is asked for is known anyway."""
    sides = [{seeker for seeker, _ in pairs}, {candidate for _, candidate in pairs}]
    if scope.kind is ScopeKind.ORGANISATION:
        sides = [(sides[0] | sides[1]) - {UUID(scope.code)}]
    return all(len(side) >= LEAST_ORGANISATIONS for side in sides)


def pairs_of(event: Any) -> Any:
    """One row a pair: its furthest stage, as far as it is known by name, and the reason of the last word, if a no."""
    of = event.c
    pair = (of.way, of.seeker_id, of.candidate_id)
    last_first = (of.is_word.desc(), of.at.desc(), of.reason.is_(None), of.rank.desc(), of.reason)
    told = sa.select(
        *pair,
        of.reason,
        sa.func.max(of.rank).over(partition_by=pair).label("furthest"),
        sa.func.max(sa.case((of.is_named == 1, of.rank), else_=UNNAMED)).over(partition_by=pair).label("named"),
        sa.func.row_number().over(partition_by=pair, order_by=last_first).label("number"),
    ).subquery("told")
    columns = (told.c.way, told.c.seeker_id, told.c.candidate_id, told.c.furthest, told.c.named, told.c.reason)
    return sa.select(*columns).where(told.c.number == 1)


def _needs(
    session: Session, event: Any, pairs: Any, told: Mapping[tuple[str, int, int], int]
) -> dict[FunnelStage, int]:
    """No need is further than its pairs are told to be."""
    of = pairs.c
    whens = [
        (sa.and_(of.way == way, of.named == named, of.furthest == furthest), rank)
        for (way, named, furthest), rank in told.items()
    ]
    most = sa.case(*whens, else_=of.furthest) if whens else of.furthest
    same = sa.and_(*(event.c[name] == of[name] for name in ("way", "seeker_id", "candidate_id")))
    furthest_of = (
        sa.select(sa.func.max(sa.case((event.c.rank < most, event.c.rank), else_=most)).label("rank"))
        .select_from(sa.join(event, pairs, same))
        .where(event.c.need_id.is_not(None))
        .group_by(event.c.need_id)
        .subquery("need")
    )
    by_rank = session.execute(sa.select(furthest_of.c.rank, sa.func.count()).group_by(furthest_of.c.rank)).all()
    return {stage: sum(count for rank, count in by_rank if rank >= RANK[stage]) for stage in STAGES}


def _outcomes(session: Session, scope: Scope, period: Period) -> tuple[Said, ...]:
    of = outcomes_in(scope, period).c
    found: dict[tuple[MatchOutcomeKind, MatchOutcomeState], list[Any]] = defaultdict(list)
    for row in session.execute(sa.select(of.kind, of.state, of.amount, of.seeker_id, of.candidate_id)):
        found[row.kind, row.state].append(row)

    def count(kind: MatchOutcomeKind, state: MatchOutcomeState) -> int | None:
        rows = found[kind, state]
        return len(rows) if _are_enough(scope, [(row.seeker_id, row.candidate_id) for row in rows]) else None

    def said(kind: MatchOutcomeKind) -> Said:
        confirmed = found[kind, MatchOutcomeState.CONFIRMED]
        amounts = [row.amount for row in confirmed if row.amount is not None]
        return Said(
            kind,
            len(confirmed),
            count(kind, MatchOutcomeState.STATED),
            count(kind, MatchOutcomeState.DISPUTED),
            sum(amounts) if len(amounts) >= LEAST_AMOUNTS else None,
        )

    return tuple(said(kind) for kind in MatchOutcomeKind)
