from datetime import timedelta

import pytest
from sqlmodel import Session, func, select

from matchmaker.services.actors import PLATFORM
from matchmaker.services.calendar import today
from matchmaker.services.imports.applying import apply_all, apply_good_rows
from matchmaker.services.imports.previews import preview
from matchmaker.services.imports.problems import ImportRefused
from models.base import utc_now
from models.enums import MandateStatus, OrganisationKind, PostingState
from models.facilities import Facility, FacilityEquipment, FacilityService
from models.funds import Mandate, MandateField
from models.jobs import ImportBatch
from models.offers import Need, NeedCapability, Offer, OfferCapability
from models.organisations import Certification, Organisation, OrganisationNode, PatentCount
from tests.factories import make_mandate, make_offer, make_organisation
from tests.import_tables import OTHER_USCC, USCC, add_reference, import_rows, make_table, plan_rows

ORGANISATIONS = "中文名称|英文名称|类型|信用代码|员工人数"
OFFERS = "所属单位|标题|合作类型|能力"


@pytest.fixture
def registry(session: Session) -> Session:
    """A session on a registry with reference data and nobody in it."""
    add_reference(session)
    session.commit()
    return session


def codes(plan):
    return [(problem.row, problem.code) for problem in plan.problems]


def only(session, model):
    return session.exec(select(model)).one()


def test_a_row_becomes_an_organisation_with_all_that_hangs_on_it(registry):
    import_rows(
        registry,
        "organisations",
        "中文名称|类型|信用代码|区县|产业链环节|资质认定|专利|研发投入占比",
        [
            "重庆甲智能座舱有限公司",
            "中小企业",
            USCC,
            "渝北",
            "智能座舱;Battery",
            "高新技术企业:2027-11",
            "B60K:12/20",
            "8.5%",
        ],
    )

    organisation = only(registry, Organisation)
    assert (organisation.kind, organisation.uscc, organisation.district_code) == (OrganisationKind.SME, USCC, "500112")
    assert (organisation.rd_ratio, organisation.name_key) == (0.085, "重庆甲智能座舱")
    assert set(registry.exec(select(OrganisationNode.node_code))) == {"cockpit", "battery"}
    assert only(registry, Certification).valid_until.isoformat() == "2027-11-30"
    assert (only(registry, PatentCount).granted, only(registry, PatentCount).applied) == (12, 20)


@pytest.mark.parametrize(("until", "is_still_verified"), [("2027-11", True), ("2028-11", False)])
def test_a_table_that_changes_a_verified_certification_takes_the_verification_away(registry, until, is_still_verified):
    headers, row = "中文名称|信用代码|类型|资质认定|研发投入占比", ["甲公司", USCC, "中小企业"]
    import_rows(registry, "organisations", headers, [*row, "高新技术企业:2027-11", "5%"])
    only(registry, Certification).verified_at = utc_now()
    registry.flush()

    import_rows(registry, "organisations", headers, [*row, f"高新技术企业:{until}", "8%"])

    registry.expire_all()
    assert (only(registry, Certification).verified_at is not None) is is_still_verified


@pytest.mark.parametrize("header", ["类型", "Kind", "类型 / Kind", "kind", "机构类型"])
def test_a_column_is_known_by_its_chinese_its_english_and_its_template_header(registry, header):
    import_rows(registry, "organisations", f"中文名称|{header}", ["甲公司", "SME"])

    assert only(registry, Organisation).kind == OrganisationKind.SME


def test_the_mapping_goes_before_what_is_known_of_headers(registry):
    table = make_table("name|Firma|Art", ["ignored", "甲公司", "SME"])

    plan = preview(registry, PLATFORM, table, "organisations", mapping={"Firma": "name_zh", "art": "类型"})

    assert plan.rows[0].label == "甲公司"
    assert plan.ignored_headers == ("name",)


@pytest.mark.parametrize(
    ("mapping", "code"), [({"nowhere": "kind"}, "map_unknown_header"), ({"name": "colour"}, "map_unknown_field")]
)
def test_a_mapping_of_what_is_not_there_is_refused(registry, mapping, code):
    with pytest.raises(ImportRefused) as caught:
        preview(registry, PLATFORM, make_table("name|kind", ["x", "SME"]), "organisations", mapping=mapping)

    assert caught.value.code == code


def test_a_required_column_that_is_missing_is_one_error_not_one_for_each_row(registry):
    with pytest.raises(ImportRefused, match="类型 / Kind is missing"):
        plan_rows(registry, "organisations", "中文名称", ["甲公司"], ["乙公司"])


def test_every_bad_cell_of_every_bad_row_is_told_and_nothing_is_imported(registry):
    plan = plan_rows(
        registry,
        "organisations",
        ORGANISATIONS,
        ["甲公司", "", "中小企业", USCC[:-1] + "0", "很多"],
        ["乙公司", "", "SME", "", "12"],
        ["", "", "SME", "", "12"],
    )

    with pytest.raises(ImportRefused, match="2 of 3 rows"):
        apply_all(registry, PLATFORM, plan)
    assert codes(plan) == [(2, "uscc_check"), (2, "not_a_number"), (4, "needs_a_name")]
    assert [(p.column, p.value) for p in plan.problems[:2]] == [("信用代码", USCC[:-1] + "0"), ("员工人数", "很多")]
    assert registry.exec(select(Organisation)).all() == []


def test_bad_rows_may_be_skipped_and_are_counted(registry):
    plan = plan_rows(
        registry, "organisations", ORGANISATIONS, ["甲公司", "", "SME", "", "x"], ["乙公司", "", "SME", "", "1"]
    )

    batch = apply_good_rows(registry, PLATFORM, plan)

    assert (batch.created, batch.skipped) == (1, 1)
    assert only(registry, Organisation).name_zh == "乙公司"


@pytest.mark.parametrize(
    ("known", "row"),
    [
        ({"name_zh": "重庆甲有限公司"}, ["重慶甲股份有限公司", "", "", "", "99"]),
        ({"name_en": "Alpha Optics Ltd"}, ["", "ALPHA OPTICS CO., LTD.", "", "", "99"]),
        ({"name_zh": "旧名公司", "uscc": USCC}, ["", "", "", USCC.lower(), "99"]),
    ],
    ids=["traditional name", "English name", "credit code"],
)
def test_a_row_that_names_a_known_organisation_updates_it_and_leaves_what_it_does_not_fill(registry, known, row):
    registry.add(make_organisation(**{"name_zh": "", "name_en": "", "address": "渝北区1号", **known}))
    registry.commit()

    batch = import_rows(registry, "organisations", ORGANISATIONS, row)

    organisation = only(registry, Organisation)
    assert (batch.created, batch.updated) == (0, 1)
    assert (organisation.staff, organisation.address, organisation.kind) == (99, "渝北区1号", OrganisationKind.SME)


def test_a_name_of_two_organisations_is_ambiguous(registry):
    registry.add_all([make_organisation(name_zh="重庆甲有限公司"), make_organisation(name_zh="重庆甲股份有限公司")])
    registry.commit()

    plan = plan_rows(registry, "organisations", ORGANISATIONS, ["重庆甲", "", "SME", "", ""])

    assert codes(plan) == [(2, "ambiguous_match")]


def test_the_same_name_under_another_credit_code_is_an_error(registry):
    registry.add(make_organisation(name_zh="重庆甲有限公司", uscc=USCC))
    registry.commit()

    plan = plan_rows(registry, "organisations", ORGANISATIONS, ["重庆甲有限公司", "", "SME", OTHER_USCC, ""])

    assert codes(plan) == [(2, "other_credit_code")]


def test_a_row_may_not_give_one_organisation_the_name_of_another(registry):
    registry.add_all([make_organisation(name_zh="甲公司", uscc=USCC), make_organisation(name_zh="乙公司")])
    registry.commit()

    plan = plan_rows(registry, "organisations", ORGANISATIONS, ["乙公司", "", "SME", USCC, ""])

    assert codes(plan) == [(2, "ambiguous_match")]


def test_a_row_that_repeats_an_earlier_one_is_passed_over_and_one_that_contradicts_it_is_an_error(registry):
    row = ["重庆甲有限公司", "", "SME", "", "5"]

    plan = plan_rows(registry, "organisations", ORGANISATIONS, row, row, ["重庆甲有限公司", "", "SME", "", "6"])

    assert plan.repeated == (3,)
    assert codes(plan) == [(4, "repeats_row")]
    assert plan.problems[0].facts["row"] == 2


def test_a_key_finds_the_record_again_after_its_name_has_changed(registry):
    import_rows(registry, "organisations", "编号|中文名称|类型", ["A-1", "旧名公司", "SME"])

    batch = import_rows(registry, "organisations", "编号|中文名称", ["A-1", "新名公司"])

    assert (batch.updated, only(registry, Organisation).name_zh, only(registry, Organisation).name_key) == (
        1,
        "新名公司",
        "新名公司",
    )


def test_the_same_file_twice_changes_nothing_and_says_so(registry):
    row = ["甲公司", "", "SME", "", "5"]
    first = import_rows(registry, "organisations", ORGANISATIONS, row)

    plan = plan_rows(registry, "organisations", ORGANISATIONS, row)
    again = apply_all(registry, PLATFORM, plan)

    assert plan.earlier_batch == first.id == again.id
    assert plan.unchanged == 1
    assert registry.exec(select(func.count()).select_from(ImportBatch)).one() == 1


def test_an_offer_is_published_for_a_year_and_a_need_asks_for_its_capabilities(registry):
    registry.add(make_organisation(name_zh="重庆甲有限公司"))
    registry.commit()

    import_rows(registry, "offers", OFFERS, ["重庆甲", "HUD光学模组", "供应", "HUD:4; Voice chip"])
    import_rows(registry, "needs", OFFERS, ["重庆甲", "找语音芯片", "R&D co-operation", "语音芯片:3!"])

    offer = only(registry, Offer)
    assert offer.state == PostingState.PUBLISHED
    assert offer.valid_until == today() + timedelta(days=365)
    levels = {row.capability_code: row.level for row in registry.exec(select(OfferCapability))}
    assert levels == {"hud": 4, "voice-chip": 3}
    assert only(registry, Need).title_zh == "找语音芯片"
    assert (only(registry, NeedCapability).level, only(registry, NeedCapability).is_must) == (3, True)


def test_an_offer_of_the_same_owner_and_title_is_updated_not_doubled(registry):
    owner = make_organisation(name_zh="重庆甲有限公司")
    registry.add(owner)
    registry.flush()
    registry.add(make_offer(owner, title_zh="HUD 光学模组", title_en="", summary_zh="旧"))
    registry.commit()

    batch = import_rows(registry, "offers", f"{OFFERS}|中文摘要", ["重庆甲", "HUD光学模组", "", "HUD", "新"])

    assert (batch.created, batch.updated) == (0, 1)
    assert only(registry, Offer).summary_zh == "新"


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [("7", "3", [(2, "wrong_order")]), ("3", "7", []), ("", "7", []), ("0", "7", [(2, "out_of_range")])],
)
def test_levels_of_readiness_are_checked_before_the_database_sees_them(registry, low, high, expected):
    registry.add(make_organisation(name_zh="重庆甲有限公司"))
    registry.commit()

    plan = plan_rows(registry, "offers", f"{OFFERS}|TRL下限|TRL上限", ["重庆甲", "标题", "供应", "", low, high])

    assert codes(plan) == expected


def test_an_offer_of_nobody_known_is_an_error(registry):
    plan = plan_rows(registry, "offers", OFFERS, ["无名公司", "标题", "供应", ""])

    assert codes(plan) == [(2, "unknown_organisation")]


def test_a_facility_comes_with_services_and_equipment(registry):
    registry.add(make_organisation(name_zh="重庆甲有限公司"))
    registry.commit()

    import_rows(
        registry,
        "facilities",
        "所属单位|设施名称|能力|服务|设备|接受创新券|场地面积",
        ["重庆甲", "中试线", "HUD", "工艺验证:2000/批次", "镀膜机 x2:180万", "是", "3,200"],
    )

    facility = only(registry, Facility)
    assert (facility.accepts_voucher, facility.site_m2) == (True, 3200)
    assert only(registry, FacilityService).price == 2000
    assert (only(registry, FacilityEquipment).quantity, only(registry, FacilityEquipment).original_value) == (
        2,
        1_800_000,
    )


FUNDS = "基金名称|投资方案中文名称|单笔上限|投资阶段|投资领域"


def test_a_fund_may_have_several_mandates_each_in_its_row(registry):
    batch = import_rows(
        registry,
        "funds",
        FUNDS,
        ["云岭基金", "种子方案", "200万", "种子轮;天使轮", "智能座舱"],
        ["云岭基金", "成长方案", "1亿", "成长期", ""],
    )

    assert batch.created == 2
    assert only(registry, Organisation).kind == OrganisationKind.FUND
    mandates = {mandate.name_zh: mandate for mandate in registry.exec(select(Mandate))}
    assert mandates["种子方案"].stages == ["seed", "angel"]
    assert mandates["成长方案"].ticket_high == 100_000_000
    assert only(registry, MandateField).node_code == "cockpit"


def test_a_table_may_mix_a_new_mandate_of_a_known_fund_with_new_funds(registry):
    registry.add(make_organisation(name_zh="云岭基金", name_en="", kind=OrganisationKind.FUND))
    registry.commit()

    batch = import_rows(registry, "funds", FUNDS, ["云岭基金", "", "200万", "", ""], ["大山基金", "", "1亿", "", ""])

    assert batch.created == 2
    assert registry.exec(select(func.count()).select_from(Organisation)).one() == 2


def test_a_fund_without_a_mandate_name_has_one_mandate_that_is_updated_next_time(registry):
    import_rows(registry, "funds", FUNDS, ["云岭基金", "", "200万", "", ""])

    import_rows(registry, "funds", FUNDS, ["云岭基金", "", "300万", "", ""])

    assert (only(registry, Mandate).name_zh, only(registry, Mandate).ticket_high) == ("云岭基金", 3_000_000)


def test_the_limits_of_a_mandate_come_in_with_their_units(registry):
    headers = "基金名称|研发投入占比下限|最低技术成熟度|所需资质"

    import_rows(registry, "funds", headers, ["云岭基金", "3%", "4", "高新技术企业"])

    mandate = only(registry, Mandate)
    assert (mandate.rd_ratio_low, mandate.trl_low, mandate.certifications) == (0.03, 4, ["high-tech"])


def test_limits_of_a_mandate_that_do_not_exist_are_named_with_their_row(registry):
    headers = "基金名称|研发投入占比下限|最低技术成熟度|所需资质"

    preview = plan_rows(
        registry,
        "funds",
        headers,
        ["甲基金", "300%", "", ""],
        ["乙基金", "", "10", ""],
        ["丙基金", "", "", "没有的资质"],
    )

    assert [row for row, _code in codes(preview)] == [2, 3, 4]


def test_what_a_fund_is_still_writing_is_not_changed_by_an_import(registry):
    fund = make_organisation(name_zh="云岭基金", name_en="", kind=OrganisationKind.FUND)
    registry.add(fund)
    registry.flush()
    draft = make_mandate(fund, name_zh="云岭基金", status=MandateStatus.DRAFT, ticket_high=1_000_000)
    registry.add(draft)
    registry.commit()

    batch = import_rows(registry, "funds", FUNDS, ["云岭基金", "", "200万", "", ""])

    assert batch.created == 1
    assert registry.get(Mandate, draft.id).ticket_high == 1_000_000


def test_a_firm_is_not_made_a_fund_by_a_table_of_funds(registry):
    registry.add(make_organisation(name_zh="重庆甲有限公司"))
    registry.commit()

    assert codes(plan_rows(registry, "funds", FUNDS, ["重庆甲", "", "", "", ""])) == [(2, "not_a_fund")]
