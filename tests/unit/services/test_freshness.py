"""Profiles that nobody has looked at for long: age, chasing, answering."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from matchmaker.errors import InvalidInput, NotAllowed
from matchmaker.services import organisations
from matchmaker.services.calendar import today
from matchmaker.services.freshness import ages, chasing
from matchmaker.services.freshness.ages import Filters
from matchmaker.services.freshness.chasing import ChaseDraft
from matchmaker.services.organisations import ActivityDraft
from models.audit import AuditEntry
from models.base import utc_now
from models.enums import ChaseReason, OrganisationKind, OrganisationState, PostingState
from models.organisations import Certification, Organisation
from models.registry import FreshnessLimit, ProfileChase
from tests import records as make

STALE = ChaseDraft(reason=ChaseReason.STALE, note="请核对人员和产能")


@pytest.fixture
def registry(registry):
    registry.add(FreshnessLimit(kind=OrganisationKind.SME, days=180, source="test"))
    registry.flush()
    return registry


def firm(registry, *, days=0, **fields):
    """An organisation that was last changed so many days ago."""
    one = make.organisation(registry, **fields)
    age(registry, one, days)
    return one


def age(registry, organisation, days):
    moment = utc_now() - timedelta(days=days)
    is_it = col(Organisation.id) == organisation.id
    registry.execute(sa.update(Organisation).where(is_it).values(changed_at=moment))
    registry.refresh(organisation)


def age_chases(registry, days):
    registry.execute(sa.update(ProfileChase).values(created_at=utc_now() - timedelta(days=days)))
    registry.expire_all()


def listed(registry, officer, **filters):
    wanted = Filters(**filters)
    page = ages.list_profiles(registry, officer, wanted)
    assert ages.count_profiles(registry, officer, wanted) == page.total == len(page.items)
    return [one.organisation.id for one in page.items]


def test_a_profile_is_stale_after_the_days_of_its_kind_and_the_oldest_stands_first(registry, officer):
    old, older = firm(registry, days=182), firm(registry, days=300)
    firm(registry, days=179)
    firm(registry, days=900, kind=OrganisationKind.LAB)  # no limit is set for labs
    firm(registry, days=900, state=OrganisationState.CLOSED)

    assert listed(registry, officer) == [older.id, old.id]
    (first, _) = ages.list_profiles(registry, officer, Filters()).items
    assert (first.days, first.limit, first.is_stale) == (300, 180, True)


def test_the_list_is_narrowed_by_kind_and_district(registry, officer):
    here = firm(registry, days=300, district_code="500112")
    firm(registry, days=300, district_code="500107")

    assert listed(registry, officer, district="500112") == [here.id]
    assert listed(registry, officer, district="500112", kind=OrganisationKind.LAB) == []


def test_saying_that_all_is_true_makes_it_fresh_without_a_new_version(registry, officer):
    one = firm(registry, days=300)
    owner = make.member(registry, one)
    version, changed_at = one.version, one.changed_at

    chasing.say_all_true(registry, owner, one)

    assert listed(registry, officer) == []
    assert (one.version, one.changed_at) == (version, changed_at)
    assert registry.exec(select(AuditEntry.action)).all() == ["organisation.still-true"]
    with pytest.raises(NotAllowed):
        chasing.say_all_true(registry, make.member(registry, make.organisation(registry)), one)


def test_who_is_chased_sees_it_and_answers_by_a_look(registry, officer):
    one = firm(registry, days=300)
    owner = make.member(registry, one)

    chased = chasing.chase(registry, officer, [one.id], STALE)

    (asked,) = chasing.list_open(registry, owner, one)
    assert asked is chased.asked[0]
    assert asked.due_on == chasing.usual_day()
    assert listed(registry, officer, reason=None, open_only=True) == [one.id]
    chasing.say_all_true(registry, owner, one)
    assert (asked.answered_at is not None, chasing.list_open(registry, owner, one)) == (True, [])
    assert chasing.count_open(registry, officer) == 0


def test_any_edit_answers_a_chase(registry, officer):
    one = firm(registry, days=300)
    owner = make.member(registry, one)
    chasing.chase(registry, officer, [one.id], STALE)

    organisations.update_activity(registry, owner, one, ActivityDraft(summary_zh="座舱域控制器"))

    assert chasing.list_open(registry, owner, one) == []


def test_nobody_is_asked_twice_within_fourteen_days_unless_the_officer_insists(registry, officer):
    first, second = firm(registry, days=300), firm(registry, days=300)
    chasing.chase(registry, officer, [first.id], STALE)

    chased = chasing.chase(registry, officer, [first.id, second.id], STALE)
    assert [one.organisation_id for one in chased.asked] == [second.id]
    assert chased.left_out == [first.id]

    chasing.insist(registry, officer, first.id, STALE)
    assert len(registry.exec(select(ProfileChase).where(ProfileChase.organisation_id == first.id)).all()) == 2

    age_chases(registry, 15)
    assert len(chasing.chase(registry, officer, [first.id, second.id], STALE).asked) == 2


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (ChaseDraft(reason=ChaseReason.STALE, due_on=today() - timedelta(days=1)), "due_on"),
        (ChaseDraft(reason=ChaseReason.STALE, note="x" * 501), "note"),
    ],
)
def test_a_chase_has_a_day_ahead_and_a_short_note(registry, officer, draft, field):
    with pytest.raises(InvalidInput) as refused:
        chasing.chase(registry, officer, [firm(registry).id], draft)

    assert refused.value.field == field


def test_somebody_has_to_be_chosen_and_only_curators_chase(registry, officer, stranger):
    with pytest.raises(InvalidInput):
        chasing.chase(registry, officer, [], STALE)
    with pytest.raises(NotAllowed):
        chasing.chase(registry, stranger, [firm(registry).id], STALE)


def test_what_ends_soon_and_what_lacks_the_main_fields_are_reasons_of_their_own(registry, officer):
    ending, certified = firm(registry), firm(registry)
    make.offer(
        registry, ending, state=PostingState.PUBLISHED, valid_until=today() + timedelta(days=30), summary_zh="座舱"
    )
    held = Certification(
        organisation_id=certified.id, scheme_code="high-tech", valid_until=today() + timedelta(days=90)
    )
    whole = firm(registry, summary_zh="座舱域控制器", district_code="500112")
    organisations.set_nodes(registry, officer, whole, ["nev-cockpit"])
    registry.add(held)
    registry.flush()

    assert listed(registry, officer, reason=ChaseReason.POSTING_ENDS) == [ending.id]
    assert listed(registry, officer, reason=ChaseReason.CERTIFICATION_ENDS) == [certified.id]
    assert whole.id not in listed(registry, officer, reason=ChaseReason.INCOMPLETE)
    assert set(listed(registry, officer, reason=ChaseReason.INCOMPLETE)) == {ending.id, certified.id}
    assert ages.missing_main_fields(registry, [ending.id]) == {ending.id: ["summary", "district_code", "nodes"]}
