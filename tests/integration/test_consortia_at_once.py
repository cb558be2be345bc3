"""People who work in one room at the same moment, each in a session of their own: nothing that was kept is lost."""

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from matchmaker.errors import InvalidInput, Stale
from matchmaker.services.consortia import invitations, rights, rooms, seats, sections, signing
from matchmaker.services.consortia.drafts import Article, RightDraft, SeatDraft
from models.consortia import Consortium
from models.enums import DeclineReason, IpSide, SeatState
from models.sessions import reading, writing
from tests import records as make
from tests.consortium_rooms import RoomCase

ROUNDS = 20


@pytest.fixture
def engine(either):
    return either.engine


@pytest.fixture
def case(engine):
    """Committed: what follows happens in other sessions."""
    with writing(engine) as session:
        make.add_taxonomy(session)
        found = RoomCase(session)
        found.join()
    return found


def together(engine, *works: Callable[[Session], object]) -> list[BaseException | None]:
    """All at once, each in a transaction of its own; what each came to."""
    start = Barrier(len(works))

    def run(work):
        start.wait()
        try:
            with writing(engine) as session:
                work(session)
        except (InvalidInput, Stale) as error:
            return error
        return None

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_of_two_who_write_the_same_article_one_wins_and_the_other_is_shown_what_differs(engine, case):
    kept, numbers = "", itertools.count()
    for _ in range(ROUNDS):
        with reading(engine) as session:
            seen = sections.seen_article(session.get_one(Consortium, case.id), Article.ORGANS)
        texts = [f"甲{next(numbers)}", f"乙{next(numbers)}"]

        came_to = together(
            engine,
            *(
                lambda session, text=text, actor=actor, seen=seen: sections.update_article(
                    session, actor, case.id, Article.ORGANS, text, seen=seen
                )
                for text, actor in zip(texts, (case.leader, case.owner), strict=True)
            ),
        )

        with reading(engine) as session:
            kept = session.get_one(Consortium, case.id).organs
        winner = came_to.index(None)
        assert kept == texts[winner]
        lost = came_to[1 - winner]
        assert isinstance(lost, Stale)
        assert lost.differences == {"organs": (texts[winner], texts[1 - winner])}


def test_two_who_write_different_parts_both_keep_theirs(engine, case):
    with reading(engine) as session:
        room = rooms.get_room(session, case.leader, case.id)
        lead, firm = room.seats
        seen = {seat.id: seats.seen_seat(seat) for seat in room.seats}
        seen_goal = sections.seen_article(room.consortium, Article.BREACH)

    def write(seat, actor, tasks):
        draft = SeatDraft(role_zh=seat.role_zh, tasks=tasks)
        return lambda session: seats.update_seat(session, actor, case.id, seat.id, draft, seen=seen[seat.id])

    came_to = together(
        engine,
        write(lead, case.leader, "场景与验收"),
        write(firm, case.owner, "算法"),
        lambda session: sections.update_article(
            session, case.owner, case.id, Article.BREACH, "赔偿损失。", seen=seen_goal
        ),
        lambda session: rights.add_right(
            session, case.leader, case.id, RightDraft(side=IpSide.BACKGROUND, title="整车平台")
        ),
        lambda session: rights.add_right(
            session, case.owner, case.id, RightDraft(side=IpSide.BACKGROUND, title="座舱软件")
        ),
    )

    with reading(engine) as session:
        room = rooms.get_room(session, case.leader, case.id)
        assert came_to == [None] * 5
        assert [seat.tasks for seat in room.seats] == ["场景与验收", "算法"]
        assert room.consortium.breach == "赔偿损失。"
        assert {right.title for right in room.rights} == {"整车平台", "座舱软件"}


def test_an_organisation_with_one_place_left_takes_one_of_two_seats(engine, case):
    with writing(engine) as session:
        other = RoomCase(session)
        other.lab.capacity, other.lab.engaged = 1, 0
        third = RoomCase(session)
        asked = []
        for room in (other, third):
            seat = room.propose(other.lab)
            invitations.invite(session, room.leader, room.id, seat.id)
            asked.append(seat.id)

    came_to = together(
        engine,
        *(lambda session, seat=seat: invitations.accept(session, other.researcher, seat) for seat in asked),
    )

    assert sorted(isinstance(one, InvalidInput) for one in came_to) == [False, True]


def test_an_answer_and_a_withdrawal_at_once_leave_one_of_the_two(engine, case):
    with writing(engine) as session:
        case.session = session
        seat = case.invite(case.lab)

    came_to = together(
        engine,
        lambda session: invitations.decline(session, case.researcher, seat.id, DeclineReason.TERMS),
        lambda session: invitations.decline(session, case.researcher, seat.id, DeclineReason.TOO_EARLY, "再等等"),
    )

    with reading(engine) as session:
        room = rooms.get_room(session, case.leader, case.id)
        assert came_to == [None, None]
        assert len(room.turned_down) == 1
        assert [one.state for one in room.seats] == [SeatState.ACCEPTED, SeatState.ACCEPTED, SeatState.OPEN]


CHANGES = {
    "text": "UPDATE consortia SET secrecy = 'x'",
    "state": "UPDATE consortia SET state = 'forming'",
    "share": "UPDATE seats SET benefit_percent = 1",
    "removal": "DELETE FROM seats",
    "right": "UPDATE ip_items SET terms = 'x'",
    "line": "DELETE FROM ip_items",
}


def test_what_is_signed_is_held_by_the_database_until_nobody_could_read_it(engine):
    with writing(engine) as session:
        make.add_taxonomy(session)
        case = RoomCase(session)
        case.signed()

    for statement in CHANGES.values():
        with pytest.raises(IntegrityError, match="a signed consortium does not change"), engine.begin() as connection:
            connection.execute(sa.text(statement))

    with writing(engine) as session:
        signing.dissolve(session, case.leader, case.id, "项目终止")
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(sa.text("UPDATE consortia SET state = 'signed'"))
    with engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM consortia"))
        assert connection.execute(sa.text("SELECT count(*) FROM seats")).scalar_one() == 0
