"""The fast track over tables: who carries which hop, what is known of it, and who may see what."""

from datetime import date

import pytest

from matchmaker.errors import InvalidInput, NotAllowed, NotFound
from matchmaker.services.actors import VISITOR, Actor
from matchmaker.services.relay import asking
from matchmaker.services.relay.stations import StationKind, price_once
from matchmaker.services.relay.ways import find_relay
from models.base import new_id
from models.enums import (
    ChallengeStage,
    CooperationType,
    FinancingStage,
    Grade,
    MandateStatus,
    MembershipRole,
    OpenTo,
    OrganisationKind,
    OrganisationState,
    PostingState,
)
from models.facilities import FacilityService
from models.funds import MandateField
from models.offers import NeedCapability
from models.organisations import Organisation
from tests.factories import make_mandate, make_need, make_organisation
from tests.relay_records import CAPABILITY, add_facility, add_hops, add_relay_offer, add_scene

LAB, BASE, LEADER, SME = (
    OrganisationKind.LAB,
    OrganisationKind.PILOT_BASE,
    OrganisationKind.CHAIN_LEADER,
    OrganisationKind.SME,
)
SOMEBODY = Actor(user_id=new_id())


@pytest.fixture
def chain(registry):
    add_hops(registry)
    return registry


def ask(session, actor=SOMEBODY, *, low=2, high=9, organisation=None):
    question = asking.ask(
        session,
        actor,
        words="座舱域控制器",
        trl_from=low,
        trl_to=high,
        organisation_id=organisation.id if organisation else None,
    )
    return find_relay(session, actor, question)


def member_of(organisation):
    return Actor(user_id=new_id(), memberships={organisation.id: MembershipRole.OWNER})


def test_a_way_goes_from_the_lab_over_base_and_scene_to_production(chain):
    lab = add_facility(chain, LAB, levels=(2, 4), prices=(1_000.0, 2_000.0), lead_time_days=30)
    base = add_facility(chain, BASE, levels=(4, 7), prices=(50_000.0,))
    scene = add_scene(chain)
    maker = add_relay_offer(
        chain, SME, CooperationType.SUPPLY, levels=(6, 9), budget_low=20_000.0, budget_high=90_000.0
    )

    way = ask(chain).cheapest

    assert [step.station.id for step in way.steps] == [lab.id, base.id, scene.id, maker.id]
    assert way.money == 3_000 + 50_000 + 300_000 + 20_000
    assert way.months == pytest.approx(30 / 30.4375 + 12 + 6 + 5 + 9)
    assert way.assumed_months == 12 + 6 + 9
    assert (way.unpriced, way.untimed, way.gaps) == (0, 0, 0)


def test_what_nobody_states_stays_unknown_and_is_counted(chain):
    add_facility(chain, BASE, levels=(4, 7))
    add_relay_offer(chain, LEADER, CooperationType.DATA_OR_SCENE, levels=(5, 9), capability=None, node="nev-cockpit")

    way = ask(chain, low=4, high=8).cheapest

    assert [step.station.money for step in way.steps] == [None, None]
    assert way.steps[1].station.months is None
    assert (way.unpriced, way.untimed, way.money) == (2, 1, 0)


def test_a_hop_without_anybody_is_a_gap_with_who_is_nearest(chain):
    late = add_facility(chain, BASE, levels=(5, 7), prices=(1.0,))

    way = ask(chain, low=4, high=7).cheapest

    assert [step.station and step.station.id for step in way.steps] == [None, late.id]
    nearest = way.steps[0].nearest
    assert nearest.station.id == late.id
    assert nearest.miss.starts_too_high_by == 1


def test_a_base_for_its_members_only_is_named_as_nearest_and_not_taken(chain):
    closed = add_facility(chain, BASE, levels=(4, 7), open_to=OpenTo.MEMBERS)

    (step,) = ask(chain, low=4, high=7).cheapest.steps

    assert step.station is None
    assert (step.nearest.station.id, step.nearest.miss.is_closed) == (closed.id, True)


def test_an_sme_pays_the_discounted_price_list(chain):
    firm = make_organisation(kind=SME)
    chain.add(firm)
    chain.flush()
    add_facility(chain, BASE, levels=(4, 7), prices=(1_000.0, 3_000.0), discount=0.25)

    mine = ask(chain, member_of(firm), low=4, high=7, organisation=firm).cheapest
    nobodys = ask(chain, low=4, high=7).cheapest

    assert (mine.money, nobodys.money) == (3_000.0, 4_000.0)


def test_nobody_gets_the_terms_of_an_organisation_that_is_not_theirs(chain):
    firm = make_organisation(kind=SME)
    chain.add(firm)
    chain.flush()

    question = asking.ask(chain, SOMEBODY, words="座舱域控制器", organisation_id=firm.id)

    assert question.organisation_id is None


def test_nobody_is_shown_itself_as_the_partner(chain):
    base = add_facility(chain, BASE, levels=(4, 7))
    owner = chain.get_one(Organisation, base.organisation_id)

    way = ask(chain, member_of(owner), low=4, high=7, organisation=owner).cheapest

    assert way.gaps == 1


def test_a_price_list_without_any_price_is_unknown_not_free():
    line = FacilityService(facility_id=new_id(), type="process_verification", price=None)

    assert price_once([line], discounted=True) is None
    assert price_once([], discounted=False) is None


@pytest.mark.parametrize(
    "values",
    [
        {"stage": ChallengeStage.COLLECTED},
        {"stage": ChallengeStage.JUDGED},
        {"stage": ChallengeStage.SIGNED},
        {"stage": ChallengeStage.ANSWERED, "answers_until": date(2026, 1, 31)},
        {"secrecy": Grade.CLOSED},
    ],
)
def test_a_scene_that_is_not_there_for_a_stranger_is_no_station(chain, values):
    add_scene(chain, **values)

    way = ask(chain, low=7, high=8).cheapest

    assert way.gaps == 1
    assert way.steps[0].nearest is None


def test_a_closed_scene_is_there_for_its_own_people(chain):
    leader = make_organisation(kind=LEADER)
    scene = add_scene(chain, leader, secrecy=Grade.CLOSED)

    way = ask(chain, member_of(leader), low=7, high=8).cheapest

    assert way.steps[0].station.id == scene.id
    assert way.steps[0].station.kind is StationKind.SCENE


def test_what_is_withdrawn_run_out_or_of_a_closed_organisation_carries_nothing(chain):
    add_facility(chain, BASE, levels=(4, 7), state=PostingState.WITHDRAWN)
    gone = add_facility(chain, BASE, levels=(4, 7))
    chain.get_one(Organisation, gone.organisation_id).state = OrganisationState.CLOSED
    chain.flush()

    way = ask(chain, low=4, high=7).cheapest

    assert way.gaps == 1
    assert way.steps[0].nearest is None


def test_funds_of_the_stage_and_the_field_stand_at_each_hop(chain):
    add_facility(chain, BASE, levels=(4, 7))
    fitting, other_stage, paused = (make_organisation(kind=OrganisationKind.FUND) for _ in range(3))
    chain.add_all([fitting, other_stage, paused])
    chain.flush()
    for fund, stages, status in (
        (fitting, [FinancingStage.ANGEL], MandateStatus.INVESTING),
        (other_stage, [FinancingStage.GROWTH], MandateStatus.INVESTING),
        (paused, [FinancingStage.ANGEL], MandateStatus.PAUSED),
    ):
        mandate = make_mandate(fund, stages=stages, status=status)
        chain.add(mandate)
        chain.flush()
        chain.add(MandateField(mandate_id=mandate.id, node_code="nev-cockpit", is_main=True))
    chain.flush()

    (step,) = ask(chain, low=4, high=7).cheapest.steps

    assert [fund.organisation_id for fund in step.funds] == [fitting.id]


def test_a_need_starts_at_its_own_capabilities_and_ends_at_the_level_it_wants(chain):
    firm = make_organisation()
    chain.add(firm)
    chain.flush()
    need = make_need(firm, trl_low=5, trl_high=7)
    chain.add(need)
    chain.flush()
    chain.add(NeedCapability(need_id=need.id, capability_code=CAPABILITY, level=3, weight=2.0))
    chain.flush()

    question = asking.of_need(chain, SOMEBODY, need.id)

    assert (question.weights, question.trl_from, question.trl_to) == ({CAPABILITY: 2.0}, 3, 7)


def test_a_draft_of_somebody_else_is_not_there(chain):
    firm = make_organisation()
    chain.add(firm)
    chain.flush()
    need = make_need(firm, state=PostingState.DRAFT)
    chain.add(need)
    chain.flush()

    with pytest.raises(NotFound):
        asking.of_need(chain, SOMEBODY, need.id)


def test_words_without_any_capability_and_levels_that_go_down_are_refused_by_field(chain):
    nothing = asking.ask(chain, SOMEBODY, words="今天天气不错")

    with pytest.raises(InvalidInput) as said_nothing:
        find_relay(chain, SOMEBODY, nothing)
    with pytest.raises(InvalidInput) as goes_down:
        asking.ask(chain, SOMEBODY, words="座舱域控制器", trl_from=7, trl_to=5)

    assert (said_nothing.value.field, goes_down.value.field) == ("about", "trl_to")


def test_a_visitor_may_not_ask(chain):
    with pytest.raises(NotAllowed):
        asking.ask(chain, VISITOR, words="座舱域控制器")
