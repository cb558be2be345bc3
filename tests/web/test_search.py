"""The search page: what it finds, what it never tells, and what it offers where nothing is found."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, select

from matchmaker.instance import Instance
from matchmaker.services.changes import touch
from matchmaker.services.indexing import refresh
from models.enums import Grade, OrganisationKind, PostingState
from models.facilities import Facility
from models.offers import OfferCapability
from models.organisations import Certification, FieldGrade, Organisation
from tests import records as make
from tests.factories import make_user

LIVE = {"state": PostingState.PUBLISHED, "valid_until": date.today() + timedelta(days=90)}  # noqa: DTZ011 - tests


@pytest.fixture
def registry(session: Session, instance: Instance) -> Session:
    """Two firms of which one offers a cockpit controller in Chinese only, and asks for a head-up display."""
    make.add_taxonomy(session)
    firm = make.organisation(
        session,
        name_zh="重庆华东新材料有限公司",
        name_en="Huadong Materials",
        uscc=make.CREDIT_CODE,
        district_code="500112",
        staff=50,
        summary_zh="做碳陶刹车盘",
    )
    other = make.organisation(
        session, name_zh="四川山城电池有限公司", kind=OrganisationKind.LAB, district_code="500107"
    )
    make.offer(
        session, firm, capabilities=["cockpit-controller"], title_zh="域控批量供货", trl_low=7, trl_high=9, **LIVE
    )
    make.offer(session, other, title_zh="已到期的域控", **LIVE | {"valid_until": date(2020, 1, 1)})
    make.offer(session, other, title_zh="未发布的域控")
    make.need(session, firm, capabilities=["head-up-display"], title_zh="寻找抬头显示合作方", **LIVE)
    session.add(Facility(organisation_id=other.id, name_zh="电芯中试线", summary_zh="电芯"))
    session.add(Certification(organisation_id=firm.id, scheme_code="high-tech", valid_until=date(2099, 1, 1)))
    session.commit()
    refresh(instance)
    return session


@pytest.fixture
def reader_of_pages(registry: Session, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    person = make_user()
    registry.add(person)
    registry.commit()
    browser = sign_in(person)
    browser.set_cookie("lang", "en")
    return browser


def page(browser: FlaskClient, **asked: object) -> str:
    response = browser.get("/search", query_string=asked)
    assert response.status_code == 200, response.text
    return " ".join(response.text.split())


def the_firm(session: Session) -> Organisation:
    return session.exec(select(Organisation).where(Organisation.name_zh == "重庆华东新材料有限公司")).one()


def results_on(text: str) -> int:
    """How many results the page shows."""
    return text.count('class="panel result"')


def test_a_visitor_is_asked_to_sign_in(client, registry):
    response = client.get("/search?q=x")

    assert response.status_code == 302
    assert "/account/sign-in" in response.location


def test_without_words_everything_open_is_listed(reader_of_pages):
    shown = page(reader_of_pages)

    assert "5 results" in shown
    assert "未发布" not in shown
    assert "已到期" not in shown


@pytest.mark.parametrize("typed", ["hdxcl", "huadong", "华东", "華東新材料", "Huadong", make.CREDIT_CODE.lower()])
def test_an_organisation_is_found_by_its_names_pinyin_and_code(reader_of_pages, typed):
    shown = page(reader_of_pages, q=typed, record="organisation")

    assert results_on(shown) == 1
    assert "Materials" in shown


def test_an_english_capability_finds_offers_that_are_in_chinese_only(reader_of_pages):
    shown = page(reader_of_pages, q="cockpit domain controller", record="offer")

    assert results_on(shown) == 1
    assert "<mark>Cockpit</mark> <mark>domain</mark> <mark>controller</mark> development" in shown


def test_who_offers_it_is_found_with_it(reader_of_pages):
    shown = page(reader_of_pages, q="cockpit domain controller", record="organisation")

    assert "Huadong Materials" in shown


def test_what_people_wrote_is_text_and_never_markup(reader_of_pages, registry):
    make.organisation(registry, name_zh="<script>alert(1)</script>甲乙丙")
    registry.commit()

    shown = page(reader_of_pages, q="甲乙丙")

    assert "<script>alert(1)" not in shown
    assert "&lt;script&gt;" in shown


@pytest.mark.parametrize("typed", ['"', "*", "%", "_", "\\", "NEAR(", "a AND", "'; DROP TABLE", "\x00", "😀", "..."])
def test_odd_signs_are_no_error(reader_of_pages, typed):
    page(reader_of_pages, q=typed, page="-1", sort="sideways", kind="nobody", trl="12")


def test_facets_narrow_and_count(reader_of_pages):
    shown = page(reader_of_pages, kind="lab")

    assert "2 results" in shown
    assert '<span>SME</span><span class="count">3</span>' in shown  # its own choice does not empty a facet
    assert '<span>Jiulongpo</span><span class="count">2</span>' in shown
    assert "Yubei</span>" not in shown


def test_a_certificate_and_a_readiness_band_are_facets(reader_of_pages):
    assert results_on(page(reader_of_pages, certification="high-tech", record="organisation")) == 1
    assert results_on(page(reader_of_pages, trl="7-9")) == 1
    assert results_on(page(reader_of_pages, trl="1-3")) == 0


def test_a_closed_district_neither_finds_nor_counts(reader_of_pages, registry):
    firm = the_firm(registry)
    assert "Yubei</span>" in page(reader_of_pages)
    registry.add(FieldGrade(organisation_id=firm.id, field="district_code", grade=Grade.CLOSED))
    touch(registry, firm)
    registry.commit()

    assert "Yubei" not in page(reader_of_pages)
    assert results_on(page(reader_of_pages, place="500112")) == 0
    assert results_on(page(reader_of_pages, q="渝北")) == 0
    assert results_on(page(reader_of_pages, q="华东", record="organisation")) == 1


@pytest.mark.parametrize(
    ("field", "asked"),
    [
        ("uscc", {"q": make.CREDIT_CODE}),
        ("summary_zh", {"q": "碳陶刹车盘"}),
        ("certifications", {"certification": "high-tech"}),
        ("staff", {"size": "small"}),
    ],
)
def test_a_field_that_is_not_open_makes_no_hit(reader_of_pages, registry, field, asked):
    assert results_on(page(reader_of_pages, record="organisation", **asked)) == 1
    firm = the_firm(registry)
    registry.add(FieldGrade(organisation_id=firm.id, field=field, grade=Grade.CONDITIONAL))
    touch(registry, firm)
    registry.commit()

    assert results_on(page(reader_of_pages, record="organisation", **asked)) == 0


def test_a_new_offer_is_found_with_the_next_request(reader_of_pages, registry):
    assert results_on(page(reader_of_pages, q="BMS software")) == 0
    firm = the_firm(registry)
    new = make.offer(registry, firm, title_zh="电池软件", **LIVE)
    registry.add(OfferCapability(offer_id=new.id, capability_code="bms-software", level=4))
    touch(registry, firm)
    registry.commit()

    assert "电池软件" in page(reader_of_pages, q="BMS software")


def test_names_stand_in_the_order_of_pinyin(reader_of_pages):
    shown = page(reader_of_pages, record="organisation", sort="name")

    # chong qing before si chuan
    assert shown.index("重庆华东") < shown.index("四川山城")


def test_a_long_list_has_pages_with_the_total(reader_of_pages, registry):
    for number in range(25):
        make.organisation(registry, name_zh=f"长列表{number}号厂")
    registry.commit()

    first, second = page(reader_of_pages, q="长列表"), page(reader_of_pages, q="长列表", page="2")

    assert "25 results" in first
    assert (results_on(first), results_on(second)) == (20, 5)
    assert "q=%E9%95%BF%E5%88%97%E8%A1%A8&amp;page=2" in first or "page=2&amp;q=" in first


def test_where_nothing_is_found_the_page_says_what_would_help(reader_of_pages):
    shown = page(reader_of_pages, q="抬头显示", kind="fund", place="500107")

    assert "Nothing found" in shown
    assert "Without any filter" in shown
    assert "Describe a need" in shown


def test_a_filter_to_drop_comes_with_the_count_it_gives(reader_of_pages):
    shown = page(reader_of_pages, q="抬头显示", kind="lab")

    assert "Without “Kind of organisation”" in shown
    assert "1 result<" in shown


def test_a_capability_that_nobody_has_leads_to_one_beside_it(reader_of_pages):
    shown = page(reader_of_pages, capability="head-up-display", record="facility")

    assert "Look for a near capability" not in shown  # at that node no facility is open either
    assert "Look for a near capability" in page(reader_of_pages, capability="head-up-display", record="offer")


def test_a_chip_takes_its_filter_away(reader_of_pages):
    shown = page(reader_of_pages, q="域控", trl="7-9")

    assert 'class="chip" href="/search?q=%E5%9F%9F%E6%8E%A7"' in shown
