"""Looks at offers and needs: before or after they are seen, the rubric, what a verdict changes, the queue."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from matchmaker.errors import InvalidInput, NotAllowed, NotFound, Stale
from matchmaker.services import postings
from matchmaker.services.actors import PLATFORM, Actor
from matchmaker.services.calendar import add_months, add_working_days, today
from matchmaker.services.postings import OfferDraft
from matchmaker.services.reviews import judging, policies, queue
from matchmaker.services.reviews.identity import hints
from matchmaker.services.reviews.judging import Look
from matchmaker.services.reviews.policies import PolicyDraft
from matchmaker.services.reviews.queue import Part
from models.audit import AuditEntry
from models.enums import CooperationType, PostingState, ReviewMode, ReviewVerdict
from models.registry import ReviewCriterion, ReviewPolicy, ReviewReason
from tests import records as make

FULL = {"advantages": 3, "clarity": 3, "cooperation": 2, "language": 2}
DRAFT = OfferDraft(
    type=CooperationType.SUPPLY,
    title_zh="座舱域控制器批量供货",
    summary_zh="面向十五万级车型的座舱域控制器，年产能二十万套，已通过两家整车厂审核。",
    description_zh="可按整车厂要求定制。",
)
REWORDED = OfferDraft(
    **{**vars(DRAFT), "summary_zh": "面向十五万级车型的座舱域控制器，年产能三十万套，已通过三家审核。"}
)


@pytest.fixture
def registry(registry):
    for subject in ("offer", "need"):
        registry.add(ReviewPolicy(subject=subject, mode=ReviewMode.AFTER, source="test"))
    for code in FULL:
        registry.add(ReviewCriterion(code=code, name_zh=code, name_en=code, source="test"))
    registry.add(ReviewReason(code="unclear", name_zh="不清楚", name_en="Unclear", text_zh="请写清楚", source="test"))
    registry.flush()
    return registry


@pytest.fixture
def sme(registry):
    return make.organisation(registry)


@pytest.fixture
def owner(registry, sme):
    return make.member(registry, sme)


@pytest.fixture
def offer(registry, sme, owner):
    """Published under the usual policy."""
    offer = postings.create_offer(registry, owner, sme, DRAFT)
    postings.publish(registry, owner, offer)
    return offer


def look_before(registry, kind="offer"):
    registry.get_one(ReviewPolicy, kind).mode = ReviewMode.BEFORE
    registry.flush()


def judge(registry, officer, posting, verdict, **named):
    look = Look(verdict=verdict, **{"points": FULL, **named})
    return judging.judge(registry, officer, posting, look, seen_version=posting.version)


def states_of(registry, officer, part=Part.ALL):
    return [one.posting.id for one in queue.list_waiting(registry, officer, part=part).items]


def test_by_default_a_posting_is_seen_at_once_and_waits_for_a_look(registry, officer, stranger, offer):
    assert offer.state is PostingState.PUBLISHED
    assert offer.review_by == add_working_days(today(), 5)
    assert postings.get_offer(registry, stranger, offer.id) is offer
    assert states_of(registry, officer) == [offer.id]


def test_before_it_is_seen_nobody_else_reads_a_posting(registry, sme, owner, officer, stranger):
    look_before(registry)
    offer = postings.create_offer(registry, owner, sme, DRAFT)

    postings.publish(registry, owner, offer)

    assert (offer.state, offer.valid_until) == (PostingState.IN_REVIEW, None)
    assert postings.get_offer(registry, officer, offer.id) is offer
    assert postings.list_offers(registry, owner, sme).total == 1
    assert postings.list_offers(registry, stranger, sme).total == 0
    with pytest.raises(NotFound):
        postings.get_offer(registry, stranger, offer.id)


def test_handing_in_twice_keeps_the_day(registry, sme, owner):
    look_before(registry)
    offer = postings.create_offer(registry, owner, sme, DRAFT)
    postings.publish(registry, owner, offer)
    offer.review_by = today() - timedelta(days=3)

    postings.publish(registry, owner, offer)

    assert offer.review_by == today() - timedelta(days=3)


def test_what_passes_is_seen_for_twelve_months_from_that_day(registry, sme, owner, officer, stranger):
    look_before(registry)
    offer = postings.create_offer(registry, owner, sme, DRAFT)
    postings.publish(registry, owner, offer)

    review = judge(registry, officer, offer, ReviewVerdict.PASSED)

    assert (offer.state, offer.review_by) == (PostingState.PUBLISHED, None)
    assert offer.valid_until == add_months(today(), 12)
    assert postings.get_offer(registry, stranger, offer.id) is offer
    assert states_of(registry, officer) == []
    assert (review.points, review.decided_by) == (FULL, officer.user_id)


def test_a_posting_that_is_seen_already_keeps_its_day_when_it_passes(registry, officer, offer):
    offer.valid_until = until = today() + timedelta(days=20)

    judge(registry, officer, offer, ReviewVerdict.PASSED)

    assert (offer.state, offer.valid_until, offer.review_by) == (PostingState.PUBLISHED, until, None)


@pytest.mark.parametrize(
    ("points", "code"),
    [
        ({"advantages": 5, "clarity": 5, "cooperation": 5}, "rubric_incomplete"),
        ({"advantages": 5, "clarity": 5, "cooperation": 5, "language": 0}, "rubric_has_zero"),
        ({"advantages": 3, "clarity": 2, "cooperation": 2, "language": 2}, "rubric_too_low"),
        ({**FULL, "language": 6}, "out_of_range"),
    ],
)
def test_a_zero_or_too_few_points_do_not_pass(registry, officer, offer, points, code):
    with pytest.raises(InvalidInput) as refused:
        judge(registry, officer, offer, ReviewVerdict.PASSED, points=points)

    assert refused.value.code == code
    assert offer.review_by is not None


def test_ten_points_in_four_lines_pass(registry, officer, offer):
    assert sum(FULL.values()) == 10

    judge(registry, officer, offer, ReviewVerdict.PASSED)

    assert offer.review_by is None


@pytest.mark.parametrize("verdict", [ReviewVerdict.CHANGES_ASKED, ReviewVerdict.TAKEN_DOWN])
def test_what_does_not_pass_needs_a_reason(registry, officer, offer, verdict):
    with pytest.raises(InvalidInput) as refused:
        judge(registry, officer, offer, verdict, points={})

    assert (refused.value.code, refused.value.field) == ("reason_missing", "reason_code")


def test_the_poster_reads_points_note_and_reason_and_others_do_not(registry, officer, owner, stranger, offer):
    judge(registry, officer, offer, ReviewVerdict.CHANGES_ASKED, reason_code="unclear", note="写明产能")

    (look,) = judging.list_looks(registry, owner, offer)

    assert (look.points, look.reason_code, look.note) == (FULL, "unclear", "写明产能")
    with pytest.raises(NotAllowed):
        judging.list_looks(registry, stranger, offer)


def test_what_was_sent_back_is_hidden_until_an_officer_has_looked_again(registry, officer, owner, stranger, offer):
    judge(registry, officer, offer, ReviewVerdict.CHANGES_ASKED, reason_code="unclear")
    assert (offer.state, states_of(registry, officer)) == (PostingState.CHANGES_ASKED, [])
    with pytest.raises(NotFound):
        postings.get_offer(registry, stranger, offer.id)

    postings.update_offer(registry, owner, offer, REWORDED)
    postings.publish(registry, owner, offer)

    assert offer.state is PostingState.IN_REVIEW
    judge(registry, officer, offer, ReviewVerdict.PASSED)
    assert postings.get_offer(registry, stranger, offer.id) is offer


def test_what_was_taken_down_does_not_come_back_by_a_click(registry, officer, owner, offer):
    judge(registry, officer, offer, ReviewVerdict.TAKEN_DOWN, note="广告")
    taken_down = offer.state

    postings.publish(registry, owner, offer)

    assert (taken_down, offer.state) == (PostingState.WITHDRAWN, PostingState.IN_REVIEW)


def test_an_edit_of_a_passed_posting_is_looked_at_again(registry, officer, owner, offer):
    judge(registry, officer, offer, ReviewVerdict.PASSED)

    postings.update_offer(registry, owner, offer, REWORDED)

    assert (offer.state, states_of(registry, officer)) == (PostingState.PUBLISHED, [offer.id])


def test_an_edit_under_the_strict_policy_takes_it_out_until_it_has_passed(registry, officer, owner, offer):
    judge(registry, officer, offer, ReviewVerdict.PASSED)
    look_before(registry)

    postings.update_offer(registry, owner, offer, REWORDED)

    assert offer.state is PostingState.IN_REVIEW


def test_renewing_what_has_expired_hands_it_in_and_renewing_what_runs_does_not(registry, officer, owner, offer):
    judge(registry, officer, offer, ReviewVerdict.PASSED)
    look_before(registry)

    postings.renew(registry, owner, offer)
    assert offer.state is PostingState.PUBLISHED

    offer.state = PostingState.EXPIRED
    postings.renew(registry, owner, offer)
    assert offer.state is PostingState.IN_REVIEW


def test_what_an_officer_enters_for_somebody_needs_no_second_look(registry, sme, officer):
    look_before(registry)

    by_officer = postings.create_offer(registry, officer, sme, DRAFT)
    postings.publish(registry, officer, by_officer)
    postings.publish(registry, PLATFORM, by_officer)

    assert (by_officer.state, by_officer.review_by) == (PostingState.PUBLISHED, None)
    assert states_of(registry, officer) == []


def test_nobody_looks_at_the_own_organisation_s_posting(registry, sme, officer, offer):
    inside = Actor(user_id=officer.user_id, roles=officer.roles, memberships=make.member(registry, sme).memberships)

    with pytest.raises(InvalidInput) as refused:
        judge(registry, inside, offer, ReviewVerdict.PASSED)

    assert refused.value.code == "own_posting"
    look_before(registry)
    mine = postings.create_offer(registry, inside, sme, REWORDED)
    postings.publish(registry, inside, mine)
    assert mine.state is PostingState.IN_REVIEW


def test_a_look_at_an_older_text_is_refused_with_the_difference(registry, officer, owner, offer):
    seen = offer.version
    postings.update_offer(registry, owner, offer, REWORDED)

    with pytest.raises(Stale) as conflict:
        judging.judge(registry, officer, offer, Look(verdict=ReviewVerdict.PASSED, points=FULL), seen_version=seen)

    assert conflict.value.differences["summary_zh"] == (REWORDED.summary_zh, DRAFT.summary_zh)
    assert offer.review_by is not None


def test_only_reviewers_look_and_every_look_is_in_the_account(registry, officer, owner, offer):
    with pytest.raises(NotAllowed):
        judge(registry, owner, offer, ReviewVerdict.PASSED)

    judge(registry, officer, offer, ReviewVerdict.TAKEN_DOWN, reason_code="unclear")

    (entry,) = registry.exec(select(AuditEntry).where(AuditEntry.action == "offer.review")).all()
    assert entry.changes["verdict"] == "taken_down"
    assert entry.changes["state"] == ["published", "withdrawn"]


def test_the_queue_has_the_nearest_day_first_and_counts_what_it_lists(registry, sme, owner, officer):
    late, soon, need = (
        postings.create_offer(registry, owner, sme, DRAFT),
        postings.create_offer(registry, owner, sme, REWORDED),
        postings.create_need(registry, owner, sme, make_need_draft()),
    )
    for posting in (soon, late, need):
        postings.publish(registry, owner, posting)
    late.review_by = today() - timedelta(days=1)
    need.review_by = today() + timedelta(days=90)
    registry.flush()

    assert states_of(registry, officer) == [late.id, soon.id, need.id]
    assert states_of(registry, officer, Part.OVERDUE) == [late.id]
    assert queue.list_waiting(registry, officer, kind="need").total == 1
    for part in Part:
        listed = queue.list_waiting(registry, officer, part=part)
        assert queue.count_waiting(registry, officer, part=part) == listed.total == len(listed.items)


def make_need_draft():
    return postings.NeedDraft(
        **{name: value for name, value in vars(DRAFT).items() if name in postings.NeedDraft.__dataclass_fields__}
    )


def test_a_policy_changes_by_reviewers_with_its_account_and_not_over_somebody_else(registry, officer, owner):
    policy = policies.get_policy(registry, officer, "need")
    draft = PolicyDraft(mode=ReviewMode.BEFORE, least_points=12, within_days=3)

    policies.change_policy(registry, officer, policy, draft, expected_version=policy.version)

    assert (policy.mode, policy.least_points, policy.within_days) == (ReviewMode.BEFORE, 12, 3)
    (entry,) = registry.exec(select(AuditEntry).where(AuditEntry.action == "review-policy.change")).all()
    assert entry.changes["mode"] == ["after", "before"]
    other = PolicyDraft(mode=ReviewMode.AFTER, least_points=10, within_days=5)
    with pytest.raises(Stale):
        policies.change_policy(registry, officer, policy, other, expected_version=1)
    with pytest.raises(NotAllowed):
        policies.change_policy(registry, owner, policy, draft, expected_version=policy.version)


def test_a_policy_cannot_ask_for_more_points_than_there_are(registry, officer):
    policy = policies.get_policy(registry, officer, "need")
    draft = PolicyDraft(mode=ReviewMode.AFTER, least_points=21, within_days=5)

    with pytest.raises(InvalidInput) as refused:
        policies.change_policy(registry, officer, policy, draft, expected_version=policy.version)

    assert (refused.value.field, refused.value.facts["high"]) == ("least_points", 20)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("详见 https://example.com/cdc", "link"),
        ("联系 13800001111 李工", "phone"),
        ("联系 023-68881234", "phone"),
        ("已获专利 ZL202310123456.7", "patent"),
        ("邮箱 li@example.com", "e_mail"),
        ("星驰®座舱平台", "mark"),
        ("本公司重庆星驰智能曾供货", "name"),
    ],
)
def test_what_may_tell_whose_it_is_is_marked(registry, text, code):
    firm = make.organisation(registry, name_zh="重庆星驰智能有限公司")
    offer = make.offer(registry, firm, description_zh=text)

    assert code in {hint.code for hint in hints(offer, firm)}


@pytest.mark.parametrize(
    "text", ["年产能200000套，良率99.5%", "工作温度 -40 至 85 摄氏度", "周期 2026-03 至 2027-09", "TRL 7"]
)
def test_plain_figures_are_not_marked(registry, text):
    firm = make.organisation(registry, name_zh="重庆星驰智能有限公司")

    assert hints(make.offer(registry, firm, description_zh=text), firm) == ()


def test_working_days_leave_out_weekends():
    friday = date(2026, 11, 20)

    assert add_working_days(friday, 1) == date(2026, 11, 23)
    assert add_working_days(friday, 5) == date(2026, 11, 27)
    assert add_working_days(date(2026, 11, 21), 1) == date(2026, 11, 23)
    assert add_working_days(friday, 0) == friday
