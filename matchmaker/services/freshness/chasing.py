"""Asking an organisation to look at its profile again. A chase is answered by a look or by any edit since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.calendar import add_working_days, today
from models.base import utc_now
from models.enums import ChaseReason, OrganisationState
from models.organisations import Organisation
from models.registry import ProfileChase

NOT_AGAIN_WITHIN = timedelta(days=14)
DAYS_TO_ANSWER = 10
MOST_DAYS_TO_ANSWER = 366
MOST_AT_ONCE = 100
NOTE_LENGTH = 500


@dataclass(frozen=True, kw_only=True)
class ChaseDraft:
    reason: ChaseReason
    note: str = ""
    due_on: date | None = None


@dataclass(frozen=True)
class Chased:
    """Who was asked, and who was not because they were asked a few days ago."""

    asked: Sequence[ProfileChase]
    left_out: Sequence[UUID]


def usual_day() -> date:
    return add_working_days(today(), DAYS_TO_ANSWER)


def chase(session: Session, actor: Actor, organisation_ids: Sequence[UUID], draft: ChaseDraft) -> Chased:
    """Ask one or many; nobody is asked twice within 14 days."""
    found = _check(session, actor, organisation_ids, draft)
    last = last_chases(session, [one.id for one in found])
    lately = {key for key, one in last.items() if one.created_at > utc_now() - NOT_AGAIN_WITHIN}
    asked = [_ask(session, actor, one, draft) for one in found if one.id not in lately]
    return Chased(asked, [one.id for one in found if one.id in lately])


def insist(session: Session, actor: Actor, organisation_id: UUID, draft: ChaseDraft) -> ProfileChase:
    """Ask one all the same, though it was asked a few days ago."""
    (organisation,) = _check(session, actor, [organisation_id], draft)
    return _ask(session, actor, organisation, draft)


def say_all_true(session: Session, actor: Actor, organisation: Organisation) -> None:
    """Its own people say that all is still true; what was asked of them is answered."""
    require(actor, Permission.ORGANISATION_EDIT, organisation.id)
    now = utc_now()
    # Past the record's version and its clock: nothing has changed that the index or an open form would have to know.
    said = {"looked_at": now, "changed_at": Organisation.changed_at}
    session.execute(sa.update(Organisation).where(col(Organisation.id) == organisation.id).values(said))
    for one in list_open(session, actor, organisation):
        one.answered_at = now
    changes = {"looked_at": [organisation.looked_at, now]}
    audit.record(
        session, actor, "organisation.still-true", organisation, organisation_id=organisation.id, changes=changes
    )
    session.flush()
    session.refresh(organisation)


def list_open(session: Session, actor: Actor, organisation: Organisation) -> Sequence[ProfileChase]:
    """What it was asked and has not answered yet, the latest first."""
    require(actor, Permission.ORGANISATION_SEE_CLOSED, organisation.id)
    asked = select(ProfileChase).join(Organisation, col(Organisation.id) == ProfileChase.organisation_id)
    unanswered = asked.where(ProfileChase.organisation_id == organisation.id, _is_unanswered())
    return session.exec(unanswered.order_by(col(ProfileChase.created_at).desc(), col(ProfileChase.id))).all()


def count_open(session: Session, actor: Actor) -> int:
    """How many organisations were asked and have not answered."""
    require(actor, Permission.REGISTRY_CURATE)
    active = sa.select(sa.func.count()).select_from(Organisation)
    return session.scalar(active.where(col(Organisation.state) == OrganisationState.ACTIVE, open_chase())) or 0


def last_chases(session: Session, ids: Sequence[UUID]) -> Mapping[UUID, ProfileChase]:
    chases = select(ProfileChase).where(col(ProfileChase.organisation_id).in_(ids))
    in_order = session.exec(chases.order_by(col(ProfileChase.created_at), col(ProfileChase.id)))
    return {one.organisation_id: one for one in in_order}


def open_chase() -> Any:
    """Of an organisation: it was asked and has not answered."""
    return sa.exists().where(col(ProfileChase.organisation_id) == Organisation.id, _is_unanswered())


def _is_unanswered() -> Any:
    """Nobody has said that all is true, and nothing was changed since."""
    return sa.and_(
        col(ProfileChase.answered_at).is_(None), col(Organisation.changed_at) <= col(ProfileChase.created_at)
    )


def _check(
    session: Session, actor: Actor, organisation_ids: Sequence[UUID], draft: ChaseDraft
) -> Sequence[Organisation]:
    require(actor, Permission.REGISTRY_CURATE)
    if not organisation_ids:
        raise InvalidInput("choose_some", field="organisations")
    if len(organisation_ids) > MOST_AT_ONCE:
        raise InvalidInput("too_many_chased", field="organisations", most=MOST_AT_ONCE)
    if len(draft.note) > NOTE_LENGTH:
        raise InvalidInput("too_long", field="note", most=NOTE_LENGTH)
    day = today()
    if draft.due_on and not day <= draft.due_on <= day + timedelta(days=MOST_DAYS_TO_ANSWER):
        raise InvalidInput("expiry_out_of_range", field="due_on", days=MOST_DAYS_TO_ANSWER)
    active = select(Organisation).where(
        col(Organisation.id).in_(organisation_ids), Organisation.state == OrganisationState.ACTIVE
    )
    found = session.exec(active.order_by(col(Organisation.id))).all()
    if not found:
        raise InvalidInput("unknown_organisation", field="organisations")
    return found


def _ask(session: Session, actor: Actor, organisation: Organisation, draft: ChaseDraft) -> ProfileChase:
    asked = ProfileChase(
        organisation_id=organisation.id,
        reason=draft.reason,
        note=draft.note,
        due_on=draft.due_on or usual_day(),
        chased_by=actor.user_id,
    )
    session.add(asked)
    session.flush()
    changes = {"reason": draft.reason, "note": draft.note, "due_on": asked.due_on}
    audit.record(session, actor, "profile.chase", asked, changes=changes)
    return asked
