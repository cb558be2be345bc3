"""What a party says came of a match, checked."""

import math
from dataclasses import dataclass
from datetime import date

from matchmaker.errors import InvalidInput
from models.enums import MatchOutcomeKind

LONGEST_NOTE = 1000
MOST_MONEY = 1e12


@dataclass(frozen=True, kw_only=True)
class OutcomeDraft:
    """`amount` in CNY; levels only where a technology moved on."""

    kind: MatchOutcomeKind
    happened_on: date
    amount: float | None = None
    trl_from: int | None = None
    trl_to: int | None = None
    note: str = ""


def check(draft: OutcomeDraft, *, since: date, today: date) -> None:
    if not since <= draft.happened_on <= today:
        raise InvalidInput("outcome_day", field="happened_on", first=since, last=today)
    if draft.amount is not None and not (math.isfinite(draft.amount) and 0 <= draft.amount <= MOST_MONEY):
        raise InvalidInput("outcome_amount", field="amount")
    if len(draft.note) > LONGEST_NOTE:
        raise InvalidInput("outcome_note", field="note", most=LONGEST_NOTE)
    _check_levels(draft)


def _check_levels(draft: OutcomeDraft) -> None:
    levels = (draft.trl_from, draft.trl_to)
    if draft.kind is not MatchOutcomeKind.TRL_MOVED:
        if levels != (None, None):
            raise InvalidInput("outcome_levels_not_asked", field="trl_from")
        return
    for name, level in zip(("trl_from", "trl_to"), levels, strict=True):
        if level is None or not 1 <= level <= 9:
            raise InvalidInput("trl_out_of_range", field=name)
    if levels[0] >= levels[1]:  # type: ignore[operator]
        raise InvalidInput("outcome_levels_order", field="trl_to")
