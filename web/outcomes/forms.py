"""Forms of outcomes and of data requests."""

from datetime import date
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, RadioField, SelectField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, NumberRange, Optional, ValidationError

from matchmaker.services.data_requests import LONGEST_PURPOSE, SHORTEST_PURPOSE, RequestDraft
from matchmaker.services.outcomes.drafts import LONGEST_NOTE, OutcomeDraft
from models.enums import MatchOutcomeKind, MatchOutcomeState
from web.forms import EnumField, Form, InputNeeded, VersionedForm, YuanField

YES, NO = MatchOutcomeState.CONFIRMED.value, MatchOutcomeState.DISPUTED.value


def _as_id(text: object) -> UUID | None:
    digits = str(text or "").replace("-", "").lower()
    return UUID(digits) if len(digits) == 32 and not set(digits) - frozenset("0123456789abcdef") else None


class OutcomeForm(Form):
    kind = EnumField(_l("What came about"), MatchOutcomeKind, empty=_l("Please choose"))
    other_id = SelectField(_l("With whom"), coerce=_as_id, validate_choice=False)
    happened_on = DateField(_l("On which day"), validators=[InputNeeded()])
    amount = YuanField(_l("Amount"), validators=[Optional()])
    trl_from = IntegerField(_l("Readiness before"), validators=[Optional(), NumberRange(min=1, max=9)])
    trl_to = IntegerField(_l("Readiness now"), validators=[Optional(), NumberRange(min=1, max=9)])
    note = TextAreaField(_l("A word to the other side"), validators=[Length(max=LONGEST_NOTE)])

    def validate_kind(self, field: EnumField) -> None:
        if field.data is None:
            raise ValidationError(_l("Choose what happened"))

    def draft(self) -> OutcomeDraft:
        moved = self.kind.data is MatchOutcomeKind.TRL_MOVED
        return OutcomeDraft(
            kind=self.kind.data,
            happened_on=self.happened_on.data or date.min,
            amount=None if moved else self.amount.data,
            trl_from=self.trl_from.data if moved else None,
            trl_to=self.trl_to.data if moved else None,
            note=self.note.data or "",
        )


class OutcomeAnswerForm(VersionedForm):
    kind = RadioField(
        _l("Was it so?"),
        choices=lambda: [
            SelectChoice(YES, str(_l("Yes, that is what happened"))),
            SelectChoice(NO, str(_l("No, it was not so"))),
        ],
        validators=[InputNeeded()],
    )
    answer = TextAreaField(_l("A word to them"), validators=[Length(max=LONGEST_NOTE)])

    def validate_answer(self, field: TextAreaField) -> None:
        if self.kind.data == NO and not field.data:
            raise ValidationError(_l("Say how it was"))


class RequestForm(Form):
    """`fields` and `organisation` get their choices from the view."""

    organisation = SelectField(_l("For which organisation you ask"), coerce=_as_id, validate_choice=False)
    names = SelectMultipleField(_l("What you ask to see"), validate_choice=False)
    purpose = TextAreaField(
        _l("What you need it for"), validators=[InputNeeded(), Length(min=SHORTEST_PURPOSE, max=LONGEST_PURPOSE)]
    )
    wanted_until = DateField(_l("Until which day"), validators=[InputNeeded()])

    def validate_names(self, field: SelectMultipleField) -> None:
        if not field.data:
            raise ValidationError(_l("Choose at least one."))

    def draft(self) -> RequestDraft:
        return RequestDraft(
            fields=tuple(self.names.data or ()),
            purpose=self.purpose.data or "",
            wanted_until=self.wanted_until.data or date.min,
        )


class GrantForm(VersionedForm):
    names = SelectMultipleField(_l("What they may see"), validate_choice=False)
    expires_on = DateField(_l("Until the end of"), validators=[InputNeeded()])
    note = TextAreaField(_l("A word to them"), validators=[Length(max=LONGEST_NOTE)])

    def validate_names(self, field: SelectMultipleField) -> None:
        if not field.data:
            raise ValidationError(_l("Choose at least one."))


class NoForm(VersionedForm):
    """A no with its reason: refusing a request, or ending a grant before its day."""

    reason = TextAreaField(_l("Why, for them to read"), validators=[InputNeeded(), Length(max=LONGEST_NOTE)])
