"""Three consortia of the demo: one that waits for an answer, one that has just begun, one that is signed.

They come about by the services themselves, step by step, as people would do it: so the audit log tells their story, and
nothing stands in them that the platform would refuse.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from sqlmodel import Session

from matchmaker.services.actors import Actor
from matchmaker.services.consortia import (
    comments,
    invitations,
    opening,
    rights,
    rooms,
    seats,
    sections,
    signing,
    versions,
)
from matchmaker.services.consortia.drafts import Article, GoalDraft, PlanDraft, RightDraft, SeatDraft
from matchmaker.services.consortia.opening import Place
from models.challenges import Challenge
from models.consortia import Consortium, Seat
from models.enums import DeclineReason, IpSide
from seeds.demo.identity import HERO, identity
from seeds.demo.people import People

COCKPIT = "challenge/cockpit-cold-start"
ARTICLES = {
    Article.ORGANS: "设理事会，由各成员各派一名代表组成，每季度召开一次；技术方案由专家组评审，经费调整须经全体成员书面同意。",
    Article.LIABLE_BODY: "牵头单位对外签订合同并承担整体责任，成员按各自任务承担相应责任。",
    Article.BREACH: "成员未按期完成任务且无正当理由的，书面催告三十日后仍未改正，理事会可调整其任务与经费；造成损失的予以赔偿。",
    Article.ENTRY_EXIT: "新成员经理事会全体同意后加入；成员提前三个月书面通知可以退出，已交付成果按本协议继续使用。",
    Article.SECRECY: "技术资料和试验数据仅供项目使用，保密期至项目结束后三年；对外发布须经数据提供方同意。",
}


@dataclass(frozen=True)
class Term:
    """What the member of a seat does and receives."""

    key: str
    role_zh: str
    role_en: str
    tasks: str
    money: float
    own_money: float
    benefit_percent: float


CHARGING: Sequence[Term] = (
    Term("leader-08", "应用与牵头", "Application and lead", "提出整车与场站要求，提供三座试点场站，组织验收。", 1_800_000, 1_200_000, 40),
    Term("base-01", "中试", "Pilot production", "完成液冷枪线与冷却机组的小批试制，提交工艺文件。", 2_600_000, 400_000, 33.33),
    Term("lab-04", "检测", "Testing", "完成温升、绝缘与插拔寿命试验，出具第三方报告。", 1_400_000, 200_000, 26.67),
)  # fmt: skip


def form(session: Session, today: date) -> None:
    """Add the three; the demo's organisations and challenges are there."""
    people = People(session)
    _wait_for_answers(session, people)
    _begin(session, people)
    _sign(session, people, today)


def _wait_for_answers(session: Session, people: People) -> None:
    """The lab is in, the SME of the demo is asked, another firm has said no."""
    challenge = session.get_one(Challenge, identity(COCKPIT))
    lead = people.of("leader-01")
    others = [
        Place(
            role_zh="座舱软件", role_en="Cockpit software", organisation_id=people.organisation(HERO), money=5_200_000.0
        ),
        Place(role_zh="检测验证", role_en="Testing", organisation_id=people.organisation("lab-02"), money=2_400_000.0),
        Place(
            role_zh="中试",
            role_en="Pilot production",
            organisation_id=people.organisation("base-02"),
            money=3_000_000.0,
        ),
    ]
    room = opening.open_for_challenge(
        session,
        lead,
        challenge,
        people.organisation("leader-01"),
        Place(role_zh="整车应用", role_en="Use in vehicles"),
        others,
    )
    hero, lab, base = (_seat_of(session, lead, room, place.organisation_id) for place in others)
    _describe(session, lead, room, hero, "重构启动时序与虚拟化隔离，完成冷启动和死机复现测试。")
    _describe(session, lead, room, lab, "完成 -30 ℃ 冷启动、电磁兼容与电源时序试验，出具报告。")
    words = "贵司有三款量产座舱的经验，希望由贵司承担座舱软件，请于两周内答复。"
    invitations.invite(session, lead, room.id, hero.id, words)
    invitations.invite(session, lead, room.id, lab.id, "希望贵室承担检测验证。")
    invitations.invite(session, lead, room.id, base.id, "希望贵方承担小批试制。")
    invitations.accept(session, people.of("lab-02"), lab.id, "可以承担，试验档期从下月起。")
    invitations.decline(session, people.of("base-02"), base.id, DeclineReason.NO_CAPACITY, "产线排期已到明年二季度。")
    sections.update_article(session, lead, room.id, Article.SECRECY, ARTICLES[Article.SECRECY])
    versions.keep(session, lead, room.id, "邀请发出时")
    comments.add(
        session,
        people.of("lab-02"),
        room.id,
        "建议把 -40 ℃ 作为摸底项目，不列入必达指标。",
        organisation_id=people.organisation("lab-02"),
        seat_id=lab.id,
    )


def _begin(session: Session, people: People) -> None:
    """The SME's own room, with a name and one open seat."""
    lead = people.of(HERO)
    draft = GoalDraft(
        name_zh="座舱显示光学贴合联合攻关",
        name_en="Joint work on optical bonding of cockpit displays",
        goal_zh="十二个月内把大尺寸座舱屏的光学贴合良率从 86% 提高到 95%。",
        goal_en="Raise the yield of optical bonding of large cockpit displays from 86 % to 95 % within twelve months.",
    )
    room = opening.open_by_hand(session, lead, people.organisation(HERO), draft)
    seats.add_seat(session, lead, room.id, SeatDraft(role_zh="贴合工艺", role_en="Bonding process"))


def _sign(session: Session, people: People, today: date) -> None:
    """Everything agreed and signed."""
    first, *others = CHARGING
    lead = people.of(first.key)
    draft = GoalDraft(
        name_zh="液冷超充创新联合体",
        name_en="Consortium for liquid-cooled fast charging",
        goal_zh="五分钟补能 200 公里，枪线温升不超过 40 K，三座试点场站连续运行六个月。",
        goal_en="200 km of range in five minutes, cable heating of 40 K at most, three pilot sites in service for six months.",
    )
    room = opening.open_by_hand(session, lead, people.organisation(first.key), draft)
    plan = PlanDraft(budget=6_800_000.0, starts_on=today - timedelta(days=30), months=14)
    sections.update_plan(session, lead, room.id, plan)
    for article, text in ARTICLES.items():
        sections.update_article(session, lead, room.id, article, text)
    _fill(session, lead, room, _seat_of(session, lead, room, people.organisation(first.key)), first)
    for term in others:
        seat = seats.add_seat(session, lead, room.id, SeatDraft(role_zh=term.role_zh, role_en=term.role_en))
        seats.propose(session, lead, room.id, seat.id, people.organisation(term.key))
        _fill(session, lead, room, seat, term)
        invitations.invite(session, lead, room.id, seat.id)
        invitations.accept(session, people.of(term.key), seat.id)
    ids = tuple(str(people.organisation(term.key)) for term in CHARGING)
    line = RightDraft(
        side=IpSide.BACKGROUND,
        title="充电枪线液冷结构专利",
        owner_ids=ids[1:2],
        user_ids=ids,
        terms="项目期内免费用于本项目",
    )
    rights.add_right(session, lead, room.id, line)
    result = replace(
        line,
        side=IpSide.FOREGROUND,
        title="超充冷却机组与控制策略",
        owner_ids=ids,
        terms="三方共有，对外许可须经全体同意",
    )
    rights.add_right(session, lead, room.id, result)
    for term in CHARGING:
        seen = signing.seen_content(rooms.get_room(session, lead, room.id))
        signing.sign(session, people.of(term.key), room.id, people.organisation(term.key), seen=seen)


def _fill(session: Session, lead: Actor, room: Consortium, seat: Seat, term: Term) -> None:
    draft = SeatDraft(
        role_zh=term.role_zh,
        role_en=term.role_en,
        tasks=term.tasks,
        money=float(term.money),
        own_money=float(term.own_money),
        benefit_percent=float(term.benefit_percent),
    )
    seats.update_seat(session, lead, room.id, seat.id, draft)


def _describe(session: Session, lead: Actor, room: Consortium, seat: Seat, tasks: str) -> None:
    draft = SeatDraft(role_zh=seat.role_zh, role_en=seat.role_en, tasks=tasks, money=seat.money)
    seats.update_seat(session, lead, room.id, seat.id, draft)


def _seat_of(session: Session, actor: Actor, room: Consortium, organisation_id: UUID | None) -> Seat:
    held = rooms.get_room(session, actor, room.id)
    return next(seat for seat in held.seats if seat.organisation_id == organisation_id)
