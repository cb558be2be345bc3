"""Small lists beside the profile: facilities, reference choices, whether partners were looked at."""

from matchmaker.services import facilities, postings, reference
from matchmaker.services.actors import Actor
from models.enums import FinancingStage, PostingState
from models.facilities import Facility
from models.matching import RankingRun
from models.rounds import Round
from tests import records as make


def test_a_facility_that_is_not_published_is_seen_by_its_own_people_only(registry):
    base = make.organisation(registry)
    open_line = Facility(organisation_id=base.id, name_zh="中试线", state=PostingState.PUBLISHED)
    registry.add_all([open_line, Facility(organisation_id=base.id, name_zh="在建线", state=PostingState.DRAFT)])
    registry.flush()
    stranger = Actor(user_id=make.person(registry).id)

    assert list(facilities.list_facilities(registry, stranger, base.id)) == [open_line]
    assert len(facilities.list_facilities(registry, make.member(registry, base), base.id)) == 2


def test_chain_nodes_are_offered_under_their_chain(registry):
    (group,) = reference.list_node_groups(registry)

    assert (group.chain.code, group.parent) == ("nev", None)
    assert [node.code for node in group.nodes] == ["nev-bms", "nev-cockpit"]


def test_partners_count_as_looked_at_once_a_list_of_them_was_shown(registry):
    sme = make.organisation(registry)
    asked = Round(organisation_id=sme.id, stage=FinancingStage.SEED)
    registry.add(asked)
    registry.flush()
    registry.add(RankingRun(organisation_id=sme.id, round_id=asked.id, preset_code="funds", index_version="1"))
    registry.flush()
    assert not postings.has_looked_at_partners(registry, sme)

    registry.add(RankingRun(organisation_id=sme.id, preset_code="partners", index_version="1"))
    registry.flush()

    assert postings.has_looked_at_partners(registry, sme)
