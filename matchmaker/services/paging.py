"""One page of a longer list: lists are never cut in silence, so the total always goes with the part."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlmodel import Session

T = TypeVar("T")

PAGE_SIZE = 20


@dataclass(frozen=True)
class Page(Generic[T]):
    items: Sequence[T]
    number: int
    size: int
    total: int

    @property
    def count(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(1, -(-self.total // self.size))


def page_of(session: Session, statement: sa.Select[Any], *, number: int = 1, size: int = PAGE_SIZE) -> Page[Any]:
    """Page `number` of the records that `statement` selects; a number outside the list gives the nearest page."""
    total = session.scalar(sa.select(sa.func.count()).select_from(statement.order_by(None).subquery())) or 0
    last = max(1, -(-total // size))
    number = min(max(1, number), last)
    items = session.scalars(statement.limit(size).offset((number - 1) * size)).all()
    return Page(items, number, size, total)
