"""Finding, claiming and entering an organisation, and the workbench that leads there."""

from pathlib import Path

import pytest
from sqlmodel import select

from models.accounts import Draft, Membership, OrganisationClaim
from models.enums import ClaimState, Grade, MembershipRole, OrganisationState
from models.organisations import FieldGrade, Organisation
from tests import records as make
from tests.factories import make_offer
from tests.web.conftest import post

NEW = {"kind": "sme", "name_zh": "重庆两江智驾有限公司", "uscc": make.CREDIT_CODE, "district_code": "500112"}


@pytest.fixture(autouse=True)
def taxonomy(session):
    make.add_taxonomy(session)
    session.commit()


@pytest.fixture
def newcomer(session, sign_in):
    person = make.person(session)
    session.commit()
    return sign_in(person)


def test_a_newcomer_is_led_to_their_organisation(newcomer):
    page = newcomer.get("/home")

    assert page.status_code == 200
    assert "/organisations/join" in page.text


def test_a_visitor_is_asked_to_sign_in(client):
    assert "/account/sign-in" in client.get("/home").location


def test_a_wrong_check_character_is_named_and_the_input_kept(newcomer):
    page = newcomer.get("/organisations/join?uscc=91500000MA5U000011")

    assert page.status_code == 422
    assert 'value="91500000MA5U000011"' in page.text
    assert "校验" in page.text


def test_a_known_code_leads_to_the_claim_and_an_unknown_one_to_the_entry(newcomer, session):
    known = make.organisation(session, uscc=make.CREDIT_CODE)
    session.commit()

    assert newcomer.get(f"/organisations/join?uscc={make.CREDIT_CODE}").location == f"/organisations/{known.id}/claim"
    entry = newcomer.get(f"/organisations/join?uscc={make.OTHER_CREDIT_CODE}", follow_redirects=True)
    assert make.OTHER_CREDIT_CODE in entry.text


def test_entering_an_organisation_makes_its_owner_and_goes_on_with_the_profile(newcomer, session):
    response = post(newcomer, "/organisations/new", NEW)

    organisation = session.exec(select(Organisation)).one()
    assert response.location == f"/organisations/{organisation.id}/profile/activity"
    assert session.exec(select(Membership)).one().role is MembershipRole.OWNER
    assert newcomer.get(response.location).status_code == 200
    assert "重庆两江智驾有限公司" in newcomer.get("/home").text


def test_a_missing_name_keeps_what_was_typed(newcomer, session):
    response = post(newcomer, "/organisations/new", {**NEW, "name_zh": "", "address": "仙桃数据谷"})

    assert response.status_code == 422
    assert "仙桃数据谷" in response.text
    assert "<title>错误" in response.text
    assert session.exec(select(Organisation)).all() == []


def test_a_namesake_is_offered_for_claiming_before_it_is_entered_twice(newcomer, session):
    first = make.organisation(session, name_zh="重庆两江智驾股份有限公司", name_key="重庆两江智驾")
    session.commit()

    asked = post(newcomer, "/organisations/new", NEW)
    assert asked.status_code == 422
    assert f"/organisations/{first.id}/claim" in asked.text

    assert post(newcomer, "/organisations/new", {**NEW, "is_new": "y"}).status_code == 302
    assert len(session.exec(select(Organisation)).all()) == 2


def test_a_draft_survives_leaving_and_ends_with_the_entry(newcomer, session):
    kept = post(newcomer, "/organisations/new", {"name_zh": "半个名", "founded_on": "不记得", "action": "save"})
    assert kept.location == "/home"
    assert "/organisations/new" in newcomer.get("/home").text

    again = newcomer.get("/organisations/new").text
    assert "半个名" in again
    assert "不记得" in again
    post(newcomer, "/organisations/new", NEW)
    session.rollback()
    assert session.exec(select(Draft)).all() == []


def test_a_script_keeps_drafts_of_known_forms_only(newcomer):
    assert post(newcomer, "/drafts/new", {"name_zh": "边写边存"}).status_code == 204
    assert "边写边存" in newcomer.get("/organisations/new").text
    assert post(newcomer, "/drafts/new/discard", {"next": "//evil.example"}).location == "/"
    assert "边写边存" not in newcomer.get("/organisations/new").text
    assert post(newcomer, "/drafts/anything", {"a": "b"}).status_code == 404
    assert post(newcomer, "/drafts/new", {"name_zh": "长" * 100_001}).status_code == 422


def test_a_claim_waits_for_an_officer(newcomer, session):
    organisation = make.organisation(session)
    session.commit()
    url = f"/organisations/{organisation.id}/claim"

    assert post(newcomer, url, {"statement": ""}).status_code == 422
    assert post(newcomer, url, {"statement": "我是总经理，可致电核实"}).location == "/home"
    assert session.exec(select(OrganisationClaim)).one().state is ClaimState.PENDING
    assert organisation.name_zh in newcomer.get("/home").text
    assert post(newcomer, url, {"statement": "再来一次"}).status_code == 422
    assert newcomer.get(f"/organisations/{organisation.id}/profile").status_code == 403


def test_the_workbench_of_a_member_shows_what_comes_next(session, sign_in, organisation, owner):
    make.need(session, organisation)
    session.commit()

    page = sign_in(owner).get("/home").text

    assert "寻找抬头显示合作方" in page
    assert f"/organisations/{organisation.id}/offers/new" in page
    assert "/partners/needs/" in page


def test_the_script_that_keeps_drafts_is_small():
    script = Path(__file__).parents[2] / "web/static/js/drafts.js"

    assert len(script.read_bytes()) < 3_000


def test_the_claim_page_shows_no_credit_code_that_is_not_open(newcomer, session, organisation):
    organisation.uscc = make.CREDIT_CODE
    session.add(FieldGrade(organisation_id=organisation.id, field="uscc", grade=Grade.CLOSED))
    session.commit()

    assert make.CREDIT_CODE not in newcomer.get(f"/organisations/{organisation.id}/claim").text


@pytest.mark.parametrize("state", [OrganisationState.DRAFT, OrganisationState.CLOSED, OrganisationState.MERGED])
def test_an_organisation_that_is_not_active_does_not_exist_for_strangers(newcomer, session, organisation, state):
    offer = make_offer(organisation)
    organisation.state = state
    session.add_all([organisation, offer])
    session.commit()

    here = f"/organisations/{organisation.id}"

    for url in (here, f"{here}/claim", f"{here}/offers", f"{here}/needs", f"/offers/{offer.id}"):
        assert newcomer.get(url).status_code == 404, url
    assert post(newcomer, f"{here}/claim", {"statement": "我是总经理"}).status_code == 404
