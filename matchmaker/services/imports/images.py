"""Values as they are kept for undo, and back."""

import enum
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import SQLModel

from matchmaker.services.audit import plain

# Fields that the table keeps by itself: they say nothing of what people know.
HOUSEKEEPING = frozenset({"id", "version", "created_at", "changed_at"})


def child_image(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What the rows of a child table say, in an order of its own; unset and empty are the same."""
    images = [{n: v for n, v in plain(row).items() if n not in HOUSEKEEPING and v not in (None, "")} for row in rows]
    return sorted(images, key=str)


def restore(model: type[SQLModel], name: str, value: Any) -> Any:
    """The value of a column from its plain form."""
    return restore_value(model.__table__.c[name], value)  # type: ignore[attr-defined]


def restore_value(column: sa.Column[Any], value: Any) -> Any:
    if value is None or isinstance(column.type, sa.JSON):
        return value
    kind = plain_type(column)
    if issubclass(kind, enum.Enum):
        return kind(value)
    if issubclass(kind, datetime | date):
        return kind.fromisoformat(value)
    return UUID(value) if kind is UUID else value


def plain_type(column: sa.Column[Any]) -> type[Any]:
    """Of the values in a column, whatever class of ours stands around it."""
    wrapped = column.type.impl if isinstance(column.type, sa.TypeDecorator) else column.type
    found: Any = wrapped.python_type
    return found
