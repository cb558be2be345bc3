"""Offers and needs on the web: the form, its picker without script, publishing, lists."""

from datetime import timedelta

import pytest
from sqlmodel import select

from matchmaker.services.calendar import today
from models.accounts import Draft
from models.enums import PostingState
from models.offers import Need, NeedCapability, Offer, OfferCapability
from models.taxonomy import Capability
from tests import records as make
from tests.web.conftest import post

TYPED = {
    "version": "",  # as the page of a new one sends it
    "type": "supply",
    "title_zh": "座舱域控制器批量供货",
    "summary_zh": "面向十五万级车型的座舱域控制器，年产能二十万套，已通过两家整车厂审核。",
    "trl_low": "7",
    "trl_high": "9",
    "budget_high": "60",
    "tags": ["cockpit-controller"],
    "tags-level-cockpit-controller": "4",
}


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


@pytest.fixture
def new_offer(organisation):
    return f"/organisations/{organisation.id}/offers/new"


def test_an_offer_is_saved_published_withdrawn_and_published_again(editor, stranger, session, new_offer):
    saved = post(editor, new_offer, TYPED)
    offer = session.exec(select(Offer)).one()
    assert saved.location == f"/offers/{offer.id}"
    assert (offer.state, offer.budget_high, offer.trl_low) == (PostingState.DRAFT, 600_000, 7)
    assert session.exec(select(OfferCapability)).one().level == 4
    assert stranger.get(saved.location).status_code == 404

    for verb, seen in [("publish", 200), ("withdraw", 404), ("publish", 200), ("renew", 200)]:
        assert post(editor, f"{saved.location}/{verb}").location == saved.location
        assert stranger.get(saved.location).status_code == seen


def test_save_and_publish_is_one_button(editor, session, new_offer):
    post(editor, new_offer, {**TYPED, "action": "publish"})

    offer = session.exec(select(Offer)).one()
    assert offer.state is PostingState.PUBLISHED
    assert offer.valid_until > today() + timedelta(days=360)


def test_what_is_too_thin_to_publish_is_refused_by_field_and_nothing_is_half_saved(editor, session, new_offer):
    refused = post(editor, new_offer, {**TYPED, "summary_zh": "太短", "action": "publish"})

    assert refused.status_code == 422
    assert "太短" in refused.text
    assert 'id="summary_zh-error"' in refused.text
    assert session.exec(select(Offer)).all() == []


def test_a_need_carries_weight_and_must(editor, session, organisation):
    typed = {
        **TYPED,
        "tags": ["head-up-display", "bms-software"],
        "tags-weight-head-up-display": "2",
        "tags-must-head-up-display": "y",
        "accepted_types": ["research", "technical"],
        "partner_kinds": ["lab"],
    }
    post(editor, f"/organisations/{organisation.id}/needs/new", typed)

    need = session.exec(select(Need)).one()
    tags = {tag.capability_code: (tag.weight, tag.is_must) for tag in session.exec(select(NeedCapability))}
    assert tags == {"head-up-display": (2.0, True), "bms-software": (1.0, False)}
    assert (need.accepted_types, need.partner_kinds) == (["research", "technical"], ["lab"])
    page = editor.get(f"/needs/{need.id}").text
    assert "抬头显示设计" in page
    assert f"/partners/needs/{need.id}" in page


def test_the_picker_searches_takes_and_removes_without_script_and_keeps_the_rest(editor, session, new_offer):
    typed = {"title_zh": "写到一半", "tags": ["cockpit-controller"], "tags-level-cockpit-controller": "5"}

    found = post(editor, new_offer, {**typed, "find": "抬头", "action": "find"})
    assert found.status_code == 200
    assert 'value="head-up-display"' in found.text
    assert "写到一半" in found.text

    taken = post(editor, new_offer, {**typed, "pick": ["head-up-display"], "action": "add"}).text
    assert 'name="tags" value="head-up-display"' in taken
    assert 'name="tags" value="cockpit-controller"' in taken
    assert '<option value="5" selected>' in taken

    removed = post(editor, new_offer, {**typed, "remove": "cockpit-controller"}).text
    assert 'name="tags" value="cockpit-controller"' not in removed
    assert session.exec(select(Offer)).all() == []


def test_tags_are_suggested_from_the_text(editor, new_offer):
    page = post(editor, new_offer, {"summary_zh": "我们做智能座舱域控制器", "action": "suggest"}).text

    assert 'name="pick" value="cockpit-controller" id="pick-cockpit-controller">' in page
    assert "依据：智能座舱域控制器" in page


def test_what_the_picker_was_given_survives_leaving(editor, session, new_offer):
    post(editor, new_offer, {**TYPED, "title_zh": "还没写完", "action": "find", "find": "座舱"})

    again = editor.get(new_offer).text
    assert "还没写完" in again
    assert 'name="tags" value="cockpit-controller"' in again
    post(editor, new_offer, TYPED)
    assert session.exec(select(Draft)).all() == []


def test_who_ticks_a_capability_and_saves_at_once_has_it(editor, session, new_offer):
    post(editor, new_offer, {**TYPED, "pick": ["head-up-display"]})

    taken = {tag.capability_code: tag.level for tag in session.exec(select(OfferCapability))}
    assert taken == {"cockpit-controller": 4, "head-up-display": 3}


def test_what_was_taken_and_removed_survives_leaving(editor, new_offer):
    post(editor, new_offer, {**TYPED, "pick": ["head-up-display"], "action": "add"})
    taken = editor.get(new_offer).text
    post(editor, new_offer, {**TYPED, "remove": "cockpit-controller"})
    removed = editor.get(new_offer).text

    assert 'name="tags" value="head-up-display"' in taken
    assert 'name="tags" value="cockpit-controller"' in taken
    assert 'name="tags"' not in removed


def test_who_ticks_too_many_sees_them_all_and_is_told(editor, session, new_offer):
    codes = [f"capability-{number}" for number in range(20)]
    session.add_all(
        Capability(code=code, node_code="nev-bms", name_zh=code, name_en=code, source="test") for code in codes
    )
    session.commit()

    refused = post(editor, new_offer, {**TYPED, "pick": codes})

    assert refused.status_code == 422
    assert 'id="tags-error"' in refused.text
    assert all(f'name="tags" value="{code}"' in refused.text for code in ("cockpit-controller", *codes))


def test_a_stale_edit_is_shown_beside_the_typed_input(editor, session, organisation):
    offer = make.offer(session, organisation)
    session.commit()
    url = f"/offers/{offer.id}/edit"
    assert f'value="{offer.version}"' in editor.get(url).text
    assert post(editor, url, {**TYPED, "title_zh": "同事的标题", "version": 1}).status_code == 302

    conflict = post(editor, url, {**TYPED, "title_zh": "我的标题", "version": 1})

    assert conflict.status_code == 409
    assert "<td>同事的标题</td><td>我的标题</td>" in conflict.text
    assert 'value="我的标题"' in conflict.text
    session.rollback()
    session.refresh(offer)
    assert offer.title_zh == "同事的标题"


def test_strangers_may_not_write(stranger, session, organisation, new_offer):
    offer = make.offer(session, organisation, state=PostingState.PUBLISHED, valid_until=today())
    session.commit()

    assert stranger.get(new_offer).status_code == 403
    assert post(stranger, new_offer, TYPED).status_code == 403
    assert stranger.get(f"/offers/{offer.id}/edit").status_code == 403
    for verb in ("edit", "publish", "withdraw", "renew"):
        assert post(stranger, f"/offers/{offer.id}/{verb}", TYPED).status_code == 403


@pytest.mark.parametrize("kind", ["offers", "needs"])
def test_lists_come_in_pages_and_any_page_number_is_answered(editor, session, organisation, kind):
    add = make.offer if kind == "offers" else make.need
    for number in range(21):
        add(session, organisation, title_zh=f"第{number}条")
    session.commit()
    url = f"/organisations/{organisation.id}/{kind}"

    assert "page=2" in editor.get(url).text
    for odd in ("2", "0", "-5", "999999999999", "x", "²"):
        assert editor.get(f"{url}?page={odd}").status_code == 200


def test_a_list_that_is_empty_says_what_to_do(editor, stranger, organisation):
    url = f"/organisations/{organisation.id}/needs"

    assert f"/organisations/{organisation.id}/needs/new" in editor.get(url).text
    assert "/needs/new" not in stranger.get(url).text


@pytest.mark.parametrize("action", ["keep", "publish"])
def test_a_new_offer_that_is_sent_twice_is_entered_once(editor, session, new_offer, action):
    first, second = (post(editor, new_offer, TYPED | {"action": action}) for _time in range(2))
    another = post(editor, new_offer, TYPED | {"title_zh": "座舱域控制器定制开发"})

    assert first.location == second.location != another.location
    assert len(session.exec(select(Offer)).all()) == 2
