"""Who is let in to what a challenge keeps back: asked for with a purpose, invited by the poster, and shut out again."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, NotFound
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, can, require
from matchmaker.services.challenges import recusal, seeing
from models.base import utc_now
from models.challenges import Challenge, ChallengeAccess
from models.enums import AccessState, ChallengeStage, Grade
from models.organisations import Organisation

PURPOSE_AT_LEAST = 10


def ask(session: Session, actor: Actor, challenge_id: UUID, organisation_id: UUID, purpose: str) -> ChallengeAccess:
    """Ask for the organisation to be let in; an invitation or an earlier word of the poster stands."""
    require(actor, Permission.CHALLENGE_ANSWER, organisation_id)
    challenge = seeing.get_seen(session, actor, challenge_id)
    if challenge.secrecy is Grade.OPEN or challenge.organisation_id == organisation_id:
        raise InvalidInput("nothing_kept_back")
    if found := find(session, challenge.id, organisation_id):
        return found
    if len(purpose) < PURPOSE_AT_LEAST:
        raise InvalidInput("purpose_too_short", field="purpose", at_least=PURPOSE_AT_LEAST)
    return _add(session, actor, challenge, organisation_id, AccessState.ASKED, purpose=purpose)


def invite(
    session: Session, actor: Actor, challenge: Challenge, organisation: Organisation, note: str = ""
) -> ChallengeAccess:
    """Let an organisation in without its asking: the only way into a closed challenge."""
    recusal.require_steering(session, actor, challenge)
    if challenge.secrecy is Grade.OPEN or challenge.organisation_id == organisation.id:
        raise InvalidInput("nothing_kept_back")
    if found := find(session, challenge.id, organisation.id):
        decide(session, actor, found, AccessState.GRANTED, note)
        return found
    return _add(session, actor, challenge, organisation.id, AccessState.GRANTED, note=note)


def decide(session: Session, actor: Actor, access: ChallengeAccess, state: AccessState, note: str = "") -> None:
    """Grant or refuse; a refusal says why."""
    challenge = session.get_one(Challenge, access.challenge_id)
    recusal.require_steering(session, actor, challenge)
    if state is AccessState.REFUSED and not note:
        raise InvalidInput("note_missing", field="note")
    if access.state is state:
        return
    if access.state is AccessState.GRANTED:
        raise InvalidInput("let_in_already")
    _set(session, actor, access, state, note, action=state)


def revoke(session: Session, actor: Actor, access: ChallengeAccess, reason: str) -> None:
    """Shut out an organisation that was let in, and say why. What it has answered stays, and its own people read it."""
    challenge = session.get_one(Challenge, access.challenge_id)
    recusal.require_steering(session, actor, challenge)
    if not reason:
        raise InvalidInput("note_missing", field="note")
    if access.state is AccessState.GRANTED:
        _set(session, actor, access, AccessState.REFUSED, reason, action="revoked")


def find(session: Session, challenge_id: UUID, organisation_id: UUID) -> ChallengeAccess | None:
    """For services that have asked for permission."""
    mine = select(ChallengeAccess).where(
        ChallengeAccess.challenge_id == challenge_id, ChallengeAccess.organisation_id == organisation_id
    )
    return session.exec(mine).first()


def mine(session: Session, actor: Actor, challenge_id: UUID) -> Sequence[ChallengeAccess]:
    """What `actor`'s organisations have asked for, and what came of it."""
    asked = select(ChallengeAccess).where(
        ChallengeAccess.challenge_id == challenge_id, col(ChallengeAccess.organisation_id).in_(actor.memberships)
    )
    return session.exec(asked.order_by(col(ChallengeAccess.created_at))).all()


def list_access(session: Session, actor: Actor, challenge: Challenge) -> Sequence[ChallengeAccess]:
    """Everybody who asked or was invited, the latest first; for the poster and officers."""
    recusal.require_steering(session, actor, challenge)
    asked = select(ChallengeAccess).where(ChallengeAccess.challenge_id == challenge.id)
    return session.exec(asked.order_by(col(ChallengeAccess.created_at).desc(), col(ChallengeAccess.id))).all()


def get(session: Session, actor: Actor, access_id: UUID) -> ChallengeAccess:
    """One request, for those who decide on it."""
    access = session.get(ChallengeAccess, access_id)
    challenge = session.get_one(Challenge, access.challenge_id) if access else None
    if access is None or challenge is None or not can(actor, Permission.CHALLENGE_EDIT, challenge.organisation_id):
        raise NotFound("challenge access", access_id)
    recusal.require_none(session, actor, challenge)
    return access


def _set(
    session: Session, actor: Actor, access: ChallengeAccess, state: AccessState, note: str, *, action: str
) -> None:
    changes = audit.apply_changes(access, {"state": state, "note": note, "decided_at": utc_now()})
    audit.record(session, actor, f"challenge-access.{action}", access, changes=changes)
    session.flush()


def _add(
    session: Session,
    actor: Actor,
    challenge: Challenge,
    organisation_id: UUID,
    state: AccessState,
    *,
    purpose: str = "",
    note: str = "",
) -> ChallengeAccess:
    if challenge.stage is ChallengeStage.WITHDRAWN:
        raise InvalidInput("challenge_over", stage=challenge.stage)
    access = ChallengeAccess(
        challenge_id=challenge.id,
        organisation_id=organisation_id,
        state=state,
        purpose=purpose,
        note=note,
        decided_at=utc_now() if state is AccessState.GRANTED else None,
    )
    session.add(access)
    session.flush()
    audit.record(session, actor, f"challenge-access.{state}", access, changes={"purpose": purpose, "note": note})
    return access
