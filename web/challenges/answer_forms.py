"""Forms of answers, of their evaluation, and of the steps on a challenge."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from matchmaker.services.challenges.answers import AnswerDraft
from matchmaker.services.challenges.stages import WAY, plan_field
from models.challenges import ChallengeMetric
from models.enums import ChallengeStage
from web.challenges.forms import AMOUNT, MONTHS
from web.forms import Form, InputNeeded, InRange, YuanField
from web.forms.edit import EditForm, PartForm
from web.forms.rows import NumberField
from web.labels import LABELS

POINTS = InRange(min=0, max=100, message=_l("Enter points from 0 to 100"))


class AnswerForm(EditForm):
    """One form for all challenges; the figures that a challenge asks for come to it as fields `promise-<id>`."""

    approach = TextAreaField(_l("How you will solve it"), validators=[Length(max=4000)])
    foundation = TextAreaField(_l("What you have done before"), validators=[Length(max=4000)])
    team = TextAreaField(_l("Team and equipment"), validators=[Length(max=2000)])
    risks = TextAreaField(_l("Risks, and what you do about them"), validators=[Length(max=2000)])
    ip_terms = TextAreaField(_l("What you say to the IP terms"), validators=[Length(max=2000)])
    asks = YuanField(_l("Money you ask for"), validators=[Optional(), AMOUNT])
    months = IntegerField(_l("Months you need"), validators=[Optional(), MONTHS])

    @property
    def promises(self) -> list[Any]:
        return [field for name, field in self._fields.items() if name.startswith("promise-")]

    def draft(self) -> AnswerDraft:
        figures = {field.name.removeprefix("promise-"): field.data for field in self.promises}
        return AnswerDraft(
            approach=self.approach.data,
            foundation=self.foundation.data,
            team=self.team.data,
            risks=self.risks.data,
            ip_terms=self.ip_terms.data,
            asks=self.asks.data,
            months=self.months.data,
            promises={metric_id: figure for metric_id, figure in figures.items() if figure is not None},
        )


def answer_form(metrics: Sequence[ChallengeMetric], names: Sequence[str]) -> type[AnswerForm]:
    """The form with a field for each figure that is asked for, called by `names`."""
    fields = {
        f"promise-{metric.id}": NumberField(name, validators=[Optional()])
        for metric, name in zip(metrics, names, strict=True)
    }
    return type("AnswerForm", (AnswerForm,), fields)


class JudgeForm(EditForm):
    points = NumberField(_l("Points, 0 to 100"), validators=[Optional(), POINTS])
    verdict = TextAreaField(_l("Reason; the answering side reads it"), validators=[Length(max=2000)])


class NoteForm(Form):
    """A step of a challenge, with its reason where one is asked for."""

    note = TextAreaField(_l("Reason, or what should be changed"), validators=[Length(max=2000)])


class ScreeningForm(EditForm):
    """The officer's word on a challenge, about the text as the page showed it."""

    note = TextAreaField(_l("Reason, or what should be changed"), validators=[Length(max=2000)])


class ExtendForm(Form):
    until = DateField(_l("New last day for answers"), validators=[InputNeeded()])


# The day on which each stage is meant to begin.
PlanForm: type[PartForm] = type(
    "PlanForm",
    (PartForm,),
    {plan_field(stage): DateField(LABELS[ChallengeStage][stage], validators=[Optional()]) for stage in WAY},
)


class PurposeForm(Form):
    purpose = TextAreaField(_l("What you want to read it for"), validators=[InputNeeded(), Length(max=1000)])


class InviteForm(Form):
    who = StringField(_l("Credit code or full name of the organisation"), validators=[InputNeeded(), Length(max=200)])
    note = StringField(_l("A word with the invitation"), validators=[Length(max=1000)])


class DecideForm(Form):
    note = StringField(_l("Reason, if you refuse"), validators=[Length(max=1000)])
