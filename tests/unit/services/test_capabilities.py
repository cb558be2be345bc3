"""Tags offered to somebody who only writes text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.services.capabilities import match_terms, search_capabilities, suggest_capabilities, terms_of
from models.taxonomy import Capability


def codes(suggestions):
    return [suggestion.capability.code for suggestion in suggestions]


def test_a_chinese_sentence_offers_the_capabilities_it_names(registry):
    found = suggest_capabilities(registry, "我们给整车厂供应智能座舱域控制器，也做抬头显示。")

    assert codes(found) == ["cockpit-controller", "head-up-display"]
    assert found[0].words == ("智能座舱域控制器",)


def test_an_english_acronym_counts_as_a_whole_word_only(registry):
    assert codes(suggest_capabilities(registry, "Series HUD modules, ＣＤＣ too")) == [
        "cockpit-controller",
        "head-up-display",
    ]
    assert codes(suggest_capabilities(registry, "shudder CDCs")) == []


def test_a_chain_node_named_as_a_whole_offers_its_capabilities_last(registry):
    found = suggest_capabilities(registry, "做电池管理系统，也做抬头显示")

    assert codes(found) == ["head-up-display", "bms-software"]
    assert found[1].words == ("电池管理系统",)


def test_a_text_without_known_words_offers_nothing(registry):
    assert suggest_capabilities(registry, "") == []
    assert suggest_capabilities(registry, "我们做很好的产品") == []


def test_the_longest_term_counts_and_hides_the_shorter_inside_it():
    terms = {"控制器": {"short"}, "域控制器": {"long"}}

    assert match_terms("座舱域控制器", terms) == {"long": ("域控制器",)}
    assert match_terms("", terms) == {}
    assert match_terms("座舱", {}) == {}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("座舱", {"cockpit-controller", "head-up-display"}),
        ("BMS", {"bms-software"}),
        ("hud", {"head-up-display"}),
        ("cockpit domain", {"cockpit-controller"}),
        ("%", set()),
        ("_", set()),
        ("", {"cockpit-controller", "head-up-display", "bms-software"}),
    ],
)
def test_the_picker_searches_names_synonyms_and_nodes(registry, query, expected):
    page = search_capabilities(registry, query)

    assert {capability.code for capability in page.items} == expected
    assert page.total == len(expected)


@given(text=st.text(max_size=400))
def test_any_text_can_be_searched_for_terms(text):
    capability = Capability(
        code="x", node_code="n", name_zh="抬头显示设计", name_en="HUD (head-up) design", source="test"
    )
    capability.synonyms_zh = "[.*|a{3"

    for code, words in match_terms(text, terms_of([capability])).items():
        assert code == "x"
        assert words


def test_signs_that_fold_into_many_letters_do_not_make_a_text_longer_than_is_read():
    text = "\ufdfa" * 5_000 + " battery"

    assert match_terms("battery", {"battery": ["b"]}) == {"b": ("battery",)}
    assert match_terms(text, {"battery": ["b"]}) == {}
