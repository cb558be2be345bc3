"""The directory of funds: all published mandates for everybody, with what each says of a round of one's own."""

from collections.abc import Sequence
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import IntegerField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from matchmaker.services import organisations, reference
from matchmaker.services.calendar import today
from matchmaker.services.capital import rounds
from matchmaker.services.mandates.directory import Directory, DirectoryFilters, ListedMandate, read_directory
from matchmaker.services.paging import PAGE_SIZE
from models.enums import CapitalType, ClearanceVerdict, FinancingStage, OrganisationKind
from models.organisations import Organisation
from models.rounds import Round
from web import clause_sentences as clauses
from web.access import current_actor, signed_in
from web.choices import any_districts, name_of, names_of
from web.database import session
from web.forms import EnumField, Form, InRange, YuanField
from web.funds.area import bp
from web.funds.mandate_cards import STATUS_TONES
from web.i18n import day, number
from web.labels import label
from web.rendering import page_url

MOST_MONEY, MOST_YEARS = 1e13, 99
MONEY = InRange(min=0, max=MOST_MONEY, message=_l("Enter an amount in CNY 10,000 that is not negative."))
YEARS = InRange(
    min=0, max=MOST_YEARS, message=_l("Enter a whole number from %(low)s to %(high)s.", low=0, high=MOST_YEARS)
)
NAMED = 4  # fields and districts in a line


class DirectoryForm(Form):
    """Asking changes nothing, so the filters travel in the address."""

    class Meta(Form.Meta):
        csrf = False

    stage = EnumField(_l("Financing stage"), FinancingStage, empty=_l("Any"), validators=[Optional()])
    amount = YuanField(_l("One ticket of (CNY 10,000)"), validators=[Optional(), InRange(min=0, max=MOST_MONEY)])
    years_left = IntegerField(
        _l("Years of life left, at least"), validators=[Optional(), InRange(min=0, max=MOST_YEARS)]
    )
    chain = SelectField(_l("Industrial chain"), validators=[Optional()])
    district = SelectField(_l("District"), validators=[Optional()])
    capital_type = EnumField(_l("Type of capital"), CapitalType, empty=_l("Any"), validators=[Optional()])

    def __init__(self, *args: object, **named: object) -> None:
        super().__init__(*args, **named)
        chains = [SelectChoice(row.code, name_of(row)) for row in reference.list_chains(session())]
        self.chain.choices = [SelectChoice("", _("Any")), *chains]
        self.district.choices = [SelectChoice("", _("Any")), *any_districts()]

    def filters(self, verdict: ClearanceVerdict | None) -> DirectoryFilters:
        return DirectoryFilters(
            stage=self.stage.data,
            amount=self.amount.data,
            years_left=self.years_left.data,
            chain=self.chain.data or "",
            district=self.district.data or "",
            capital_type=self.capital_type.data,
            verdict=verdict,
        )

    @property
    def chosen(self) -> list[tuple[str, str]]:
        """What is filtered by, with the address that drops it."""
        fields = [one for one in self if one.data not in (None, "")]
        return [(_said(one), page_url(**{one.name: None, "page": None})) for one in fields]


@bp.get("/funds/directory")
@signed_in
def show_directory() -> ResponseReturnValue:
    """The filters, the round that is held against the mandates, and the page live in the address."""
    form = DirectoryForm(request.args)
    is_right = form.validate()
    firms = _own_firms()
    seeking = _own_rounds(firms)
    chosen = _chosen_round([one for _firm, one in seeking])
    verdict = _verdict() if chosen else None
    filters = form.filters(verdict) if is_right else DirectoryFilters(verdict=verdict)
    found = read_directory(session(), current_actor(), filters, today=today(), round_id=chosen.id if chosen else None)
    page = min(max(1, request.args.get("page", 1, type=int)), -(-len(found.listed) // PAGE_SIZE) or 1)
    names = clauses.code_names()
    answer = render_template(
        "funds/directory.html",
        form=form,
        found=found,
        shown=[_card(one, names) for one in found.listed[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]],
        firms=firms,
        seeking=seeking,
        chosen=chosen,
        verdicts=_verdict_options(found, verdict),
        page=page,
        size=PAGE_SIZE,
        clauses=clauses,
        tones=STATUS_TONES,
    )
    return answer, 200 if is_right else 422


def _own_firms() -> list[Organisation]:
    mine = organisations.my_organisations(session(), current_actor())
    return [one for one in mine if one.kind is not OrganisationKind.FUND]


def _own_rounds(firms: Sequence[Organisation]) -> list[tuple[Organisation, Round]]:
    found = [(firm, rounds.running_round(session(), current_actor(), firm.id)) for firm in firms]
    return [(firm, one) for firm, one in found if one is not None]


def _chosen_round(own: Sequence[Round]) -> Round | None:
    asked = request.args.get("round", "")
    return next((one for one in own if str(one.id) == asked), own[0] if own else None)


def _verdict() -> ClearanceVerdict | None:
    code = request.args.get("verdict", "")
    return ClearanceVerdict(code) if code in set(ClearanceVerdict) else None


def _verdict_options(found: Directory, chosen: ClearanceVerdict | None) -> list[tuple[str, int, str, bool]]:
    return [
        (
            label(one),
            found.by_verdict.get(one, 0),
            page_url(verdict=None if one is chosen else one.value, page=None),
            one is chosen,
        )
        for one in ClearanceVerdict
    ]


def _card(one: ListedMandate, names: clauses.Names) -> dict[str, Any]:
    mandate = one.mandate
    return {
        "one": one,
        "stages": clauses.listed(label(FinancingStage(code)) for code in mandate.stages) or _("all stages"),
        "fields": _some(one.nodes, names) or _("all fields"),
        "districts": _some(mandate.districts, names) or _("all districts"),
        "life": _life(one),
    }


def _some(codes: Sequence[str], names: clauses.Names) -> str:
    told = clauses.listed(names.get(code, code) for code in codes[:NAMED])
    more = len(codes) - NAMED
    return told + ngettext(" and one more", " and %(num)s more", more) if more > 0 else told


def _life(one: ListedMandate) -> str:
    if one.life_ends_on is None or one.years_left is None:
        return _("life not said")
    if one.years_left < 0:
        return _("life ended on %(day)s", day=day(one.life_ends_on))
    return _("%(years)s years of life left", years=number(one.years_left, 1))


def _said(field: Any) -> str:
    """A filter in words."""
    if isinstance(field, EnumField):
        return label(field.data)
    if isinstance(field, SelectField):
        rows = [*reference.list_chains(session()), *reference.list_districts(session())]
        return names_of(rows).get(field.data, field.data)
    return _("%(name)s: %(value)s", name=str(field.label.text), value=field._value())
