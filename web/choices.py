"""Choices that come from reference rows, in the reader's language."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from matchmaker.services import reference
from web.database import session
from web.i18n import current_language


def name_of(row: Any) -> str:
    """A reference row's name in the reader's language."""
    return str(getattr(row, f"name_{current_language()}") or row.name_zh or row.name_en)


def districts() -> list[SelectChoice]:
    rows = reference.list_districts(session())
    area = "area_zh" if current_language() == "zh" else "area_en"
    return [_unset(), *(SelectChoice(row.code, name_of(row), optgroup=getattr(row, area) or None) for row in rows)]


def any_districts() -> list[SelectChoice]:
    return [SelectChoice(row.code, name_of(row)) for row in reference.list_districts(session())]


def industries() -> list[SelectChoice]:
    rows = reference.list_industries(session())
    return [_unset(), *(SelectChoice(row.code, f"{row.code} {name_of(row)}") for row in rows)]


def schemes() -> list[SelectChoice]:
    groups = {"firm": _("Recognised firms"), "lab": _("Labs and platforms")}
    rows = reference.list_schemes(session())
    return [_unset(), *(SelectChoice(r.code, name_of(r), optgroup=groups.get(r.ladder, r.ladder)) for r in rows)]


def nodes() -> list[SelectChoice]:
    groups = reference.list_node_groups(session())
    return [
        SelectChoice(node.code, name_of(node), optgroup=_node_group(group)) for group in groups for node in group.nodes
    ]


def levels() -> list[SelectChoice]:
    rows = reference.list_levels(session())
    return [_unset(), *(SelectChoice(str(row.level), f"{row.level}  {name_of(row)}") for row in rows)]


def names_of(rows: Iterable[Any]) -> dict[str, str]:
    """Code -> name, for pages that show stored codes."""
    return {row.code: name_of(row) for row in rows}


def _node_group(group: reference.NodeGroup) -> str:
    chain = name_of(group.chain)
    return chain + _(": ") + name_of(group.parent) if group.parent else chain


def _unset() -> SelectChoice:
    return SelectChoice("", _("Please choose"))
