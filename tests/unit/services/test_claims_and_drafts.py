"""Asking to act for an organisation, and keeping what was typed."""

import pytest
from sqlmodel import select

from matchmaker.errors import InvalidInput, NotAllowed, NotFound
from matchmaker.services import claims, drafts
from matchmaker.services.actors import VISITOR, Actor
from models.accounts import Draft, Membership
from models.audit import AuditEntry
from models.base import new_id
from models.enums import ClaimState, MembershipRole
from tests import records as make


@pytest.fixture
def claimant(registry):
    return Actor(user_id=make.person(registry).id)


def test_an_approved_claim_makes_its_person_an_owner(registry, claimant):
    sme, judge = make.organisation(registry), make.officer(registry)
    asked = claims.claim(registry, claimant, sme, "我是总经理")

    claims.approve(registry, judge, asked, "营业执照已核对")

    membership = registry.exec(select(Membership)).one()
    assert (membership.user_id, membership.organisation_id) == (claimant.user_id, sme.id)
    assert membership.role is MembershipRole.OWNER
    assert (asked.state, asked.decided_by) == (ClaimState.APPROVED, judge.user_id)
    assert [entry.action for entry in registry.exec(select(AuditEntry))] == [
        "claim.create",
        "claim.approved",
        "membership.create",
    ]


def test_a_declined_claim_says_why_and_gives_no_membership(registry, claimant):
    sme, judge = make.organisation(registry), make.officer(registry)
    asked = claims.claim(registry, claimant, sme, "")

    with pytest.raises(InvalidInput, match="note_missing"):
        claims.decline(registry, judge, asked, "")
    claims.decline(registry, judge, asked, "请补充授权书")

    assert asked.state is ClaimState.DECLINED
    assert registry.exec(select(Membership)).all() == []
    claims.claim(registry, claimant, sme, "授权书已上传")
    assert [one.state for one in claims.my_claims(registry, claimant)] == [ClaimState.PENDING, ClaimState.DECLINED]


def test_a_claim_is_decided_once(registry, claimant):
    sme, judge = make.organisation(registry), make.officer(registry)
    asked = claims.claim(registry, claimant, sme, "")
    claims.approve(registry, judge, asked)

    with pytest.raises(InvalidInput, match="claim_decided"):
        claims.decline(registry, judge, asked, "太晚了")


def test_nobody_claims_twice_or_what_is_already_theirs(registry, claimant):
    sme = make.organisation(registry)
    claims.claim(registry, claimant, sme, "")

    with pytest.raises(InvalidInput, match="claim_pending"):
        claims.claim(registry, claimant, sme, "")
    with pytest.raises(InvalidInput, match="already_member"):
        claims.claim(registry, make.member(registry, sme), sme, "")


def test_only_officers_see_and_decide_claims(registry, claimant):
    sme = make.organisation(registry)
    asked = claims.claim(registry, claimant, sme, "")

    for refused in (claimant, make.member(registry, sme), VISITOR):
        with pytest.raises(NotAllowed):
            claims.approve(registry, refused, asked)
        with pytest.raises(NotAllowed):
            claims.list_claims(registry, refused, ClaimState.PENDING)
    assert claims.get_claim(registry, claimant, asked.id) is asked
    with pytest.raises(NotAllowed):
        claims.get_claim(registry, make.member(registry, sme), asked.id)
    with pytest.raises(NotFound):
        claims.get_claim(registry, claimant, new_id())


def test_an_officer_does_not_decide_a_claim_of_their_own(registry):
    judge = make.officer(registry)
    asked = claims.claim(registry, judge, make.organisation(registry), "")

    with pytest.raises(InvalidInput, match="own_claim"):
        claims.approve(registry, judge, asked)


def test_a_visitor_claims_nothing(registry):
    with pytest.raises(NotAllowed):
        claims.claim(registry, VISITOR, make.organisation(registry), "")


def test_claims_wait_in_the_order_they_came_page_by_page(registry, claimant):
    judge = make.officer(registry)
    asked = [claims.claim(registry, claimant, make.organisation(registry), "") for _ in range(21)]

    first = claims.list_claims(registry, judge, ClaimState.PENDING)
    beyond = claims.list_claims(registry, judge, ClaimState.PENDING, page=10**9)

    assert list(first.items) == asked[:20]
    assert (list(beyond.items), beyond.number, beyond.count, beyond.total) == ([asked[20]], 2, 2, 21)
    assert claims.count_pending(registry, judge) == 21


def test_a_draft_is_kept_replaced_and_thrown_away(registry, claimant):
    drafts.save_draft(registry, claimant, "identity", {"name_zh": "两江"})
    drafts.save_draft(registry, claimant, "identity", {"name_zh": "两江智驾"})

    assert drafts.load_draft(registry, claimant, "identity") == {"name_zh": "两江智驾"}
    assert drafts.saved_at(registry, claimant, "identity") is not None

    drafts.delete_draft(registry, claimant, "identity")
    assert drafts.load_draft(registry, claimant, "identity") == {}
    drafts.delete_draft(registry, claimant, "identity")


def test_drafts_of_other_people_forms_and_records_are_apart(registry, claimant):
    other = Actor(user_id=make.person(registry).id)
    drafts.save_draft(registry, claimant, "offer", {"title_zh": "甲"}, subject="one")

    assert drafts.load_draft(registry, other, "offer", subject="one") == {}
    assert drafts.load_draft(registry, claimant, "offer", subject="two") == {}
    assert drafts.load_draft(registry, claimant, "need", subject="one") == {}


def test_a_draft_has_its_limit_and_needs_a_person(registry, claimant):
    with pytest.raises(InvalidInput, match="draft_too_long"):
        drafts.save_draft(registry, claimant, "offer", {"title_zh": "长" * 100_001})
    with pytest.raises(NotAllowed):
        drafts.save_draft(registry, VISITOR, "offer", {})

    assert registry.exec(select(Draft)).all() == []


def test_a_person_keeps_so_many_drafts_and_the_oldest_goes(registry, claimant):
    for number in range(drafts.MOST_DRAFTS + 3):
        drafts.save_draft(registry, claimant, "offer", {"title_zh": "甲"}, subject=str(number))

    kept = registry.exec(select(Draft.subject).where(Draft.user_id == claimant.user_id)).all()

    assert len(kept) == drafts.MOST_DRAFTS
    assert {"0", "1", "2"}.isdisjoint(kept)
