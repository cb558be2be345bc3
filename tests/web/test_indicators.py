"""Indicators on screen: the list, one with its comparisons, a definition built row by row, files to hand on."""

import pytest
from sqlmodel import select

from models.enums import PlatformRole
from models.indicators import Indicator
from models.jobs import Job
from seeds.reference import read_reference, records_of
from tests import records as make
from tests.factories import make_user
from tests.web.conftest import post

HOME = "/officer/indicators/"
SEEDED = records_of(read_reference(), Indicator)
WORDS = {
    "name_zh": "百人以上机构占比",
    "name_en": "Share of bodies with 100 staff",
    "source": "测试",
    "scopes": ["region", "district"],
    "better": "1",
}
BUILD = {"count": "organisations", "unit": "share"}
STAFF = {"where-1-field": "staff", "where-1-relation": "at_least", "where-1-value": "100"}


@pytest.fixture
def officer(session, sign_in):
    make.add_taxonomy(session)
    for staff in (300, 200, 10, None):
        make.organisation(session, staff=staff, district_code="500112")
    session.add_all(Indicator(**one.model_dump()) for one in SEEDED)
    user = make_user(PlatformRole.OFFICER)
    session.add(user)
    session.commit()
    return sign_in(user)


def made(session) -> Indicator:
    session.rollback()
    return session.exec(select(Indicator).where(Indicator.code.startswith("own-"))).one()


def test_the_list_names_every_indicator_of_the_part_of_the_region(officer):
    region, district = officer.get(HOME).text, officer.get(f"{HOME}?of=district:500112").text

    assert all(one.name_zh in region for one in SEEDED)
    assert "高阶服务企业占比" in district
    assert "单一来源环节占比" not in district


@pytest.mark.parametrize("one", SEEDED, ids=lambda one: one.code)
def test_every_indicator_that_comes_with_the_platform_has_its_page_and_its_rows_to_edit(officer, one):
    page, form = officer.get(f"{HOME}{one.code}"), officer.get(f"{HOME}{one.code}/edit")

    assert page.status_code == form.status_code == 200
    assert one.note_zh in page.text
    assert "嵌套" not in form.text


def test_a_row_is_added_looked_at_and_saved_without_script(session, officer):
    added = post(officer, f"{HOME}new/build", {**BUILD, "do": "add-where", "add-where-field": "staff"})
    looked = post(officer, f"{HOME}new/build", {**BUILD, **STAFF, "do": "look"})
    saved = post(officer, f"{HOME}new", {**BUILD, **STAFF, **WORDS})

    assert 'name="where-1-field" value="staff"' in added.text
    assert "66.7%" in looked.text
    assert "尚未保存" in looked.text
    assert saved.status_code == 302
    assert made(session).formula["where"] == {"all": [{"field": "staff", "relation": "at_least", "value": 100.0}]}
    assert "66.7%" in officer.get(saved.location).text


def test_a_number_that_no_record_can_have_is_refused_at_its_row(officer):
    share = {"where-1-field": "rd_ratio", "where-1-relation": "at_least", "where-1-value": "9" * 30}

    page = post(officer, f"{HOME}new/build", {**BUILD, **share, "do": "look"})

    assert page.status_code == 422
    assert 'href="#row-where-1"' in page.text


def test_a_wrong_row_is_named_and_what_was_typed_stays(session, officer):
    page = post(officer, f"{HOME}new", {**BUILD, **STAFF, **WORDS, "where-1-value": "很多"})

    assert page.status_code == 422
    assert 'href="#row-where-1"' in page.text
    assert 'value="很多"' in page.text
    assert 'value="百人以上机构占比"' in page.text
    assert session.exec(select(Indicator).where(Indicator.code.startswith("own-"))).all() == []


def test_conditions_on_one_offer_are_kept_as_such(session, officer):
    rows = {"has-1-field": "trl", "has-1-relation": "at_least", "has-1-value": "8"}

    post(officer, f"{HOME}new", {**BUILD, **rows, **WORDS})

    where = made(session).formula["where"]["all"][0]
    assert where == {"has": "offers", "where": {"all": [{"field": "trl", "relation": "at_least", "value": 8.0}]}}
    assert 'name="has-1-value" value="8"' in officer.get(f"{HOME}{made(session).code}/edit").text


def test_a_row_is_taken_out_again(officer):
    page = post(officer, f"{HOME}new/build", {**BUILD, **STAFF, "do": "remove-where-1"})

    assert "where-1-field" not in page.text


def test_a_share_is_typed_as_percent_and_kept_as_a_part_of_one(session, officer):
    rows = {"where-1-field": "rd_ratio", "where-1-relation": "at_least", "where-1-value": "3%"}

    post(officer, f"{HOME}new", {**BUILD, **rows, **WORDS, "target": "15", "target_source": "公报"})

    indicator = made(session)
    assert indicator.formula["where"]["all"][0]["value"] == 0.03
    assert indicator.target == 0.15
    assert 'value="15"' in officer.get(f"{HOME}{indicator.code}/edit").text


def test_somebody_elses_change_is_not_overwritten(session, officer):
    post(officer, f"{HOME}new", {**BUILD, **STAFF, **WORDS})
    indicator = made(session)
    seen = {"version": str(indicator.version)}
    url = f"{HOME}{indicator.code}/edit"

    first = post(officer, url, {**STAFF, **WORDS, **seen, "name_zh": "第一人所改"})
    second = post(officer, url, {**STAFF, **WORDS, **seen, "name_zh": "第二人所改"})

    assert (first.status_code, second.status_code) == (302, 409)
    assert made(session).name_zh == "第一人所改"


def test_a_hidden_indicator_leaves_the_list_and_comes_back(officer):
    post(officer, f"{HOME}specialised-smes/hide")
    hidden = officer.get(f"{HOME}specialised-smes").text
    post(officer, f"{HOME}specialised-smes/show")

    assert "已隐藏" in hidden
    assert "已隐藏" not in officer.get(f"{HOME}specialised-smes").text


def test_the_table_is_taken_as_csv_and_as_a_workbook(officer):
    table = officer.get(f"{HOME}table/csv")
    book = officer.get(f"{HOME}table/xlsx")

    assert table.data.startswith(b"\xef\xbb\xbf")
    assert "高阶服务企业占比" in table.data.decode("utf-8-sig")
    assert book.data.startswith(b"PK")
    assert officer.get(f"{HOME}table/exe").status_code == 404


def test_todays_figures_are_asked_for_once(session, officer):
    post(officer, f"{HOME}keep")
    post(officer, f"{HOME}keep")

    assert [job.kind for job in session.exec(select(Job))] == ["compute_indicators"]


def test_a_formula_deeper_than_the_rows_is_told_in_words_and_keeps_its_shape(session, officer):
    deep = {"not": {"any": [{"field": "staff", "relation": "at_least", "value": 5}]}}
    indicator = Indicator(
        code="deep",
        name_zh="深",
        name_en="Deep",
        unit="share",
        scopes=["region"],
        source="测试",
        formula={"count": "organisations", "where": deep},
    )
    session.add(indicator)
    session.commit()
    form = officer.get(f"{HOME}deep/edit").text

    saved = post(officer, f"{HOME}deep/edit", {**WORDS, "version": str(indicator.version)})

    session.expire_all()
    assert "嵌套" in form
    assert saved.status_code == 302
    assert session.get_one(Indicator, "deep").name_zh == "百人以上机构占比"
    assert session.get_one(Indicator, "deep").formula["where"] == deep


def test_unknown_indicators_have_no_page(officer):
    assert officer.get(f"{HOME}no-such").status_code == 404
