"""The stages of a list: as the template has them at first, and as the fund wants them from then on."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, NotFound
from matchmaker.services import audit
from matchmaker.services.actors import Actor
from matchmaker.services.changes import check_version
from matchmaker.services.desk import rights
from models.desk import Deal, DealList, DealStage, StageTemplate
from models.enums import StageKind, StageRule

MOST_STAGES = 20


@dataclass(frozen=True, kw_only=True)
class StageDraft:
    kind: StageKind
    name_zh: str = ""
    name_en: str = ""
    rules: tuple[StageRule, ...] = ()


def list_stages(session: Session, deal_list: DealList) -> Sequence[DealStage]:
    """In the order of the board."""
    mine = select(DealStage).where(DealStage.list_id == deal_list.id)
    return session.exec(mine.order_by(col(DealStage.position), col(DealStage.id))).all()


def get_stage(session: Session, deal_list: DealList, stage_id: UUID) -> DealStage:
    stage = session.get(DealStage, stage_id)
    if stage is None or stage.list_id != deal_list.id:
        raise NotFound("stage", stage_id)
    return stage


def rules_of(stage: DealStage) -> list[StageRule]:
    return [one for one in StageRule if one.value in stage.rules]


def begin(session: Session, deal_list: DealList) -> None:
    """The stages of the template; for the service that has just made the list."""
    template = session.exec(select(StageTemplate).order_by(col(StageTemplate.position_in_list))).all()
    rows = template or [StageTemplate(kind=one, name_zh="", name_en=one.value, source="") for one in StageKind]
    session.add_all(
        DealStage(
            list_id=deal_list.id,
            kind=row.kind,
            name_zh=row.name_zh,
            name_en=row.name_en,
            position=place,
            rules=[one for one in row.rules.split("|") if one],
        )
        for place, row in enumerate(rows)
    )
    session.flush()


def add_stage(session: Session, actor: Actor, list_id: UUID, draft: StageDraft) -> DealStage:
    """At the end of what is not dropped: a stage of the way comes before those that end it."""
    deal_list = rights.get_editable_list(session, actor, list_id)
    before = list_stages(session, deal_list)
    if len(before) >= MOST_STAGES:
        raise InvalidInput("too_many_stages", most=MOST_STAGES)
    _check(draft)
    stage = DealStage(list_id=deal_list.id, **_values(draft))
    at = next((place for place, one in enumerate(before) if one.kind is StageKind.DROPPED), len(before))
    session.add(stage)
    session.flush()
    audit.record(
        session, actor, "stage.add", stage, organisation_id=deal_list.organisation_id, changes={**asdict(draft)}
    )
    _place(session, [*before[:at], stage, *before[at:]])
    return stage


def change_stage(
    session: Session,
    actor: Actor,
    list_id: UUID,
    stage_id: UUID,
    draft: StageDraft,
    *,
    expected_version: int | None = None,
) -> None:
    deal_list = rights.get_editable_list(session, actor, list_id)
    stage = get_stage(session, deal_list, stage_id)
    _check(draft)
    check_version(stage, _values(draft), expected_version=expected_version)
    if changes := audit.apply_changes(stage, _values(draft)):
        audit.record(session, actor, "stage.change", stage, organisation_id=deal_list.organisation_id, changes=changes)
        session.flush()


def move_stage(session: Session, actor: Actor, list_id: UUID, stage_id: UUID, *, places: int) -> None:
    """Forward or back by so many places, as far as the ends of the board."""
    deal_list = rights.get_editable_list(session, actor, list_id)
    stage = get_stage(session, deal_list, stage_id)
    others = [one for one in list_stages(session, deal_list) if one.id != stage.id]
    before = [one.id for one in list_stages(session, deal_list)].index(stage.id)
    after = max(0, min(before + places, len(others)))
    if after == before:
        return
    audit.record(
        session,
        actor,
        "stage.move",
        stage,
        organisation_id=deal_list.organisation_id,
        changes={"position": [before, after]},
    )
    _place(session, [*others[:after], stage, *others[after:]])


def remove_stage(session: Session, actor: Actor, list_id: UUID, stage_id: UUID) -> None:
    """Only one in which no deal stands, and never the last."""
    deal_list = rights.get_editable_list(session, actor, list_id)
    stage = get_stage(session, deal_list, stage_id)
    held = count_deals(session, stage)
    if held:
        raise InvalidInput("stage_in_use", count=held)
    if len(list_stages(session, deal_list)) == 1:
        raise InvalidInput("last_stage")
    names = {"name_zh": stage.name_zh, "name_en": stage.name_en}
    audit.record(session, actor, "stage.remove", stage, organisation_id=deal_list.organisation_id, changes={**names})
    session.delete(stage)
    session.flush()


def count_deals(session: Session, stage: DealStage) -> int:
    return session.exec(select(sa.func.count()).select_from(Deal).where(Deal.stage_id == stage.id)).one()


def _values(draft: StageDraft) -> dict[str, Any]:
    return {**asdict(draft), "rules": [one.value for one in draft.rules]}


def _check(draft: StageDraft) -> None:
    if not (draft.name_zh or draft.name_en):
        raise InvalidInput("name_missing", field="name_zh")


def _place(session: Session, ordered: Sequence[DealStage]) -> None:
    # Past the versions: that a stage moved is no reason to refuse somebody who renames it.
    for place, stage in enumerate(ordered):
        session.execute(sa.update(DealStage).where(col(DealStage.id) == stage.id).values(position=place))
        session.refresh(stage, ["position"])
