"""Columns of what organisations declined for, as far as it may be told: only where several askers heard the like."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, select

from matchmaker.profiles import Refusals
from matchmaker.store.reading import Vocabulary, key_of, rows_of
from models.base import CHINA, columns_of
from models.consortia import Consortium, Seat
from models.enums import InterestState, SeatState
from models.interest import DeclineEffect, Interest
from models.taxonomy import DeclineMeaning


def read_refusals(
    session: Session,
    vocabulary: Vocabulary,
    row_of: Mapping[bytes, int],
    *,
    today: date,
    only: Sequence[UUID] | None = None,
) -> Refusals:
    """The answers that stand at this moment and reach back no further than their rule, by whom, about what, when."""
    effects = {effect.component: effect for effect in session.exec(select(DeclineEffect))}
    meanings = session.exec(select(DeclineMeaning.reason, DeclineMeaning.component)).all()
    heard: dict[tuple[UUID, str], dict[UUID, int]] = {}
    for row in _declined(session, only):
        for component in sorted(component for reason, component in meanings if reason == row.reason):
            if component in effects and _reaches(row.answered_at, effects[component], today):
                # An asker counts once, by the last answer it had.
                days = heard.setdefault((row.candidate_id, component), {})
                day = row.answered_at.astimezone(CHINA).toordinal()
                days[row.organisation_id] = max(day, days.get(row.organisation_id, day))
    rows = [
        (row_of[key_of(candidate)], vocabulary.row("refused", component), day, effects[component])
        for (candidate, component), days in sorted(heard.items(), key=lambda item: (str(item[0][0]), item[0][1]))
        if key_of(candidate) in row_of and len(days) >= effects[component].least_askers
        for day in sorted(days.values())
    ]
    return Refusals(
        owner=np.array([owner for owner, *_ in rows], dtype=np.int32),
        component=np.array([component for _, component, *_ in rows], dtype=np.int32),
        day=np.array([day for *_, day, _ in rows], dtype=np.int32),
        half_life=np.array([effect.half_life_days for *_, effect in rows], dtype=np.float32),
        window=np.array([effect.window_days for *_, effect in rows], dtype=np.int32),
    )


def _declined(session: Session, only: Sequence[UUID] | None) -> Sequence[sa.Row]:  # type: ignore[type-arg]
    """Of requests for needs, and of seats in consortia, where the lead is who asked."""
    table = columns_of(Interest)
    requests = sa.select(table.candidate_id, table.organisation_id, table.reason, table.answered_at).where(
        table.state == InterestState.DECLINED, table.answered_at.is_not(None)
    )
    seats, rooms = columns_of(Seat), columns_of(Consortium)
    invitations = (
        sa.select(
            seats.organisation_id.label("candidate_id"),
            rooms.lead_id.label("organisation_id"),
            seats.reason,
            seats.answered_at,
        )
        .join_from(seats.id.table, rooms.id.table, seats.consortium_id == rooms.id)
        .where(seats.state == SeatState.DECLINED, seats.answered_at.is_not(None))
    )
    return [
        *rows_of(session, requests, table.candidate_id, only),
        *rows_of(session, invitations, seats.organisation_id, only),
    ]


def _reaches(answered_at: datetime, effect: DeclineEffect, today: date) -> bool:
    return today - answered_at.astimezone(CHINA).date() <= timedelta(days=effect.window_days)
