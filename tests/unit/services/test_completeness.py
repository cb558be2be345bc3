"""What is filled, what comes next, and what it would honestly change."""

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.services import completeness
from matchmaker.services.calendar import today
from matchmaker.services.completeness import NEED, OFFER, PROFILE, measure
from models.enums import CapitalType, MandateStatus, OrganisationKind, PostingState
from models.funds import Mandate
from models.organisations import OrganisationNode
from models.taxonomy import WeightPreset
from tests import records as make

ROOT = Path(__file__).parents[3]
WEIGHTS = {"capability": 30.0, "text": 20.0, "readiness": 10.0, "district": 10.0, "ties": 30.0}
FORMS = {"profile": PROFILE, "offer": OFFER, "need": NEED}


def test_an_empty_profile_can_be_judged_by_nothing():
    empty = measure(PROFILE, [], WEIGHTS)

    assert (empty.filled, empty.coverage) == (0, 0)
    assert empty.next_gap is not None
    assert empty.next_gap.field == "offer_capabilities"
    assert empty.next_gap.components == ("capability",)
    assert empty.next_gap.gain == pytest.approx(0.3)


def test_a_field_that_changes_no_score_says_so():
    gaps = {gap.field: gap for gap in measure(PROFILE, [], WEIGHTS).gaps}

    assert gaps["website"].gain == 0
    assert gaps["website"].components == ()
    assert gaps["district_code"].gain == pytest.approx(0.1)


def test_what_comes_from_records_is_never_asked_for_but_counts_in_coverage():
    have = {"offer_capabilities", "offer", "offer_trl", "district_code"}

    without, with_projects = measure(PROFILE, have, WEIGHTS), measure(PROFILE, have | {"projects"}, WEIGHTS)

    assert "projects" not in {gap.field for gap in without.gaps}
    assert without.coverage == pytest.approx(0.7)
    assert with_projects.coverage == pytest.approx(1.0)


def test_a_second_field_for_a_known_component_gains_nothing():
    gaps = {gap.field: gap.gain for gap in measure(OFFER, {"summary"}, WEIGHTS).gaps}

    assert gaps["description"] == 0
    assert gaps["capabilities"] == pytest.approx(0.3)


def test_without_a_live_preset_nothing_is_promised():
    unweighted = measure(NEED, {"title"}, {})

    assert math.isnan(unweighted.coverage)
    assert all(gap.gain == 0 for gap in unweighted.gaps)


@given(form=st.sampled_from(list(FORMS.values())), data=st.data())
def test_filling_the_next_field_raises_coverage_by_exactly_what_was_said(form, data):
    every = sorted({*form.fields, *form.given})
    have = data.draw(st.sets(st.sampled_from(every)))
    weights = data.draw(st.dictionaries(st.sampled_from(sorted(form.judged_by)), st.floats(0.1, 100), min_size=1))

    before = measure(form, have, weights)
    for gap in before.gaps:
        after = measure(form, have | {gap.field}, weights)
        assert after.coverage == pytest.approx(before.coverage + gap.gain)
        assert after.filled == before.filled + 1
    assert [gap.gain for gap in before.gaps] == sorted((gap.gain for gap in before.gaps), reverse=True)
    assert 0 <= before.coverage <= 1 + 1e-9


def test_a_profile_is_measured_from_its_records(registry):
    sme = make.organisation(registry, district_code="500112", staff=30)
    registry.add(OrganisationNode(organisation_id=sme.id, node_code="nev-bms"))
    registry.flush()

    measured = completeness.of_profile(registry, sme)

    assert measured.filled == 4  # name, district, staff, nodes
    assert measured.coverage == pytest.approx(0.1)
    assert measured.gaps[0].field == "offer_capabilities"


def test_only_published_offers_speak_for_a_profile(registry):
    sme = make.organisation(registry)
    draft = make.offer(registry, sme, capabilities=["bms-software"], trl_low=3, trl_high=5)
    assert completeness.of_profile(registry, sme).coverage == 0

    draft.state, draft.valid_until = PostingState.PUBLISHED, today()
    registry.flush()

    assert completeness.of_profile(registry, sme).coverage == pytest.approx(0.6)


def test_an_offer_and_a_need_lean_on_their_organisation(registry):
    sme = make.organisation(registry, district_code="500112")
    offer = make.offer(registry, sme, capabilities=["bms-software"], summary_zh="电池管理软件")
    need = make.need(registry, sme, trl_low=3, trl_high=6)

    assert completeness.of_offer(registry, sme, offer).coverage == pytest.approx(0.6)
    assert completeness.of_need(registry, sme, need).coverage == pytest.approx(0.2)
    assert completeness.of_need(registry, sme, need).gaps[0].field == "capabilities"


def test_every_component_of_the_live_preset_is_explained():
    lines = (ROOT / "seeds/reference/preset_weights.csv").read_text().splitlines()
    components = {line.split(",")[1] for line in lines if line.startswith("partners-default,")}

    for form in FORMS.values():
        assert set(form.judged_by) == components


def test_weights_come_from_the_live_preset_only(registry):
    registry.get(WeightPreset, "partners").is_live = False
    registry.flush()

    assert completeness.live_weights(registry) == {}


def test_the_districts_a_need_wishes_for_are_a_rule_and_let_nobody_be_judged():
    found = measure(NEED, {"title"}, {"district": 1.0})

    assert next(gap for gap in found.gaps if gap.field == "partner_districts").components == ()


def test_what_a_need_is_about_lets_past_projects_speak_for_others():
    assert measure(NEED, {"capabilities"}, {"track_record": 1.0, "walk": 1.0}).coverage == 1
    assert measure(NEED, {"projects"}, {"track_record": 1.0, "walk": 1.0}).coverage == 0.5


def test_an_offers_long_description_is_not_what_texts_are_compared_by():
    found = measure(OFFER, {"title"}, {"text": 1.0})

    assert {gap.field for gap in found.gaps if gap.components} == {"summary"}


def test_a_fund_is_asked_for_its_mandate_capital_and_life_and_for_no_capability(registry):
    fund = make.organisation(registry, kind=OrganisationKind.FUND)
    without = completeness.of_profile(registry, fund)
    terms = {"capital_type": CapitalType.SOCIAL, "started_on": today(), "investment_years": 5, "exit_years": 0}
    registry.add(Mandate(organisation_id=fund.id, status=MandateStatus.DRAFT, remaining=1e8))
    registry.add(Mandate(organisation_id=fund.id, status=MandateStatus.INVESTING, **terms))
    registry.flush()
    said = {gap.field for gap in without.gaps} - {gap.field for gap in completeness.of_profile(registry, fund).gaps}

    assert without.next_gap is not None
    assert without.next_gap.field == "mandate"
    assert not {gap.field for gap in without.gaps} & {"offer", "offer_capabilities", "nodes", "capacity"}
    assert said == {"mandate", "capital_type", "fund_life"}
