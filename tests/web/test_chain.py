"""The chain map on screen: what an officer reads, where the links lead, what is refused."""

import csv
import io
from datetime import timedelta

import pytest

from matchmaker.services.calendar import today
from models.base import utc_now
from models.enums import OpenTo, Ownership, PlatformRole, PostingState
from models.facilities import FacilityCapability
from models.offers import NeedCapability, OfferCapability
from models.taxonomy import ChainLink
from tests import records as make
from tests.factories import make_facility, make_need, make_offer, make_user
from tests.web.conftest import post

CHAIN, NODE = "/officer/chain/nev", "/officer/chain/nev/nodes/nev-cockpit"
OUT = {"state": PostingState.PUBLISHED, "valid_until": today() + timedelta(days=100)}


def add(session, record):
    session.add(record)
    session.flush()
    return record


@pytest.fixture
def officer(session, sign_in):
    user = add(session, make_user(PlatformRole.OFFICER))
    session.commit()
    return sign_in(user)


@pytest.fixture
def region(session):
    """One firm supplies the cockpit node, and somebody asks at the other, which nobody supplies."""
    make.add_taxonomy(session)
    add(session, ChainLink(upstream_code="nev-bms", downstream_code="nev-cockpit", source="test"))
    firm = make.organisation(
        session, name_zh="重庆座舱科技有限公司", district_code="500112", ownership=Ownership.PRIVATE
    )
    offer = add(session, make_offer(firm, title_zh="座舱域控制器量产", published_at=utc_now(), **OUT))
    add(session, OfferCapability(offer_id=offer.id, capability_code="cockpit-controller", level=4))
    need = add(session, make_need(firm, title_zh="急需电池管理软件", published_at=utc_now(), **OUT))
    add(session, NeedCapability(need_id=need.id, capability_code="bms-software", level=3))
    session.commit()
    return firm


def test_the_map_counts_states_and_puts_what_is_asked_and_missing_first(officer, region):
    page = officer.get("/officer/chain/").text

    assert "缺失 <strong>1</strong>" in page
    assert "单一来源 <strong>1</strong>" in page
    assert page.index("电池管理系统") < page.index("智能座舱")


def test_every_box_of_the_graph_is_a_link_that_says_its_state_in_words(officer, region):
    page = officer.get(CHAIN).text

    assert f'href="{NODE}"' in page
    assert 'aria-label="智能座舱：单一来源、' in page
    assert 'class="chain-link is-short"' in page


def test_the_matrix_counts_suppliers_by_district_and_by_record(officer, region):
    page = officer.get(f"{CHAIN}?look=matrix").text

    assert "渝北区" in page
    assert '<td class="num has">1</td>' in page


def test_the_table_filters_by_state_and_keeps_it_in_the_address(officer, region):
    page = officer.get(f"{CHAIN}?look=table&state=missing").text
    table = page[page.index("<tbody>") : page.index("</tbody>")]

    assert "电池管理系统" in table
    assert "智能座舱" not in table


def test_a_node_shows_the_record_by_which_it_is_supplied_and_who_asks(officer, region, session):
    supplied, asked = officer.get(NODE).text, officer.get(f"{CHAIN}/nodes/nev-bms").text

    assert "座舱域控制器量产" in supplied
    assert "重庆座舱科技有限公司" in supplied
    assert "急需电池管理软件" in asked
    assert "当日没有可计为该环节供给的记录。" in asked


def test_an_open_facility_of_a_state_body_is_marked_and_can_raise(officer, region, session):
    lab = make.organisation(session, district_code="500112", ownership=Ownership.MUNICIPAL_STATE)
    facility = add(session, make_facility(lab, name_zh="座舱中试线", open_to=OpenTo.ALL, trl_in=4, trl_out=7))
    add(session, FacilityCapability(facility_id=facility.id, capability_code="bms-software", level=2))
    session.commit()

    page = officer.get(f"{CHAIN}/nodes/nev-bms").text

    assert "座舱中试线" in page
    assert "国有单位" in page
    assert "可助提升" in page


def test_filters_travel_on_in_every_link(officer, region):
    page = officer.get(f"{CHAIN}?district=500107").text

    assert f'href="{NODE}?district=500107"' in page
    assert "所选区县的供应方计为本地" in page


@pytest.mark.parametrize("query", ["day=2999-01-01", "day=rubbish", "district=nowhere", "ownership=mine"])
def test_a_filter_that_makes_no_sense_is_named_and_the_map_still_shows(officer, region, query):
    response = officer.get(f"{CHAIN}?{query}")

    assert response.status_code == 422
    assert "请更正以下内容" in response.text
    assert "智能座舱" in response.text


def test_the_table_goes_out_as_csv_with_a_row_for_every_node(officer, region):
    response = officer.get(f"{CHAIN}/table/csv")

    rows = list(csv.reader(io.StringIO(response.data.decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == ["nev-bms", "nev-cockpit"]
    assert [row[4] for row in rows[1:]] == ["缺失", "单一来源"]


def test_the_table_goes_out_as_a_workbook_and_in_no_other_format(officer, region):
    assert officer.get(f"{CHAIN}/table/xlsx").data.startswith(b"PK")
    assert officer.get(f"{CHAIN}/table/exe").status_code == 404


def test_what_has_changed_names_who_came(officer, region):
    page = officer.get(f"{CHAIN}/changes?since={today() - timedelta(days=3)}").text

    assert "状态好转 (1)" in page
    assert "重庆座舱科技有限公司" in page


def test_a_day_is_compared_with_an_earlier_one_only(officer, region):
    later = officer.get(f"{CHAIN}/changes?day=2026-01-01&since=2026-02-01")
    before_all = officer.get(f"{CHAIN}/changes?since=1999-01-01")

    assert later.status_code == 422
    assert "请选择不晚于2026年1月1日的日期" in later.text
    assert before_all.status_code == 422
    assert "请选择2000年1月1日至今天之间的日期" in before_all.text


def test_a_day_that_was_kept_is_used_and_offered(officer, region):
    kept = post(officer, "/officer/chain/keep", follow_redirects=True)

    page = officer.get(f"{CHAIN}/changes?since={today()}").text

    assert "已留存今日图谱" in kept.text
    assert "对比日采用当日留存的图谱。" in page


@pytest.mark.parametrize("path", ["/officer/chain/none", f"{CHAIN}/nodes/none", f"{CHAIN}/changes?since=x"])
def test_what_is_not_there_is_not_found_and_a_wrong_day_is_named(officer, region, path):
    assert officer.get(path).status_code in {404, 422}


def test_without_chains_the_page_says_what_to_do(officer):
    assert "尚未设置产业链" in officer.get("/officer/chain/").text


def test_it_reads_in_english_too(officer, region):
    page = officer.get(NODE, headers={"Accept-Language": "en"}).text

    assert "Who supplies it, by what record" in page
    assert "Single source" in page
