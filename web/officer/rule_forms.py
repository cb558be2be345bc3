"""Forms of rule sets; those of single rules are in `web/forms/rules.py`."""

from typing import Self
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, IntegerField, StringField, TextAreaField
from wtforms.validators import Length, Optional
from wtforms.widgets import HiddenInput

from matchmaker.services import organisations
from matchmaker.services.rule_sets.conflicts import ConflictDraft
from matchmaker.services.rule_sets.editions import SetDraft
from models.rules import RuleSet
from web.access import current_actor
from web.database import session
from web.forms import Filled, Form, InputNeeded, VersionedForm


class RuleSetForm(VersionedForm):
    version = IntegerField(widget=HiddenInput(), validators=[Optional()])  # none while the set is new
    name_zh = StringField(_l("Chinese name"), validators=[Filled("name_zh", "name_en"), Length(max=200)])
    name_en = StringField(_l("English name"), validators=[Length(max=200)])
    summary_zh = TextAreaField(_l("Chinese summary"), validators=[Length(max=1000)])
    summary_en = TextAreaField(_l("English summary"), validators=[Length(max=1000)])
    source = StringField(_l("The document that the rules come from"), validators=[InputNeeded(), Length(max=400)])
    valid_from = DateField(_l("In force from"), validators=[Optional()])
    is_template = BooleanField(_l("Only a template, to copy from"))

    @classmethod
    def showing(cls, rule_set: RuleSet) -> Self:
        form = cls(formdata=None, obj=rule_set)
        form.version.data = rule_set.version
        return form

    @classmethod
    def copying(cls, origin: RuleSet) -> Self:
        """What the copy begins with; it is put into force by its own day, and used."""
        form = cls(formdata=None, obj=origin)
        form.version.data, form.valid_from.data, form.is_template.data = None, None, False
        return form

    def draft(self) -> SetDraft:
        return SetDraft(**{name: self[name].data for name in SetDraft.__dataclass_fields__})


class ConflictForm(Form):
    first = StringField(_l("First organisation: full name or credit code"), validators=[InputNeeded(), Length(max=200)])
    second = StringField(
        _l("Second organisation: full name or credit code"), validators=[InputNeeded(), Length(max=200)]
    )
    reason = TextAreaField(_l("Reason"), validators=[Length(max=500)])
    source = StringField(_l("Source"), validators=[InputNeeded(), Length(max=400)])

    def draft(self) -> ConflictDraft:
        """InvalidInput at the field whose organisation is not found."""
        return ConflictDraft(
            first_id=self._organisation("first"),
            second_id=self._organisation("second"),
            reason=self.reason.data,
            source=self.source.data,
        )

    def _organisation(self, end: str) -> UUID:
        return organisations.get_named(session(), current_actor(), self[end].data, field=end).id
