"""Screens: what a fund watches for. Each person has their own "looked through until" and their own muted firms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, NotAllowed, NotFound
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.changes import change
from matchmaker.services.desk import rights
from models.base import utc_now
from models.desk import Screen, ScreenMute, ScreenSeen

MOST_SCREENS = 50


@dataclass(frozen=True, kw_only=True)
class ScreenDraft:
    name: str
    mandate_id: UUID | None = None
    filters: Mapping[str, str] = field(default_factory=dict)
    is_shared: bool = False
    alerts: bool = True


def list_screens(session: Session, actor: Actor, fund_id: UUID) -> Sequence[Screen]:
    """The person's own and those that colleagues share."""
    fund = rights.get_fund(session, actor, fund_id)
    is_seen = sa.or_(col(Screen.user_id) == actor.user_id, col(Screen.is_shared).is_(True))
    mine = select(Screen).where(Screen.organisation_id == fund.id, is_seen)
    return session.exec(mine.order_by(col(Screen.name), col(Screen.id))).all()


def get_screen(session: Session, actor: Actor, screen_id: UUID) -> Screen:
    screen = session.get(Screen, screen_id)
    if screen is None or not (screen.is_shared or screen.user_id == actor.user_id):
        raise NotFound("screen", screen_id)
    rights.get_fund(session, actor, screen.organisation_id)
    return screen


def save_screen(session: Session, actor: Actor, fund_id: UUID, draft: ScreenDraft) -> Screen:
    """Keep a screen; what is there at this moment counts as looked through."""
    fund = rights.get_fund(session, actor, fund_id)
    require(actor, Permission.DEAL_VIEW, fund.id)
    if actor.user_id is None:
        raise NotAllowed(Permission.DEAL_VIEW, fund.id)
    if len(list_screens(session, actor, fund_id)) >= MOST_SCREENS:
        raise InvalidInput("too_many_screens", most=MOST_SCREENS)
    _check(session, fund.id, draft)
    screen = Screen(organisation_id=fund.id, user_id=actor.user_id, **_values(draft))
    session.add(screen)
    session.flush()
    audit.record(session, actor, "screen.save", screen, changes=_values(draft))
    mark_seen(session, actor, screen.id)
    return screen


def change_screen(
    session: Session, actor: Actor, screen_id: UUID, draft: ScreenDraft, *, expected_version: int | None = None
) -> None:
    screen = _own(session, actor, screen_id)
    _check(session, screen.organisation_id, draft)
    change(session, actor, "screen.change", screen, _values(draft), expected_version=expected_version)


def delete_screen(session: Session, actor: Actor, screen_id: UUID) -> None:
    screen = _own(session, actor, screen_id)
    audit.record(session, actor, "screen.delete", screen, changes={"name": screen.name})
    session.delete(screen)
    session.flush()


def mark_seen(session: Session, actor: Actor, screen_id: UUID) -> None:
    """From now on only what comes after this moment is new to this person."""
    screen = get_screen(session, actor, screen_id)
    seen = session.get(ScreenSeen, (screen.id, actor.user_id))
    if seen is None:
        assert actor.user_id is not None
        session.add(ScreenSeen(screen_id=screen.id, user_id=actor.user_id, seen_at=utc_now()))
    else:
        seen.seen_at = utc_now()
    session.flush()


def seen_until(session: Session, actor: Actor, screens: Sequence[Screen]) -> dict[UUID, datetime]:
    """When this person last looked each screen through; one never looked through is as old as the screen."""
    looked = select(ScreenSeen).where(
        ScreenSeen.user_id == actor.user_id, col(ScreenSeen.screen_id).in_([one.id for one in screens])
    )
    return {one.id: one.created_at for one in screens} | {one.screen_id: one.seen_at for one in session.exec(looked)}


def mute(session: Session, actor: Actor, screen_id: UUID, candidate_id: UUID) -> None:
    """Hear no more of one firm in one screen."""
    screen = get_screen(session, actor, screen_id)
    if session.get(ScreenMute, (screen.id, actor.user_id, candidate_id)) is None:
        assert actor.user_id is not None
        session.add(ScreenMute(screen_id=screen.id, user_id=actor.user_id, candidate_id=candidate_id))
        session.flush()


def unmute(session: Session, actor: Actor, screen_id: UUID, candidate_id: UUID) -> None:
    screen = get_screen(session, actor, screen_id)
    if held := session.get(ScreenMute, (screen.id, actor.user_id, candidate_id)):
        session.delete(held)
        session.flush()


def muted(session: Session, actor: Actor, screens: Sequence[Screen]) -> dict[UUID, frozenset[UUID]]:
    """The firms of which this person wants to hear no more, by screen."""
    rows = session.exec(
        select(ScreenMute).where(
            ScreenMute.user_id == actor.user_id, col(ScreenMute.screen_id).in_([one.id for one in screens])
        )
    ).all()
    return {one.id: frozenset(row.candidate_id for row in rows if row.screen_id == one.id) for one in screens}


def _own(session: Session, actor: Actor, screen_id: UUID) -> Screen:
    """A shared screen is read by all and changed by who made it."""
    screen = get_screen(session, actor, screen_id)
    if screen.user_id != actor.user_id:
        raise NotAllowed(Permission.DEAL_EDIT, screen.id)
    return screen


def _values(draft: ScreenDraft) -> dict[str, Any]:
    return {
        "name": draft.name.strip(),
        "mandate_id": draft.mandate_id,
        "filters": dict(draft.filters),
        "is_shared": draft.is_shared,
        "alerts": draft.alerts,
    }


def _check(session: Session, fund_id: UUID, draft: ScreenDraft) -> None:
    if not draft.name.strip():
        raise InvalidInput("screen_name_missing", field="name")
    rights.check_mandate(session, fund_id, draft.mandate_id, field="mandate_id")
