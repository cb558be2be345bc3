"""What one organisation may know of others: open fields, what was handed to it, and everything of its own."""

from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.store.reading import Visibility
from models.enums import DossierState, Grade
from models.organisations import FieldGrade
from models.rounds import Dossier, FieldGrant

# Until it is submitted a fund knows nothing of a dossier, and what is declined or taken back is seen no more.
HANDED_OVER = (DossierState.SUBMITTED, DossierState.TAKEN_UP)


class SeenBy:
    """Whether `reader` may see a field of an organisation on `today`; nobody: what every signed-in person may see."""

    def __init__(self, session: Session, reader: UUID | None, *, today: date) -> None:
        self._reader = reader
        self._is_open = Visibility(session)
        self._granted = _grants(session, reader, today) if reader else frozenset()

    def __call__(self, organisation_id: UUID, name: str) -> bool:
        return (
            organisation_id == self._reader
            or (organisation_id, name) in self._granted
            or self._is_open(organisation_id, name)
        )

    @property
    def beyond_open(self) -> frozenset[UUID]:
        """Organisations of which the reader may see more than everybody."""
        own = {self._reader} if self._reader else set()
        return frozenset(own | {organisation_id for organisation_id, _field in self._granted})


def read_grantees(session: Session, organisation_id: UUID, *, today: date) -> frozenset[UUID]:
    """Who may see more of an organisation than everybody."""
    wanted = select(FieldGrant.grantee_id).where(FieldGrant.organisation_id == organisation_id)
    return frozenset(session.exec(in_force(wanted, today=today)).all())


def _grants(session: Session, reader: UUID, today: date) -> frozenset[tuple[UUID, str]]:
    wanted = select(FieldGrant.organisation_id, FieldGrant.field).where(FieldGrant.grantee_id == reader)
    return frozenset(session.exec(in_force(wanted, today=today)).all())


def in_force(grants: Any, *, today: date) -> Any:
    """Of a statement about grants: those that hold on `today`. One given on request never opens a closed field,
    be it closed by a merge with a record that kept it closed."""
    closed = sa.exists().where(
        col(FieldGrade.organisation_id) == FieldGrant.organisation_id,
        col(FieldGrade.field) == FieldGrant.field,
        col(FieldGrade.grade) == Grade.CLOSED,
    )
    return (
        grants.join(Dossier, col(FieldGrant.dossier_id) == Dossier.id, isouter=True)
        .where(sa.or_(col(FieldGrant.expires_on).is_(None), col(FieldGrant.expires_on) >= today))
        .where(sa.or_(col(FieldGrant.dossier_id).is_(None), col(Dossier.state).in_(HANDED_OVER)))
        .where(sa.or_(col(FieldGrant.request_id).is_(None), ~closed))
    )
