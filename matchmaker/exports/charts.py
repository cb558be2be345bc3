"""Charts: plain values in, one picture out, the same on a page, in a PDF and in a Word file.

A picture never stands alone: whoever shows it puts its table beside it, and its `alt` says what it shows in words.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Literal

import altair as alt
import vl_convert
from altair.utils import schemapi

from matchmaker.exports.narrow import narrowed

FONT = "Noto Sans CJK SC"
# Each stands out by 3:1 from white and from the dark page (#141414), and from its neighbours by lightness too.
COLOURS: Sequence[str] = ("#1677ff", "#b5651d", "#0e8a6d", "#a03c8f", "#8a7a00", "#5b6f9e", "#c0392b", "#4f8a10")
# On a page, letters and lines take the colour of the text around them; in a document they are dark.
INK = "#1f1f1e"
WARNING = "#d4380d"
WIDTH, HEIGHT = 640, 280
PNG_SCALE = 2.0
# Letters are measured in the thinnest weight of the font and drawn in a stronger one, which is wider.
PADDING = {"left": 22, "right": 22, "top": 6, "bottom": 6}
# A picture of dots takes the thinnest weight of the font; a fine stroke around the letters makes up for it.
BOLDER = f'<text stroke="{INK}" stroke-width="0.35" '
# What the drawing puts before an address of ours.
VEGA_HOME = "https://vega.github.io/vega-datasets/"
# Altair would hold each part of a chart against the schema of Vega-Lite as it is put together, which takes most of the
# time; a test does so once for each sort of chart.
schemapi.disable_debug_mode()
# Drawings of a page are asked for again and again; those of last week's reports are not.
MOST_KEPT = 256


@dataclass(frozen=True, slots=True)
class Band:
    """A named row of amounts, one for each place on the horizontal axis."""

    name: str
    amounts: Sequence[float]


@dataclass(frozen=True, slots=True)
class Picture:
    """One chart. `alt` is its content in words."""

    specification: str
    alt: str

    def svg(self) -> str:
        return _svg(self.specification)

    def narrow_svg(self) -> str:
        """The same for a screen that is too narrow for it."""
        return _svg(narrowed(self.specification))

    def png(self) -> bytes:
        return _png(self.specification)


def on_page(svg: str) -> str:
    """The same drawing with lines and letters in the colour of the text around it, light or dark."""
    return re.sub(INK, "currentColor", svg, flags=re.IGNORECASE)


def bands_against_line(
    bands: Sequence[Band],
    line: Band,
    *,
    places: Sequence[float],
    titles: tuple[str, str],
    alt_text: str,
    short: Sequence[float] = (),
    short_name: str = "",
) -> Picture:
    """Bands that lie on one another step by step, and the line that they have to reach.

    `titles` name the two axes; `short` are the places at which the bands stay under the line, marked and named.
    """
    names = [band.name for band in bands]
    stacked = [
        {"x": place, "y": amount, "name": band.name, "order": order}
        for order, band in enumerate(bands)
        for place, amount in _steps(places, band.amounts)
    ]
    wanted = [{"x": place, "y": amount, "name": line.name} for place, amount in _steps(places, line.amounts)]
    x, y = (
        alt.X("x:Q", title=titles[0], axis=alt.Axis(tickMinStep=1, grid=False)),
        alt.Y("y:Q", title=titles[1], stack="zero"),
    )
    colours = alt.Color(
        "name:N",
        title=None,
        scale=alt.Scale(domain=names, range=[COLOURS[row % len(COLOURS)] for row in range(len(names))]),
        legend=alt.Legend(orient="bottom", columns=2, labelLimit=300) if names else None,
    )
    layers: list[Any] = [
        alt.Chart(_data(stacked))
        .mark_area(interpolate="step-after", opacity=0.85, stroke=INK, strokeWidth=0.5)
        .encode(x=x, y=y, color=colours, order="order:Q"),
        alt.Chart(_data(wanted))
        .mark_line(color=INK, strokeWidth=2.5, strokeDash=[6, 3], interpolate="step-after")
        .encode(x=x, y=alt.Y("y:Q", title=titles[1], stack=None)),
        # Halfway up: left of and above a line that rises there is room, at its end a gap may be named.
        alt.Chart(_data(wanted[len(wanted) // 2 :][:1]))
        .mark_text(align="right", baseline="bottom", dx=-6, dy=-4, color=INK)
        .encode(x=x, y=alt.Y("y:Q", stack=None), text="name:N"),
    ]
    if short:
        spans = [{"x": place, "to": place + 1, "name": short_name} for place in short]
        # Towards the end the line is high: the name stands before the gap, where there is room.
        side: Literal["left", "right"] = "right" if short[0] > places[len(places) // 2] else "left"
        layers += [
            alt.Chart(_data(spans)).mark_rect(color=WARNING, opacity=0.22).encode(x="x:Q", x2="to:Q"),
            alt.Chart(_data(spans[:1]))
            .mark_text(color=INK, align=side, baseline="top", dx=-4 if side == "right" else 4, dy=4, fontWeight=600)
            .encode(x="x:Q", y=alt.value(0), text="name:N"),
        ]
    return _picture(alt.layer(*layers), alt_text)


def _steps(places: Sequence[float], amounts: Sequence[float]) -> list[tuple[float, float]]:
    """Where each step begins; the last one lasts as long as the others, to a point of its own."""
    points = list(zip(places, amounts, strict=True))
    return [*points, *((place + 1, amount) for place, amount in points[-1:])]


def bars(
    values: Mapping[str, float],
    *,
    title: str,
    alt_text: str,
    mark: tuple[str, float] | None = None,
    unit_format: str = ",.0f",
    links: Mapping[str, str] | None = None,
) -> Picture:
    """Lying bars in the order given, each with its figure; `mark` is a named threshold across them.

    `links` lead from each bar to its page; they are for charts on pages.
    """
    rows = [{"name": name, "value": value, **_link(links, name)} for name, value in values.items()]
    base = alt.Chart(_data(rows)).encode(
        y=alt.Y("name:N", title=None, sort=list(values), axis=alt.Axis(labelLimit=220)),
        x=alt.X("value:Q", title=title, axis=alt.Axis(format=unit_format, tickMinStep=_least_step(unit_format))),
    )
    layers: list[Any] = [
        base.mark_bar(color=COLOURS[0]).encode(**_linked(links)),
        base.mark_text(align="left", dx=4, color=INK).encode(text=alt.Text("value:Q", format=unit_format)),
    ]
    if mark is not None:
        marked = alt.Chart(_data([{"value": mark[1], "name": mark[0]}])).encode(x="value:Q")
        layers += [
            marked.mark_rule(color=WARNING, strokeWidth=2, strokeDash=[4, 3]),
            marked.mark_text(color=INK, baseline="bottom", dy=-4).encode(y=alt.value(0), text="name:N"),
        ]
    return _picture(alt.layer(*layers), alt_text, height=max(60, 26 * len(rows)))


def _least_step(unit_format: str) -> Any:
    """Whole numbers are told by whole steps, so that no tick says the same as the one before."""
    return 1 if unit_format.endswith(".0f") else alt.Undefined


def pairs(
    rows: Mapping[str, Sequence[float | None]],
    *,
    names: Sequence[str],
    title: str,
    alt_text: str,
    unit_format: str = ".0%",
    links: Mapping[str, str] | None = None,
) -> Picture:
    """Lying bars side by side, one a name in each row: ours, and what it is held against; what is unknown has none."""
    told = [
        {"row": row, "name": name, "value": value, **_link(links, row)}
        for row, values in rows.items()
        for name, value in zip(names, values, strict=True)
        if value is not None
    ]
    base = alt.Chart(_data(told)).encode(
        y=_rows(rows),
        yOffset=alt.YOffset("name:N", sort=list(names), scale=alt.Scale(domain=list(names))),
        x=alt.X("value:Q", title=title, axis=alt.Axis(format=unit_format, tickCount=6)),
    )
    layers = [
        base.mark_bar(stroke=INK, strokeWidth=0.3).encode(color=_colours(names, COLOURS), **_linked(links)),
        base.mark_text(align="left", dx=4, color=INK, fontSize=11).encode(text=alt.Text("value:Q", format=unit_format)),
    ]
    return _picture(alt.layer(*layers), alt_text, height=max(60, 16 * len(names) * len(rows)))


def parts(
    rows: Mapping[str, Mapping[str, float]],
    *,
    names: Sequence[str],
    title: str,
    alt_text: str,
    colours: Sequence[str] = COLOURS,
    links: Mapping[str, str] | None = None,
) -> Picture:
    """One lying bar a row, made of named parts in the order of `names`, each part with its figure."""
    told = [
        {"row": row, "name": name, "value": values[name], "order": order, **_link(links, row)}
        for row, values in rows.items()
        for order, name in enumerate(names)
        if values.get(name)
    ]
    base = alt.Chart(_data(told)).encode(
        y=_rows(rows),
        order="order:Q",
    )
    whole = alt.Axis(format=",.0f", tickMinStep=1)
    layers = [
        base.mark_bar(stroke=INK, strokeWidth=0.4).encode(
            x=alt.X("value:Q", title=title, stack="zero", axis=whole), color=_colours(names, colours), **_linked(links)
        ),
        base.mark_text(color="#ffffff", fontWeight=600).encode(
            x=alt.X("value:Q", stack="zero", bandPosition=0.5), text=alt.Text("value:Q", format=",.0f")
        ),
    ]
    return _picture(alt.layer(*layers), alt_text, height=max(60, 34 * len(rows)))


def series(
    lines: Mapping[str, Sequence[tuple[date, float | None]]],
    *,
    title: str,
    alt_text: str,
    unit_format: str = ",.1~f",
    day_format: str = "%Y-%m-%d",
) -> Picture:
    """Lines over days; a day of which nothing is known parts a line."""
    told = [
        {"day": day.isoformat(), "name": name, "value": value}
        for name, points in lines.items()
        for day, value in points
    ]
    days = {row["day"] for row in told}
    base = alt.Chart(_data(told)).encode(
        x=alt.X(
            "utcyearmonthdate(day):T",
            title=None,
            scale=alt.Scale(type="utc"),
            axis=alt.Axis(format=day_format, grid=False, tickCount=min(6, len(days)), labelFlush=True),
        ),
        y=alt.Y("value:Q", title=title, axis=alt.Axis(format=unit_format), scale=alt.Scale(zero=True)),
        color=_colours(list(lines), COLOURS),
    )
    shape = alt.Shape("name:N", legend=None, scale=alt.Scale(domain=list(lines)))
    layers = [
        base.mark_line(strokeWidth=2, invalid="break-paths-filter-domains"),
        base.mark_point(filled=True, size=60, opacity=1).encode(shape=shape),
    ]
    return _picture(alt.layer(*layers), alt_text)


def _rows(rows: Mapping[str, object]) -> Any:
    return alt.Y(
        "row:N", title=None, sort=list(rows), scale=alt.Scale(domain=list(rows)), axis=alt.Axis(labelLimit=240)
    )


def _colours(names: Sequence[str], colours: Sequence[str]) -> Any:
    return alt.Color(
        "name:N",
        title=None,
        sort=list(names),
        scale=alt.Scale(domain=list(names), range=[colours[row % len(colours)] for row in range(len(names))]),
        legend=alt.Legend(orient="bottom", columns=4, labelLimit=300, symbolType="square"),
    )


def _link(links: Mapping[str, str] | None, name: str) -> Mapping[str, str]:
    return {"link": links[name]} if links else {}


def _linked(links: Mapping[str, str] | None) -> Mapping[str, Any]:
    return {"href": "link:N"} if links else {}


def _data(rows: Sequence[Mapping[str, object]]) -> Any:
    return alt.Data(values=list(rows))  # type: ignore[no-untyped-call]


def _picture(chart: Any, alt_text: str, *, height: int = HEIGHT) -> Picture:
    words: dict[str, Any] = {
        "labelFont": FONT,
        "titleFont": FONT,
        "labelColor": INK,
        "titleColor": INK,
        "labelFontSize": 12,
        "labelFontWeight": 500,
    }
    # In one go: whatever sets one part of a chart copies all of it.
    config = alt.Config(
        axis=alt.AxisConfig(
            **words,
            titleFontSize=12,
            labelSeparation=10,
            domainColor=INK,
            tickColor=INK,
            gridColor=INK,
            gridOpacity=0.12,
        ),
        legend=alt.LegendConfig(**words),
        text=alt.MarkConfig(font=FONT, fontSize=12, fontWeight=500),
        view=alt.ViewConfig(stroke=None),
    )
    configured = chart.properties(
        width=WIDTH, height=height, padding=PADDING, background="transparent", description=alt_text, config=config
    )
    return Picture(json.dumps(configured.to_dict(validate=False), ensure_ascii=False, sort_keys=True), alt_text)


@cache
def _register_font() -> None:
    vl_convert.register_font_directory(str(files("manimgx_fonts_cjk")))


@lru_cache(maxsize=MOST_KEPT)
def _png(specification: str) -> bytes:
    _register_font()
    return bytes(vl_convert.svg_to_png(_svg(specification).replace("<text ", BOLDER), scale=PNG_SCALE))


@lru_cache(maxsize=MOST_KEPT)
def _svg(specification: str) -> str:
    _register_font()
    return str(vl_convert.vegalite_to_svg(specification)).replace(VEGA_HOME, "")
