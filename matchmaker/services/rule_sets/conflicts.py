"""Conflicts of interest on record: pairs that rules of this kind keep apart. Their reasons are for who edits rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, NotFound
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, require
from models.base import new_id
from models.organisations import Organisation
from models.rules import OrganisationConflict

MOST_REASON, MOST_SOURCE = 500, 400


@dataclass(frozen=True, kw_only=True)
class ConflictDraft:
    first_id: UUID
    second_id: UUID
    reason: str
    source: str


@dataclass(frozen=True)
class Conflict:
    record: OrganisationConflict
    first: Organisation
    second: Organisation


def list_conflicts(session: Session, actor: Actor) -> Sequence[Conflict]:
    """The latest first."""
    require(actor, Permission.RULES_EDIT)
    records = session.exec(select(OrganisationConflict).order_by(col(OrganisationConflict.created_at).desc())).all()
    ids = {key for record in records for key in (record.first_id, record.second_id)}
    named = {one.id: one for one in session.exec(select(Organisation).where(col(Organisation.id).in_(ids)))}
    return [Conflict(record, named[record.first_id], named[record.second_id]) for record in records]


def get_conflict(session: Session, actor: Actor, conflict_id: UUID) -> Conflict:
    for conflict in list_conflicts(session, actor):
        if conflict.record.id == conflict_id:
            return conflict
    raise NotFound("conflict", conflict_id)


def add_conflict(session: Session, actor: Actor, draft: ConflictDraft) -> OrganisationConflict:
    """From now on the two do not meet in a team that such a rule is about."""
    require(actor, Permission.RULES_EDIT)
    _check(draft)
    pair = sorted((draft.first_id, draft.second_id), key=str)
    either = (col(OrganisationConflict.first_id).in_(pair), col(OrganisationConflict.second_id).in_(pair))
    listed = select(OrganisationConflict).where(*either)
    if session.exec(listed).first() is not None:
        raise InvalidInput("conflict_listed", field="second")
    record = OrganisationConflict(
        id=new_id(), first_id=pair[0], second_id=pair[1], reason=draft.reason, source=draft.source
    )
    session.add(record)
    audit.record(session, actor, "conflict.add", record, changes={"pair": pair, "source": draft.source})
    session.flush()
    return record


def remove_conflict(session: Session, actor: Actor, record: OrganisationConflict) -> None:
    require(actor, Permission.RULES_EDIT)
    changes = {"pair": [record.first_id, record.second_id], "reason": record.reason, "source": record.source}
    audit.record(session, actor, "conflict.remove", record, changes=changes)
    session.delete(record)
    session.flush()


def _check(draft: ConflictDraft) -> None:
    if draft.first_id == draft.second_id:
        raise InvalidInput("two_organisations", field="second")
    if not draft.source:
        raise InvalidInput("rule_source_missing", field="source")
    for name, most in (("reason", MOST_REASON), ("source", MOST_SOURCE)):
        if len(getattr(draft, name)) > most:
            raise InvalidInput("too_long", field=name, most=most)
