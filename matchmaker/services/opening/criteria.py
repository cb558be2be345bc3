"""The lines of the scorecard as officers keep them: weights and marks, each with its source; each change is audited."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.changes import change_rows
from models.opening import OpeningCriterion

HIGHEST_WEIGHT = 100.0


@dataclass(frozen=True)
class CriterionDraft:
    """`low` gives no points, `high` all of them; where less is better, `low` is the larger one."""

    weight: float
    low: float
    high: float


def list_criteria(session: Session) -> Sequence[OpeningCriterion]:
    in_order = select(OpeningCriterion).order_by(col(OpeningCriterion.position_in_list), OpeningCriterion.code)
    return session.exec(in_order).all()


def change_criteria(
    session: Session,
    actor: Actor,
    drafts: Mapping[str, CriterionDraft],
    *,
    expected_versions: Mapping[str, int | None],
) -> None:
    """Set all lines at once; InvalidInput names the line as `<code>-weight`, `<code>-low`, `<code>-high`."""
    require(actor, Permission.INDICATOR_EDIT)
    criteria = {one.code: one for one in list_criteria(session)}
    for code, draft in drafts.items():
        _check(code, draft)
    if not any(drafts[code].weight if code in drafts else one.weight for code, one in criteria.items()):
        raise InvalidInput("weights_all_zero")
    values = {code: asdict(draft) for code, draft in drafts.items()}
    change_rows(session, actor, "opening.change", criteria, values, expected_versions=expected_versions)


def _check(code: str, draft: CriterionDraft) -> None:
    if not math.isfinite(draft.weight) or not 0 <= draft.weight <= HIGHEST_WEIGHT:
        raise InvalidInput("out_of_range", field=f"{code}-weight", low=0, high=HIGHEST_WEIGHT)
    for name in ("low", "high"):
        if not math.isfinite(getattr(draft, name)):
            raise InvalidInput("value_not_a_number", field=f"{code}-{name}")
    if draft.low == draft.high:
        raise InvalidInput("opening_marks_equal", field=f"{code}-high")
