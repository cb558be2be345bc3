"""Who pays when: asking for a plan of funds over months, following it, reading it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from markupsafe import escape
from wtforms import BooleanField, IntegerField
from wtforms.validators import Optional

from matchmaker.exports.charts import Band, Picture, bands_against_line
from matchmaker.services import jobs
from matchmaker.services.calendar import today
from matchmaker.services.capital import rounds
from matchmaker.services.stacks import asking, reading
from matchmaker.services.stacks.reading import StackReading
from matchmaker.services.stacks.settings import LONGEST_SHIFT, MOST_FUNDS, OPEN_TO_TALK, Terms, from_stored, usual_terms
from models.enums import CapitalType, ClauseKind, ClearanceVerdict
from models.rounds import Round
from web.access import current_actor, signed_in
from web.capital.area import bp
from web.capital.rounds import about_round
from web.database import session
from web.forms import Form, InRange, PercentField
from web.i18n import current_language, joined, localised, number, percent, yuan
from web.labels import label
from web.transactions import commits

SHARE = InRange(min=0, max=1, message=_l("Enter a number from %(low)s to %(high)s.", low=0, high=100))
STAKE = InRange(min=0.01, max=1, message=_l("Enter a number from %(low)s to %(high)s.", low=1, high=100))
COUNT = InRange(
    min=1, max=MOST_FUNDS, message=_l("Enter a whole number from %(low)s to %(high)s.", low=1, high=MOST_FUNDS)
)
SHIFT = InRange(
    min=0, max=LONGEST_SHIFT, message=_l("Enter a whole number from %(low)s to %(high)s.", low=0, high=LONGEST_SHIFT)
)
WORTH_SAYING = 0.005
STOPS: Mapping[str, object] = {
    "investing_over": _l("the investment period is over by then"),
    "life_over": _l("the fund has to be out by then"),
}
LIMITS: Mapping[str, object] = {
    "stake": _l("the largest stake of all funds together"),
    "funds": _l("the number of funds"),
    "patience": _l("the share of money that stays to the exit"),
    "least": _l("the least share of %(capital)s"),
    "most": _l("the most share of %(capital)s"),
    "lead": _l("that a fund leads in each phase"),
}


class AskForm(Form):
    stake_most = PercentField(_l("Largest stake of all funds together"), validators=[Optional(), STAKE])
    funds_most = IntegerField(_l("Funds at most"), validators=[Optional(), COUNT])
    patience = PercentField(_l("Least share of money that stays to the exit"), validators=[Optional(), SHARE])
    least_government_guided = PercentField(_l("Least share of government-guided money"), validators=[Optional(), SHARE])
    most_government_guided = PercentField(
        _l("Largest share of government-guided money"), validators=[Optional(), SHARE]
    )
    least_social = PercentField(_l("Least share of social capital"), validators=[Optional(), SHARE])
    shift_months = IntegerField(_l("Put all milestones later by months"), default=0, validators=[Optional(), SHIFT])
    uplift = PercentField(
        _l("Price of a share rises from phase to phase by"), default=0.0, validators=[Optional(), SHARE]
    )
    confirmed_only = BooleanField(_l("Count only other money that is confirmed"), default=True)
    with_waivers = BooleanField(_l("Count funds that would have to waive a clause"))

    def terms(self) -> Terms:
        least = {
            CapitalType.GOVERNMENT_GUIDED: self.least_government_guided.data,
            CapitalType.SOCIAL: self.least_social.data,
        }
        most = {CapitalType.GOVERNMENT_GUIDED: self.most_government_guided.data}
        verdicts = (*OPEN_TO_TALK, ClearanceVerdict.TO_WAIVE) if self.with_waivers.data else OPEN_TO_TALK
        return Terms(
            stake_most=self.stake_most.data,
            funds_most=self.funds_most.data,
            patience=self.patience.data,
            least={capital: share for capital, share in least.items() if share},
            most={capital: share for capital, share in most.items() if share is not None},
            shift_months=self.shift_months.data or 0,
            uplift=self.uplift.data or 0.0,
            confirmed_only=self.confirmed_only.data,
            verdicts=verdicts,
        )


@bp.get("/capital/rounds/<uuid:round_id>/stacks")
@signed_in
def show_stacks(round_id: UUID) -> ResponseReturnValue:
    asked = rounds.get_round(session(), current_actor(), round_id)
    usual = usual_terms(asked)
    return _render_list(asked, AskForm(formdata=None, stake_most=usual.stake_most, funds_most=usual.funds_most))


@bp.post("/capital/rounds/<uuid:round_id>/stacks")
@signed_in
@commits
def ask_stack(round_id: UUID) -> ResponseReturnValue:
    asked = rounds.get_round(session(), current_actor(), round_id)
    form = AskForm()
    if form.validate():
        with form.refusing():
            stack = asking.ask(session(), current_actor(), asked.id, form.terms(), today=today())
            return redirect(url_for("capital.show_stack", stack_id=stack.id))
    return _render_list(asked, form), 422


@bp.get("/capital/stacks/<uuid:stack_id>")
@signed_in
def show_stack(stack_id: UUID) -> ResponseReturnValue:
    """The plan as it stands, or (`trial` in the address) as it would be with a repair; that is only shown."""
    found = reading.read(session(), current_actor(), stack_id)
    repairs = found.result.get("repairs", ())
    trial = _trial(repairs)
    plan = trial["plan"] if trial else found.plan
    names = _names(found) | _names_of_added(trial)
    return render_template(
        "capital/stack.html",
        **about_round(found.round),
        found=found,
        plan=plan,
        trial=_repair(trial) if trial else "",
        names=names,
        published={row["key"] for row in found.question["funds"]},
        asked_with=_asked_with(found.terms),
        lead=_lead(found, plan),
        picture=_picture(found, plan, names) if plan else None,
        alternatives=found.result.get("alternatives", ()),
        repairs=[(_repair(one), "plan" in one) for one in repairs],
        holding=_holding(found),
        phases=[_phase(one) for one in found.question["phases"]],
        capital_label=lambda code: label(CapitalType(code)),
        is_attended=jobs.is_attended(session()),
    )


@bp.post("/capital/stacks/<uuid:stack_id>/stop")
@signed_in
@commits
def stop_stack(stack_id: UUID) -> ResponseReturnValue:
    asking.stop(session(), current_actor(), stack_id)
    flash(_("Stopped. What was found so far stays."), "success")
    return redirect(url_for("capital.show_stack", stack_id=stack_id))


def _render_list(asked: Round, form: AskForm) -> str:
    listed = asking.list_asked(session(), current_actor(), asked.id)
    return render_template(
        "capital/stacks.html",
        **about_round(asked),
        form=form,
        asked=[(one, _asked_with(from_stored(one.stack.terms))) for one in listed],
    )


def _trial(repairs: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The repair that the address names; none where there is no such, or its plan was not kept."""
    number = request.args.get("trial", -1, type=int)
    return repairs[number] if 0 <= number < len(repairs) and "plan" in repairs[number] else None


def _asked_with(terms: Terms) -> str:
    """The limits of a plan in words, so that plans can be told apart."""
    form = AskForm(formdata=None)
    least, most = terms.least.get, terms.most.get
    shares = (
        (form.stake_most, terms.stake_most),
        (form.patience, terms.patience),
        (form.least_government_guided, least(CapitalType.GOVERNMENT_GUIDED)),
        (form.most_government_guided, most(CapitalType.GOVERNMENT_GUIDED)),
        (form.least_social, least(CapitalType.SOCIAL)),
        (form.uplift, terms.uplift or None),
    )
    told = [(field, percent(share, 1)) for field, share in shares if share is not None]
    counts = ((form.funds_most, terms.funds_most), (form.shift_months, terms.shift_months or None))
    told += [(field, number(count)) for field, count in counts if count is not None]
    said = [f"{field.label.text}{_(': ')}{value}" for field, value in told]
    chosen = ((form.confirmed_only, terms.confirmed_only), (form.with_waivers, terms.verdicts != OPEN_TO_TALK))
    return _("; ").join([*said, *(str(field.label.text) for field, is_chosen in chosen if is_chosen)])


def _names(found: StackReading) -> dict[str, Any]:
    """What a key of a plan is called; one that is gone keeps its place."""
    return {row["key"]: _name(found, row["key"]) for row in found.question["funds"]}


def _name(found: StackReading, key: str) -> Any:
    mandate = found.mandates.get(key)
    return localised(mandate, "name") if mandate is not None else _("a fund that is gone")


def _names_of_added(trial: Mapping[str, Any] | None) -> dict[str, Any]:
    """Funds that there are not, by the keys that they have in the plan of a trial."""
    name = "name_zh" if current_language() == "zh" else "name_en"
    return {one["fund"]: _("one more “%(name)s”", name=one[name]) for one in (trial["added"] if trial else ())}


def _lead(found: StackReading, plan: Mapping[str, Any] | None) -> str:
    """What comes of it, in a sentence."""
    if plan is None and found.asked.is_live:
        return _("The plan is being worked out.")
    if plan is None:
        return _("Stopped before any plan was found.") if found.asked.is_stopped else _("There is no plan.")
    gap = plan["gap"]
    if gap <= 0:
        return ngettext(
            "%(num)s fund closes every month; %(paid)s in all.",
            "%(num)s funds close every month; %(paid)s in all.",
            len(plan["funds"]),
            paid=yuan(plan["paid"]),
        )
    spans = [_span(one["from"], one["to"]) for one in plan["gaps"]]
    return _(
        "%(gap)s stay open in months %(months)s: within the limits asked, no fund that may pay closes them.",
        gap=yuan(gap),
        months=joined(spans),
    )


def _span(first: int, last: int) -> str:
    return number(first) if first == last else _("%(first)s to %(last)s", first=number(first), last=number(last))


def _picture(found: StackReading, plan: Mapping[str, Any], names: Mapping[str, Any]) -> Picture:
    """Money against need, month by month, cumulated: each fund a band, support a band, the need a line."""
    unit, title = (1e4, _("CNY 10,000, cumulated")) if current_language() == "zh" else (1e6, _("CNY M, cumulated"))
    months = [row["month"] for row in plan["months"]]
    bands = [
        Band(
            escape(names[one["key"]]).striptags() if one["key"] else _("Money without a stake"),
            _cumulated(one["amounts"], unit),
        )
        for one in plan["bands"]
    ]
    need = _cumulated([row["need"] for row in plan["months"]], unit)
    short = [row["month"] for row in plan["months"] if row["gap"] > 0]
    return bands_against_line(
        bands,
        Band(str(_("Need, cumulated")), need),
        places=months,
        titles=(str(_("Month")), str(title)),
        alt_text=_lead(found, plan),
        short=short,
        short_name=str(_("Gap")),
    )


def _cumulated(amounts: Sequence[float], unit: float) -> list[float]:
    total, found = 0.0, []
    for amount in amounts:
        total += amount
        found.append(round(total / unit, 4))
    return found


def _phase(one: Mapping[str, Any]) -> dict[str, Any]:
    """Who may pay in this phase, and what keeps the others out."""
    stopped = {
        str(STOPS[code]) if code in STOPS else label(ClauseKind(code)): count
        for code, count in one["stopped_by"].items()
    }
    return {**one, "stopped": sorted(stopped.items(), key=lambda item: -item[1])}


def _repair(one: Mapping[str, Any]) -> str:
    """One more fund of a usual kind, or one limit that gives way: what closes the gap, in a sentence."""
    if one["added"]:
        funds = [
            _(
                "one more fund like “%(name)s” with a life of %(years)s years (%(amount)s)",
                name=typical["name_zh"] if current_language() == "zh" else typical["name_en"],
                years=number(typical["life_months"] / 12, 0),
                amount=yuan(typical["amount"]),
            )
            for typical in one["added"]
        ]
        text = (_(" and ")).join(funds)
    else:
        limit = one["limit"]
        text = _(
            "if %(limit)s goes from %(value)s to %(after)s",
            limit=_limit(limit),
            value=_value(limit, "value"),
            after=_value(limit, "after"),
        )
    return (
        _("%(what)s closes it", what=text)
        if one["closes"]
        else _("%(what)s leaves %(gap)s open", what=text, gap=yuan(one["gap"]))
    )


def _holding(found: StackReading) -> list[str]:
    """Limits that hold the plan back: what one step of more room in one of them would change."""
    plan = found.plan or {}
    told = [_room(plan, one) for one in found.result.get("rooms", ()) if one["moved"] is not None]
    return [text for text in told if text]


def _room(plan: Mapping[str, Any], one: Mapping[str, Any]) -> str:
    """Empty where the step would change nothing."""
    change = {"limit": _limit(one), "value": _value(one, "value"), "after": _value(one, "moved")}
    if one["gap"] < plan["gap"] - WORTH_SAYING * plan["gap"]:
        return _(
            "%(limit)s: with %(after)s in place of %(value)s, the gap falls to %(gap)s.", **change, gap=yuan(one["gap"])
        )
    sold = plan["proof"]["dilution"]["value"]
    if plan["gap"] <= 0 and sold and one["shares"] < sold * (1 - WORTH_SAYING):
        return _(
            "%(limit)s: with %(after)s in place of %(value)s, %(share)s fewer shares have to be sold.",
            **change,
            share=percent(1 - one["shares"] / sold, 1),
        )
    return ""


def _limit(one: Mapping[str, Any]) -> str:
    capital = label(CapitalType(one["capital_type"])) if one.get("capital_type") else ""
    return str(LIMITS[one["kind"]]) % {"capital": capital}


def _value(one: Mapping[str, Any], name: str) -> str:
    value = one[name]
    if value is None:
        return _("no limit at all")
    if one["kind"] == "lead":
        return _("yes") if value else _("no")
    return number(value) if one["kind"] == "funds" else percent(value, 1)
