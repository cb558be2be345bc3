"""The scorecard of open facilities: points are the lines', what is not known gives none and is said."""

from datetime import date, timedelta

import pytest
from sqlmodel import Session

from matchmaker.errors import InvalidInput, NotAllowed, Stale
from matchmaker.services.opening import criteria, scorecard
from matchmaker.services.opening.criteria import CriterionDraft
from matchmaker.services.opening.told import tell_scorecard
from matchmaker.services.scope import REGION, Scope
from models.base import utc_now
from models.enums import (
    FacilityServiceType,
    Grade,
    InterestState,
    OpenTo,
    OrganisationKind,
    OrganisationState,
    Ownership,
    ScopeKind,
)
from models.facilities import Facility, FacilityService, FacilityYear
from models.interest import Interest
from models.opening import OpeningCriterion
from models.organisations import FieldGrade
from seeds.reference import read_reference, records_of
from tests import records as make

DAY = date(2027, 3, 1)
REFERENCE = read_reference()


@pytest.fixture
def region(session: Session) -> Session:
    make.add_taxonomy(session)
    session.add_all(OpeningCriterion(**one.model_dump()) for one in records_of(REFERENCE, OpeningCriterion))
    session.flush()
    return session


def facility(session: Session, **values) -> Facility:
    operator = make.organisation(
        session, kind=OrganisationKind.LAB, ownership=Ownership.MUNICIPAL_STATE, district_code="500112"
    )
    house = Facility(**{"organisation_id": operator.id, "name_zh": "中试线", **values})
    session.add(house)
    session.flush()
    return house


def test_points_sum_to_the_score_and_what_is_not_known_gives_none(region):
    facility(region, open_to=OpenTo.CHAIN, lead_time_days=35, accepts_voucher=True)

    score = scorecard.score_facilities(region, REGION, DAY)[0]

    points = {line.criterion.code: line.points for line in score.lines}
    assert points["open_to"] == pytest.approx(12.5)
    assert points["lead_time"] == pytest.approx(5.0)
    assert points["accepts_voucher"] == pytest.approx(10.0)
    assert score.score == pytest.approx(sum(points.values())) == pytest.approx(27.5)
    assert score.coverage == pytest.approx(0.45)
    assert {line.criterion.code for line in score.lines if line.value is None and line.points == 0} == {
        "prices_published",
        "sme_discount",
        "hours_open",
        "use_of_hours",
        "services_given",
        "service_income",
        "users_private_or_sme",
    }


def test_a_facility_of_which_nothing_is_known_has_no_points_and_no_coverage(region):
    facility(region)

    score = scorecard.score_facilities(region, REGION, DAY)[0]

    assert (score.score, score.coverage) == (0.0, 0.0)


def test_a_fully_open_facility_has_all_the_points_but_those_of_its_unknown_users(region):
    house = facility(
        region, open_to=OpenTo.ALL, lead_time_days=3, accepts_voucher=True, hours_open=1400, hours_used=1300
    )
    region.add(
        FacilityService(
            facility_id=house.id, type=FacilityServiceType.DESIGN_VERIFICATION, name_zh="x", price=100, sme_discount=0.4
        )
    )
    region.add(FacilityYear(facility_id=house.id, year=2026, services=400, income=5_000_000))
    region.add(FacilityYear(facility_id=house.id, year=2027, services=0, income=0))
    region.flush()

    score = scorecard.score_facilities(region, REGION, DAY)[0]

    assert (score.score, score.coverage) == pytest.approx((95, 0.95))


def test_users_count_from_the_third_on(region):
    house = facility(region)
    for number in range(3):
        user = make.organisation(region, kind=OrganisationKind.SME if number else OrganisationKind.CHAIN_LEADER)
        user.ownership = Ownership.CENTRAL_STATE
        asked = make.need(region, user)
        region.add(
            Interest(
                need_id=asked.id,
                organisation_id=user.id,
                candidate_id=house.organisation_id,
                state=InterestState.ACCEPTED,
                asked_at=utc_now(),
            )
        )
        region.flush()
        lines = {line.criterion.code: line.raw for line in scorecard.score_facilities(region, REGION, DAY)[0].lines}
        assert lines["users_private_or_sme"] == (None if number < 2 else pytest.approx(2 / 3))


def test_closed_operators_and_other_districts_are_not_in_it(region):
    gone, here = facility(region), facility(region)
    region.get_one(type(make.organisation(region)), gone.organisation_id).state = OrganisationState.CLOSED
    region.flush()

    found = scorecard.score_facilities(region, Scope(ScopeKind.DISTRICT, "500112"), DAY)
    elsewhere = scorecard.score_facilities(region, Scope(ScopeKind.DISTRICT, "500107"), DAY)

    assert [one.facility_id for one in found] == [here.id]
    assert elsewhere == []


def test_an_operator_that_keeps_its_ownership_back_stands_under_not_stated(region):
    house = facility(region)
    region.add(FieldGrade(organisation_id=house.organisation_id, field="ownership", grade=Grade.CLOSED))
    region.flush()

    told = tell_scorecard(region, REGION, DAY)

    assert told["facilities"][0]["operator"]["ownership"] is None
    assert [group["key"] for group in told["ownership"]] == [""]


def test_weights_are_changed_by_officers_alone_with_the_version_they_saw(region):
    officer, stranger = make.officer(region), make.member(region, make.organisation(region))
    line = criteria.list_criteria(region)[0]
    seen = {line.code: line.version}
    drafts = {line.code: CriterionDraft(weight=50, low=0, high=1)}

    criteria.change_criteria(region, officer, drafts, expected_versions=seen)

    assert line.weight == 50
    with pytest.raises(Stale):
        criteria.change_criteria(
            region, officer, {line.code: CriterionDraft(weight=9, low=0, high=1)}, expected_versions=seen
        )
    with pytest.raises(NotAllowed):
        criteria.change_criteria(region, stranger, drafts, expected_versions={})


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (CriterionDraft(-1, 0, 1), "open_to-weight"),
        (CriterionDraft(1, 1, 1), "open_to-high"),
        (CriterionDraft(1, float("nan"), 1), "open_to-low"),
    ],
)
def test_a_line_that_makes_no_sense_is_refused_at_its_cell(region, draft, field):
    with pytest.raises(InvalidInput) as refused:
        criteria.change_criteria(region, make.officer(region), {"open_to": draft}, expected_versions={})

    assert refused.value.field == field


def test_the_latest_full_year_counts(region):
    house = facility(region)
    region.add(FacilityYear(facility_id=house.id, year=DAY.year - 1, services=75))
    region.flush()

    lines = {line.criterion.code: line for line in scorecard.score_facilities(region, REGION, DAY)[0].lines}
    before = scorecard.score_facilities(region, REGION, DAY - timedelta(days=400))

    assert lines["services_given"].value == pytest.approx(0.5)
    assert before == []
