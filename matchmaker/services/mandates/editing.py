"""Writing a mandate, step by step.

Only drafts are written on. Who wants to change published terms works on a copy (`revise`), which takes their place when
it is published: so nobody outside ever reads half-edited terms, no deal is held against them, and several people of a
fund share one working copy with the same checks as a new mandate.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, NotFound
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.changes import check_version
from matchmaker.services.mandates import drafts, reading
from matchmaker.services.mandates.drafts import (
    ClauseDraft,
    ClausesDraft,
    DirectionDraft,
    FieldDraft,
    FundDraft,
    StepDraft,
)
from matchmaker.services.mandates.reading import Terms
from models.base import utc_now
from models.enums import ClauseForce, ClauseKind, MandateStatus, OrganisationKind
from models.funds import Mandate, MandateClause, MandateField
from models.organisations import Organisation

SENT_TWICE_WITHIN = timedelta(minutes=1)


def create(session: Session, actor: Actor, organisation: Organisation, draft: FundDraft) -> Mandate:
    """A new mandate, as a draft."""
    require(actor, Permission.MANDATE_EDIT, organisation.id)
    if organisation.kind is not OrganisationKind.FUND:
        raise InvalidInput("wrong_kind", kind=OrganisationKind.FUND)
    drafts.check(session, draft)
    values = asdict(draft)
    if sent_before := _find_sent_before(session, organisation, values):
        return sent_before

    mandate = Mandate(organisation_id=organisation.id, status=MandateStatus.DRAFT, **values)
    session.add(mandate)
    session.flush()
    audit.record(session, actor, "mandate.create", mandate, changes=values)
    return mandate


def revise(session: Session, actor: Actor, mandate: Mandate) -> Mandate:
    """The working copy of published terms: the one that is there already, or a new one."""
    require(actor, Permission.MANDATE_EDIT, mandate.organisation_id)
    if mandate.status is MandateStatus.DRAFT:
        return mandate
    if mandate.status is MandateStatus.CLOSED:
        raise InvalidInput("mandate_closed")
    if found := find_revision(session, mandate):
        return found
    copy = Mandate(
        organisation_id=mandate.organisation_id,
        status=MandateStatus.DRAFT,
        revises_id=mandate.id,
        revises_edition=mandate.edition,
    )
    session.add(copy)
    session.flush()
    write_terms(session, copy, reading.terms_of(session, mandate))
    audit.record(session, actor, "mandate.revise", copy)
    session.flush()
    return copy


def find_revision(session: Session, mandate: Mandate) -> Mandate | None:
    """The working copy of a published mandate; for services and views that have asked for permission."""
    return session.exec(select(Mandate).where(Mandate.revises_id == mandate.id)).first()


def edit(
    session: Session, actor: Actor, mandate: Mandate, draft: StepDraft, *, expected_version: int | None = None
) -> None:
    """Replace one step of a draft."""
    require(actor, Permission.MANDATE_EDIT, mandate.organisation_id)
    require_draft(mandate)
    drafts.check(session, draft)
    draft = _in_order(session, draft)
    yours, theirs = _flat(draft), _flat(reading.stored(session, mandate, type(draft)))
    check_version(mandate, yours, theirs=theirs, expected_version=expected_version)

    changes = {name: [audit.plain(_rows(theirs[name])), audit.plain(_rows(mine))] for name, mine in yours.items()}
    changes = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
    if not changes:
        return
    write_terms(session, mandate, reading.terms_of(session, mandate).with_step(draft))
    mandate.changed_at = utc_now()  # rows of their own move the version too
    audit.record(session, actor, "mandate.update", mandate, changes=changes)
    session.flush()


def discard(session: Session, actor: Actor, mandate: Mandate) -> None:
    """Throw a draft away; published terms that it was to replace stay as they are."""
    require(actor, Permission.MANDATE_EDIT, mandate.organisation_id)
    require_draft(mandate)
    audit.record(session, actor, "mandate.discard", mandate)
    session.delete(mandate)
    session.flush()


def require_draft(mandate: Mandate) -> None:
    if mandate.status is not MandateStatus.DRAFT:
        raise NotFound("draft of a mandate", mandate.id)


def write_terms(session: Session, mandate: Mandate, terms: Terms) -> dict[str, list[object]]:
    """Put all terms in the place of the mandate's own; for services that have asked and checked."""
    changes = audit.apply_changes(mandate, terms.columns())
    _replace_rows(session, mandate, MandateField, [asdict(one) for one in terms.direction.fields])
    _replace_rows(session, mandate, MandateClause, [asdict(one) for one in terms.clauses.clauses])
    session.flush()
    return changes


def _replace_rows(session: Session, mandate: Mandate, table: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    session.execute(sa.delete(table).where(table.mandate_id == mandate.id))
    session.add_all(table(mandate_id=mandate.id, **row) for row in rows)


def _flat(draft: StepDraft) -> dict[str, Any]:
    return {f.name: getattr(draft, f.name) for f in fields(draft)}


def _rows(value: Any) -> Any:
    """Rows as plain values, for the audit log."""
    if not isinstance(value, tuple):
        return value
    return [asdict(one) if isinstance(one, (FieldDraft, ClauseDraft)) else one for one in value]


def _in_order(session: Session, draft: StepDraft) -> StepDraft:
    """Rows in the order in which they are read back, so that the same set is no change; usual clauses need no row."""
    if isinstance(draft, DirectionDraft):
        ordered = sorted(draft.fields, key=lambda one: (not one.is_main, one.node_code))
        return replace(draft, fields=tuple(ordered))
    if isinstance(draft, ClausesDraft):
        usual = reading.default_forces(session)
        own = [clause for clause in draft.clauses if not _is_usual(clause, usual)]
        return replace(draft, clauses=reading.in_order(own))
    return draft


def _is_usual(clause: ClauseDraft, usual: Mapping[ClauseKind, ClauseForce]) -> bool:
    return usual.get(clause.kind) is clause.force and not (clause.text_zh or clause.text_en or clause.source)


def _find_sent_before(session: Session, organisation: Organisation, values: Mapping[str, Any]) -> Mandate | None:
    """The same mandate of a moment ago: without script nothing keeps a button from being pressed twice."""
    recent = select(Mandate).where(
        Mandate.organisation_id == organisation.id,
        Mandate.status == MandateStatus.DRAFT,
        col(Mandate.created_at) >= utc_now() - SENT_TWICE_WITHIN,
    )
    latest = session.exec(recent.order_by(col(Mandate.created_at).desc(), col(Mandate.id).desc())).first()
    if latest is None or any(getattr(latest, name) != value for name, value in values.items()):
        return None
    return latest
