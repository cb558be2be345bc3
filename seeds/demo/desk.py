"""The desk of the demo's fund person: a list that runs from a lead to an exit, what was noted, and what is watched for.

By the services, step by step: a deal that entered a stage against its rules says why, as it would have to.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from matchmaker.services import clearing
from matchmaker.services.actors import Actor
from matchmaker.services.calendar import start_of
from matchmaker.services.desk import columns, deals, lists, moving, screens, stages
from matchmaker.services.desk.columns import Column
from matchmaker.services.desk.deals import DealDraft
from matchmaker.services.desk.lists import ListDraft
from matchmaker.services.desk.moving import Move
from matchmaker.services.desk.radar import RadarFilters
from matchmaker.services.desk.screens import ScreenDraft
from models.desk import Deal, DealList, DealStage, ScreenSeen
from models.enums import (
    ClauseOutcome,
    ClearanceVerdict,
    ColumnType,
    DeclineReason,
    DossierState,
    FinancingStage,
    ParticipationRole,
    ProjectKind,
    RoundState,
    StageKind,
)
from models.funds import Mandate, MandateField
from models.organisations import OrganisationNode
from models.rounds import Dossier, Round
from models.track import Participation, Project
from seeds.demo.dossiers import FUND, SISTER, firms_by_verdict
from seeds.demo.identity import HERO, identity
from seeds.demo.people import People

S, V = StageKind, ClearanceVerdict
WAY = (S.SCREENING, S.DILIGENCE, S.COMMITTEE, S.SIGNING)
SOURCES = ("路演", "高校推荐", "园区推荐", "老股东介绍")
EXCEPTION = "投决会预沟通同意先行上会，缺项在签约前补齐。"
LOOKED_THROUGH = timedelta(days=21)
BOUGHT = ((6_000_000.0, 420), (9_000_000.0, 260), (10_000_000.0, 95))  # what was paid, and days since


@dataclass(frozen=True)
class Story:
    """How far one deal has come; days are counted from today."""

    stage: StageKind
    note: str = ""
    source: str = ""
    stake_percent: float | None = None
    amount: float | None = None
    due_in: int | None = None
    tags: tuple[str, ...] = ()
    reason: DeclineReason | None = None


RUNNING: Sequence[Story] = (
    Story(S.SIGNING, "投资协议第二稿已返回，剩余问题：知识产权过户时间。", "高校推荐", 6.5, 800_000.0, 12, ("重点",)),
    Story(
        S.COMMITTEE, "尽调报告已完成，客户访谈三家，复购意愿明确。", "园区推荐", 8.0, 1_000_000.0, 6, ("重点", "有领投")
    ),
    Story(S.DILIGENCE, "已签保密协议，等待最近一期财务报表。", "老股东介绍", 5.0, 600_000.0, 20, ("有领投",)),
    Story(S.DILIGENCE, "实地看过中试线，良率数据与材料一致。", "路演", 7.0, 500_000.0, -3),
    Story(S.SCREENING, "创始团队全职到位，需核实股权代持。", "路演", None, None, 9),
    Story(S.SCREENING, "第二次交流后给结论。", "高校推荐", None, None, 15, ("成果转化",)),
    Story(S.LEAD, "园区推荐，先看材料。", "园区推荐"),
    Story(S.LEAD, "", "路演", None, None, 30),
    Story(S.LEAD, "", "老股东介绍"),
)
DROPPED = Story(S.DROPPED, "技术路线与已投企业重叠，本轮不再跟进。", "路演", reason=DeclineReason.BETTER_PARTNER)
OPEN_DEAL = Story(
    S.LEAD, "企业递交了融资材料，里程碑清楚，先约样机演示。", "园区推荐", 6.0, 6_000_000.0, 10, ("智能座舱",)
)


def set_up_desk(session: Session, people: People, second: Mandate, today: date, manager: UUID) -> None:
    """Two lists, one for each mandate, a waiver, a screen that was looked through three weeks ago; and the portfolio of
    the sister fund."""
    actor = people.of(FUND, user_id=manager)
    first = session.get_one(Mandate, identity(f"{FUND}/mandate-1"))
    seed = _List(
        session, actor, lists.create_list(session, actor, first.organisation_id, _draft("种子期项目", first)), today
    )
    _fill(seed, first)
    began, *_others = _keep_portfolio(seed, _paid(session, first))
    seed.move(began, S.EXIT, "由下一轮投资方受让全部股权，收回本金与约定收益。")
    _waive(session, actor, first, today)
    cars = lists.create_list(session, actor, first.organisation_id, _draft("智能网联专项", second))
    _List(session, actor, cars, today).tell(people.organisation(HERO), OPEN_DEAL)
    _watch(session, actor, first, today)
    _keep_sister(session, people, today, manager)


def _draft(name: str, mandate: Mandate) -> ListDraft:
    return ListDraft(name=name, mandate_id=mandate.id)


class _List:
    """A list under work: its stages by kind and its own columns."""

    def __init__(self, session: Session, actor: Actor, deal_list: DealList, today: date) -> None:
        self.session, self.actor, self.today, self.id = session, actor, today, deal_list.id
        self._stages = {one.kind: one for one in stages.list_stages(session, deal_list)}
        self._source = columns.add_column(session, actor, self.id, "项目来源", ColumnType.CHOICE, choices=SOURCES)
        self._stake: Column = columns.add_column(session, actor, self.id, "拟持股比例（%）", ColumnType.NUMBER)
        self._met: Column = columns.add_column(session, actor, self.id, "首次接触", ColumnType.DATE)

    def tell(self, firm_id: UUID, story: Story) -> Deal:
        """Put the firm on the list and take it along its way, stage by stage."""
        deal = self.add(firm_id, self._draft_of(story))
        if story.stage in WAY:
            for kind in WAY[: WAY.index(story.stage)]:
                self.move(deal, kind, "符合基金投向，进入下一步。")
        if story.stage is S.LEAD:
            if story.note:
                deals.add_note(self.session, self.actor, deal.id, story.note)
        else:
            self.move(deal, story.stage, story.note, reason=story.reason)
        return deal

    def add(self, firm_id: UUID, draft: DealDraft) -> Deal:
        deal = deals.add_deal(self.session, self.actor, self.id, firm_id)
        deals.update_deal(self.session, self.actor, deal.id, draft)
        return deal

    def move(self, deal: Deal, kind: StageKind, note: str, *, reason: DeclineReason | None = None) -> None:
        stage: DealStage = self._stages[kind]
        asks = moving.what_it_asks(self.session, self.actor, deal, stage, note=note)
        override = EXCEPTION if any(not one.is_kept for one in asks) else ""
        move = Move(stage_id=stage.id, note=note, override=override, reason=reason)
        moving.move_deal(self.session, self.actor, deal.id, move)

    def _draft_of(self, story: Story) -> DealDraft:
        met = self.today - timedelta(days=20 + 9 * len(story.note) % 60)
        values = {self._source.key: story.source, self._stake.key: story.stake_percent, self._met.key: met}
        return DealDraft(
            owner_id=self.actor.user_id,
            due_on=None if story.due_in is None else self.today + timedelta(days=story.due_in),
            tags=story.tags,
            amount=story.amount,
            values=values,
        )


def _fill(desk: _List, mandate: Mandate) -> None:
    """Those with nothing in the way are the furthest; whom the fund has paid before, and whose dossier still waits for
    an answer, are not on the way."""
    waiting = select(Dossier.organisation_id).where(
        Dossier.mandate_id == mandate.id, Dossier.state == DossierState.SUBMITTED
    )
    away = {*desk.session.exec(waiting), *(firm_id for firm_id, *_ in _paid(desk.session, mandate))}
    found = [
        firm_id
        for verdict in (V.CLEARED, V.TO_ASK, V.TO_WAIVE)
        for firm_id in firms_by_verdict(desk.session, desk.actor, mandate.id, verdict, today=desk.today)
        if firm_id not in away
    ]
    for firm_id, story in zip(found, (*RUNNING, DROPPED), strict=False):
        desk.tell(firm_id, story)


def _keep_portfolio(desk: _List, paid: Sequence[tuple[UUID, float | None, date | None]]) -> list[Deal]:
    """What a fund has paid, in the stage behind the signing."""
    kept = []
    for firm_id, amount, paid_on in paid:
        deal = desk.add(firm_id, DealDraft(owner_id=desk.actor.user_id, amount=amount, paid_on=paid_on, tags=("已投",)))
        desk.move(deal, S.PORTFOLIO, "首期款已到账，派观察员一名。")
        kept.append(deal)
    return kept


def _keep_sister(session: Session, people: People, today: date, manager: UUID) -> None:
    """The other fund of the same manager has paid firms in its main fields that have outgrown its stages since."""
    actor = people.of(SISTER, user_id=manager)
    mandate = session.get_one(Mandate, identity(f"{SISTER}/mandate-1"))
    made = lists.create_list(session, actor, mandate.organisation_id, _draft("已投项目", mandate))
    grown = zip(_outgrown(session, mandate), BOUGHT, strict=False)
    paid = [(firm_id, amount, today - timedelta(days=days)) for firm_id, (amount, days) in grown]
    _keep_portfolio(_List(session, actor, made, today), paid)


def _outgrown(session: Session, mandate: Mandate) -> Sequence[UUID]:
    """Firms in the main fields that seek money in the stage after the mandate's last."""
    wanted = (
        sa.select(col(Round.organisation_id))
        .join(OrganisationNode, col(OrganisationNode.organisation_id) == col(Round.organisation_id))
        .join(MandateField, col(MandateField.node_code) == col(OrganisationNode.node_code))
        .where(
            col(MandateField.mandate_id) == mandate.id,
            col(MandateField.is_main),
            col(Round.state) == RoundState.OPEN,
            col(Round.stage) == FinancingStage.SERIES_B,
        )
        .distinct()
        .order_by(col(Round.organisation_id))
    )
    return session.scalars(wanted).all()


def _paid(session: Session, mandate: Mandate) -> Sequence[tuple[UUID, float | None, date | None]]:
    """Past investments since the fund began, the earliest first: firm, amount, day."""
    payer, payee = aliased(Participation), aliased(Participation)
    wanted = (
        sa.select(col(payee.organisation_id), col(payer.amount), col(Project.started_on))
        .join(Project, col(payee.project_id) == Project.id)
        .join(payer, col(payer.project_id) == Project.id)
        .where(
            col(payee.role) == ParticipationRole.INVESTEE,
            col(payer.role) == ParticipationRole.INVESTOR,
            col(payer.organisation_id) == mandate.organisation_id,
            col(Project.kind) == ProjectKind.INVESTMENT,
            col(Project.started_on) >= mandate.started_on,
        )
        .order_by(col(Project.started_on), col(Project.id))
    )
    return [(firm_id, amount, day) for firm_id, amount, day in session.execute(wanted)]


def _waive(session: Session, actor: Actor, mandate: Mandate, today: date) -> None:
    """The first clause of the first firm that the fund may let pass."""
    for firm_id in firms_by_verdict(session, actor, mandate.id, V.TO_WAIVE, today=today):
        pair = clearing.lines(session, actor, mandate.id, firm_id, today=today)
        if line := next((one for one in pair.lines if one.outcome is ClauseOutcome.WAIVABLE and one.counts), None):
            reason = "经投委会第七次会议讨论，企业正处成长期，超出部分在可接受范围内，按尽职免责清单予以放行。"
            clearing.waive(session, actor, mandate.id, firm_id, line.kind, reason=reason, today=today)
            return


def _watch(session: Session, actor: Actor, mandate: Mandate, today: date) -> None:
    filters = RadarFilters(stage=FinancingStage.ANGEL).plain()
    draft = ScreenDraft(name="天使轮项目", mandate_id=mandate.id, filters=filters, is_shared=True)
    screen = screens.save_screen(session, actor, mandate.organisation_id, draft)
    session.get_one(ScreenSeen, (screen.id, actor.user_id)).seen_at = start_of(today) - LOOKED_THROUGH
    session.flush()
