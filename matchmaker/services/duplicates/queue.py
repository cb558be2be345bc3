"""Pairs that wait for an officer: listed, compared, kept apart."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, NotFound, Stale
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.duplicates import moving, weighing
from matchmaker.services.duplicates.moving import Moves
from matchmaker.services.duplicates.weighing import Side
from matchmaker.services.paging import Page
from models.accounts import Membership, User
from models.enums import DuplicateState, MembershipRole, OrganisationState
from models.organisations import Organisation
from models.registry import DuplicatePair, OrganisationMerge

PAGE_SIZE = 20
LONGEST_NOTE = 500


@dataclass(frozen=True)
class Listed:
    pair: DuplicatePair
    first: Organisation
    second: Organisation


@dataclass(frozen=True)
class Compared:
    """A pair side by side: which record would be kept, which fields differ, what would move and what would stay."""

    pair: DuplicatePair
    kept: Organisation
    merged: Organisation
    proposed: dict[str, Side]
    moves: Moves | None
    merge: OrganisationMerge | None


def list_pairs(
    session: Session, actor: Actor, *, state: DuplicateState = DuplicateState.OPEN, page: int = 1
) -> Page[Listed]:
    """The likest first; of those decided the latest first."""
    require(actor, Permission.REGISTRY_CURATE)
    first, second = aliased(Organisation), aliased(Organisation)
    wanted = (
        select(DuplicatePair, first, second)
        .join(first, col(DuplicatePair.first_id) == first.id)
        .join(second, col(DuplicatePair.second_id) == second.id)
        .where(DuplicatePair.state == state)
    )
    if state is DuplicateState.OPEN:
        merged = OrganisationState.MERGED
        wanted = wanted.where(first.state != merged, second.state != merged)
        in_order = wanted.order_by(col(DuplicatePair.likeness).desc(), col(DuplicatePair.id))
    else:
        in_order = wanted.order_by(col(DuplicatePair.changed_at).desc(), col(DuplicatePair.id))
    total = session.scalar(sa.select(sa.func.count()).select_from(wanted.subquery())) or 0
    number = min(max(1, page), max(1, -(-total // PAGE_SIZE)))
    rows = session.exec(in_order.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE))
    return Page([Listed(*row) for row in rows], number, PAGE_SIZE, total)


def count_open(session: Session, actor: Actor) -> int:
    return list_pairs(session, actor).total


def get_pair(session: Session, actor: Actor, pair_id: UUID) -> DuplicatePair:
    require(actor, Permission.REGISTRY_CURATE)
    pair = session.get(DuplicatePair, pair_id)
    if pair is None:
        raise NotFound("pair", pair_id)
    return pair


def compare(session: Session, actor: Actor, pair_id: UUID, *, keep: UUID | None = None) -> Compared:
    """The pair side by side; `keep` says which record is kept, else the better one is proposed."""
    pair = get_pair(session, actor, pair_id)
    first = session.get_one(Organisation, pair.first_id)
    second = session.get_one(Organisation, pair.second_id)
    if pair.state is DuplicateState.MERGED:
        merge = _merge_of(session, pair)
        kept, merged = (first, second) if merge is None or merge.kept_id == first.id else (second, first)
        return Compared(pair, kept, merged, {}, None, merge)
    chosen = {first.id: first, second.id: second}.get(keep) if keep else None
    kept = chosen or weighing.propose_kept(session, first, second)
    merged = second if kept is first else first
    proposed = weighing.propose_values(kept, merged)
    return Compared(pair, kept, merged, proposed, moving.work_out(session, kept=kept.id, merged=merged.id), None)


def list_people(session: Session, actor: Actor, organisation: Organisation) -> list[tuple[User, MembershipRole]]:
    """Who acts for the record: after a merge they act for the one it is merged into."""
    require(actor, Permission.REGISTRY_CURATE)
    theirs = (
        select(User, Membership.role)
        .join(Membership, col(Membership.user_id) == col(User.id))
        .where(Membership.organisation_id == organisation.id)
    )
    return [(user, MembershipRole(role)) for user, role in session.exec(theirs.order_by(col(User.name), col(User.id)))]


def _merge_of(session: Session, pair: DuplicatePair) -> OrganisationMerge | None:
    both = (pair.first_id, pair.second_id)
    of_pair = select(OrganisationMerge).where(
        col(OrganisationMerge.kept_id).in_(both), col(OrganisationMerge.merged_id).in_(both)
    )
    return session.exec(of_pair.order_by(col(OrganisationMerge.created_at).desc())).first()


def hold_pair(session: Session, actor: Actor, pair_id: UUID, *, expected_version: int | None) -> DuplicatePair:
    """The pair, read anew and held; Stale where somebody has decided it since it was shown."""
    require(actor, Permission.REGISTRY_CURATE)
    wanted = select(DuplicatePair).where(DuplicatePair.id == pair_id).with_for_update()
    pair = session.exec(wanted.execution_options(populate_existing=True)).first()
    if pair is None:
        raise NotFound("pair", pair_id)
    if expected_version is not None and pair.version != expected_version:
        raise Stale("duplicate_pairs", {"state": (pair.state, DuplicateState.OPEN)})
    return pair


def keep_apart(
    session: Session, actor: Actor, pair_id: UUID, note: str, *, expected_version: int | None = None
) -> None:
    """They are two; nobody is asked again. The reason is for the next officer who wonders."""
    pair = hold_pair(session, actor, pair_id, expected_version=expected_version)
    if pair.state is not DuplicateState.OPEN:
        raise InvalidInput("pair_decided", state=pair.state)
    note = note.strip()
    if not 1 <= len(note) <= LONGEST_NOTE:
        raise InvalidInput("reason_length", field="note", most=LONGEST_NOTE)
    pair.state, pair.note = DuplicateState.APART, note
    _tell(session, actor, "duplicate.keep-apart", pair, DuplicateState.OPEN)


def ask_again(session: Session, actor: Actor, pair_id: UUID) -> None:
    """Take back that they are two."""
    pair = hold_pair(session, actor, pair_id, expected_version=None)
    if pair.state is not DuplicateState.APART:
        raise InvalidInput("pair_decided", state=pair.state)
    pair.state = DuplicateState.OPEN
    _tell(session, actor, "duplicate.ask-again", pair, DuplicateState.APART)


def _tell(session: Session, actor: Actor, action: str, pair: DuplicatePair, before: DuplicateState) -> None:
    changes = {"state": [before, pair.state], "note": pair.note, "pair": [pair.first_id, pair.second_id]}
    audit.record(session, actor, action, pair, changes=changes)
    session.flush()
