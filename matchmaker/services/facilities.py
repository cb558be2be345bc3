"""Facilities of one organisation, for those who may see them."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from matchmaker.services.actors import Actor, Permission, can, require
from models.enums import PostingState
from models.facilities import Facility


def list_facilities(session: Session, actor: Actor, organisation_id: UUID) -> Sequence[Facility]:
    """Published ones for everybody who is signed in, all for the organisation's own people and officers."""
    require(actor, Permission.POSTING_VIEW)
    wanted = select(Facility).where(Facility.organisation_id == organisation_id)
    if not can(actor, Permission.ORGANISATION_SEE_CLOSED, organisation_id):
        wanted = wanted.where(Facility.state == PostingState.PUBLISHED)
    return session.exec(wanted.order_by(col(Facility.created_at), col(Facility.id)).limit(50)).all()
