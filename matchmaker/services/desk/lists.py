"""The lists of a fund."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.calendar import today
from matchmaker.services.changes import change
from matchmaker.services.desk import rights, stages
from models.desk import Deal, DealList, DealStage
from models.enums import StageKind

MOST_LISTS = 50
ENDED = (StageKind.EXIT, StageKind.DROPPED)


@dataclass(frozen=True, kw_only=True)
class ListDraft:
    name: str
    mandate_id: UUID | None = None


@dataclass(frozen=True)
class ListCounts:
    deals: int = 0
    running: int = 0  # neither dropped nor left
    overdue: int = 0


def list_lists(session: Session, actor: Actor, fund_id: UUID) -> Sequence[DealList]:
    fund = rights.get_fund(session, actor, fund_id)
    mine = select(DealList).where(DealList.organisation_id == fund.id)
    return session.exec(mine.order_by(col(DealList.name), col(DealList.id))).all()


def count_deals(session: Session, actor: Actor, fund_id: UUID) -> Mapping[UUID, ListCounts]:
    """Of every list, the empty ones too."""
    fund = rights.get_fund(session, actor, fund_id)
    none = {deal_list.id: ListCounts(0, 0, 0) for deal_list in list_lists(session, actor, fund_id)}
    is_running = col(DealStage.kind).not_in(ENDED)
    is_late = sa.and_(is_running, col(Deal.due_on) < today())
    counted = (
        sa.select(col(Deal.list_id), sa.func.count(), sa.func.sum(_one_if(is_running)), sa.func.sum(_one_if(is_late)))
        .join(DealStage, col(Deal.stage_id) == col(DealStage.id))
        .where(col(Deal.organisation_id) == fund.id)
        .group_by(col(Deal.list_id))
    )
    return none | {key: ListCounts(deals, running, late) for key, deals, running, late in session.execute(counted)}


def create_list(session: Session, actor: Actor, fund_id: UUID, draft: ListDraft) -> DealList:
    """A list with the stages of the template."""
    fund = rights.get_fund(session, actor, fund_id)
    require(actor, Permission.DEAL_EDIT, fund.id)
    if len(list_lists(session, actor, fund_id)) >= MOST_LISTS:
        raise InvalidInput("too_many_lists", most=MOST_LISTS)
    _check(session, fund.id, draft)
    deal_list = DealList(organisation_id=fund.id, **asdict(draft))
    session.add(deal_list)
    session.flush()
    audit.record(session, actor, "list.create", deal_list, changes=asdict(draft))
    stages.begin(session, deal_list)
    return deal_list


def change_list(
    session: Session, actor: Actor, list_id: UUID, draft: ListDraft, *, expected_version: int | None = None
) -> None:
    deal_list = rights.get_editable_list(session, actor, list_id)
    _check(session, deal_list.organisation_id, draft)
    change(session, actor, "list.change", deal_list, asdict(draft), expected_version=expected_version)


def delete_list(session: Session, actor: Actor, list_id: UUID) -> None:
    """Only an empty one: what was noted about firms does not go by a slip."""
    deal_list = rights.get_editable_list(session, actor, list_id)
    held = session.exec(select(sa.func.count()).select_from(Deal).where(Deal.list_id == deal_list.id)).one()
    if held:
        raise InvalidInput("list_in_use", count=held)
    audit.record(session, actor, "list.delete", deal_list, changes={"name": deal_list.name})
    session.delete(deal_list)
    session.flush()


def _check(session: Session, fund_id: UUID, draft: ListDraft) -> None:
    if not draft.name.strip():
        raise InvalidInput("list_name_missing", field="name")
    rights.check_mandate(session, fund_id, draft.mandate_id, field="mandate_id")


def _one_if(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.case((condition, 1), else_=0)
