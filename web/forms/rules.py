"""One form for each kind of composition rule, for the editor of rule sets and for the rules of a challenge."""

from collections.abc import Mapping
from typing import Any, Self
from uuid import UUID

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional
from wtforms.widgets import HiddenInput

from matchmaker.services import organisations, reference
from matchmaker.services.rule_sets.figures import (
    Apart,
    AtPositions,
    ConflictsApart,
    DifferentDistricts,
    Figures,
    FromDistricts,
    LargestShare,
    LeadIs,
    LeadReaches,
    MemberCount,
    Newcomers,
    OfKinds,
    OwnershipShare,
    OwnMoney,
    RuleDraft,
    SmeShare,
    TechnicalStaff,
    Threshold,
    Together,
    figures_of,
)
from models.enums import ChainPosition, LeadFigure, OrganisationKind, Ownership, Quantifier, RuleKind
from models.organisations import Organisation
from models.rules import CompositionRule
from web.access import current_actor
from web.database import session
from web.forms.base import VersionedForm
from web.forms.fields import EnumsField, PercentField, YuanField
from web.forms.validators import InputNeeded, InRange
from web.i18n import current_language
from web.labels import LABELS

HARD, SOFT = "hard", "soft"
WHOLE = _l("Enter a whole number from %(low)s to %(high)s.", low=0, high=30)
SHARE = InRange(min=0, max=1, message=_l("Enter a number from %(low)s to %(high)s.", low=0, high=100))
LARGEST = InRange(min=0.05, max=1, message=_l("Enter a number from %(low)s to %(high)s.", low=5, high=100))
AMOUNT = InRange(min=0, max=1e12, message=_l("Enter an amount in CNY 10,000, 0 or more"))


def _count(label: Any, *more: Any) -> IntegerField:
    return IntegerField(label, validators=[*more, InRange(min=0, max=30, message=WHOLE)])


def _needed_count(label: Any, low: int, high: int) -> IntegerField:
    message = _l("Enter a number from %(low)s to %(high)s.", low=low, high=high)
    return IntegerField(label, validators=[InputNeeded(), InRange(min=low, max=high, message=message)])


def _district_choices() -> list[SelectChoice]:
    return [SelectChoice(row.code, _name_of(row)) for row in reference.list_districts(session())]


def _scheme_choices() -> list[SelectChoice]:
    return [SelectChoice(row.code, _name_of(row)) for row in reference.list_schemes(session())]


def _name_of(row: Any) -> str:
    return str(getattr(row, f"name_{current_language()}"))


class RuleForm(VersionedForm):
    """What all rules share: where they come from, and whether they must be met."""

    version = IntegerField(widget=HiddenInput(), validators=[Optional()])  # none while the rule is new
    source = StringField(_l("Citation: document and clause"), validators=[InputNeeded(), Length(max=400)])
    strictness = RadioField(
        _l("How strict it is"),
        default=HARD,
        choices=lambda: [
            SelectChoice(HARD, str(_l("Must be met"))),
            SelectChoice(SOFT, str(_l("Should be met: gives way first where no team meets all"))),
        ],
    )

    @classmethod
    def showing(cls, rule: CompositionRule) -> Self:
        """The form as it is first shown, with what is stored."""
        figures = figures_of(rule)
        shown = {name: getattr(figures, name) for name in figures.__dataclass_fields__}
        strictness = HARD if rule.is_hard else SOFT
        form = cls(formdata=None, source=rule.source, strictness=strictness, **cls.as_shown(shown))
        form.version.data = rule.version
        return form

    @classmethod
    def as_shown(cls, figures: dict[str, Any]) -> dict[str, Any]:
        return figures

    def figures(self) -> Figures:
        raise NotImplementedError

    def draft(self) -> RuleDraft:
        return RuleDraft(figures=self.figures(), source=self.source.data, is_hard=self.strictness.data == HARD)

    @property
    def own_fields(self) -> list[Any]:
        """The fields of this kind of rule alone, in their order."""
        shared = {"source", "strictness", "version", "csrf_token"}
        return [field for field in self if field.short_name not in shared]


class LeadIsForm(RuleForm):
    kinds = EnumsField(_l("Kinds of organisation"), OrganisationKind)
    ownerships = EnumsField(_l("Ownership"), Ownership)
    certifications = SelectMultipleField(_l("Certifications"), choices=_scheme_choices)

    def figures(self) -> Figures:
        return LeadIs(
            kinds=tuple(self.kinds.data),
            ownerships=tuple(self.ownerships.data),
            certifications=tuple(self.certifications.data),
        )


class LeadReachesForm(RuleForm):
    """A threshold that is left empty is not asked for."""

    needed = RadioField(
        _l("How many of them"),
        default=Quantifier.ANY.value,
        choices=lambda: [SelectChoice(one.value, str(text)) for one, text in LABELS[Quantifier].items()],
    )
    rd_ratio = PercentField(_l("R&D spending as a share of sales, at least (percent)"), validators=[Optional(), SHARE])
    rd_spending = YuanField(_l("R&D spending a year, at least (CNY 10,000)"), validators=[Optional(), AMOUNT])
    revenue = YuanField(_l("Revenue last year, at least (CNY 10,000)"), validators=[Optional(), AMOUNT])
    staff = IntegerField(_l("Staff, at least"), validators=[Optional(), AMOUNT])
    technical_staff = IntegerField(_l("Technical staff, at least"), validators=[Optional(), AMOUNT])

    @classmethod
    def as_shown(cls, figures: dict[str, Any]) -> dict[str, Any]:
        amounts = {one.figure.value: one.least for one in figures["thresholds"]}
        for name in {LeadFigure.STAFF.value, LeadFigure.TECHNICAL_STAFF.value} & amounts.keys():
            amounts[name] = int(amounts[name])
        return {"needed": figures["needed"].value, **amounts}

    def figures(self) -> Figures:
        typed = {figure: self[figure.value].data for figure in LeadFigure}
        thresholds = (Threshold(figure=figure, least=least) for figure, least in typed.items() if least is not None)
        return LeadReaches(needed=Quantifier(self.needed.data), thresholds=tuple(thresholds))


class MemberCountForm(RuleForm):
    least = _count(_l("Not less than"), Optional())
    most = _count(_l("Not more than"), Optional())

    def figures(self) -> Figures:
        return MemberCount(least=self.least.data, most=self.most.data)


class OfKindsForm(RuleForm):
    kinds = EnumsField(_l("Kinds of organisation"), OrganisationKind)
    least = _count(_l("Not less than"), Optional())
    most = _count(_l("Not more than"), Optional())

    def figures(self) -> Figures:
        return OfKinds(kinds=tuple(self.kinds.data), least=self.least.data, most=self.most.data)


class FromDistrictsForm(RuleForm):
    districts = SelectMultipleField(_l("Districts"), choices=_district_choices)
    least = _count(_l("Not less than"), Optional())
    most = _count(_l("Not more than"), Optional())

    def figures(self) -> Figures:
        return FromDistricts(districts=tuple(self.districts.data), least=self.least.data, most=self.most.data)


class DifferentDistrictsForm(RuleForm):
    least = _needed_count(_l("Different districts, at least"), 1, 30)

    def figures(self) -> Figures:
        return DifferentDistricts(least=self.least.data)


class AtPositionsForm(RuleForm):
    positions = EnumsField(_l("Places in the industrial chain"), ChainPosition)
    least = _count(_l("Not less than"), Optional())
    most = _count(_l("Not more than"), Optional())

    def figures(self) -> Figures:
        return AtPositions(positions=tuple(self.positions.data), least=self.least.data, most=self.most.data)


class SmeShareForm(RuleForm):
    least = PercentField(_l("At least (percent)"), validators=[Optional(), SHARE])
    most = PercentField(_l("At most (percent)"), validators=[Optional(), SHARE])

    def figures(self) -> Figures:
        return SmeShare(least=self.least.data, most=self.most.data)


class OwnershipShareForm(RuleForm):
    ownerships = EnumsField(_l("Ownership"), Ownership)
    least = PercentField(_l("At least (percent)"), validators=[Optional(), SHARE])
    most = PercentField(_l("At most (percent)"), validators=[Optional(), SHARE])

    def figures(self) -> Figures:
        return OwnershipShare(ownerships=tuple(self.ownerships.data), least=self.least.data, most=self.most.data)


class LargestShareForm(RuleForm):
    most = PercentField(_l("At most (percent of the money)"), validators=[InputNeeded(), LARGEST])

    def figures(self) -> Figures:
        return LargestShare(most=self.most.data)


class OwnMoneyForm(RuleForm):
    least = PercentField(_l("At least (percent of the budget)"), validators=[InputNeeded(), SHARE])

    def figures(self) -> Figures:
        return OwnMoney(least=self.least.data)


class TechnicalStaffForm(RuleForm):
    least = _needed_count(_l("Technical staff of all members, at least"), 1, 100_000)

    def figures(self) -> Figures:
        return TechnicalStaff(least=self.least.data)


class NewcomersForm(RuleForm):
    projects_at_most = _needed_count(_l("A newcomer has at most so many past projects"), 0, 1000)
    least = _needed_count(_l("Newcomers, at least"), 1, 30)

    def figures(self) -> Figures:
        return Newcomers(projects_at_most=self.projects_at_most.data, least=self.least.data)


class ConflictsApartForm(RuleForm):
    def figures(self) -> Figures:
        return ConflictsApart()


class PairForm(RuleForm):
    first = StringField(_l("First organisation: full name or credit code"), validators=[InputNeeded(), Length(max=200)])
    second = StringField(
        _l("Second organisation: full name or credit code"), validators=[InputNeeded(), Length(max=200)]
    )

    @classmethod
    def as_shown(cls, figures: dict[str, Any]) -> dict[str, Any]:
        found = {end: session().get(Organisation, UUID(key)) for end, key in figures.items()}
        return {end: (one.name_zh or one.name_en) if one else "" for end, one in found.items()}

    def pair(self) -> dict[str, str]:
        """InvalidInput at the field whose organisation is not found."""
        return {
            end: str(organisations.get_named(session(), current_actor(), self[end].data, field=end).id)
            for end in ("first", "second")
        }


class ApartForm(PairForm):
    def figures(self) -> Figures:
        return Apart(**self.pair())


class TogetherForm(PairForm):
    def figures(self) -> Figures:
        return Together(**self.pair())


RULE_FORMS: Mapping[RuleKind, type[RuleForm]] = {
    RuleKind.LEAD_KIND: LeadIsForm,
    RuleKind.LEAD_THRESHOLD: LeadReachesForm,
    RuleKind.MEMBER_COUNT: MemberCountForm,
    RuleKind.KIND_COUNT: OfKindsForm,
    RuleKind.DISTRICT_COUNT: FromDistrictsForm,
    RuleKind.DISTRICT_SPREAD: DifferentDistrictsForm,
    RuleKind.CHAIN_POSITION_COUNT: AtPositionsForm,
    RuleKind.SME_SHARE: SmeShareForm,
    RuleKind.OWNERSHIP_SHARE: OwnershipShareForm,
    RuleKind.LARGEST_SHARE: LargestShareForm,
    RuleKind.OWN_MONEY_SHARE: OwnMoneyForm,
    RuleKind.TECHNICAL_STAFF: TechnicalStaffForm,
    RuleKind.NEWCOMER_COUNT: NewcomersForm,
    RuleKind.CONFLICTS_APART: ConflictsApartForm,
    RuleKind.PAIR_APART: ApartForm,
    RuleKind.PAIR_TOGETHER: TogetherForm,
}


def kind_in_address() -> RuleKind:
    """The kind of rule that the address names; the first one where it names none that there is."""
    asked = request.args.get("kind", "")
    return RuleKind(asked) if asked in set(RuleKind) else RuleKind.LEAD_KIND
