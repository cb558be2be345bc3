"""What terms would make of the open rounds if they were published as they stand, saved or not."""

from datetime import date
from uuid import UUID

from sqlmodel import Session

from matchmaker.services import clearing
from matchmaker.services.actors import Actor
from matchmaker.services.clearing import MandateClearance
from matchmaker.services.mandates.reading import Terms, held_clauses
from models.base import new_id
from models.enums import MandateStatus
from models.funds import Mandate


def preview(
    session: Session, actor: Actor, organisation_id: UUID, terms: Terms, *, mandate_id: UUID | None = None, today: date
) -> MandateClearance:
    """Hold `terms` of a fund against all open rounds as the fund may see them, as if it invested by them today.

    `mandate_id`: whose waivers count; none for a mandate that is not stored yet.
    """
    unsaved = Mandate(
        id=mandate_id or new_id(), organisation_id=organisation_id, status=MandateStatus.INVESTING, **terms.columns()
    )
    fields = {one.node_code: one.is_main for one in terms.direction.fields}
    forces = {clause.kind: clause.force for clause in held_clauses(session, terms)}
    return clearing.preview(session, actor, clearing.Terms(unsaved, fields, forces), today=today)
