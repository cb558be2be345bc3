"""A room with its people, for tests: a lead, two firms, and whatever is needed to sign."""

from datetime import date
from uuid import UUID

from sqlmodel import Session

from matchmaker.services.consortia import invitations, opening, rights, rooms, seats, sections, signing
from matchmaker.services.consortia.drafts import Article, GoalDraft, PlanDraft, RightDraft, SeatDraft
from models.consortia import Consortium, Seat
from models.enums import IpSide, OrganisationKind, SeatState
from tests import records as make

GOAL = GoalDraft(
    name_zh="智能座舱创新联合体", name_en="Smart cockpit consortium", goal_zh="十八个月内完成座舱域控制器样件"
)
PLAN = PlanDraft(budget=3_000_000.0, starts_on=date(2026, 12, 1), months=18)


class RoomCase:
    """A lead that has opened a room, a firm and a lab that may be asked, and their people."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.lead = make.organisation(session, kind=OrganisationKind.CHAIN_LEADER, name_zh="重庆长岭汽车股份有限公司")
        self.firm = make.organisation(session, name_zh="重庆屏联智舱科技有限公司")
        self.lab = make.organisation(session, kind=OrganisationKind.LAB, name_zh="重庆光电检测研究院")
        self.stranger = make.organisation(session)
        self.leader, self.owner = make.member(session, self.lead), make.member(session, self.firm)
        self.researcher, self.outsider = make.member(session, self.lab), make.member(session, self.stranger)
        self.consortium: Consortium = opening.open_by_hand(session, self.leader, self.lead.id, GOAL)
        session.flush()

    @property
    def id(self) -> UUID:
        return self.consortium.id

    def room(self):
        return rooms.get_room(self.session, self.leader, self.id)

    def add(self, role="研发", **values) -> Seat:
        return seats.add_seat(self.session, self.leader, self.id, SeatDraft(role_zh=role, **values))

    def propose(self, organisation=None, role="研发", **values) -> Seat:
        seat = self.add(role, **values)
        return seats.propose(self.session, self.leader, self.id, seat.id, (organisation or self.firm).id)

    def invite(self, organisation=None, role="研发", message="请加入", **values) -> Seat:
        seat = self.propose(organisation, role, **values)
        return invitations.invite(self.session, self.leader, self.id, seat.id, message)

    def join(self, organisation=None, actor=None, role="研发", **values) -> Seat:
        seat = self.invite(organisation, role, **values)
        return invitations.accept(self.session, actor or self.owner, seat.id, "同意")

    def seat_of(self, organisation) -> Seat:
        return next(seat for seat in self.room().seats if seat.organisation_id == organisation.id)

    def fill_in(self) -> None:
        """Everything that an agreement needs, for the members that are there."""
        sections.update_plan(self.session, self.leader, self.id, PLAN)
        for article in Article:
            sections.update_article(self.session, self.leader, self.id, article, "由各方协商确定。")
        members = [seat for seat in self.room().seats if seat.state is SeatState.ACCEPTED]
        for number, seat in enumerate(members):
            share = 100 - 33.33 * (len(members) - 1) if number == 0 else 33.33
            draft = SeatDraft(
                role_zh=seat.role_zh, tasks="完成样件", money=1e6, own_money=2e5, benefit_percent=round(share, 2)
            )
            seats.update_seat(self.session, self.leader, self.id, seat.id, draft)
        ids = tuple(str(seat.organisation_id) for seat in members)
        for side in IpSide:
            draft_right = RightDraft(side=side, title="座舱软件", owner_ids=ids[:1], user_ids=ids, terms="免费")
            rights.add_right(self.session, self.leader, self.id, draft_right)

    def sign(self, actor, organisation) -> None:
        seen = signing.seen_content(self.room())
        signing.sign(self.session, actor, self.id, organisation.id, seen=seen)

    def ready(self) -> "RoomCase":
        """Lead and firm, everything filled in."""
        self.join()
        self.fill_in()
        return self

    def signed(self) -> "RoomCase":
        self.ready()
        self.sign(self.leader, self.lead)
        self.sign(self.owner, self.firm)
        return self
