"""A room on its way to the signature: rules, blanks, what is locked, the agreement."""

from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from matchmaker.errors import InvalidInput, NotAllowed, NotFound, Stale
from matchmaker.services.consortia import (
    agreements,
    checking,
    invitations,
    rights,
    rooms,
    seats,
    sections,
    signing,
    versions,
)
from matchmaker.services.consortia.drafts import Article, GoalDraft, PlanDraft, SeatDraft
from models.audit import AuditEntry
from models.challenges import Challenge
from models.consortia import Consortium, ConsortiumVersion, Seat
from models.enums import (
    ChallengeKind,
    ConsortiumState,
    OrganisationState,
    RuleKind,
    RuleOutcome,
    SeatState,
)
from models.rules import CompositionRule, OrganisationConflict
from tests import records as make
from tests.consortium_rooms import GOAL, PLAN, RoomCase

S = SeatState


@pytest.fixture
def case(registry):
    return RoomCase(registry)


def actions(case):
    return case.session.exec(select(AuditEntry.action).order_by(AuditEntry.id)).all()


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


# --- Rules, blanks, signatures ---------------------------------------------------------------------------------------


def readiness(case):
    return checking.readiness(case.session, case.room())


def test_a_room_with_as_many_versions_as_are_kept_by_hand_is_signed_and_gone_back_in(case):
    case.ready()
    first = versions.keep(case.session, case.leader, case.id)
    full = ConsortiumVersion(consortium_id=case.id, number=versions.MOST_VERSIONS, snapshot=first.snapshot)
    case.session.add(full)
    sections.update_article(case.session, case.leader, case.id, Article.BREACH, "另有约定")

    with pytest.raises(InvalidInput, match="too_many_versions"):
        versions.keep(case.session, case.leader, case.id)
    gone_back = versions.go_back(case.session, case.leader, case.id, full.number)
    case.sign(case.leader, case.lead)
    case.sign(case.owner, case.firm)

    assert gone_back.number == versions.MOST_VERSIONS + 2
    assert case.room().consortium.state is ConsortiumState.SIGNED
    assert versions.number_now(case.session, case.room()) == gone_back.number


def test_what_is_missing_is_named(case):
    case.join()

    found = {(blank.field, blank.seat.role_zh if blank.seat else "") for blank in readiness(case).blanks}

    assert {
        ("budget", ""),
        ("tasks", "研发"),
        ("benefit_percent", "牵头单位"),
        ("secrecy", ""),
        ("rights", ""),
    } <= found


def test_a_room_is_ready_when_all_have_said_yes_everything_is_filled_in_and_shares_sum(case):
    case.ready()

    assert readiness(case).is_ready
    seats.add_seat(case.session, case.leader, case.id, SeatDraft(role_zh="检测"))
    assert not readiness(case).is_ready


def add_rule(case, **arguments):
    challenge = make_challenge(case)
    rule = CompositionRule(
        challenge_id=challenge.id, kind=RuleKind.MEMBER_COUNT, arguments=arguments, source="申报指南第三条"
    )
    case.session.add(rule)
    case.consortium.challenge_id = challenge.id
    case.session.flush()


def test_a_hard_rule_that_is_broken_is_named_and_nobody_signs(case):
    add_rule(case, least=3)
    case.ready()

    broken = [rule.rule.source for rule in readiness(case).judgement.rules if rule.outcome.value == "broken"]

    assert broken == ["申报指南第三条"]
    with pytest.raises(InvalidInput, match="not_ready_to_sign"):
        case.sign(case.leader, case.lead)


def test_whose_conflicts_are_on_record_is_not_read_from_a_team_before_they_have_said_yes(case):
    challenge = make_challenge(case)
    case.consortium.challenge_id = challenge.id
    rule = CompositionRule(challenge_id=challenge.id, kind=RuleKind.CONFLICTS_APART, source="第九条")
    pair = sorted((case.firm.id, case.lab.id), key=str)
    case.session.add_all(
        [rule, OrganisationConflict(first_id=pair[0], second_id=pair[1], reason="诉讼", source="法院公告")]
    )
    case.invite()
    seat = case.invite(case.lab, role="检测")
    case.propose(case.stranger, role="标准")

    def verdict():
        (judged,) = readiness(case).judgement.rules
        return judged.outcome, set(judged.who or judged.unknown)

    assert verdict() == (RuleOutcome.UNKNOWN, {case.firm.id, case.lab.id, case.stranger.id})
    invitations.accept(case.session, case.researcher, seat.id)
    assert verdict() == (RuleOutcome.UNKNOWN, {case.firm.id, case.stranger.id})
    invitations.accept(case.session, case.owner, case.seat_of(case.firm).id)
    assert verdict() == (RuleOutcome.BROKEN, {case.firm.id, case.lab.id})


def test_nobody_signs_with_a_member_that_has_closed_since(case):
    case.ready()
    case.firm.state = OrganisationState.CLOSED

    with pytest.raises(InvalidInput, match="member_not_active"):
        case.sign(case.leader, case.lead)


def test_who_has_closed_is_neither_invited_nor_takes_a_seat(case):
    invited, proposed = case.invite(), case.propose(case.lab)
    case.firm.state = case.lab.state = OrganisationState.CLOSED

    with pytest.raises(InvalidInput, match="member_not_active"):
        invitations.accept(case.session, case.owner, invited.id)
    with pytest.raises(InvalidInput, match="member_not_active"):
        invitations.invite(case.session, case.leader, case.id, proposed.id)


def test_more_money_than_the_budget_is_not_signed(case):
    case.ready()
    sections.update_plan(case.session, case.leader, case.id, replace(PLAN, budget=1_999_999.0))

    with pytest.raises(InvalidInput, match="not_ready_to_sign"):
        case.sign(case.leader, case.lead)


def test_when_the_last_member_has_signed_the_room_is_locked(case):
    case.ready()
    case.sign(case.leader, case.lead)
    before = case.consortium.state

    case.sign(case.owner, case.firm)

    assert [before, case.consortium.state] == [ConsortiumState.FORMING, ConsortiumState.SIGNED]
    assert case.consortium.signed_on is not None


def test_each_member_signs_for_itself(case):
    case.ready()

    with pytest.raises(NotAllowed):
        case.sign(case.leader, case.firm)


def test_who_has_read_something_else_signs_nothing(case):
    case.ready()
    seen = signing.seen_content(case.room())
    sections.update_article(case.session, case.leader, case.id, Article.BREACH, "另有约定。")

    with pytest.raises(Stale):
        signing.sign(case.session, case.owner, case.id, case.firm.id, seen=seen)


def test_a_change_takes_back_the_signatures_that_were_given(case):
    case.ready()
    case.sign(case.owner, case.firm)

    sections.update_article(case.session, case.leader, case.id, Article.BREACH, "另有约定。")

    assert case.seat_of(case.firm).signed_at is None
    assert actions(case)[-1] == "seat.unsign"


def test_a_signature_can_be_taken_back_until_the_last_one(case):
    case.ready()
    case.sign(case.owner, case.firm)

    signing.take_back(case.session, case.owner, case.id, case.firm.id)

    assert case.seat_of(case.firm).signed_at is None


LOCKED_EDITS = {
    "goal": lambda case: sections.update_goal(case.session, case.leader, case.id, GOAL),
    "plan": lambda case: sections.update_plan(case.session, case.leader, case.id, PLAN),
    "article": lambda case: sections.update_article(case.session, case.leader, case.id, Article.ORGANS, "新"),
    "seat": lambda case: seats.update_seat(
        case.session, case.leader, case.id, case.seat_of(case.firm).id, SeatDraft(role_zh="新")
    ),
    "new seat": lambda case: seats.add_seat(case.session, case.leader, case.id, SeatDraft(role_zh="新")),
    "right": lambda case: rights.remove_right(case.session, case.leader, case.id, case.room().rights[0].id),
    "leave": lambda case: invitations.leave(case.session, case.owner, case.seat_of(case.firm).id, "走"),
    "version": lambda case: versions.go_back(case.session, case.leader, case.id, 1),
    "signature": lambda case: signing.take_back(case.session, case.owner, case.id, case.firm.id),
}


@pytest.mark.parametrize("edit", LOCKED_EDITS.values(), ids=LOCKED_EDITS)
def test_nothing_of_a_signed_room_changes(case, edit):
    case.signed()

    with pytest.raises(InvalidInput, match="consortium_locked"):
        edit(case)


@pytest.mark.parametrize(
    "change",
    [
        lambda case: setattr(case.consortium, "secrecy", "无"),
        lambda case: setattr(case.consortium, "state", ConsortiumState.FORMING),
        lambda case: setattr(case.seat_of(case.firm), "benefit_percent", 1.0),
        lambda case: setattr(case.room().rights[0], "terms", "无"),
        lambda case: case.session.delete(case.seat_of(case.firm)),
        lambda case: case.session.add(Seat(consortium_id=case.id, role_zh="多出来的席位")),
    ],
    ids=["text", "state", "share", "right", "removal", "addition"],
)
def test_the_database_itself_holds_what_is_signed(case, change):
    case.signed()
    case.session.commit()

    change(case)

    with pytest.raises(IntegrityError, match="a signed consortium does not change"):
        case.session.flush()


def test_what_was_promised_is_carried_from_the_signature_on_and_no_longer_when_it_ends(case):
    case.firm.capacity, case.firm.engaged = 5, 2
    case.ready()
    assert invitations.load_of(case.session, case.firm.id) == invitations.Load(5, 2, 1)

    case.sign(case.leader, case.lead)
    case.sign(case.owner, case.firm)
    assert invitations.load_of(case.session, case.firm.id) == invitations.Load(5, 3, 0)

    signing.dissolve(case.session, case.leader, case.id, "项目终止")
    assert invitations.load_of(case.session, case.firm.id) == invitations.Load(5, 2, 0)


def test_what_was_signed_counts_for_who_has_never_said_what_it_carries(case):
    case.firm.capacity, case.firm.engaged = 1, None
    case.signed()
    other = RoomCase(case.session)
    seat = seats.propose(case.session, other.leader, other.id, other.add().id, case.firm.id)
    invitations.invite(case.session, other.leader, other.id, seat.id)

    with pytest.raises(InvalidInput, match="capacity_full"):
        invitations.accept(case.session, case.owner, seat.id)


def test_the_lead_dissolves_with_a_reason_and_nobody_else_does(case):
    case.join()

    with pytest.raises(NotAllowed):
        signing.dissolve(case.session, case.owner, case.id, "不做了")
    with pytest.raises(InvalidInput, match="reason_length"):
        signing.dissolve(case.session, case.leader, case.id, " ")
    signing.dissolve(case.session, case.leader, case.id, "榜单撤回")

    assert case.consortium.state is ConsortiumState.DISSOLVED
    with pytest.raises(InvalidInput, match="consortium_locked"):
        case.add()


# --- The agreement ---------------------------------------------------------------------------------------------------


def test_the_agreement_names_members_only(case):
    case.join()
    case.invite(case.lab, role="检测")

    agreement = agreements.agreement_of(case.session, case.owner, case.id)

    assert [party.name.zh for party in agreement.parties] == [case.lead.name_zh, case.firm.name_zh]
    assert agreement.version is None
    with pytest.raises(NotFound):
        agreements.agreement_of(case.session, case.researcher, case.id)


def test_a_signed_agreement_carries_its_version_and_its_day(case):
    case.signed()

    agreement = agreements.agreement_of(case.session, case.owner, case.id)

    assert agreement.is_signed
    assert agreement.version == 1
    assert agreement.dated == case.consortium.signed_on
    assert all(party.signed_on for party in agreement.parties)


def test_plans_and_goals_that_cannot_be_are_refused(case):
    with pytest.raises(InvalidInput, match="name_missing"):
        sections.update_goal(case.session, case.leader, case.id, GoalDraft())
    with pytest.raises(InvalidInput, match="out_of_range"):
        sections.update_plan(case.session, case.leader, case.id, PlanDraft(months=0))
    with pytest.raises(InvalidInput, match="out_of_range"):
        sections.update_plan(case.session, case.leader, case.id, PlanDraft(budget=float("nan")))


def test_lists_hold_one_s_own_rooms(case):
    case.join()
    case.invite(case.lab)

    assert [one.consortium.id for one in rooms.list_rooms(case.session, case.owner, case.firm.id)] == [case.id]
    assert [one.consortium.id for one in rooms.list_invitations(case.session, case.researcher, case.lab.id)] == [
        case.id
    ]
    with pytest.raises(NotAllowed):
        rooms.list_rooms(case.session, case.owner, case.lab.id)
    with pytest.raises(NotAllowed):
        rooms.list_all(case.session, case.owner)
    seen, kept_out = rooms.list_all(case.session, make.officer(case.session))
    assert ([one.id for one in seen], kept_out) == ([case.id], 0)
    assert case.session.get(Consortium, case.id)
