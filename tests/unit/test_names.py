import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.names import KEY_LENGTH, fold_name, fold_text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("重庆长安汽车股份有限公司", "重慶長安汽車有限責任公司"),
        ("重庆长安汽车（集团）有限公司", "重庆长安汽车(集团)"),
        ("Bosch Co., Ltd.", "BOSCH GmbH & Co. KG"),
        ("Ａｃｍｅ　Ｉｎｃ．", "acme"),
        ("Fabrique S.p.A.", "fabrique, sa"),
    ],
)
def test_one_organisation_has_one_key_however_its_name_is_typed(one, other):
    assert fold_name(one) == fold_name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("重庆甲科技有限公司", "重庆乙科技有限公司"),
        ("长安汽车", "长安汽车金融"),
        ("Alpha Labs Ltd", "Alpha Lab Ltd"),
    ],
)
def test_different_names_have_different_keys(one, other):
    assert fold_name(one) != fold_name(other)


@pytest.mark.parametrize("name", ["有限公司", "S.A.", "Ltd", "!!!"])
def test_a_name_of_nothing_but_a_legal_form_or_signs_keeps_it(name):
    assert fold_name(name)


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_folding_never_fails_and_fits_its_column(text):
    assert len(fold_name(text)) <= KEY_LENGTH


@given(st.text(alphabet="重慶长安汽车公司有限 AGgmbhLtd.,（）０９"))
def test_a_folded_text_stays_as_it_is_when_folded_again(text):
    assert fold_text(fold_text(text)) == fold_text(text)
