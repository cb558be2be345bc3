"""Charts of one indicator: district beside district, chain beside chain, day after day."""

from collections.abc import Mapping, Sequence

from flask import url_for
from flask_babel import gettext as _

from matchmaker.exports.charts import Picture, bars, series
from matchmaker.services.indicators.comparing import Compared, Place
from models.enums import IndicatorUnit
from models.indicators import Indicator, IndicatorValue
from web.i18n import current_language
from web.indicators.words import PERCENT_FIELDS, figure_text
from web.region_scopes import scope_value

MOST_BARS = 45
FEWEST_POINTS = 2


def all_of(
    indicator: Indicator, compared: Compared, kept: Sequence[IndicatorValue], name: str
) -> Mapping[str, Picture | None]:
    """By the part of the page they stand in; none where there is too little to draw."""
    return {
        "districts": _beside(indicator, compared.districts),
        "chains": _beside(indicator, compared.chains),
        "nodes": _beside(indicator, compared.nodes),
        "series": _over_days(indicator, kept, name),
    }


def _beside(indicator: Indicator, places: Sequence[Place]) -> Picture | None:
    known = [place for place in places if place.figure.value is not None]
    if len(known) < FEWEST_POINTS:
        return None
    known.sort(key=lambda place: -(place.figure.value or 0.0))
    drawn = {place_name(place): _drawn(indicator, place.figure.value or 0.0) for place in known[:MOST_BARS]}
    mark = None
    if indicator.target is not None and indicator.unit is not IndicatorUnit.COUNT:
        mark = (_("Published figure"), _drawn(indicator, indicator.target))
    links = {
        place_name(place): url_for(
            "indicators.show_indicator", indicator_code=indicator.code, of=scope_value(place.scope)
        )
        for place in known[:MOST_BARS]
    }
    words = _("%(best)s comes first with %(value)s; %(count)s are compared.", **_first(indicator, known))
    return bars(drawn, title=_title(indicator), alt_text=words, mark=mark, unit_format=_format(indicator), links=links)


def _first(indicator: Indicator, known: Sequence[Place]) -> dict[str, object]:
    return {"best": place_name(known[0]), "value": _figure(indicator, known[0].figure.value), "count": len(known)}


def _over_days(indicator: Indicator, kept: Sequence[IndicatorValue], name: str) -> Picture | None:
    """Only of the edition in force: another formula is another figure."""
    of_now = [one for one in kept if one.indicator_version == indicator.version and one.value is not None]
    if len(of_now) < FEWEST_POINTS:
        return None
    words = _(
        "From %(first)s to %(last)s between %(from_day)s and %(to_day)s.",
        first=_figure(indicator, of_now[0].value),
        last=_figure(indicator, of_now[-1].value),
        from_day=of_now[0].as_of,
        to_day=of_now[-1].as_of,
    )
    points = [(one.as_of, _drawn(indicator, one.value or 0.0)) for one in of_now]
    return series({name: points}, title=_title(indicator), alt_text=words, unit_format=_format(indicator))


def place_name(place: Place) -> str:
    first, second = (place.name_zh, place.name_en) if current_language() == "zh" else (place.name_en, place.name_zh)
    return first or second


def _is_percent(indicator: Indicator) -> bool:
    return indicator.unit is IndicatorUnit.SHARE or indicator.formula.get("amount") in PERCENT_FIELDS


def _drawn(indicator: Indicator, value: float) -> float:
    return round(100 * value, 3) if _is_percent(indicator) else round(value, 3)


def _title(indicator: Indicator) -> str:
    return _("percent") if _is_percent(indicator) else ""


def _format(indicator: Indicator) -> str:
    return ",.0f" if indicator.unit is IndicatorUnit.COUNT else ",.1~f"


def _figure(indicator: Indicator, value: float | None) -> str:
    return figure_text(value, indicator.unit, indicator.formula.get("amount"))
