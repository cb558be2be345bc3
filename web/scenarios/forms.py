"""What people fill in: a scenario's head, and one form for each kind of intervention."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    Field,
    FloatField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional

from matchmaker.services.scenarios.asking import Alternatives
from matchmaker.services.scenarios.choosing import Choices, choices
from matchmaker.services.scenarios.naming import Named
from matchmaker.services.scenarios.stored import MOST_MONEY, RANGE_OF
from models.enums import ClauseForce, ClauseKind, FinancingStage, InterventionKind, OpenTo
from web.access import current_actor
from web.choices import any_districts, name_of, nodes, schemes
from web.database import session
from web.forms import EnumField, EnumsField, Form, InputNeeded, InRange, PercentField, VersionedForm, YuanField
from web.i18n import localised, number
from web.labels import component_label, label
from web.scenarios.words import MANDATE_LIMITS, MONEY, NODE_LIMITS, SHARES, rule_text

LEVEL = InRange(1, 5)
AMOUNT = InRange(0, MOST_MONEY, message=_l("Enter an amount in CNY 10,000, 0 or more"))
SHARE = InRange(0, 1, message=_l("Enter a percentage from 0 to 100"))
YEARS = InRange(0, 100, message=_l("Enter a number of years from 0 to 100"))
TRL = InRange(1, 9)
BOUND = InRange(0, MOST_MONEY)  # of any rule; what it may be depends on its kind
EVERY_CHAIN = _l("All chains")
ALTERNATIVES: Mapping[Alternatives, object] = {
    Alternatives.FACILITIES: _l("Which closed facility to open first"),
    Alternatives.BASES: _l("Which pilot base to build first"),
    Alternatives.FUNDS: _l("Which kind of fund to set up first"),
}


class HeadForm(VersionedForm):
    name = StringField(_l("Name"), validators=[InputNeeded(), Length(max=200)])
    note = TextAreaField(_l("Note"), validators=[Length(max=1000)])
    chain_code = SelectField(_l("Industrial chain"), validators=[Optional()])

    def __init__(self, *args: object, **named: object) -> None:
        super().__init__(*args, **named)
        self.chain_code.choices = chain_choices(choices(session(), current_actor()))

    def values(self) -> dict[str, Any]:
        return {"name": self.name.data, "note": self.note.data, "chain_code": self.chain_code.data or None}


class CopyForm(Form):
    name = StringField(_l("Name of the copy"), validators=[InputNeeded(), Length(max=200)])


class RankForm(Form):
    alternatives = SelectField(_l("What is ranked"), coerce=Alternatives, validators=[InputNeeded()])
    chain_code = SelectField(_l("Industrial chain"), validators=[Optional()])

    def __init__(self, *args: object, **named: object) -> None:
        super().__init__(*args, **named)
        self.alternatives.choices = [SelectChoice(kind.value, str(text)) for kind, text in ALTERNATIVES.items()]
        self.chain_code.choices = chain_choices(choices(session(), current_actor()))


class Intervening(VersionedForm):
    """A form whose fields are those of one kind of intervention; what is empty is left out."""

    def __init__(self, *args: object, **named: object) -> None:
        super().__init__(*args, **named)
        self.offer(choices(session(), current_actor()))

    def offer(self, found: Choices) -> None:
        """Fill in what can be chosen."""

    def values(self) -> dict[str, Any]:
        given = {field.name: field.data for field in self if field.name not in ("csrf_token", "version")}
        return {name: value for name, value in given.items() if value not in (None, "", [], False)}


class OpenFacilityForm(Intervening):
    facility_id = SelectField(_l("Facility"), validators=[InputNeeded()])

    def offer(self, found: Choices) -> None:
        self.facility_id.choices = [
            _chosen(),
            *(SelectChoice(str(one.id), _facility(one), optgroup=_name(owner)) for one, owner in found.facilities),
        ]


class AddFacilityForm(Intervening):
    node = SelectField(_l("Chain node"), choices=lambda: [_chosen(), *nodes()], validators=[InputNeeded()])
    district = SelectField(_l("District"), choices=lambda: [_left_open(), *any_districts()], validators=[Optional()])
    level = IntegerField(_l("Level of what it can do"), default=4, validators=[InputNeeded(), LEVEL])
    trl_low = IntegerField(_l("Takes work from readiness level"), default=4, validators=[Optional(), TRL])
    trl_high = IntegerField(_l("Brings it to readiness level"), default=7, validators=[Optional(), TRL])


class AddFundForm(Intervening):
    money = YuanField(_l("Money of the fund"), validators=[Optional(), AMOUNT])
    ticket_low = YuanField(_l("Least ticket"), validators=[Optional(), AMOUNT])
    ticket_high = YuanField(_l("Largest ticket"), validators=[Optional(), AMOUNT])
    stake_high = PercentField(_l("Largest stake"), validators=[Optional(), SHARE])
    life_years = FloatField(_l("Years until it has to be out"), validators=[Optional(), YEARS])
    stages = EnumsField(_l("Stages of financing"), FinancingStage, validators=[Optional()])
    nodes = SelectMultipleField(_l("Fields of investment"), validators=[Optional()])
    districts = SelectMultipleField(_l("Districts"), choices=any_districts, validators=[Optional()])

    def offer(self, found: Choices) -> None:
        self.nodes.choices = [SelectChoice(one.code, name_of(one)) for one in found.roots]

    def values(self) -> dict[str, Any]:
        given = super().values()
        return (
            {**given, "stages": [FinancingStage(one).value for one in given["stages"]]} if "stages" in given else given
        )


class ChangeMandateForm(Intervening):
    mandate_id = SelectField(_l("Mandate"), validators=[InputNeeded()])
    limit = SelectField(_l("Limit"), validators=[Optional()])
    value = FloatField(_l("New value"), validators=[Optional()])
    clause = EnumField(_l("Clause"), ClauseKind, empty="—", validators=[Optional()])
    force = EnumField(_l("How hard it is held"), ClauseForce, empty="—", validators=[Optional()])

    def offer(self, found: Choices) -> None:
        self.mandate_id.choices = [_chosen(), *(SelectChoice(str(one.id), _name(one)) for one in found.mandates)]
        self.limit.choices = [
            SelectChoice("", "—"),
            *(SelectChoice(code, str(text)) for code, text in MANDATE_LIMITS.items()),
        ]

    def values(self) -> dict[str, Any]:
        given = super().values()
        if self.value.data is not None:
            given["value"] = self.value.data * self._unit
        return given

    def validate_value(self, field: Field) -> None:
        """The bounds are told in the unit that is typed."""
        low, high = (bound / self._unit for bound in RANGE_OF.get(self.limit.data, (0, MOST_MONEY)))
        if field.data is not None and not low <= field.data <= high:
            raise ValidationError(_("Enter a number from %(low)s to %(high)s.", low=number(low), high=number(high)))

    @property
    def _unit(self) -> float:
        """Amounts are typed in CNY 10,000, shares in percent."""
        if self.limit.data in MONEY:
            return YuanField.TEN_THOUSAND
        return 0.01 if self.limit.data in SHARES else 1


class ChangeRuleForm(Intervening):
    rule_id = SelectField(_l("Composition rule"), validators=[Optional()])
    left_out = BooleanField(_l("Leave the rule out"))
    least = FloatField(_l("At least"), validators=[Optional(), BOUND])
    most = FloatField(_l("At most"), validators=[Optional(), BOUND])
    clause = EnumField(_l("Clause of all funds that say nothing else"), ClauseKind, empty="—", validators=[Optional()])
    force = EnumField(_l("How hard it is held"), ClauseForce, empty="—", validators=[Optional()])
    limit = SelectField(_l("Limit of the chain map"), validators=[Optional()])
    value = IntegerField(_l("New value"), validators=[Optional()])

    def offer(self, found: Choices) -> None:
        named = Named({}, {}, {}, {str(one.id): one for one in found.rules}, {}, {}, {})
        self.rule_id.choices = [
            SelectChoice("", "—"),
            *(SelectChoice(key, rule_text(named, key)) for key in named.rules),
        ]
        self.limit.choices = [
            SelectChoice("", "—"),
            *(SelectChoice(code, str(text)) for code, text in NODE_LIMITS.items()),
        ]


class ChangeWeightForm(Intervening):
    component = SelectField(_l("Component of the score"), validators=[InputNeeded()])
    weight = FloatField(_l("New weight"), validators=[InputNeeded(), InRange(0, 100)])

    def offer(self, found: Choices) -> None:
        self.component.choices = [
            _chosen(),
            *(
                SelectChoice(
                    name, _("%(component)s, now %(weight)s", component=component_label(name), weight=number(weight, 1))
                )
                for name, weight in found.weights.items()
            ),
        ]

    def values(self) -> dict[str, Any]:
        return {"component": self.component.data, "weight": self.weight.data}


class RaiseForm(Intervening):
    scheme = SelectField(_l("Certification"), choices=schemes, validators=[InputNeeded()])
    many = IntegerField(_l("How many SMEs"), default=10, validators=[InputNeeded(), InRange(1, 200)])
    node = SelectField(_l("At the chain node"), choices=lambda: [_left_open(), *nodes()], validators=[Optional()])
    district = SelectField(
        _l("In the district"), choices=lambda: [_left_open(), *any_districts()], validators=[Optional()]
    )


FORMS: Mapping[InterventionKind, type[Intervening]] = {
    InterventionKind.OPEN_FACILITY: OpenFacilityForm,
    InterventionKind.ADD_FACILITY: AddFacilityForm,
    InterventionKind.ADD_FUND: AddFundForm,
    InterventionKind.CHANGE_MANDATE: ChangeMandateForm,
    InterventionKind.CHANGE_RULE: ChangeRuleForm,
    InterventionKind.CHANGE_WEIGHT: ChangeWeightForm,
    InterventionKind.RAISE_CERTIFICATION: RaiseForm,
}


def chain_choices(found: Choices) -> Sequence[SelectChoice]:
    return [SelectChoice("", str(EVERY_CHAIN)), *(SelectChoice(one.code, name_of(one)) for one in found.chains)]


def _facility(one: Any) -> str:
    now = label(OpenTo(one.open_to)) if one.open_to else _("not stated")
    return _("%(name)s (now: %(open_to)s)", name=_name(one), open_to=now)


def _name(one: Any) -> str:
    return str(localised(one, "name").striptags())


def _chosen() -> SelectChoice:
    return SelectChoice("", _("Please choose"))


def _left_open() -> SelectChoice:
    return SelectChoice("", _("Not settled"))
