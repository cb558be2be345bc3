"""One result as people read it: what it is, who, where, and the words that were found."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from matchmaker.services.search import Found, Posting, excerpt, mark, mark_name
from models.enums import SearchRecord
from models.facilities import Facility
from models.taxonomy import Capability
from web.i18n import current_language, day, yuan_range
from web.labels import label
from web.search.facets import value_label

Pieces = list[tuple[str, bool]]
ICONS = {
    SearchRecord.ORGANISATION: "building",
    SearchRecord.OFFER: "lightbulb",
    SearchRecord.NEED: "bullseye",
    SearchRecord.FACILITY: "tools",
}
TONES = {
    SearchRecord.ORGANISATION: "",
    SearchRecord.OFFER: "primary",
    SearchRecord.NEED: "warn",
    SearchRecord.FACILITY: "teal",
}
MOST_CAPABILITIES, MOST_NODES, MOST_CERTIFICATIONS = 5, 3, 3
_CHINESE = re.compile(r"[㐀-鿿]")


@dataclass(frozen=True)
class Text:
    """A text in pieces, some of them marked, and the language it is in."""

    pieces: Pieces
    lang: str


@dataclass(frozen=True)
class Card:
    record: SearchRecord
    icon: str
    tone: str
    url: str
    title: Text
    second: Text | None
    owner: str
    owner_url: str
    facts: list[str]
    excerpt: Text | None
    capabilities: list[Text]
    more_capabilities: int
    tags: list[str]


def card(found: Found, tokens: Sequence[str]) -> Card:
    owner, posting = found.organisation, found.posting
    named = posting if posting is not None else owner
    first, second = _in_order(_name(named, "zh"), _name(named, "en"))
    marked = mark_name if posting is None else mark
    told = _telling(found.capabilities, tokens)
    return Card(
        record=found.record,
        icon=ICONS[found.record],
        tone=TONES[found.record],
        url=_url(found),
        title=Text(marked(first, tokens), _lang(first)),
        second=Text(marked(second, tokens), _lang(second)) if second else None,
        owner="" if posting is None else _in_order(owner.name_zh, owner.name_en)[0],
        owner_url=url_for("organisations.show_organisation", organisation_id=owner.id),
        facts=_facts(found),
        excerpt=_excerpt(found, tokens),
        capabilities=told[:MOST_CAPABILITIES],
        more_capabilities=max(0, len(told) - MOST_CAPABILITIES),
        tags=_tags(found),
    )


def _name(record: Any, language: str) -> str:
    field = "title" if hasattr(record, "title_zh") else "name"
    return str(getattr(record, f"{field}_{language}"))


def _in_order(zh: str, en: str) -> tuple[str, str]:
    """The name to read first, and the other one where it says more."""
    first, second = (zh, en) if current_language() == "zh" else (en, zh)
    return (first or second, second if first and first != second else "")


def _lang(text: str) -> str:
    return "zh-CN" if _CHINESE.search(text) else "en"


def _url(found: Found) -> str:
    if found.posting is None:
        return url_for("organisations.show_organisation", organisation_id=found.organisation.id)
    if found.record is SearchRecord.OFFER:
        return url_for("organisations.show_offer", offer_id=found.posting.id)
    if found.record is SearchRecord.NEED:
        return url_for("organisations.show_need", need_id=found.posting.id)
    return url_for("organisations.show_organisation", organisation_id=found.organisation.id, _anchor="facilities")


def _facts(found: Found) -> list[str]:
    facts = [label(found.organisation.kind)]
    if found.place is not None:
        facts.append(value_label("place", found.place))
    if found.posting is None:
        return [*facts, label(found.size)] if found.size is not None else facts
    return [*facts, *_terms(found.posting)]


def _terms(posting: Posting) -> list[str]:
    if isinstance(posting, Facility):
        return [_levels(posting.trl_in, posting.trl_out)] if posting.trl_in and posting.trl_out else []
    terms = [label(posting.type)]
    if posting.trl_low and posting.trl_high:
        terms.append(_levels(posting.trl_low, posting.trl_high))
    if posting.budget_low is not None or posting.budget_high is not None:
        terms.append(yuan_range(posting.budget_low, posting.budget_high))
    return [*terms, _("valid until %(day)s", day=day(posting.valid_until))]


def _levels(low: int, high: int) -> str:
    return f"TRL {low}" if low == high else f"TRL {low}–{high}"


def _excerpt(found: Found, tokens: Sequence[str]) -> Text | None:
    told = found.organisation if found.posting is None else found.posting
    fields = ("summary", "description", "advantages")
    languages = ("zh", "en") if current_language() == "zh" else ("en", "zh")
    texts = [getattr(told, f"{field}_{language}", "") for language in languages for field in fields]
    pieces = excerpt(texts, tokens)
    return Text(pieces, _lang("".join(text for text, _marked in pieces))) if pieces else None


def _telling(capabilities: Sequence[Capability], tokens: Sequence[str]) -> list[Text]:
    """The capabilities, those first that the words speak of."""
    shown = [_capability(item, tokens) for item in capabilities]
    return sorted(shown, key=lambda text: not any(is_marked for _text, is_marked in text.pieces))


def _capability(item: Capability, tokens: Sequence[str]) -> Text:
    """Its name; where the words speak of its other name or of a synonym, that one too, so that one sees why."""
    first, second = _in_order(item.name_zh, item.name_en)
    pieces = mark(first, tokens)
    if not any(is_marked for _text, is_marked in pieces):
        for other in (second, *item.synonyms_zh.split("|"), *item.synonyms_en.split("|")):
            also = mark(other, tokens)
            if any(is_marked for _text, is_marked in also):
                return Text([*pieces, (" · ", False), *also], _lang(first))
    return Text(pieces, _lang(first))


def _tags(found: Found) -> list[str]:
    nodes = [value_label("node", name) for name in found.nodes] if found.posting is None else []
    certified = [value_label("certification", name) for name in found.certifications]
    return [*nodes[:MOST_NODES], *certified[:MOST_CERTIFICATIONS]]
