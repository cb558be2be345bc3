"""What waits for a look: handed in and not yet seen, or seen already and not yet looked at."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.errors import NotFound
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.calendar import today
from matchmaker.services.paging import PAGE_SIZE, Page
from models.enums import OrganisationState, PostingState
from models.offers import Need, Offer
from models.organisations import Organisation

TABLES: dict[str, Any] = {"offer": Offer, "need": Need}


class Part(StrEnum):
    """Of the queue."""

    ALL = "all"
    UNSEEN = "unseen"
    SEEN = "seen"
    OVERDUE = "overdue"


@dataclass(frozen=True)
class Waiting:
    kind: str  # offer or need
    posting: Offer | Need
    owner: Organisation

    @property
    def is_overdue(self) -> bool:
        return self.posting.review_by is not None and self.posting.review_by < today()


def list_waiting(
    session: Session, actor: Actor, *, kind: str = "", part: Part = Part.ALL, page: int = 1
) -> Page[Waiting]:
    """The queue: whose day comes first stands first, so what is overdue leads."""
    require(actor, Permission.POSTING_REVIEW)
    waiting = _waiting(kind, part)
    total = session.scalar(sa.select(sa.func.count()).select_from(waiting)) or 0
    number = min(max(1, page), max(1, -(-total // PAGE_SIZE)))
    in_order = (waiting.c.review_by.is_(None), waiting.c.review_by, waiting.c.changed_at, waiting.c.id)
    rows = session.execute(
        sa.select(waiting).order_by(*in_order).limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)
    ).all()
    return Page(_load(session, [(row.kind, row.id) for row in rows]), number, PAGE_SIZE, total)


def count_waiting(session: Session, actor: Actor, *, kind: str = "", part: Part = Part.ALL) -> int:
    require(actor, Permission.POSTING_REVIEW)
    return session.scalar(sa.select(sa.func.count()).select_from(_waiting(kind, part))) or 0


def get_posting(session: Session, actor: Actor, kind: str, posting_id: UUID) -> Offer | Need:
    """An offer or a need, as the officer looks at it."""
    require(actor, Permission.POSTING_REVIEW)
    posting: Offer | Need | None = session.get(TABLES[kind], posting_id) if kind in TABLES else None
    if posting is None:
        raise NotFound(kind, posting_id)
    return posting


def _waiting(kind: str, part: Part) -> Any:
    tables = [(name, table) for name, table in TABLES.items() if kind in ("", name)]
    parts: list[Any] = [
        sa.select(
            sa.literal(name).label("kind"),
            col(table.id).label("id"),
            col(table.review_by).label("review_by"),
            col(table.changed_at).label("changed_at"),
        )
        .join(Organisation, col(Organisation.id) == table.organisation_id)
        .where(col(Organisation.state) == OrganisationState.ACTIVE, _of(table, part))
        for name, table in tables
    ]
    return sa.union_all(*parts).subquery()


def _of(table: type[Offer] | type[Need], part: Part) -> Any:
    unseen = col(table.state) == PostingState.IN_REVIEW
    seen = sa.and_(
        col(table.state) == PostingState.PUBLISHED,
        col(table.review_by).is_not(None),
        col(table.valid_until) >= today(),
    )
    match part:
        case Part.UNSEEN:
            return unseen
        case Part.SEEN:
            return seen
        case Part.OVERDUE:
            return sa.and_(sa.or_(unseen, seen), col(table.review_by) < today())
        case _:
            return sa.or_(unseen, seen)


def _load(session: Session, keys: Iterable[tuple[str, UUID]]) -> list[Waiting]:
    keys = list(keys)
    found: dict[UUID, Offer | Need] = {}
    for kind, table in TABLES.items():
        wanted = [key for of_kind, key in keys if of_kind == kind]
        found |= {one.id: one for one in session.exec(select(table).where(col(table.id).in_(wanted)))}
    owners = {one.organisation_id for one in found.values()}
    named = {one.id: one for one in session.exec(select(Organisation).where(col(Organisation.id).in_(owners)))}
    return [Waiting(kind, found[key], named[found[key].organisation_id]) for kind, key in keys]
