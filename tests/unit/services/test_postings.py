"""Offers and needs: writing, publishing, seeing."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from matchmaker.errors import InvalidInput, NotAllowed, NotFound, Stale
from matchmaker.services import postings
from matchmaker.services.actors import VISITOR, Actor
from matchmaker.services.calendar import add_months, today
from matchmaker.services.picked import Tag
from matchmaker.services.postings import NeedDraft, OfferDraft
from models.audit import AuditEntry
from models.enums import CooperationType, MembershipRole, PostingState
from models.offers import Offer
from tests import records as make

CONTROLLER = Tag(capability_code="cockpit-controller", level=3)
GOOD: dict[str, Any] = {
    "type": CooperationType.SUPPLY,
    "title_zh": "座舱域控制器批量供货",
    "summary_zh": "面向十五万级车型的座舱域控制器，年产能二十万套，已通过两家整车厂审核。",
    "trl_low": 7,
    "trl_high": 9,
    "tags": (CONTROLLER,),
}


def offer_draft(**fields):
    return OfferDraft(**(GOOD | fields))


@pytest.fixture
def sme(registry):
    return make.organisation(registry)


@pytest.fixture
def owner(registry, sme):
    return make.member(registry, sme)


def test_an_offer_starts_as_a_draft_with_its_tags(registry, sme, owner):
    offer = postings.create_offer(registry, owner, sme, offer_draft())

    assert offer.state is PostingState.DRAFT
    assert postings.list_tags(registry, offer) == (CONTROLLER,)
    entry = registry.exec(select(AuditEntry)).one()
    assert (entry.action, entry.changes["tags"]) == ("offer.create", ["cockpit-controller:3"])


def test_a_need_says_how_much_each_capability_matters(registry, sme, owner):
    tags = (
        Tag(capability_code="bms-software", level=2, weight=0.5),
        Tag(capability_code="head-up-display", level=4, weight=2.0, is_must=True),
    )

    need = postings.create_need(registry, owner, sme, NeedDraft(**{**GOOD, "tags": tags}))

    assert postings.list_tags(registry, need) == tags
    assert registry.exec(select(AuditEntry)).one().changes["tags"] == ["bms-software:2:x0.5", "head-up-display:4:x2!"]


def test_publishing_lasts_twelve_months_and_is_renewed_from_today(registry, sme, owner):
    offer = postings.create_offer(registry, owner, sme, offer_draft())

    postings.publish(registry, owner, offer)
    assert postings.is_live(offer, today())
    assert offer.valid_until == add_months(today(), 12)

    offer.valid_until = today() - timedelta(days=1)
    assert postings.state_on(offer, today()) is PostingState.EXPIRED
    postings.renew(registry, owner, offer)
    assert postings.state_on(offer, today()) is PostingState.PUBLISHED


def test_what_is_withdrawn_can_be_published_again_but_not_renewed(registry, sme, owner):
    offer = postings.create_offer(registry, owner, sme, offer_draft())
    with pytest.raises(InvalidInput, match="not_published"):
        postings.withdraw(registry, owner, offer)

    postings.publish(registry, owner, offer)
    postings.withdraw(registry, owner, offer)
    with pytest.raises(InvalidInput, match="not_published"):
        postings.renew(registry, owner, offer)
    postings.publish(registry, owner, offer)

    assert offer.state is PostingState.PUBLISHED


@pytest.mark.parametrize(
    ("lacking", "code", "field"),
    [
        ({"summary_zh": "太短了"}, "summary_too_short", "summary_zh"),
        ({"tags": ()}, "tags_or_description", "tags"),
    ],
)
def test_what_nobody_could_judge_is_not_published(registry, sme, owner, lacking, code, field):
    offer = postings.create_offer(registry, owner, sme, offer_draft(**lacking))

    with pytest.raises(InvalidInput) as refusal:
        postings.publish(registry, owner, offer)

    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert offer.state is PostingState.DRAFT


def test_a_published_offer_cannot_be_emptied_by_an_edit(registry, sme, owner):
    offer = postings.create_offer(registry, owner, sme, offer_draft())
    postings.publish(registry, owner, offer)
    registry.commit()

    with pytest.raises(InvalidInput, match="summary_too_short"):
        postings.update_offer(registry, owner, offer, offer_draft(summary_zh=""))


def test_an_english_text_is_enough(registry, sme, owner):
    english = {
        "title_zh": "",
        "summary_zh": "",
        "title_en": "Cockpit controllers",
        "summary_en": "Cockpit controllers in series",
    }
    offer = postings.create_offer(registry, owner, sme, offer_draft(**english))

    postings.publish(registry, owner, offer)

    assert postings.is_live(offer, today())


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"title_zh": ""}, "title_missing"),
        ({"trl_high": None}, "trl_both_ends"),
        ({"trl_low": 9, "trl_high": 7}, "trl_order"),
        ({"trl_low": 0}, "trl_order"),
        ({"budget_low": 5.0}, "budget_end"),
        ({"budget_low": 5.0, "budget_high": 4.0}, "budget_order"),
        ({"budget_low": -5.0, "budget_high": 4.0}, "budget_order"),
        ({"budget_high": float("nan")}, "budget_order"),
        ({"budget_high": float("inf")}, "budget_order"),
        ({"tags": (CONTROLLER, CONTROLLER)}, "tag_twice"),
        ({"tags": (Tag(capability_code="cockpit-controller", level=6),)}, "tag_range"),
        ({"tags": (Tag(capability_code="alchemy", level=3),)}, "unknown_capabilities"),
        ({"partner_districts": ("atlantis",)}, "unknown_districts"),
    ],
)
def test_what_cannot_be_is_refused_by_code(registry, sme, owner, wrong, code):
    with pytest.raises(InvalidInput) as refusal:
        postings.create_offer(registry, owner, sme, offer_draft(**wrong))

    assert refusal.value.code == code


def test_a_stranger_may_not_write_publish_or_see_a_draft(registry, sme, owner):
    offer = postings.create_offer(registry, owner, sme, offer_draft())
    stranger = make.member(registry, make.organisation(registry))
    viewer = make.member(registry, sme, role=MembershipRole.VIEWER)

    for refused in (stranger, viewer, VISITOR):
        with pytest.raises(NotAllowed):
            postings.update_offer(registry, refused, offer, offer_draft(title_zh="改"))
        with pytest.raises(NotAllowed):
            postings.publish(registry, refused, offer)
        with pytest.raises(NotAllowed):
            postings.create_offer(registry, refused, sme, offer_draft())
    with pytest.raises(NotFound):
        postings.get_offer(registry, stranger, offer.id)
    assert postings.get_offer(registry, viewer, offer.id) is offer


def test_strangers_see_what_is_live_and_nothing_else(registry, sme, owner):
    live = make.offer(registry, sme, state=PostingState.PUBLISHED, valid_until=today())
    make.offer(registry, sme, state=PostingState.PUBLISHED, valid_until=today() - timedelta(days=1))
    make.offer(registry, sme, state=PostingState.WITHDRAWN)
    make.offer(registry, sme)
    stranger = Actor(user_id=make.person(registry).id)

    assert list(postings.list_offers(registry, stranger, sme).items) == [live]
    assert postings.list_offers(registry, stranger, sme).total == 1
    assert postings.list_offers(registry, owner, sme).total == 4
    assert postings.list_needs(registry, owner, sme).total == 0


def test_a_stale_edit_names_the_difference_tags_included(registry, sme, owner):
    offer = postings.create_offer(registry, owner, sme, offer_draft())
    opened = offer.version
    better = Tag(capability_code="cockpit-controller", level=5)
    postings.update_offer(registry, owner, offer, offer_draft(tags=(better,)))

    with pytest.raises(Stale) as conflict:
        postings.update_offer(registry, owner, offer, offer_draft(trl_low=8), expected_version=opened)

    assert conflict.value.differences == {"trl_low": (7, 8), "tags": ((better,), (CONTROLLER,))}


def test_the_edit_form_starts_with_what_is_stored(registry, sme, owner):
    draft = offer_draft(partner_districts=("500112",), budget_low=1e5, budget_high=2e5)
    offer = postings.create_offer(registry, owner, sme, draft)

    values = postings.values_of(registry, offer)

    assert values["tags"] == (CONTROLLER,)
    assert values["partner_districts"] == ["500112"]
    assert (
        OfferDraft(
            **{
                **values,
                "partner_districts": tuple(values["partner_districts"]),
                "partner_kinds": (),
                "partner_sizes": (),
            }
        )
        == draft
    )


def test_an_edit_moves_the_organisations_clock_so_that_the_index_reads_it(registry, sme, owner):
    offer = postings.create_offer(registry, owner, sme, offer_draft())
    registry.commit()
    before = sme.changed_at

    postings.update_offer(registry, owner, offer, offer_draft(title_zh="座舱域控制器"))
    registry.commit()

    registry.refresh(sme)
    assert sme.changed_at > before
    assert registry.exec(select(Offer)).one().title_zh == "座舱域控制器"


@given(day=st.dates(date(2000, 1, 1), date(2100, 12, 31)), months=st.integers(0, 60))
def test_months_are_added_within_the_calendar(day, months):
    later = add_months(day, months)

    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)
