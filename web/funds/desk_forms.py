"""Forms of the deal desk."""

import re
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional

from matchmaker.services.desk.columns import LARGEST_NUMBER, LONGEST_LABEL, LONGEST_TEXT, Column
from matchmaker.services.desk.deals import LONGEST_NOTE, MOST_MONEY, DealDraft
from matchmaker.services.desk.lists import ListDraft
from matchmaker.services.desk.moving import LONGEST_REASON, Move
from matchmaker.services.desk.rights import Person
from matchmaker.services.desk.stages import StageDraft
from models.desk import DealStage
from models.enums import ColumnType, DeclineReason, StageKind, StageRule
from models.funds import Mandate
from web.choices import name_of
from web.forms import EnumField, EnumsField, Filled, Form, InputNeeded, InRange, YuanField
from web.forms.edit import EditForm, PartForm
from web.forms.rows import NumberField

AMOUNT = InRange(min=0, max=MOST_MONEY, message=_l("Enter an amount in CNY 10,000, 0 or more"))
FIGURE = InRange(
    min=-LARGEST_NUMBER,
    max=LARGEST_NUMBER,
    message=_l(
        "Enter a number from %(low)s to %(high)s.",
        low=f"{-LARGEST_NUMBER:,.0f}",
        high=f"{LARGEST_NUMBER:,.0f}",
    ),
)
BETWEEN_TAGS = re.compile(r"[,，、;；\n]")


def an_id_or_none(value: object) -> UUID | None:
    """Of a choice, and of what was sent."""
    return UUID(str(value)) if value else None


class ListForm(EditForm):
    name = StringField(_l("Name of the list"), validators=[InputNeeded(), Length(max=120)])
    mandate_id = SelectField(_l("Mandate by which its firms are judged"), coerce=an_id_or_none, choices=list)

    def offer(self, mandates: Iterable[Mandate]) -> None:
        self.mandate_id.choices = [
            SelectChoice("", _("All mandates of the fund")),
            *(SelectChoice(str(one.id), name_of(one)) for one in mandates),
        ]

    def draft(self) -> ListDraft:
        return ListDraft(name=self.name.data, mandate_id=self.mandate_id.data)


class ColumnForm(Form):
    label = StringField(_l("Name of the column"), validators=[InputNeeded(), Length(max=LONGEST_LABEL)])
    type = EnumField(_l("What it holds"), ColumnType)
    choices = TextAreaField(_l("Choices, one in a line"), validators=[Length(max=2000)])


class RenameForm(PartForm):
    """`seen` is the name that was on the page."""

    label = StringField(_l("Name of the column"), validators=[InputNeeded(), Length(max=LONGEST_LABEL)])


class StageForm(EditForm):
    name_zh = StringField(_l("Chinese name"), validators=[Filled("name_zh", "name_en"), Length(max=60)])
    name_en = StringField(_l("English name"), validators=[Length(max=60)])
    kind = EnumField(_l("What the stage means"), StageKind)
    rules = EnumsField(_l("What must hold before a deal enters"), StageRule)

    def draft(self) -> StageDraft:
        return StageDraft(
            name_zh=self.name_zh.data,
            name_en=self.name_en.data,
            kind=self.kind.data,
            rules=tuple(self.rules.data),
        )


class DealForm(EditForm):
    """What stands on a deal; the columns of its list come to it as fields `value_<key>`."""

    owner_id = SelectField(_l("In charge"), coerce=an_id_or_none, choices=list)
    due_on = DateField(_l("Due on"), validators=[Optional()])
    tags = StringField(_l("Tags, with commas between"), validators=[Length(max=600)])
    amount = YuanField(_l("Amount (CNY 10,000)"), validators=[Optional(), AMOUNT])
    paid_on = DateField(_l("Paid on"), validators=[Optional()])

    @property
    def own(self) -> list[Field]:
        return [field for name, field in self._fields.items() if name.startswith("value_")]

    def offer(self, people: Iterable[Person]) -> None:
        self.owner_id.choices = [
            SelectChoice("", _("Nobody yet")),
            *(SelectChoice(str(one.id), one.name) for one in people),
        ]

    def draft(self) -> DealDraft:
        return DealDraft(
            owner_id=self.owner_id.data,
            due_on=self.due_on.data,
            tags=split_tags(self.tags.data),
            amount=self.amount.data,
            paid_on=self.paid_on.data,
            values={field.name.removeprefix("value_"): field.data for field in self.own},
        )


def deal_form(columns: Sequence[Column]) -> type[DealForm]:
    """The form with a field for each of a list's own columns."""
    return type("OwnDealForm", (DealForm,), {f"value_{one.key}": _own_field(one) for one in columns})


def _own_field(column: Column) -> Any:
    match column.type:
        case ColumnType.NUMBER:
            return NumberField(column.label, validators=[Optional(), FIGURE])
        case ColumnType.DATE:
            return DateField(column.label, validators=[Optional()])
        case ColumnType.CHOICE:
            choices = [SelectChoice("", "—"), *(SelectChoice(one, one) for one in column.choices)]
            return SelectField(column.label, choices=choices)
        case ColumnType.TEXT:
            return StringField(column.label, validators=[Length(max=LONGEST_TEXT)])


def split_tags(typed: str | None) -> tuple[str, ...]:
    return tuple(one.strip() for one in BETWEEN_TAGS.split(typed or "") if one.strip())


class MoveForm(PartForm):
    """`seen` is the stage in which the person saw the card; `back` the page from which it was moved."""

    stage_id = SelectField(_l("Move to"), coerce=an_id_or_none, choices=list)
    back = HiddenField()
    note = TextAreaField(_l("Note on this step"), validators=[Length(max=LONGEST_NOTE)])
    override = TextAreaField(_l("Why it goes on all the same"), validators=[Length(max=LONGEST_REASON)])
    reason = EnumField(_l("Why it is dropped"), DeclineReason, empty=_l("Please choose"))

    def offer(self, stages: Iterable[DealStage]) -> None:
        self.stage_id.choices = [SelectChoice(str(one.id), name_of(one)) for one in stages]

    def move(self) -> Move:
        return Move(
            stage_id=self.stage_id.data,
            from_stage_id=_id_in(self.seen.data),
            note=self.note.data or "",
            override=self.override.data or "",
            reason=self.reason.data,
        )


class DealNoteForm(Form):
    text = TextAreaField(_l("Note for colleagues"), validators=[InputNeeded(), Length(max=LONGEST_NOTE)])


class FirmForm(Form):
    """A firm that somebody names, or one that a page names."""

    name = StringField(_l("Firm: full name or credit code"), validators=[Length(max=200)])


def _id_in(typed: str | None) -> UUID | None:
    try:
        return UUID(typed or "")
    except ValueError:
        return None
