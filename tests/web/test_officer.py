"""The claims desk."""

import pytest
from sqlmodel import Session, select

from models.accounts import Membership, OrganisationClaim
from models.base import new_id
from models.enums import ClaimState, MembershipRole, PlatformRole
from models.jobs import ImportBatch
from tests.factories import make_user
from tests.web.conftest import post
from tests.web.test_base import assert_well_formed


@pytest.fixture
def claim(session: Session, organisation) -> OrganisationClaim:
    person = make_user(name="林晓雨")
    session.add(person)
    session.flush()
    claim = OrganisationClaim(user_id=person.id, organisation_id=organisation.id, statement="<b>研发总监</b>")
    session.add(claim)
    session.commit()
    return claim


@pytest.fixture
def desk(session, sign_in):
    officer = make_user(PlatformRole.OFFICER)
    session.add(officer)
    session.commit()
    return sign_in(officer)


def test_the_desk_lists_who_waits(desk, claim, organisation):
    page = desk.get("/officer/claims").text

    assert organisation.name_zh in page
    assert "林晓雨" in page
    assert_well_formed(page)


@pytest.mark.parametrize("state", ["approved", "declined", "nonsense"])
def test_the_other_lists_say_that_they_are_empty_or_fall_back(desk, state):
    page = desk.get(f"/officer/claims?state={state}").text

    assert "暂无认领申请" in page


def test_what_the_person_wrote_is_shown_as_text(desk, claim):
    page = desk.get(f"/officer/claims/{claim.id}").text

    assert "&lt;b&gt;研发总监" in page
    assert_well_formed(page)


def test_an_approved_person_may_act_for_the_organisation(desk, session, claim, organisation):
    response = post(desk, f"/officer/claims/{claim.id}/approve")

    assert response.status_code == 302
    membership = session.exec(select(Membership).where(Membership.user_id == claim.user_id)).one()
    assert (membership.organisation_id, membership.role) == (organisation.id, MembershipRole.OWNER)


def test_who_declines_says_why(desk, session, claim):
    silent = post(desk, f"/officer/claims/{claim.id}/decline", {"decision_note": "  "})
    told = post(desk, f"/officer/claims/{claim.id}/decline", {"decision_note": "请上传授权书"})

    assert silent.status_code == 422
    assert "请向申请人说明原因" in silent.text
    assert_well_formed(silent.text)
    assert told.status_code == 302
    session.expire_all()
    assert session.get_one(OrganisationClaim, claim.id).state is ClaimState.DECLINED
    assert "请上传授权书" in desk.get(f"/officer/claims/{claim.id}").text


def test_a_claim_is_decided_once(desk, session, claim):
    post(desk, f"/officer/claims/{claim.id}/decline", {"decision_note": "理由"})

    response = post(desk, f"/officer/claims/{claim.id}/approve")

    assert response.status_code == 422
    assert session.exec(select(Membership)).all() == []


def test_a_claim_that_does_not_exist_is_not_found(desk):
    assert desk.get(f"/officer/claims/{new_id()}").status_code == 404
    assert post(desk, f"/officer/claims/{new_id()}/approve").status_code == 404


def test_the_imports_page_offers_templates_and_lists_what_came_in(desk, session):
    session.add(ImportBatch(kind="organisations", file_name="<b>企业名录</b>.xlsx", sha256="0" * 64, created=12))
    session.commit()

    page = desk.get("/officer/imports").text

    assert "&lt;b&gt;企业名录&lt;/b&gt;.xlsx" in page
    assert "/officer/imports/templates/funds.xlsx" in page
    assert_well_formed(page)


@pytest.mark.parametrize(("name", "start"), [("offers.csv", b"\xef\xbb\xbf"), ("offers.xlsx", b"PK")])
def test_a_template_can_be_downloaded(desk, name, start):
    answer = desk.get(f"/officer/imports/templates/{name}")

    assert answer.status_code == 200
    assert answer.data.startswith(start)
    assert name in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("name", ["secrets.csv", "offers.exe", "..%2Foffers.csv"])
def test_there_are_no_other_templates(desk, name):
    assert desk.get(f"/officer/imports/templates/{name}").status_code == 404
