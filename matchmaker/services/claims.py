"""Claims: a person asks to act for an organisation that is already in the registry, and an officer decides."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, NotAllowed, NotFound
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.organisations import make_owner, may_know
from matchmaker.services.paging import Page, page_of
from models.accounts import Membership, OrganisationClaim
from models.base import utc_now
from models.enums import ClaimState
from models.organisations import Organisation


def claim(session: Session, actor: Actor, organisation: Organisation, statement: str) -> OrganisationClaim:
    """Ask to act for `organisation`; `statement` says by what right."""
    if actor.user_id is None:
        raise NotAllowed(Permission.ORGANISATION_CLAIM, organisation.id)
    require(actor, Permission.ORGANISATION_CLAIM)
    if not may_know(actor, organisation):
        raise NotFound("organisation", organisation.id)
    if organisation.id in actor.memberships:
        raise InvalidInput("already_member", field="statement")
    if find_pending(session, actor, organisation):
        raise InvalidInput("claim_pending", field="statement")

    asked = OrganisationClaim(user_id=actor.user_id, organisation_id=organisation.id, statement=statement)
    session.add(asked)
    session.flush()
    audit.record(session, actor, "claim.create", asked, changes={"statement": statement})
    return asked


def find_pending(session: Session, actor: Actor, organisation: Organisation) -> OrganisationClaim | None:
    """The claim of `actor` on this organisation that nobody has decided yet."""
    mine = select(OrganisationClaim).where(
        OrganisationClaim.user_id == actor.user_id,
        OrganisationClaim.organisation_id == organisation.id,
        OrganisationClaim.state == ClaimState.PENDING,
    )
    return session.exec(mine).first()


def my_claims(session: Session, actor: Actor) -> Sequence[OrganisationClaim]:
    """What `actor` has asked for, the latest first."""
    mine = select(OrganisationClaim).where(OrganisationClaim.user_id == actor.user_id)
    return session.exec(mine.order_by(col(OrganisationClaim.created_at).desc(), col(OrganisationClaim.id))).all()


def list_claims(session: Session, actor: Actor, state: ClaimState, *, page: int = 1) -> Page[OrganisationClaim]:
    """The claims in one state, the oldest first: who has waited longest is served first."""
    require(actor, Permission.CLAIM_DECIDE)
    wanted = sa.select(OrganisationClaim).where(col(OrganisationClaim.state) == state)
    return page_of(session, wanted.order_by(col(OrganisationClaim.created_at), col(OrganisationClaim.id)), number=page)


def count_pending(session: Session, actor: Actor) -> int:
    require(actor, Permission.CLAIM_DECIDE)
    pending = sa.select(sa.func.count()).where(col(OrganisationClaim.state) == ClaimState.PENDING)
    return session.scalar(pending) or 0


def get_claim(session: Session, actor: Actor, claim_id: UUID) -> OrganisationClaim:
    """A claim, for the one who made it and for those who decide."""
    asked = session.get(OrganisationClaim, claim_id)
    if asked is None:
        raise NotFound("claim", claim_id)
    if asked.user_id != actor.user_id:
        require(actor, Permission.CLAIM_DECIDE)
    return asked


def approve(session: Session, actor: Actor, asked: OrganisationClaim, note: str = "") -> None:
    """The person becomes the organisation's owner."""
    _decide(session, actor, asked, ClaimState.APPROVED, note)
    organisation = session.get_one(Organisation, asked.organisation_id)
    if not _is_member(session, asked):
        make_owner(session, actor, organisation, asked.user_id)


def decline(session: Session, actor: Actor, asked: OrganisationClaim, note: str) -> None:
    """The person is told why in `note`, so it may not be empty."""
    if not note:
        raise InvalidInput("note_missing", field="decision_note")
    _decide(session, actor, asked, ClaimState.DECLINED, note)


def _decide(session: Session, actor: Actor, asked: OrganisationClaim, state: ClaimState, note: str) -> None:
    require(actor, Permission.CLAIM_DECIDE)
    if asked.user_id == actor.user_id:
        raise InvalidInput("own_claim", field="decision_note")
    if asked.state is not ClaimState.PENDING:
        raise InvalidInput("claim_decided", field="decision_note", state=asked.state)

    values = {"state": state, "decided_by": actor.user_id, "decided_at": utc_now(), "decision_note": note}
    changes = audit.apply_changes(asked, values)
    audit.record(session, actor, f"claim.{state}", asked, changes=changes)
    session.flush()


def _is_member(session: Session, asked: OrganisationClaim) -> bool:
    membership = select(Membership).where(
        Membership.user_id == asked.user_id, Membership.organisation_id == asked.organisation_id
    )
    return session.exec(membership).first() is not None
