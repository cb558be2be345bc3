"""Pairing institutions with parks: what speaks for a pair, plans that keep to what was decided, and who may."""

import pytest
from sqlmodel import col, select

from matchmaker.consortium.pairing import Unpaired
from matchmaker.errors import InvalidInput, NotAllowed, Stale
from matchmaker.services.actors import Actor
from matchmaker.services.pairings import planning
from matchmaker.services.pairings.planning import Settings
from models.audit import AuditEntry
from models.base import new_id
from models.consortia import Pairing
from models.enums import (
    CooperationType,
    Grade,
    MembershipRole,
    OrganisationKind,
    OrganisationState,
    PairingType,
    PlatformRole,
    PostingState,
    SeatState,
)
from models.organisations import FieldGrade
from tests.pairing_records import (
    ELSEWHERE,
    WEIGHTS,
    add_body,
    add_institution,
    add_need,
    add_park,
    add_tenant_need,
    add_ways,
    days_ago,
)

OFFICER = Actor(user_id=new_id(), roles=frozenset({PlatformRole.OFFICER}))
COMMON, INCUBATION = PairingType.COMMON_TECHNOLOGY, PairingType.INCUBATION


@pytest.fixture
def city(registry):
    add_ways(registry)
    return registry


def only_reasons(session, settings=None):
    (pair,) = planning.propose(session, OFFICER, settings or Settings(least_fit=0)).pairings
    return pair.reasons


def term(reasons, name):
    return next(one for one in reasons.terms if one.name == name)


def test_the_grounds_of_a_pair_sum_to_its_fit_and_name_what_is_unknown(city):
    add_park(city)
    add_institution(city, capability="cockpit-controller")
    add_tenant_need(city, capability="head-up-display")
    add_tenant_need(city, capability="bms-software")

    reasons = only_reasons(city)

    assert reasons.type is COMMON
    assert term(reasons, "need").value is None
    assert (reasons.reached, reasons.demands) == (1, 2)
    assert sum(one.points for one in reasons.terms) == pytest.approx(100 * reasons.fit, abs=0.05)
    assert reasons.coverage == pytest.approx(1 - WEIGHTS["weight_need"] / 100)


def test_what_the_park_itself_asks_for_counts_when_it_asks(city):
    park = add_park(city)
    add_institution(city, capability="cockpit-controller")
    need = add_need(city, park, capability="cockpit-controller", type=CooperationType.RESEARCH)

    reasons = only_reasons(city)

    assert [one.id for one in reasons.needs] == [need.id]
    assert term(reasons, "need").value == 1.0


def test_needs_of_another_district_and_of_another_kind_do_not_count(city):
    add_park(city)
    add_institution(city)
    add_tenant_need(city, district_code=ELSEWHERE)
    add_tenant_need(city, type_=CooperationType.SUPPLY)

    assert only_reasons(city).demands == 0


def test_an_offer_belongs_to_a_way_by_its_words_too(city):
    add_park(city)
    add_institution(city, type_=CooperationType.TECHNICAL, title="座舱企业孵化")

    assert only_reasons(city).type is INCUBATION


def test_incubation_looks_at_young_firms_of_the_district(city):
    add_park(city)
    add_institution(city, type_=CooperationType.FACILITY_ACCESS)
    add_body(city, OrganisationKind.SME, "nev-cockpit", founded_on=days_ago(700))
    add_body(city, OrganisationKind.SME, "nev-cockpit", founded_on=days_ago(4_000))

    reasons = only_reasons(city)

    assert (reasons.type, reasons.reached, reasons.demands) == (INCUBATION, 1, 1)


def test_what_is_not_open_to_everybody_is_not_looked_at(city):
    park = add_park(city)
    add_institution(city)
    for field in ("nodes", "district_code"):
        city.add(FieldGrade(organisation_id=park.id, field=field, grade=Grade.CLOSED))
    add_tenant_need(city)

    proposal = planning.propose(city, OFFICER, Settings(least_fit=0))

    assert [one.unpaired for one in proposal.parks] == [Unpaired.NO_FIT]


def test_an_institution_without_a_live_offer_is_paired_with_nobody(city):
    add_park(city)
    _body, offer = add_institution(city)
    offer.state = PostingState.WITHDRAWN
    city.flush()

    proposal = planning.propose(city, OFFICER, Settings(least_fit=0))

    assert proposal.pairings == []
    assert len(proposal.idle) == 1


def test_an_institution_is_asked_for_no_more_than_it_says_it_can_take(city):
    add_park(city)
    add_park(city)
    add_institution(city, capacity=3, engaged=2)

    proposal = planning.propose(city, OFFICER, Settings(parks_at_most=2, least_fit=0))

    assert len(proposal.pairings) == 1
    assert [one.unpaired for one in proposal.parks if not one.pairings] == [Unpaired.ALL_TAKEN]


def test_a_plan_is_stored_when_it_is_taken_over_and_replaces_only_what_was_proposed(city):
    park, other = add_park(city), add_park(city, "nev-bms", district_code=ELSEWHERE)
    institution, _offer = add_institution(city)
    stale = Pairing(institution_id=institution.id, park_id=other.id, type=INCUBATION)
    city.add(stale)
    city.flush()

    done = planning.adopt(city, OFFICER, Settings(parks_at_most=1))

    assert (done.added, done.dropped) == (1, 1)
    (stored,) = planning.list_pairings(city, OFFICER)
    assert (stored.park_id, stored.type, stored.state) == (park.id, COMMON, SeatState.PROPOSED)
    actions = city.exec(select(AuditEntry.action).order_by(col(AuditEntry.id))).all()
    assert actions == ["pairing.drop", "pairing.propose"]


def test_taking_the_same_plan_over_twice_changes_nothing(city):
    add_park(city)
    add_institution(city)
    planning.adopt(city, OFFICER, Settings())

    again = planning.adopt(city, OFFICER, Settings())

    assert (again.added, again.dropped) == (0, 0)


def test_what_is_agreed_stays_and_what_is_declined_does_not_come_back(city):
    park = add_park(city)
    strong, _ = add_institution(city, capability="cockpit-controller")
    weak, _ = add_institution(city, district_code=ELSEWHERE)
    agreed = Pairing(institution_id=weak.id, park_id=park.id, type=COMMON, state=SeatState.ACCEPTED)
    city.add(agreed)
    city.flush()

    kept = planning.propose(city, OFFICER, Settings(institutions_at_most=1))
    planning.decide(city, OFFICER, agreed, SeatState.DECLINED, note="方向不合", expected_version=agreed.version)
    anew = planning.propose(city, OFFICER, Settings(institutions_at_most=1))

    assert [one.institution.id for one in kept.pairings] == [weak.id]
    assert [one.institution.id for one in anew.pairings] == [strong.id]


def test_declining_needs_a_word_and_an_old_page_is_refused(city):
    park = add_park(city)
    institution, _offer = add_institution(city)
    pairing = planning.add_by_hand(city, OFFICER, institution.id, park.id, COMMON)

    with pytest.raises(InvalidInput) as silent:
        planning.decide(city, OFFICER, pairing, SeatState.DECLINED, note="", expected_version=None)
    planning.decide(city, OFFICER, pairing, SeatState.ACCEPTED, note="", expected_version=pairing.version)
    with pytest.raises(Stale):
        planning.decide(city, OFFICER, pairing, SeatState.DECLINED, note="晚了", expected_version=0)

    assert silent.value.code == "note_missing"
    assert pairing.state is SeatState.ACCEPTED


def test_a_pair_by_hand_is_an_institution_and_a_park_and_only_once(city):
    park = add_park(city)
    institution, _offer = add_institution(city)
    planning.add_by_hand(city, OFFICER, institution.id, park.id, COMMON)

    with pytest.raises(InvalidInput) as twice:
        planning.add_by_hand(city, OFFICER, institution.id, park.id, COMMON)
    with pytest.raises(InvalidInput) as swapped:
        planning.add_by_hand(city, OFFICER, park.id, institution.id, COMMON)

    assert (twice.value.code, swapped.value.code) == ("pairing_held", "wrong_kind")


def test_a_pair_whose_park_has_closed_keeps_its_record_and_has_no_reasons(city):
    park = add_park(city)
    institution, _offer = add_institution(city)
    pairing = planning.add_by_hand(city, OFFICER, institution.id, park.id, COMMON)
    park.state = OrganisationState.CLOSED
    city.flush()

    assert planning.reasons_for(city, OFFICER, pairing) is None
    assert planning.propose(city, OFFICER, Settings()).parks == []


@pytest.mark.parametrize("name", ["parks_at_most", "institutions_at_most", "least_fit"])
def test_bounds_out_of_range_are_refused_by_field(city, name):
    with pytest.raises(InvalidInput) as refused:
        planning.propose(city, OFFICER, Settings(**{name: 99}))

    assert refused.value.field == name


@pytest.mark.parametrize(
    "actor",
    [
        Actor(user_id=new_id()),
        Actor(user_id=new_id(), roles=frozenset({PlatformRole.ADMINISTRATOR})),
        Actor(user_id=new_id(), memberships={new_id(): MembershipRole.OWNER}),
    ],
)
def test_only_officers_plan_pairings(city, actor):
    pairing = Pairing(institution_id=new_id(), park_id=new_id(), type=COMMON)

    for attempt in (
        lambda: planning.propose(city, actor, Settings()),
        lambda: planning.adopt(city, actor, Settings()),
        lambda: planning.list_pairings(city, actor),
        lambda: planning.get_pairing(city, actor, new_id()),
        lambda: planning.reasons_for(city, actor, pairing),
        lambda: planning.add_by_hand(city, actor, new_id(), new_id(), COMMON),
        lambda: planning.decide(city, actor, pairing, SeatState.ACCEPTED, note="", expected_version=None),
    ):
        with pytest.raises(NotAllowed):
            attempt()
