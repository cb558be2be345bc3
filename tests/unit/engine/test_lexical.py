"""Words, pairs of characters, pinyin and codes by which records are found; facets and their counts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from matchmaker.profiles import UNKNOWN
from matchmaker.retrieval.lexical import CODE, Words, find, pairs, post, tokens_of, typed_forms, words_of
from matchmaker.retrieval.records import FACETS, FIXED, OPEN_LISTS, Records, SearchColumns, narrow, overlaid, searchable

TODAY = 740_000
ODD = ['"', "*", "%", "_", "\\", "NEAR(", "a AND", "'; --", "~", "=", "\x00", "😀", "（）", "電", "[", "-", "OR"]


def found_in(query: str, *texts: str, names: tuple[str, ...] = ()) -> list[int]:
    documents = [words_of([(text, 1.0)]) for text in texts]
    documents += [dict.fromkeys(typed_forms(name), 1.0) | words_of([(name, 3.0)]) for name in names]
    hits = find(query, [(0, post(documents))], np.ones(len(documents), dtype=bool))
    rows = np.flatnonzero(hits.rows)
    return rows[np.argsort(-hits.scores[rows], kind="stable")].tolist()


def test_chinese_is_found_by_the_words_inside_it():
    assert found_in("电池", "动力电池管理系统", "座舱域控制器") == [0]


def test_a_word_that_the_dictionary_cut_elsewhere_is_found_by_its_characters():
    assert found_in("舱域", "座舱域控制器", "电池") == [0]


def test_a_single_character_finds_texts_that_hold_it_also_at_their_end():
    assert found_in("池", "电池", "控制器") == [0]


def test_traditional_characters_find_simplified_ones_and_the_other_way_round():
    assert found_in("電池管理", "电池管理") == [0]
    assert found_in("电池管理", "電池管理") == [0]


def test_full_width_letters_and_case_make_no_difference():
    assert found_in("ＢＭＳ", "bms software") == [0]


def test_an_english_word_is_found_by_its_beginning_but_the_whole_word_stands_first():
    assert found_in("batter", "battery pack", "batter mixer") == [1, 0]


@pytest.mark.parametrize("typed", ["hdxcl", "hdx", "huadong", "huadongxincailiao", "cqhdxcl", "HDXCL"])
def test_a_name_is_found_by_pinyin_in_full_by_initials_and_by_their_beginnings(typed):
    assert found_in(typed, names=("重庆华东新材料有限公司", "四川山城电池有限公司")) == [0]


def test_the_form_of_incorporation_is_no_name():
    assert found_in("yxgs", names=("重庆华东新材料有限公司",)) == []


def test_a_credit_code_is_found_whole_and_not_in_part():
    words = post([{CODE + "91500000ma5u000010": 3.0}, {CODE + "91500107ma6000000p": 3.0}])
    alive = np.ones(2, dtype=bool)

    assert find("91500000 MA5U 000010", [(0, words)], alive).rows.tolist() == [True, False]
    assert find("91500000MA5U", [(0, words)], alive).rows.tolist() == [False, False]


def test_every_word_must_be_there_while_some_record_has_them_all():
    assert found_in("battery software", "battery software", "battery pack", "software") == [0]


def test_where_no_record_has_all_words_the_most_telling_ones_count():
    documents = [words_of([(text, 1.0)]) for text in ("cell coating line", "line", "line", "line")]

    hits = find("coating line zzzz", [(0, post(documents))], np.ones(4, dtype=bool))

    assert (hits.is_partial, hits.absent, hits.rows.tolist()) == (True, ("zzzz",), [True, False, False, False])


def test_a_row_that_is_no_longer_there_is_not_found():
    words = post([words_of([("battery", 1.0)])] * 2)

    assert find("battery", [(0, words)], np.array([False, True])).rows.tolist() == [False, True]


@given(st.text(max_size=40) | st.lists(st.sampled_from(ODD), max_size=6).map(" ".join))
def test_no_query_is_an_error(query):
    words = post([words_of([('电池 "battery" * % NEAR(', 1.0)])])

    hits = find(query, [(0, words), (1, post([words_of([(query, 1.0)])]))], np.ones(2, dtype=bool))

    assert len(hits.rows) == 2
    assert np.isfinite(hits.scores).all()
    assert hits.rows[1] or not tokens_of(query)


@given(
    st.lists(st.text("电池管理系统 battery", max_size=12), max_size=6), st.text("电池管理ab", min_size=1, max_size=3)
)
def test_each_text_is_found_by_each_run_of_chinese_in_it(texts, query):
    for run in {run for text in texts for run in pairs(text) if len(run) == 2}:
        hits = set(found_in(run, *texts))

        assert {place for place, text in enumerate(texts) if run in text} <= hits


def columns(rows: list[dict]) -> SearchColumns:
    """Search columns of rows that name only the facets that matter; codes are numbers up to 3."""

    def matrix(name: str, width: int = 4) -> csr_array:
        dense = np.zeros((len(rows), width), dtype=np.float32)
        for place, row in enumerate(rows):
            dense[place, list(row.get(name, ()))] = 1
        return csr_array(dense)

    def one(name: str, kind: str) -> np.ndarray:
        return np.array([row.get(name, UNKNOWN) for row in rows], dtype=kind)

    certified = matrix("certification")
    certified.data = certified.data * (TODAY + 1)
    records = Records(
        ids=np.array([f"{place:036d}" for place in range(len(rows))], dtype="S36"),
        owner=np.array([f"{row.get('owner', place):036d}" for place, row in enumerate(rows)], dtype="S36"),
        record=np.array([row.get("record", 2) for row in rows], dtype=np.int8),
        kind=one("kind", "i1"),
        size=one("size", "i1"),
        place=one("place", "i4"),
        area=one("area", "i4"),
        last_day=np.array([TODAY + row.get("days", 1) for row in rows], dtype=np.int32),
        since=np.arange(len(rows), dtype=np.int64),
        sort_key=np.array([b"a"] * len(rows), dtype="S60"),
        nodes=matrix("node"),
        chains=matrix("chain"),
        capabilities=matrix("capability"),
        types=matrix("type", 9),
        bands=matrix("trl", 3),
        certifications=certified,
    )
    words: Words = post([words_of([(row.get("text", ""), 1.0)]) for row in rows])
    return SearchColumns(records, words, {name: list("abcd") for name in OPEN_LISTS.values()})


single = st.integers(-1, 3)
several = st.sets(st.integers(0, 2))
rows_of_a_registry = st.lists(
    st.fixed_dictionaries(
        dict.fromkeys(("kind", "size", "place", "area"), single)
        | dict.fromkeys(("node", "chain", "capability", "type", "trl", "certification"), several)
        | {"record": st.integers(1, 3), "days": st.integers(-1, 1)}
    ),
    max_size=12,
)


def values_of(row: dict, facet: str) -> set[int]:
    value = row[facet]
    return value if isinstance(value, set) else {value} - {UNKNOWN}


@given(rows_of_a_registry, st.dictionaries(st.sampled_from(FACETS), st.sets(st.integers(0, 2), min_size=1), max_size=3))
def test_the_counts_of_facets_equal_a_count_by_hand(rows, chosen):
    registry = searchable(columns(rows), day=TODAY)

    narrowed = narrow(
        registry, np.ones(len(rows), dtype=bool), {name: np.array(sorted(v)) for name, v in chosen.items()}
    )

    def passes(row: dict, facets: set[str]) -> bool:
        return row["days"] >= 0 and all(values_of(row, facet) & chosen[facet] for facet in facets)

    assert narrowed.rows.tolist() == [passes(row, set(chosen)) for row in rows]
    for facet in FACETS:
        others = [row for row in rows if passes(row, set(chosen) - {facet})]
        for value, count in enumerate(narrowed.counts[facet]):
            assert count == sum(value in values_of(row, facet) for row in others), (facet, value)
        if facet in chosen:
            assert narrowed.without[facet] == len(others)


def test_an_organisation_has_the_capabilities_of_its_open_offers_only():
    registry = searchable(
        columns(
            [
                {"record": 0},
                {"record": 1, "owner": 0, "capability": {1}},
                {"record": 1, "owner": 0, "capability": {2}, "days": -1},
                {"record": 2, "owner": 0, "capability": {3}},
            ]
        ),
        day=TODAY,
    )

    assert [bool(registry.facets["capability"].holding(np.array([code]))[0]) for code in range(4)] == [
        False,
        True,
        False,
        False,
    ]


def test_an_edited_organisation_is_found_as_it_is_now_and_not_as_it_was():
    before = columns([{"text": "battery", "place": 0}, {"text": "battery", "place": 1}])
    after = columns([{"text": "cockpit", "place": 2}])

    registry = overlaid(before, after, [before.records.owner[0]], day=TODAY)

    assert find("battery", registry.words, registry.alive).rows.tolist() == [False, True, False]
    assert find("cockpit", registry.words, registry.alive).rows.tolist() == [False, False, True]
    assert narrow(registry, registry.alive, {}).counts["place"].tolist() == [0, 1, 1, 0]


def test_every_facet_has_its_codes_and_an_unknown_code_is_no_value():
    registry = searchable(columns([]), day=TODAY)

    assert set(FACETS) == set(FIXED) | set(OPEN_LISTS)
    assert registry.numbers("node", ["a", "no such node"]).tolist() == [0]
