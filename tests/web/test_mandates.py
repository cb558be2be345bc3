"""Mandates in the browser: written in steps with a live preview, published, revised, steered, read by firms."""

import re
from datetime import date

import pytest
from sqlmodel import select

from matchmaker.services.mandates import reading
from models.enums import ClauseForce, ClauseKind, FinancingStage, MandateStatus, MembershipRole, OrganisationKind
from models.funds import ClauseDefault, Mandate, MandateEdition
from models.taxonomy import FieldGradeDefault
from tests import records as make
from tests.factories import make_fund, make_mandate, make_member, make_round, make_user
from tests.web.conftest import post

FUND = {"name_zh": "云岭种子基金", "level": "municipal", "size": "20000", "remaining": "9000", "exit_years": "5"}
DIRECTION = {
    "stages": ["seed", "angel"],
    "fields": "nev-cockpit",
    "fields-main-nev-cockpit": "y",
    "exclusions": "房地产",
}
LIMITS = {"ticket_low": "50", "ticket_high": "200", "firm_age_high": "5", "stake_high": "20", "trl_low": "4"}
CLAUSES = {
    "clauses-firm_age-force": "hard",
    "clauses-firm_age-text_zh": "成立不超过五年",
    "clauses-stage-force": "waivable",
    "decision_weeks": "6",
}


@pytest.fixture
def fund(session):
    """A fund, three firms with open rounds (two of them young), and how hard clauses are usually held."""
    make.add_taxonomy(session)
    session.merge(FieldGradeDefault(field="rounds", grade="open", source="test"))
    session.add_all(ClauseDefault(kind=kind, force=ClauseForce.WAIVABLE, source="章程") for kind in ClauseKind)
    fund = make_fund(name_zh="重庆云岭基金")
    session.add(fund)
    for name, founded in (("重庆甲科技", "2024-01-01"), ("重庆乙科技", "2023-01-01"), ("重庆丙科技", "2001-01-01")):
        firm = make.organisation(session, name_zh=name, founded_on=date.fromisoformat(founded))
        session.add(make_round(firm, stage=FinancingStage.ANGEL, amount=2_000_000.0))
    session.commit()
    return fund


@pytest.fixture
def person_of(session, sign_in):
    """A browser in which somebody of these organisations is signed in."""

    def open_browser(*organisations, role=MembershipRole.OWNER):
        user = make_user()
        session.add(user)
        session.flush()
        session.add_all(make_member(user, one, role) for one in organisations)
        session.commit()
        return sign_in(user)

    return open_browser


@pytest.fixture
def manager(fund, person_of):
    return person_of(fund)


@pytest.fixture
def draft(session, fund, manager):
    """A mandate written in full by the pages themselves."""
    post(manager, f"/organisations/{fund.id}/mandates/new", FUND)
    mandate = the_mandate(session)
    for step, typed in (("direction", DIRECTION), ("limits", LIMITS), ("clauses", CLAUSES)):
        assert post(manager, f"/funds/mandates/{mandate.id}/{step}", typed).status_code == 302
    session.rollback()
    return session.get(Mandate, mandate.id, populate_existing=True)


@pytest.fixture
def published(session, manager, draft):
    assert post(manager, f"/funds/mandates/{draft.id}/publish", {"note": "首版"}).status_code == 302
    session.rollback()
    return session.get(Mandate, draft.id, populate_existing=True)


def the_mandate(session):
    session.rollback()
    session.expire_all()
    return session.exec(select(Mandate)).one()


def text_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


# Writing


def test_a_mandate_is_written_in_steps_checked_and_published(session, fund, manager):
    assert manager.get(f"/organisations/{fund.id}/mandates/new").status_code == 200
    response = post(manager, f"/organisations/{fund.id}/mandates/new", FUND)
    mandate = the_mandate(session)
    assert response.location.endswith(f"/funds/mandates/{mandate.id}/direction")

    for step, typed in (("direction", DIRECTION), ("limits", LIMITS), ("clauses", CLAUSES)):
        assert manager.get(f"/funds/mandates/{mandate.id}/{step}").status_code == 200
        assert post(manager, f"/funds/mandates/{mandate.id}/{step}", typed).status_code == 302
    page = manager.get(f"/funds/mandates/{mandate.id}/check").text
    assert "成立不超过五年" in page
    assert "200万元" in page
    response = post(manager, f"/funds/mandates/{mandate.id}/publish", {"note": "首版"})

    assert response.location.endswith(f"/funds/mandates/{mandate.id}/clearance")
    mandate = the_mandate(session)
    assert (mandate.status, mandate.edition, mandate.ticket_low) == (MandateStatus.INVESTING, 1, 500_000.0)
    assert mandate.stages == ["seed", "angel"]
    terms = reading.terms_of(session, mandate)
    assert [(one.node_code, one.is_main) for one in terms.direction.fields] == [("nev-cockpit", True)]
    forces = {one.kind: (one.force, one.text_zh) for one in terms.clauses.clauses}
    assert forces == {ClauseKind.FIRM_AGE: (ClauseForce.HARD, "成立不超过五年")}


def test_what_is_missing_links_to_its_field_and_keeps_from_publishing(session, fund, manager):
    post(manager, f"/organisations/{fund.id}/mandates/new", FUND)
    mandate = the_mandate(session)

    page = manager.get(f"/funds/mandates/{mandate.id}/check").text
    refused = post(manager, f"/funds/mandates/{mandate.id}/publish")

    assert f'href="/funds/mandates/{mandate.id}/limits#ticket_low"' in page
    assert "发布为第" not in page
    assert refused.status_code == 422
    assert the_mandate(session).status is MandateStatus.DRAFT


@pytest.mark.parametrize(
    ("step", "typed", "field"),
    [
        ("fund", FUND | {"remaining": "30000"}, "remaining"),
        ("fund", FUND | {"exit_years": "很久"}, "exit_years"),
        ("fund", FUND | {"name_zh": ""}, "name_zh"),
        ("limits", LIMITS | {"ticket_high": "10"}, "ticket_high"),
        ("limits", LIMITS | {"stake_high": "120"}, "stake_high"),
        ("limits", LIMITS | {"reinvestment_multiple": "十一"}, "reinvestment_multiple"),
        ("direction", DIRECTION | {"exclusions": "长" * 81}, "exclusions"),
        ("clauses", CLAUSES | {"decision_weeks": "600"}, "decision_weeks"),
    ],
)
def test_what_cannot_be_is_named_at_its_field_and_what_was_typed_stays(session, manager, draft, step, typed, field):
    before = reading.terms_of(session, draft)

    response = post(manager, f"/funds/mandates/{draft.id}/{step}", typed)

    assert response.status_code == 422
    assert f'href="#{field}"' in response.text
    if typed[field]:
        assert str(typed[field]) in response.text
    session.rollback()
    assert reading.terms_of(session, session.get(Mandate, draft.id, populate_existing=True)) == before


def test_a_colleague_who_was_faster_is_shown_term_by_term(session, fund, manager, person_of, draft):
    opened = manager.get(f"/funds/mandates/{draft.id}/limits").text
    version = re.search(r'name="version"[^>]*value="(\d+)"', opened)[1]
    post(person_of(fund), f"/funds/mandates/{draft.id}/limits", LIMITS | {"firm_age_high": "8", "version": version})

    response = post(manager, f"/funds/mandates/{draft.id}/limits", LIMITS | {"firm_age_high": "6", "version": version})

    assert response.status_code == 409
    assert "8年" in response.text
    assert 'value="6"' in response.text
    again = re.search(r'name="version"[^>]*value="(\d+)"', response.text)[1]
    retry = LIMITS | {"firm_age_high": "6", "version": again}
    assert post(manager, f"/funds/mandates/{draft.id}/limits", retry).status_code == 302


def test_fields_are_found_taken_marked_and_removed_without_script(session, manager, draft):
    url = f"/funds/mandates/{draft.id}/direction"

    found = post(manager, url, DIRECTION | {"action": "find", "find": "电池"}).text
    taken = post(manager, url, DIRECTION | {"action": "add", "pick": "nev-bms"}).text
    removed = post(manager, url, DIRECTION | {"remove": "nev-cockpit"}).text

    assert 'id="pick-nev-bms"' in found
    assert 'id="pick-nev-cockpit"' not in found
    assert 'name="fields" value="nev-bms"' in taken
    assert 'name="fields" value="nev-cockpit"' in taken
    assert 'name="fields" value="nev-cockpit"' not in removed
    assert "房地产" in removed
    session.rollback()
    assert [one.node_code for one in reading.list_fields(session, draft.id)] == ["nev-cockpit"]


def test_typed_terms_survive_leaving(manager, draft):
    post(manager, f"/funds/mandates/{draft.id}/limits", LIMITS | {"firm_age_high": "7", "action": "save"})

    page = manager.get(f"/funds/mandates/{draft.id}/limits").text

    assert 'value="7"' in page
    assert "草稿" in page


# Preview


def test_the_preview_says_how_many_firms_the_typed_terms_see_and_what_stops_the_others(session, manager, draft):
    hard = CLAUSES | {"clauses-field-force": "waivable"}
    post(manager, f"/funds/mandates/{draft.id}/clauses", hard)
    version = the_mandate(session).version

    strict = text_of(post(manager, f"/funds/mandates/{draft.id}/preview/limits", LIMITS).text)
    wide = text_of(post(manager, f"/funds/mandates/{draft.id}/preview/limits", LIMITS | {"firm_age_high": "50"}).text)

    assert "可投2家企业" in strict
    assert "1家因企业年限被拦下" in strict
    assert "可投3家企业" in wide
    assert "企业年限被拦下" not in wide
    assert the_mandate(session).version == version


def test_without_script_a_button_works_the_preview_out_and_saves_nothing(session, manager, draft):
    response = post(
        manager, f"/funds/mandates/{draft.id}/limits", LIMITS | {"firm_age_high": "50", "action": "preview"}
    )

    assert response.status_code == 200
    assert "可投3家企业" in text_of(response.text)
    assert 'value="50"' in response.text
    assert the_mandate(session).firm_age_high == 5


def test_a_preview_of_what_cannot_be_read_says_so_and_shows_the_saved_terms(manager, draft):
    page = post(manager, f"/funds/mandates/{draft.id}/preview/limits", LIMITS | {"ticket_high": "1"}).text

    assert "暂时无法识别" in page
    assert "可投2家企业" in text_of(page)


def test_a_stranger_has_no_preview_of_a_funds_draft(person_of, organisation, draft, fund):
    stranger = person_of(organisation)

    assert post(stranger, f"/funds/mandates/{draft.id}/preview/limits", LIMITS).status_code == 404
    assert post(stranger, f"/organisations/{fund.id}/mandates/preview", FUND).status_code == 403


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
    editions = manager.get(f"/funds/mandates/{published.id}/editions").text
    assert "放宽年限" in editions
    assert "5年 8年" in text_of(editions)


def test_terms_that_a_colleague_has_changed_since_are_not_published_unread(session, manager, draft):
    page = manager.get(f"/funds/mandates/{draft.id}/check").text
    version = re.search(r'name="version"[^>]*value="(\d+)"', page)[1]
    post(manager, f"/funds/mandates/{draft.id}/limits", LIMITS | {"firm_age_high": "8"})

    response = post(manager, f"/funds/mandates/{draft.id}/publish", {"version": version})

    assert response.status_code == 409
    assert session.exec(select(MandateEdition)).all() == []


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
    version = re.search(r'name="version"[^>]*value="(\d+)"', asked.text)[1]

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
