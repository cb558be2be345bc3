"""The pages of the deal desk: lists, table, board, deals, settings, and what other people see of them."""

import re

import pytest
from sqlmodel import select

from matchmaker.services.desk import columns, deals, stages
from matchmaker.services.desk.deals import DealDraft
from models.desk import Deal, DealList
from models.enums import ColumnType, MembershipRole, OrganisationKind, StageKind, StageRule
from tests import records as make
from tests.desk_records import make_desk
from tests.factories import make_fund, make_member, make_user
from tests.web.conftest import post


@pytest.fixture
def desk(session):
    make.add_taxonomy(session)
    desk = make_desk(session)
    session.commit()
    return desk


@pytest.fixture
def firm(session, desk):
    firm = make.organisation(session, name_zh="重庆屏联智舱科技有限公司")
    session.commit()
    return firm


@pytest.fixture
def deal(session, desk, firm):
    deal = deals.add_deal(session, desk.manager, desk.deal_list.id, firm.id)
    session.commit()
    return deal


@pytest.fixture
def manager(session, desk, sign_in):
    return enter(session, sign_in, desk.fund)


@pytest.fixture
def viewer(session, desk, sign_in):
    return enter(session, sign_in, desk.fund, MembershipRole.VIEWER)


@pytest.fixture
def rival(session, desk, sign_in):
    """Somebody of another fund."""
    fund = make_fund()
    session.add(fund)
    session.flush()
    return enter(session, sign_in, fund)


def enter(session, sign_in, fund, role=MembershipRole.OWNER):
    user = make_user()
    session.add(user)
    session.flush()
    session.add(make_member(user, fund, role))
    session.commit()
    return sign_in(user)


def stage_of(desk, kind):
    return str(desk.stage(kind).id)


def reread(session, record):
    """As it is stored now: the test's own transaction still sees what was there before the request."""
    session.rollback()
    return session.get_one(type(record), record.id, populate_existing=True)


def test_a_fund_begins_a_list_and_finds_it_with_the_usual_stages(manager, desk, session):
    answer = post(manager, f"/funds/{desk.fund.id}/desk/new", {"name": "种子期项目", "mandate_id": ""})
    page = manager.get(answer.location).text

    assert session.exec(select(DealList).where(DealList.name == "种子期项目")).one().organisation_id == desk.fund.id
    for name in ("线索", "初筛", "尽调", "投决", "签约", "投后", "退出", "已放弃"):
        assert name in page


def test_a_list_without_a_name_is_asked_for_one(manager, desk):
    answer = post(manager, f"/funds/{desk.fund.id}/desk/new", {"name": " "})

    assert answer.status_code == 422
    assert 'href="#name"' in answer.text


def test_the_people_of_another_fund_find_nothing_of_a_desk(rival, desk, deal, firm):
    stage = desk.stage(StageKind.LEAD)
    pages = (
        f"/funds/desk/{desk.deal_list.id}",
        f"/funds/desk/{desk.deal_list.id}/settings",
        f"/funds/desk/{desk.deal_list.id}/stages/{stage.id}",
        f"/funds/desk/deals/{deal.id}",
        f"/funds/desk/deals/{deal.id}/move",
        f"/funds/{desk.fund.id}/desk/new",
    )

    assert [rival.get(page).status_code for page in pages] == [404] * len(pages)
    assert post(rival, f"/funds/desk/deals/{deal.id}/notes", {"text": "看看"}).status_code == 404
    assert post(rival, f"/funds/desk/{desk.deal_list.id}/together", {"deal": str(deal.id)}).status_code == 404
    assert desk.deal_list.name not in rival.get("/funds/desk").text
    seen = rival.get(f"/funds/firms/{firm.id}?lang=en", follow_redirects=True).text
    assert desk.deal_list.name not in seen
    assert "On none of your lists yet." in seen


def test_neither_the_firm_nor_an_officer_sees_where_it_stands(session, sign_in, desk, deal, firm, app):
    member = enter(session, sign_in, firm)

    assert member.get(f"/funds/desk/deals/{deal.id}").status_code == 404
    assert member.get("/funds/desk").status_code == 200
    assert desk.deal_list.name not in member.get("/funds/desk").text


def test_who_only_looks_sees_the_desk_and_no_form_that_changes_it(viewer, desk, deal):
    board = viewer.get(f"/funds/desk/{desk.deal_list.id}?view=board").text
    page = viewer.get(f"/funds/desk/deals/{deal.id}").text

    assert "重庆屏联智舱科技有限公司" in board
    assert f"/funds/desk/deals/{deal.id}/move" not in board + page
    assert viewer.get(f"/funds/desk/{desk.deal_list.id}/settings").status_code == 403
    assert post(viewer, f"/funds/desk/deals/{deal.id}/notes", {"text": "看看"}).status_code == 403


def test_a_firm_is_added_by_its_name_and_a_wrong_name_is_kept_to_correct(manager, desk, firm, session):
    url = f"/funds/desk/{desk.deal_list.id}"

    wrong = post(manager, url, {"name": "没有这家公司"})
    right = post(manager, url, {"name": firm.name_zh})

    assert wrong.status_code == 422
    assert 'value="没有这家公司"' in wrong.text
    deal = session.exec(select(Deal)).one()
    assert right.location.endswith(f"/funds/desk/deals/{deal.id}")


def test_the_deal_says_what_the_next_stage_asks_and_a_move_against_it_is_held_back(manager, desk, deal, session):
    page = manager.get(f"/funds/desk/deals/{deal.id}?lang=en", follow_redirects=True).text
    answer = post(
        manager,
        f"/funds/desk/deals/{deal.id}/move",
        {"stage_id": stage_of(desk, StageKind.SCREENING), "seen": stage_of(desk, StageKind.LEAD)},
    )

    assert "Somebody is in charge" in page
    assert answer.status_code == 422
    assert "override" in answer.text
    assert reread(session, deal).stage_id == desk.stage(StageKind.LEAD).id


def test_a_move_against_the_rules_shows_its_reason_from_then_on(manager, desk, deal, session):
    move = {
        "stage_id": stage_of(desk, StageKind.SCREENING),
        "seen": stage_of(desk, StageKind.LEAD),
        "override": "合伙人会议口头同意",
    }

    answer = post(manager, f"/funds/desk/deals/{deal.id}/move", move)

    assert answer.status_code == 302
    assert manager.get(f"/funds/desk/deals/{deal.id}").text.count("合伙人会议口头同意") >= 2
    assert "合伙人会议口头同意" in manager.get(f"/funds/desk/{desk.deal_list.id}").text


def test_from_the_board_one_comes_back_to_the_card(manager, desk, deal, session):
    deals.update_deal(session, desk.manager, deal.id, DealDraft(owner_id=desk.manager.user_id))
    session.commit()
    move = {
        "stage_id": stage_of(desk, StageKind.SCREENING),
        "seen": stage_of(desk, StageKind.LEAD),
        "back": "board",
    }

    answer = post(manager, f"/funds/desk/deals/{deal.id}/move", move)

    assert answer.location.endswith(f"/funds/desk/{desk.deal_list.id}?view=board#card-{deal.id}")


def test_the_second_of_two_people_who_move_one_card_keeps_what_was_typed(manager, desk, deal, session):
    deals.update_deal(session, desk.manager, deal.id, DealDraft(owner_id=desk.manager.user_id))
    session.commit()
    lead = stage_of(desk, StageKind.LEAD)
    post(
        manager,
        f"/funds/desk/deals/{deal.id}/move",
        {"stage_id": stage_of(desk, StageKind.SCREENING), "seen": lead},
    )
    late = {"stage_id": stage_of(desk, StageKind.SIGNING), "seen": lead, "note": "已谈妥条款", "override": "急"}

    conflict = post(manager, f"/funds/desk/deals/{deal.id}/move", late)
    again = post(manager, f"/funds/desk/deals/{deal.id}/move", {**late, "seen": hidden(conflict.text, "seen")})

    assert conflict.status_code == 409
    assert "已谈妥条款" in conflict.text
    assert again.status_code == 302
    assert reread(session, deal).stage_id == desk.stage(StageKind.SIGNING).id


def hidden(page, name):
    field = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
    assert field
    value = re.search(r'value="([^"]*)"', field[0])
    return value[1] if value else ""


def test_two_people_who_edit_one_deal_at_once_are_shown_what_differs(manager, desk, deal, session):
    version = hidden(manager.get(f"/funds/desk/deals/{deal.id}").text, "version")
    deals.update_deal(session, desk.manager, deal.id, DealDraft(tags=("芯片",)))
    session.commit()
    typed = {"version": version, "tags": "车规", "owner_id": "", "amount": "300"}

    conflict = post(manager, f"/funds/desk/deals/{deal.id}", typed)
    again = post(manager, f"/funds/desk/deals/{deal.id}", {**typed, "version": hidden(conflict.text, "version")})

    assert conflict.status_code == 409
    assert "芯片" in conflict.text
    assert 'value="车规"' in conflict.text
    assert again.status_code == 302
    kept = reread(session, deal)
    assert (kept.tags, kept.amount) == (["车规"], 3_000_000.0)


def test_a_deal_is_dropped_with_a_reason(manager, desk, deal, session):
    move = {"stage_id": stage_of(desk, StageKind.DROPPED), "seen": stage_of(desk, StageKind.LEAD), "note": "太早"}

    without = post(manager, f"/funds/desk/deals/{deal.id}/move", move)
    with_reason = post(manager, f"/funds/desk/deals/{deal.id}/move", {**move, "reason": "too_early"})

    assert without.status_code == 422
    assert 'href="#reason"' in without.text
    assert with_reason.status_code == 302
    assert reread(session, deal).reason == "too_early"


def test_notes_and_the_way_of_a_deal_are_read_in_words(manager, desk, deal):
    post(manager, f"/funds/desk/deals/{deal.id}/notes", {"text": "创始人来自长安汽车"})
    version = hidden(manager.get(f"/funds/desk/deals/{deal.id}").text, "version")
    saved = {"version": version, "amount": "300", "tags": "芯片、车规", "owner_id": ""}
    post(manager, f"/funds/desk/deals/{deal.id}", saved)

    page = manager.get(f"/funds/desk/deals/{deal.id}?lang=en", follow_redirects=True).text

    assert "创始人来自长安汽车" in page
    assert "Amount: now CNY 3 M" in page
    assert "Tags: now 芯片, 车规" in page
    assert "Put on the list" in page


def test_several_deals_are_moved_at_once_and_who_stays_is_named_with_the_reason(manager, desk, deal, session):
    ready = deals.add_deal(
        session, desk.manager, desk.deal_list.id, make.organisation(session, name_zh="重庆芯联科技有限公司").id
    )
    deals.update_deal(session, desk.manager, ready.id, DealDraft(owner_id=desk.manager.user_id))
    session.commit()
    chosen = {
        "deal": [str(deal.id), str(ready.id)],
        "stage": stage_of(desk, StageKind.SCREENING),
        "action": "move",
        "next": f"/funds/desk/{desk.deal_list.id}?sort=due",
    }

    manager.get("/funds/desk?lang=en")
    answer = post(manager, f"/funds/desk/{desk.deal_list.id}/together", chosen)
    page = manager.get(answer.location).text

    assert answer.location.endswith("?sort=due")
    assert "One deal moved." in page
    assert "重庆屏联智舱科技有限公司 stays: Somebody is in charge" in page
    assert reread(session, ready).stage_id == desk.stage(StageKind.SCREENING).id


def test_several_deals_are_tagged_at_once(manager, desk, deal, session):
    chosen = {"deal": str(deal.id), "tag": "重点", "action": "tag"}

    post(manager, f"/funds/desk/{desk.deal_list.id}/together", chosen)

    assert reread(session, deal).tags == ["重点"]


def test_nobody_is_sent_to_another_site_after_a_change(manager, desk, deal):
    for evil in ("https://evil.example/funds/", "//evil.example/funds/x", "/\\evil.example", "javascript:alert(1)"):
        chosen = {"deal": str(deal.id), "tag": "重点", "action": "tag", "next": evil}

        answer = post(manager, f"/funds/desk/{desk.deal_list.id}/together", chosen)

        assert answer.location == f"/funds/desk/{desk.deal_list.id}"


def test_the_table_is_filtered_and_sorted_by_the_address(manager, desk, deal, session):
    other = deals.add_deal(
        session, desk.manager, desk.deal_list.id, make.organisation(session, name_zh="重庆芯联科技有限公司").id
    )
    deals.update_deal(session, desk.manager, deal.id, DealDraft(amount=2_000_000.0, tags=("芯片",)))
    deals.update_deal(session, desk.manager, other.id, DealDraft(amount=5_000_000.0))
    session.commit()
    url = f"/funds/desk/{desk.deal_list.id}"

    tagged = manager.get(f"{url}?tag=芯片").text
    dearest_first = manager.get(f"{url}?sort=amount&dir=down").text

    assert "重庆芯联科技有限公司" not in tagged
    assert dearest_first.index("重庆芯联科技有限公司") < dearest_first.index("重庆屏联智舱科技有限公司")
    for odd in ("?stage=x", "?owner=nobody", "?overdue=y", "?sort=%00", "?q=%25", "?stage=" + str(desk.fund.id)):
        assert manager.get(url + odd).status_code == 200


def test_an_own_column_is_added_filled_in_shown_and_put_away_after_a_question(manager, desk, deal, session):
    settings = f"/funds/desk/{desk.deal_list.id}"
    post(manager, f"{settings}/columns", {"label": "推荐人", "type": "choice", "choices": "王处\n李总"})
    column = columns.columns_of(reread(session, desk.deal_list))[0]
    version = hidden(manager.get(f"/funds/desk/deals/{deal.id}").text, "version")
    saved = {"version": version, f"value_{column.key}": "李总", "owner_id": "", "tags": "", "amount": ""}
    post(manager, f"/funds/desk/deals/{deal.id}", saved)

    table = manager.get(settings).text
    question = manager.get(f"{settings}/columns/{column.key}/away?lang=en", follow_redirects=True).text
    post(manager, f"{settings}/columns/{column.key}/away")

    assert "推荐人" in table
    assert "李总" in table
    assert "One deal has a value in it. It is kept" in question
    assert "李总" not in manager.get(settings).text
    assert reread(session, deal).values == {column.key: "李总"}


def test_a_choice_column_without_choices_is_refused_at_its_field(manager, desk):
    answer = post(manager, f"/funds/desk/{desk.deal_list.id}/columns", {"label": "推荐人", "type": "choice"})

    assert answer.status_code == 422
    assert 'href="#choices"' in answer.text


def test_a_stage_is_renamed_and_given_rules_and_a_stale_form_is_refused(manager, desk, session):
    stage = desk.stage(StageKind.EXIT)
    url = f"/funds/desk/{desk.deal_list.id}/stages/{stage.id}"
    version = hidden(manager.get(url).text, "version")
    typed = {"version": version, "name_zh": "已退出", "name_en": "", "kind": "exit", "rules": ["note", "owner"]}

    first = post(manager, url, typed)
    second = post(manager, url, {**typed, "name_zh": "清算"})

    assert first.status_code == 302
    assert second.status_code == 409
    changed = reread(session, stage)
    assert changed.name_zh == "已退出"
    assert stages.rules_of(changed) == [StageRule.OWNER, StageRule.NOTE]


def test_a_stage_in_use_stays_and_it_is_said_why(manager, desk, deal):
    stage = desk.stage(StageKind.LEAD)

    answer = post(manager, f"/funds/desk/{desk.deal_list.id}/stages/{stage.id}/remove")

    assert answer.status_code == 422


def test_every_card_of_the_board_can_be_moved_without_script(manager, desk, deal):
    board = manager.get(f"/funds/desk/{desk.deal_list.id}?view=board").text

    assert board.count('class="lane"') == 8
    assert f'action="/funds/desk/deals/{deal.id}/move"' in board
    assert f'<option value="{desk.stage(StageKind.EXIT).id}">' in board


def test_firms_are_compared_side_by_side_from_the_list(manager, desk, deal, session):
    other = deals.add_deal(session, desk.manager, desk.deal_list.id, make.organisation(session, staff=40).id)
    columns.add_column(session, desk.manager, desk.deal_list.id, "推荐人", ColumnType.TEXT)
    session.commit()
    chosen = {"deal": [str(deal.id), str(other.id)], "action": "compare"}

    answer = post(manager, f"/funds/desk/{desk.deal_list.id}/together", chosen)
    page = manager.get(answer.location).text
    only = manager.get(answer.location + "&only=differences").text

    assert "重庆屏联智舱科技有限公司" in page
    assert page.count("<tr>") > only.count("<tr>")
    assert ">40<" in only


def test_what_a_firm_keeps_back_is_not_open_in_the_comparison(manager, desk, session):
    firm = make.organisation(session, kind=OrganisationKind.SME, rd_ratio=0.0777)
    session.commit()

    page = manager.get(f"/funds/compare?with={firm.id}&lang=en", follow_redirects=True).text

    assert "visible on request" in page
    assert "7.8" not in page


def test_a_list_without_deals_stands_among_the_lists(manager, desk):
    assert desk.deal_list.name in manager.get("/funds/desk").text
