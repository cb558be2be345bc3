"""The one place that decides which fields of a profile a person may see.

Pages, search and exports read a profile through `profile_for`. A field is shown, unknown or hidden; a hidden field
looks the same whether it is filled or not, so hiding tells nothing. A grant (`FieldGrant`) opens a field to the people
of one organisation whatever its grade.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput
from matchmaker.services import audit, open_rounds
from matchmaker.services.actors import Actor, Permission, can, require
from matchmaker.services.calendar import today
from matchmaker.services.changes import check_version
from matchmaker.services.credentials import list_certifications, list_patents
from matchmaker.services.organisations import ContactDraft, list_node_codes, update_contact
from matchmaker.store.capital.seeing import in_force
from models.audit import AuditEntry
from models.base import utc_now
from models.enums import Grade, OrganisationKind
from models.organisations import FieldGrade, Organisation
from models.rounds import FieldGrant
from models.taxonomy import FieldGradeDefault
from models.track import Participation, Project

# What a reader must know to know whom the page is about; without these there is no profile at all.
ALWAYS_OPEN = frozenset({"kind", "name_zh", "name_en", "short_name"})
# Contact data passes only with consent, so no organisation can open it to everybody by mistake.
NEVER_OPEN = frozenset({"contact_name", "contact_email", "contact_phone"})
FIELDS = (
    "uscc",
    "ownership",
    "district_code",
    "country",
    "region",
    "address",
    "website",
    "founded_on",
    "industry_code",
    "summary_zh",
    "summary_en",
    "nodes",
    "tags",
    "staff",
    "rd_staff_share",
    "revenue_band",
    "rd_ratio",
    "capacity",
    "engaged",
    "certifications",
    "patents",
    "projects",
    "rounds",
    "round_figures",
    "verified_at",
    "contact_name",
    "contact_email",
    "contact_phone",
)


# Records that are a field of the profile as a whole.
PARTS: Mapping[str, str] = {"certifications": "certifications", "patent_counts": "patents"}
# Records between organisations, whose entries may name none of them as theirs.
KEPT_BACK = frozenset(
    {
        "capital_stacks",
        "challenges",
        "challenge_access",
        "challenge_answers",
        "clause_waivers",
        "composition_rules",
        "compositions",
        "consortia",
        "consortium_versions",
        "data_requests",
        "deal_lists",
        "deal_notes",
        "deal_stages",
        "deals",
        "dossiers",
        "fact_questions",
        "interactions",
        "interests",
        "ip_items",
        "mandates",
        "match_outcomes",
        "rounds",
        "screens",
        "seats",
    }
)
# Of a fund's desk others learn nothing at all, not even that.
ITS_OWN = frozenset({"deal_lists", "deal_notes", "deal_stages", "deals", "screens"})
HOW_FAR = frozenset(
    {
        *("stage", "state", "is_submitted", "fields", "kind", "number", "version", "verdict"),
        *("submitted_at", "signed_at", "signed_on", "published_at", "valid_until"),
        *("field", "grade", "role", "user_id", "competing"),
    }
)


@dataclass(frozen=True)
class Shown:
    value: Any


@dataclass(frozen=True)
class Unknown:
    """Nobody has said it yet."""


@dataclass(frozen=True)
class Hidden:
    grade: Grade


FieldView = Shown | Unknown | Hidden


@dataclass(frozen=True)
class ProfileView:
    """What one person may know of one organisation."""

    organisation_id: UUID
    kind: OrganisationKind
    name_zh: str
    name_en: str
    short_name: str
    fields: Mapping[str, FieldView]

    def __getitem__(self, field: str) -> FieldView:
        return self.fields[field]

    def value(self, field: str) -> Any:
        """The value, or None where it is unknown or hidden."""
        view = self.fields[field]
        return view.value if isinstance(view, Shown) else None


def profile_for(session: Session, actor: Actor, organisation: Organisation) -> ProfileView:
    require(actor, Permission.ORGANISATION_VIEW)
    grades = grades_of(session, organisation.id)
    granted = granted_fields(session, actor, organisation.id)
    views = {
        field: _value(session, organisation, field)
        if field in granted or may_see(actor, grades[field], organisation.id)
        else Hidden(grades[field])
        for field in FIELDS
    }
    return ProfileView(
        organisation_id=organisation.id,
        kind=organisation.kind,
        name_zh=organisation.name_zh,
        name_en=organisation.name_en,
        short_name=organisation.short_name,
        fields=views,
    )


def may_see(actor: Actor, grade: Grade, organisation_id: UUID) -> bool:
    """Whether `actor` may see a field of this grade of this organisation."""
    if grade is Grade.OPEN:
        return can(actor, Permission.ORGANISATION_VIEW)
    return can(actor, Permission.ORGANISATION_SEE_CLOSED, organisation_id)


def granted_fields(session: Session, actor: Actor, organisation_id: UUID) -> frozenset[str]:
    """The kept-back fields that `organisation_id` lets an organisation of the actor's see at present."""
    if not actor.memberships:
        return frozenset()
    granted = select(FieldGrant.field).where(
        FieldGrant.organisation_id == organisation_id, col(FieldGrant.grantee_id).in_(list(actor.memberships))
    )
    return frozenset(session.exec(in_force(granted, today=today())))


def grades_of(session: Session, organisation_id: UUID) -> dict[str, Grade]:
    """The grade of every field of one organisation. A field without a default is closed until somebody grades it."""
    defaults = {default.field: default.grade for default in session.exec(select(FieldGradeDefault))}
    own = session.exec(select(FieldGrade).where(FieldGrade.organisation_id == organisation_id))
    chosen = defaults | {grade.field: grade.grade for grade in own}
    return {field: _within_bounds(field, chosen.get(field, Grade.CLOSED)) for field in FIELDS}


def grade_of(session: Session, organisation_ids: Iterable[UUID], field: str) -> dict[UUID, Grade]:
    """The grade of one field for many organisations, in two queries."""
    default = session.get(FieldGradeDefault, field)
    usual = _within_bounds(field, default.grade if default else Grade.CLOSED)
    own = session.exec(select(FieldGrade).where(FieldGrade.field == field))
    chosen = {grade.organisation_id: _within_bounds(field, grade.grade) for grade in own}
    return {organisation_id: chosen.get(organisation_id, usual) for organisation_id in organisation_ids}


def is_open(session: Session, owner: Any, field: str) -> sa.ColumnElement[bool]:
    """The same as a condition: the grade of `field` at the organisation of column `owner` opens it to everybody."""
    if Grade.OPEN not in allowed_grades(field):
        return sa.false()
    if allowed_grades(field) == (Grade.OPEN,):
        return sa.true()
    usual = session.get(FieldGradeDefault, field)
    chosen = select(FieldGrade.organisation_id).where(FieldGrade.field == field)
    if usual is not None and usual.grade is Grade.OPEN:
        return owner.not_in(chosen.where(FieldGrade.grade != Grade.OPEN))
    return owner.in_(chosen.where(FieldGrade.grade == Grade.OPEN))


def open_fields(
    session: Session, organisation_ids: Iterable[UUID], fields: Iterable[str]
) -> dict[UUID, frozenset[str]]:
    """Which of `fields` every signed-in person may see, for many organisations, in two queries."""
    wanted, ids = frozenset(fields), list(organisation_ids)
    defaults = select(FieldGradeDefault).where(col(FieldGradeDefault.field).in_(wanted))
    usual = dict.fromkeys(wanted, Grade.CLOSED) | {row.field: row.grade for row in session.exec(defaults)}
    chosen: dict[UUID, dict[str, Grade]] = {organisation_id: dict(usual) for organisation_id in ids}
    own = select(FieldGrade).where(col(FieldGrade.organisation_id).in_(ids), col(FieldGrade.field).in_(wanted))
    for row in session.exec(own):
        chosen[row.organisation_id][row.field] = row.grade
    return {
        key: frozenset(field for field, grade in grades.items() if _within_bounds(field, grade) is Grade.OPEN)
        for key, grades in chosen.items()
    }


def allowed_grades(field: str) -> tuple[Grade, ...]:
    """The grades among which an organisation may choose for this field."""
    if field in ALWAYS_OPEN:
        return (Grade.OPEN,)
    if field in NEVER_OPEN:
        return (Grade.CONDITIONAL, Grade.CLOSED)
    return tuple(Grade)


def set_grade(
    session: Session, actor: Actor, organisation: Organisation, field: str, grade: Grade, *, reason: str = ""
) -> None:
    """Give one field a grade of the organisation's own."""
    require(actor, Permission.ORGANISATION_EDIT, organisation.id)
    put_grade(session, actor, organisation, field, grade, reason=reason)


def put_grade(
    session: Session, actor: Actor, organisation: Organisation, field: str, grade: Grade, *, reason: str
) -> None:
    """For services that have asked for permission."""
    if field not in FIELDS:
        raise InvalidInput("unknown_field", field="field", typed=field)
    if grade not in allowed_grades(field):
        raise InvalidInput("grade_not_allowed", field=field, grade=grade, allowed=allowed_grades(field))
    before = grades_of(session, organisation.id)[field]
    if before is grade:
        return

    own = select(FieldGrade).where(FieldGrade.organisation_id == organisation.id, FieldGrade.field == field)
    record = session.exec(own).first() or FieldGrade(organisation_id=organisation.id, field=field, grade=grade)
    record.grade, record.reason = grade, reason
    session.add(record)
    session.flush()
    said = {"reason": reason} if reason else {}
    if grade is Grade.CLOSED:
        _end_requested(session, organisation.id, field)
    audit.record(session, actor, "grade.set", record, changes={"field": field, "grade": [before, grade], **said})
    # Through the record, not `touch`: a form that still shows the former grade must be found out of date.
    organisation.changed_at = utc_now()
    session.flush()


def update_contact_and_grades(
    session: Session,
    actor: Actor,
    organisation: Organisation,
    draft: ContactDraft,
    *,
    grades: Mapping[str, Grade],
    expected_version: int | None = None,
) -> None:
    """Whom to ask, and who may see what. They are one form, so a field that a colleague has closed in the meantime
    is not opened again by somebody who saw it open."""
    require(actor, Permission.ORGANISATION_EDIT, organisation.id)
    stored = grades_of(session, organisation.id)
    yours = asdict(draft) | {f"grade_{field}": grade for field, grade in grades.items()}
    theirs = {name: getattr(organisation, name) for name in asdict(draft)}
    theirs |= {f"grade_{field}": stored[field] for field in grades}
    check_version(organisation, yours, theirs=theirs, expected_version=expected_version)

    update_contact(session, actor, organisation, draft)
    for field, grade in grades.items():
        set_grade(session, actor, organisation, field, grade)


def seen_changes(
    session: Session, actor: Actor, entries: Iterable[AuditEntry]
) -> dict[int | None, Mapping[str, object]]:
    """What each entry changed, as far as `actor` may read it.

    Of what belongs to an organisation a stranger reads the open fields of its profile and how far something has come;
    texts of postings, messages and notes are read where they are published, if they are. What belongs to no
    organisation are the platform's own settings, which every reader of the log reads whole.

    A platform role opens neither what is between organisations nor certifications that are kept back: officers read
    those where conflict of interest is asked first, or where the opening is entered.
    """
    listed = list(entries)
    open_of = open_fields(session, {one.organisation_id for one in listed if one.organisation_id}, FIELDS)

    def is_seen(entry: AuditEntry, name: str) -> bool:
        owner, kind = entry.organisation_id, entry.subject_type
        if kind in ITS_OWN:
            return owner in actor.memberships
        if kind == "organisation_conflicts":
            return name != "reason" or can(actor, Permission.RULES_EDIT)
        if owner in actor.memberships:
            return True
        if kind in KEPT_BACK:
            return name in HOW_FAR
        if owner is not None and kind in PARTS:  # its number and its end are what is kept back
            return PARTS[kind] in open_of[owner]
        if owner is None or name in HOW_FAR or can(actor, Permission.ORGANISATION_SEE_CLOSED):
            return True
        return kind == Organisation.__tablename__ and (name in ALWAYS_OPEN or name in open_of[owner])

    def seen(entry: AuditEntry) -> dict[str, object]:
        hidden = Hidden(Grade.CLOSED)
        return {name: value if is_seen(entry, name) else hidden for name, value in entry.changes.items()}

    return {entry.id: seen(entry) for entry in listed}


def _end_requested(session: Session, organisation_id: UUID, field: str) -> None:
    """Who closes a field takes it back from those who were let see it on request (`services.data_requests`)."""
    ours = sa.and_(col(FieldGrant.organisation_id) == organisation_id, col(FieldGrant.field) == field)
    session.execute(sa.delete(FieldGrant).where(ours, col(FieldGrant.request_id).is_not(None)))


def _within_bounds(field: str, grade: Grade) -> Grade:
    return grade if grade in allowed_grades(field) else allowed_grades(field)[0]


def _value(session: Session, organisation: Organisation, field: str) -> FieldView:
    value = LISTS[field](session, organisation) if field in LISTS else getattr(organisation, field)
    return Unknown() if value is None or value in ("", (), []) else Shown(value)


def _projects(session: Session, organisation: Organisation) -> tuple[Project, ...]:
    took_part = select(Participation.project_id).where(Participation.organisation_id == organisation.id)
    projects = select(Project).where(col(Project.id).in_(took_part))
    latest_first = (col(Project.started_on).desc().nulls_last(), col(Project.id))
    return tuple(session.exec(projects.order_by(*latest_first).limit(50)))


LISTS: Mapping[str, Callable[[Session, Organisation], tuple[Any, ...]]] = {
    "nodes": lambda session, organisation: tuple(list_node_codes(session, organisation)),
    "certifications": lambda session, organisation: tuple(list_certifications(session, organisation.id)),
    "patents": lambda session, organisation: tuple(list_patents(session, organisation.id)),
    "projects": _projects,
    "rounds": open_rounds.rounds_of,
    "round_figures": open_rounds.figures_of,
}
