"""What waits for people in the name of their organisations: for who may act, and nothing of anybody else's."""

from datetime import timedelta

import pytest

from matchmaker.services.actors import Actor
from matchmaker.services.calendar import today
from matchmaker.services.waiting import Wait, list_waiting
from models.base import utc_now
from models.consortia import Consortium, Seat
from models.enums import (
    ClauseKind,
    DossierState,
    InterestState,
    MatchOutcomeKind,
    MembershipRole,
    OrganisationKind,
    SeatState,
)
from models.interest import Interest
from models.opening import DataRequest
from models.organisations import Certification
from models.outcomes import MatchOutcome
from models.rounds import Dossier, FactQuestion, Round
from models.taxonomy import CertificationScheme
from tests import factories
from tests import records as make


def acting_for(session, *organisations, role=MembershipRole.OWNER):
    return Actor(user_id=make.person(session).id, memberships={one.id: role for one in organisations})


@pytest.fixture
def firm(registry):
    return make.organisation(registry)


@pytest.fixture
def waited_for(registry, firm):
    """Everything that can wait, once for the firm; the same again is between others."""
    fund = make.organisation(registry, kind=OrganisationKind.FUND)
    for mine, theirs in (
        (firm, make.organisation(registry)),
        (make.organisation(registry), make.organisation(registry)),
    ):
        ask(registry, mine, theirs, fund)
    return fund


def ask(session, mine, theirs, fund):
    need, room = make.need(session, theirs), Consortium(lead_id=theirs.id, name_zh="联合体")
    money, mandate = Round(**factories.make_round(mine).model_dump()), factories.make_mandate(fund)
    if session.get(CertificationScheme, "high-tech") is None:
        session.add(
            CertificationScheme(
                code="high-tech", name_zh="高企", name_en="High-tech", source="test", ladder="firm", rank=1
            )
        )
    session.add_all([room, money, mandate])
    session.flush()
    pair = {"organisation_id": theirs.id, "candidate_id": mine.id}
    asked = Interest(need_id=need.id, state=InterestState.ASKED, asked_at=utc_now(), **pair)
    session.add(asked)
    session.flush()
    session.add_all(
        [
            Seat(consortium_id=room.id, organisation_id=mine.id, state=SeatState.INVITED, invited_at=utc_now()),
            Dossier(
                round_id=money.id,
                organisation_id=mine.id,
                mandate_id=mandate.id,
                fund_id=fund.id,
                state=DossierState.SUBMITTED,
                submitted_at=utc_now(),
            ),
            FactQuestion(mandate_id=mandate.id, organisation_id=mine.id, kind=ClauseKind.STAGE),
            MatchOutcome(
                interest_id=asked.id,
                kind=MatchOutcomeKind.CONTRACT,
                stated_by_id=theirs.id,
                other_id=mine.id,
                happened_on=today(),
            ),
            DataRequest(
                organisation_id=theirs.id,
                owner_id=mine.id,
                fields=["staff"],
                purpose="联合申报",
                wanted_until=today() + timedelta(days=30),
            ),
            Certification(organisation_id=mine.id, scheme_code="high-tech", valid_until=today() + timedelta(days=20)),
        ]
    )
    session.flush()


def test_a_firm_is_told_once_of_everything_that_waits_for_it_and_of_nothing_else(registry, firm, waited_for):
    told = list_waiting(registry, acting_for(registry, firm))

    assert [(one.wait, one.count) for one in told] == [(wait, 1) for wait in Wait if wait is not Wait.DOSSIERS]
    assert {one.organisation.id for one in told} == {firm.id}
    assert told[-1].day == today() + timedelta(days=20)


def test_a_fund_is_told_of_dossiers_that_it_has_not_answered(registry, waited_for):
    told = list_waiting(registry, acting_for(registry, waited_for))

    assert [(one.wait, one.count) for one in told] == [(Wait.DOSSIERS, 2)]


def test_who_may_only_look_and_who_belongs_to_nobody_are_told_of_nothing(registry, firm, waited_for, officer):
    viewer = acting_for(registry, firm, role=MembershipRole.VIEWER)

    assert list_waiting(registry, viewer) == list_waiting(registry, officer) == []
