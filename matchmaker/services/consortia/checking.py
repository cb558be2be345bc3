"""What still stands between a room and its signatures: seats, blanks, sums, rules. Read live, stored nowhere."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from matchmaker.services.actors import PLATFORM
from matchmaker.services.calendar import today
from matchmaker.services.consortia.drafts import Article
from matchmaker.services.consortia.rooms import Room
from matchmaker.services.consortia.shares import Shares, shares_of
from matchmaker.services.rule_sets.judging import Judgement, TeamMember, judge_team
from matchmaker.services.rule_sets.reading import rules_for
from matchmaker.services.visibility import grades_of
from matchmaker.store.reading import Visibility
from models.challenges import Challenge
from models.consortia import IpItem, Seat
from models.enums import Grade, IpSide, SeatState
from models.taxonomy import ChainNode


@dataclass(frozen=True)
class Blank:
    """Something that is not filled in: which field, and of which seat or line."""

    field: str
    seat: Seat | None = None
    right: IpItem | None = None
    side: IpSide | None = None


@dataclass(frozen=True)
class Readiness:
    waiting: tuple[Seat, ...]
    blanks: tuple[Blank, ...]
    shares: Shares
    judgement: Judgement

    @property
    def is_ready(self) -> bool:
        is_summed = self.shares.is_benefit_whole and self.shares.is_money_within
        return not self.waiting and not self.blanks and is_summed and self.judgement.is_accepted


def readiness(session: Session, room: Room) -> Readiness:
    return Readiness(
        waiting=tuple(seat for seat in room.seats if seat.state is not SeatState.ACCEPTED),
        blanks=tuple(blanks_in(room)),
        shares=shares_of(room),
        judgement=judge_room(session, room),
    )


def judge_room(session: Session, room: Room) -> Judgement:
    """The rules of its set and of its challenge, on everybody who is on a seat; the same for all who are inside.

    To take a seat is to fulfil the condition of what an organisation opens on conditions: for members these fields
    count too. What is closed stays closed, so a rule over it is a question.
    """
    consortium = room.consortium
    rules = rules_for(session, rule_set_id=consortium.rule_set_id, challenge_id=consortium.challenge_id)
    members = [
        TeamMember(organisation_id=seat.organisation_id, money=seat.money, own_money=seat.own_money)
        for seat in room.seats
        if seat.organisation_id
    ]
    return judge_team(
        session,
        PLATFORM,  # who holds a room has been let in; what the verdicts rest on is the same for all of them
        rules,
        members,
        lead_id=consortium.lead_id,
        today=today(),
        budget=consortium.budget,
        chains=_chains(session, consortium.challenge_id),
        sees=seen_in(session, room),
        joined=[seat.organisation_id for seat in room.members if seat.organisation_id],
    )


def blanks_in(room: Room) -> Iterator[Blank]:
    """In the order of the agreement."""
    consortium = room.consortium
    if not (consortium.goal_zh or consortium.goal_en):
        yield Blank("goal")
    for field in ("budget", "starts_on", "months"):
        if getattr(consortium, field) is None:
            yield Blank(field)
    for seat in room.seats:
        if not seat.tasks:
            yield Blank("tasks", seat=seat)
        for field in ("money", "own_money", "benefit_percent"):
            if getattr(seat, field) is None:
                yield Blank(field, seat=seat)
    yield from _blank_rights(room)
    for article in Article:
        if not getattr(consortium, article.value):
            yield Blank(article.value)


def _blank_rights(room: Room) -> Iterator[Blank]:
    for side in IpSide:
        if not any(right.side is side for right in room.rights):
            yield Blank("rights", side=side)
    present = {str(seat.organisation_id) for seat in room.seats if seat.organisation_id}
    for right in room.rights:
        for field in ("owner_ids", "user_ids"):
            if not present.intersection(getattr(right, field)):
                yield Blank(field, right=right)
        if not right.terms:
            yield Blank("terms", right=right)


def seen_in(session: Session, room: Room) -> Callable[[UUID, str], bool]:
    is_open = Visibility(session)
    members = {seat.organisation_id for seat in room.members if seat.organisation_id}
    grades = {key: grades_of(session, key) for key in members}

    def sees(key: UUID, field: str) -> bool:
        on_conditions = key in grades and grades[key].get(field) is Grade.CONDITIONAL
        return on_conditions or is_open(key, field)

    return sees


def _chains(session: Session, challenge_id: UUID | None) -> list[str]:
    challenge = session.get(Challenge, challenge_id) if challenge_id else None
    codes = challenge.node_codes if challenge else []
    return sorted(set(session.exec(select(ChainNode.chain_code).where(col(ChainNode.code).in_(codes)))))
