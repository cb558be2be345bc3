"""Mandates in the browser: who sees what, revised on a copy, steered, verified, read by firms."""

import re
from uuid import UUID

import pytest
from sqlmodel import col, select

from matchmaker.services.actors import PLATFORM
from matchmaker.services.mandates import editions
from models.enums import ClauseForce, MembershipRole, OrganisationKind
from models.funds import ClauseDefault, Mandate, MandateEdition
from tests.factories import make_fund, make_mandate
from tests.web.conftest import post
from tests.web.mandates.conftest import FUND, LIMITS, text_of, the_mandate, version_in

# Who sees what


def test_a_firm_reads_published_terms_and_never_a_draft_or_a_copy(manager, person_of, organisation, published):
    firm, mandate_id = person_of(organisation), published.id
    copy_id = post(manager, f"/funds/mandates/{mandate_id}/revise").location.split("/")[-2]
    post(manager, f"/funds/mandates/{copy_id}/limits", LIMITS | {"firm_age_high": "9"})

    card = firm.get(f"/funds/{mandate_id}")

    assert card.status_code == 200
    assert "成立不超过五年" in card.text
    assert "成立不超过5年" in card.text
    assert "不超过9年" not in card.text
    assert "修改条款" not in card.text
    assert firm.get(f"/funds/{copy_id}").status_code == 404
    assert manager.get(f"/funds/{copy_id}").status_code == 404
    for page in ("check", "fund", "direction", "limits", "clauses", "clearance", "editions"):
        assert firm.get(f"/funds/mandates/{copy_id}/{page}").status_code == 404
    for url in (f"/funds/mandates/{mandate_id}/clearance", f"/funds/mandates/{mandate_id}/status/paused"):
        assert firm.get(url).status_code in {403, 404}
    assert post(firm, f"/funds/mandates/{mandate_id}/revise").status_code == 403
    assert post(firm, f"/funds/mandates/{mandate_id}/verify").status_code == 403


def test_a_manager_of_several_funds_finds_all_mandates_by_fund(session, fund, person_of, published):
    other = make_fund(name_zh="重庆大山基金")
    session.add(other)
    session.commit()

    page = person_of(fund, other).get("/funds/mandates").text

    assert page.index("重庆云岭基金") < page.index("重庆大山基金")
    assert "2 / 3" in text_of(page)
    assert f"/organisations/{other.id}/mandates/new" in page


def test_who_acts_for_no_fund_is_told_what_to_do(person_of, organisation):
    page = person_of(organisation).get("/funds/mandates").text

    assert "您尚未代表任何基金" in page


def test_only_the_people_of_a_fund_have_mandates_in_their_menu(manager, person_of, organisation):
    assert 'href="/funds/mandates"' in manager.get("/account").text
    assert 'href="/funds/mandates"' not in person_of(organisation).get("/account").text


def test_who_only_reads_in_a_fund_sees_the_list_and_may_not_write(fund, person_of, published):
    viewer = person_of(fund, role=MembershipRole.VIEWER)

    assert "新建投资方案" not in viewer.get("/funds/mandates").text
    assert viewer.get(f"/funds/mandates/{published.id}/clearance").status_code == 200
    assert post(viewer, f"/organisations/{fund.id}/mandates/new", FUND).status_code == 403
    assert post(viewer, f"/funds/mandates/{published.id}/revise").status_code == 403


def test_a_firm_cannot_write_a_mandate(session, sign_in, owner, organisation):
    assert organisation.kind is not OrganisationKind.FUND

    response = post(sign_in(owner), f"/organisations/{organisation.id}/mandates/new", FUND)

    assert response.status_code == 422
    assert session.exec(select(Mandate)).all() == []


# Published terms


def test_published_terms_are_changed_on_a_copy_with_what_changes_shown_before(session, manager, published):
    response = post(manager, f"/funds/mandates/{published.id}/revise")
    copy_id = response.location.split("/")[-2]
    assert post(manager, f"/funds/mandates/{copy_id}/limits", LIMITS | {"firm_age_high": "8"}).status_code == 302

    page = text_of(manager.get(f"/funds/mandates/{copy_id}/check").text)
    assert "5年 8年" in page
    assert post(manager, f"/funds/mandates/{copy_id}/publish", {"note": "放宽年限"}).status_code == 302

    mandate = the_mandate(session)
    assert (mandate.id, mandate.firm_age_high, mandate.edition) == (published.id, 8, 2)
    listed = manager.get(f"/funds/mandates/{published.id}/editions").text
    assert "放宽年限" in listed
    assert "5年 8年" in text_of(listed)


def test_terms_that_a_colleague_has_changed_since_are_not_published_unread(session, manager, draft):
    page = manager.get(f"/funds/mandates/{draft.id}/check").text
    version = version_in(page)
    post(manager, f"/funds/mandates/{draft.id}/limits", LIMITS | {"firm_age_high": "8"})

    response = post(manager, f"/funds/mandates/{draft.id}/publish", {"version": version})

    assert response.status_code == 409
    assert session.exec(select(MandateEdition)).all() == []


@pytest.fixture
def overtaken(session, manager, published):
    """A copy in which the age limit was changed, while a table brought another number of staff."""
    copy_id = post(manager, f"/funds/mandates/{published.id}/revise").location.split("/")[-2]
    post(manager, f"/funds/mandates/{copy_id}/limits", LIMITS | {"firm_age_high": "8"})
    session.rollback()
    mandate = session.get(Mandate, published.id, populate_existing=True)
    mandate.staff_high = 60
    session.flush()
    editions.freeze_imported(session, PLATFORM, [mandate.id], note="表格.xlsx")
    session.commit()
    return copy_id


def the_published(session):
    session.rollback()
    wanted = select(Mandate).where(col(Mandate.revises_id).is_(None)).execution_options(populate_existing=True)
    return session.exec(wanted).one()


def test_a_copy_that_began_before_the_edition_in_force_is_not_published_unread(session, manager, overtaken):
    address = f"/funds/mandates/{overtaken}/publish"

    refused = post(manager, address, {"note": "放宽年限"})

    assert refused.status_code == 409
    assert "员工人数上限 — 60" in text_of(refused.text)
    assert 'value="放宽年限"' in refused.text
    assert (the_published(session).staff_high, the_published(session).edition) == (60, 2)
    (edition,) = re.findall(r'name="edition" type="hidden" value="(\d+)"', refused.text)
    assert post(manager, address, {"note": "放宽年限", "edition": edition}).status_code == 302
    assert (the_published(session).staff_high, the_published(session).firm_age_high) == (None, 8)


def test_a_copy_takes_over_what_was_published_since_and_keeps_what_it_changed_itself(session, manager, overtaken):
    post(manager, f"/funds/mandates/{overtaken}/catch-up")

    assert post(manager, f"/funds/mandates/{overtaken}/publish", {"note": "放宽年限"}).status_code == 302
    mandate = the_published(session)
    assert (mandate.staff_high, mandate.firm_age_high, mandate.edition) == (60, 8, 3)


@pytest.fixture
def of_unknown_terms(session, overtaken):
    """The copy began from terms that no edition has kept."""
    session.delete(session.exec(select(MandateEdition).where(MandateEdition.number == 1)).one())
    session.commit()
    return overtaken


def test_where_nobody_knows_from_which_terms_a_copy_began_a_person_ticks_those_that_follow(
    session, manager, of_unknown_terms
):
    address = f"/funds/mandates/{of_unknown_terms}"
    page = manager.get(f"{address}/check").text
    offered = re.findall(r'name="take" value="([^"]+)" checked', page)

    post(manager, f"{address}/catch-up", {"edition": "2", "take": ["staff_high", "clause:staff"]})

    assert {"staff_high", "firm_age_high"} <= set(offered)
    assert post(manager, f"{address}/publish", {"note": "放宽年限"}).status_code == 302
    mandate = the_published(session)
    assert (mandate.staff_high, mandate.firm_age_high, mandate.edition) == (60, 8, 3)


def test_a_copy_that_takes_nothing_over_is_not_said_to_follow(manager, of_unknown_terms):
    address = f"/funds/mandates/{of_unknown_terms}"

    post(manager, f"{address}/catch-up", {"edition": "2"})

    told = manager.get(f"{address}/check").text
    assert "未采用任何条款" in told
    assert "修改稿已并入" not in told


def test_terms_are_not_ticked_beside_an_edition_that_is_no_longer_in_force(session, manager, of_unknown_terms):
    refused = post(manager, f"/funds/mandates/{of_unknown_terms}/catch-up", {"edition": "1", "take": ["staff_high"]})

    assert refused.status_code == 409
    session.rollback()
    assert session.get(Mandate, UUID(of_unknown_terms), populate_existing=True).staff_high is None


def test_a_usual_force_that_changed_since_is_nothing_that_the_fund_published(session, overtaken):
    session.rollback()
    for usual in session.exec(select(ClauseDefault)):
        usual.force = ClauseForce.HARD
    session.flush()

    told = editions.find_overtaken(session, session.get_one(Mandate, UUID(overtaken)))

    assert told is not None
    assert [row.name for row in told.rows] == ["staff_high", "clause:staff"]  # what the table brought, and no more


def test_a_draft_is_thrown_away_after_a_question(session, manager, draft):
    assert "不可恢复" in manager.get(f"/funds/mandates/{draft.id}/discard").text

    assert post(manager, f"/funds/mandates/{draft.id}/discard").status_code == 302

    session.rollback()
    assert session.exec(select(Mandate)).all() == []


@pytest.mark.parametrize("status", ["paused", "exiting", "closed"])
def test_a_status_changes_after_a_question_and_firms_see_it(
    session, manager, person_of, organisation, published, status
):
    asked = manager.get(f"/funds/mandates/{published.id}/status/{status}")
    version = version_in(asked.text)

    response = post(manager, f"/funds/mandates/{published.id}/status/{status}", {"version": version})

    assert response.status_code == 302
    assert the_mandate(session).status == status
    assert "目前不投资新项目" in person_of(organisation).get(f"/funds/{published.id}").text


def test_there_is_no_way_back_from_closed_and_no_status_of_ones_own_invention(session, manager, published):
    post(manager, f"/funds/mandates/{published.id}/status/closed")

    assert manager.get(f"/funds/mandates/{published.id}/status/investing").status_code == 404
    assert post(manager, f"/funds/mandates/{published.id}/status/investing").status_code == 404
    assert manager.get(f"/funds/mandates/{published.id}/status/draft").status_code == 404
    assert post(manager, f"/funds/mandates/{published.id}/revise").status_code == 422


def test_one_click_says_that_the_terms_hold_today(session, fund, manager):
    session.add(make_mandate(fund, stages=["seed"], ticket_low=1.0, ticket_high=2.0))
    session.commit()
    mandate = the_mandate(session)
    assert "尚未核实" in manager.get(f"/funds/{mandate.id}").text

    post(manager, f"/funds/mandates/{mandate.id}/verify")

    assert "最近核实于" in manager.get(f"/funds/{mandate.id}").text


def test_imported_terms_have_a_card_and_no_edition_yet(session, fund, manager, person_of, organisation):
    session.add(make_mandate(fund, stages=["seed"], ticket_low=500_000.0, ticket_high=2_000_000.0, staff_high=100))
    session.commit()
    mandate = the_mandate(session)

    card = person_of(organisation).get(f"/funds/{mandate.id}").text

    assert "员工不超过100人" in card
    assert "尚无版本" in manager.get(f"/funds/mandates/{mandate.id}/editions").text


def test_what_an_import_changed_since_the_last_edition_is_told(session, manager, published):
    assert "有内容与该版不同" not in manager.get(f"/funds/mandates/{published.id}/editions").text
    published.staff_high = 60
    session.commit()

    page = text_of(manager.get(f"/funds/mandates/{published.id}/editions").text)

    assert "有内容与该版不同：员工人数上限、条款：" in page


def test_the_pages_speak_english_too(manager, fund, published):
    manager.get("/funds/mandates?lang=en")

    card = manager.get(f"/funds/{published.id}").text
    listed = text_of(manager.get("/funds/mandates").text)

    assert "The firm is 5 years old at most" in card
    assert "2 of 3" in listed
