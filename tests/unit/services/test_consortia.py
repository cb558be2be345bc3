"""The room of a consortium: who is inside, consent, shares, rights, versions, signatures, and what is locked."""

from dataclasses import replace

import pytest
from sqlmodel import select

from matchmaker.errors import InvalidInput, NotAllowed, NotFound, Stale
from matchmaker.services.consortia import (
    agreements,
    comments,
    invitations,
    opening,
    rights,
    rooms,
    seats,
    sections,
)
from matchmaker.services.consortia.drafts import Article, RightDraft, SeatDraft
from matchmaker.services.consortia.opening import Place
from matchmaker.services.consortia.shares import shares_of
from models.audit import AuditEntry
from models.challenges import Challenge
from models.enums import (
    ChallengeKind,
    DeclineReason,
    Grade,
    IpSide,
    MembershipRole,
    OrganisationState,
    SeatState,
)
from tests import records as make
from tests.consortium_rooms import GOAL, RoomCase

S = SeatState


@pytest.fixture
def case(registry):
    return RoomCase(registry)


def actions(case):
    return case.session.exec(select(AuditEntry.action).order_by(AuditEntry.id)).all()


# --- Who sees what -------------------------------------------------------------------------------------------------


def test_a_room_begins_with_the_seat_of_its_lead_which_has_said_yes_by_opening_it(case):
    seat = case.room().seats[0]

    assert (seat.organisation_id, seat.is_lead, seat.state) == (case.lead.id, True, S.ACCEPTED)
    assert actions(case) == ["consortium.open"]


def test_only_the_lead_s_own_people_may_open_a_room_in_its_name(case):
    with pytest.raises(NotAllowed):
        opening.open_by_hand(case.session, case.outsider, case.lead.id, GOAL)


def test_to_a_stranger_the_room_does_not_exist(case):
    with pytest.raises(NotFound):
        rooms.get_room(case.session, case.outsider, case.id)


def test_who_is_only_proposed_learns_nothing(case):
    seat = case.propose()

    with pytest.raises(NotFound):
        rooms.get_room(case.session, case.owner, case.id)
    with pytest.raises(NotFound):
        rooms.get_asked_seat(case.session, case.owner, seat.id)
    assert rooms.list_invitations(case.session, case.owner, case.firm.id) == []


def test_who_is_invited_sees_an_outline_and_its_own_seat_and_nothing_of_others(case):
    case.join(case.lab, case.researcher, role="检测", tasks="秘密任务", money=500_000.0)
    seat = case.invite(money=1_000.0)

    outline = rooms.get_outline(case.session, case.owner, rooms.get_asked_seat(case.session, case.owner, seat.id))

    assert outline.seat.money == 1_000.0
    assert outline.lead.id == case.lead.id
    assert outline.about is not None
    assert [role for role, _ in outline.about.roles] == ["牵头单位", "检测", "研发"]
    assert "秘密任务" not in repr(outline)
    with pytest.raises(NotFound):
        rooms.get_room(case.session, case.owner, case.id)


def test_members_and_officers_see_everything(case):
    case.join()

    assert rooms.get_room(case.session, case.owner, case.id).consortium.id == case.id
    assert rooms.get_room(case.session, make.officer(case.session), case.id).consortium.id == case.id


def test_an_officer_looks_and_changes_nothing(case):
    with pytest.raises(NotAllowed):
        sections.update_goal(case.session, make.officer(case.session), case.id, GOAL)


def test_a_viewer_of_a_member_looks_and_changes_nothing(case):
    viewer = make.member(case.session, case.lead, role=MembershipRole.VIEWER)

    assert rooms.get_room(case.session, viewer, case.id)
    with pytest.raises(NotAllowed):
        sections.update_goal(case.session, viewer, case.id, GOAL)


# --- Consent -------------------------------------------------------------------------------------------------------


def test_from_proposal_to_membership_every_step_is_in_the_audit_log(case):
    seat = case.join()

    assert seat.state is S.ACCEPTED
    assert actions(case) == ["consortium.open", "seat.add", "seat.propose", "seat.invite", "seat.accept"]


def test_nobody_accepts_for_somebody_else(case):
    seat = case.invite()

    for actor in (case.leader, case.outsider, make.officer(case.session)):
        with pytest.raises((NotFound, NotAllowed)):
            invitations.accept(case.session, actor, seat.id)


def test_who_says_no_says_why_and_a_seat_like_it_is_open(case):
    seat = case.invite(role="研发", money=700_000.0, tasks="算法")

    vacant = invitations.decline(case.session, case.owner, seat.id, DeclineReason.NO_CAPACITY, "今年排满")

    room = case.room()
    assert [one.reason for one in room.turned_down] == [DeclineReason.NO_CAPACITY]
    assert (vacant.state, vacant.role_zh, vacant.money, vacant.tasks) == (S.OPEN, "研发", 700_000.0, "算法")
    assert vacant in room.seats
    assert room.organisations[case.firm.id].id == case.firm.id


def test_another_reason_needs_a_word(case):
    seat = case.invite()

    with pytest.raises(InvalidInput, match="feedback_note_missing"):
        invitations.decline(case.session, case.owner, seat.id, DeclineReason.OTHER)


def test_a_no_can_be_taken_back_while_the_seat_is_free(case):
    seat = case.invite()
    invitations.decline(case.session, case.owner, seat.id, DeclineReason.TERMS)

    invitations.accept(case.session, case.owner, seat.id)

    assert [one.organisation_id for one in case.room().seats] == [case.lead.id, case.firm.id]
    assert case.room().turned_down == ()


def test_a_no_cannot_be_taken_back_when_somebody_else_is_asked(case):
    seat = case.invite()
    vacant = invitations.decline(case.session, case.owner, seat.id, DeclineReason.TERMS)
    seats.propose(case.session, case.leader, case.id, vacant.id, case.lab.id)

    with pytest.raises(InvalidInput, match="seat_filled"):
        invitations.accept(case.session, case.owner, seat.id)


def test_who_has_declined_is_not_proposed_again(case):
    seat = case.invite()
    vacant = invitations.decline(case.session, case.owner, seat.id, DeclineReason.TERMS)

    with pytest.raises(InvalidInput, match="in_the_room_already"):
        seats.propose(case.session, case.leader, case.id, vacant.id, case.firm.id)


def test_a_withdrawn_invitation_is_gone_for_the_invited(case):
    seat = case.invite()

    invitations.withdraw(case.session, case.leader, case.id, seat.id)

    assert case.room().seats[1].state is S.OPEN
    with pytest.raises(NotFound):
        invitations.accept(case.session, case.owner, seat.id)


def test_who_answers_a_seat_that_has_changed_is_told(case):
    seat = case.invite()
    invitations.decline(case.session, case.owner, seat.id, DeclineReason.TERMS)

    with pytest.raises(Stale):
        invitations.accept(case.session, case.owner, seat.id, seen=S.INVITED)


def test_a_member_may_leave_before_signing_but_the_lead_may_not(case):
    seat = case.join()

    invitations.leave(case.session, case.owner, seat.id, "业务调整")

    assert case.room().seats[1].state is S.OPEN
    with pytest.raises(NotFound):
        rooms.get_room(case.session, case.owner, case.id)
    with pytest.raises(InvalidInput, match="lead_stays"):
        invitations.leave(case.session, case.leader, case.room().seats[0].id, "业务调整")


def test_an_organisation_that_is_full_cannot_say_yes(case):
    case.firm.capacity, case.firm.engaged = 3, 2
    other = RoomCase(case.session)
    invited = seats.propose(case.session, other.leader, other.id, other.add().id, case.firm.id)
    invitations.invite(case.session, other.leader, other.id, invited.id)
    invitations.accept(case.session, case.owner, invited.id)
    seat = case.invite()

    with pytest.raises(InvalidInput) as refused:
        invitations.accept(case.session, case.owner, seat.id)

    assert refused.value.facts == {"capacity": 3, "running": 3}


def test_who_has_not_said_what_it_can_carry_is_not_held_to_it(case):
    case.firm.capacity, case.firm.engaged = None, 50

    assert case.join().state is S.ACCEPTED


def test_a_closed_organisation_is_not_proposed(case):
    case.firm.state = OrganisationState.CLOSED
    seat = case.add()

    with pytest.raises(NotFound):
        seats.propose(case.session, case.leader, case.id, seat.id, case.firm.id)


# --- Editing -------------------------------------------------------------------------------------------------------


def test_a_member_edits_its_own_seat_and_not_another_s(case):
    seat = case.join()
    lead_seat = case.seat_of(case.lead)
    draft = SeatDraft(role_zh="研发", tasks="算法")

    seats.update_seat(case.session, case.owner, case.id, seat.id, draft)

    assert seat.tasks == "算法"
    with pytest.raises(NotAllowed):
        seats.update_seat(case.session, case.owner, case.id, lead_seat.id, draft)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"role_zh": ""}, "role_zh"),
        ({"money": -1.0}, "money"),
        ({"own_money": float("nan")}, "own_money"),
        ({"money": float("inf")}, "money"),
        ({"benefit_percent": 100.01}, "benefit_percent"),
        ({"benefit_percent": 33.333}, "benefit_percent"),
    ],
)
def test_a_seat_that_cannot_be_is_refused_by_the_name_of_its_field(case, values, field):
    seat = case.join()
    draft = SeatDraft(**{"role_zh": "研发", **values})

    with pytest.raises(InvalidInput) as refused:
        seats.update_seat(case.session, case.leader, case.id, seat.id, draft)

    assert refused.value.field == field


def test_two_who_edit_different_sections_at_once_do_not_meet(case):
    seen_organs = sections.seen_article(case.consortium, Article.ORGANS)
    seen_goal = sections.seen_goal(case.consortium)

    sections.update_article(case.session, case.leader, case.id, Article.ORGANS, "设理事会。", seen=seen_organs)
    sections.update_goal(case.session, case.leader, case.id, replace(GOAL, goal_zh="新目标"), seen=seen_goal)

    assert (case.consortium.organs, case.consortium.goal_zh) == ("设理事会。", "新目标")


def test_two_who_edit_the_same_section_at_once_lose_nothing(case):
    seen = sections.seen_article(case.consortium, Article.ORGANS)
    sections.update_article(case.session, case.leader, case.id, Article.ORGANS, "甲的文字", seen=seen)

    with pytest.raises(Stale) as conflict:
        sections.update_article(case.session, case.leader, case.id, Article.ORGANS, "乙的文字", seen=seen)

    assert conflict.value.differences == {"organs": ("甲的文字", "乙的文字")}
    assert case.consortium.organs == "甲的文字"


def test_an_invitation_meanwhile_is_no_reason_to_refuse_an_edit_of_the_seat(case):
    seat = case.propose()
    seen = seats.seen_seat(seat)
    invitations.invite(case.session, case.leader, case.id, seat.id)

    seats.update_seat(case.session, case.leader, case.id, seat.id, SeatDraft(role_zh="研发", tasks="算法"), seen=seen)

    assert (seat.tasks, seat.state) == ("算法", S.INVITED)


def test_a_seat_with_somebody_on_it_is_not_removed(case):
    invited = case.invite()

    with pytest.raises(InvalidInput, match="seat_taken"):
        seats.remove_seat(case.session, case.leader, case.id, invited.id)


def test_shares_are_counted_in_hundredths_and_what_is_not_said_is_not_zero(case):
    case.join(benefit_percent=33.33, money=0.1)
    case.join(case.lab, case.researcher, benefit_percent=33.34, money=0.2)
    lead = case.seat_of(case.lead)

    before = shares_of(case.room())
    draft = SeatDraft(role_zh="牵头", benefit_percent=33.33, money=0.0)
    seats.update_seat(case.session, case.leader, case.id, lead.id, draft)
    after = shares_of(case.room())

    assert (before.is_benefit_whole, before.benefit_missing, str(before.benefit_left)) == (False, 1, "33.33")
    assert (after.is_benefit_whole, after.benefit_hundredths) == (True, 10_000)
    assert after.money.total == 0.3


def test_a_line_of_the_ip_matrix_names_organisations_of_the_room_only(case):
    draft = RightDraft(side=IpSide.BACKGROUND, title="座舱软件", owner_ids=(str(case.stranger.id),))

    with pytest.raises(InvalidInput, match="not_in_the_room"):
        rights.add_right(case.session, case.leader, case.id, draft)


def test_two_who_edit_the_same_line_lose_nothing(case):
    right = rights.add_right(case.session, case.leader, case.id, RightDraft(side=IpSide.FOREGROUND, title="样件"))
    seen = rights.seen_right(right)
    draft = RightDraft(side=IpSide.FOREGROUND, title="样件", terms="甲")
    rights.update_right(case.session, case.leader, case.id, right.id, draft, seen=seen)

    with pytest.raises(Stale) as conflict:
        rights.update_right(case.session, case.leader, case.id, right.id, replace(draft, terms="乙"), seen=seen)

    assert conflict.value.differences == {"terms": ("甲", "乙")}


def test_comments_are_of_members_and_for_those_inside(case):
    seat = case.join()

    comments.add(case.session, case.owner, case.id, "任务边界需要再议", organisation_id=case.firm.id, seat_id=seat.id)

    said = comments.list_remarks(case.session, case.leader, case.id)
    assert [(one.comment.text, one.organisation) for one in said] == [("任务边界需要再议", case.firm)]
    with pytest.raises(NotAllowed):
        comments.add(case.session, case.owner, case.id, "冒名", organisation_id=case.lead.id)
    with pytest.raises(NotFound):
        comments.list_remarks(case.session, case.outsider, case.id)


# --- From a challenge ------------------------------------------------------------------------------------------------


def make_challenge(case, **values):
    challenge = Challenge(
        organisation_id=case.lead.id,
        kind=ChallengeKind.CHALLENGE,
        title_zh="座舱域控制器国产化",
        problem_zh="算力不足",
        budget=5e6,
        months=18,
        **values,
    )
    case.session.add(challenge)
    case.session.flush()
    return challenge


def test_a_room_for_a_challenge_has_its_money_its_months_and_the_team_as_proposals(case):
    places = [Place(role_zh="检测", role_en="Testing", organisation_id=case.lab.id, money=1e6)]

    room = opening.open_for_challenge(
        case.session, case.leader, make_challenge(case), case.lead.id, Place(role_zh="应用", role_en="Use"), places
    )

    held = rooms.get_room(case.session, case.leader, room.id)
    assert (room.budget, room.months, room.name_zh) == (5e6, 18, "座舱域控制器国产化创新联合体")
    assert [(seat.organisation_id, seat.state) for seat in held.seats] == [
        (case.lead.id, S.ACCEPTED),
        (case.lab.id, S.PROPOSED),
    ]


def test_what_a_challenge_keeps_back_does_not_come_along_for_the_invited_to_read(case):
    def opened(secrecy):
        challenge = make_challenge(case, secrecy=secrecy)
        lead = Place(role_zh="应用", role_en="Use")
        return opening.open_for_challenge(case.session, case.leader, challenge, case.lead.id, lead, [])

    conditional, closed = opened(Grade.CONDITIONAL), opened(Grade.CLOSED)

    assert (conditional.name_zh, conditional.goal_zh) == ("座舱域控制器国产化创新联合体", "")
    assert (closed.name_zh, closed.goal_zh) == (f"{case.lead.name_zh}牵头的创新联合体", "")
    assert agreements.agreement_of(case.session, case.leader, closed.id).challenge is None
