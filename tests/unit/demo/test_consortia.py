"""The consortia of the demo: one in each state, so that no screen is empty."""

from sqlmodel import col, select

from matchmaker.services.actors import Actor
from matchmaker.services.consortia import checking, rooms
from models.consortia import Consortium
from models.enums import ConsortiumState, MembershipRole, SeatState
from models.organisations import Organisation
from seeds.demo.identity import HERO, SOURCE


def test_one_waits_for_the_sme_one_is_its_own_and_one_is_signed(played):
    hero = played.exec(select(Organisation.id).where(Organisation.source == SOURCE, Organisation.source_key == HERO))
    hero_id = hero.one()
    sme = Actor(memberships={hero_id: MembershipRole.OWNER})

    asked, own = rooms.list_invitations(played, sme, hero_id), rooms.list_rooms(played, sme, hero_id)
    signed = played.exec(select(Consortium).where(Consortium.state == ConsortiumState.SIGNED)).one()

    assert [entry.seat.state for entry in asked] == [SeatState.INVITED]
    assert [entry.seat.is_lead for entry in own] == [True]
    assert signed.signed_on is not None


def test_in_the_one_that_waits_somebody_has_said_no_and_a_rule_is_told(played):
    waiting = played.exec(select(Consortium).where(col(Consortium.challenge_id).is_not(None))).one()
    lead = Actor(memberships={waiting.lead_id: MembershipRole.OWNER})

    room = rooms.get_room(played, lead, waiting.id)

    assert [seat.answer for seat in room.turned_down] == ["产线排期已到明年二季度。"]
    assert checking.judge_room(played, room).rules != ()
