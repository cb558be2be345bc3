"""Mandates in the browser: written in steps, each with a live preview of the firms that the terms would see."""

import pytest

from matchmaker.services.mandates import reading
from models.enums import ClauseForce, ClauseKind, MandateStatus
from models.funds import Mandate
from tests.web.conftest import post
from tests.web.mandates.conftest import CLAUSES, DIRECTION, FUND, LIMITS, text_of, the_mandate, version_in

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
    version = version_in(opened)
    post(person_of(fund), f"/funds/mandates/{draft.id}/limits", LIMITS | {"firm_age_high": "8", "version": version})

    response = post(manager, f"/funds/mandates/{draft.id}/limits", LIMITS | {"firm_age_high": "6", "version": version})

    assert response.status_code == 409
    assert "8年" in response.text
    assert 'value="6"' in response.text
    again = version_in(response.text)
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
    assert [one.node_code for one in reading.terms_of(session, draft).direction.fields] == ["nev-cockpit"]


def test_a_field_that_is_ticked_is_taken_by_saving_too_and_what_was_removed_stays_away(session, manager, draft):
    url = f"/funds/mandates/{draft.id}/direction"
    post(manager, url, DIRECTION | {"remove": "nev-cockpit"})
    without = manager.get(url).text

    post(manager, url, DIRECTION | {"pick": "nev-bms"})

    assert 'name="fields"' not in without
    session.rollback()
    stored = reading.terms_of(session, session.get(Mandate, draft.id, populate_existing=True))
    assert [one.node_code for one in stored.direction.fields] == ["nev-cockpit", "nev-bms"]


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

    assert "可考虑2家企业" in strict
    assert "1家因企业年限被拦下" in strict
    assert "可考虑3家企业" in wide
    assert "企业年限被拦下" not in wide
    assert the_mandate(session).version == version


def test_without_script_a_button_works_the_preview_out_and_saves_nothing(session, manager, draft):
    response = post(
        manager, f"/funds/mandates/{draft.id}/limits", LIMITS | {"firm_age_high": "50", "action": "preview"}
    )

    assert response.status_code == 200
    assert "可考虑3家企业" in text_of(response.text)
    assert 'value="50"' in response.text
    assert the_mandate(session).firm_age_high == 5


def test_a_preview_of_what_cannot_be_read_says_so_and_shows_the_saved_terms(manager, draft):
    page = post(manager, f"/funds/mandates/{draft.id}/preview/limits", LIMITS | {"ticket_high": "1"}).text

    assert "暂时无法识别" in page
    assert "可考虑2家企业" in text_of(page)


def test_a_stranger_has_no_preview_of_a_funds_draft(person_of, organisation, draft, fund):
    stranger = person_of(organisation)

    assert post(stranger, f"/funds/mandates/{draft.id}/preview/limits", LIMITS).status_code == 404
    assert post(stranger, f"/organisations/{fund.id}/mandates/preview", FUND).status_code == 403
