"""Interventions as sentences, and numbers with their sign."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from matchmaker.services.scenarios.naming import Named
from models.enums import ClauseForce, ClauseKind, FinancingStage, InterventionKind
from web.i18n import localised, number, percent, yuan
from web.labels import component_label, label
from web.rule_sentences import rule_sentences

Stored = Mapping[str, Any]
MONEY = frozenset({"ticket_low", "ticket_high", "remaining", "valuation_high"})
SHARES = frozenset({"stake_high", "rd_ratio_low"})
MANDATE_LIMITS: Mapping[str, object] = {
    "ticket_high": _l("Largest ticket"),
    "ticket_low": _l("Least ticket"),
    "remaining": _l("Money left"),
    "stake_high": _l("Largest stake"),
    "valuation_high": _l("Highest valuation"),
    "trl_low": _l("Least readiness level"),
    "rd_ratio_low": _l("Least R&D share of sales"),
    "age_high": _l("Oldest firm, years"),
    "staff_high": _l("Most people in the firm"),
    "life_left": _l("Years until the fund has to be out"),
}
NODE_LIMITS: Mapping[str, object] = {
    "suppliers_for_covered": _l("Suppliers from which a chain node counts as covered"),
    "least_level": _l("Least level at which a statement counts as supply"),
}


def sentence(stored: Stored, named: Named) -> str:
    """What one intervention does."""
    return SENTENCES[InterventionKind(stored["kind"])](stored, named)


def signed(value: int | float) -> str:
    """+3, 0 or −2, so that a change is told from a number of things."""
    if value > 0:
        return f"+{number(value)}"
    return f"−{number(-value)}" if value < 0 else number(0)


def _open(stored: Stored, named: Named) -> str:
    return _("%(facility)s lets everybody in.", facility=_name(named.facilities, stored["facility_id"]))


def _add_facility(stored: Stored, named: Named) -> str:
    node, level = _name(named.nodes, stored["node"]), stored.get("level", 4)
    if operator := stored.get("operator"):
        who = _name(named.organisations, operator)
        return _(
            "%(who)s opens another lab or pilot line for %(node)s, level %(level)s.", who=who, node=node, level=level
        )
    if district := stored.get("district"):
        where = _name(named.districts, district)
        return _("A new pilot base for %(node)s in %(where)s, level %(level)s.", node=node, where=where, level=level)
    return _("A new pilot base for %(node)s, level %(level)s.", node=node, level=level)


def _add_fund(stored: Stored, named: Named) -> str:
    parts = []
    if money := stored.get("money"):
        parts.append(_("%(money)s in all", money=yuan(money)))
    if ticket := stored.get("ticket_high"):
        parts.append(_("tickets up to %(ticket)s", ticket=yuan(ticket)))
    if stages := stored.get("stages"):
        parts.append(_(", ").join(label(FinancingStage(code)) for code in stages))
    if nodes := stored.get("nodes"):
        parts.append(_(", ").join(_name(named.nodes, code) for code in nodes))
    if districts := stored.get("districts"):
        parts.append(_(", ").join(_name(named.districts, code) for code in districts))
    return _("A new fund: %(terms)s.", terms=_("; ").join(parts) or "—")


def _change_mandate(stored: Stored, named: Named) -> str:
    fund = _name(named.mandates, stored["mandate_id"])
    if clause := stored.get("clause"):
        force = label(ClauseForce(stored["force"]))
        return _("%(fund)s holds “%(clause)s”: %(force)s.", fund=fund, clause=label(ClauseKind(clause)), force=force)
    what = MANDATE_LIMITS[stored["limit"]]
    if (value := stored.get("value")) is None:
        return _("%(fund)s drops a limit: %(what)s.", fund=fund, what=what)
    return _("%(fund)s, %(what)s: %(value)s.", fund=fund, what=what, value=_limit(stored["limit"], value))


def _limit(name: str, value: float) -> str:
    if name in MONEY:
        return yuan(value)
    return percent(value) if name in SHARES else number(value)


def _change_rule(stored: Stored, named: Named) -> str:
    if limit := stored.get("limit"):
        return _("%(what)s: %(value)s.", what=NODE_LIMITS[limit], value=number(stored["value"]))
    if clause := stored.get("clause"):
        usual = label(ClauseForce(stored["force"]))
        return _("Funds usually hold “%(clause)s”: %(force)s.", clause=label(ClauseKind(clause)), force=usual)
    rule = rule_text(named, stored["rule_id"])
    if stored.get("left_out"):
        return _("Without the rule “%(rule)s”", rule=rule)
    bounds = [
        text
        for text in (
            _("at least %(value)s", value=_plain(stored["least"])) if "least" in stored else "",
            _("at most %(value)s", value=_plain(stored["most"])) if "most" in stored else "",
        )
        if text
    ]
    return _("The rule “%(rule)s” with %(bounds)s", rule=rule, bounds=_(", ").join(bounds))


def rule_text(named: Named, key: str) -> str:
    rule = named.rules.get(key)
    return rule_sentences([rule])[0] if rule is not None else _("a rule that is no longer there")


def _plain(value: float) -> str:
    return percent(value) if 0 < value < 1 else number(value)


def _change_weight(stored: Stored, _named: Named) -> str:
    name = component_label(stored["component"])
    return _(
        "In the score of partners, “%(component)s” weighs %(weight)s.", component=name, weight=stored.get("weight", 0)
    )


def _raise(stored: Stored, named: Named) -> str:
    many = len(stored["organisation_ids"]) if "organisation_ids" in stored else stored.get("many", 10)
    where = [
        _name(rows, stored[field])
        for rows, field in ((named.nodes, "node"), (named.districts, "district"))
        if stored.get(field)
    ]
    scheme = _name(named.schemes, stored["scheme"])
    told = ngettext("%(num)s SME is raised to %(scheme)s", "%(num)s SMEs are raised to %(scheme)s", many, scheme=scheme)
    return f"{told}{_(' (')}{_(', ').join(where)}{_(')')}" if where else told


def _name(rows: Mapping[str, Any], key: str) -> str:
    row = rows.get(key)
    return str(localised(row, "name").striptags()) if row is not None else _("something that is no longer there")


SENTENCES: Mapping[InterventionKind, Callable[[Stored, Named], str]] = {
    InterventionKind.OPEN_FACILITY: _open,
    InterventionKind.ADD_FACILITY: _add_facility,
    InterventionKind.ADD_FUND: _add_fund,
    InterventionKind.CHANGE_MANDATE: _change_mandate,
    InterventionKind.CHANGE_RULE: _change_rule,
    InterventionKind.CHANGE_WEIGHT: _change_weight,
    InterventionKind.RAISE_CERTIFICATION: _raise,
}
