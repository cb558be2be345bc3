"""The scorecard of open facilities: points are the lines', what is not known is in no sum and is said."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from matchmaker.errors import InvalidInput, NotAllowed, Stale
from matchmaker.services.calendar import today
from matchmaker.services.opening import criteria, scorecard
from matchmaker.services.opening.criteria import CriterionDraft
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

DAY = today() + timedelta(days=30)  # after all that is written here
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


def test_points_sum_to_the_score_and_a_line_that_is_not_known_is_in_no_sum(region):
    facility(region, open_to=OpenTo.CHAIN, lead_time_days=35, accepts_voucher=True)

    score = scorecard.score_facilities(region, REGION, DAY)[0]

    points = {line.criterion.code: line.points for line in score.lines if line.points is not None}
    assert points == pytest.approx({"open_to": 12.5 / 0.45, "lead_time": 5.0 / 0.45, "accepts_voucher": 10.0 / 0.45})
    assert score.score == pytest.approx(sum(points.values())) == pytest.approx(27.5 / 0.45)
    assert score.coverage == pytest.approx(0.45)
    assert score.certain == pytest.approx(27.5)
    assert all(line.value is None for line in score.lines if line.points is None)


def test_one_known_line_of_full_points_does_not_stand_before_a_good_facility_that_tells_more(region):
    silent = facility(region, open_to=OpenTo.ALL)
    telling = facility(region, open_to=OpenTo.ALL, lead_time_days=35, accepts_voucher=True)
    closed = facility(region, open_to=OpenTo.MEMBERS)

    scores = scorecard.score_facilities(region, REGION, DAY)

    assert [one.facility_id for one in scores] == [telling.id, silent.id, closed.id]
    assert scores[1].score == pytest.approx(100)
    assert scores[0].score is not None
    assert scores[0].score < 100


def test_a_facility_of_which_nothing_is_known_has_no_score_and_stands_last(region):
    unknown, known = facility(region), facility(region, open_to=OpenTo.CHAIN)

    scores = scorecard.score_facilities(region, REGION, DAY)

    assert [one.facility_id for one in scores] == [known.id, unknown.id]
    assert (scores[1].score, scores[1].coverage, scores[1].certain) == (None, 0.0, 0.0)


def test_the_mean_score_of_a_group_is_of_those_that_have_one(region):
    facility(region, open_to=OpenTo.CHAIN)
    facility(region)

    [group] = scorecard.group_by_ownership(scorecard.score_facilities(region, REGION, DAY))

    assert group.facilities == 2
    assert group.score == pytest.approx(50)
    assert group.certain == pytest.approx(6.25)


def test_a_fully_open_facility_has_all_the_points_whoever_its_unknown_users_are(region):
    house = facility(
        region, open_to=OpenTo.ALL, lead_time_days=3, accepts_voucher=True, hours_open=1400, hours_used=1300
    )
    region.add(
        FacilityService(
            facility_id=house.id, type=FacilityServiceType.DESIGN_VERIFICATION, name_zh="x", price=100, sme_discount=0.4
        )
    )
    region.add(FacilityYear(facility_id=house.id, year=DAY.year - 1, services=400, income=5_000_000))
    region.add(FacilityYear(facility_id=house.id, year=DAY.year, services=0, income=0))
    region.flush()

    score = scorecard.score_facilities(region, REGION, DAY)[0]

    assert (score.score, score.coverage, score.certain) == pytest.approx((100, 0.95, 95))


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

    scores = scorecard.score_facilities(region, REGION, DAY)

    assert scores[0].ownership is None
    assert [group.key for group in scorecard.group_by_ownership(scores)] == [""]


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
