"""Pairs by how far they came in a period, and by why they came no further."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from matchmaker.services.funnel.events import RANK, STAGES, Ended, Period, Way, events_in, outcomes_in
from matchmaker.services.scope import Scope
from models.enums import FunnelStage, MatchOutcomeKind, MatchOutcomeState

# An amount of fewer statements could be told from its sum.
LEAST_AMOUNTS = 3
LEAST_PAIRS = 3


@dataclass(frozen=True, slots=True)
class Said:
    """What parties said of one kind of outcome; `amount` is what was confirmed, in CNY."""

    kind: MatchOutcomeKind
    confirmed: int
    stated: int
    disputed: int
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

        A reason of one or two pairs could be traced to who gave it; such reasons are told together.
        """
        exact: Counter[tuple[FunnelStage, str]] = Counter()
        for (_way, stage, reason), count in self.ended.items():
            if stage is not STAGES[-1]:
                exact[stage, reason] += count
        counts: Counter[tuple[FunnelStage, str]] = Counter()
        for (stage, reason), count in exact.items():
            is_told = count >= LEAST_PAIRS or reason == Ended.OPEN
            counts[stage, reason if is_told else Ended.TOO_FEW.value] += count
        ordered = sorted(counts.items(), key=lambda one: (RANK[one[0][0]], -one[1], one[0][1]))
        return [(stage, reason, count) for (stage, reason), count in ordered]


def count_funnel(session: Session, scope: Scope, period: Period) -> Funnel:
    event = events_in(session, scope, period)
    pairs = pairs_of(event).subquery("pair")
    by_end = (pairs.c.way, pairs.c.furthest, pairs.c.reason)
    counted = session.execute(sa.select(*by_end, sa.func.count()).group_by(*by_end)).all()
    return Funnel(
        ended={
            (Way(way), STAGES[furthest], reason or Ended.OPEN.value): count for way, furthest, reason, count in counted
        },
        needs=_needs(session, event),
        outcomes=_outcomes(session, scope, period),
    )


def pairs_of(event: Any) -> Any:
    """One row a pair: its furthest stage, and the reason of the last word about it, if that was a no."""
    of = event.c
    pair = (of.way, of.seeker_id, of.candidate_id)
    last_first = (of.is_word.desc(), of.at.desc(), of.reason.is_(None), of.rank.desc(), of.reason)
    told = sa.select(
        *pair,
        of.reason,
        sa.func.max(of.rank).over(partition_by=pair).label("furthest"),
        sa.func.row_number().over(partition_by=pair, order_by=last_first).label("number"),
    ).subquery("told")
    return sa.select(told.c.way, told.c.seeker_id, told.c.candidate_id, told.c.furthest, told.c.reason).where(
        told.c.number == 1
    )


def _needs(session: Session, event: Any) -> dict[FunnelStage, int]:
    furthest = (
        sa.select(sa.func.max(event.c.rank).label("rank"))
        .where(event.c.need_id.is_not(None))
        .group_by(event.c.need_id)
        .subquery("need")
    )
    by_rank = session.execute(sa.select(furthest.c.rank, sa.func.count()).group_by(furthest.c.rank)).all()
    return {stage: sum(count for rank, count in by_rank if rank >= RANK[stage]) for stage in STAGES}


def _outcomes(session: Session, scope: Scope, period: Period) -> tuple[Said, ...]:
    of = outcomes_in(scope, period).c
    sums = sa.select(of.kind, of.state, sa.func.count(), sa.func.count(of.amount), sa.func.sum(of.amount))
    found = {(kind, state): rest for kind, state, *rest in session.execute(sums.group_by(of.kind, of.state))}

    def said(kind: MatchOutcomeKind) -> Said:
        number = {state: found.get((kind, state), (0,))[0] for state in MatchOutcomeState}
        _, known, amount = found.get((kind, MatchOutcomeState.CONFIRMED), (0, 0, None))
        return Said(
            kind,
            number[MatchOutcomeState.CONFIRMED],
            number[MatchOutcomeState.STATED],
            number[MatchOutcomeState.DISPUTED],
            amount if known >= LEAST_AMOUNTS else None,
        )

    return tuple(said(kind) for kind in MatchOutcomeKind)
