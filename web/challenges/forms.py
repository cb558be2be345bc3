"""The steps in which a challenge is written."""

from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FormField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, NumberRange, Optional

from matchmaker.services import reference
from matchmaker.services.challenges.drafts import (
    MOST_METRICS,
    MOST_SEATS,
    MetricDraft,
    MetricsDraft,
    ProblemDraft,
    SeatDraft,
    TeamDraft,
    TermsDraft,
)
from matchmaker.services.rule_sets import editions
from models.enums import ChallengeKind, EvaluationWay, Grade, MetricRelation, OrganisationKind, SizeClass
from web import choices
from web.access import current_actor
from web.database import session
from web.forms import EnumField, EnumsField, Filled, InputNeeded, InRange, YuanField
from web.forms.edit import NOT_SAID, EditForm
from web.forms.rows import NumberField, RowForm
from web.forms.tags import TagsField, level_or_none

AMOUNT = NumberRange(min=0, max=1e13, message=_l("Enter an amount in CNY 10,000, 0 or more"))
MONTHS = InRange(min=1, max=120, message=_l("Enter a number of months from 1 to 120"))
COUNT = InRange(min=0, max=30, message=_l("Enter a whole number from 0 to 30"))
MEMBERS = InRange(min=2, max=30, message=_l("Enter a whole number from 2 to 30"))
RACERS = InRange(min=2, max=10, message=_l("Enter a whole number from 2 to 10"))


def uuid_or_none(code: str | UUID | None) -> UUID | None:
    return UUID(str(code)) if code else None


class MetricRow(RowForm):
    name_zh = StringField(_l("Metric in Chinese"), validators=[Filled("name_zh", "name_en"), Length(max=200)])
    name_en = StringField(_l("Metric in English"), validators=[Length(max=200)])
    relation = EnumField(_l("Relation"), MetricRelation, default=MetricRelation.AT_LEAST.value)
    target = NumberField(_l("Target"), validators=[InputNeeded()])
    unit = StringField(_l("Unit"), validators=[Length(max=40)])
    baseline = NumberField(_l("Figure of today"), validators=[Optional()])
    measured_by = StringField(_l("How and by whom it is measured"), validators=[Length(max=300)])
    is_must = BooleanField(_l("Must be reached"), default=True)

    def draft(self) -> MetricDraft:
        return MetricDraft(
            name_zh=self.name_zh.data,
            name_en=self.name_en.data,
            relation=self.relation.data,
            target=self.target.data,
            unit=self.unit.data,
            baseline=self.baseline.data,
            is_must=self.is_must.data,
            measured_by=self.measured_by.data,
        )


class SeatRow(RowForm):
    role_zh = StringField(_l("Role in Chinese"), validators=[Filled("role_zh", "role_en"), Length(max=120)])
    role_en = StringField(_l("Role in English"), validators=[Length(max=120)])
    kinds = EnumsField(_l("Who may fill it"), OrganisationKind)
    least = IntegerField(_l("Fewest"), default=1, validators=[Optional(), COUNT])
    most = IntegerField(_l("Most"), default=1, validators=[Optional(), COUNT])
    cost = YuanField(_l("Planned for each"), validators=[Optional(), AMOUNT])

    def draft(self) -> SeatDraft:
        least = 1 if self.least.data is None else self.least.data
        return SeatDraft(
            role_zh=self.role_zh.data,
            role_en=self.role_en.data,
            kinds=tuple(kind.value for kind in self.kinds.data or ()),
            least=least,
            most=max(1, least) if self.most.data is None else self.most.data,
            cost=self.cost.data,
        )


class ProblemForm(EditForm):
    kind = EnumField(_l("What you post"), ChallengeKind, empty=NOT_SAID, validators=[InputNeeded()])
    title_zh = StringField(_l("Title in Chinese"), validators=[Filled("title_zh", "title_en"), Length(max=200)])
    title_en = StringField(_l("Title in English"), validators=[Length(max=200)])
    problem_zh = TextAreaField(_l("Problem in Chinese"), validators=[Length(max=4000)])
    problem_en = TextAreaField(_l("Problem in English"), validators=[Length(max=4000)])
    baseline_zh = TextAreaField(_l("How it is done today, in Chinese"), validators=[Length(max=2000)])
    baseline_en = TextAreaField(_l("How it is done today, in English"), validators=[Length(max=2000)])
    gives_zh = TextAreaField(_l("Data, scene or samples you give, in Chinese"), validators=[Length(max=2000)])
    gives_en = TextAreaField(_l("Data, scene or samples you give, in English"), validators=[Length(max=2000)])
    node_codes = SelectMultipleField(_l("Places in the industrial chain"), choices=choices.nodes)
    trl_from = SelectField(_l("Readiness level at the start"), choices=choices.levels, coerce=level_or_none)
    trl_to = SelectField(_l("Readiness level at the end"), choices=choices.levels, coerce=level_or_none)

    def draft(self) -> ProblemDraft:
        return ProblemDraft(
            kind=self.kind.data,
            **{
                f"{name}_{language}": self[f"{name}_{language}"].data
                for name in ("title", "problem", "baseline", "gives")
                for language in ("zh", "en")
            },
            node_codes=tuple(self.node_codes.data or ()),
            trl_from=self.trl_from.data,
            trl_to=self.trl_to.data,
        )


class MetricsForm(EditForm):
    metrics = FieldList(FormField(MetricRow), _l("Metrics"), min_entries=1, max_entries=MOST_METRICS + 1)

    def draft(self) -> MetricsDraft:
        return MetricsDraft(metrics=tuple(row.form.draft() for row in self.metrics if not row.form.is_blank))


def rule_sets() -> list[SelectChoice]:
    usable = editions.list_usable(session(), current_actor())
    no_rules = SelectChoice("", str(_l("No rule set")))
    return [no_rules, *(SelectChoice(str(one.id), choices.name_of(one)) for one in usable)]


class TeamForm(EditForm):
    tags = TagsField(_l("Capabilities needed"))
    seats = FieldList(FormField(SeatRow), _l("Seats"), min_entries=1, max_entries=MOST_SEATS + 1)
    members_at_most = IntegerField(_l("Members at most"), default=8, validators=[InputNeeded(), MEMBERS])
    rule_set_id = SelectField(
        _l("Rules of the consortium"), choices=rule_sets, coerce=uuid_or_none, validate_choice=False
    )
    # Search words of the picker; never stored with the challenge.
    find = StringField(_l("Find capabilities"), validators=[Length(max=200)])
    written = ""

    def text(self) -> str:
        """What the other steps say, for finding capabilities in it."""
        return self.written

    def draft(self) -> TeamDraft:
        return TeamDraft(
            tags=tuple(self.tags.data),
            seats=tuple(row.form.draft() for row in self.seats if not row.form.is_blank),
            members_at_most=self.members_at_most.data,
            rule_set_id=self.rule_set_id.data,
        )


def scheme_choices() -> list[SelectChoice]:
    return [SelectChoice(row.code, choices.name_of(row)) for row in reference.list_schemes(session())]


class TermsForm(EditForm):
    budget = YuanField(_l("Whole budget"), validators=[Optional(), AMOUNT])
    own_money = YuanField(_l("Of it, own money of the answering side"), validators=[Optional(), AMOUNT])
    months = IntegerField(_l("Months for the work"), validators=[Optional(), MONTHS])
    answers_until = DateField(_l("Answers until"), validators=[Optional()])
    ip_terms = TextAreaField(_l("Intellectual property"), validators=[Length(max=2000)])
    answerer_kinds = EnumsField(_l("Kinds of organisation that may answer"), OrganisationKind)
    answerer_sizes = EnumsField(_l("Sizes that may answer"), SizeClass)
    answerer_certifications = SelectMultipleField(_l("One of these certifications"), choices=scheme_choices)
    answerer_districts = SelectMultipleField(_l("Districts that may answer"), choices=choices.any_districts)
    evaluation_way = EnumField(_l("How answers are judged"), EvaluationWay)
    racers = IntegerField(_l("How many run against each other"), validators=[Optional(), RACERS])
    secrecy = EnumField(_l("Who may read it"), Grade)

    def draft(self) -> TermsDraft:
        is_race = self.evaluation_way.data is EvaluationWay.RACE
        return TermsDraft(
            budget=self.budget.data,
            own_money=self.own_money.data,
            months=self.months.data,
            answers_until=self.answers_until.data,
            ip_terms=self.ip_terms.data,
            answerer_kinds=tuple(kind.value for kind in self.answerer_kinds.data or ()),
            answerer_sizes=tuple(size.value for size in self.answerer_sizes.data or ()),
            answerer_districts=tuple(self.answerer_districts.data or ()),
            answerer_certifications=tuple(self.answerer_certifications.data or ()),
            evaluation_way=self.evaluation_way.data,
            racers=(self.racers.data or 2) if is_race else 1,
            secrecy=self.secrecy.data,
        )
