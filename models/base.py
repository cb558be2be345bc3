"""What every table shares: keys, clocks, text enums, and versions that catch concurrent edits."""

import os
import time
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import declared_attr
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = SQLModel.metadata
# Deadlines end at midnight in China, wherever the server stands.
CHINA = timezone(timedelta(hours=8), "China")


def new_id() -> UUID:
    """A UUID of version 7 (RFC 9562): keys grow with time, so inserts land at the end of the index."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | (0x7 << 76)
    value = value & ~(0x3 << 62) | (0x2 << 62)
    return UUID(int=value)


def utc_now() -> datetime:
    return datetime.now(UTC)


def text_enum(values: type[StrEnum], *, named: str = "") -> Any:
    """A column type that stores the enum's text values and guards them with a CHECK.

    The CHECK has the enum's name; a second column of the same table is `named` otherwise.
    """
    name = named or "".join("_" + c.lower() if c.isupper() else c for c in values.__name__).lstrip("_")
    return sa.Enum(
        values,
        native_enum=False,
        create_constraint=True,
        length=40,
        name=name,
        values_callable=lambda members: [member.value for member in members],
    )


def json_list() -> Any:
    """Field of a short list of codes, stored as JSON; replace the list, do not change it in place."""
    return Field(default_factory=list, sa_type=sa.JSON, nullable=False)


class Record(SQLModel):
    """A row with a UUID key and the time it came."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    created_at: datetime = Field(default_factory=utc_now)


class Versioned(SQLModel):
    """A row that people edit: a stale version raises StaleDataError, so no update is lost."""

    version: int | None = Field(default=None, nullable=False)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.__table__.c.version} if hasattr(cls, "__table__") else {}


class Edited(Record, Versioned):
    """A record that people edit, with the time of its last change."""

    changed_at: datetime = Field(default_factory=utc_now, sa_column_kwargs={"onupdate": utc_now}, index=True)


def columns_of(record: type[SQLModel]) -> Any:
    """The columns of a table by name, for statements that read columns and not records."""
    return record.__table__.c  # type: ignore[attr-defined]
