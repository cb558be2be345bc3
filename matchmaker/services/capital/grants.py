"""What a firm has shown to single funds beyond its grades, and taking that back."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, NotFound
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, can, require
from models.organisations import Organisation
from models.rounds import FieldGrant


def list_grants(
    session: Session, actor: Actor, organisation_id: UUID, *, today: date
) -> Sequence[tuple[FieldGrant, Organisation]]:
    """Those in force with who may see, for the firm's own people and officers."""
    require(actor, Permission.ROUND_VIEW, organisation_id)
    wanted = (
        select(FieldGrant, Organisation)
        .join(Organisation, col(Organisation.id) == col(FieldGrant.grantee_id))
        .where(FieldGrant.organisation_id == organisation_id)
        .where(sa.or_(col(FieldGrant.expires_on).is_(None), col(FieldGrant.expires_on) >= today))
        .order_by(col(Organisation.name_zh), col(FieldGrant.field), col(FieldGrant.id))
    )
    return session.exec(wanted).all()


def take_back(session: Session, actor: Actor, grant_id: UUID) -> UUID:
    """The fund sees the field no more; gives the firm. What came with a dossier is taken back there."""
    grant = session.get(FieldGrant, grant_id)
    if grant is None or not can(actor, Permission.ROUND_VIEW, grant.organisation_id):
        raise NotFound("grant", grant_id)
    require(actor, Permission.DOSSIER_SEND, grant.organisation_id)
    if grant.dossier_id is not None:
        raise InvalidInput("grant_of_a_dossier")
    changes = {"field": [grant.field, None], "grantee_id": [grant.grantee_id, None]}
    audit.record(session, actor, "grant.end", grant, changes=changes)
    session.delete(grant)
    session.flush()
    return grant.organisation_id
