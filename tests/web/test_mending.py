"""After somebody has said no: what would make the room's team pass, around those who have said yes."""

import pytest

from matchmaker.errors import InvalidInput, NotAllowed, NotFound
from matchmaker.reader import Reader
from matchmaker.services.actors import Actor
from matchmaker.services.calendar import today
from matchmaker.services.consortia import composed, invitations, mending, opening, rooms
from models.base import new_id
from models.enums import DeclineReason, MembershipRole, RepairKind, RuleKind, SeatState
from models.organisations import Organisation
from tests.composing_case import make_usual_case
from tests.consortium_rooms import GOAL
from tests.web.test_base import assert_well_formed


@pytest.fixture
def case(session, instance):
    return make_usual_case(session, instance)


@pytest.fixture
def room(case):
    """A room of the composer's best team; all were invited."""
    composition = case.compose()
    consortium = composed.open_from_composition(case.session, case.actor, composition.id, 0)
    for seat in rooms.get_room(case.session, case.actor, consortium.id).seats:
        if seat.state is SeatState.PROPOSED:
            invitations.invite(case.session, case.actor, consortium.id, seat.id)
    case.session.commit()
    return consortium


def names(case, room) -> dict[str, str]:
    """What each firm of the team can do -> its name, by the last two signs of the name."""
    found = rooms.get_room(case.session, case.actor, room.id)
    firms = [case.session.get_one(Organisation, seat.organisation_id) for seat in found.seats if seat.organisation_id]
    return {firm.name_zh[1:]: firm.name_zh for firm in firms}


def say_no(case, room, name: str) -> None:
    firm = case.firms[name]
    actor = Actor(user_id=new_id(), memberships={firm.id: MembershipRole.OWNER})
    seats = rooms.get_room(case.session, case.actor, room.id).seats
    seat = next(one for one in seats if one.organisation_id == firm.id)
    invitations.decline(case.session, actor, seat.id, DeclineReason.NO_CAPACITY)
    case.session.commit()


def mend(case, room, actor=None):
    return mending.mend(case.session, actor or case.actor, Reader(case.instance), room.id, today=today())


def test_a_team_that_passes_needs_nothing(case, room):
    found = mend(case, room)

    assert found.passes
    assert found.repairs == []
    assert found.outside == []


def test_after_a_no_the_cheapest_repair_is_the_other_one_who_can_do_it(case, room):
    gone = names(case, room)["控制器"]
    other = {"甲控制器": "乙控制器", "乙控制器": "甲控制器"}[gone]
    say_no(case, room, gone)

    found = mend(case, room)

    (change,) = found.repairs[0]["changes"]
    assert not found.passes
    assert RepairKind(change["kind"]) in (RepairKind.ADD, RepairKind.SWAP)
    assert change["enters"] == str(case.firms[other].id)
    assert change["enters"] in found.reading.named.organisations
    assert all(str(case.firms[gone].id) not in repair["members"] for repair in found.repairs)


def test_the_lead_reads_the_repairs_as_sentences(case, room, sign_in):
    gone = names(case, room)["控制器"]
    say_no(case, room, gone)

    page = sign_in(case.owner).get(f"/consortia/{room.id}/repairs")

    assert page.status_code == 200
    assert_well_formed(page.text)
    assert {"甲控制器": "乙控制器", "乙控制器": "甲控制器"}[gone] in page.text


def test_a_rule_that_came_after_the_team_is_told_in_its_own_words(case, room, sign_in):
    case.add_rule(RuleKind.MEMBER_COUNT, least=7)
    case.session.commit()

    page = sign_in(case.owner).get(f"/consortia/{room.id}/repairs")

    assert page.status_code == 200
    assert "不少于7家" in page.text


def test_only_the_lead_asks_and_to_a_stranger_the_room_does_not_exist(case, room):
    firm = case.firms[names(case, room)["控制器"]]
    member = Actor(user_id=new_id(), memberships={firm.id: MembershipRole.OWNER})
    found = rooms.get_room(case.session, case.actor, room.id)
    invitations.accept(case.session, member, next(one.id for one in found.seats if one.organisation_id == firm.id))

    with pytest.raises(NotAllowed):
        mend(case, room, member)
    with pytest.raises(NotFound):
        mend(case, room, Actor(user_id=new_id()))


def test_a_room_opened_by_hand_has_no_question_to_be_held_against(case):
    consortium = opening.open_by_hand(case.session, case.actor, case.lead.id, GOAL)

    with pytest.raises(InvalidInput, match="no_composition"):
        mend(case, consortium)


def test_the_page_of_a_room_opened_by_hand_says_where_its_rules_stand(case, sign_in):
    consortium = opening.open_by_hand(case.session, case.actor, case.lead.id, GOAL)
    case.session.commit()

    page = sign_in(case.owner).get(f"/consortia/{consortium.id}/repairs")

    assert page.status_code == 200
    assert_well_formed(page.text)
    assert f"/consortia/{consortium.id}#rules" in page.text
