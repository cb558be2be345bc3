"""The registry desk on both databases: a look, a check, a chase, and what waits."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col

from matchmaker.services import credentials, grading, postings, workbench
from matchmaker.services.calendar import today
from matchmaker.services.certifications import checking
from matchmaker.services.certifications import queue as certifications
from matchmaker.services.certifications.checking import Finding
from matchmaker.services.credentials import CertificationDraft
from matchmaker.services.freshness import ages, chasing
from matchmaker.services.freshness.ages import Filters
from matchmaker.services.freshness.chasing import ChaseDraft
from matchmaker.services.imports.undoing import undo
from matchmaker.services.postings import OfferDraft
from matchmaker.services.reviews import judging, queue
from matchmaker.services.reviews.judging import Look
from matchmaker.services.workbench import Task
from models.base import utc_now
from models.enums import (
    ChaseReason,
    CheckOutcome,
    CooperationType,
    Grade,
    OrganisationKind,
    PostingState,
    ReviewMode,
    ReviewVerdict,
)
from models.organisations import Organisation
from models.registry import FreshnessLimit, ReviewCriterion, ReviewPolicy
from models.sessions import writing
from tests import records as make
from tests.import_tables import import_rows

DRAFT = OfferDraft(
    type=CooperationType.SUPPLY,
    title_zh="座舱域控制器批量供货",
    summary_zh="面向十五万级车型的座舱域控制器，年产能二十万套，已通过两家整车厂审核。",
    description_zh="可按整车厂要求定制。",
)


@pytest.fixture
def desk(either):
    """A firm, its owner and an officer, under the strict policy."""
    with writing(either.engine) as session:
        make.add_taxonomy(session)
        session.add(ReviewPolicy(subject="offer", mode=ReviewMode.BEFORE, source="test"))
        session.add(ReviewCriterion(code="clarity", name_zh="清晰度", name_en="Clarity", most=10, source="test"))
        session.add(FreshnessLimit(kind=OrganisationKind.SME, days=180, source="test"))
        firm = make.organisation(session)
        owner, officer = make.member(session, firm), make.officer(session)
        session.flush()
        yield session, firm, owner, officer


def counts(session, officer):
    return {one.task: one.count for one in workbench.list_waiting(session, officer)}


def test_a_posting_goes_from_the_queue_to_everybody(desk):
    session, firm, owner, officer = desk
    offer = postings.create_offer(session, owner, firm, DRAFT)
    postings.publish(session, owner, offer)
    assert counts(session, officer)[Task.POSTINGS] == 1
    (waiting,) = queue.list_waiting(session, officer, part=queue.Part.UNSEEN).items

    look = Look(verdict=ReviewVerdict.PASSED, points={"clarity": 10})
    judging.judge(session, officer, waiting.posting, look, seen_version=offer.version)

    assert offer.state is PostingState.PUBLISHED
    assert counts(session, officer)[Task.POSTINGS] == 0


def test_a_certification_leaves_the_queue_when_it_was_checked(desk):
    session, firm, owner, officer = desk
    draft = CertificationDraft(scheme_code="high-tech", valid_until=today() + timedelta(days=30))
    held = credentials.add_certification(session, owner, firm, draft)
    session.flush()
    assert counts(session, officer)[Task.CERTIFICATIONS] == 1

    more = Finding(outcome=CheckOutcome.MORE_ASKED, note="请附公告")
    checking.check(session, officer, held, more, seen_version=held.version)

    assert counts(session, officer)[Task.CERTIFICATIONS] == 0
    assert certifications.count_part(session, officer, certifications.Part.ASKED) == 1
    assert certifications.count_part(session, officer, certifications.Part.ENDING) == 1


def test_a_table_doubts_what_was_verified_and_taking_it_back_believes_it_again(desk):
    session, firm, owner, officer = desk
    held = credentials.add_certification(session, owner, firm, CertificationDraft(scheme_code="high-tech"))
    session.flush()
    found = Finding(outcome=CheckOutcome.VERIFIED, held_against="名单")
    checking.check(session, officer, held, found, seen_version=held.version)
    row = [firm.name_zh, "77", "high-tech:2031-06-30"]

    batch = import_rows(session, "organisations", "中文名称|员工人数|资质认定", row)

    assert (firm.staff, held.verified_at, held.valid_until) == (77, None, date(2031, 6, 30))
    assert undo(session, officer, batch.id).restored == 1
    assert held.verified_at is not None
    assert certifications.last_checks(session, [held])[held.id].held_against == "名单"


def test_a_quiet_profile_is_chased_and_answers(desk):
    session, firm, owner, officer = desk
    old = utc_now() - timedelta(days=300)
    session.execute(sa.update(Organisation).where(col(Organisation.id) == firm.id).values(changed_at=old))
    session.refresh(firm)
    assert ages.count_profiles(session, officer, Filters()) == 1
    for reason in ChaseReason:
        assert ages.list_profiles(session, officer, Filters(reason=reason)).total <= 1

    chasing.chase(session, officer, [firm.id], ChaseDraft(reason=ChaseReason.STALE))
    assert counts(session, officer)[Task.CHASED] == 1
    chasing.say_all_true(session, owner, firm)

    assert (counts(session, officer)[Task.CHASED], counts(session, officer)[Task.STALE]) == (0, 0)


def test_a_grade_is_changed_and_found(desk):
    session, firm, _owner, officer = desk

    grading.change_grade(session, officer, firm, "staff", Grade.CLOSED, reason="保密", seen=Grade.OPEN)

    assert [one.id for one in grading.list_graded(session, officer, named=firm.name_zh[:4]).items] == [firm.id]
    assert [one.id for one in grading.list_graded(session, officer).items] == [firm.id]
