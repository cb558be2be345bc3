"""Capabilities on a form: finding them, naming them, and what two people changed at once, in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from flask import flash, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from matchmaker.services import capabilities, reference
from matchmaker.services.picked import Tag
from web import kept
from web.choices import name_of, names_of
from web.database import session
from web.gaps import field_label
from web.labels import label

# Buttons that change what is on the form and save nothing but the draft.
PICKER = frozenset({"find", "suggest", "add", "save"})
LEVELS: Mapping[int, object] = {
    1: _l("1  exploring"),
    2: _l("2  shown in the lab"),
    3: _l("3  delivered to customers"),
    4: _l("4  in series"),
    5: _l("5  leading in its field"),
}
IMPORTANCE: Mapping[str, object] = {
    "0.5": _l("nice to have"),
    "1": _l("normal"),
    "2": _l("very important"),
}


@dataclass(frozen=True)
class Picker:
    """What the capability search shows: candidates by chain node, or those that the text names."""

    groups: list[tuple[str, list[tuple[str, str, str]]]]
    total: int
    kind: str


def use_picker(form: Any, kind: str, subject: UUID) -> Picker | None:
    """Answer the picker's buttons; None when the form is to be saved."""
    action = request.form.get("action", "")
    if action not in PICKER and not request.form.get("remove"):
        return None
    kept.keep(kind, subject)
    if action == "save":
        flash(_("Your draft is kept. Nobody else sees it until you save it."), "success")
    return _suggest(form) if action == "suggest" else _find(form) if action == "find" else Picker([], 0, action)


def _suggest(form: Any) -> Picker:
    found = capabilities.suggest_capabilities(session(), form.text())
    rows = [(one.capability, "、".join(one.words)) for one in found]
    return Picker(_by_node(rows), len(rows), "suggest")


def _find(form: Any) -> Picker:
    page = capabilities.search_capabilities(session(), form.find.data or "")
    return Picker(_by_node([(capability, "") for capability in page.items]), page.total, "find")


def _by_node(rows: list[tuple[Any, str]]) -> list[tuple[str, list[tuple[str, str, str]]]]:
    nodes = names_of(reference.list_nodes(session()))
    names = names_of(capability for capability, _words in rows)
    groups: dict[str, list[tuple[str, str, str]]] = {}
    for capability, words in rows:
        node = nodes[capability.node_code]
        groups.setdefault(node, []).append((capability.code, names[capability.code], words))
    return list(groups.items())


def tag_rows(tags: Iterable[Tag]) -> list[tuple[Tag, str, str]]:
    """Each tag with its capability's name and the word for its level."""
    known = capabilities.list_capabilities(session(), [tag.capability_code for tag in tags])
    return [
        (tag, name_of(known[tag.capability_code]), str(LEVELS.get(tag.level, tag.level)))
        for tag in tags
        if tag.capability_code in known
    ]


def differences(form: Any) -> list[tuple[str, str, str]]:
    """Field by field: what somebody else saved, and what is typed here."""
    return [
        (_label_in(form, name), _in_words(theirs), _in_words(yours))
        for name, (theirs, yours) in getattr(form, "differences", {}).items()
    ]


def _label_in(form: Any, name: str) -> str:
    if name.startswith("grade_"):
        return _("Who may see: %(field)s", field=field_label(name.removeprefix("grade_")))
    return str(form[name].label.text) if name in form else field_label(name)


def _in_words(value: object) -> str:
    if value is None or value in ("", (), []):
        return "—"
    if isinstance(value, StrEnum):
        return label(value)
    if isinstance(value, Tag):
        return f"{value.capability_code} ({value.level})"
    if isinstance(value, (list, tuple)):
        return "、".join(_in_words(item) for item in value)
    return str(value)
