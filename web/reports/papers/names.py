"""Stand-ins for the records that evidence speaks of, made of the names that were frozen with it."""

from collections.abc import Mapping
from datetime import date
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

from matchmaker.services.evidence import Named

Rows = Mapping[str, Mapping[str, Any]]


def named_of(names: Mapping[str, Rows]) -> Named:
    """What sentences ask for by id or code; nothing is looked up anew."""
    by_id = {
        table: {UUID(key): _row(row, key) for key, row in names[table].items()}
        for table in ("organisations", "offers", "needs", "facilities", "projects")
    }
    by_code = {
        table: {key: _row(row, key) for key, row in names[table].items()}
        for table in ("capabilities", "nodes", "districts", "areas")
    }
    opened = {UUID(key): frozenset(row.get("open", ())) for key, row in names["organisations"].items()}
    return Named(**cast(Any, by_id), **cast(Any, by_code), open=opened)


def _row(row: Mapping[str, Any], key: str) -> SimpleNamespace:
    """With its key: on a page a sentence links to the record."""
    started = row.get("started_on")
    return SimpleNamespace(id=key, **{**row, "started_on": date.fromisoformat(started) if started else None})
