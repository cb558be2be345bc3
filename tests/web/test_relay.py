"""The page of the fast track: what a person reads, and what the address may say."""

import pytest

from models.enums import CooperationType, OrganisationKind
from models.offers import OfferCapability
from tests.factories import make_offer
from tests.records import add_taxonomy
from tests.relay_records import CAPABILITY, add_facility, add_hops, add_relay_offer, add_scene

URL = "/fast-track/?about=座舱域控制器&node=&trl_from=4&trl_to=9&asker="


@pytest.fixture
def browser(session, owner, sign_in):
    add_taxonomy(session)
    add_hops(session)
    session.commit()
    return sign_in(owner)


def test_the_way_is_told_hop_by_hop_with_money_time_and_who_comes_next(session, browser):
    add_facility(session, OrganisationKind.PILOT_BASE, levels=(4, 7), prices=(50_000.0,), name_zh="座舱中试线")
    add_scene(session)
    add_relay_offer(session, OrganisationKind.SME, CooperationType.SUPPLY, levels=(8, 9), title_zh="座舱量产供货")
    session.commit()

    page = browser.get(URL).text

    for text in ("座舱中试线", "座舱上车验证场景", "座舱量产供货", "至少35万元", "场景公布工期5个月", "价格未公布"):
        assert text in page
    assert page.index("座舱中试线") < page.index("座舱上车验证场景") < page.index("座舱量产供货")


def test_a_gap_names_who_is_nearest_and_why(session, browser):
    add_facility(session, OrganisationKind.PILOT_BASE, levels=(6, 7), name_zh="晚到的中试线")
    session.commit()

    page = browser.get(URL).text

    assert "从TRL 4到TRL 6无人承接" in page
    assert "从TRL 6才开始接" in page


def test_the_assumed_lengths_are_shown_with_their_source(session, browser):
    add_facility(session, OrganisationKind.PILOT_BASE, levels=(4, 7))
    session.commit()

    page = browser.get(URL).text

    assert "工作约6个月（假定值）" in page
    assert "哪些是假定值，出处是什么" in page


def test_levels_that_go_down_are_told_at_the_field_and_the_words_are_kept(browser):
    response = browser.get("/fast-track/?about=座舱域控制器&node=&trl_from=7&trl_to=5&asker=")

    assert response.status_code == 422
    assert "目标成熟度必须高于当前成熟度。" in response.text
    assert 'value="座舱域控制器"' in response.text


@pytest.mark.parametrize(
    "query",
    [
        "trl_from=0&trl_to=99",
        "trl_from=x&trl_to=",
        "about=%00&trl_from=3&trl_to=9&node=none&asker=nobody",
        "need=1",
        "by=7",
    ],
)
def test_an_odd_address_gets_an_answer_and_no_failure(browser, query):
    assert browser.get(f"/fast-track/?{query}").status_code in (200, 422)


def test_an_offer_brings_its_own_capabilities_and_level(session, browser, organisation):
    offer = make_offer(organisation, trl_low=3, trl_high=5, title_zh="座舱样机")
    session.add(offer)
    session.flush()
    session.add(OfferCapability(offer_id=offer.id, capability_code=CAPABILITY, level=3))
    session.commit()

    page = browser.get(f"/fast-track/?offer={offer.id}").text

    assert "座舱样机" in page
    assert "从TRL 5到TRL 9" in page


def test_a_visitor_is_asked_to_sign_in(client):
    assert client.get("/fast-track/").status_code == 302
