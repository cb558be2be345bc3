"""Weight presets, the audit log and what is kept how long."""

import pytest
from sqlmodel import Session, select

from matchmaker.errors import InvalidInput, NotAllowed, Stale
from matchmaker.services import audit, presets
from matchmaker.services.actors import PLATFORM, VISITOR
from models.accounts import Role
from models.audit import AuditEntry, RetentionRule
from models.enums import Grade, PlatformRole, PostingState
from models.organisations import FieldGrade
from models.taxonomy import FieldGradeDefault, PresetWeight, WeightPreset
from seeds.reference import read_reference, records_of
from tests.factories import make_need, make_user
from tests.web.conftest import post
from tests.web.test_base import assert_well_formed

SHOWN = {"shown_capability": "30.0", "shown_text": "20.0"}


@pytest.fixture
def preset(session: Session) -> WeightPreset:
    preset = make_preset("partners-default", is_live=True)
    session.add_all([preset, make_preset("partners-second")])
    session.flush()
    for code in ("partners-default", "partners-second"):
        session.add(PresetWeight(preset_code=code, component="capability", weight=30))
        session.add(PresetWeight(preset_code=code, component="text", weight=20))
    session.commit()
    return preset


def make_preset(code: str, **values: object) -> WeightPreset:
    return WeightPreset(code=code, name_zh="默认", name_en=f"Preset {code}", source="x", purpose="partners", **values)


@pytest.fixture
def browser(session, sign_in):
    administrator = make_user(PlatformRole.ADMINISTRATOR, name="王磊")
    session.add(administrator)
    session.commit()
    return sign_in(administrator)


def read_weights(session: Session, preset: WeightPreset) -> dict[str, float]:
    session.rollback()
    session.expire_all()
    return presets.read_weights(session, preset)


def test_an_administrator_changes_weights_and_the_log_has_it(browser, session, preset):
    answers = SHOWN | {"weight_capability": "35.5", "weight_text": "20"}

    response = post(browser, "/admin/presets/partners-default", answers)

    assert response.status_code == 302
    assert read_weights(session, preset) == {"capability": 35.5, "text": 20}
    log = browser.get("/admin/audit").text
    assert "preset.change" in log
    assert "王磊" in log
    assert "30.0 → 35.5" in log


@pytest.mark.parametrize("typed", ["-1", "101", "NaN", "Infinity", "viel", "", "1e999"])
def test_a_weight_out_of_range_is_refused_and_kept_as_typed(browser, session, preset, typed):
    response = post(
        browser, "/admin/presets/partners-default", SHOWN | {"weight_capability": typed, "weight_text": "20"}
    )

    assert response.status_code == 422
    assert "weight_capability-error" in response.text
    assert f'value="{typed}"' in response.text
    assert_well_formed(response.text)
    assert read_weights(session, preset) == {"capability": 30, "text": 20}


def test_weights_that_are_all_zero_are_refused(browser, session, preset):
    response = post(browser, "/admin/presets/partners-default", SHOWN | {"weight_capability": "0", "weight_text": "0"})

    assert response.status_code == 422
    assert "至少一项的权重应大于 0" in response.text


def test_a_colleagues_change_in_between_is_not_lost(browser, session, preset):
    session.get_one(PresetWeight, ("partners-default", "capability")).weight = 50
    session.commit()

    response = post(
        browser, "/admin/presets/partners-default", SHOWN | {"weight_capability": "10", "weight_text": "20"}
    )

    assert response.status_code == 409
    assert "能力匹配" in response.text
    assert "50" in response.text
    assert read_weights(session, preset) == {"capability": 50, "text": 20}


def test_a_form_whose_shown_values_were_tampered_with_changes_nothing(browser, session, preset):
    answers = {"shown_capability": "x", "shown_text": "", "weight_capability": "1", "weight_text": "1"}

    assert post(browser, "/admin/presets/partners-default", answers).status_code == 409
    assert read_weights(session, preset) == {"capability": 30, "text": 20}


def test_one_preset_of_a_purpose_is_live(browser, session, preset):
    response = post(browser, "/admin/presets/partners-second/make-live")

    assert response.status_code == 302
    session.expire_all()
    live = session.exec(select(WeightPreset.code).where(WeightPreset.is_live)).all()
    assert live == ["partners-second"]


def test_making_the_live_preset_live_again_leaves_no_entry(browser, session, preset):
    post(browser, "/admin/presets/partners-default/make-live")

    assert session.exec(select(AuditEntry)).all() == []


def test_saving_what_is_there_leaves_no_entry(browser, session, preset):
    post(browser, "/admin/presets/partners-default", SHOWN | {"weight_capability": "30", "weight_text": "20"})

    assert session.exec(select(AuditEntry)).all() == []


def test_a_service_refuses_who_has_no_right(session, preset):
    with pytest.raises(NotAllowed):
        presets.change_weights(session, VISITOR, preset, {"text": 1}, expected={})


@pytest.mark.parametrize("weights", [{"text": float("nan")}, {"text": -0.1}, {"text": 101}, {"nonsense": 1}])
def test_a_service_refuses_weights_that_a_form_would_not_send(session, preset, weights):
    with pytest.raises(InvalidInput):
        presets.change_weights(session, PLATFORM, preset, weights, expected={"capability": 30, "text": 20})


def test_a_service_names_each_weight_that_has_moved(session, preset):
    with pytest.raises(Stale) as caught:
        presets.change_weights(session, PLATFORM, preset, {"text": 1}, expected={"capability": 30, "text": 19})

    assert caught.value.differences == {"text": (20, 1)}


def test_the_log_is_paged_and_filtered_by_the_beginning_of_the_action(browser, session):
    for number in range(60):
        entry = AuditEntry(
            action=f"offer.{'publish' if number % 2 else 'create'}", subject_type="offers", subject_id="x"
        )
        session.add(entry)
    session.commit()

    first, second = browser.get("/admin/audit").text, browser.get("/admin/audit?page=2").text
    filtered = browser.get("/admin/audit?action=offer.publish").text

    assert "共 60 条" in first
    assert first.count("<tr>") == 51
    assert second.count("<tr>") == 11
    assert filtered.count("<tr>") == 31
    assert "offer.create" not in filtered
    assert "没有日志" in browser.get("/admin/audit?action=offer%25").text
    for page in (first, filtered):
        assert_well_formed(page)


@pytest.mark.parametrize("page", ["-1", "0", "99999999999999999999", "x", "1e3"])
def test_a_senseless_page_number_gives_a_page(browser, page):
    assert browser.get(f"/admin/audit?page={page}").status_code == 200


@pytest.mark.parametrize("typed", ["sNaN", "NaN", "1e999999", "-Infinity"])
def test_a_weight_that_no_number_can_be_is_named_at_its_field(browser, preset, typed):
    answer = post(browser, f"/admin/presets/{preset.code}", {"weight_capability": typed, "weight_text": "20", **SHOWN})

    assert answer.status_code == 422


def test_the_log_says_that_a_closed_field_changed_but_not_to_what(browser, session, organisation):
    changes = {"contact_phone": ["", "023-63000000"], "staff": [80, 8123], "summary_zh": ["", "做座舱"]}
    session.add_all(FieldGradeDefault(field=field, grade=Grade.OPEN, source="x") for field in ("staff", "summary_zh"))
    session.flush()
    session.add(FieldGrade(organisation_id=organisation.id, field="staff", grade=Grade.CLOSED))
    audit.record(
        session, PLATFORM, "organisation.update", organisation, organisation_id=organisation.id, changes=changes
    )
    session.commit()

    page = browser.get("/admin/audit").text

    for shown in ("contact_phone", "staff", "做座舱"):
        assert shown in page
    for hidden in ("023-63000000", "8123"):
        assert hidden not in page


def test_of_a_certification_that_is_kept_back_the_log_tells_neither_number_nor_end(browser, session, organisation):
    session.add(FieldGradeDefault(field="certifications", grade=Grade.CLOSED, source="x"))
    entry = {"subject_type": "certifications", "subject_id": "1", "organisation_id": organisation.id}
    said = {"number": "IATF-99887", "valid_until": "2031-05-06"}
    session.add(AuditEntry(action="certification.add", **entry, changes=said))
    session.commit()

    page = browser.get("/admin/audit").text

    assert "valid_until" in page
    assert "IATF-99887" not in page
    assert "2031-05-06" not in page


@pytest.mark.parametrize("kind", ["challenges", "consortia", "seats", "offers", "needs", "interests", "interactions"])
def test_the_log_says_that_what_is_kept_back_changed_but_not_to_what(browser, session, organisation, kind):
    entry = AuditEntry(
        action="x.update",
        subject_type=kind,
        subject_id="1",
        organisation_id=organisation.id,
        changes={"problem_zh": ["", "不给外人看"], "money": [None, 123456.0], "state": ["open", "invited"]},
    )
    session.add(entry)
    session.commit()

    page = browser.get("/admin/audit").text

    assert "problem_zh" in page
    assert "invited" in page
    assert "不给外人看" not in page
    assert "123456" not in page


def test_texts_of_a_posting_are_in_the_log_for_its_own_people_alone(browser, session, organisation, owner, sign_in):
    need = make_need(organisation, state=PostingState.DRAFT)
    session.add(need)
    session.flush()
    texts = {"title_zh": ["", "尚未公开的需求"], "note": "请改写", "state": ["draft", "published"]}
    audit.record(session, PLATFORM, "need.update", need, changes=texts)
    owner.roles = session.exec(select(Role).where(Role.name == "administrator")).all()
    session.commit()

    stranger, own = browser.get("/admin/audit").text, sign_in(owner).get("/admin/audit").text

    assert "title_zh" in stranger
    assert "draft" in stranger
    assert "尚未公开的需求" not in stranger
    assert "请改写" not in stranger
    assert "尚未公开的需求" in own


def test_a_fund_s_desk_is_not_in_the_log_for_officers_who_read_it_too(session, organisation, sign_in):
    both = make_user(PlatformRole.OFFICER, PlatformRole.AUDITOR)
    session.add(both)
    entry = {"action": "deal.add", "subject_type": "deals", "subject_id": "1", "organisation_id": organisation.id}
    session.add(AuditEntry(**entry, changes={"candidate_id": "018f-a-firm", "state": [None, "open"]}))
    session.commit()

    page = sign_in(both).get("/admin/audit").text

    assert "018f-a-firm" not in page


def test_sign_ins_are_kept_as_long_as_the_law_wants_and_its_source_is_in_the_reader_s_language(session, browser):
    session.add_all(records_of(read_reference(), RetentionRule))
    session.commit()
    days = {"jobs_done": "30", "jobs_ended_early": "30", "sign_ins": "183"}

    refused = post(browser, "/admin/retention", days)
    in_english = browser.get("/admin/retention?lang=en", follow_redirects=True).text

    assert refused.status_code == 422
    assert "184" in refused.text
    assert "网络安全法" in refused.text
    assert "Cybersecurity Law" in in_english
    assert "网络安全法" not in in_english
