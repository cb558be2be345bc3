"""Whatever is in a closed list or can be refused has words for people, in both languages."""

import inspect
import re
from enum import StrEnum
from pathlib import Path

import pytest
from flask_babel import force_locale

from matchmaker.errors import InvalidInput
from models import enums
from web.labels import LABELS, label, label_of
from web.refusals import REFUSALS, refusal_text

ROOT = Path(__file__).parents[2]
LISTS = [value for value in vars(enums).values() if inspect.isclass(value) and issubclass(value, StrEnum)]


@pytest.mark.parametrize("values", [v for v in LISTS if v is not StrEnum], ids=lambda values: values.__name__)
def test_every_member_of_a_closed_list_has_a_label(app, values):
    with app.test_request_context():
        for member in values:
            for language in ("zh", "en"):
                with force_locale(language):
                    assert label(member).strip()
    assert list(LABELS[values]) == list(values)


def test_an_unknown_code_is_shown_as_it_is(app):
    with app.test_request_context():
        assert label_of("Grade", "open") == "公开"
        assert label_of("Grade", "secret") == "secret"
        assert label_of("Grade", None) == "—"


def test_every_rule_that_a_service_may_find_broken_has_a_sentence():
    raised = set()
    for path in (ROOT / "matchmaker/services").glob("*.py"):
        raised |= set(re.findall(r'InvalidInput\(\s*"([a-z_]+)"', path.read_text()))

    assert raised - set(REFUSALS) == set()


def test_a_rule_without_a_sentence_is_named_by_its_code(app):
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert refusal_text(InvalidInput("brand_new")) == "The input breaks the rule brand_new."


def test_facts_are_told_in_the_readers_words(app):
    error = InvalidInput("grade_not_allowed", field="staff", allowed=[enums.Grade.OPEN, enums.Grade.CLOSED])

    with app.test_request_context():
        assert refusal_text(error) == "该字段可选的开放级别为：公开, 不予开放。"
