"""The pages for an officer who keeps out of a challenge: why, who takes over, and the entry in the log."""

import pytest
from sqlmodel import Session, select

from models.accounts import User
from models.audit import AuditEntry
from models.enums import PlatformRole
from tests import challenge_factory as challenges
from tests import records as make
from tests.consortium_rooms import RoomCase
from tests.web.conftest import post


class AnsweringRoom(RoomCase):
    """A room that was opened for a challenge."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.asked = challenges.challenge(session, make.organisation(session))


@pytest.fixture
def case(session):
    make.add_taxonomy(session)
    case = AnsweringRoom(session)
    case.consortium.challenge_id = case.asked.id
    challenges.answer(session, case.asked, case.stranger)
    make.person(session, PlatformRole.OFFICER, name="王科长")
    person = session.get_one(User, case.outsider.user_id)
    person.roles = [session.exec(select(User).where(User.name == "王科长")).one().roles[0]]
    session.commit()
    return case


def test_a_refused_officer_reads_why_and_who_takes_over_and_the_attempt_is_in_the_log(session, case, sign_in):
    browser = sign_in(session.get_one(User, case.outsider.user_id))

    room = browser.get(f"/consortia/{case.id}")
    moved = post(browser, f"/challenges/{case.asked.id}/move/withdrawn", {"note": "不要了"})

    assert (room.status_code, moved.status_code) == (403, 403)
    assert "须回避" in room.text
    assert "王科长" in room.text
    assert case.consortium.name_zh not in room.text
    entries = session.exec(select(AuditEntry).where(AuditEntry.action == "recusal.refused")).all()
    assert [(one.user_id, one.subject_id) for one in entries] == [(case.outsider.user_id, str(case.asked.id))] * 2


def test_the_pages_that_stay_open_say_it_too_and_offer_nothing_to_steer(session, case, sign_in):
    browser = sign_in(session.get_one(User, case.outsider.user_id))

    challenge = browser.get(f"/challenges/{case.asked.id}").text
    answers = browser.get(f"/challenges/{case.asked.id}/answers").text
    rooms = browser.get("/consortia").text

    assert "须回避" in challenge
    assert "须回避" in answers
    assert f"/challenges/{case.asked.id}/extend" not in challenge
    assert "另有1个联合体未列出" in rooms
    assert case.consortium.name_zh not in rooms
