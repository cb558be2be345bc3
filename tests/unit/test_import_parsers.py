from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.services.imports import vocabulary
from matchmaker.services.imports.items import (
    Certificate,
    EquipmentItem,
    FacilityServiceItem,
    NeededCapability,
    OfferedCapability,
    PatentClass,
)
from matchmaker.services.imports.parsers import (
    Choice,
    Code,
    Day,
    LastDay,
    ListOf,
    Number,
    Share,
    Website,
    Whole,
    YesNo,
    clean,
)
from matchmaker.services.imports.problems import SENTENCES, CellProblem
from matchmaker.services.imports.reference import Directory, Lookup, Reference
from matchmaker.services.imports.tables import KINDS
from models.enums import FacilityServiceType, FinancingStage, OrganisationKind, PriceUnit

anything = st.text(alphabet=st.characters(exclude_categories=()))


def make_reference() -> Reference:
    capabilities, nodes = Lookup("capability"), Lookup("chain node")
    capabilities.add("hud", ["抬头显示光学", "HUD optics"], ["HUD", "平视显示"])
    capabilities.add("voice", ["车载语音、交互", "Voice interaction"], ["语音"])
    capabilities.add("voice-chip", ["语音芯片", "Voice chip"], ["语音"])
    nodes.add("cockpit", ["智能座舱", "Smart cockpit"])
    schemes = Lookup("certification")
    schemes.add("high-tech", ["高新技术企业", "High-tech firm"])
    return Reference(
        {
            "capability": capabilities,
            "chain node": nodes,
            "certification": schemes,
            "district": Lookup("district"),
            "industry": Lookup("industry"),
        },
        Directory(),
    )


REFERENCE = make_reference()


def outcome(parser, text):
    """What comes of a cell: a value, or the sentence that refuses it."""
    try:
        return repr(parser.parse(clean(text), REFERENCE))
    except CellProblem as problem:
        return SENTENCES[problem.code].format_map(dict(problem.facts))


def refusal(parser, text):
    with pytest.raises(CellProblem) as caught:
        parser.parse(text, REFERENCE)
    return caught.value.code


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-3-1", date(2024, 3, 1)),
        ("2024/03/01", date(2024, 3, 1)),
        ("2024.3.1", date(2024, 3, 1)),
        ("2024年3月1日", date(2024, 3, 1)),
        ("２０２４年３月１日", date(2024, 3, 1)),
        ("2024 年 3 月 1 日", date(2024, 3, 1)),
        ("20240301", date(2024, 3, 1)),
        ("2024-03-01 00:00:00", date(2024, 3, 1)),
        ("2024年3月", date(2024, 3, 1)),
        ("2024", date(2024, 1, 1)),
    ],
)
def test_dates_are_read_in_the_forms_that_people_write(text, day):
    assert Day().parse(text, REFERENCE) == day


def test_a_month_or_a_year_until_which_something_holds_means_its_last_day():
    assert LastDay().parse("2024年2月", REFERENCE) == date(2024, 2, 29)
    assert LastDay().parse("2025", REFERENCE) == date(2025, 12, 31)


@pytest.mark.parametrize(
    "text", ["2024-13-01", "2023-02-29", "45352", "yesterday", "0000-01-01", "2024-3-1-1", "1" * 5000]
)
def test_what_is_no_date_is_refused(text):
    assert refusal(Day(), text) == "not_a_date"


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1,234,567", 1_234_567),
        ("１２３", 123),
        ("3.5万", 35_000),
        ("1.2亿元", 120_000_000),
        ("¥ 500万", 5_000_000),
        ("2 million", 2_000_000),
        ("CNY 1.5bn", 1_500_000_000),
        ("0", 0),
    ],
)
def test_amounts_are_read_with_units_and_separators(text, amount):
    assert Number().parse(text, REFERENCE) == amount


@pytest.mark.parametrize("text", ["1,23", "1.2.3", "NaN", "inf", "1e5", "十万", "", "9" * 400, "12 apples"])
def test_what_is_no_amount_is_refused(text):
    assert refusal(Number(), text) == "not_a_number"


def test_a_number_outside_its_range_is_refused():
    assert refusal(Whole(low=1, high=9), "10") == "out_of_range"
    assert refusal(Number(), "-1") == "out_of_range"
    assert refusal(Whole(), "1.5") == "not_whole"


def test_a_share_needs_a_sign_or_a_fraction_because_a_bare_figure_may_mean_either():
    assert Share().parse("6.5%", REFERENCE) == pytest.approx(0.065)
    assert Share().parse("６．５％", REFERENCE) == pytest.approx(0.065)
    assert Share().parse("0.065", REFERENCE) == pytest.approx(0.065)
    assert refusal(Share(), "6.5") == "not_a_share"
    assert refusal(Share(), "1") == "not_a_share"
    assert refusal(Share(), "101%") == "out_of_range"


@pytest.mark.parametrize("text", ["链主企业", "Chain leader", "chain_leader", "链主", "CHAIN-LEADER"])
def test_closed_lists_are_read_in_both_languages_and_by_code(text):
    assert Choice(OrganisationKind).parse(text, REFERENCE) == OrganisationKind.CHAIN_LEADER


def test_every_word_of_the_vocabulary_names_one_member_only():
    for values, words in vocabulary.WORDS.items():
        for member, joined in words.items():
            assert {vocabulary.find_member(values, word) for word in joined.split("|")} == {member}


def test_a_list_is_cut_at_the_signs_that_people_use():
    stages = ListOf(Choice(FinancingStage))

    assert stages.parse("种子轮；天使轮、A轮|growth\nseed", REFERENCE) == ["seed", "angel", "series_a", "growth"]


def test_a_name_that_holds_the_list_sign_is_still_found():
    assert ListOf(Code("capability")).parse("车载语音、交互; HUD", REFERENCE) == ["voice", "hud"]


def test_a_capability_is_found_by_code_name_or_synonym_with_its_level():
    assert OfferedCapability().parse("HUD：4", REFERENCE) == (("capability_code", "hud"), ("level", 4))
    assert dict(OfferedCapability().parse("hud optics", REFERENCE))["level"] == 3
    assert dict(NeededCapability().parse("平视显示:2！", REFERENCE)) == {
        "capability_code": "hud",
        "level": 2,
        "is_must": True,
    }


def test_a_synonym_of_two_capabilities_is_refused_with_both_named():
    with pytest.raises(CellProblem) as caught:
        Code("capability").parse("语音", REFERENCE)

    assert caught.value.code == "ambiguous_code"
    assert caught.value.facts["codes"] == "voice, voice-chip"


def test_an_unknown_name_is_refused_with_near_ones_named():
    with pytest.raises(CellProblem) as caught:
        Code("capability").parse("抬头显示光", REFERENCE)

    assert "抬头显示光学" in str(caught.value.facts["hint"])


def test_items_with_figures_are_read():
    assert dict(Certificate().parse("高新技术企业:2026年11月", REFERENCE)) == {
        "scheme_code": "high-tech",
        "valid_until": date(2026, 11, 30),
    }
    assert dict(PatentClass().parse("b60k:12/20", REFERENCE)) == {"ipc_class": "B60K", "granted": 12, "applied": 20}
    assert dict(FacilityServiceItem().parse("性能验证:300/小时:光学检测", REFERENCE)) == {
        "type": FacilityServiceType.PERFORMANCE_VERIFICATION,
        "name_zh": "光学检测",
        "price": 300.0,
        "unit": PriceUnit.HOUR,
    }
    assert dict(EquipmentItem().parse("镀膜机 x2:180万", REFERENCE)) == {
        "name_zh": "镀膜机",
        "quantity": 2,
        "original_value": 1_800_000.0,
    }


@pytest.mark.parametrize("text", ["javascript:alert(1)", "https://a b.com", "data:text/html,x", "x", "//evil.example"])
def test_what_is_no_web_address_is_refused(text):
    assert refusal(Website(), text) == "not_a_website"


@pytest.mark.parametrize("text", ["a\0b", "a\x1bb", "\u202eevil", "\ud800"])
def test_invisible_characters_are_refused(text):
    with pytest.raises(CellProblem, match="control_character"):
        clean(text)


def test_yes_and_no_are_read_in_both_languages():
    assert YesNo().parse("是", REFERENCE) is True
    assert YesNo().parse("No", REFERENCE) is False
    assert refusal(YesNo(), "也许") == "not_yes_or_no"


@given(text=anything)
def test_no_text_makes_any_parser_fail_in_another_way_than_a_problem(text):
    parsers = {repr(column.parser): column.parser for kind in KINDS.values() for column in kind.columns}
    for parser in parsers.values():
        assert outcome(parser, text)


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_no_header_means_two_columns_and_every_example_is_understood(kind):
    words = [word for column in kind.columns for word in column.words]
    open_columns = [c for c in kind.columns if c.example and "district" not in c.name and "organisation" not in c.name]

    assert len(words) == len(set(words))
    for column in open_columns:
        assert column.parser.parse(clean(column.example), REFERENCE) not in (None, "", [])
