"""The profile in four steps, and the page that others see."""

from datetime import timedelta

import pytest
from sqlmodel import select

from matchmaker.services.calendar import today
from models.base import new_id
from models.enums import Grade
from models.organisations import Certification, FieldGrade, Organisation, OrganisationNode, PatentCount
from tests import records as make
from tests.web.conftest import post

STEPS = ("identity", "activity", "figures", "contact")
GRADES = {
    f"grade_{field}": "conditional"
    for field in ["contact_name", "contact_email", "contact_phone", "rd_staff_share", "rd_ratio", "round_figures"]
} | {f"grade_{field}": "open" for field in ["staff", "revenue_band", "capacity", "patents", "projects", "rounds"]}


@pytest.fixture(autouse=True)
def taxonomy(session):
    make.add_taxonomy(session)
    session.commit()


@pytest.fixture
def editor(sign_in, owner):
    return sign_in(owner)


@pytest.fixture
def stranger(session, sign_in):
    person = make.person(session)
    session.commit()
    return sign_in(person)


def read(session, organisation):
    session.rollback()  # a new transaction, so that it sees what the app has committed
    session.expire_all()
    return session.get_one(Organisation, organisation.id)


def test_the_four_steps_fill_a_profile(editor, session, organisation):
    here = f"/organisations/{organisation.id}/profile"

    assert (
        post(
            editor, f"{here}/identity", {"kind": "sme", "name_zh": "两江智驾", "founded_on": "2019-05-18", "version": 1}
        ).location
        == f"{here}/activity"
    )
    assert (
        post(editor, f"{here}/activity", {"summary_zh": "做座舱域控制器", "node_codes": ["nev-cockpit"]}).location
        == f"{here}/figures"
    )
    assert (
        post(editor, f"{here}/figures", {"staff": "86", "rd_ratio": "6.5", "capacity": "0"}).location
        == f"{here}/certifications"
    )
    assert post(editor, f"{here}/contact", {"contact_name": "李工", **GRADES}).location == here

    filled = read(session, organisation)
    assert (filled.name_zh, filled.staff, filled.rd_ratio, filled.capacity) == ("两江智驾", 86, 0.065, 0)
    assert filled.rd_staff_share is None
    assert [node.node_code for node in session.exec(select(OrganisationNode))] == ["nev-cockpit"]
    assert {grade.field for grade in session.exec(select(FieldGrade))} == {
        "contact_name",
        "contact_email",
        "contact_phone",
    }
    page = editor.get(here).text
    assert "6.5%" in page
    assert "李工" in page


def test_the_check_page_names_the_next_field_and_what_it_changes(editor, organisation):
    page = editor.get(f"/organisations/{organisation.id}/profile").text

    assert "下一项：已发布供给中的能力标签" in page
    assert "+30%" in page


@pytest.mark.parametrize("step", STEPS)
def test_strangers_may_not_edit(stranger, organisation, step):
    url = f"/organisations/{organisation.id}/profile/{step}"

    assert stranger.get(url).status_code == 403
    assert post(stranger, url, {"name_zh": "夺舍", "kind": "sme"}).status_code == 403


def test_wrong_figures_are_named_and_kept(editor, session, organisation):
    typed = {"staff": "八十六", "rd_ratio": "650", "capacity": "-3"}
    response = post(editor, f"/organisations/{organisation.id}/profile/figures", typed)

    assert response.status_code == 422
    for value in typed.values():
        assert f'value="{value}"' in response.text
    assert read(session, organisation).staff is None


def test_a_stale_edit_shows_the_difference_keeps_the_input_and_can_be_sent_again(editor, session, organisation):
    url = f"/organisations/{organisation.id}/profile/figures"
    opened = organisation.version
    assert post(editor, url, {"staff": "20", "version": opened}).status_code == 302

    conflict = post(editor, url, {"staff": "15", "version": opened})

    assert conflict.status_code == 409
    assert 'value="15"' in conflict.text
    assert "<td>20</td><td>15</td>" in conflict.text
    now = read(session, organisation)
    assert now.staff == 20
    assert f'name="version" type="hidden" value="{now.version}"' in conflict.text
    assert post(editor, url, {"staff": "15", "version": now.version}).status_code == 302
    assert read(session, organisation).staff == 15


def test_a_draft_of_a_step_survives_leaving(editor, session, organisation):
    url = f"/organisations/{organisation.id}/profile/activity"

    assert post(editor, url, {"summary_zh": "写到一半", "action": "save"}).location == url

    assert "写到一半" in editor.get(url).text
    assert read(session, organisation).summary_zh == ""


def test_certifications_and_patents_come_and_go(editor, session, organisation):
    here = f"/organisations/{organisation.id}/profile"

    twice = {"scheme_code": "high-tech", "issued_on": "2024-01-01", "valid_until": "2027-01-01"}
    assert post(editor, f"{here}/certifications", twice).status_code == 302
    assert post(editor, f"{here}/certifications", twice).status_code == 422
    assert post(editor, f"{here}/certifications", {"scheme_code": ""}).status_code == 422
    assert post(editor, f"{here}/patents", {"ipc_class": "H01M", "granted": "2", "applied": "1"}).status_code == 302
    assert post(editor, f"{here}/patents", {"ipc_class": "电池", "granted": "2"}).status_code == 422
    assert "高新技术企业" in editor.get(f"{here}/certifications").text

    held, count = session.exec(select(Certification)).one(), session.exec(select(PatentCount)).one()
    assert post(editor, f"{here}/certifications/{held.id}/remove").status_code == 302
    assert post(editor, f"{here}/certifications/{held.id}/remove").status_code == 404
    assert post(editor, f"{here}/patents/{count.id}/remove").status_code == 302
    session.rollback()  # a new transaction, so that it sees what the app has committed
    assert session.exec(select(Certification)).all() == []


def test_others_see_a_lock_where_a_field_is_not_theirs(editor, stranger, session, organisation):
    organisation.contact_email, organisation.staff = "geheim@example.com", 86
    session.add(organisation)
    session.add(FieldGrade(organisation_id=organisation.id, field="staff", grade=Grade.CONDITIONAL))
    session.commit()

    theirs, ours = (one.get(f"/organisations/{organisation.id}").text for one in (stranger, editor))

    assert "geheim@example.com" not in theirs
    assert ">86<" not in theirs
    assert "有条件开放，可申请查看" in theirs
    assert "不予开放" in theirs
    assert "geheim@example.com" in ours
    assert "有条件开放" not in ours


def test_the_page_shows_certifications_with_their_validity_and_live_postings_only(stranger, session, organisation):
    ended = today() - timedelta(days=1)
    session.add(Certification(organisation_id=organisation.id, scheme_code="high-tech", valid_until=ended))
    make.offer(session, organisation, title_zh="未发布的草稿")
    session.commit()

    page = stranger.get(f"/organisations/{organisation.id}").text

    assert "高新技术企业" in page
    assert "已过期" in page
    assert "未发布的草稿" not in page


def test_an_unknown_organisation_is_not_found(stranger):
    assert stranger.get(f"/organisations/{new_id()}").status_code == 404
    assert stranger.get("/organisations/not-an-id").status_code == 404


def test_a_website_is_a_link_only_when_it_is_one(editor, session, organisation):
    url = f"/organisations/{organisation.id}/profile/identity"

    for website in ("javascript:alert(1)", "JavaScript://x.cn/%0aalert(1)", "data:text/html,x"):
        assert post(editor, url, {"kind": "sme", "name_zh": "名", "website": website}).status_code == 422
    organisation.website = "javascript:alert(1)"  # as an import may have brought it
    session.add(organisation)
    session.commit()
    assert 'href="javascript' not in editor.get(f"/organisations/{organisation.id}").text


def test_a_form_opened_before_a_colleague_closed_a_field_does_not_open_it_again(editor, session, organisation):
    here = f"/organisations/{organisation.id}/profile/contact"
    post(editor, here, GRADES | {"grade_staff": "closed", "version": 1})

    late = post(editor, here, GRADES | {"contact_name": "李工", "version": 1})

    session.rollback()
    own = select(FieldGrade).where(FieldGrade.organisation_id == organisation.id, FieldGrade.field == "staff")
    assert late.status_code == 409
    assert session.exec(own).one().grade is Grade.CLOSED


@pytest.mark.parametrize("digits", ["1" + "0" * 400, "9" * 5000])
def test_a_number_too_long_to_be_one_is_named_at_its_field(editor, organisation, digits):
    for step, field in (("figures", "staff"), ("patents", "granted")):
        answer = post(editor, f"/organisations/{organisation.id}/profile/{step}", {"ipc_class": "H01M", field: digits})
        assert answer.status_code == 422, field
