"""Drawings: what is drawn, what is not, where a bar leads."""

import inspect
import json
from datetime import date

import altair as alt
import jsonschema  # type: ignore[import-untyped]
import pytest
from lxml import etree  # type: ignore[import-untyped]

from matchmaker.exports import charts
from matchmaker.exports.charts import Band, Picture, bands_against_line, bars, on_page, pairs, parts, series
from matchmaker.exports.narrow import narrowed, wrapped

SVG = "{http://www.w3.org/2000/svg}"
TSPAN = f"{SVG}tspan"
XLINK = "{http://www.w3.org/1999/xlink}href"


def tree_of(picture: Picture) -> etree._Element:
    return etree.fromstring(picture.svg().encode())


def texts_of(picture: Picture) -> list[str]:
    return [one.text for one in tree_of(picture).iter(f"{SVG}text") if one.text]


STEP = Band("step", (1.0, 2.0))
DAY = (date(2026, 9, 1), 0.1)
SORTS = {
    "bars": bars({"a": 1.0}, title="n", alt_text="n", mark=("most", 2.0), links={"a": "#a"}),
    "pairs": pairs({"a": (0.5, None)}, names=("ours", "theirs"), title="n", alt_text="n", links={"a": "#a"}),
    "parts": parts({"a": {"x": 1.0}}, names=["x"], title="n", alt_text="n", links={"a": "#a"}),
    "series": series({"a": [DAY]}, title="n", alt_text="n"),
    "bands_against_line": bands_against_line(
        [STEP], STEP, places=(0, 1), titles=("x", "y"), alt_text="n", short=[1], short_name="s"
    ),
}


def test_every_sort_of_chart_there_is_is_among_those_that_are_tried():
    makers = inspect.getmembers(charts, inspect.isfunction)
    public = {name for name, one in makers if one.__module__ == charts.__name__ and not name.startswith("_")}

    assert set(SORTS) == {name for name in public if getattr(charts, name).__annotations__["return"] is Picture}


@pytest.mark.parametrize("sort", SORTS)
def test_each_sort_of_chart_is_one_that_vega_knows(sort):
    alt.Chart.from_dict(json.loads(SORTS[sort].specification), validate=True)


@pytest.mark.parametrize("sort", SORTS)
def test_each_sort_of_chart_has_a_narrow_one_that_a_telephone_shows_whole(sort):
    alt.Chart.from_dict(json.loads(narrowed(SORTS[sort].specification)), validate=True)

    narrow = etree.fromstring(SORTS[sort].narrow_svg().encode())

    assert float(narrow.get("width")) <= 350 < float(tree_of(SORTS[sort]).get("width"))


def test_a_narrow_chart_keeps_each_name_whole_in_several_lines():
    name = "国家级智能网联汽车中试验证平台（两江新区）"
    picture = bars({name: 2.0, "Pilot base of the machine tool industry": 1.0}, title="n", alt_text="n")

    told = "".join(one.text or "" for one in etree.fromstring(picture.narrow_svg().encode()).iter(f"{SVG}text", TSPAN))

    assert wrapped("Pilot base of the machine tool industry") == ["Pilot base of", "the machine", "tool industry"]
    assert all(len(line) <= 7 for line in wrapped(name))
    assert name in told


def test_what_vega_does_not_know_is_told():
    specification = json.loads(SORTS["bars"].specification)

    with pytest.raises(jsonschema.ValidationError):
        alt.Chart.from_dict({**specification, "width": "as wide as it is"}, validate=True)


def test_each_bar_leads_to_its_page():
    links = {"已推荐": "/officer/funnel/pairs/recommended?a=1&b=2", "已查看": "#viewed"}

    picture = bars({"已推荐": 120.0, "已查看": 60.0}, title="对数", alt_text="对数", links=links)

    assert [one.get(XLINK) for one in tree_of(picture).iter(f"{SVG}a")] == list(links.values())


def test_a_share_that_is_not_known_has_no_bar():
    picture = pairs({"a": (0.5, None), "b": (0.25, 0.75)}, names=("ours", "theirs"), title="share", alt_text="shares")

    drawn = [one for one in tree_of(picture).iter(f"{SVG}path") if one.get("aria-roledescription") == "bar"]
    assert len(drawn) == 3


def test_the_parts_of_a_whole_stand_in_the_order_given():
    picture = parts({"chain": {"missing": 2.0, "covered": 9.0}}, names=["covered", "missing"], title="n", alt_text="n")

    assert [text for text in texts_of(picture) if text in {"covered", "missing"}] == ["covered", "missing"]
    assert {"9", "2"} <= set(texts_of(picture))


def test_days_of_a_series_do_not_move_with_the_place_of_the_machine(monkeypatch):
    monkeypatch.setenv("TZ", "America/New_York")
    points = [(date(2026, 9, 1), 0.1), (date(2026, 10, 1), None), (date(2026, 11, 1), 0.3)]

    picture = series({"share": points}, title="share", alt_text="share", unit_format=".0%")

    assert "2026-09-01" in texts_of(picture)


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", "a & b", '"quoted"', "名" * 300])
def test_names_are_letters_in_a_drawing(hostile):
    picture = bars({hostile: 1.0}, title=hostile, alt_text=hostile)

    tree = tree_of(picture)

    assert not list(tree.iter(f"{SVG}script"))
    assert picture.png().startswith(b"\x89PNG")


def test_a_drawing_holds_no_style_and_takes_the_colour_of_the_page():
    picture = pairs({"a": (0.5, 0.4)}, names=("x", "y"), title="t", alt_text="t")

    assert "style=" not in picture.svg()
    assert "currentColor" in on_page(picture.svg())


def test_the_last_month_of_money_against_need_is_as_long_as_the_others():
    money, need = Band("fund", [1.0, 2.0, 3.0]), Band("need", [1.0, 4.0, 5.0])

    picture = bands_against_line([money], need, places=[0, 1, 2], titles=("month", "money"), alt_text="money")

    layers = json.loads(picture.specification)["layer"]
    assert [layer["data"]["values"][-1] for layer in layers[:2]] == [
        {"x": 3, "y": 3.0, "name": "fund", "order": 0},
        {"x": 3, "y": 5.0, "name": "need"},
    ]
