"""From generated records into the tables, in bulk."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, cast

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from models.audit import AuditEntry
from seeds.demo.identity import SOURCE
from seeds.demo.region import Demo

BATCH = 2_000


def insert_demo(session: Session, demo: Demo) -> None:
    """Insert everything, with one row in the audit; flushes, the caller commits."""
    rows: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for record in demo.world.records:
        rows[_table(record).name].append(_row(record))
    for table in SQLModel.metadata.sorted_tables:
        for start in range(0, len(rows[table.name]), BATCH):
            session.connection().execute(table.insert(), rows[table.name][start : start + BATCH])
    counts = {name: len(of_table) for name, of_table in rows.items() if of_table}
    session.add(AuditEntry(action="demo.load", subject_type="organisations", subject_id=SOURCE, changes=counts))
    session.flush()


def _table(record: SQLModel) -> sa.Table:
    return cast("sa.Table", sa.inspect(type(record)).local_table)


def _row(record: SQLModel) -> dict[str, Any]:
    row = {column.name: getattr(record, column.name) for column in _table(record).columns}
    return row | {"version": 1} if "version" in row else row
