"""Clauses of mandates in words: what a fund asks, what is known of the firm, what comes of the two.

Terms are read as they are frozen in an edition: plain values by name, `fields` and `clauses` as lists. Facts are those
of a line of clearance.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from matchmaker.services import reference
from matchmaker.services.clearing.lines import ClauseLine
from matchmaker.services.mandates import editions, reading
from models.enums import ClauseForce, ClauseKind, ClauseOutcome, ClearanceVerdict
from models.funds import Mandate
from web.choices import names_of
from web.database import session
from web.i18n import current_language, day, number, percent, yuan
from web.labels import label, label_of

K = ClauseKind
FrozenTerms = Mapping[str, Any]
Facts = Mapping[str, Any]
Names = Mapping[str, str]

OUTCOME_TONES: Mapping[ClauseOutcome, str] = {
    ClauseOutcome.MET: "good",
    ClauseOutcome.WAIVABLE: "primary",
    ClauseOutcome.UNKNOWN: "warn",
    ClauseOutcome.FAILED: "bad",
}
OUTCOME_ICONS: Mapping[ClauseOutcome, str] = {
    ClauseOutcome.MET: "check-circle",
    ClauseOutcome.WAIVABLE: "arrow-left-right",
    ClauseOutcome.UNKNOWN: "question-circle",
    ClauseOutcome.FAILED: "x-circle",
}
VERDICT_TONES: Mapping[ClearanceVerdict, str] = {
    ClearanceVerdict.CLEARED: "good",
    ClearanceVerdict.TO_ASK: "warn",
    ClearanceVerdict.TO_WAIVE: "primary",
    ClearanceVerdict.STOPPED: "bad",
}
FORCES: Mapping[ClauseForce, object] = {
    ClauseForce.HARD: _l("Hard: a firm that does not meet it is stopped"),
    ClauseForce.WAIVABLE: _l("Can be waived: with a reason the fund lets it pass"),
    ClauseForce.SOFT: _l("Soft: it is told and stops nobody"),
}
# The head of what stops most firms: "9 stopped by age".
STOPPED_BY: Mapping[ClauseKind, object] = {
    K.STATUS: _l("the status of the fund"),
    K.FIELD: _l("field"),
    K.EXCLUSION: _l("exclusion"),
    K.DISTRICT: _l("district"),
    K.STAGE: _l("stage"),
    K.FIRM_AGE: _l("age"),
    K.STAFF: _l("headcount"),
    K.RD_RATIO: _l("R&D ratio"),
    K.CERTIFICATION: _l("certification"),
    K.READINESS: _l("readiness level"),
    K.VALUATION: _l("valuation"),
    K.TICKET: _l("ticket size"),
    K.STAKE: _l("stake"),
    K.MONEY_LEFT: _l("money left"),
    K.LIFE: _l("life of the fund"),
    K.MAIN_FIELD_SHARE: _l("share of main fields"),
    K.REINVESTMENT: _l("local re-investment"),
}


def code_names() -> Names:
    """Names of chain nodes, districts and certifications, whose codes never meet."""
    rows = [
        *reference.list_nodes(session()),
        *reference.list_districts(session()),
        *reference.list_schemes(session()),
    ]
    return names_of(rows)


def frozen_terms(mandate: Mandate) -> FrozenTerms:
    """What the mandate says now, as an edition would freeze it."""
    return editions.freeze(session(), reading.terms_of(session(), mandate))


def limit_sentence(kind: ClauseKind, terms: FrozenTerms, names: Names) -> str:
    """What the clause asks, in the figures of the mandate."""
    return LIMITS[kind](terms, names)


def clause_text(clause: Mapping[str, Any], terms: FrozenTerms, names: Names) -> str:
    """The fund's own words in the reader's language, else in the other, else the sentence of the limit."""
    return own_words(clause) or limit_sentence(ClauseKind(clause["kind"]), terms, names)


def own_words(clause: Mapping[str, Any]) -> str:
    first, second = ("text_en", "text_zh") if current_language() == "en" else ("text_zh", "text_en")
    return clause.get(first) or clause.get(second) or ""


def main_fields(terms: FrozenTerms) -> list[str]:
    return [one["node_code"] for one in terms["fields"] if one["is_main"]]


def life_ends_on(terms: FrozenTerms) -> date | None:
    """When the fund has to be out, without an extension; None where its life is not said."""
    start = date.fromisoformat(str(terms["started_on"])) if terms["started_on"] else None
    return reading.life_ends_on(start, terms["investment_years"], terms["exit_years"])


def listed(words: Iterable[str]) -> str:
    """Words with the comma of the language, as plain text for a sentence that is escaped as a whole."""
    return ("、" if current_language() == "zh" else ", ").join(words)


def _named(codes: Iterable[str], names: Names) -> str:
    return listed(names.get(code, code) for code in codes)


def _status(_terms: FrozenTerms, _names: Names) -> str:
    return _("The fund invests at present")


def _field(terms: FrozenTerms, names: Names) -> str:
    return _("The firm works in one of: %(names)s", names=_named((one["node_code"] for one in terms["fields"]), names))


def _exclusion(terms: FrozenTerms, _names: Names) -> str:
    return _("The firm does not fall under: %(names)s", names=listed(terms["exclusions"]))


def _district(terms: FrozenTerms, names: Names) -> str:
    return _("The firm is based in one of: %(names)s", names=_named(terms["districts"], names))


def _stage(terms: FrozenTerms, _names: Names) -> str:
    stages = listed(label_of("FinancingStage", code) for code in terms["stages"])
    return _("The round is one of: %(names)s", names=stages)


def _firm_age(terms: FrozenTerms, _names: Names) -> str:
    years = terms["firm_age_high"]
    return ngettext("The firm is one year old at most", "The firm is %(num)s years old at most", years)


def _staff(terms: FrozenTerms, _names: Names) -> str:
    return _("The firm has %(count)s people at most", count=number(terms["staff_high"]))


def _rd_ratio(terms: FrozenTerms, _names: Names) -> str:
    return _("R&D spending is %(share)s of sales at least", share=percent(terms["rd_ratio_low"], 1))


def _certification(terms: FrozenTerms, names: Names) -> str:
    return _("The firm holds one of: %(names)s", names=_named(terms["certifications"], names))


def _readiness(terms: FrozenTerms, _names: Names) -> str:
    return _("The technology has reached TRL %(level)s at least", level=terms["trl_low"])


def _valuation(terms: FrozenTerms, _names: Names) -> str:
    return _("The valuation before the round is %(amount)s at most", amount=yuan(terms["valuation_high"]))


def _ticket(terms: FrozenTerms, _names: Names) -> str:
    return _("The round seeks %(amount)s at least, the smallest ticket", amount=yuan(terms["ticket_low"]))


def _stake(terms: FrozenTerms, _names: Names) -> str:
    return _("The smallest ticket buys %(share)s of the firm at most", share=percent(terms["stake_high"], 1))


def _money_left(terms: FrozenTerms, _names: Names) -> str:
    return _("The fund has a smallest ticket left to invest (%(amount)s)", amount=yuan(terms["ticket_low"]))


def _life(terms: FrozenTerms, _names: Names) -> str:
    end = day(life_ends_on(terms))
    if not terms["extension_years"]:
        return _("The exit comes before the fund ends on %(day)s", day=end)
    return ngettext(
        "The exit comes before the fund ends on %(day)s; it can be extended by %(num)s year",
        "The exit comes before the fund ends on %(day)s; it can be extended by %(num)s years",
        terms["extension_years"],
        day=end,
    )


def _main_field_share(terms: FrozenTerms, names: Names) -> str:
    return _(
        "With this deal, %(share)s of the money at least is in the main fields: %(names)s",
        share=percent(terms["main_field_share"], 1),
        names=_named(main_fields(terms), names),
    )


def _reinvestment(terms: FrozenTerms, _names: Names) -> str:
    return _(
        "%(multiple)s times the money is re-invested locally (a soft term in decline)",
        multiple=number(terms["reinvestment_multiple"], 2),
    )


LIMITS: Mapping[ClauseKind, Callable[[FrozenTerms, Names], str]] = {
    K.STATUS: _status,
    K.FIELD: _field,
    K.EXCLUSION: _exclusion,
    K.DISTRICT: _district,
    K.STAGE: _stage,
    K.FIRM_AGE: _firm_age,
    K.STAFF: _staff,
    K.RD_RATIO: _rd_ratio,
    K.CERTIFICATION: _certification,
    K.READINESS: _readiness,
    K.VALUATION: _valuation,
    K.TICKET: _ticket,
    K.STAKE: _stake,
    K.MONEY_LEFT: _money_left,
    K.LIFE: _life,
    K.MAIN_FIELD_SHARE: _main_field_share,
    K.REINVESTMENT: _reinvestment,
}


def fact_sentence(line: ClauseLine, names: Names) -> str:
    """What the clause was held against; where it is not known, just that."""
    if line.fact is None:
        return _("not known")
    return FACTS[line.kind](line.fact, names)


def outcome_sentence(line: ClauseLine) -> str:
    """What the outcome means for the firm, with the force of the clause."""
    if line.is_waived:
        return _("Not met, and the fund has let it pass.")
    if line.outcome is ClauseOutcome.MET:
        return _("It is met.")
    if line.outcome is ClauseOutcome.UNKNOWN:
        return _("Nobody has said it, or it is kept back; it stops nobody.")
    if line.force is ClauseForce.SOFT:
        return _("Not met; it is told and stops nobody.")
    if line.outcome is ClauseOutcome.WAIVABLE:
        return _("Not met; the fund can let it pass with a reason.")
    return _("Not met; this stops the firm.")


def _fact_status(fact: Facts, _names: Names) -> str:
    return _("It invests") if fact["is_investing"] else _("It does not invest at present")


def _fact_field(fact: Facts, names: Names) -> str:
    return _("Works in: %(names)s", names=_named(fact["nodes"], names))


def _fact_exclusion(fact: Facts, _names: Names) -> str:
    if not fact["words"]:
        return _("Falls under none of them")
    return _("Falls under: %(names)s", names=listed(fact["words"]))


def _fact_place(fact: Facts, names: Names) -> str:
    return _("Based in %(place)s", place=names.get(fact["place"], fact["place"]))


def _fact_age(fact: Facts, _names: Names) -> str:
    return _("%(years)s years old, founded on %(day)s", years=number(fact["years"], 1), day=day(fact["founded_on"]))


def _fact_certification(fact: Facts, names: Names) -> str:
    if not fact["schemes"]:
        return _("Holds none that is valid")
    return _("Holds: %(names)s", names=_named(fact["schemes"], names))


def _fact_stake(fact: Facts, _names: Names) -> str:
    return _(
        "It would buy %(share)s: valuation %(valuation)s, round %(amount)s",
        share=percent(fact["stake"], 1),
        valuation=yuan(fact["valuation"]),
        amount=yuan(fact["amount"]),
    )


def _fact_life(fact: Facts, _names: Names) -> str:
    if not fact["gap"]:
        return _("Exit in %(years)s years", years=number(fact["years"], 1))
    return _(
        "Exit in %(years)s years, %(gap)s years after the fund has to be out",
        years=number(fact["years"], 1),
        gap=number(fact["gap"], 1),
    )


def _fact_main_share(fact: Facts, names: Names) -> str:
    if fact["nodes"]:
        return _("In a main field: %(names)s", names=_named(fact["nodes"], names))
    return _("Not in a main field; with it the share would be %(share)s", share=percent(fact["share"], 1))


def _fact_local(fact: Facts, names: Names) -> str:
    place = names.get(fact["place"], fact["place"])
    if fact["is_local"]:
        return _("Registered here, in %(place)s: the deal counts", place=place)
    return _("Registered elsewhere, in %(place)s: the deal does not count", place=place)


FACTS: Mapping[ClauseKind, Callable[[Facts, Names], str]] = {
    K.STATUS: _fact_status,
    K.FIELD: _fact_field,
    K.EXCLUSION: _fact_exclusion,
    K.DISTRICT: _fact_place,
    K.STAGE: lambda fact, _names: _("Round: %(stage)s", stage=label(fact["stage"])),
    K.FIRM_AGE: _fact_age,
    K.STAFF: lambda fact, _names: _("%(count)s people", count=number(fact["staff"])),
    K.RD_RATIO: lambda fact, _names: _("%(share)s of sales", share=percent(fact["rd_ratio"], 1)),
    K.CERTIFICATION: _fact_certification,
    K.READINESS: lambda fact, _names: _("TRL %(level)s", level=number(fact["trl"])),
    K.VALUATION: lambda fact, _names: yuan(fact["valuation"]),
    K.TICKET: lambda fact, _names: _("Seeks %(amount)s", amount=yuan(fact["amount"])),
    K.STAKE: _fact_stake,
    K.MONEY_LEFT: lambda fact, _names: _("%(amount)s left", amount=yuan(fact["remaining"])),
    K.LIFE: _fact_life,
    K.MAIN_FIELD_SHARE: _fact_main_share,
    K.REINVESTMENT: _fact_local,
}
