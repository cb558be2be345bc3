"""People as services know them: their roles on the platform, and for whom they act."""

from collections.abc import Mapping
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.services.actors import PLATFORM, VISITOR, Actor
from models.accounts import User
from models.enums import MembershipRole, PlatformRole
from models.organisations import Organisation

PLATFORM_ROLES = frozenset(PlatformRole)


def actor_of(session: Session, user_id: UUID | None) -> Actor:
    """Whoever asked for a job, with the rights they have now; nobody means the platform itself."""
    if user_id is None:
        return PLATFORM
    person = session.get(User, user_id)
    return actor_for(session, person) if person is not None and person.active else VISITOR


def actor_for(session: Session, person: User) -> Actor:
    memberships = {membership.organisation_id: membership.role for membership in person.memberships}
    return Actor(
        user_id=person.id,
        roles=frozenset(PlatformRole(role.name) for role in person.roles if role.name in PLATFORM_ROLES),
        memberships=_with_taken_in(session, memberships),
    )


def _with_taken_in(session: Session, memberships: Mapping[UUID, MembershipRole]) -> dict[UUID, MembershipRole]:
    """Who acts for an organisation acts for those merged into it: what is signed in their names stays in them.

    A membership that stayed with a merged record gives no right of its own: who has left the organisation has left.
    """
    if not memberships:
        return {}
    mine = list(memberships)
    merged = select(Organisation.id, Organisation.merged_into_id).where(
        col(Organisation.merged_into_id).is_not(None),
        sa.or_(col(Organisation.merged_into_id).in_(mine), col(Organisation.id).in_(mine)),
    )
    into_of = dict(session.exec(merged).all())
    held = {key: role for key, role in memberships.items() if key not in into_of}
    return held | {key: held[into] for key, into in into_of.items() if into in held}
