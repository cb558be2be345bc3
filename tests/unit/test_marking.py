"""Marking the words that were found."""

from hypothesis import given
from hypothesis import strategies as st

from matchmaker.retrieval.lexical import tokens_of
from matchmaker.text.marking import excerpt, mark, mark_name


def marked(pieces: list[tuple[str, bool]]) -> list[str]:
    return [text for text, is_marked in pieces if is_marked]


def test_words_are_marked_in_whatever_spelling_they_stand():
    assert marked(mark("動力電池 and Battery", ["电池", "battery"])) == ["電池", "Battery"]


def test_a_latin_word_is_marked_at_the_start_of_words_only():
    assert marked(mark("abattery battery", ["battery"])) == ["battery"]


def test_a_name_typed_in_pinyin_is_marked_where_it_sounds_so():
    assert marked(mark_name("重庆华东新材料有限公司", ["hdxcl"])) == ["华东新材料"]
    assert marked(mark_name("重庆华东新材料有限公司", ["huadong"])) == ["华东"]


def test_an_excerpt_shows_the_place_of_the_word_and_cuts_no_latin_word():
    text = "many plain words before it comes and then some more of them until at last the cockpit controller is named"

    shown = "".join(part for part, _ in excerpt(["nothing here", text * 2], ["cockpit"]))

    assert "cockpit" in shown
    assert shown.startswith("…")
    assert shown[1:].split()[0] in text.split()


def test_without_a_word_the_excerpt_is_the_beginning_of_the_first_text():
    assert excerpt(["", "first", "second"], ["zzz"]) == [("first", False)]
    assert excerpt(["", " "], ["zzz"]) == []


@given(st.text(max_size=60), st.text(max_size=20))
def test_the_pieces_together_are_the_text(text, query):
    tokens = tokens_of(query)

    assert "".join(part for part, _ in mark(text, tokens)) == text
    assert "".join(part for part, _ in mark_name(text, tokens)) == text


@given(st.text("电池管理系统 battery<>&", max_size=300), st.text("电池管理 bat", max_size=6))
def test_an_excerpt_is_a_part_of_the_text(text, query):
    shown = "".join(part for part, _ in excerpt([text], tokens_of(query))).strip("…")

    assert shown in text
