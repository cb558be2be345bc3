"""The one place that decides which mandates exist for a person.

A published mandate is there for everybody who is signed in: firms have to know what a fund wants. A draft, and the
working copy of a mandate under revision, is there for the fund's own people and for officers.
"""

from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.errors import NotFound
from matchmaker.services.actors import Actor, Permission, can, require
from models.enums import MandateStatus, OrganisationState
from models.funds import Mandate
from models.organisations import Organisation


def seen_by(actor: Actor) -> sa.ColumnElement[bool]:
    """The condition under which a row of mandates exists for `actor`; every list and count carries it."""
    if not can(actor, Permission.MANDATE_VIEW):
        return sa.false()
    if can(actor, Permission.MANDATE_EDIT):
        return sa.true()
    active = sa.select(col(Organisation.id)).where(col(Organisation.state) == OrganisationState.ACTIVE)
    is_out = sa.and_(col(Mandate.status) != MandateStatus.DRAFT, col(Mandate.organisation_id).in_(active))
    return sa.or_(col(Mandate.organisation_id).in_(list(actor.memberships)), is_out)


def get_seen(session: Session, actor: Actor, mandate_id: UUID) -> Mandate:
    """The mandate, where it exists for `actor`."""
    require(actor, Permission.MANDATE_VIEW)
    mandate = session.exec(select(Mandate).where(Mandate.id == mandate_id, seen_by(actor))).first()
    if mandate is None:
        raise NotFound("mandate", mandate_id)
    return mandate


def get_published(session: Session, actor: Actor, mandate_id: UUID) -> Mandate:
    """A mandate that is or was out; a draft is no such thing, whoever asks."""
    mandate = get_seen(session, actor, mandate_id)
    if mandate.status is MandateStatus.DRAFT:
        raise NotFound("published mandate", mandate_id)
    return mandate


def get_owned(session: Session, actor: Actor, mandate_id: UUID) -> Mandate:
    """A mandate that `actor` may write on; one that they may not even see is not found."""
    mandate = get_seen(session, actor, mandate_id)
    require(actor, Permission.MANDATE_EDIT, mandate.organisation_id)
    return mandate


def get_draft(session: Session, actor: Actor, mandate_id: UUID) -> Mandate:
    """A draft that `actor` may write on; published terms are not written on."""
    mandate = get_owned(session, actor, mandate_id)
    if mandate.status is not MandateStatus.DRAFT:
        raise NotFound("draft of a mandate", mandate_id)
    return mandate
