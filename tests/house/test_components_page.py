"""The page of components and the engine's own list are one."""

import re

import numpy as np
from babel.messages.pofile import read_po

from matchmaker.engine import capital_components, column_components, history_components, portfolio_components
from matchmaker.scoring.capital import Capital, Plans
from tests.unit.funding.columns_of import firms_of, mandates_of
from web.labels import component_label

NOTHING = Capital(mandates_of([]), firms_of([]), Plans(*(np.empty(0),) * 3), nodes=(), places=())
ROW = re.compile(
    r"^\| `(?P<name>\w+)` \| (?P<label>[^|]+) \| [^|]+ \| (?P<places>[^|]+) \| (?P<role>\w+) \|$", re.MULTILINE
)


def rows_of(root):
    page = (root / "docs/components.md").read_text()
    return {row["name"]: row for row in ROW.finditer(page)}


def test_every_component_has_its_row_with_its_role(root):
    components = [*column_components(), *history_components(), *capital_components(NOTHING), *portfolio_components()]

    roles = {name: row["role"] for name, row in rows_of(root).items()}

    assert roles == {one.name: "evidence" if one.is_evidence else "shade" for one in components}


def test_the_row_names_the_component_as_the_screen_does(root):
    with (root / "web/translations/zh/LC_MESSAGES/messages.po").open("rb") as file:
        catalogue = read_po(file, locale="zh")

    for name, row in rows_of(root).items():
        text = component_label(name)  # outside a request: the msgid
        assert row["label"] == catalogue[text].string


def test_the_formula_is_where_the_row_says(root):
    for name, row in rows_of(root).items():
        first, *others = re.findall(r"`([\w/]+\.py)`", row["places"])

        assert f'name = "{name}"' in (root / "matchmaker/scoring" / first).read_text()
        assert all((root / "matchmaker" / other).exists() for other in others)
