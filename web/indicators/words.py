"""A formula in words, and figures as people read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from matchmaker.services.indicators.catalogue import (
    BY_CODE,
    All,
    Any_,
    Comparison,
    Condition,
    FieldShape,
    Formula,
    Has,
    Listed,
    Not,
    RegistryField,
    list_names,
)
from models.enums import ConditionRelation, CountedRecord, IndicatorUnit
from web.database import session
from web.i18n import current_language, number, percent
from web.labels import LABELS, label

Names = Mapping[Listed, Mapping[str, tuple[str, str]]]
# Shares are typed and read as percent.
PERCENT_FIELDS = frozenset({"rd_ratio", "rd_staff_share"})

FIELDS: Mapping[str, object] = {
    "kind": _l("kind of organisation"),
    "ownership": _l("ownership"),
    "district": _l("district"),
    "is_local": _l("sits in this region"),
    "size": _l("size by staff"),
    "revenue_band": _l("yearly revenue"),
    "industry_section": _l("section of industry (GB/T 4754)"),
    "industry": _l("class of industry (GB/T 4754)"),
    "staff": _l("number of staff"),
    "rd_ratio": _l("R&D as a share of sales"),
    "rd_staff_share": _l("share of R&D staff"),
    "founded_year": _l("year of founding"),
    "age": _l("full years since founding"),
    "certifications": _l("valid certifications"),
    "chains": _l("chains"),
    "nodes": _l("chain nodes"),
    "positions": _l("positions on the chain"),
    "patents_granted": _l("patents granted"),
    "patents_applied": _l("patents applied for"),
    "offers": _l("published offers in number"),
    "offer_types": _l("kinds of published offers"),
    "needs": _l("published needs in number"),
    "facilities": _l("facilities in number"),
    "projects_3y": _l("joint projects begun within three years"),
    "projects_5y": _l("joint projects begun within five years"),
    "deals_received": _l("investments received"),
    "capacity_free": _l("co-operations it could still take on"),
    "is_verified": _l("verified by an officer"),
    "type": _l("kind of co-operation"),
    "trl": _l("readiness level reached (TRL)"),
    "level": _l("capability level"),
    "stage": _l("stage of development"),
    "ip_status": _l("state of intellectual property"),
    "budget": _l("budget in CNY"),
    "open_to": _l("open to"),
    "accepts_voucher": _l("takes innovation vouchers"),
    "prices_published": _l("has published prices"),
    "services": _l("services"),
    "trl_in": _l("readiness level taken in"),
    "trl_out": _l("readiness level handed on"),
    "lead_time_days": _l("lead time in days"),
    "hours_open": _l("hours open a year"),
    "hours_used": _l("hours used last year"),
    "services_last_year": _l("services given last year"),
    "income_last_year": _l("service income last year in CNY"),
    "node": _l("chain node"),
    "chain": _l("industrial chain"),
    "position": _l("position on the chain"),
    "suppliers_here": _l("suppliers in this region"),
    "suppliers_outside": _l("suppliers outside"),
    "asked_by": _l("organisations that ask for something"),
}
SECTIONS: Mapping[str, object] = {
    "A": _l("A Agriculture, forestry, animal husbandry and fishery"),
    "B": _l("B Mining"),
    "C": _l("C Manufacturing"),
    "D": _l("D Electricity, heat, gas and water"),
    "E": _l("E Construction"),
    "F": _l("F Wholesale and retail"),
    "G": _l("G Transport, storage and post"),
    "H": _l("H Accommodation and catering"),
    "I": _l("I Information, software and IT services"),
    "J": _l("J Finance"),
    "K": _l("K Real estate"),
    "L": _l("L Leasing and business services"),
    "M": _l("M Research and technical services"),
    "N": _l("N Water, environment and public facilities"),
    "O": _l("O Household, repair and other services"),
    "P": _l("P Education"),
    "Q": _l("Q Health and social work"),
    "R": _l("R Culture, sports and entertainment"),
    "S": _l("S Public administration and social security"),
    "T": _l("T International organisations"),
}


@dataclass(frozen=True)
class InWords:
    """A formula in one language, line by line: what the line is about, and what it says."""

    language: str
    lines: Sequence[tuple[str, str]]


def in_words(formula: Formula, unit: IndicatorUnit) -> list[InWords]:
    """In the reader's language, then in the other one."""
    names = list_names(session())
    own = current_language()
    return [_in_words(formula, unit, names, language) for language in (own, "en" if own == "zh" else "zh")]


def _in_words(formula: Formula, unit: IndicatorUnit, names: Names, language: str) -> InWords:
    with force_locale(language):
        lines = [
            (_("Counted"), label(formula.count)),
            (_("Out of"), _told(formula.of, formula.count, names) or _("all records")),
            (_("Those that count"), _told(formula.where, formula.count, names)),
            (_("What is taken"), _amount(formula, unit)),
        ]
        return InWords("zh-CN" if language == "zh" else language, [line for line in lines if line[1]])


def _amount(formula: Formula, unit: IndicatorUnit) -> str:
    if formula.amount is None:
        return ""
    said = field_label(formula.amount)
    return _("sum of: %(field)s", field=said) if unit is IndicatorUnit.AMOUNT else _("mean of: %(field)s", field=said)


def _told(condition: Condition | None, record: CountedRecord, names: Names) -> str:
    if condition is None:
        return ""
    match condition:
        case All(parts):
            return _("; and ").join(_told(part, record, names) for part in parts)
        case Any_(parts):
            return _("(%(parts)s)", parts=_("; or ").join(_told(part, record, names) for part in parts))
        case Not(part):
            return _("not (%(part)s)", part=_told(part, record, names))
        case Has(held, where):
            return _(
                "has at least one of “%(record)s” for which: %(where)s",
                record=label(held),
                where=_told(where, held, names),
            )
    return comparison_text(condition, record, names)


def comparison_text(asked: Comparison, record: CountedRecord, names: Names) -> str:
    field = BY_CODE[record][asked.field]
    if field.shape is FieldShape.FLAG:
        return _("%(field)s: %(answer)s", field=field_label(field.code), answer=_("yes") if asked.value else _("no"))
    return _(
        "%(field)s %(relation)s %(value)s",
        field=field_label(field.code),
        relation=label(asked.relation),
        value=value_text(asked, field, names),
    )


def value_text(asked: Comparison, field: RegistryField, names: Names) -> str:
    if isinstance(asked.value, tuple):
        comma = "、" if current_language() == "zh" else ", "
        return comma.join(code_label(field, code, names) for code in asked.value)
    if field.code in PERCENT_FIELDS:
        return percent(float(asked.value), 2)
    return f"{asked.value:g}" if field.code == "founded_year" else number(float(asked.value), 2)


def code_label(field: RegistryField, code: str, names: Names) -> str:
    if isinstance(field.codes, Listed):
        if field.codes is Listed.SECTIONS:
            return str(SECTIONS.get(code, code))
        zh, en = names[field.codes].get(code, (code, code))
        return (zh or en) if current_language() == "zh" else (en or zh)
    assert field.codes is not None
    return str(LABELS[field.codes][field.codes(code)])


def field_label(code: str) -> str:
    return str(FIELDS[code])


def relations_of(field: RegistryField) -> Sequence[tuple[str, str]]:
    return [(relation.value, label(relation)) for relation in field.relations if relation is not ConditionRelation.IS]


def figure_text(value: float | None, unit: IndicatorUnit, amount: str | None = None) -> str:
    """The figure of an indicator: a share and the mean of a share as percent."""
    if unit is IndicatorUnit.SHARE or (unit is IndicatorUnit.MEAN and amount in PERCENT_FIELDS):
        return percent(value, 1)
    return number(value, 1 if unit is IndicatorUnit.MEAN else 0)


def change_text(value: float | None, before: float | None, unit: IndicatorUnit, amount: str | None = None) -> str:
    """By how much it moved; shares in points."""
    if value is None or before is None:
        return ""
    moved = value - before
    if unit is IndicatorUnit.SHARE or amount in PERCENT_FIELDS:
        return _("%(points)s points", points=_signed(100 * moved, 1))
    return _signed(moved, 1 if unit is IndicatorUnit.MEAN else 0)


def _signed(value: float, digits: int) -> str:
    rounded = round(value, digits)
    return ("+" if rounded > 0 else "") + number(rounded + 0.0, digits)
