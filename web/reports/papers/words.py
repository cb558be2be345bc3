"""What sections are made of: names, days, figures as text and as what a workbook reckons with, and their basis."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import format_decimal, format_percent
from flask_babel import gettext as _

from matchmaker.exports.charts import Picture
from matchmaker.exports.content import (
    Block,
    Bullets,
    Figure,
    Layout,
    Line,
    Paragraph,
    Shape,
    Span,
    Table,
    Value,
    clean,
    plain,
    valued,
)
from models.enums import IndicatorUnit
from web.i18n import UNKNOWN, current_language, day, number, percent, source_in, yuan
from web.sentences.wording import listed

Content = Mapping[str, Any]
Row = Mapping[str, Any]
SHORT_HASH = 12
METHOD = "method"


def name(row: Row, field: str = "name") -> str:
    """In the language of the document, else in the other."""
    own, other = ("zh", "en") if current_language() == "zh" else ("en", "zh")
    return clean(str(row.get(f"{field}_{own}") or row.get(f"{field}_{other}") or "")) or UNKNOWN


def source(row: Row, field: str = "source") -> str:
    """Where a row comes from, in Chinese for Chinese readers where that is given."""
    return clean(source_in(row, field)) or UNKNOWN


def title(row: Row) -> str:
    return name(row, "title")


def quoted(text: str) -> str:
    return f"“{text}”" if current_language() == "zh" else f'"{text}"'


def on(iso: str | None) -> str:
    return day(date.fromisoformat(iso)) if iso else UNKNOWN


def span_of_days(first: str, last: str) -> str:
    return _("%(first)s – %(last)s", first=on(first), last=on(last))


def tenths(value: float | None) -> str:
    """With one digit always, so that figures stand under one another."""
    return UNKNOWN if value is None else str(format_decimal(value, "#,##0.0"))


def share_of(value: float | None) -> str:
    return percent(value, 1)


def in_unit(value: float | None, unit: str) -> str:
    """A figure of an indicator as people say it."""
    match unit:
        case IndicatorUnit.SHARE:
            return share_of(value)
        case IndicatorUnit.COUNT:
            return number(value)
        case IndicatorUnit.AMOUNT:
            return yuan(value)
    return number(value, 1)


def text(words: str) -> Line:
    return plain(words)


def strong(words: str) -> Line:
    return (Span(clean(words), is_strong=True),)


def whole(value: float | None) -> Line:
    return valued(number(value), None if value is None else Value(value, Shape.WHOLE))


def decimal(value: float | None) -> Line:
    return valued(tenths(value), None if value is None else Value(value, Shape.DECIMAL))


def share(value: float | None) -> Line:
    """With one digit always, as in `tenths`; a sentence says 80% where it is that."""
    told = UNKNOWN if value is None else str(format_percent(value, "#,##0.0%"))
    return valued(told, None if value is None else Value(value, Shape.SHARE))


def day_cell(iso: str | None) -> Line:
    return valued(on(iso), Value(date.fromisoformat(iso), Shape.DAY) if iso else None)


def unit_cell(value: float | None, unit: str) -> Line:
    shape = {IndicatorUnit.SHARE: Shape.SHARE, IndicatorUnit.COUNT: Shape.WHOLE}.get(IndicatorUnit(unit), Shape.DECIMAL)
    if shape is Shape.SHARE:
        return share(value)
    return valued(in_unit(value, unit), None if value is None else Value(value, shape))


def paragraph(words: str) -> Paragraph:
    return Paragraph(plain(words))


def bullets(sentences: Iterable[str]) -> Iterator[Block]:
    items = tuple(plain(one) for one in sentences if one)
    if items:
        yield Bullets(items)


def fine_table(
    caption: str,
    head: Sequence[str],
    rows: Iterable[Sequence[Line]],
    widths: Sequence[int],
    *,
    numbers: Iterable[int] = (),
    layout: Layout = Layout.FINE,
) -> Table:
    return Table(
        clean(caption),
        tuple(head),
        tuple(tuple(row) for row in rows),
        tuple(widths),
        frozenset(numbers),
        layout=layout,
    )


def figure(caption: str, picture: Picture) -> Figure:
    return Figure(clean(caption), picture.alt, picture)


def pairs_in_words(values: Iterable[tuple[str, str]]) -> str:
    """Of a chart, for who does not see it: each name with its figure."""
    return listed(f"{what} {value}" for what, value in values)


def in_words(caption: str, words: str) -> str:
    return _("%(caption)s: %(words)s", caption=caption, words=words)


def compared_in_words(caption: str, names: Sequence[str], words: str) -> str:
    return in_words(_("%(name)s (%(kind)s)", name=caption, kind=" / ".join(names)), words)


def basis(content: Content, part: str) -> Paragraph:
    """As of when, from what, and where the rules and weights stand."""
    words = _(
        "As of %(day)s; checksum of the inputs: %(hash)s; rules and weights: ",
        day=on(content["as_of"]),
        hash=str(content["inputs"].get(part, UNKNOWN))[:SHORT_HASH],
    )
    if METHOD not in content["sections"] or not content["method"]:
        return paragraph(words + f"{_preset(content)}")
    return Paragraph((Span(words), Span(str(_("Method and sources")), link=METHOD)))


def _preset(content: Content) -> str:
    return str(content["versions"]["preset"])
