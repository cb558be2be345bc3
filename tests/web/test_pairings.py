"""The officer's pages of pairings: the plan with its reasons, taking it over, deciding a pair."""

import pytest
from sqlmodel import select

from models.consortia import Pairing
from models.enums import PairingType, PlatformRole, SeatState
from tests.factories import make_user
from tests.pairing_records import add_institution, add_park, add_tenant_need, add_ways
from tests.records import add_taxonomy
from tests.web.conftest import post

URL = "/officer/pairings/"
BOUNDS = {"parks_at_most": "2", "institutions_at_most": "3", "least_fit": "30"}


@pytest.fixture
def city(session):
    add_taxonomy(session)
    add_ways(session)
    park = add_park(session, name_zh="座舱产业园")
    institution, _offer = add_institution(session, name_zh="座舱服务中心", capability="cockpit-controller")
    add_tenant_need(session)
    session.commit()
    return park, institution


@pytest.fixture
def officer(session, city, sign_in):
    user = make_user(PlatformRole.OFFICER)
    session.add(user)
    session.commit()
    return sign_in(user)


def stored(session) -> list[Pairing]:
    session.rollback()
    return list(session.exec(select(Pairing)).all())


def test_the_plan_shows_who_is_paired_with_whom_and_why(officer):
    page = officer.get(URL).text

    assert "座舱产业园" in page
    assert "座舱服务中心" in page
    assert "园区所在区县企业的1项需求中，其供给能触达1项" in page
    assert "园区没有发布此类需求" in page


def test_looking_at_the_plan_stores_nothing_and_taking_it_over_does(session, officer):
    officer.get(URL)
    assert stored(session) == []

    response = post(officer, f"{URL}adopt", BOUNDS, follow_redirects=True)

    assert "方案已采用：新增1对，撤下0对。" in response.text
    (pairing,) = stored(session)
    assert (pairing.type, pairing.state) == (PairingType.COMMON_TECHNOLOGY, SeatState.PROPOSED)


def test_a_pair_is_agreed_on_its_own_page(session, officer):
    post(officer, f"{URL}adopt", BOUNDS)
    (pairing,) = stored(session)

    shown = officer.get(f"{URL}{pairing.id}")
    saved = post(officer, f"{URL}{pairing.id}", {"state": "accepted", "note": "", "version": pairing.version})

    assert "目前的依据" in shown.text
    assert saved.status_code == 302
    assert stored(session)[0].state is SeatState.ACCEPTED


def test_turning_down_without_a_word_is_told_at_the_note(session, officer):
    post(officer, f"{URL}adopt", BOUNDS)
    (pairing,) = stored(session)

    response = post(officer, f"{URL}{pairing.id}", {"state": "declined", "note": "", "version": pairing.version})

    assert response.status_code == 422
    assert 'id="note-error"' in response.text
    assert stored(session)[0].state is SeatState.PROPOSED


def test_a_pair_can_be_added_by_hand(session, officer, city):
    park, institution = city

    response = post(
        officer,
        f"{URL}records",
        {"institution": institution.id, "park": park.id, "type": "incubation", "note": "已签约"},
        follow_redirects=True,
    )

    assert response.status_code == 200
    assert "该机构没有此类有效供给，因此没有匹配度。" in response.text
    assert stored(session)[0].note == "已签约"


@pytest.mark.parametrize(
    "query",
    ["least_fit=200", "least_fit=x&parks_at_most=&institutions_at_most=0", "page=99", "page=-1", "least_fit=nan"],
)
def test_an_odd_address_gets_an_answer_and_no_failure(officer, query):
    assert officer.get(f"{URL}?{query}").status_code in (200, 422)


def test_a_pair_that_does_not_exist_is_not_found(officer):
    assert officer.get(f"{URL}01890000-0000-7000-8000-000000000000").status_code == 404


def test_a_park_without_anybody_is_named_with_the_reason(session, officer):
    add_park(session, "nev-bms", name_zh="孤单产业园", district_code="500107")
    session.commit()

    page = officer.get(f"{URL}?parks_at_most=1&institutions_at_most=1&least_fit=90").text

    assert "没有机构结对的园区" in page
    assert "孤单产业园" in page
