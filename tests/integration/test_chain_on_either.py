"""The chain map on both databases: supply, demand, evidence, a kept day, a difference, facts for reports."""

import json
from datetime import timedelta

from matchmaker.services import scope
from matchmaker.services.calendar import today
from matchmaker.services.chain import changes, evidence, mapping, raising, snapshots, told
from models.base import utc_now
from models.enums import NodeState, OpenTo, PostingState
from models.facilities import FacilityCapability
from models.funds import MandateField
from models.offers import NeedCapability, OfferCapability
from models.sessions import writing
from models.taxonomy import ChainLink
from tests import records as make
from tests.factories import make_facility, make_fund, make_mandate, make_need, make_offer

OUT = {"state": PostingState.PUBLISHED, "valid_until": today() + timedelta(days=90)}
CAPABILITY, NODE = "cockpit-controller", "nev-cockpit"


def fill(session):
    """One supplier of the cockpit node, an open pilot line beside it, somebody who asks, and a fund."""
    make.add_taxonomy(session)
    session.add(ChainLink(upstream_code="nev-bms", downstream_code=NODE, source="test"))
    firm = make.organisation(session, district_code="500112")
    base = make.organisation(session, district_code="500107")
    offer = make_offer(firm, published_at=utc_now() - timedelta(days=20), **OUT)
    need = make_need(firm, published_at=utc_now() - timedelta(days=20), **OUT)
    facility = make_facility(base, open_to=OpenTo.ALL, trl_in=4, trl_out=7)
    fund = make_fund()
    session.add(fund)
    session.flush()
    mandate = make_mandate(fund)
    for record in (offer, need, facility, mandate):
        session.add(record)
        session.flush()
    session.add(OfferCapability(offer_id=offer.id, capability_code=CAPABILITY, level=4))
    session.add(NeedCapability(need_id=need.id, capability_code="bms-software", level=3))
    session.add(FacilityCapability(facility_id=facility.id, capability_code="bms-software", level=4))
    session.add(MandateField(mandate_id=mandate.id, node_code=NODE))
    session.flush()


def test_the_map_is_the_same_on_both(either):
    with writing(either.engine) as session:
        fill(session)
        officer = make.officer(session)

        found = mapping.get_map(session, officer, "nev", today())
        node = found.node(NODE)
        records = evidence.read_evidence(session, found.judged, NODE)
        near = raising.list_nearest(session, found.judged, NODE)

        assert (node.state, node.local, found.node("nev-bms").unmet) == (NodeState.SINGLE_SOURCE, 1, 0)
        assert len(records.supply) == 1
        assert [one.from_node.code for one in near] == ["nev-bms"]
        assert [one.raises for one in raising.list_facilities(session, found.judged, NODE)] == [True]
        assert len(raising.list_funds(session, found.judged, NODE)) == 1


def test_a_kept_day_and_a_difference_are_the_same_on_both(either):
    with writing(either.engine) as session:
        fill(session)
        officer = make.officer(session)

        kept = [snapshots.keep_day(session, officer, today()) for _ in range(2)]
        found = changes.compare(session, officer, "nev", today(), since=today() - timedelta(days=30))
        facts = told.tell_chain(session, scope.REGION, today())

        assert kept == [1, 0]
        assert {one.node.code: one.before for one in found.changes} == dict.fromkeys(
            (NODE, "nev-bms"), NodeState.MISSING
        )
        assert json.loads(json.dumps(facts)) == facts
