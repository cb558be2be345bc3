"""Rooms and the composer: opening one from a team, swapping a substitute in, filling it again."""

import pytest
from sqlmodel import select

from matchmaker.errors import InvalidInput, NotAllowed, NotFound
from matchmaker.services.composing.settings import from_stored
from matchmaker.services.consortia import composed, invitations, rooms, seats
from models.challenges import Challenge
from models.consortia import Composition, Consortium
from models.enums import ChallengeKind, ChallengeStage, CompositionState, DeclineReason, OrganisationState, SeatState
from models.jobs import Job
from tests import records as make
from tests.consortium_rooms import RoomCase

S = SeatState
RESEARCH, TESTING = ("研发", "R&D"), ("检测", "Testing")


class TeamCase(RoomCase):
    """A challenge of the lead, and compositions for it."""

    def __init__(self, session):
        super().__init__(session)
        self.spare = make.organisation(session)
        self.challenge = Challenge(
            organisation_id=self.lead.id,
            kind=ChallengeKind.CHALLENGE,
            stage=ChallengeStage.PUBLISHED,
            title_zh="座舱域控制器国产化",
            problem_zh="算力不足",
            budget=5e6,
            months=18,
        )
        session.add(self.challenge)
        session.flush()

    def compose(self, *members, substitutes=()):
        """A composition that found these (organisation, role) beside the lead."""
        found = [self.member(self.lead, ("", ""), is_lead=True)]
        found += [self.member(organisation, role, substitutes=substitutes) for organisation, role in members]
        composition = Composition(
            challenge_id=self.challenge.id,
            lead_id=self.lead.id,
            state=CompositionState.PROVED,
            result={"teams": [{"members": found}]},
        )
        self.session.add(composition)
        self.session.flush()
        return composition

    def member(self, organisation, role, *, is_lead=False, substitutes=()):
        return {
            "organisation_id": str(organisation.id),
            "is_lead": is_lead,
            "role_zh": role[0],
            "role_en": role[1],
            "kinds": [],
            "capability_codes": ["cockpit-controller"],
            "money": 1e6,
            "fit": 0.8,
            "substitutes": [{"organisation_id": str(one.id), "loss": loss, "fit": 0.6} for one, loss in substitutes],
        }

    def open(self, composition):
        opened = composed.open_from_composition(self.session, self.leader, composition.id, 0)
        return rooms.get_room(self.session, self.leader, opened.id)


@pytest.fixture
def case(registry):
    return TeamCase(registry)


def seated(room):
    return [(seat.organisation_id, seat.state) for seat in room.seats]


def test_a_team_becomes_a_room_in_which_nobody_knows_of_it_yet(case):
    room = case.open(case.compose((case.firm, RESEARCH), (case.lab, TESTING)))

    assert seated(room) == [(case.lead.id, S.ACCEPTED), (case.firm.id, S.PROPOSED), (case.lab.id, S.PROPOSED)]
    assert [(seat.role_zh, seat.money) for seat in room.seats] == [("牵头单位", 1e6), ("研发", 1e6), ("检测", 1e6)]
    assert room.consortium.budget == 5e6
    assert rooms.list_invitations(case.session, case.owner, case.firm.id) == []


def test_pressed_twice_it_opens_one_room(case):
    composition = case.compose((case.firm, RESEARCH))

    first, second = case.open(composition), case.open(composition)

    assert first.consortium.id == second.consortium.id
    opened = select(Consortium).where(Consortium.challenge_id == case.challenge.id)
    assert len(case.session.exec(opened).all()) == 1


def test_who_may_not_read_the_composition_opens_nothing(case):
    composition = case.compose((case.firm, RESEARCH))

    with pytest.raises(NotFound):
        composed.open_from_composition(case.session, case.owner, composition.id, 0)
    with pytest.raises(NotFound):
        composed.open_from_composition(case.session, case.leader, composition.id, 7)
    with pytest.raises(NotAllowed):
        composed.open_from_composition(case.session, make.officer(case.session), composition.id, 0)


@pytest.fixture
def declined(case):
    """The firm was invited and has said no; the composer had named two who could sit there instead."""
    composition = case.compose((case.firm, RESEARCH), substitutes=((case.spare, 12.5), (case.lab, 3.0)))
    room = case.open(composition)
    seat = room.seats[1]
    invitations.invite(case.session, case.leader, room.consortium.id, seat.id, "请承担研发")
    vacant = invitations.decline(case.session, case.owner, seat.id, DeclineReason.NO_CAPACITY)
    return rooms.get_room(case.session, case.leader, room.consortium.id), vacant


def test_when_a_member_declines_the_best_substitutes_come_first_and_who_declined_is_not_among_them(case, declined):
    room, vacant = declined

    found = composed.substitutes_for(case.session, room, vacant)

    assert [(one.organisation.id, one.loss) for one in found] == [(case.lab.id, 3.0), (case.spare.id, 12.5)]


def test_one_click_swaps_a_substitute_in_and_asks_it_with_the_same_words(case, declined):
    room, vacant = declined

    seat = composed.swap(case.session, case.leader, room.consortium.id, vacant.id, case.lab.id)

    assert (seat.organisation_id, seat.state, seat.message) == (case.lab.id, S.INVITED, "请承担研发")
    asked = rooms.list_invitations(case.session, case.researcher, case.lab.id)
    assert [one.consortium.id for one in asked] == [room.consortium.id]


def test_nobody_but_the_lead_swaps(case, declined):
    room, vacant = declined

    with pytest.raises((NotAllowed, NotFound)):
        composed.swap(case.session, case.outsider, room.consortium.id, vacant.id, case.lab.id)


def test_composing_again_holds_who_is_in_or_asked_and_bars_who_said_no(case, declined):
    room, vacant = declined
    composed.swap(case.session, case.leader, room.consortium.id, vacant.id, case.lab.id)

    composition = composed.compose_again(case.session, case.leader, room.consortium.id)

    settings = from_stored(composition.settings)
    assert (settings.held, settings.barred) == ((case.lab.id,), (case.firm.id,))
    assert case.session.get(Job, composition.job_id) is not None


def test_a_new_team_around_the_members_fills_the_same_room(case, declined):
    room, vacant = declined
    composed.swap(case.session, case.leader, room.consortium.id, vacant.id, case.lab.id)
    other = seats.propose(case.session, case.leader, room.consortium.id, case_seat(case, room).id, case.stranger.id)

    filled = case.open(case.compose((case.lab, RESEARCH), (case.spare, TESTING)))

    assert filled.consortium.id == room.consortium.id
    assert seated(filled) == [
        (case.lead.id, S.ACCEPTED),
        (case.lab.id, S.INVITED),
        (None, S.OPEN),
        (case.spare.id, S.PROPOSED),
    ]
    assert other.organisation_id is None


def case_seat(case, room):
    """Another open seat of the room, with a role that no team has."""
    from matchmaker.services.consortia.drafts import SeatDraft

    return seats.add_seat(case.session, case.leader, room.consortium.id, SeatDraft(role_zh="中试"))


def test_a_team_without_those_who_are_in_opens_a_room_of_its_own(case, declined):
    room, vacant = declined
    composed.swap(case.session, case.leader, room.consortium.id, vacant.id, case.lab.id)

    other = case.open(case.compose((case.spare, RESEARCH)))

    assert other.consortium.id != room.consortium.id


def test_a_room_without_a_challenge_has_nothing_to_compose_for(case):
    with pytest.raises(InvalidInput, match="no_challenge"):
        composed.compose_again(case.session, case.leader, case.id)


def test_a_new_team_with_somebody_who_has_closed_since_does_not_fill_the_room(case, declined):
    composition = case.compose((case.spare, RESEARCH), (case.lab, TESTING))
    case.spare.state = OrganisationState.CLOSED
    case.session.flush()

    with pytest.raises(InvalidInput, match="organisation_not_active"):
        case.open(composition)
