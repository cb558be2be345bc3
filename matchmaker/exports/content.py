"""What a document is made of: plain blocks in one language, which every format renders in its own way.

A blank is something that a person still has to fill in. It is a span like any other, so no format can lose it, and the
list of blanks at the front is read off the blocks themselves.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

# Neither XML nor a page can hold control characters; marks that turn or hide text have no place in a contract.
UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\uffff\ud800-\udfff]"
)


class Language(StrEnum):
    ZH = "zh"
    EN = "en"


@dataclass(frozen=True, slots=True)
class Phrase:
    """The same words in both languages."""

    zh: str
    en: str

    def __call__(self, language: Language, **facts: object) -> str:
        text = self.zh if language is Language.ZH else self.en
        return text.format(**facts) if facts else text


class Shape(StrEnum):
    """How a workbook shows a value."""

    WHOLE = "whole"
    DECIMAL = "decimal"
    SHARE = "share"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Value:
    """The figure or day behind a text, so that a workbook holds what it can reckon with."""

    amount: float | date
    shape: Shape


@dataclass(frozen=True, slots=True)
class Span:
    """`blank` names what somebody has to fill in here; empty where nothing is missing.

    `link` is the anchor of a heading or a table of the same document.
    """

    text: str
    blank: str = ""
    is_strong: bool = False
    link: str = ""
    value: Value | None = None


Line = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    text: str
    level: int = 1
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    line: Line


@dataclass(frozen=True, slots=True)
class Bullets:
    items: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to see before all else: that this is a draft, what is missing."""

    title: str
    items: tuple[Line, ...] = ()


class Layout(StrEnum):
    """PLAIN fits among text; FINE is set small, for long tables; WIDE is small, and turns the heads of its numbers."""

    PLAIN = "plain"
    FINE = "fine"
    WIDE = "wide"


@dataclass(frozen=True, slots=True)
class Table:
    """`widths` are shares of the page; `numbers` are the columns that stand at the right."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]
    widths: tuple[int, ...]
    numbers: frozenset[int] = frozenset()
    has_total: bool = False
    layout: Layout = Layout.PLAIN


class Drawing(Protocol):
    """What draws itself when a format asks for it: a workbook asks for nothing, a Word file for dots."""

    @property
    def alt(self) -> str: ...
    def svg(self) -> str: ...
    def narrow_svg(self) -> str: ...
    def png(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart; `alt` says in words what it shows, and the table with its figures stands after it."""

    caption: str
    alt: str
    drawing: Drawing


@dataclass(frozen=True, slots=True)
class Contents:
    """The headings of the first level, each with its page or a link to it."""

    title: str


class Orientation(StrEnum):
    PORTRAIT = "portrait"
    LANDSCAPE = "landscape"


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins on a new page."""

    orientation: Orientation = Orientation.PORTRAIT


Block = Heading | Paragraph | Bullets | Notice | Table | Figure | Contents | PageBreak


class Front(StrEnum):
    """A short document begins with its title; a report has a cover page, which ends at its first page break."""

    TITLE = "title"
    COVER = "cover"


@dataclass(frozen=True, slots=True)
class Document:
    """One document. `made_on` is the day of what it says, not of its printing: the clock changes no byte."""

    title: str
    subtitle: str
    language: Language
    made_on: date
    author: str
    running_head: str
    facts: tuple[tuple[str, str], ...]
    blocks: tuple[Block, ...]
    front: Front = Front.TITLE
    running_foot: str = ""


def clean(text: str) -> str:
    """Text that any format can hold."""
    return UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def plain(text: str) -> Line:
    return (Span(clean(text)),)


def strong(text: str) -> Line:
    return (Span(clean(text), is_strong=True),)


def valued(text: str, value: Value | None) -> Line:
    """A figure or a day: what is read, and what is reckoned with; no value where it is not known."""
    return (Span(clean(text), value=value),)


def linked(text: str, anchor: str) -> Line:
    return (Span(clean(text), link=anchor),)


def blank(what: str, language: Language) -> Line:
    """A place that somebody has to fill in; `what` says it in the list at the front, where nothing stands around it."""
    return (Span("【待填写】" if language is Language.ZH else "[to be filled in]", blank=clean(what)),)


def blanks_in(blocks: Iterable[Block]) -> tuple[str, ...]:
    """All blanks, in the order in which they stand, each once."""
    found = (span.blank for block in blocks for line in lines_of(block) for span in line if span.blank)
    return tuple(dict.fromkeys(found))


def lines_of(block: Block) -> Iterator[Line]:
    match block:
        case Paragraph(line):
            yield line
        case Bullets(items) | Notice(_, items):
            yield from items
        case Table():
            for row in block.rows:
                yield from row
        case Heading() | Figure() | Contents() | PageBreak():
            return
