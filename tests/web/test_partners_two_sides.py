"""What a list says of the other direction, and of what a candidate has declined for."""

from datetime import timedelta

import pytest

from matchmaker.services import interests
from matchmaker.services.actors import Actor
from matchmaker.services.calendar import today
from models.enums import DeclineReason, MembershipRole
from models.interest import DeclineEffect
from models.taxonomy import DeclineMeaning, PresetWeight
from tests.factories import make_organisation, make_user
from tests.web.region import add, add_need, make_region
from tests.web.test_partners_lists import list_url


@pytest.fixture
def region(session, instance):
    region = make_region(session, instance)
    session.add(PresetWeight(preset_code="partners", component="reciprocity", weight=6))
    session.add(DeclineMeaning(reason=DeclineReason.NO_CAPACITY, component="capacity", source="test"))
    session.add(DeclineEffect(component="capacity", least_askers=2, source="test"))
    session.flush()
    return region


@pytest.fixture
def candidate(region):
    return region.add_candidate(name_zh="重庆云岭智能科技有限公司", capacity=4, engaged=0)


def page_of(region, sign_in) -> str:
    region.index()
    return sign_in(region.owner).get(list_url(region)).text


def test_a_need_of_the_candidate_that_the_asker_can_meet_is_named_and_linked(region, candidate, sign_in):
    region.add_offer(region.asker, capability="head-up-display", title_zh="抬头显示试制")
    theirs = add_need(region.session, candidate, ["head-up-display"], title_zh="寻找抬头显示伙伴<b>")

    page = page_of(region, sign_in)

    assert "需求方的供给《抬头显示试制》" in page
    assert f'<a href="/needs/{theirs.id}">《寻找抬头显示伙伴&lt;b&gt;》</a>' in page
    assert "<b>" not in page


def test_without_an_offer_of_the_asker_nobody_can_be_judged_by_their_needs(region, candidate, sign_in):
    add_need(region.session, candidate, ["head-up-display"])

    assert "需求方未发布供给" in page_of(region, sign_in)


def test_a_draft_of_the_candidate_says_nothing_to_anybody(region, candidate, sign_in):
    region.add_offer(region.asker, capability="head-up-display")
    add_need(region.session, candidate, ["head-up-display"], title_zh="尚未公开的打算", state="draft")

    page = page_of(region, sign_in)

    assert "尚未公开的打算" not in page
    assert "对方没有可与需求方供给对照的已发布需求" in page


def decline_from(region, candidate, names) -> None:
    """Each of these organisations asks the candidate and hears that it has no capacity."""
    session = region.session
    person = add(session, make_user())
    answers = Actor(user_id=person.id, memberships={candidate.id: MembershipRole.OWNER})
    for name in names:
        asker = add(session, make_organisation(name_zh=name))
        need = add_need(session, asker, [], valid_until=today() + timedelta(days=90))
        asks = Actor(user_id=person.id, memberships={asker.id: MembershipRole.OWNER})
        asked = interests.ask(session, asks, need.id, candidate.id, "")
        interests.decline(session, answers, asked.id, DeclineReason.NO_CAPACITY)


def test_what_several_have_heard_is_told_with_how_often_and_since_when_but_not_by_whom(region, candidate, sign_in):
    decline_from(region, candidate, ["甲公司", "乙公司"])

    page = page_of(region, sign_in)

    assert "以来有2次表示没有余力" in page
    assert "甲公司" not in page
    assert "乙公司" not in page


def test_what_one_has_heard_is_told_to_nobody(region, candidate, sign_in):
    decline_from(region, candidate, ["甲公司"])

    assert "表示没有余力" not in page_of(region, sign_in)
