"""Structural indicators: today's figure, the one before, and the published figure that it is read against."""

from collections.abc import Iterator

from flask_babel import gettext as _

from matchmaker.exports.charts import pairs
from matchmaker.exports.content import Block, Line
from models.enums import IndicatorUnit
from web.i18n import number
from web.reports.papers.words import (
    Content,
    Row,
    basis,
    bullets,
    compared_in_words,
    day_cell,
    figure,
    fine_table,
    in_unit,
    name,
    pairs_in_words,
    paragraph,
    share_of,
    source,
    text,
    unit_cell,
)
from web.sentences.wording import listed

MOST_NAMED = 4


def indicators_blocks(content: Content) -> Iterator[Block]:
    rows = content["indicators"]["rows"]
    if not rows:
        yield paragraph(_("No indicator is defined for this scope."))
        return
    yield from bullets(indicator_sentences(rows))
    yield from _chart(rows)
    yield _figures(rows)
    yield _origins(rows)
    yield basis(content, "indicators")


def indicator_sentences(rows: list[Row]) -> Iterator[str]:
    yield from filter(None, (_against_targets(rows), _moved(rows), _not_told(rows)))


def _against_targets(rows: list[Row]) -> str:
    held = [row for row in rows if row["target"] is not None and row["value"] is not None and row["better"]]
    if not held:
        return ""
    short = [row for row in held if row["better"] * (row["value"] - row["target"]) < 0]
    if not short:
        return _("Indicators with a published figure: %(count)s; all reach it.", count=number(len(held)))
    named = listed(
        _(
            "%(name)s %(value)s (published: %(target)s)",
            name=name(row),
            value=in_unit(row["value"], row["unit"]),
            target=in_unit(row["target"], row["unit"]),
        )
        for row in short[:MOST_NAMED]
    )
    return _(
        "Indicators with a published figure: %(count)s; short of it: %(short)s (%(named)s).",
        count=number(len(held)),
        short=number(len(short)),
        named=named,
    )


def _moved(rows: list[Row]) -> str:
    moved = [row for row in rows if _before(row) is not None and row["value"] not in (None, _before(row))]
    if not moved:
        return ""
    named = listed(
        _(
            "%(name)s from %(before)s to %(value)s",
            name=name(row),
            before=in_unit(_before(row), row["unit"]),
            value=in_unit(row["value"], row["unit"]),
        )
        for row in moved[:MOST_NAMED]
    )
    return _("Moved since the figure before: %(named)s.", named=named)


def _not_told(rows: list[Row]) -> str:
    # What is kept back for too few can be told, only not to others; its row says so.
    silent = [row for row in rows if row["value"] is None and not row.get("suppressed")]
    if not silent:
        return ""
    return _("Cannot be told from what the registry knows: %(named)s.", named=listed(name(row) for row in silent))


def _before(row: Row) -> float | None:
    return row["before"]["value"] if row["before"] else None


def _chart(rows: list[Row]) -> Iterator[Block]:
    """Shares only: sums of money and counts have no axis in common."""
    shares = [row for row in rows if row["unit"] == IndicatorUnit.SHARE and row["value"] is not None]
    if not shares:
        return
    names = (_("now"), _("published figure"))
    values = {name(row): (row["value"], row["target"]) for row in shares}
    words = pairs_in_words((what, f"{share_of(own)} / {share_of(target)}") for what, (own, target) in values.items())
    caption = _("Indicators that are shares, beside the published figure")
    picture = pairs(
        values,
        names=names,
        title=_("share of all"),
        alt_text=compared_in_words(caption, names, words),
        unit_format=".1%",
    )
    yield figure(caption, picture)


def _figures(rows: list[Row]) -> Block:
    head = (
        _("Name of the indicator"),
        _("Now"),
        _("Figure before"),
        _("Day of it"),
        _("Figure to read it against"),
        _("Records known, of all"),
    )
    return fine_table(
        _("Figures of the indicators"), head, map(_row, rows), (28, 13, 13, 18, 14, 14), numbers=(1, 2, 4, 5)
    )


def _row(row: Row) -> tuple[Line, ...]:
    return (
        text(name(row)),
        text(_("kept back: too few")) if row.get("suppressed") else unit_cell(row["value"], row["unit"]),
        unit_cell(_before(row), row["unit"]),
        day_cell(row["before"]["as_of"] if row["before"] else None),
        unit_cell(row["target"], row["unit"]),
        text(f"{number(row['known'])} / {number(row['total'])}"),
    )


def _origins(rows: list[Row]) -> Block:
    head = (_("Name of the indicator"), _("Where its figures come from"), _("Where the published figure comes from"))
    told = ((text(name(row)), text(source(row)), text(source(row, "target_source"))) for row in rows)
    return fine_table(_("Sources of the indicators"), head, told, (30, 38, 32))
