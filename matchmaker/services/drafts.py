"""What a person has typed into a long form and not yet sent: kept for that person alone.

Saving a draft changes nothing that anybody else can see, so it leaves no audit row.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, NotAllowed
from matchmaker.services.actors import Actor
from models.accounts import Draft
from models.base import utc_now

MOST_CHARACTERS = 100_000
MOST_DRAFTS = 50


def save_draft(session: Session, actor: Actor, form: str, answers: Mapping[str, Any], *, subject: str = "") -> None:
    """Keep `answers` as the draft of this form, in place of the earlier one."""
    if len(json.dumps(answers, ensure_ascii=False)) > MOST_CHARACTERS:
        raise InvalidInput("draft_too_long", most=MOST_CHARACTERS)
    owner = _owner(actor, form)
    draft = session.get(Draft, (owner, form, subject)) or Draft(user_id=owner, form=form, subject=subject)
    draft.answers = dict(answers)
    draft.changed_at = utc_now()
    session.add(draft)
    session.flush()
    _drop_oldest(session, owner)


def load_draft(session: Session, actor: Actor, form: str, *, subject: str = "") -> dict[str, Any]:
    """The kept answers; empty when there are none."""
    draft = _find(session, actor, form, subject)
    return dict(draft.answers) if draft else {}


def saved_at(session: Session, actor: Actor, form: str, *, subject: str = "") -> datetime | None:
    draft = _find(session, actor, form, subject)
    return draft.changed_at if draft else None


def delete_draft(session: Session, actor: Actor, form: str, *, subject: str = "") -> None:
    if draft := _find(session, actor, form, subject):
        session.delete(draft)
        session.flush()


def _drop_oldest(session: Session, owner: UUID) -> None:
    """The address says what a draft is about, so without a limit one person could fill the database."""
    kept = select(Draft).where(Draft.user_id == owner).order_by(col(Draft.changed_at).desc(), col(Draft.subject).desc())
    for draft in session.exec(kept.offset(MOST_DRAFTS)):
        session.delete(draft)
    session.flush()


def _find(session: Session, actor: Actor, form: str, subject: str) -> Draft | None:
    return session.get(Draft, (_owner(actor, form), form, subject))


def _owner(actor: Actor, form: str) -> UUID:
    if actor.user_id is None:
        raise NotAllowed("draft:keep", form)
    return actor.user_id
