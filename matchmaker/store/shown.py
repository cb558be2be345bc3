"""Lists as they were shown, one row a place: read out of the JSON of runs by the database itself."""

from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.base import columns_of
from models.matching import RankingRun


def shown_places(session: Session) -> Any:
    """A SELECT of run_id, created_at, user_id, organisation_id, need_id, preset_code, candidate_id, position."""
    run = columns_of(RankingRun)
    if session.get_bind().dialect.name == "sqlite":
        line = sa.func.json_each(run.shown).table_valued("value", name="line")
        # SQLite keeps a UUID as 32 characters, JSON as 36.
        text = sa.func.replace(_part(line.c.value, "organisation_id"), "-", "")
        candidate: Any = sa.type_coerce(text, sa.Uuid())
        position = sa.cast(_part(line.c.value, "position"), sa.Integer)
    else:
        line = sa.func.json_array_elements(run.shown).table_valued(sa.column("value", sa.JSON), name="line")
        candidate = sa.cast(line.c.value["organisation_id"].as_string(), sa.Uuid())
        position = sa.cast(line.c.value["position"].as_string(), sa.Integer)
    return (
        sa.select(
            run.id.label("run_id"),
            run.created_at,
            run.user_id,
            run.organisation_id,
            run.need_id,
            run.preset_code,
            candidate.label("candidate_id"),
            position.label("position"),
        )
        .select_from(RankingRun.__table__)  # type: ignore[attr-defined]
        .join(line, sa.true())
    )


def _part(value: Any, name: str) -> Any:
    return sa.func.json_extract(value, f"$.{name}")
