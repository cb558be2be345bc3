"""A run as reports, workbooks and pages read it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.services.paging import Page, page_of
from models.reports import MatchRun, MatchRunList
from models.taxonomy import WeightPreset

Told = dict[str, Any]
TABLES = (
    *("organisations", "offers", "needs", "facilities", "capabilities", "nodes", "districts", "areas", "projects"),
)


def tell_run(session: Session, run: MatchRun) -> Told:
    """The whole run: what it stands on, every list, and the names that its evidence speaks of."""
    lists = session.exec(
        select(MatchRunList).where(MatchRunList.run_id == run.id).order_by(col(MatchRunList.position))
    ).all()
    return {"run": tell_versions(session, run), **tell_needs(lists)}


def tell_needs(lists: Sequence[MatchRunList]) -> Told:
    names: dict[str, Told] = {table: {} for table in TABLES}
    for one in lists:
        for table, rows in one.told["names"].items():
            names[table].update(rows)
    return {
        "needs": [{**one.told["need"], "candidates": one.told["candidates"]} for one in lists],
        "names": {table: dict(sorted(rows.items())) for table, rows in names.items()},
    }


def tell_versions(session: Session, run: MatchRun) -> Told:
    preset = session.get(WeightPreset, run.preset_code)
    # Which run of prices it was is a key that says nothing to others; the day does.
    constraints = {name: value for name, value in run.constraints.items() if name != "prices_run"}
    return {
        "preset": run.preset_code,
        "preset_name_zh": preset.name_zh if preset else "",
        "preset_name_en": preset.name_en if preset else "",
        "weights": run.weights["weights"],
        "constraints": constraints,
        "as_of": run.as_of.isoformat(),
        "index": run.index_version,
        "code": run.code_version,
        "inputs_sha256": run.inputs_sha256,
    }


def page_of_lists(session: Session, run_id: UUID, *, page: int, size: int = 10) -> Page[MatchRunList]:
    wanted = sa.select(MatchRunList).where(col(MatchRunList.run_id) == run_id).order_by(col(MatchRunList.position))
    return page_of(session, wanted, number=page, size=size)
