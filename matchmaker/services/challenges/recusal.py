"""Conflict of interest (回避): an officer whose own organisation competes in a challenge keeps out of it.

It competes when it answers the challenge or sits in a team for it. The officer then neither reads the other answers and
rooms nor steers the challenge, also when the choice is made: what rivals wrote stays theirs. Any other officer takes
over; who could is told with the refusal, and every refusal is entered in the audit log. The poster's own people are
under `fairness` instead, since somebody has to choose.
"""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from matchmaker.errors import Recused
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, can, require
from matchmaker.services.challenges.fairness import counting_states, has_stake
from models.accounts import Membership, Role, User, UserRole
from models.base import columns_of
from models.challenges import Challenge, ChallengeAnswer
from models.consortia import Consortium, Seat
from models.enums import ConsortiumState, PlatformRole, ScopeKind, SeatState
from models.reports import MatchRun, Report, ReportSchedule

ScopedRows = type[Report] | type[MatchRun] | type[ReportSchedule]


def find_competing(session: Session, actor: Actor, challenge: Challenge) -> UUID | None:
    """The organisation for which an officer keeps out of this challenge; None where nothing stands against them."""
    is_officer = PlatformRole.OFFICER in actor.roles and bool(actor.memberships)
    if not is_officer or challenge.organisation_id in actor.memberships:
        return None
    return session.exec(_competitors(challenge, list(actor.memberships)).limit(1)).first()


def list_kept_out(session: Session, actor: Actor) -> frozenset[UUID]:
    """The challenges of which an officer keeps out."""
    if PlatformRole.OFFICER not in actor.roles or not actor.memberships:
        return frozenset()
    answered = sa.select(col(ChallengeAnswer.challenge_id)).where(
        col(ChallengeAnswer.organisation_id).in_(actor.memberships)
    )
    teamed = (
        sa.select(col(Consortium.challenge_id))
        .join(Seat, col(Seat.consortium_id) == col(Consortium.id))
        .where(col(Seat.organisation_id).in_(actor.memberships))
    )
    near = session.exec(select(Challenge).where(col(Challenge.id).in_(sa.union(answered, teamed))))
    return frozenset(one.id for one in near.all() if find_competing(session, actor, one) is not None)


def require_none(session: Session, actor: Actor, challenge: Challenge) -> None:
    """Raise Recused where the actor has to keep out."""
    own = find_competing(session, actor, challenge)
    if own is not None:
        raise Recused(challenge.id, own, [person.name or person.email for person in list_others(session, challenge)])


def require_none_in(session: Session, actor: Actor, scope_kind: ScopeKind, scope_code: str) -> None:
    """Of one challenge numbers too tell of rivals: how many teams there are."""
    challenge = session.get(Challenge, UUID(scope_code)) if scope_kind is ScopeKind.CALL else None
    if challenge is not None:
        require_none(session, actor, challenge)


def not_kept_out(session: Session, actor: Actor, rows: ScopedRows) -> sa.ColumnElement[bool]:
    """The condition under which rows are listed and counted: not about a challenge that the actor keeps out of."""
    kept_out = [str(one) for one in list_kept_out(session, actor)]
    table = columns_of(rows)
    return sa.not_(sa.and_(table.scope_kind == ScopeKind.CALL, table.scope_code.in_(kept_out)))


def require_steering(session: Session, actor: Actor, challenge: Challenge) -> None:
    """For its poster's people, and officers who need not keep out."""
    require(actor, Permission.CHALLENGE_EDIT, challenge.organisation_id)
    require_none(session, actor, challenge)


def may_steer(session: Session, actor: Actor, challenge: Challenge) -> bool:
    allowed = can(actor, Permission.CHALLENGE_EDIT, challenge.organisation_id)
    return allowed and find_competing(session, actor, challenge) is None


def is_partial(session: Session, actor: Actor, challenge: Challenge) -> bool:
    """Whether rivals' answers are kept from the actor: for the time of the evaluation, or as one who keeps out."""
    return has_stake(session, actor, challenge) or find_competing(session, actor, challenge) is not None


def list_others(session: Session, challenge: Challenge) -> Sequence[User]:
    """The officers who can take over: switched on, and of no organisation that competes."""
    partial = select(Membership.user_id).where(col(Membership.organisation_id).in_(_competitors(challenge, None)))
    officers = (
        select(User)
        .join(UserRole, col(UserRole.user_id) == col(User.id))
        .join(Role, col(Role.id) == col(UserRole.role_id))
        .where(Role.name == PlatformRole.OFFICER, col(User.active), col(User.id).not_in(partial))
    )
    return session.exec(officers.order_by(col(User.name), col(User.email)).limit(5)).all()


def note(session: Session, actor: Actor, refused: Recused) -> None:
    """That somebody was kept out; the caller commits, apart from the request that was refused."""
    challenge = session.get_one(Challenge, refused.challenge_id)
    changes = {"competing": refused.organisation_id}
    audit.record(session, actor, "recusal.refused", challenge, changes=changes)


def _competitors(challenge: Challenge, among: Sequence[UUID] | None) -> SelectOfScalar[UUID]:
    """Ids of organisations, without the poster, which chooses."""
    answering = sa.select(col(ChallengeAnswer.organisation_id)).where(
        col(ChallengeAnswer.challenge_id) == challenge.id,
        col(ChallengeAnswer.state).in_(counting_states(challenge)),
    )
    seated = (
        sa.select(col(Seat.organisation_id))
        .join(Consortium, col(Consortium.id) == col(Seat.consortium_id))
        .where(
            col(Consortium.challenge_id) == challenge.id,
            col(Consortium.state) != ConsortiumState.DISSOLVED,
            col(Seat.state) == SeatState.ACCEPTED,
        )
    )
    either = sa.union(answering, seated).subquery()
    found = select(either.c.organisation_id).where(either.c.organisation_id != challenge.organisation_id)
    return found if among is None else found.where(either.c.organisation_id.in_(among))
