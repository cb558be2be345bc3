"""The chain map from the tables: what counts as supply of a node, whose it is, and what changed."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from matchmaker.errors import NotAllowed, NotFound
from matchmaker.services import scope
from matchmaker.services.actors import VISITOR
from matchmaker.services.calendar import today
from matchmaker.services.chain import changes, evidence, mapping, raising, snapshots, told
from matchmaker.services.chain.evidence import Standing
from matchmaker.services.chain.judged import Filters
from models.base import utc_now
from models.chain import ChainLimit, ChainSnapshot
from models.challenges import Challenge, ChallengeCapability
from models.enums import (
    ChallengeKind,
    ChallengeStage,
    Grade,
    MandateStatus,
    NodeState,
    OpenTo,
    OrganisationKind,
    OrganisationState,
    Ownership,
    PostingState,
    ScopeKind,
)
from models.facilities import FacilityCapability
from models.funds import MandateField
from models.offers import NeedCapability, OfferCapability
from models.organisations import Certification, FieldGrade, OrganisationNode
from models.taxonomy import CertificationScheme, ChainLink
from tests import records as make
from tests.factories import make_facility, make_fund, make_mandate, make_need, make_offer

COCKPIT, BMS = "nev-cockpit", "nev-bms"
CONTROLLER, SOFTWARE = "cockpit-controller", "bms-software"


def add(session, record):
    session.add(record)
    session.flush()
    return record


def body(session, **fields):
    """An organisation that sits in the region."""
    return make.organisation(session, **{"district_code": "500112", **fields})


def offers(session, owner, *, level=4, capability=CONTROLLER, days_ago=30, ends_in=200, **fields):
    values = {"state": PostingState.PUBLISHED, "published_at": utc_now() - timedelta(days=days_ago)}
    values |= {"valid_until": today() + timedelta(days=ends_in)}
    offer = add(session, make_offer(owner, **{**values, **fields}))
    add(session, OfferCapability(offer_id=offer.id, capability_code=capability, level=level))
    return offer


def asks(session, owner, *, level=3, capability=CONTROLLER):
    values = {"state": PostingState.PUBLISHED, "published_at": utc_now(), "valid_until": today() + timedelta(days=90)}
    need = add(session, make_need(owner, **values))
    add(session, NeedCapability(need_id=need.id, capability_code=capability, level=level))
    return need


def opens(session, owner, *, level=4, open_to=OpenTo.ALL, **fields):
    facility = add(session, make_facility(owner, open_to=open_to, state=PostingState.PUBLISHED, **fields))
    add(session, FacilityCapability(facility_id=facility.id, capability_code=CONTROLLER, level=level))
    return facility


def certify(session, owner, *, rank=6, verified=True, ends_in=100, nodes=(COCKPIT,)):
    code = f"scheme-{rank}"
    if session.get(CertificationScheme, code) is None:
        scheme = {"name_zh": "资质", "name_en": "Scheme", "ladder": "firm", "rank": rank, "source": "test"}
        add(session, CertificationScheme(code=code, **scheme))
    for node in nodes:
        add(session, OrganisationNode(organisation_id=owner.id, node_code=node))
    held = Certification(
        organisation_id=owner.id,
        scheme_code=code,
        issued_on=today() - timedelta(days=300),
        valid_until=today() + timedelta(days=ends_in),
        verified_at=utc_now() if verified else None,
    )
    return add(session, held)


@pytest.fixture
def firm(registry):
    return body(registry)


@pytest.fixture
def outsider(registry):
    return body(registry, district_code=None, region="四川省成都市")


def line(session, actor, node=COCKPIT, day=None, **filters):
    return mapping.get_map(session, actor, "nev", day or today(), Filters(**filters)).node(node)


def state(session, actor, **named):
    return line(session, actor, **named).state


def test_a_published_offer_makes_a_single_source_and_a_second_firm_covers(registry, officer, firm):
    offers(registry, firm)
    alone = state(registry, officer)
    offers(registry, body(registry))

    assert (alone, state(registry, officer)) == (NodeState.SINGLE_SOURCE, NodeState.COVERED)


@pytest.mark.parametrize("not_out", [PostingState.DRAFT, PostingState.IN_REVIEW, PostingState.CHANGES_ASKED])
def test_an_offer_that_is_not_out_supplies_nothing(registry, officer, firm, not_out):
    offers(registry, firm, state=not_out)

    assert state(registry, officer) is NodeState.MISSING


def test_an_offer_counts_between_its_days_alone(registry, officer, firm):
    offers(registry, firm, days_ago=30, ends_in=-10)

    days = [today() - timedelta(days=ago) for ago in (31, 30, 10, 9)]

    assert [state(registry, officer, day=day) for day in days] == [
        NodeState.MISSING,
        NodeState.SINGLE_SOURCE,
        NodeState.SINGLE_SOURCE,
        NodeState.MISSING,
    ]


def test_a_withdrawn_offer_counted_until_it_was_withdrawn(registry, officer, firm):
    offers(registry, firm, state=PostingState.WITHDRAWN)

    assert state(registry, officer) is NodeState.MISSING
    assert state(registry, officer, day=today() - timedelta(days=5)) is NodeState.SINGLE_SOURCE


def test_a_firm_that_has_closed_supplies_nothing(registry, officer):
    offers(registry, body(registry, state=OrganisationState.CLOSED))

    assert state(registry, officer) is NodeState.MISSING


def test_suppliers_elsewhere_are_outside(registry, officer, outsider):
    offers(registry, outsider)

    assert state(registry, officer) is NodeState.OUTSIDE_ONLY


def test_a_district_that_is_kept_back_tells_the_map_nothing(registry, officer, firm):
    offers(registry, firm)
    add(registry, FieldGrade(organisation_id=firm.id, field="district_code", grade=Grade.CLOSED))

    assert state(registry, officer) is NodeState.OUTSIDE_ONLY
    assert line(registry, officer, districts=(firm.district_code,)).local == 0


@pytest.mark.parametrize(
    ("open_to", "expected"),
    [
        (OpenTo.ALL, NodeState.SINGLE_SOURCE),
        (OpenTo.CHAIN, NodeState.SINGLE_SOURCE),
        (OpenTo.MEMBERS, NodeState.MISSING),
        (None, NodeState.MISSING),
    ],
)
def test_a_facility_supplies_where_others_may_use_it(registry, officer, firm, open_to, expected):
    opens(registry, firm, open_to=open_to)

    assert state(registry, officer) is expected


def test_a_verified_certification_of_a_firm_at_one_node_supplies_it(registry, officer, firm):
    certify(registry, firm)

    assert state(registry, officer) is NodeState.SINGLE_SOURCE


@pytest.mark.parametrize(
    "fault", [{"verified": False}, {"rank": 5}, {"ends_in": -1}, {"nodes": (COCKPIT, BMS)}, {"nodes": ()}]
)
def test_another_certification_supplies_nothing(registry, officer, firm, fault):
    certify(registry, firm, **fault)

    assert state(registry, officer) is NodeState.MISSING


def test_certifications_that_are_kept_back_supply_nothing(registry, officer, firm):
    certify(registry, firm)
    add(registry, FieldGrade(organisation_id=firm.id, field="certifications", grade=Grade.CONDITIONAL))

    assert state(registry, officer) is NodeState.MISSING


def test_the_figures_are_rows(registry, officer, firm):
    offers(registry, firm, level=2)
    before = state(registry, officer)
    for code, value in (("least_level", 2), ("suppliers_for_covered", 1)):
        add(registry, ChainLimit(code=code, name_zh=code, name_en=code, value=value, source="test"))

    assert (before, state(registry, officer)) == (NodeState.MISSING, NodeState.COVERED)


def test_of_an_ownership_only_its_suppliers_count(registry, officer):
    offers(registry, body(registry, ownership=Ownership.PRIVATE))
    offers(registry, body(registry, ownership=Ownership.CENTRAL_STATE))

    found = line(registry, officer, ownerships=(Ownership.PRIVATE,))

    assert (found.state, found.local) == (NodeState.SINGLE_SOURCE, 1)


def test_for_a_district_all_others_are_outside(registry, officer):
    offers(registry, body(registry, district_code="500112"))
    offers(registry, body(registry, district_code="500107"))

    found = line(registry, officer, districts=("500107",))

    assert (found.state, found.local, found.outside) == (NodeState.SINGLE_SOURCE, 1, 1)


def test_what_is_asked_and_not_met_here_is_counted(registry, officer, firm, outsider):
    offers(registry, outsider)
    asks(registry, firm)
    asks(registry, firm, capability=SOFTWARE)

    assert [(line(registry, officer, node).demand, line(registry, officer, node).unmet) for node in (COCKPIT, BMS)] == [
        (1, 1),
        (1, 1),
    ]


@pytest.mark.parametrize(
    ("fields", "asked"),
    [
        ({}, 1),
        ({"secrecy": Grade.CONDITIONAL}, 0),
        ({"stage": ChallengeStage.SCREENED}, 0),
        ({"stage": ChallengeStage.SIGNED}, 0),
    ],
)
def test_an_open_challenge_asks_until_it_is_signed(registry, officer, firm, fields, asked):
    values = {"kind": ChallengeKind.CHALLENGE, "stage": ChallengeStage.PUBLISHED, "title_zh": "榜单", **fields}
    challenge = add(registry, Challenge(organisation_id=firm.id, **values))
    add(registry, ChallengeCapability(challenge_id=challenge.id, capability_code=CONTROLLER, level=3))

    assert line(registry, officer).demand == asked


def test_the_evidence_names_what_counts_and_why_the_rest_does_not(registry, officer, firm):
    good, weak = offers(registry, firm), offers(registry, body(registry), level=2)
    over = offers(registry, body(registry), ends_in=-1)
    need = asks(registry, firm)
    judged = mapping.get_map(registry, officer, "nev", today()).judged

    found = evidence.read_evidence(registry, judged, COCKPIT)

    assert [(one.record.id, one.standing) for one in found.supply] == [
        (good.id, Standing.COUNTS),
        (weak.id, Standing.TOO_LOW),
        (over.id, Standing.OVER),
    ]
    assert [one.record.id for one in found.demand] == [need.id]


def test_facilities_at_a_node_say_who_runs_them_and_whether_they_raise(registry, officer):
    state_lab = body(registry, kind=OrganisationKind.LAB, ownership=Ownership.MUNICIPAL_STATE)
    early = opens(registry, state_lab, trl_in=2, trl_out=4)
    pilot = opens(registry, body(registry, ownership=Ownership.PRIVATE), trl_in=4, trl_out=7)
    opens(registry, body(registry), open_to=OpenTo.MEMBERS)
    judged = mapping.get_map(registry, officer, "nev", today()).judged

    found = raising.list_facilities(registry, judged, COCKPIT)

    assert [(one.facility.id, one.is_state, one.raises) for one in found] == [
        (pilot.id, False, True),
        (early.id, True, False),
    ]
    assert (line(registry, officer).open_facilities, line(registry, officer).open_state_facilities) == (2, 1)


def test_the_nearest_comes_from_a_linked_node(registry, officer, firm):
    add(registry, ChainLink(upstream_code=BMS, downstream_code=COCKPIT, source="test"))
    offers(registry, firm, capability=SOFTWARE)
    judged = mapping.get_map(registry, officer, "nev", today()).judged

    [nearest] = raising.list_nearest(registry, judged, COCKPIT)

    assert nearest.capability is not None
    assert (nearest.organisation.id, nearest.from_node.code, nearest.capability.code) == (firm.id, BMS, SOFTWARE)


def test_funds_that_invest_at_the_node_and_take_early_firms_are_named(registry, officer):
    judged = mapping.get_map(registry, officer, "nev", today()).judged
    kinds: tuple[dict[str, Any], ...] = ({}, {"status": MandateStatus.PAUSED}, {"trl_low": 8}, {"remaining": 0.0})
    mandates = [make_mandate(add(registry, make_fund()), **fields) for fields in kinds]
    for mandate in mandates:
        add(registry, mandate)
        add(registry, MandateField(mandate_id=mandate.id, node_code=COCKPIT, is_main=True))

    assert [one.mandate.id for one in raising.list_funds(registry, judged, COCKPIT)] == [mandates[0].id]


def test_between_two_days_it_says_which_node_turned_and_who_came(registry, officer, firm):
    offers(registry, firm, days_ago=100)
    newcomer = body(registry)
    offers(registry, newcomer, days_ago=10)

    found = changes.compare(registry, officer, "nev", today(), since=today() - timedelta(days=50))

    assert [(one.before, one.node.state, one.is_better) for one in found.changes] == [
        (NodeState.SINGLE_SOURCE, NodeState.COVERED, True)
    ]
    assert [one.id for one in found.changes[0].came] == [newcomer.id]
    assert (found.was_kept, found.unchanged) == (False, 1)


def test_a_kept_day_remembers_what_records_no_longer_say(registry, officer, firm):
    facility = opens(registry, firm)
    before = today() - timedelta(days=1)
    facility.created_at = utc_now() - timedelta(days=9)
    registry.flush()
    snapshots.keep_day(registry, officer, before)
    facility.open_to = OpenTo.MEMBERS
    registry.flush()

    found = changes.compare(registry, officer, "nev", today(), since=before)

    assert found.was_kept
    assert [(one.before, one.node.state) for one in found.changes] == [(NodeState.SINGLE_SOURCE, NodeState.MISSING)]


def test_a_day_is_kept_once_and_anew_when_it_has_changed(registry, officer, firm):
    kept = [snapshots.keep_day(registry, officer, today()) for _ in range(2)]
    offers(registry, firm)
    kept.append(snapshots.keep_day(registry, officer, today()))

    assert kept == [1, 0, 1]
    assert len(registry.exec(select(ChainSnapshot)).all()) == 1


def test_the_same_records_give_the_same_hash_and_others_another(registry, officer, firm):
    first = told.tell_chain(registry, scope.REGION, today())["inputs_sha256"]
    again = told.tell_chain(registry, scope.REGION, today())["inputs_sha256"]
    offers(registry, firm)

    assert first == again != told.tell_chain(registry, scope.REGION, today())["inputs_sha256"]


def test_facts_for_reports_name_states_suppliers_gaps_and_who_is_nearest(registry, officer, firm):
    add(registry, ChainLink(upstream_code=BMS, downstream_code=COCKPIT, source="test"))
    offers(registry, firm, capability=SOFTWARE)
    offers(registry, body(registry), capability=SOFTWARE)
    asks(registry, firm)

    chain = told.tell_chain(registry, scope.find_scope(registry, ScopeKind.CHAIN, "nev"), today())["chains"][0]

    assert chain["counts"] == {"covered": 1, "single_source": 0, "outside_only": 0, "missing": 1}
    assert chain["gaps"] == [COCKPIT]
    assert chain["nearest"][COCKPIT][0]["from_node"] == BMS
    by_code = {node["code"]: node for node in chain["nodes"]}
    assert str(firm.id) in {one["id"] for one in by_code[BMS]["suppliers"]}
    assert (by_code[COCKPIT]["demand"], by_code[COCKPIT]["suppliers"]) == (1, [])


def test_who_may_not_look_is_turned_away_and_an_unknown_chain_is_not_found(registry, officer, stranger):
    for actor in (stranger, VISITOR):
        with pytest.raises(NotAllowed):
            mapping.list_maps(registry, actor, today())
    with pytest.raises(NotFound):
        mapping.get_map(registry, officer, "nothing", today())
