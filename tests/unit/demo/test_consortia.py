"""The consortia of the demo: one in each state, so that no screen is empty."""

import pytest
from sqlmodel import col, select

from matchmaker.services.actors import Actor
from matchmaker.services.consortia import checking, rooms
from models.consortia import Consortium
from models.enums import ConsortiumState, MembershipRole, SeatState
from models.organisations import Organisation
from seeds.demo.consortia import form
from seeds.demo.identity import HERO, SOURCE
from seeds.demo.load import insert_demo
from seeds.reference import load_reference


@pytest.fixture
def loaded(session, demo, world):
    load_reference(session)
    insert_demo(session, demo)
    form(session, world.today)
    return session


def test_one_waits_for_the_sme_one_is_its_own_and_one_is_signed(loaded):
    hero = loaded.exec(select(Organisation.id).where(Organisation.source == SOURCE, Organisation.source_key == HERO))
    hero_id = hero.one()
    sme = Actor(memberships={hero_id: MembershipRole.OWNER})

    asked, own = rooms.list_invitations(loaded, sme, hero_id), rooms.list_rooms(loaded, sme, hero_id)
    signed = loaded.exec(select(Consortium).where(Consortium.state == ConsortiumState.SIGNED)).one()

    assert [entry.seat.state for entry in asked] == [SeatState.INVITED]
    assert [entry.seat.is_lead for entry in own] == [True]
    assert signed.signed_on is not None


def test_in_the_one_that_waits_somebody_has_said_no_and_a_rule_is_told(loaded):
    waiting = loaded.exec(select(Consortium).where(col(Consortium.challenge_id).is_not(None))).one()
    lead = Actor(memberships={waiting.lead_id: MembershipRole.OWNER})

    room = rooms.get_room(loaded, lead, waiting.id)

    assert [seat.answer for seat in room.turned_down] == ["产线排期已到明年二季度。"]
    assert checking.judge_room(loaded, room).rules != ()
