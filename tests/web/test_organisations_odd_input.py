"""Whatever is typed into the forms of this area: never a failure of ours, and the input comes back."""

import re
import unicodedata
from html import unescape

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests import records as make
from tests.web.conftest import csrf_token

ODD = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "\x00",
            "NaN",
            "sNaN",
            "-inf",
            "1e999999",
            "1" + "0" * 400,
            "-1",
            "²",
            "\u202egnp.exe",
            "\u200b",
            "𠮷" * 40,
            "🏭" * 300,
            "0000-00-00",
            "99999-01-01",
            "' OR 1=1 --",
            "<script>alert(1)</script>",
            "%(name)s",
            "{{ 7 * 7 }}",
        ]
    ),
)
FIELDS = {
    "profile/identity": "kind name_zh name_en short_name uscc ownership district_code address website founded_on "
    "industry_code version",
    "profile/activity": "summary_zh summary_en node_codes version",
    "profile/figures": "staff rd_staff_share revenue_band rd_ratio capacity engaged version",
    "profile/contact": "contact_name contact_email contact_phone grade_staff grade_contact_email version",
    "profile/certifications": "scheme_code issuer number issued_on valid_until",
    "profile/patents": "ipc_class granted applied",
    "offers/new": "type title_zh summary_zh description_en tags tags-level-x trl_low trl_high budget_low budget_high "
    "partner_kinds partner_districts stage find pick remove action",
    "needs/new": "type title_en summary_en tags trl_low trl_high budget_low budget_high accepted_types find action",
}


@pytest.fixture
def editor(session, sign_in, owner):
    make.add_taxonomy(session)
    session.commit()
    browser = sign_in(owner)
    browser.token = csrf_token(browser)
    return browser


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_form_fails_on_odd_input(editor, organisation, data):
    form = data.draw(st.sampled_from(sorted(FIELDS)))
    typed = data.draw(st.dictionaries(st.sampled_from(FIELDS[form].split()), ODD))

    response = editor.post(f"/organisations/{organisation.id}/{form}", data={"csrf_token": editor.token, **typed})

    assert response.status_code in {200, 302, 409, 422}, (form, typed)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Zs", "Zl", "Zp"]), min_size=1, max_size=60))
@example(text="<b>\"'&amp;")
def test_a_refused_form_gives_back_what_was_typed(editor, organisation, text):
    typed = {"csrf_token": editor.token, "type": "", "title_zh": text, "trl_low": "5"}
    response = editor.post(f"/organisations/{organisation.id}/offers/new", data=typed)

    assert response.status_code == 422
    found = re.search(r'name="title_zh"[^>]*value="([^"]*)"', response.text)
    assert found is not None
    # NFC may write the same text in other code points.
    assert unescape(found[1]).casefold() == unicodedata.normalize("NFC", text).strip().casefold()


@pytest.mark.parametrize("amount", ["sNaN", "NaN", "Infinity", "-1", "1e999999", "九万"])
def test_an_impossible_amount_is_named_at_its_field(editor, organisation, amount):
    typed = {"csrf_token": editor.token, "type": "supply", "title_zh": "题", "budget_high": amount}
    response = editor.post(f"/organisations/{organisation.id}/offers/new", data=typed)

    assert response.status_code == 422
    assert 'id="budget_high-error"' in response.text
    assert f'value="{amount}"' in response.text


def test_a_megabyte_is_refused_with_a_page(editor, organisation):
    typed = {"csrf_token": editor.token, "summary_zh": "长" * 350_000}
    response = editor.post(f"/organisations/{organisation.id}/profile/activity", data=typed)

    assert response.status_code in {413, 422}


@given(query=st.text(max_size=300))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_credit_code_is_answered(editor, query):
    response = editor.get("/organisations/join", query_string={"uscc": query.encode("utf-8", "replace").decode()})

    assert response.status_code in {302, 422}
