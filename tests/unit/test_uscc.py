"""Unified social credit codes: folding, form and check character, held against python-stdnum."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc as oracle

from matchmaker import uscc
from matchmaker.errors import InvalidInput

KNOWN = "91110000600037341L"

bodies = st.builds(
    "".join,
    st.tuples(
        st.text("0123456789", min_size=8, max_size=8),
        st.text(uscc.ALPHABET, min_size=9, max_size=9),
    ),
)


@given(bodies)
def test_the_check_character_is_the_one_the_standard_gives(body):
    assert uscc.check_character(body) == oracle.calc_check_digit(body)


@given(bodies, st.sampled_from(uscc.ALPHABET))
def test_a_code_is_valid_exactly_when_the_oracle_says_so(body, last):
    assert uscc.is_valid(body + last) == oracle.is_valid(body + last)


@given(bodies, st.integers(0, 16), st.sampled_from("0123456789"))
def test_one_wrong_character_is_always_noticed(body, place, wrong):
    code = body + uscc.check_character(body)
    damaged = code[:place] + wrong + code[place + 1 :]

    assert uscc.is_valid(damaged) == (damaged == code)


@given(st.text())
def test_any_text_is_either_folded_to_a_stable_code_or_refused_with_a_reason(text):
    code = outcome(text)

    assert code in {"uscc_length", "uscc_characters", "uscc_check"} or outcome(code) == code


def outcome(text):
    try:
        return uscc.normalise(text)
    except InvalidInput as error:
        return error.code


@pytest.mark.parametrize(
    "typed",
    [
        KNOWN.lower(),
        f"  {KNOWN}\n",
        "91110000-600037341-L",
        "９１１１００００６０００３７３４１Ｌ",
        "9111 0000 6000 3734 1L",
    ],
)
def test_what_people_type_is_folded_to_the_stored_form(typed):
    assert uscc.normalise(typed) == KNOWN


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "uscc_length"),
        ("9111000060003734", "uscc_length"),
        ("91110000600037341I", "uscc_characters"),
        ("9111O000600037341L", "uscc_characters"),
        ("٩1110000600037341L", "uscc_characters"),
        ("91110000600037341M", "uscc_check"),
    ],
)
def test_a_wrong_code_is_refused_with_the_rule_it_breaks(typed, code):
    with pytest.raises(InvalidInput) as caught:
        uscc.normalise(typed)

    assert caught.value.code == code


def test_a_rural_collective_with_a_letter_in_front_is_accepted():
    body = "N2500112MF1234567"

    assert uscc.is_valid(body + uscc.check_character(body))
