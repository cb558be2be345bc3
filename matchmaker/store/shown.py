"""Lists as they were shown, one row a place: read out of the JSON of runs by the database itself."""

from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.base import columns_of
from models.matching import RankingRun

ranking_run = columns_of(RankingRun)


def shown_places(session: Session, which: Any) -> Any:
    """A SELECT of run_id, created_at, user_id, organisation_id, what was asked, preset_code, candidate_id, position.

    Asked is need_id, round_id or mandate_id; none of them where a list was made from a record. `which` is said of
    columns of `ranking_run`: JSON is read of no other list.
    """
    if _is_sqlite(session):
        line = sa.func.json_each(ranking_run.shown).table_valued("value", name="line")
        candidate = uuid_of(session, _part(line.c.value, "organisation_id"))
        position = sa.cast(_part(line.c.value, "position"), sa.Integer)
    else:
        line = sa.func.json_array_elements(ranking_run.shown).table_valued(sa.column("value", sa.JSON), name="line")
        candidate = uuid_of(session, line.c.value["organisation_id"].as_string())
        position = sa.cast(line.c.value["position"].as_string(), sa.Integer)
    return (
        sa.select(
            ranking_run.id.label("run_id"),
            ranking_run.created_at,
            ranking_run.user_id,
            ranking_run.organisation_id,
            ranking_run.need_id,
            ranking_run.round_id,
            ranking_run.mandate_id,
            ranking_run.preset_code,
            candidate.label("candidate_id"),
            position.label("position"),
        )
        .select_from(RankingRun.__table__)  # type: ignore[attr-defined]
        .join(line, sa.true())
        .where(which)
    )


def uuid_of(session: Session, text: Any) -> Any:
    """A UUID that JSON or a text column has with its hyphens, to compare with a column of keys."""
    # SQLite keeps a UUID as 32 characters.
    return (
        sa.type_coerce(sa.func.replace(text, "-", ""), sa.Uuid()) if _is_sqlite(session) else sa.cast(text, sa.Uuid())
    )


def _is_sqlite(session: Session) -> bool:
    return bool(session.get_bind().dialect.name == "sqlite")


def _part(value: Any, name: str) -> Any:
    return sa.func.json_extract(value, f"$.{name}")
