"""Requests for conditional fields: one organisation asks to see some of another's, for a purpose and until a day.

The owner's people decide; where an organisation has nobody on the platform, officers decide for it. A grant is a
`FieldGrant` with a last day: after midnight in China it opens nothing, whatever the request still says. Which fields
can be asked for depends on their grade alone, never on whether they are filled.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, NotAllowed, NotFound
from matchmaker.services import audit, organisations, visibility
from matchmaker.services.actors import FOR_MEMBERS, Actor, Permission, can, require
from matchmaker.services.calendar import today
from matchmaker.services.changes import check_version
from matchmaker.store.capital.seeing import in_force
from models.accounts import Membership, User
from models.base import utc_now
from models.enums import DataRequestState, Grade
from models.opening import DataRequest
from models.organisations import Organisation
from models.rounds import FieldGrant

S = DataRequestState
SHORTEST_PURPOSE, LONGEST_PURPOSE, LONGEST_NOTE = 10, 1000, 1000
LONGEST_DAYS = 365
# A grant says in short what it is for; the request has all of it.
GRANT_PURPOSE = 200
DECIDERS = tuple(role for role, held in FOR_MEMBERS.items() if Permission.DATA_DECIDE in held)


@dataclass(frozen=True, kw_only=True)
class RequestDraft:
    fields: tuple[str, ...]
    purpose: str
    wanted_until: date


@dataclass(frozen=True)
class Listed:
    """A request with both sides; `open_fields` are what it opens today."""

    request: DataRequest
    asker: Organisation
    owner: Organisation
    open_fields: tuple[str, ...]

    @property
    def has_ended(self) -> bool:
        """Granted once, and over: its day has passed, or the field was closed since."""
        return self.request.state is S.GRANTED and not self.open_fields


def fields_to_ask(session: Session, owner_id: UUID) -> tuple[str, ...]:
    """The conditional fields of an organisation; closed ones are never asked for, open ones need no request."""
    grades = visibility.grades_of(session, owner_id)
    return tuple(field for field in visibility.FIELDS if grades[field] is Grade.CONDITIONAL)


def ask(session: Session, actor: Actor, organisation_id: UUID, owner_id: UUID, draft: RequestDraft) -> DataRequest:
    """Ask `owner_id` in the name of `organisation_id`."""
    require(actor, Permission.DATA_REQUEST, organisation_id)
    owner = organisations.get_seen(session, actor, owner_id)
    if owner.id == organisation_id:
        raise InvalidInput("request_to_oneself")
    _check(session, owner.id, draft)
    if _waiting(session, organisation_id, owner.id):
        raise InvalidInput("request_waiting")
    request = DataRequest(
        organisation_id=organisation_id,
        owner_id=owner.id,
        fields=[name for name in visibility.FIELDS if name in draft.fields],
        purpose=draft.purpose.strip(),
        wanted_until=draft.wanted_until,
    )
    session.add(request)
    session.flush()
    told = {"owner_id": owner.id, "fields": request.fields, "purpose": request.purpose, "state": [None, S.ASKED]}
    audit.record(session, actor, "data.request", request, changes=told)
    session.flush()
    return request


def grant(
    session: Session,
    actor: Actor,
    request_id: UUID,
    *,
    expires_on: date,
    fields: tuple[str, ...] | None = None,
    note: str = "",
    expected_version: int | None = None,
) -> DataRequest:
    """Open the fields (all that were asked for, unless `fields` names fewer) until the end of `expires_on`."""
    request = _get_to_decide(session, actor, request_id)
    chosen = tuple(request.fields) if fields is None else fields
    if not chosen or not set(chosen) <= set(request.fields):
        raise InvalidInput("field_not_grantable", field="fields", fields=sorted(set(chosen) - set(request.fields)))
    if not today() <= expires_on <= request.wanted_until:
        raise InvalidInput("grant_day", field="expires_on", first=today(), last=request.wanted_until)
    values = {"state": S.GRANTED, "expires_on": expires_on, "fields": list(chosen), "note": _note(note)}
    _step(session, actor, request, "data.grant", values, S.ASKED, expected_version)
    still_conditional = set(fields_to_ask(session, request.owner_id))
    session.add_all(
        FieldGrant(
            organisation_id=request.owner_id,
            field=name,
            grantee_id=request.organisation_id,
            purpose=request.purpose[:GRANT_PURPOSE],
            request_id=request.id,
            expires_on=expires_on,
        )
        for name in chosen
        if name in still_conditional
    )
    session.flush()
    return request


def refuse(
    session: Session, actor: Actor, request_id: UUID, note: str, *, expected_version: int | None = None
) -> DataRequest:
    """Say no, with the reason that the asker reads."""
    request = _get_to_decide(session, actor, request_id)
    values: dict[str, object] = {"state": S.REFUSED, "note": _note(note, is_needed=True)}
    return _step(session, actor, request, "data.refuse", values, S.ASKED, expected_version)


def revoke(
    session: Session, actor: Actor, request_id: UUID, note: str, *, expected_version: int | None = None
) -> DataRequest:
    """End a grant before its day, with the reason; what it opened is closed at once."""
    request = _get_to_decide(session, actor, request_id)
    values: dict[str, object] = {"state": S.REVOKED, "note": _note(note, is_needed=True)}
    _step(session, actor, request, "data.revoke", values, S.GRANTED, expected_version)
    _close(session, request)
    return request


def withdraw(session: Session, actor: Actor, request_id: UUID) -> DataRequest:
    """The asker needs it no more; what was granted is closed."""
    request = get_request(session, actor, request_id)
    require(actor, Permission.DATA_REQUEST, request.organisation_id)
    if request.state is S.WITHDRAWN:
        return request
    if request.state not in (S.ASKED, S.GRANTED):
        raise InvalidInput("request_step", before=request.state)
    _step(session, actor, request, "data.withdraw", {"state": S.WITHDRAWN}, request.state, None)
    _close(session, request)
    return request


def get_request(session: Session, actor: Actor, request_id: UUID) -> DataRequest:
    """For both sides, and for officers."""
    request = session.get(DataRequest, request_id)
    if request is None or not _may_read(actor, request):
        raise NotFound("data request", request_id)
    return request


def get_listed(session: Session, actor: Actor, request_id: UUID) -> Listed:
    return _listed(session, [get_request(session, actor, request_id)])[0]


def list_requests(session: Session, actor: Actor) -> list[Listed]:
    """All that the actor may read: of and to one's organisations, all for officers; what waits first."""
    wanted = select(DataRequest)
    if not can(actor, Permission.DATA_DECIDE):
        mine = [key for key in actor.memberships if can(actor, Permission.ORGANISATION_SEE_CLOSED, key)]
        wanted = wanted.where(sa.or_(col(DataRequest.organisation_id).in_(mine), col(DataRequest.owner_id).in_(mine)))
    is_over = col(DataRequest.state) != S.ASKED
    return _listed(session, session.exec(wanted.order_by(is_over, col(DataRequest.id).desc())).all())


def may_decide(session: Session, actor: Actor, request: DataRequest) -> bool:
    """The owner's people; officers only for who has nobody, and never for an organisation of their own."""
    if actor.memberships.get(request.owner_id) in DECIDERS:
        return True
    is_officer = can(actor, Permission.DATA_DECIDE) and request.organisation_id not in actor.memberships
    return is_officer and not has_people(session, request.owner_id)


def has_people(session: Session, organisation_id: UUID) -> bool:
    """Whether somebody with an account can decide for the organisation."""
    people = (
        select(Membership.user_id)
        .join(User, col(User.id) == col(Membership.user_id))
        .where(
            Membership.organisation_id == organisation_id,
            col(Membership.role).in_(DECIDERS),
            col(User.active).is_(True),
        )
    )
    return session.exec(people.limit(1)).first() is not None


def _may_read(actor: Actor, request: DataRequest) -> bool:
    sides = (request.organisation_id, request.owner_id)
    is_of_a_side = any(
        side in actor.memberships and can(actor, Permission.ORGANISATION_SEE_CLOSED, side) for side in sides
    )
    return is_of_a_side or can(actor, Permission.DATA_DECIDE)


def _get_to_decide(session: Session, actor: Actor, request_id: UUID) -> DataRequest:
    request = get_request(session, actor, request_id)
    if not may_decide(session, actor, request):
        raise NotAllowed(Permission.DATA_DECIDE, request.owner_id)
    return request


def _check(session: Session, owner_id: UUID, draft: RequestDraft) -> None:
    if not draft.fields:
        raise InvalidInput("choose_some", field="fields")
    wrong = sorted(set(draft.fields) - set(fields_to_ask(session, owner_id)))
    if wrong:
        raise InvalidInput("field_not_to_ask", field="fields", fields=wrong)
    if not SHORTEST_PURPOSE <= len(draft.purpose.strip()) <= LONGEST_PURPOSE:
        raise InvalidInput("purpose_length", field="purpose", least=SHORTEST_PURPOSE, most=LONGEST_PURPOSE)
    if not today() <= draft.wanted_until <= today() + timedelta(days=LONGEST_DAYS):
        raise InvalidInput("expiry_out_of_range", field="wanted_until", days=LONGEST_DAYS)


def _waiting(session: Session, organisation_id: UUID, owner_id: UUID) -> bool:
    same = select(DataRequest.id).where(
        DataRequest.organisation_id == organisation_id, DataRequest.owner_id == owner_id, DataRequest.state == S.ASKED
    )
    return session.exec(same).first() is not None


def _note(note: str, *, is_needed: bool = False) -> str:
    if is_needed and not note.strip():
        raise InvalidInput("note_missing", field="note")
    if len(note) > LONGEST_NOTE:
        raise InvalidInput("reason_too_long", field="note", most=LONGEST_NOTE)
    return note.strip()


def _step(
    session: Session,
    actor: Actor,
    request: DataRequest,
    action: str,
    values: dict[str, object],
    before: DataRequestState,
    expected_version: int | None,
) -> DataRequest:
    check_version(request, {"state": values["state"]}, expected_version=expected_version)
    if request.state is not before:
        raise InvalidInput("request_step", before=request.state)
    is_decision = values["state"] is not S.WITHDRAWN
    told = {**values, "decided_by": actor.user_id, "decided_at": utc_now()} if is_decision else values
    changes = audit.apply_changes(request, told)
    session.add(request)
    session.flush()
    audit.record(session, actor, action, request, changes=changes)
    session.flush()
    return request


def _close(session: Session, request: DataRequest) -> None:
    session.execute(sa.delete(FieldGrant).where(col(FieldGrant.request_id) == request.id))
    session.flush()


def _listed(session: Session, requests: Sequence[DataRequest]) -> list[Listed]:
    sides = {key for one in requests for key in (one.organisation_id, one.owner_id)}
    names = {one.id: one for one in session.exec(select(Organisation).where(col(Organisation.id).in_(sides)))}
    open_fields = _open_fields(session, [one.id for one in requests])
    return [
        Listed(one, names[one.organisation_id], names[one.owner_id], tuple(open_fields.get(one.id, ())))
        for one in requests
    ]


def _open_fields(session: Session, ids: Sequence[UUID]) -> dict[UUID | None, list[str]]:
    held = select(FieldGrant.request_id, FieldGrant.field).where(col(FieldGrant.request_id).in_(ids))
    found: dict[UUID | None, list[str]] = {}
    for key, field in session.exec(in_force(held, today=today()).order_by(col(FieldGrant.id))):
        found.setdefault(key, []).append(field)
    return found
