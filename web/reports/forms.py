"""Forms of runs, reports and schedules: about what, ranked by what, with what in it."""

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    Field,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional

from matchmaker.services.reports.settings import MOST_SHOWN, USUAL_SECTIONS, ReportSettings
from matchmaker.services.runs.settings import MOST_PLACES, Constraints
from models.enums import DocumentFormat, OrganisationKind, ReportKind, ReportSection, ScheduleRhythm
from web import choices
from web.forms import EnumField, EnumsField, Form, InputNeeded, InRange
from web.labels import component_label
from web.reports.area import scope_choices

PLACES = InRange(min=1, max=MOST_PLACES, message=_l("Enter a whole number from %(low)s to %(high)s.", low=1, high=50))
SHOWN = InRange(
    min=1, max=MOST_SHOWN, message=_l("Enter a whole number from %(low)s to %(high)s.", low=1, high=MOST_SHOWN)
)
POINTS = InRange(min=0, max=100, message=_l("Enter a number from %(low)s to %(high)s.", low=0, high=100))
NAMED = {"zh": _l("Chinese"), "en": _l("English")}


class ScopedForm(Form):
    """What every one of these forms asks: about what, and who may stand on the lists."""

    scope = SelectField(_l("About"), choices=scope_choices)
    organisations = TextAreaField(_l("Organisations, one a line"), validators=[Length(max=20_000)])
    preset = SelectField(_l("Weights"))
    depth = IntegerField(_l("Places of each list"), default=10, validators=[InputNeeded(), PLACES])
    least_points = DecimalField(
        _l("Least fit, in points of 100"), default=Decimal(0), places=None, validators=[InputNeeded(), POINTS]
    )
    kinds = EnumsField(_l("Only candidates of these kinds"), OrganisationKind)
    districts = SelectMultipleField(_l("Only candidates in these districts"), choices=choices.any_districts)
    with_prices = BooleanField(_l("Show who is over-asked lower down"), default=True)
    with_floors = BooleanField(_l("Keep the floors for newcomers and small firms"), default=True)

    def offer_presets(self, presets: Any) -> None:
        self.preset.choices = [SelectChoice(one.code, choices.name_of(one)) for one in presets]

    def constraints(self) -> Constraints:
        return Constraints(
            depth=self.depth.data,
            kinds=tuple(self.kinds.data or ()),
            districts=tuple(self.districts.data or ()),
            least_points=float(self.least_points.data),
            with_prices=self.with_prices.data,
            with_floors=self.with_floors.data,
        )


class RunForm(ScopedForm):
    name = StringField(_l("Name of the run"), validators=[Length(max=200)])
    as_of = DateField(_l("As of"), validators=[InputNeeded()])
    components: tuple[str, ...] = ()

    def weights(self) -> dict[str, float]:
        return {name: float(self[f"weight_{name}"].data) for name in self.components}

    def weight_fields(self) -> list[Field]:
        return [self[f"weight_{name}"] for name in self.components]


def run_form(stored: Mapping[str, float]) -> type[RunForm]:
    """With a field for each component of the preset that is chosen."""
    fields: dict[str, object] = {"components": tuple(stored)}
    for name, weight in stored.items():
        fields[f"weight_{name}"] = DecimalField(
            component_label(name), default=Decimal(f"{weight:g}"), places=None, validators=[InputNeeded(), _finite]
        )
    return type("RunForm", (RunForm,), fields)


def _finite(_form: object, field: Field) -> None:
    if field.data is not None and (not math.isfinite(field.data) or not 0 <= field.data <= 100):
        raise ValidationError(_l("A weight is a number from 0 to 100"))


def _languages() -> list[SelectChoice]:
    return [SelectChoice(code, str(text)) for code, text in NAMED.items()]


class ContentForm(ScopedForm):
    """What a report holds, however it is asked for."""

    kind = EnumField(_l("Kind of report"), ReportKind)
    languages = SelectMultipleField(_l("Languages"), choices=_languages, default=["zh", "en"])
    formats = EnumsField(_l("Formats"), DocumentFormat, default=list(DocumentFormat))
    sections = EnumsField(_l("Sections"), ReportSection, default=list(ReportSection))
    needs_shown = IntegerField(_l("Needs shown whole"), default=10, validators=[InputNeeded(), SHOWN])
    anonymous = BooleanField(_l("Numbers in place of organisations' names"))

    def settings(self) -> ReportSettings:
        return ReportSettings(
            languages=tuple(self.languages.data or ()),
            formats=tuple(self.formats.data or ()),
            sections=self._sections(),
            constraints=self.constraints(),
            needs_shown=self.needs_shown.data,
            is_anonymous=self.anonymous.data,
            preset_code=self.preset.data,
        )

    def _sections(self) -> tuple[ReportSection, ...]:
        """All of them, as the form comes, means all that this kind has; nobody has to find out which."""
        chosen = tuple(self.sections.data or ())
        return USUAL_SECTIONS[self.kind.data] if set(chosen) == set(ReportSection) else chosen


class ReportForm(ContentForm):
    period_from = DateField(_l("Period from"), validators=[InputNeeded()])
    period_to = DateField(_l("Period to"), validators=[InputNeeded()])
    run_id = SelectField(_l("Lists"), validators=[Optional()])


class ScheduleForm(ContentForm):
    rhythm = EnumField(_l("How often"), ScheduleRhythm)
    next_on = DateField(_l("First on"), validators=[InputNeeded()])


class SignForm(Form):
    name = StringField(_l("Name under the report"), validators=[InputNeeded(), Length(max=120)])
    seen_sha256 = StringField(validators=[Length(max=64)])
