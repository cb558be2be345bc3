"""The funnel as people of the region's desk read it: numbers for all of them, pairs by name for officers.

By name stand only pairs that officers may read elsewhere too: on lists that were shown, on seats of consortia, in
dossiers, and in outcomes that both sides have stated. Who has asked whom on a need stays between the two. Who keeps out
of a challenge reads nothing of its teams.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.services.actors import Actor, Permission, can, require
from matchmaker.services.calendar import add_months, today
from matchmaker.services.challenges import recusal
from matchmaker.services.funnel.counting import pairs_of
from matchmaker.services.funnel.events import RANK, STAGES, Period, Way, events_in
from matchmaker.services.funnel.told import tell_funnel
from matchmaker.services.paging import Page
from matchmaker.services.scope import Scope
from models.base import columns_of
from models.enums import FunnelStage, ScopeKind
from models.organisations import Organisation

PAGE_SIZE = 50


@dataclass(frozen=True)
class NamedPair:
    """`stage` is the furthest that officers know of by name."""

    way: Way
    seeker: Organisation
    candidate: Organisation
    stage: FunnelStage


def read_funnel(session: Session, actor: Actor, scope: Scope, period: Period) -> dict[str, Any]:
    require_scope(actor, scope)
    recusal.require_none_in(session, actor, scope.kind, scope.code)
    told = told_period(actor, period, today=today())
    return tell_funnel(session, scope, told.first, told.last)


def told_period(actor: Actor, period: Period, *, today: date) -> Period:
    """The period whose numbers `actor` reads: for who reads no names, whole months that are over.

    Two periods that differ by a day, or one that is still running read on two days, would tell of single pairs by the
    difference of their numbers.
    """
    if may_read_names(actor):
        return period
    last = min(_end_of_month(period.last), today.replace(day=1) - timedelta(days=1))
    return Period(min(period.first, last).replace(day=1), last)


def _end_of_month(day: date) -> date:
    return add_months(day.replace(day=1), 1) - timedelta(days=1)


def require_scope(actor: Actor, scope: Scope) -> None:
    """Numbers of named organisations tell of them by name, so they are for those who may read names."""
    require(actor, Permission.FUNNEL_VIEW)
    if scope.kind in (ScopeKind.ORGANISATION, ScopeKind.LIST):
        require(actor, Permission.RECOMMENDATION_VIEW)


def may_read_names(actor: Actor) -> bool:
    return can(actor, Permission.FUNNEL_VIEW) and can(actor, Permission.RECOMMENDATION_VIEW)


def list_pairs(
    session: Session, actor: Actor, scope: Scope, period: Period, stage: FunnelStage, *, page: int = 1
) -> Page[NamedPair]:
    """Pairs at `stage` or further that officers may read by name, the furthest first."""
    require(actor, Permission.FUNNEL_VIEW)
    require(actor, Permission.RECOMMENDATION_VIEW)
    recusal.require_none_in(session, actor, scope.kind, scope.code)
    event = events_in(session, scope, period, without=recusal.list_kept_out(session, actor))
    named = sa.select(event).where(event.c.is_named == 1).subquery("named")
    pair = pairs_of(named).subquery("pair")
    own = columns_of(Organisation)
    found = (
        sa.select(pair.c.way, pair.c.seeker_id, pair.c.candidate_id, pair.c.furthest)
        .join(Organisation, own.id == pair.c.seeker_id)
        .where(pair.c.furthest >= RANK[stage])
    )
    total = session.scalar(sa.select(sa.func.count()).select_from(found.subquery())) or 0
    number = min(max(1, page), max(1, -(-total // PAGE_SIZE)))
    ordered = found.order_by(pair.c.furthest.desc(), own.name_zh, pair.c.seeker_id, pair.c.candidate_id)
    rows = session.execute(ordered.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)).all()
    names = _organisations(session, [key for row in rows for key in (row.seeker_id, row.candidate_id)])
    items = [
        NamedPair(Way(row.way), names[row.seeker_id], names[row.candidate_id], STAGES[row.furthest]) for row in rows
    ]
    return Page(items, number, PAGE_SIZE, total)


def _organisations(session: Session, ids: Sequence[UUID]) -> dict[UUID, Organisation]:
    return {one.id: one for one in session.exec(select(Organisation).where(col(Organisation.id).in_(set(ids))))}
