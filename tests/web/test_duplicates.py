"""Two records of one organisation on the registry desk: found, compared, merged, and put back."""

import pytest
from sqlmodel import Session, select

from matchmaker.jobs import running
from matchmaker.services.actors import PLATFORM
from matchmaker.services.duplicates import finding, merging
from matchmaker.worker.kinds import KINDS
from models.accounts import Membership
from models.enums import DuplicateState, JobState, MembershipRole, OrganisationState, PlatformRole
from models.jobs import Job
from models.organisations import Certification, Organisation, PatentCount
from models.registry import DuplicatePair, OrganisationMerge
from tests.factories import make_offer, make_organisation, make_user
from tests.web.conftest import post

QUEUE = "/officer/registry/duplicates"


@pytest.fixture
def officer(session: Session):
    user = make_user(PlatformRole.OFFICER)
    session.add(user)
    session.commit()
    return user


@pytest.fixture
def desk(sign_in, officer):
    return sign_in(officer)


@pytest.fixture
def twins(session: Session):
    first = make_organisation(name_zh="重庆云岭智能座舱有限公司", uscc=None, staff=120)
    second = make_organisation(name_zh="重庆云岭智能座舱股份有限公司", uscc=None, website="https://yunling.example")
    session.add_all([first, second])
    session.flush()
    session.add(make_offer(second))
    finding.keep(session, finding.find_all(session, PLATFORM))
    session.commit()
    return first, second


@pytest.fixture
def pair(session: Session, twins):
    return session.exec(select(DuplicatePair)).one()


def merge(desk, pair, twins, **data):
    kept, merged = twins
    versions = {"pair_version": pair.version, "kept_version": kept.version, "merged_version": merged.version}
    return post(desk, f"{QUEUE}/{pair.id}/merge", {"kept": str(kept.id), **versions, **data})


def test_the_search_is_asked_for_by_a_button_and_fills_the_queue(desk, instance, session):
    session.add_all([make_organisation(name_zh="重庆山城传感器有限公司", uscc=None) for _ in range(2)])
    session.commit()

    response = post(desk, f"{QUEUE}/find")
    job_id, handover = session.exec(select(Job.id, Job.handover)).one()
    session.rollback()
    running.carry_out(instance, KINDS, job_id, handover, worker="test")

    assert response.headers["Location"] == f"/jobs/{job_id}"
    assert "1 对记录待判定" in desk.get(f"/jobs/{job_id}").text
    assert "重庆山城传感器有限公司" in desk.get(QUEUE).text
    session.rollback()
    assert session.exec(select(Job.state)).one() is JobState.DONE


def test_the_pair_is_shown_side_by_side_with_its_grounds_and_what_would_move(desk, pair, twins):
    page = desk.get(f"{QUEUE}/{pair.id}").text

    assert "名称相同" in page
    assert "120" in page
    assert "https://yunling.example" in page
    assert "技术供给" in page


def test_the_officer_is_told_who_would_act_for_the_kept_record(desk, session, pair, twins):
    newcomer = make_user()
    newcomer.name = "自荐人"
    session.add(newcomer)
    session.flush()
    session.add(Membership(user_id=newcomer.id, organisation_id=twins[1].id, role=MembershipRole.OWNER))
    session.commit()

    page = desk.get(f"{QUEUE}/{pair.id}?keep={twins[0].id}").text
    other = desk.get(f"{QUEUE}/{pair.id}?keep={twins[1].id}").text

    assert "自荐人" in page
    assert "自荐人" not in other


def test_an_administrator_sees_of_a_pair_only_what_is_open(desk, session, pair, twins, sign_in):
    administrator = make_user(PlatformRole.ADMINISTRATOR)
    session.add(administrator)
    twins[0].contact_phone = "023-97319731"
    twins[1].contact_phone = "023-97319732"
    session.commit()

    page = sign_in(administrator).get(f"{QUEUE}/{pair.id}").text

    assert "0239731973" not in page.replace("-", "")
    assert "0239731973" in desk.get(f"{QUEUE}/{pair.id}").text.replace("-", "")


def test_merging_moves_all_and_the_old_address_leads_to_the_kept_record(desk, session, pair, twins):
    kept, merged = twins

    response = merge(desk, pair, twins, of_website="merged", of_staff="kept", note="更名")

    assert response.status_code == 302
    session.rollback()
    assert session.get_one(Organisation, kept.id).website == "https://yunling.example"
    assert session.get_one(Organisation, merged.id).state is OrganisationState.MERGED
    old = desk.get(f"/organisations/{merged.id}")
    assert old.status_code == 302
    assert old.headers["Location"] == f"/organisations/{kept.id}"
    assert "已并入本机构" in desk.get(old.headers["Location"]).text


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("profile/certifications", {"scheme_code": "high-tech", "number": "GR2024"}),
        ("profile/patents", {"ipc_class": "H01M", "granted": "2024", "applied": "1"}),
        ("profile/figures", {"staff": "2024", "version": "1"}),
    ],
)
def test_a_form_of_the_merged_record_is_refused_and_leads_to_the_kept_one(desk, session, pair, twins, path, typed):
    merge(desk, pair, twins)

    response = post(desk, f"/organisations/{twins[1].id}/{path}", typed)

    session.rollback()
    assert response.status_code == 409
    assert "2024" in response.text
    assert f'href="/organisations/{twins[0].id}"' in response.text
    assert session.exec(select(Certification)).all() == []
    assert session.exec(select(PatentCount)).all() == []


def test_the_pages_of_the_merged_record_lead_to_those_of_the_kept_one(desk, pair, twins):
    merge(desk, pair, twins)

    old = desk.get(f"/organisations/{twins[1].id}/profile/figures")

    assert old.headers["Location"] == f"/organisations/{twins[0].id}/profile/figures"


def test_undo_on_the_page_of_the_merge_puts_both_back(desk, session, pair, twins):
    page = merge(desk, pair, twins).headers["Location"]
    assert "技术供给" in desk.get(page).text

    response = post(desk, f"{page}/undo")

    assert response.status_code == 302
    session.rollback()
    assert session.get_one(Organisation, twins[1].id).state is OrganisationState.ACTIVE
    assert session.exec(select(DuplicatePair.state)).one() is DuplicateState.OPEN
    assert post(desk, f"{page}/undo").status_code == 422


def test_a_record_edited_since_it_was_shown_is_not_merged(desk, session, pair, twins):
    twins[0].staff = 130
    session.add(twins[0])
    seen = twins[0].version
    session.commit()

    response = merge(desk, pair, twins, kept_version=seen)

    assert response.status_code == 409
    assert session.exec(select(OrganisationMerge)).all() == []


def test_two_kept_apart_need_a_reason_and_are_not_asked_about_again(desk, session, pair, twins):
    assert post(desk, f"{QUEUE}/{pair.id}/apart", {"note": ""}).status_code == 422

    post(desk, f"{QUEUE}/{pair.id}/apart", {"note": "母公司与子公司", "version": pair.version})
    session.rollback()
    finding.keep(session, finding.find_all(session, PLATFORM))
    session.commit()

    assert session.exec(select(DuplicatePair.state)).one() is DuplicateState.APART
    assert "重庆云岭" not in desk.get(QUEUE).text
    assert "母公司与子公司" in desk.get(f"{QUEUE}?state=apart").text
    post(desk, f"{QUEUE}/{pair.id}/ask-again")
    assert "重庆云岭" in desk.get(QUEUE).text


def test_whoever_was_another_body_than_the_merged_one_is_another_than_the_kept_one(session, pair, twins):
    kept, merged = twins
    third = make_organisation(name_zh="重庆云岭座舱有限公司", uscc=None)
    session.add(third)
    session.flush()
    first, second = sorted((merged.id, third.id))
    session.add(DuplicatePair(first_id=first, second_id=second, likeness=0.6, state=DuplicateState.APART, note="两家"))
    session.flush()

    merging.merge(session, PLATFORM, pair.id, kept_id=kept.id)

    turned = session.exec(select(DuplicatePair).where(DuplicatePair.state == DuplicateState.APART)).one()
    assert {turned.first_id, turned.second_id} == {kept.id, third.id}
