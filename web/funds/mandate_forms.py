"""The steps in which a mandate is written."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    Field,
    FloatField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional
from wtforms.widgets import HiddenInput

from matchmaker.errors import Stale
from matchmaker.services import reference
from matchmaker.services.mandates.drafts import (
    FIXED_FORCES,
    MOST_FIELDS,
    ClauseDraft,
    ClausesDraft,
    DirectionDraft,
    FieldDraft,
    FundDraft,
    LimitsDraft,
)
from matchmaker.services.mandates.editions import Overtaken
from models.enums import CapitalType, ClauseForce, ClauseKind, FinancingStage, FundLevel, LeadOrFollow, RiskTolerance
from web import choices
from web.database import session
from web.forms import EnumField, EnumsField, Filled, InRange, PercentField, YuanField
from web.forms.base import Form, clean_text
from web.forms.edit import NOT_SAID, EditForm
from web.forms.tags import chosen_codes, level_or_none

AMOUNT = InRange(min=0, max=1e13, message=_l("Enter an amount in CNY 10,000, 0 or more"))
YEARS = InRange(min=0, max=50, message=_l("Enter a whole number of years from 0 to 50"))
AGE = InRange(min=0, max=100, message=_l("Enter a whole number of years from 0 to 100"))
STAFF = InRange(min=0, max=1_000_000, message=_l("Enter a whole number, 0 or more"))
SHARE = InRange(min=0, max=1, message=_l("Enter a percentage from 0 to 100"))
MULTIPLE = InRange(min=0, max=10, message=_l("Enter a number from 0 to 10, such as 1.2"))
WEEKS = InRange(min=0, max=520, message=_l("Enter a whole number of weeks"))


class FundForm(EditForm):
    name_zh = StringField(_l("Name in Chinese"), validators=[Filled("name_zh", "name_en"), Length(max=200)])
    name_en = StringField(_l("Name in English"), validators=[Length(max=200)])
    level = EnumField(_l("Level of the fund"), FundLevel, empty=NOT_SAID)
    capital_type = EnumField(_l("Type of capital"), CapitalType, empty=NOT_SAID)
    legal_form = StringField(_l("Legal form"), validators=[Length(max=80)])
    manager = StringField(_l("Fund manager"), validators=[Length(max=200)])
    size = YuanField(_l("Size of the fund"), validators=[Optional(), AMOUNT])
    remaining = YuanField(_l("Left to invest"), validators=[Optional(), AMOUNT])
    started_on = DateField(_l("Start of the fund"), validators=[Optional()])
    investment_years = IntegerField(_l("Investment period"), validators=[Optional(), YEARS])
    exit_years = IntegerField(_l("Exit period"), validators=[Optional(), YEARS])
    extension_years = IntegerField(_l("Possible extension"), validators=[Optional(), YEARS])

    def draft(self) -> FundDraft:
        return FundDraft(**_values(self, FundDraft))


class FieldsField(Field):
    """Chosen chain nodes: `fields` names them, `fields-main-<code>` says which are main; works without script."""

    def process(self, formdata: Any, data: Any = (), extra_filters: Any = None) -> None:
        self.process_errors: list[str] = []
        self.object_data = data if isinstance(data, Sequence) else ()
        self.data = tuple(self.object_data)
        self.raw_data = formdata.getlist(self.name) if formdata else None
        if formdata is not None and formdata:
            self.data = tuple(
                FieldDraft(node_code=code, is_main=formdata.get(f"{self.name}-main-{code}") == "y")
                for code in chosen_codes(formdata, self.name, most=MOST_FIELDS)
            )


class LinesField(TextAreaField):
    """Several short texts, each on a line of its own: `data` is a tuple of them."""

    def process_data(self, value: Any) -> None:
        self.data = tuple(value or ())

    def process_formdata(self, valuelist: list[str]) -> None:
        lines = str(clean_text(valuelist[0] if valuelist else "")).split("\n")
        self.data = tuple(dict.fromkeys(line.strip() for line in lines if line.strip()))

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else "\n".join(self.data or ())


class DirectionForm(EditForm):
    stages = EnumsField(_l("Financing stages"), FinancingStage)
    fields = FieldsField(_l("Fields of investment"))
    districts = SelectMultipleField(_l("Districts of the mandate"), choices=choices.any_districts)
    exclusions = LinesField(_l("What the fund does not invest in"), filters=[])
    thesis_zh = TextAreaField(_l("Thesis in Chinese"), validators=[Length(max=2000)])
    thesis_en = TextAreaField(_l("Thesis in English"), validators=[Length(max=2000)])
    # Search words of the picker; never stored with the mandate.
    find = StringField(_l("Find fields"), validators=[Length(max=100)])

    def draft(self) -> DirectionDraft:
        return DirectionDraft(
            stages=tuple(self.stages.data or ()),
            fields=tuple(self["fields"].data),
            districts=tuple(self.districts.data or ()),
            exclusions=tuple(self.exclusions.data or ()),
            thesis_zh=self.thesis_zh.data,
            thesis_en=self.thesis_en.data,
        )


def scheme_choices() -> list[SelectChoice]:
    return [SelectChoice(row.code, choices.name_of(row)) for row in reference.list_schemes(session())]


class LimitsForm(EditForm):
    ticket_low = YuanField(_l("Smallest ticket"), validators=[Optional(), AMOUNT])
    ticket_high = YuanField(_l("Largest ticket"), validators=[Optional(), AMOUNT])
    stake_high = PercentField(_l("Largest stake (percent)"), validators=[Optional(), SHARE])
    leads = EnumField(_l("Lead or follow"), LeadOrFollow, empty=NOT_SAID)
    firm_age_high = IntegerField(_l("Oldest firm"), validators=[Optional(), AGE])
    staff_high = IntegerField(_l("Largest headcount"), validators=[Optional(), STAFF])
    valuation_high = YuanField(_l("Highest valuation before the round"), validators=[Optional(), AMOUNT])
    rd_ratio_low = PercentField(_l("Lowest R&D ratio (percent of sales)"), validators=[Optional(), SHARE])
    trl_low = SelectField(_l("Lowest readiness level reached"), choices=choices.levels, coerce=level_or_none)
    certifications = SelectMultipleField(_l("One of these certifications"), choices=scheme_choices)
    main_field_share = PercentField(_l("Least share of main fields (percent)"), validators=[Optional(), SHARE])
    reinvestment_multiple = FloatField(_l("Local re-investment multiple"), validators=[Optional(), MULTIPLE])

    def draft(self) -> LimitsDraft:
        values = _values(self, LimitsDraft)
        return LimitsDraft(**{**values, "certifications": tuple(self.certifications.data or ())})


class ClausesField(Field):
    """Clause by clause `clauses-<kind>-force`, `-text_zh`, `-text_en` and `-source`; `kinds` are those stated."""

    PARTS = ("text_zh", "text_en", "source")
    LONGEST = {"text_zh": 500, "text_en": 500, "source": 400}

    def process(self, formdata: Any, data: Any = (), extra_filters: Any = None) -> None:
        self.process_errors: list[str] = []
        self.object_data = data if isinstance(data, Sequence) else ()
        self.data = tuple(self.object_data)
        self.raw_data = None
        if formdata is not None and formdata:
            kinds = [kind for kind in ClauseKind if f"{self.name}-{kind}-force" in formdata]
            self.data = tuple(self._clause(formdata, kind) for kind in kinds)

    def _clause(self, formdata: Any, kind: ClauseKind) -> ClauseDraft:
        given = formdata.get(f"{self.name}-{kind}-force", "")
        force = ClauseForce(given) if given in set(ClauseForce) else ClauseForce.HARD
        texts = {part: str(clean_text(formdata.get(f"{self.name}-{kind}-{part}", ""))) for part in self.PARTS}
        return ClauseDraft(kind=kind, force=FIXED_FORCES.get(kind, force), **texts)

    def pre_validate(self, form: Form) -> None:
        for clause in self.data:
            for part, most in self.LONGEST.items():
                if len(getattr(clause, part)) > most:
                    raise ValueError(str(_l("A text of a clause has more than %(most)s characters.", most=most)))


class ClausesForm(EditForm):
    clauses = ClausesField(_l("Clauses"))
    risk_tolerance = EnumField(_l("Risk tolerance"), RiskTolerance, empty=NOT_SAID)
    exemption_terms = TextAreaField(_l("Exemption from liability"), validators=[Length(max=1000)])
    decision_weeks = IntegerField(_l("Weeks to a decision"), validators=[Optional(), WEEKS])

    def draft(self) -> ClausesDraft:
        return ClausesDraft(
            clauses=tuple(self.clauses.data),
            risk_tolerance=self.risk_tolerance.data,
            exemption_terms=self.exemption_terms.data,
            decision_weeks=self.decision_weeks.data,
        )


class PublishForm(EditForm):
    """`edition`: the published one beside which the draft was shown; after a conflict the next sending has seen it."""

    note = StringField(_l("What is new in this edition"), validators=[Length(max=400)])
    edition = IntegerField(widget=HiddenInput(), validators=[Optional()])

    @contextmanager
    def beside(self, overtaken: Overtaken | None) -> Iterator[None]:
        with self.refusing():
            try:
                yield
            except Stale as conflict:
                if overtaken is None or not conflict.differences:
                    raise
                self.differences = conflict.differences
                self.edition.data = overtaken.number
                self.edition.raw_data = [str(overtaken.number)]


class StatusForm(EditForm):
    """Which version was seen when it was decided."""


class WaiverForm(Form):
    reason = TextAreaField(_l("The reason of the fund"), validators=[Length(max=1000)])


def _values(form: EditForm, draft: type[Any]) -> dict[str, Any]:
    return {name: form[name].data for name in draft.__dataclass_fields__}
