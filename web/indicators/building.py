"""Defining an indicator without code: what is counted, conditions row by row, a look at the result, then saving.

Every step is a form that works without script; adding a row and looking store nothing.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import InvalidInput
from matchmaker.services.actors import Permission
from matchmaker.services.calendar import today
from matchmaker.services.indicators import comparing, definitions
from matchmaker.services.indicators.catalogue import (
    FieldShape,
    Listed,
    RegistryField,
    amounts_of,
    list_names,
    read_formula,
)
from matchmaker.services.indicators.comparing import Compared
from matchmaker.services.indicators.definitions import IndicatorDraft
from models.enums import CountedRecord, IndicatorUnit
from models.indicators import Indicator
from web.access import current_actor, permitted
from web.database import session
from web.indicators.forms import IndicatorForm
from web.indicators.rows import HAS, OF, WHERE, ConditionRows, check_rows, read_rows, rows_of
from web.indicators.words import Names, code_label, field_label, figure_text, in_words, relations_of
from web.refusals import refusal_text
from web.transactions import commits

bp = Blueprint("indicator_builder", __name__, url_prefix="/officer/indicators")


@dataclass
class Building:
    """An indicator as it stands on the page. `rows` is None for a formula that rows cannot show."""

    form: IndicatorForm
    unit: IndicatorUnit
    count: CountedRecord
    rows: ConditionRows | None
    indicator: Indicator | None = None
    compared: Compared | None = None

    def draft(self) -> IndicatorDraft:
        return self.form.draft(self.formula(), self.unit)

    def formula(self) -> dict[str, Any]:
        if self.rows is not None:
            return self.rows.tree()
        assert self.indicator is not None
        return self.indicator.formula

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """A rule that a service found broken stands at its row, at its field, or at the head of the page."""
        try:
            yield
        except InvalidInput as error:
            text = refusal_text(error)
            if self.rows is None or not self.rows.blame(error, text):
                self.form.add_error(error.field, text)


@bp.get("/new")
@permitted(Permission.INDICATOR_EDIT)
def show_new() -> ResponseReturnValue:
    count, unit = _asked()
    if count is None or unit is None:
        return render_template("indicators/choose.html", records=list(CountedRecord), units=list(IndicatorUnit))
    return _render(Building(IndicatorForm.blank(count), unit, count, ConditionRows(count)))


@bp.post("/new/build")
@permitted(Permission.INDICATOR_EDIT)
def build_new() -> ResponseReturnValue:
    return _build(_typed())


@bp.post("/new")
@permitted(Permission.INDICATOR_EDIT)
@commits
def create_indicator() -> ResponseReturnValue:
    building = _typed()
    if _is_valid(building):
        with building.refusing():
            made = definitions.define(session(), current_actor(), building.draft())
            flash(_("The indicator is defined. It is on the list and in reports from now on."), "success")
            return redirect(url_for("indicators.show_indicator", indicator_code=made.code))
    return _render(building), 422


@bp.get("/<indicator_code>/edit")
@permitted(Permission.INDICATOR_EDIT)
def show_edit(indicator_code: str) -> ResponseReturnValue:
    indicator = _get(indicator_code)
    formula = read_formula(indicator.formula, indicator.unit)
    form = IndicatorForm.showing(indicator, formula.count)
    return _render(Building(form, indicator.unit, formula.count, rows_of(formula), indicator))


@bp.post("/<indicator_code>/build")
@permitted(Permission.INDICATOR_EDIT)
def build_edit(indicator_code: str) -> ResponseReturnValue:
    return _build(_typed_over(_get(indicator_code)))


@bp.post("/<indicator_code>/edit")
@permitted(Permission.INDICATOR_EDIT)
@commits
def change_indicator(indicator_code: str) -> ResponseReturnValue:
    indicator = _get(indicator_code)
    building = _typed_over(indicator)
    if _is_valid(building):
        with building.refusing():
            seen = building.form.version.data
            definitions.change(session(), current_actor(), indicator, building.draft(), expected_version=seen)
            flash(_("Saved. Another formula begins another series; the earlier figures stay."), "success")
            return redirect(url_for("indicators.show_indicator", indicator_code=indicator.code))
    return _render(building), 422


def _get(code: str) -> Indicator:
    return definitions.get_indicator(session(), current_actor(), code)


def _asked() -> tuple[CountedRecord | None, IndicatorUnit | None]:
    count = request.values.get("count", type=CountedRecord)
    return count, request.values.get("unit", type=IndicatorUnit)


def _typed() -> Building:
    count, unit = _asked()
    count, unit = count or CountedRecord.ORGANISATIONS, unit or IndicatorUnit.SHARE
    return Building(IndicatorForm().offer(count), unit, count, read_rows(request.form, count))


def _typed_over(indicator: Indicator) -> Building:
    formula = read_formula(indicator.formula, indicator.unit)
    rows = read_rows(request.form, formula.count) if rows_of(formula) is not None else None
    return Building(IndicatorForm().offer(formula.count), indicator.unit, formula.count, rows, indicator)


def _is_valid(building: Building) -> bool:
    is_complete = building.rows is None or check_rows(building.rows)
    return bool(building.form.validate()) and is_complete


def _build(building: Building) -> ResponseReturnValue:
    """Add a row, take one out, or work the formula out as it stands."""
    rows, pressed = building.rows, request.form.get("do", "")
    if rows is not None and pressed.startswith("add-"):
        part = pressed.removeprefix("add-")
        rows.add(part, request.form.get(f"add-{part}-field", ""))
        return _render(building)
    if rows is not None and pressed.startswith("remove-"):
        rows.remove(pressed.removeprefix("remove-"))
        return _render(building)
    if rows is None or check_rows(rows):
        with building.refusing():
            formula = building.formula()
            building.compared = comparing.preview(session(), current_actor(), formula, building.unit, today())
    return _render(building), 200 if building.compared else 422


def _render(building: Building) -> str:
    names = list_names(session())
    is_new = building.indicator is None
    code = "" if building.indicator is None else building.indicator.code
    formula = read_formula(building.formula(), building.unit) if building.compared or building.rows is None else None
    return render_template(
        "indicators/build.html",
        b=building,
        form=building.form,
        words=in_words(formula, building.unit) if formula else [],
        amounts=[field.code for field in amounts_of(building.count)],
        has_amount=building.unit in (IndicatorUnit.AMOUNT, IndicatorUnit.MEAN),
        parts=_parts(building),
        names=names,
        shapes=FieldShape,
        code_label=code_label,
        field_label=field_label,
        figure_text=figure_text,
        relations_of=relations_of,
        codes_of=lambda field: _codes_of(field, names),
        save_url=url_for("indicator_builder.create_indicator")
        if is_new
        else url_for("indicator_builder.change_indicator", indicator_code=code),
        build_url=url_for("indicator_builder.build_new")
        if is_new
        else url_for("indicator_builder.build_edit", indicator_code=code),
    )


def _codes_of(field: RegistryField, names: Names) -> Sequence[str]:
    if isinstance(field.codes, Listed):
        return list(names[field.codes])
    return [] if field.codes is None else [member.value for member in field.codes]


def _parts(building: Building) -> list[tuple[str, str, str]]:
    """(part, its title, what it is for) of the groups of conditions on the page."""
    is_share = building.unit is IndicatorUnit.SHARE
    found = [
        (OF, _("Which records it is about"), _("Only those for which all of this holds. Without a condition: all.")),
        (
            WHERE,
            _("Which of them count") if is_share else _("And which of them count"),
            _("The share of these among those above.") if is_share else _("Without a condition: all of those above."),
        ),
    ]
    if building.rows is not None and building.rows.may_have:
        found.append(
            (HAS, _("With at least one published offer for which"), _("All of this holds of one and the same offer."))
        )
    return found
