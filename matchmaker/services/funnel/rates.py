"""Published figures of other programmes, as officers keep them: each with its source; each change is audited."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, NotFound
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.changes import change_rows
from matchmaker.services.funnel.events import RANK
from models.enums import FunnelStage, RateCount
from models.outcomes import BaseRate

LONGEST = 400


@dataclass(frozen=True, kw_only=True)
class RateDraft:
    """`source` is in English, or the only one there is."""

    value: float | None
    from_stage: FunnelStage | None
    to_stage: FunnelStage | None
    counts: RateCount | None
    text_zh: str
    text_en: str
    source: str
    source_zh: str


def list_rates(session: Session) -> Sequence[BaseRate]:
    return session.exec(select(BaseRate).order_by(col(BaseRate.position_in_list), col(BaseRate.code))).all()


def get_rate(session: Session, actor: Actor, code: str) -> BaseRate:
    require(actor, Permission.INDICATOR_EDIT)
    rate = session.get(BaseRate, code)
    if rate is None:
        raise NotFound("base rate", code)
    return rate


def change_rate(session: Session, actor: Actor, code: str, draft: RateDraft, *, expected_version: int | None) -> None:
    """Set a figure; funnels and reports made from now on stand beside it."""
    rate = get_rate(session, actor, code)
    _check(draft)
    change_rows(
        session,
        actor,
        "base_rate.change",
        {code: rate},
        {code: asdict(draft)},
        expected_versions={code: expected_version},
    )


def _check(draft: RateDraft) -> None:
    # So that what is no number is refused too.
    if draft.value is not None and not 0 <= draft.value <= 1:
        raise InvalidInput("out_of_range", field="value", low=0, high=1)
    if (draft.from_stage is None) != (draft.to_stage is None):
        raise InvalidInput("rate_one_stage", field="to_stage" if draft.to_stage is None else "from_stage")
    if draft.from_stage and draft.to_stage and RANK[draft.from_stage] >= RANK[draft.to_stage]:
        raise InvalidInput("rate_stage_order", field="to_stage")
    if draft.to_stage and draft.counts is None:
        raise InvalidInput("rate_counts_missing", field="counts")
    if not draft.source and not draft.source_zh:
        raise InvalidInput("source_needed", field="source_zh")
    for name in ("text_zh", "text_en", "source", "source_zh"):
        if len(getattr(draft, name)) > LONGEST:
            raise InvalidInput("too_long", field=name, most=LONGEST)
