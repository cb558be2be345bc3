"""A certification that its organisation keeps back is opened by who reads it for them, and the account says so."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from matchmaker.services.calendar import today
from models.audit import AuditEntry
from models.enums import Grade, PlatformRole
from models.organisations import Certification, FieldGrade
from tests.factories import make_member, make_user
from tests.records import add_taxonomy
from tests.web.conftest import post


@pytest.fixture
def officer(session, sign_in):
    user = make_user(PlatformRole.OFFICER)
    session.add(user)
    session.commit()
    return sign_in(user)


@pytest.fixture
def held(session, organisation):
    add_taxonomy(session)
    certification = Certification(
        organisation_id=organisation.id, scheme_code="high-tech", number="GR1", issued_on=date(2025, 1, 1)
    )
    session.add(certification)
    session.add(FieldGrade(organisation_id=organisation.id, field="certifications", grade=Grade.CLOSED))
    session.commit()
    return certification


def opened(session):
    """Of which certifications the account says that somebody opened them."""
    session.rollback()
    entries = select(AuditEntry).where(AuditEntry.action == "certification.open")
    return [entry.subject_id for entry in session.exec(entries)]


def test_a_certification_that_is_kept_back_is_opened_to_verify_it_and_the_account_says_so(
    officer, session, organisation, held
):
    url = f"/officer/registry/certifications/{held.id}"
    unseen_page = officer.get(url).text
    unseen = unseen_page + officer.get("/officer/registry/certifications").text
    answers = {"outcome": "verified", "held_against": "名单", "version": "1"}
    blind = post(officer, url, answers)

    post(officer, f"{url}/open", {})

    seen = officer.get(url).text
    assert "GR1" not in unseen
    assert "未核验" not in unseen_page
    assert blind.status_code == 422
    assert "GR1" in seen
    assert "未核验" in seen
    assert opened(session) == [str(held.id)]
    assert post(officer, url, answers).status_code == 302


def test_an_officer_who_keeps_a_profile_opens_what_is_kept_back_first_and_its_owner_need_not(
    officer, session, sign_in, owner, organisation, held
):
    url = f"/organisations/{organisation.id}/profile/certifications/{held.id}"
    desk_url = f"/officer/registry/certifications/{held.id}"

    led = officer.get(url)
    stale = post(officer, url, {"number": "GR2", "version": "0"})
    post(officer, f"{desk_url}/open", {})

    assert (led.status_code, led.location) == (302, desk_url)
    assert stale.status_code == 422
    assert "GR1" not in stale.text
    assert "GR2" in stale.text
    assert "GR1" in officer.get(url).text
    assert "GR1" in sign_in(owner).get(url).text
    assert opened(session) == [str(held.id)]


def test_an_officer_reads_what_the_own_organisation_keeps_back_in_queue_and_on_the_page_and_does_not_verify_it(
    session, sign_in, organisation, held
):
    user = make_user(PlatformRole.OFFICER)
    session.add_all([user, make_member(user, organisation)])
    session.commit()
    officer, url = sign_in(user), f"/officer/registry/certifications/{held.id}"

    page = officer.get(url).text

    assert "GR1" in page
    assert "GR1" in officer.get("/officer/registry/certifications").text
    assert 'name="outcome"' not in page
    assert opened(session) == []


def test_what_a_firm_holds_and_until_when_is_told_by_queue_and_profile_once_it_is_opened(
    officer, session, organisation, held
):
    held.valid_until = today() + timedelta(days=30)
    session.commit()
    until = f"{held.valid_until.year}年{held.valid_until.month}月{held.valid_until.day}日"
    desk = "/officer/registry/certifications"
    profile = f"/organisations/{organisation.id}"
    pages = [desk, f"{desk}/{held.id}", profile, f"{profile}/profile", f"{profile}/profile/certifications"]
    filtered = [f"{desk}?part=ending", f"{desk}?scheme=high-tech"]

    def told():
        return [until in officer.get(url).text for url in pages]

    def listed():
        return [f"{desk}/{held.id}" in officer.get(url).text for url in filtered]

    before = (told(), listed())
    masked = [officer.get(url).text for url in pages]
    post(officer, f"{desk}/{held.id}/open", {})

    assert before == ([False] * 5, [False] * 2)
    assert all("未公开的资质" in page for page in masked[1:])
    assert f"{desk}/{held.id}" in masked[0]
    assert (told(), listed()) == ([True] * 5, [True] * 2)


def test_an_administrator_who_verifies_learns_no_more_than_an_officer(session, sign_in, held):
    user = make_user(PlatformRole.ADMINISTRATOR)
    session.add(user)
    session.commit()

    page = sign_in(user).get(f"/officer/registry/certifications/{held.id}").text

    assert "未公开的资质" in page
    assert "高新技术企业" not in page
