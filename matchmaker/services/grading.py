"""Grades of an organisation's fields as an officer sees and changes them: who set what, when and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, Stale
from matchmaker.services import visibility
from matchmaker.services.actors import Actor, Permission, can, require
from matchmaker.services.paging import Page, page_of
from models.accounts import Membership, User
from models.audit import AuditEntry
from models.enums import Grade, OrganisationState
from models.organisations import FieldGrade, Organisation
from models.taxonomy import FieldGradeDefault

REASON_LENGTH = 500


@dataclass(frozen=True)
class Change:
    """One change of a grade, from the account of changes. A person is None where the platform did it or they left."""

    at: datetime
    field: str
    before: Grade
    after: Grade
    reason: str
    person: User | None
    is_of_the_organisation: bool


@dataclass(frozen=True)
class GradeLine:
    field: str
    grade: Grade
    default: Grade
    allowed: Sequence[Grade]
    last: Change | None

    @property
    def differs(self) -> bool:
        return self.grade is not self.default


def list_lines(session: Session, actor: Actor, organisation: Organisation) -> Sequence[GradeLine]:
    """Every field in the order of the profile: for officers and for the organisation's own people."""
    if not _curates(actor):
        require(actor, Permission.ORGANISATION_SEE_CLOSED, organisation.id)
    grades = visibility.grades_of(session, organisation.id)
    defaults = {row.field: row.grade for row in session.exec(select(FieldGradeDefault))}
    last = {change.field: change for change in reversed(_changes(session, organisation))}
    return [
        GradeLine(field, grade, defaults.get(field, Grade.CLOSED), visibility.allowed_grades(field), last.get(field))
        for field, grade in grades.items()
    ]


def list_changes_by_officers(session: Session, actor: Actor, organisation: Organisation) -> Sequence[Change]:
    """What officers have changed, the latest first; its own people read it."""
    require(actor, Permission.ORGANISATION_SEE_CLOSED, organisation.id)
    return [one for one in _changes(session, organisation) if not one.is_of_the_organisation]


def list_graded(session: Session, actor: Actor, *, named: str = "", page: int = 1) -> Page[Organisation]:
    """Organisations with a grade of their own; with `named`, all whose name or credit code it is a part of."""
    require(actor, Permission.REGISTRY_CURATE)
    wanted = sa.select(Organisation).where(col(Organisation.state) == OrganisationState.ACTIVE)
    if named:
        names = (Organisation.name_zh, Organisation.name_en, Organisation.short_name, Organisation.uscc)
        wanted = wanted.where(sa.or_(*(col(name).icontains(named, autoescape=True) for name in names)))
    else:
        wanted = wanted.where(col(Organisation.id).in_(select(FieldGrade.organisation_id)))
    return page_of(session, wanted.order_by(col(Organisation.changed_at).desc(), col(Organisation.id)), number=page)


def change_grade(
    session: Session,
    actor: Actor,
    organisation: Organisation,
    field: str,
    grade: Grade,
    *,
    reason: str,
    seen: Grade | None = None,
) -> None:
    """An officer sets a grade within its bounds and says why; the organisation reads it."""
    require(actor, Permission.REGISTRY_CURATE)
    if not reason:
        raise InvalidInput("reason_missing", field="reason")
    if len(reason) > REASON_LENGTH:
        raise InvalidInput("reason_too_long", field="reason", most=REASON_LENGTH)
    now = visibility.grades_of(session, organisation.id).get(field)
    if now is not None and seen is not None and now is not seen and now is not grade:
        raise Stale("field_grades", {"grade": (now, grade)})
    visibility.put_grade(session, actor, organisation, field, grade, reason=reason)


def _curates(actor: Actor) -> bool:
    return can(actor, Permission.REGISTRY_CURATE)


def _changes(session: Session, organisation: Organisation) -> list[Change]:
    entries = select(AuditEntry).where(AuditEntry.organisation_id == organisation.id, AuditEntry.action == "grade.set")
    found = session.exec(entries.order_by(col(AuditEntry.id).desc())).all()
    people = _people(session, {one.user_id for one in found if one.user_id})
    own = set(session.exec(select(Membership.user_id).where(Membership.organisation_id == organisation.id)))
    return [_change(one, people, own) for one in found]


def _people(session: Session, ids: set[UUID]) -> Mapping[UUID, User]:
    return {user.id: user for user in session.exec(select(User).where(col(User.id).in_(ids)))}


def _change(entry: AuditEntry, people: Mapping[UUID, User], own: set[UUID]) -> Change:
    before, after = entry.changes["grade"]
    person = people.get(entry.user_id) if entry.user_id else None
    return Change(
        at=entry.at,
        field=str(entry.changes["field"]),
        before=Grade(before),
        after=Grade(after),
        reason=str(entry.changes.get("reason", "")),
        person=person,
        is_of_the_organisation=entry.user_id in own,
    )
