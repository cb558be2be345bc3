"""Challenges on the home page: by what one's offers do of what is needed, with whether one may answer."""

import re

import pytest

from matchmaker.reader import Reader
from matchmaker.services.actors import Actor
from matchmaker.services.calendar import today
from matchmaker.services.challenges import matching
from matchmaker.services.challenges.eligibility import Outcome
from models.enums import Grade, MembershipRole, OrganisationKind
from tests import challenge_factory as challenges
from tests.factories import make_organisation
from tests.web.region import Region, add, make_region


@pytest.fixture
def region(session, instance) -> Region:
    return make_region(session, instance)


@pytest.fixture
def leader(session, region):
    return add(session, make_organisation(kind=OrganisationKind.CHAIN_LEADER))


def matches(region, firm):
    actor = Actor(user_id=region.owner.id, memberships={firm.id: MembershipRole.OWNER})
    return matching.for_organisation(region.session, actor, Reader(region.instance), firm, today=today())


def test_what_an_offer_does_comes_first_and_what_it_does_not_is_left_out(session, region, leader):
    firm = region.add_candidate(capability="cockpit-controller", level=3)
    half = challenges.challenge(
        session, leader, tags={"cockpit-controller": (3, 1, True), "bms-software": (3, 1, False)}
    )
    whole = challenges.challenge(session, leader, tags={"cockpit-controller": (3, 1, True)})
    challenges.challenge(session, leader, tags={"bms-software": (3, 1, True)})
    unknown = challenges.challenge(session, leader)
    region.index()

    found = matches(region, firm)

    assert [one.challenge.id for one in found] == [whole.id, half.id, unknown.id]
    assert [one.cover and one.cover.share for one in found] == [1.0, 0.5, None]
    assert (list(found[1].cover.covered), list(found[1].cover.missing)) == (["cockpit-controller"], ["bms-software"])


def test_a_level_below_the_one_asked_for_counts_in_part(session, region, leader):
    firm = region.add_candidate(capability="cockpit-controller", level=2)
    challenges.challenge(session, leader, tags={"cockpit-controller": (4, 1, True)})
    region.index()

    (found,) = matches(region, firm)

    assert found.cover.share == 0.5


def test_rows_say_who_may_answer_who_may_not_and_what_is_not_known(session, region, leader):
    firm = region.add_candidate(district_code="500112")
    tags = {"cockpit-controller": (3, 1, True)}
    challenges.challenge(session, leader, tags=tags)
    challenges.challenge(session, leader, tags=tags, answerer_districts=["500107"])
    challenges.challenge(session, leader, tags=tags, answerer_certifications=["high-tech"])
    region.index()

    found = matches(region, firm)

    assert [one.eligibility.outcome for one in found] == [Outcome.MET, Outcome.UNKNOWN, Outcome.NOT_MET]


def test_neither_secret_ones_nor_the_own_are_proposed(session, region, leader):
    firm = region.add_candidate()
    tags = {"cockpit-controller": (3, 1, True)}
    challenges.challenge(session, leader, tags=tags, secrecy=Grade.CLOSED)
    challenges.challenge(session, firm, tags=tags)
    region.index()

    assert matches(region, firm) == []


def test_the_home_page_shows_them_with_their_share(session, region, leader, sign_in):
    region.add_offer(region.asker)
    challenges.challenge(session, leader, tags={"cockpit-controller": (3, 1, True)}, title_zh="两秒冷启动")
    region.index()

    page = sign_in(region.owner).get("/home").text

    assert "两秒冷启动" in page
    assert re.search(r"供给满足所需能力的\s*100%", page)
