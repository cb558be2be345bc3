"""Published figures of other programmes, as officers keep them: each with its source; each change is audited."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, NotFound, Stale
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.changes import change_rows
from matchmaker.services.funnel.events import RANK
from models.base import new_id
from models.enums import FunnelStage, RateCount
from models.outcomes import BaseRate

LONGEST, LONGEST_NAME = 400, 200
MOST_RATES = 100
OWN = "own-"  # begins the code of a figure that came by the page, not with the reference rows


@dataclass(frozen=True, kw_only=True)
class RateDraft:
    """`source` is in English, or the only one there is."""

    name_zh: str
    name_en: str
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


def add_rate(session: Session, actor: Actor, draft: RateDraft) -> BaseRate:
    """A figure that somebody has published, at the end of the list."""
    require(actor, Permission.INDICATOR_EDIT)
    _check(draft)
    counted, last = session.execute(sa.select(sa.func.count(), sa.func.max(BaseRate.position_in_list))).one()
    if counted >= MOST_RATES:
        raise InvalidInput("too_many_rates", most=MOST_RATES)
    rate = BaseRate(code=f"{OWN}{new_id().hex[-12:]}", position_in_list=(last or 0) + 1, **asdict(draft))
    session.add(rate)
    session.flush()
    audit.record(session, actor, "base_rate.add", rate, changes=_told(rate, draft))
    return rate


def is_own(rate: BaseRate) -> bool:
    """Whether it came by the page; one of the reference rows would come back with the next release."""
    return rate.code.startswith(OWN)


def delete_rate(session: Session, actor: Actor, code: str, *, seen_version: int | None) -> None:
    """Take a figure away that came by the page, as it was seen there; reports that exist keep it."""
    rate = get_rate(session, actor, code)
    if not is_own(rate):
        raise InvalidInput("rate_of_reference")
    if rate.version != seen_version:
        raise Stale(BaseRate.__tablename__, {"version": (rate.version, seen_version)})
    values = {name: [getattr(rate, name), None] for name in RateDraft.__dataclass_fields__}
    audit.record(session, actor, "base_rate.delete", rate, changes={"code": code, **values})
    session.delete(rate)
    session.flush()


def _told(rate: BaseRate, draft: RateDraft) -> dict[str, object]:
    said = {name: [None, value] for name, value in asdict(draft).items() if value not in (None, "")}
    return {"code": rate.code, **said}


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
    if missing := [name for name in ("name_zh", "name_en") if not getattr(draft, name)]:
        raise InvalidInput("indicator_names", field=missing[0])
    if draft.value is None and not draft.text_zh and not draft.text_en:
        raise InvalidInput("rate_says_nothing", field="value")
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
    for name in ("name_zh", "name_en", "text_zh", "text_en", "source", "source_zh"):
        most = LONGEST_NAME if name.startswith("name") else LONGEST
        if len(getattr(draft, name)) > most:
            raise InvalidInput("too_long", field=name, most=most)
