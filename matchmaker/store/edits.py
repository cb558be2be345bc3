"""Whether tables have been edited since they were read, told without reading them again."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from models.base import columns_of, utc_now

LOOK_BACK = timedelta(minutes=5)  # longer than any transaction lasts


def signature_of(session: Session, tables: Sequence[type[SQLModel]]) -> tuple[Any, ...]:
    """Changes with every edit of a table whose rows have a `changed_at`.

    The latest stamp alone would miss an edit that was stamped before another and came to be seen after it.
    """
    since = utc_now() - LOOK_BACK
    edits = []
    for table in tables:
        column = columns_of(table).changed_at
        whole = session.execute(sa.select(sa.func.count(), sa.func.max(column)).select_from(column.table)).one()
        recent = session.execute(sa.select(column).where(column >= since).order_by(column)).scalars().all()
        edits.append((*whole, *recent))
    return tuple(edits)
