"""The terms of a mandate in words, one by one: for its card, and for what differs between two editions."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from models.enums import ClauseKind
from web.clause_sentences import FrozenTerms, Names, listed, own_words
from web.i18n import day, number, percent, yuan
from web.labels import label, label_of

TERMS: Mapping[str, object] = {
    "name_zh": _l("Name in Chinese"),
    "name_en": _l("Name in English"),
    "thesis_zh": _l("Thesis in Chinese"),
    "thesis_en": _l("Thesis in English"),
    "level": _l("Level of the fund"),
    "capital_type": _l("Type of capital"),
    "legal_form": _l("Legal form"),
    "manager": _l("Fund manager"),
    "size": _l("Size of the fund"),
    "remaining": _l("Left to invest"),
    "started_on": _l("Start of the fund"),
    "investment_years": _l("Investment period"),
    "exit_years": _l("Exit period"),
    "extension_years": _l("Possible extension"),
    "stages": _l("Financing stages"),
    "fields": _l("Fields of investment"),
    "districts": _l("Districts of the mandate"),
    "exclusions": _l("Exclusions"),
    "ticket_low": _l("Smallest ticket"),
    "ticket_high": _l("Largest ticket"),
    "stake_high": _l("Largest stake"),
    "leads": _l("Lead or follow"),
    "firm_age_high": _l("Oldest firm"),
    "staff_high": _l("Largest headcount"),
    "valuation_high": _l("Highest valuation before the round"),
    "rd_ratio_low": _l("Lowest R&D ratio"),
    "trl_low": _l("Lowest readiness level reached"),
    "certifications": _l("One of these certifications"),
    "main_field_share": _l("Least share of main fields"),
    "reinvestment_multiple": _l("Local re-investment multiple"),
    "risk_tolerance": _l("Risk tolerance"),
    "exemption_terms": _l("Exemption from liability"),
    "decision_weeks": _l("Weeks to a decision"),
}
# What a draft lacks, by the code of a finding or of a refused publication.
FINDINGS: Mapping[str, object] = {
    "name_missing": _l("Enter a name in at least one language."),
    "stages_missing": _l("Choose at least one financing stage."),
    "ticket_low_missing": _l("Enter the smallest ticket."),
    "ticket_high_missing": _l("Enter the largest ticket."),
    "main_field_missing": _l("A least share of main fields is set, but no field is marked as main."),
    "thesis_missing": _l("There is no thesis; firms read it first."),
    "fields_missing": _l("No field is chosen, so firms of every field pass."),
    "life_missing": _l("Start, investment period and exit period are not all said, so nobody can tell your patience."),
    "remaining_missing": _l("What is left to invest is not said."),
    "remaining_under_ticket": _l("What is left to invest is less than the smallest ticket."),
    "tolerance_missing": _l("The risk tolerance is not said."),
    "weeks_missing": _l("How many weeks a decision takes is not said."),
}
MONEY = frozenset({"size", "remaining", "ticket_low", "ticket_high", "valuation_high"})
SHARES = frozenset({"stake_high", "rd_ratio_low", "main_field_share"})
YEARS = frozenset({"investment_years", "exit_years", "extension_years", "firm_age_high"})
CODES = frozenset({"districts", "certifications"})
CLOSED_LISTS: Mapping[str, str] = {
    "level": "FundLevel",
    "capital_type": "CapitalType",
    "leads": "LeadOrFollow",
    "risk_tolerance": "RiskTolerance",
}
# What a card shows in its table of facts; names, thesis and what clauses say stand elsewhere.
FACTS = (
    "level", "capital_type", "legal_form", "manager", "size", "remaining", "started_on", "investment_years",
    "exit_years", "extension_years", "stages", "ticket_low", "ticket_high", "stake_high", "leads", "risk_tolerance",
    "decision_weeks",
)  # fmt: skip


def term_label(name: str) -> str:
    """What a term, or a clause as `clause:firm_age`, is called."""
    if name.startswith("clause:"):
        return _("Clause: %(name)s", name=label(ClauseKind(name.removeprefix("clause:"))))
    return str(TERMS.get(name, name))


def term_words(name: str, value: Any, names: Names) -> str:
    """The value of a term as people read it; a dash where nothing is said."""
    if value is None or value in ("", [], ()):
        return "—"
    if name.startswith("clause:"):
        return _clause_words(value)
    if name in CLOSED_LISTS:
        return label_of(CLOSED_LISTS[name], value)
    return next((say(value, names) for group, say in GROUPS if name in group), str(value))


def fact_rows(terms: FrozenTerms, names: Names) -> list[tuple[str, str]]:
    return [(term_label(name), term_words(name, terms[name], names)) for name in FACTS]


def _clause_words(clause: Mapping[str, Any]) -> str:
    force = label_of("ClauseForce", clause["force"])
    parts = [force, own_words(clause), clause.get("source", "")]
    return " · ".join(part for part in parts if part)


def clause_name_and_words(clause: Mapping[str, Any]) -> str:
    return f"{term_label('clause:' + clause['kind'])} ({_clause_words(clause)})"


def _years(value: int, _names: Names) -> str:
    return ngettext("one year", "%(num)s years", value)


def _field_words(rows: list[Mapping[str, Any]], names: Names) -> str:
    def say(row: Mapping[str, Any]) -> str:
        name = names.get(row["node_code"], row["node_code"])
        return _("%(name)s (main)", name=name) if row["is_main"] else name

    return listed(map(say, rows))


GROUPS: tuple[tuple[frozenset[str], Callable[[Any, Names], str]], ...] = (
    (MONEY, lambda value, _names: yuan(value)),
    (SHARES, lambda value, _names: percent(value, 1)),
    (YEARS, _years),
    (CODES, lambda value, names: listed(names.get(code, code) for code in value)),
    (frozenset({"started_on"}), lambda value, _names: day(date.fromisoformat(str(value)))),
    (frozenset({"stages"}), lambda value, _names: listed(label_of("FinancingStage", code) for code in value)),
    (frozenset({"fields"}), _field_words),
    (frozenset({"exclusions"}), lambda value, _names: listed(value)),
    (frozenset({"decision_weeks"}), lambda value, _names: ngettext("one week", "%(num)s weeks", value)),
    (frozenset({"reinvestment_multiple"}), lambda value, _names: _("%(times)s times", times=number(value, 2))),
    (frozenset({"staff_high"}), lambda value, _names: number(value)),
)
