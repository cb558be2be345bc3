"""What an officer says of an indicator beside its conditions."""

from typing import Any, Self

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional
from wtforms.widgets import HiddenInput

from matchmaker.services.indicators.computing import possible_scopes
from matchmaker.services.indicators.definitions import IndicatorDraft
from models.enums import CountedRecord, IndicatorUnit, ScopeKind
from models.indicators import Indicator
from web.forms import InputNeeded, VersionedForm
from web.forms.rows import NumberField
from web.labels import label

PERCENT = 100.0


class IndicatorForm(VersionedForm):
    version = IntegerField(widget=HiddenInput(), validators=[Optional()])  # none while it is new
    name_zh = StringField(_l("Chinese name"), validators=[InputNeeded(), Length(max=200)])
    name_en = StringField(_l("English name"), validators=[InputNeeded(), Length(max=200)])
    scopes = SelectMultipleField(_l("Worked out for"))
    better = RadioField(_l("Which way is better"), default="0")
    target = NumberField(_l("Published figure to read it against"), validators=[Optional()])
    target_source = StringField(_l("Source of the published figure"), validators=[Length(max=400)])
    target_source_zh = StringField(_l("The same source in Chinese"), validators=[Length(max=400)])
    source = StringField(_l("Source of the definition"), validators=[InputNeeded(), Length(max=400)])
    source_zh = StringField(_l("The same source in Chinese"), validators=[Length(max=400)])
    note_zh = TextAreaField(_l("Note in Chinese"), validators=[Length(max=1000)])
    note_en = TextAreaField(_l("Note in English"), validators=[Length(max=1000)])

    def offer(self, count: CountedRecord) -> Self:
        """Fill in the choices, which depend on what is counted."""
        self.scopes.choices = [SelectChoice(kind.value, label(kind)) for kind in possible_scopes(count)]
        self.better.choices = [
            SelectChoice("1", str(_l("More is better"))),
            SelectChoice("-1", str(_l("Less is better"))),
            SelectChoice("0", str(_l("Neither"))),
        ]
        return self

    @classmethod
    def blank(cls, count: CountedRecord) -> Self:
        form = cls(formdata=None).offer(count)
        form.scopes.data = [kind.value for kind in possible_scopes(count)]
        return form

    @classmethod
    def showing(cls, indicator: Indicator, count: CountedRecord) -> Self:
        form = cls(formdata=None, obj=indicator).offer(count)
        form.version.data = indicator.version
        form.better.data = str(indicator.better)
        if indicator.target is not None and indicator.unit is IndicatorUnit.SHARE:
            form.target.data = round(indicator.target * PERCENT, 6)
        return form

    def draft(self, formula: dict[str, Any], unit: IndicatorUnit) -> IndicatorDraft:
        target = self.target.data
        return IndicatorDraft(
            name_zh=self.name_zh.data,
            name_en=self.name_en.data,
            unit=unit,
            formula=formula,
            scopes=tuple(ScopeKind(code) for code in self.scopes.data or ()),
            source=self.source.data,
            better=int(self.better.data),
            note_zh=self.note_zh.data,
            note_en=self.note_en.data,
            target=target / PERCENT if target is not None and unit is IndicatorUnit.SHARE else target,
            target_source=self.target_source.data,
            source_zh=self.source_zh.data,
            target_source_zh=self.target_source_zh.data,
        )
