"""Forms of the registry desk."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Self

from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional

from matchmaker.services.certifications.checking import Finding
from matchmaker.services.freshness.chasing import ChaseDraft
from matchmaker.services.reviews.judging import list_reasons
from matchmaker.services.reviews.policies import PolicyDraft
from models.enums import ChaseReason, CheckOutcome, Grade, ReviewMode
from web.choices import name_of
from web.database import session
from web.forms import EnumField, Form, InputNeeded
from web.forms.edit import EditForm, PartForm, blank
from web.labels import label


def _reasons() -> list[SelectChoice]:
    return [SelectChoice("", str(_l("No reason from the list"))), *_named(list_reasons(session()))]


def _named(rows: Any) -> list[SelectChoice]:
    return [SelectChoice(row.code, name_of(row)) for row in rows]


class ReviewForm(EditForm):
    """The points are fields of the page's own, one for each line of the rubric."""

    reason_code = SelectField(_l("Reason"), choices=_reasons, coerce=blank)
    note = TextAreaField(_l("Note to the poster"), validators=[Length(max=1000)])


class PolicyForm(EditForm):
    mode = EnumField(_l("Looked at"), ReviewMode, validators=[InputNeeded()])
    least_points = IntegerField(_l("Points that it takes"), validators=[InputNeeded()])
    within_days = IntegerField(_l("Within working days"), validators=[InputNeeded()])

    def draft(self) -> PolicyDraft:
        return PolicyDraft(mode=self.mode.data, least_points=self.least_points.data, within_days=self.within_days.data)


class CheckForm(EditForm):
    held_against = StringField(_l("Checked against"), validators=[Length(max=500)])
    valid_until = DateField(_l("Valid until"), validators=[Optional()])
    note = TextAreaField(_l("Note to the organisation"), validators=[Length(max=1000)])

    def finding(self, outcome: CheckOutcome) -> Finding:
        return Finding(
            outcome=outcome,
            held_against=self.held_against.data,
            note=self.note.data,
            valid_until=self.valid_until.data,
        )


class ChaseForm(Form):
    reason = EnumField(_l("Reason"), ChaseReason, validators=[InputNeeded()])
    due_on = DateField(_l("To be answered by"), validators=[Optional()])
    note = TextAreaField(_l("Note to the organisation"), validators=[Length(max=500)])

    def draft(self) -> ChaseDraft:
        return ChaseDraft(reason=self.reason.data, note=self.note.data, due_on=self.due_on.data)

    @classmethod
    def asking(cls, reason: ChaseReason, due_on: date) -> Self:
        return cls(formdata=None, reason=reason, due_on=due_on)


class GradeForm(PartForm):
    """One field of one organisation; `seen` is the grade that the page showed."""

    grade = EnumField(_l("Who may see it"), Grade, validators=[InputNeeded()])
    reason = TextAreaField(_l("Why"), validators=[Length(max=500)])

    @classmethod
    def of(cls, allowed: Sequence[Grade], **named: Any) -> Self:
        """The form with the grades among which this field may be set."""
        form = cls(**named)
        form.grade.choices = [SelectChoice(grade.value, label(grade)) for grade in allowed]
        return form
