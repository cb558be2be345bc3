"""The steps in which a firm says what money it seeks."""

from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, FieldList, FormField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional

from matchmaker.services.capital.rounds import (
    LONGEST_MONTHS,
    MOST_MILESTONES,
    MOST_SUPPORTS,
    MilestoneDraft,
    RoundDraft,
    SupportDraft,
)
from models.enums import FinancingStage, SupportKind
from web import choices
from web.forms import EnumField, InputNeeded, InRange, PercentField, YuanField
from web.forms.edit import NOT_SAID, EditForm
from web.forms.rows import RowForm
from web.forms.tags import level_or_none

AMOUNT = NumberRange(min=0.01, max=1e13, message=_l("Enter an amount in CNY 10,000, more than 0"))
COST = NumberRange(min=0, max=1e13, message=_l("Enter an amount in CNY 10,000, 0 or more"))
MONTHS = InRange(
    min=0,
    max=LONGEST_MONTHS,
    message=_l("Enter a whole number from %(low)s to %(high)s.", low=0, high=LONGEST_MONTHS),
)
SHARE = InRange(min=0.01, max=1, message=_l("Enter a number from %(low)s to %(high)s.", low=1, high=100))
FUNDS = InRange(min=1, max=20, message=_l("Enter a whole number from %(low)s to %(high)s.", low=1, high=20))


class FiguresForm(EditForm):
    """How much, at which stage, what for, until when."""

    amount = YuanField(_l("Amount sought"), validators=[InputNeeded(), AMOUNT])
    stage = EnumField(_l("Financing stage"), FinancingStage, empty=NOT_SAID, validators=[InputNeeded()])
    valuation = YuanField(_l("Valuation before the money"), validators=[Optional(), AMOUNT])
    use_zh = TextAreaField(_l("What the money is for, in Chinese"), validators=[Length(max=2000)])
    use_en = TextAreaField(_l("What the money is for, in English"), validators=[Length(max=2000)])
    runway_months = IntegerField(_l("Months that your own money lasts"), validators=[Optional(), MONTHS])
    closes_on = DateField(_l("Round closes on"), validators=[Optional()])

    def draft(self, stored: RoundDraft) -> RoundDraft:
        return replace(
            stored,
            amount=self.amount.data,
            stage=self.stage.data,
            valuation=self.valuation.data,
            use_zh=self.use_zh.data,
            use_en=self.use_en.data,
            runway_months=self.runway_months.data,
            closes_on=self.closes_on.data,
        )


class MilestoneRow(RowForm):
    trl = SelectField(
        _l("Readiness level reached"), choices=choices.levels, coerce=level_or_none, validators=[InputNeeded()]
    )
    month = IntegerField(_l("Month"), validators=[InputNeeded(), MONTHS])
    cost = YuanField(_l("Cost"), validators=[Optional(), COST])
    title_zh = StringField(_l("What is reached, in Chinese"), validators=[Length(max=200)])
    title_en = StringField(_l("What is reached, in English"), validators=[Length(max=200)])

    @property
    def is_blank(self) -> bool:
        typed = (self.trl.data, self.cost.data, self.title_zh.data, self.title_en.data)
        return not any(typed) and self.month.data is None and not any(self.month.raw_data or ())

    def draft(self) -> MilestoneDraft:
        return MilestoneDraft(
            trl=self.trl.data,
            month=self.month.data,
            cost=self.cost.data,
            title_zh=self.title_zh.data,
            title_en=self.title_en.data,
        )


class WayForm(EditForm):
    """Where the technology stands, and by which milestones it comes to the market."""

    trl = SelectField(_l("Readiness level reached today"), choices=choices.levels, coerce=level_or_none)
    milestones = FieldList(FormField(MilestoneRow), _l("Milestones"), min_entries=1, max_entries=MOST_MILESTONES + 1)
    market_months = IntegerField(_l("Months until the market"), validators=[Optional(), MONTHS])
    exit_months = IntegerField(_l("Months until a fund can leave"), validators=[Optional(), MONTHS])

    def draft(self, stored: RoundDraft) -> RoundDraft:
        return replace(
            stored,
            trl=self.trl.data,
            market_months=self.market_months.data,
            exit_months=self.exit_months.data,
        )

    def list_milestones(self) -> list[MilestoneDraft]:
        return [row.form.draft() for row in self.milestones if not row.form.is_blank]


class SupportRow(RowForm):
    kind = EnumField(_l("Kind of money"), SupportKind)
    amount = YuanField(_l("Amount"), validators=[InputNeeded(), AMOUNT])
    month = IntegerField(_l("Comes in month"), default=0, validators=[Optional(), MONTHS])
    title_zh = StringField(_l("Which one, in Chinese"), validators=[Length(max=200)])
    title_en = StringField(_l("Which one, in English"), validators=[Length(max=200)])
    is_confirmed = BooleanField(_l("It is confirmed"))

    def draft(self) -> SupportDraft:
        return SupportDraft(
            kind=self.kind.data,
            amount=self.amount.data,
            month=self.month.data or 0,
            title_zh=self.title_zh.data,
            title_en=self.title_en.data,
            is_confirmed=self.is_confirmed.data,
        )


class MoneyForm(EditForm):
    """Money that takes no stake, and what the firm gives away at most."""

    supports = FieldList(
        FormField(SupportRow), _l("Money without a stake"), min_entries=1, max_entries=MOST_SUPPORTS + 1
    )
    stake_most = PercentField(_l("Largest stake of all funds together"), validators=[Optional(), SHARE])
    funds_most = IntegerField(_l("Funds at most"), validators=[Optional(), FUNDS])

    def draft(self, stored: RoundDraft) -> RoundDraft:
        return replace(stored, stake_most=self.stake_most.data, funds_most=self.funds_most.data)

    def list_supports(self) -> list[SupportDraft]:
        return [row.form.draft() for row in self.supports if not row.form.is_blank]


def row_values(rows: Any) -> list[dict[str, Any]]:
    """Stored rows as the entries of a form."""
    return [row.model_dump(exclude={"id", "created_at", "round_id"}) for row in rows]
