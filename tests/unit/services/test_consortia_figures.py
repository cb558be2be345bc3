"""What a team looks like as a whole, whom it shares with others, and what declined seats do on lists."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from matchmaker.services.calendar import today
from matchmaker.services.consortia import figures, invitations, seats
from matchmaker.store.reading import Vocabulary
from matchmaker.store.refusals import read_refusals
from models.challenges import Challenge, ChallengeCapability
from models.enums import ChallengeKind, DeclineReason, Grade, Ownership, PlatformRole, PostingState
from models.interest import DeclineEffect
from models.organisations import FieldGrade
from models.taxonomy import DeclineMeaning
from tests import records as make
from tests.consortium_rooms import RoomCase

LIVE = {"state": PostingState.PUBLISHED, "valid_until": today() + timedelta(days=90)}


@pytest.fixture
def case(registry):
    return RoomCase(registry)


def give_challenge(case, **needed):
    challenge = Challenge(organisation_id=case.lead.id, kind=ChallengeKind.CHALLENGE, title_zh="国产化")
    case.session.add(challenge)
    case.session.flush()
    case.session.add_all(
        ChallengeCapability(challenge_id=challenge.id, capability_code=code.replace("_", "-"), level=level)
        for code, level in needed.items()
    )
    case.consortium.challenge_id = challenge.id
    case.session.flush()


def test_coverage_counts_published_offers_at_the_level_that_is_needed(case):
    give_challenge(case, cockpit_controller=3, head_up_display=3)
    make.offer(case.session, case.firm, capabilities=["cockpit-controller"], **LIVE)
    make.offer(case.session, case.lead, capabilities=["head-up-display"])  # a draft
    case.join()

    found = figures.indicators_of(case.session, case.room())

    assert found["coverage"].value == 0.5


def test_shares_are_over_those_of_whom_it_is_known_and_say_of_how_many_it_is_not(case):
    case.firm.ownership = Ownership.PRIVATE
    case.join()
    case.join(case.lab, case.researcher, role="检测")

    found = figures.indicators_of(case.session, case.room())

    assert (found["private"].value, found["private"].known, found["private"].unknown) == (1.0, 1, 2)
    assert found["smes"].value == pytest.approx(1 / 3)


def test_what_a_member_has_closed_is_unknown_in_the_figures_too(case):
    case.firm.ownership = Ownership.PRIVATE
    case.session.add(FieldGrade(organisation_id=case.firm.id, field="ownership", grade=Grade.CLOSED))
    case.join()

    assert figures.indicators_of(case.session, case.room())["private"].known == 0


def test_shared_members_are_told_to_who_is_inside_both_and_to_officers(case):
    case.join()
    other = RoomCase(case.session)
    seat = seats.propose(case.session, other.leader, other.id, other.add().id, case.firm.id)
    invitations.invite(case.session, other.leader, other.id, seat.id)
    invitations.accept(case.session, case.owner, seat.id)
    room = case.room()

    seen = figures.overlaps_with(case.session, case.owner, room)

    assert [(one.consortium.id, one.members, one.share) for one in seen] == [(other.id, 1, 0.5)]
    assert figures.overlaps_with(case.session, case.leader, room) == []
    assert len(figures.overlaps_with(case.session, make.officer(case.session), room)) == 1


def test_however_many_rooms_share_a_member_they_are_told_by_as_many_statements(case):
    case.join()
    give_challenge(case)
    officer = replace(make.member(case.session, case.stranger), roles=frozenset({PlatformRole.OFFICER}))
    room = case.room()

    def share():
        other = RoomCase(case.session)
        other.consortium.challenge_id = case.consortium.challenge_id
        other.join(case.firm, case.owner)

    def told():
        statements = []
        note = lambda *given: statements.append(given[2])  # noqa: E731
        case.session.flush()
        sa.event.listen(case.session.get_bind(), "before_cursor_execute", note)
        found = figures.overlaps_with(case.session, officer, room)
        sa.event.remove(case.session.get_bind(), "before_cursor_execute", note)
        return len(found), len(statements)

    share()
    first, few = told()
    share()
    share()

    assert first == 1
    assert told() == (3, few)


def test_seats_that_three_leads_heard_declined_for_the_same_reason_are_heard_on_lists(case):
    case.session.add(DeclineEffect(component="capacity", least_askers=3, source="test"))
    case.session.add(DeclineMeaning(reason=DeclineReason.NO_CAPACITY, component="capacity", source="test"))
    row_of = {str(case.firm.id).encode(): 0}

    def heard():
        return len(read_refusals(case.session, Vocabulary(), row_of, today=today() + timedelta(days=1)))

    for number, room in enumerate((case, RoomCase(case.session), RoomCase(case.session)), start=1):
        seat = seats.propose(case.session, room.leader, room.id, room.add().id, case.firm.id)
        invitations.invite(case.session, room.leader, room.id, seat.id)
        invitations.decline(case.session, case.owner, seat.id, DeclineReason.NO_CAPACITY)
        assert heard() == (3 if number == 3 else 0)
