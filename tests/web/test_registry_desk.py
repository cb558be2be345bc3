"""The registry desk: numbers that lead to their lists, reviews, certifications, chases, grades, and who sees them."""

import re
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from matchmaker.jobs import asking
from matchmaker.services.calendar import today
from models.accounts import OrganisationClaim
from models.audit import AuditEntry
from models.base import utc_now
from models.enums import (
    CheckOutcome,
    Grade,
    JobKind,
    JobState,
    OrganisationKind,
    PlatformRole,
    PostingState,
    ReviewMode,
)
from models.offers import Offer
from models.organisations import Certification, FieldGrade, Organisation
from models.registry import (
    CertificationCheck,
    FreshnessLimit,
    PostingReview,
    ProfileChase,
    ReviewCriterion,
    ReviewPolicy,
    ReviewReason,
)
from tests.factories import make_need, make_offer, make_organisation, make_user
from tests.records import add_taxonomy
from tests.web.conftest import post
from tests.web.region import add, make_region

LINES = ("advantages", "clarity", "cooperation", "language")
POINTS = {f"points_{line}": "3" for line in LINES}


@pytest.fixture
def desk(session):
    """The rows that the reference brings."""
    add_taxonomy(session)
    for kind in ("offer", "need"):
        session.add(ReviewPolicy(subject=kind, mode=ReviewMode.AFTER, source="test"))
    for line in LINES:
        session.add(ReviewCriterion(code=line, name_zh=line, name_en=line, source="test"))
    session.add(ReviewReason(code="unclear", name_zh="不清楚", name_en="Unclear", text_zh="请写明指标", source="test"))
    session.add(FreshnessLimit(kind=OrganisationKind.SME, days=180, source="test"))
    session.commit()


@pytest.fixture
def officer(desk, session, sign_in):
    user = make_user(PlatformRole.OFFICER)
    session.add(user)
    session.commit()
    return sign_in(user)


@pytest.fixture
def offer(desk, session, organisation):
    """Published, and nobody has looked at it yet."""
    offer = make_offer(organisation, review_by=today() + timedelta(days=3), description_zh="可按要求定制。")
    session.add(offer)
    session.commit()
    return offer


@pytest.fixture
def held(desk, session, organisation):
    certification = Certification(
        organisation_id=organisation.id, scheme_code="high-tech", number="GR1", issued_on=date(2025, 1, 1)
    )
    session.add(certification)
    session.commit()
    return certification


def let_age(session, organisation, days):
    is_it = col(Organisation.id) == organisation.id
    moment = utc_now() - timedelta(days=days)
    session.execute(sa.update(Organisation).where(is_it).values(changed_at=moment))
    session.commit()


def reread(session):
    """What requests have written since is seen by the test's own session."""
    session.rollback()
    session.expire_all()


def entries(session, action):
    return session.exec(select(AuditEntry).where(AuditEntry.action == action)).all()


def total_on(page):
    """How many the list says it has; an empty list has no count."""
    found = re.search(r"(?:共|of)\s*([\d,]+)", page.split('class="pages"')[1]) if 'class="pages"' in page else None
    return int(found[1].replace(",", "")) if found else 0


def tiles_on(page):
    """Each number with its label and the way to its list."""
    pattern = r'<a class="panel panel-link stat" href="([^"]+)">\s*<div class="stat-value">([\d,]+)</div>'
    return {url.replace("&amp;", "&"): int(count) for url, count in re.findall(pattern, page)}


def fill(session, organisation, officer_free_firm):
    """Something for every number."""
    person = make_user()
    session.add_all([person, make_offer(organisation, state=PostingState.IN_REVIEW, review_by=today())])
    session.add(make_need(organisation, review_by=today() - timedelta(days=30)))
    session.flush()
    session.add(OrganisationClaim(user_id=person.id, organisation_id=organisation.id))
    for days in (30, 400, None):
        until = today() + timedelta(days=days) if days else None
        session.add(Certification(organisation_id=organisation.id, scheme_code="high-tech", valid_until=until))
    job = asking.enqueue(session, JobKind.COMPUTE_PRICES, arguments={})
    job.state = JobState.FAILED
    session.flush()
    let_age(session, officer_free_firm, 400)
    session.add(ProfileChase(organisation_id=officer_free_firm.id, reason="stale"))
    session.commit()


def test_every_number_on_the_desk_is_the_count_of_its_list(officer, session, organisation):
    old = add(session, make_organisation())
    fill(session, organisation, old)

    tiles = tiles_on(officer.get("/officer/registry").text)

    ours = {url: count for url, count in tiles.items() if "/officer/" in url or url.startswith("/jobs")}
    assert {url: total_on(officer.get(url).text) for url in ours} == ours
    assert ours["/officer/registry/reviews"] == 2
    assert ours["/officer/registry/certifications"] == 3
    assert ours["/officer/registry/certifications?part=ending"] == 1
    assert ours["/officer/registry/profiles"] == 1
    assert ours["/officer/registry/profiles?asked=open"] == 1
    assert ours["/officer/claims"] == 1
    assert ours["/jobs?state=failed"] == 1


def test_the_officer_s_home_page_begins_with_the_same_numbers(officer, session, organisation):
    fill(session, organisation, add(session, make_organisation()))

    assert tiles_on(officer.get("/home").text) == tiles_on(officer.get("/officer/registry").text) != {}


def test_an_owner_has_no_desk(sign_in, owner, desk):
    browser = sign_in(owner)

    assert browser.get("/officer/registry").status_code == 403
    assert tiles_on(browser.get("/home").text) == {}


def test_an_officer_passes_a_posting_by_its_points(officer, session, offer):
    url = f"/officer/registry/reviews/offer/{offer.id}"
    assert officer.get(url).status_code == 200

    response = post(officer, url, {**POINTS, "verdict": "passed", "version": offer.version})

    assert response.status_code == 302
    reread(session)
    assert session.get(type(offer), offer.id).review_by is None
    assert session.exec(select(PostingReview)).one().points == dict.fromkeys(LINES, 3)


def test_a_refused_look_keeps_what_was_typed(officer, session, offer):
    url = f"/officer/registry/reviews/offer/{offer.id}"

    response = post(
        officer,
        url,
        {**POINTS, "points_clarity": "0", "verdict": "passed", "note": "写得清楚些", "version": offer.version},
    )

    assert response.status_code == 422
    assert "写得清楚些" in response.text
    assert '<option value="0" selected>' in response.text
    assert session.exec(select(PostingReview)).all() == []


def test_a_look_at_an_older_text_shows_the_difference_and_can_be_sent_again(
    app, officer, session, sign_in, owner, offer
):
    url = f"/officer/registry/reviews/offer/{offer.id}"
    seen, before = offer.version, offer.title_zh
    answers = {"type": "research", "title_zh": "另一个标题", "summary_zh": offer.summary_zh, "description_zh": "说明"}
    assert post(sign_in(owner), f"/offers/{offer.id}/edit", {**answers, "version": seen}).status_code == 302

    stale = post(officer, url, {**POINTS, "verdict": "passed", "version": seen})

    assert stale.status_code == 409
    assert "另一个标题" in stale.text
    assert before in stale.text
    version = re.search(r'name="version"[^>]*value="(\d+)"', stale.text)
    assert version
    assert post(officer, url, {**POINTS, "verdict": "passed", "version": version[1]}).status_code == 302


def test_the_poster_reads_why_and_hands_it_in_again(officer, session, sign_in, owner, offer):
    stranger = make_user()
    session.add(stranger)
    session.commit()
    url = f"/officer/registry/reviews/offer/{offer.id}"
    answers = {
        **POINTS,
        "verdict": "changes_asked",
        "reason_code": "unclear",
        "note": "缺少产能",
        "version": offer.version,
    }
    post(officer, url, answers)
    browser = sign_in(owner)

    page = browser.get(f"/offers/{offer.id}").text

    assert "请写明指标" in page
    assert "缺少产能" in page
    post(browser, f"/offers/{offer.id}/publish")
    reread(session)
    assert session.get(type(offer), offer.id).state is PostingState.IN_REVIEW
    outside = sign_in(stranger)
    assert outside.get(f"/offers/{offer.id}").status_code == 404
    assert offer.title_zh not in outside.get(f"/organisations/{offer.organisation_id}").text


def test_publishing_before_a_look_says_so_and_the_asker_still_sees_partners(session, instance, sign_in):
    region = make_region(session, instance)
    candidate = region.add_candidate()
    session.add(ReviewPolicy(subject="need", mode=ReviewMode.BEFORE, source="test"))
    region.need.state, region.need.description_zh = PostingState.DRAFT, "需要完成座舱域控制器的样件试制与验证。"
    region.need.summary_zh = "寻找座舱域控制器合作伙伴，共同完成样件试制与验证。"
    region.index()
    browser, stranger = sign_in(region.owner), sign_in(region.add_person())

    page = post(browser, f"/needs/{region.need.id}/publish", follow_redirects=True).text

    reread(session)
    assert session.get(type(region.need), region.need.id).state is PostingState.IN_REVIEW
    assert "已提交审核" in page
    assert candidate.name_zh in browser.get(f"/partners/needs/{region.need.id}").text
    assert stranger.get(f"/partners/needs/{region.need.id}").status_code == 404


@pytest.mark.parametrize("state", [PostingState.IN_REVIEW, PostingState.CHANGES_ASKED])
def test_what_waits_is_neither_searched_nor_recommended(session, instance, sign_in, state):
    region = make_region(session, instance)
    open_one, kept_back = region.add_candidate(), region.add_candidate()
    (offer,) = session.exec(select(Offer).where(Offer.organisation_id == kept_back.id)).all()
    offer.state, offer.title_zh = state, "暂不公开的供给"
    region.index()
    browser = sign_in(region.owner)

    partners = browser.get(f"/partners/needs/{region.need.id}").text
    found = browser.get("/search?q=暂不公开的供给").text

    assert open_one.name_zh in partners
    assert kept_back.name_zh not in partners
    assert f"/offers/{offer.id}" not in found
    assert f"/offers/{offer.id}" not in browser.get(f"/organisations/{kept_back.id}").text


def test_an_officer_switches_to_looking_first(officer, session):
    policy = session.get(ReviewPolicy, "need")
    answers = {"mode": "before", "least_points": "12", "within_days": "3", "version": policy.version}

    assert post(officer, "/officer/registry/review-policies/need", answers).status_code == 302

    reread(session)
    assert session.get(ReviewPolicy, "need").mode is ReviewMode.BEFORE
    late = post(officer, "/officer/registry/review-policies/need", {**answers, "mode": "after"})
    assert late.status_code == 409


def test_a_certification_is_verified_and_shown_so(officer, session, sign_in, owner, organisation, held):
    page = f"/organisations/{organisation.id}"
    assert "未核验" in officer.get(page).text

    answers = {"outcome": "verified", "held_against": "2025年第一批名单", "version": held.version}
    response = post(officer, f"/officer/registry/certifications/{held.id}", answers)

    assert response.status_code == 302
    assert "已核验" in officer.get(page).text
    assert session.exec(select(CertificationCheck)).one().outcome is CheckOutcome.VERIFIED


def test_the_owner_reads_what_is_missing_adds_it_and_it_waits_again(
    officer, session, sign_in, owner, organisation, held
):
    answers = {"outcome": "more_asked", "note": "请附公告网址", "version": held.version}
    post(officer, f"/officer/registry/certifications/{held.id}", answers)
    browser = sign_in(owner)
    assert "请附公告网址" in browser.get("/home").text

    url = f"/organisations/{organisation.id}/profile/certifications/{held.id}"
    proof = {"number": "GR1", "issued_on": "2025-01-01", "evidence": "公告第17号", "version": held.version}
    assert post(browser, url, proof).status_code == 302

    assert "请附公告网址" not in browser.get("/home").text
    assert total_on(officer.get("/officer/registry/certifications").text) == 1


def test_a_check_without_its_ground_says_what_is_missing(officer, session, held):
    url = f"/officer/registry/certifications/{held.id}"

    response = post(officer, url, {"outcome": "verified", "version": held.version})

    assert response.status_code == 422
    assert 'href="#held_against"' in response.text


def test_many_are_chased_at_once_and_see_it_at_home(officer, session, sign_in, owner, organisation):
    let_age(session, organisation, 300)
    answers = {"organisations": [str(organisation.id)], "reason": "stale", "note": "请核对产能"}

    assert post(officer, "/officer/registry/profiles/chase", answers).status_code == 302

    browser = sign_in(owner)
    assert "请核对产能" in browser.get("/home").text
    assert "请核对产能" in browser.get(f"/organisations/{organisation.id}/profile").text
    post(browser, f"/organisations/{organisation.id}/profile/still-true")
    assert "请核对产能" not in browser.get("/home").text
    assert total_on(officer.get("/officer/registry/profiles").text) == 0


def test_a_second_chase_needs_the_officer_to_insist(officer, session, organisation):
    let_age(session, organisation, 300)
    answers = {"organisations": [str(organisation.id)], "reason": "stale"}
    post(officer, "/officer/registry/profiles/chase", answers)

    post(officer, "/officer/registry/profiles/chase", answers)
    assert len(session.exec(select(ProfileChase)).all()) == 1

    post(officer, f"/officer/registry/profiles/{organisation.id}/insist", answers)
    reread(session)
    assert len(session.exec(select(ProfileChase)).all()) == 2


def test_nobody_ticked_is_said_and_the_note_stays(officer, session, organisation):
    let_age(session, organisation, 300)

    response = post(officer, "/officer/registry/profiles/chase", {"reason": "stale", "note": "请核对产能"})

    assert response.status_code == 422
    assert "请核对产能" in response.text


def test_a_grade_is_changed_with_a_reason_and_its_owner_reads_it(officer, session, sign_in, owner, desk, organisation):
    url = f"/officer/registry/organisations/{organisation.id}/grades/staff"
    assert post(officer, url, {"grade": "closed", "reason": "", "seen": "open"}).status_code == 422

    response = post(officer, url, {"grade": "closed", "reason": "涉及保密项目", "seen": "open"})

    assert response.status_code == 302
    assert session.exec(select(FieldGrade)).one().grade is Grade.CLOSED
    assert "涉及保密项目" in officer.get(f"/officer/registry/organisations/{organisation.id}/grades").text
    assert "涉及保密项目" in sign_in(owner).get(f"/organisations/{organisation.id}/profile").text


@pytest.mark.parametrize(
    "path", ["reviews?part=nothing&kind=x&page=-3", "certifications?part=x&scheme=x", "profiles?why=x&kind=x&page=99"]
)
def test_odd_filters_give_a_list_all_the_same(officer, path):
    assert officer.get(f"/officer/registry/{path}").status_code == 200


def test_a_look_without_a_verdict_is_refused_and_changes_nothing(officer, session, offer):
    url = f"/officer/registry/reviews/offer/{offer.id}"

    assert post(officer, url, {**POINTS, "version": offer.version}).status_code == 422
    assert session.exec(select(PostingReview)).all() == []
