"""Sentences about a round and a mandate held against each other. They speak of "the round" and "the mandate", because
the same evidence is read by both sides.
"""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from matchmaker.services.evidence import Named
from models.enums import FinancingStage
from web.i18n import number, percent, yuan, yuan_range
from web.labels import label_of
from web.sentences.wording import area_name, clauses, coded, listed, place_name, with_projects

Facts = Mapping[str, Any]


def _ticket(facts: Facts, score: float, _named: Named) -> str:
    asked, low, high = yuan(facts["asked"]), facts["low"], facts["high"]
    if score >= 1:
        return _(
            "The %(asked)s sought lie within the tickets of the mandate, %(range)s",
            asked=asked,
            range=yuan_range(low, high),
        )
    if low is not None and facts["asked"] < low:
        return _("The smallest ticket is %(low)s, more than the %(asked)s sought", low=yuan(low), asked=asked)
    return _(
        "The largest ticket of %(high)s covers %(share)s of the %(asked)s sought; others would have to join",
        high=yuan(high), share=percent(score), asked=asked,
    )  # fmt: skip


def _stage(facts: Facts, score: float, _named: Named) -> str:
    values = {
        "stage": label_of(FinancingStage, facts["asked"]),
        "stages": listed(label_of(FinancingStage, stage) for stage in facts["stages"]),
    }
    if score >= 1:
        return _("The round is at a stage of the mandate: %(stage)s", **values)
    if score > 0:
        return _("The round (%(stage)s) is a stage away from those of the mandate: %(stages)s", **values)
    return _("The round (%(stage)s) is far from the stages of the mandate: %(stages)s", **values)


def _main_field(facts: Facts, _score: float, named: Named) -> str:
    return _("The firm works at %(field)s, a main field of the mandate", field=coded(named.nodes, facts["field"]))


def _field(facts: Facts, score: float, named: Named) -> str:
    field = coded(named.nodes, facts["field"])
    if score >= 1:  # the mandate puts none of its fields before the others
        return _("The firm works at %(field)s, a field of the mandate", field=field)
    return _("The firm works at %(field)s, a field of the mandate beside its main ones", field=field)


def _near_field(facts: Facts, _score: float, named: Named) -> str:
    names = {side: coded(named.nodes, facts[side]) for side in ("node", "field")}
    return _("The firm works at %(node)s, near the mandate's field %(field)s on the chain", **names)


def _far_field(facts: Facts, _score: float, named: Named) -> str:
    return _("The firm works at %(node)s, away from all fields of the mandate", node=coded(named.nodes, facts["node"]))


def _inside(facts: Facts, _score: float, named: Named) -> str:
    return _("The firm is in %(place)s, a district of the mandate", place=place_name(facts["place"], named))


def _outside(facts: Facts, _score: float, named: Named) -> str:
    return _("The firm is in %(place)s, outside the districts of the mandate", place=place_name(facts["place"], named))


def years(value: float) -> str:
    """Whole years where they are, else with a tenth."""
    rounded = round(value, 1)
    return number(rounded, 0 if rounded == int(rounded) else 1)


def _reaches(facts: Facts, _score: float, _named: Named) -> str:
    return _(
        "The fund's life of %(life)s more years reaches the exit, %(exit)s years away",
        life=years(facts["life_years"]), exit=years(facts["exit_years"]),
    )  # fmt: skip


def _short(facts: Facts, _score: float, _named: Named) -> str:
    return _(
        "The exit is %(exit)s years away, the fund's life %(life)s: a patience gap of %(gap)s years",
        exit=years(facts["exit_years"]), life=years(facts["life_years"]), gap=years(facts["gap_years"]),
    )  # fmt: skip


def _tolerant(facts: Facts, score: float, named: Named) -> str:
    if facts["gap_years"] is None:
        return _("The exit is %(exit)s years away; the fund tolerates long ways", exit=years(facts["exit_years"]))
    return clauses([_short(facts, score, named), _("no penalty, because the fund's tolerance of risk is high")])


def _tickets(facts: Facts, _score: float, _named: Named) -> str:
    return _(
        "%(left)s left to invest, %(times)s times a ticket for this round (%(ticket)s)",
        left=yuan(facts["remaining"]),
        times=number(facts["remaining"] / facts["ticket"], 1),
        ticket=yuan(facts["ticket"]),
    )


def _over(facts: Facts, _score: float, _named: Named) -> str:
    return _("%(left)s left, but the investment period is over", left=yuan(facts["remaining"]))


def _near_deals(facts: Facts, _score: float, named: Named) -> str:
    said = ngettext(
        "%(num)s of the fund's %(of)s past deals resembles this firm",
        "%(num)s of the fund's %(of)s past deals resemble this firm", facts["count"], of=facts["of"],
    )  # fmt: skip
    return with_projects(said, facts["ids"], named)


def _no_near_deal(facts: Facts, _score: float, _named: Named) -> str:
    return ngettext(
        "The fund's one past deal was about something else",
        "None of the fund's %(num)s past deals resembles this firm", facts["of"],
    )  # fmt: skip


def _places(facts: Facts, _score: float, named: Named) -> str:
    return _(
        "%(deals)s of the fund's %(of)s first investments of known place were in %(area)s, where this firm is",
        deals=facts["deals"], of=facts["of"], area=area_name(facts["area"], named),
    )  # fmt: skip


def _scarcity(facts: Facts, _score: float, named: Named) -> str:
    name = {"name": coded(named.capabilities, facts["capability"]), "level": facts["level"]}
    if facts["others"] == 0:
        return _("Nobody else in the region offers %(name)s at level %(level)s or above", **name)
    return ngettext(
        "%(num)s other in the region offers %(name)s at level %(level)s or above",
        "%(num)s others in the region offer %(name)s at level %(level)s or above", facts["others"], **name,
    )  # fmt: skip


def _milestones(facts: Facts, _score: float, _named: Named) -> str:
    said = ngettext(
        "%(num)s milestone, in month %(month)s", "%(num)s milestones, the first in month %(month)s",
        facts["milestones"], month=facts["month"],
    )  # fmt: skip
    costed = _("%(num)s of them with a cost", num=facts["costed"]) if "costed" in facts else ""
    return clauses([said, costed, _evidenced(facts)])


def _evidenced(facts: Facts) -> str:
    if "evidenced" not in facts:
        return ""
    if facts["evidenced"]:
        return _("a published offer stands at the TRL %(trl)s it says it has reached", trl=facts["trl"])
    return _("no published offer stands at the TRL %(trl)s it says it has reached", trl=facts["trl"])


ABOUT_CAPITAL: Mapping[str, Callable[[Facts, float, Named], str]] = {
    "ticket.range": _ticket,
    "stage_asked.named": _stage,
    "invested_field.main": _main_field,
    "invested_field.other": _field,
    "invested_field.near": _near_field,
    "invested_field.far": _far_field,
    "mandate_place.inside": _inside,
    "mandate_place.outside": _outside,
    "patience.reaches": _reaches,
    "patience.short": _short,
    "patience.tolerant": _tolerant,
    "money_left.tickets": _tickets,
    "money_left.over": _over,
    "fund_deals.near": _near_deals,
    "fund_deals.none": _no_near_deal,
    "fund_places.share": _places,
    "scarcity.others": _scarcity,
    "milestones.plan": _milestones,
}
