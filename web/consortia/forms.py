"""Forms of the room. Each edits one part and carries a fingerprint of the part as it was shown."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    DecimalField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional

from matchmaker.services.consortia.drafts import GoalDraft, PlanDraft, RightDraft, SeatDraft
from models.enums import DeclineReason, IpSide, SeatState
from models.rules import RuleSet
from web.forms import EnumField, Filled, Form, InputNeeded, InRange
from web.forms.edit import PartForm
from web.forms.fields import YuanField
from web.i18n import localised

TOO_MUCH = _l("Enter an amount of 0 or more")
MONEY = InRange(min=0, max=1e13, message=TOO_MUCH)


def an_id(value: object) -> UUID:
    """Of a choice, and of what was sent."""
    return UUID(str(value))


def an_id_or_none(value: object) -> UUID | None:
    return an_id(value) if value else None


class OpenForm(Form):
    lead_id = SelectField(_l("Who leads"), coerce=an_id, choices=list)
    name_zh = StringField(_l("Chinese name"), validators=[Filled("name_zh", "name_en"), Length(max=200)])
    name_en = StringField(_l("English name"), validators=[Length(max=200)])
    goal_zh = TextAreaField(_l("Goal, in Chinese"), validators=[Length(max=2000)])
    goal_en = TextAreaField(_l("Goal, in English"), validators=[Length(max=2000)])

    def draft(self) -> GoalDraft:
        return _goal(self)


class GoalForm(PartForm):
    name_zh = StringField(_l("Chinese name"), validators=[Filled("name_zh", "name_en"), Length(max=200)])
    name_en = StringField(_l("English name"), validators=[Length(max=200)])
    goal_zh = TextAreaField(_l("Goal, in Chinese"), validators=[Length(max=2000)])
    goal_en = TextAreaField(_l("Goal, in English"), validators=[Length(max=2000)])

    def draft(self) -> GoalDraft:
        return _goal(self)


class PlanForm(PartForm):
    budget = YuanField(_l("The whole budget"), validators=[Optional(), MONEY])
    starts_on = DateField(_l("First day"), validators=[Optional()])
    months = IntegerField(
        _l("Months"), validators=[Optional(), InRange(min=1, max=240, message=_l("Enter 1 to 240 months"))]
    )
    rule_set_id = SelectField(_l("Checked by the rules"), coerce=an_id_or_none)

    def offer(self, rule_sets: Iterable[RuleSet]) -> None:
        chosen = [SelectChoice(str(one.id), str(localised(one, "name"))) for one in rule_sets]
        self.rule_set_id.choices = [SelectChoice("", str(_l("No rule set"))), *chosen]

    def draft(self) -> PlanDraft:
        return PlanDraft(
            budget=self.budget.data,
            starts_on=self.starts_on.data,
            months=self.months.data,
            rule_set_id=self.rule_set_id.data,
        )


class ArticleForm(PartForm):
    text = TextAreaField(_l("Text of the article"), validators=[Length(max=2000)])


class SeatForm(PartForm):
    role_zh = StringField(_l("Role, in Chinese"), validators=[Filled("role_zh", "role_en"), Length(max=120)])
    role_en = StringField(_l("Role, in English"), validators=[Length(max=120)])
    tasks = TextAreaField(_l("Tasks"), validators=[Length(max=2000)])
    money = YuanField(_l("Receives of the budget"), validators=[Optional(), MONEY])
    own_money = YuanField(_l("Brings of its own"), validators=[Optional(), MONEY])
    benefit_percent = DecimalField(
        _l("Share of the benefit"),
        places=2,
        validators=[Optional(), InRange(min=0, max=100, message=_l("Enter a percentage from 0 to 100"))],
    )

    def draft(self) -> SeatDraft:
        share = self.benefit_percent.data
        return SeatDraft(
            role_zh=self.role_zh.data,
            role_en=self.role_en.data,
            tasks=self.tasks.data,
            money=self.money.data,
            own_money=self.own_money.data,
            benefit_percent=None if share is None else float(share),
        )


class RightForm(PartForm):
    side = EnumField(_l("What it is"), IpSide)
    title = StringField(_l("Name of the right or result"), validators=[InputNeeded(), Length(max=300)])
    owner_ids = SelectMultipleField(_l("Who owns it"), choices=list)
    user_ids = SelectMultipleField(_l("Who may use it"), choices=list)
    terms = TextAreaField(_l("On which terms"), validators=[Length(max=1000)])

    def offer(self, members: Iterable[tuple[str, str]]) -> None:
        choices = [SelectChoice(key, name) for key, name in members]
        self.owner_ids.choices, self.user_ids.choices = choices, choices

    def draft(self) -> RightDraft:
        return RightDraft(
            side=self.side.data,
            title=self.title.data,
            owner_ids=tuple(self.owner_ids.data or ()),
            user_ids=tuple(self.user_ids.data or ()),
            terms=self.terms.data,
        )


class InviteForm(Form):
    message = TextAreaField(_l("Message to them"), validators=[Length(max=1000)])


class AnswerForm(Form):
    """The invited organisation's answer; `seen` is the state that the page showed."""

    seen = HiddenField()
    kind = RadioField(
        _l("Your answer"),
        choices=lambda: [
            SelectChoice(SeatState.ACCEPTED.value, str(_l("Yes, we take the seat"))),
            SelectChoice(SeatState.DECLINED.value, str(_l("No, we do not"))),
        ],
        validators=[InputNeeded()],
    )
    reason = EnumField(_l("Reason for the no"), DeclineReason, empty=_l("Please choose"))
    answer = TextAreaField(_l("A word to them"), validators=[Length(max=1000)])

    def validate_reason(self, field: Any) -> None:
        if self.kind.data == SeatState.DECLINED and not field.data:
            raise ValidationError(_l("Choose the reason that comes nearest"))


class WordForm(Form):
    """A reason that somebody gives: for leaving, for dissolving."""

    text = TextAreaField(_l("Reason"), validators=[InputNeeded(), Length(max=1000)])


class VersionForm(Form):
    note = StringField(_l("What this version is"), validators=[Length(max=300)])


class CommentForm(Form):
    organisation_id = SelectField(_l("Speaking for"), coerce=an_id, choices=list)
    seat_id = SelectField(_l("About"), coerce=an_id_or_none, choices=list)
    text = TextAreaField(_l("Comment"), validators=[InputNeeded(), Length(max=2000)])


def _goal(form: Any) -> GoalDraft:
    return GoalDraft(
        name_zh=form.name_zh.data, name_en=form.name_en.data, goal_zh=form.goal_zh.data, goal_en=form.goal_en.data
    )
