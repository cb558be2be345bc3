"""Names, amounts and dates as they read in each language."""

import re
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import make_organisation
from web.forms.base import clean_text
from web.i18n import both_names, day, joined, localised, moment, number, percent, short_name_of, yuan, yuan_range


@pytest.fixture(params=["zh", "en"])
def language(app: Flask, request):
    with app.test_request_context(headers={"Accept-Language": request.param}):
        yield request.param


@pytest.mark.parametrize(
    ("amount", "zh", "en"),
    [
        (None, "—", "—"),
        (0, "0元", "CNY 0"),
        (800, "800元", "CNY 800"),
        (3_000_000, "300万元", "CNY 3 M"),
        (120_000_000, "1.2亿元", "CNY 120 M"),
        (2_500_000_000, "25亿元", "CNY 2.5 bn"),
    ],
)
def test_amounts_are_said_as_people_say_them(language, amount, zh, en):
    assert yuan(amount) == {"zh": zh, "en": en}[language]


def test_a_range_of_amounts(language):
    said = {
        "zh": ["300万元 至 500万元", "300万元 起", "不超过 500万元", "300万元"],
        "en": ["CNY 3 M to CNY 5 M", "from CNY 3 M", "up to CNY 5 M", "CNY 3 M"],
    }[language]

    assert [yuan_range(3e6, 5e6), yuan_range(3e6, None), yuan_range(None, 5e6), yuan_range(3e6, 3e6)] == said


def test_days_and_moments(language):
    at = datetime(2026, 1, 31, 18, 5, tzinfo=UTC)

    assert day(date(2026, 1, 31)) == {"zh": "2026年1月31日", "en": "31 Jan 2026"}[language]
    assert moment(at) == {"zh": "2026年2月1日 02:05", "en": "1 Feb 2026, 02:05"}[language]  # in Chongqing


def test_what_is_unknown_is_a_dash(language):
    assert [number(None), percent(None), day(None), moment(None), yuan_range(None, None)] == ["—"] * 5


def test_a_name_in_the_other_language_is_marked_as_such(language):
    chinese = make_organisation(name_zh="山城电池实验室", name_en="")
    both = make_organisation(name_zh="甲", name_en="A")

    assert (
        localised(chinese, "name")
        == {
            "zh": "山城电池实验室",
            "en": '<span lang="zh-CN">山城电池实验室</span>',
        }[language]
    )
    assert localised(both, "name") == {"zh": "甲", "en": "A"}[language]
    assert (
        both_names(both)
        == {
            "zh": '甲 <span class="second-name" lang="en">A</span>',
            "en": 'A <span class="second-name" lang="zh-CN">甲</span>',
        }[language]
    )


def test_what_its_trade_calls_it_is_for_those_who_read_chinese(language):
    called = make_organisation(name_zh="重庆山城电池有限公司", name_en="Mountain City Battery", short_name="山城电池")
    not_called = make_organisation(name_zh="甲", name_en="A", short_name="")

    assert short_name_of(called) == {"zh": "山城电池", "en": "Mountain City Battery"}[language]
    assert short_name_of(not_called) == {"zh": "甲", "en": "A"}[language]


def test_markup_in_names_stays_text(language):
    evil = make_organisation(name_zh="<script>", name_en="<b>", short_name="<i>")

    assert "<script>" not in both_names(evil)
    assert "<i>" not in short_name_of(evil)
    assert "<b>" not in joined([evil.name_en, evil.name_zh])


@given(st.text())
def test_cleaned_text_is_clean_and_cleaning_it_again_changes_nothing(text):
    cleaned = clean_text(text)

    assert isinstance(cleaned, str)
    assert cleaned == cleaned.strip()
    assert not set(cleaned) & set("\x00\x0b\r\u200b\u202e\ufeff")
    assert clean_text(cleaned) == cleaned
    cleaned.encode()


def test_cleaning_keeps_what_people_wrote():
    assert clean_text("  固态\u200b电池\r\n第二行\x00 𠮷 ") == "固态电池\n第二行 𠮷"
    assert clean_text("e\u0301") == "é"


@pytest.mark.parametrize("path", ["/%09/evil.example/", "/%0a/evil.example/", "/%5Cevil.example/"])
def test_choosing_a_language_never_leads_away_from_the_site(client, path):
    location = client.get(f"{path}?lang=en").headers["Location"]
    page = client.get(path).text

    assert urlsplit(location).netloc == ""
    assert not re.search(r'href="/[\s\\/]', page)
