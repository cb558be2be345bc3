"""Clearance, written out for one mandate and one firm as a person would check them; dicts as in `columns_of`."""

from calendar import isleap
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from models.enums import ClauseForce, ClauseKind, ClauseOutcome, ClearanceVerdict

Row = Mapping[str, Any]
MET, WAIVABLE, UNKNOWN, FAILED = (
    ClauseOutcome.MET,
    ClauseOutcome.WAIVABLE,
    ClauseOutcome.UNKNOWN,
    ClauseOutcome.FAILED,
)


def age_in_years(founded: date, today: date) -> float:
    def anniversary(year: int) -> date:
        if (founded.month, founded.day) == (2, 29) and not isleap(year):
            return date(year, 3, 1)
        return founded.replace(year=year)

    year = today.year if anniversary(today.year) <= today else today.year - 1
    last, coming = anniversary(year), anniversary(year + 1)
    return year - founded.year + (today - last).days / (coming - last).days


def outcome(kind: ClauseKind, mandate: Row, firm: Row, today: date) -> ClauseOutcome | None:
    """None where the mandate does not ask; the force of the clause is applied."""
    plain = _before_force(kind, mandate, firm, today)
    force = mandate.get("force", {}).get(kind, ClauseForce.HARD)
    if plain is FAILED and force is ClauseForce.WAIVABLE:
        return WAIVABLE
    if plain is WAIVABLE and force is ClauseForce.SOFT:
        return FAILED
    return plain


def verdict(mandate: Row, firm: Row, today: date, waived: frozenset[ClauseKind] = frozenset()) -> ClearanceVerdict:
    return together(mandate, {kind: outcome(kind, mandate, firm, today) for kind in ClauseKind}, waived)


def together(
    mandate: Row, outcomes: Mapping[ClauseKind, ClauseOutcome | None], waived: frozenset[ClauseKind] = frozenset()
) -> ClearanceVerdict:
    """What the outcomes of all clauses come to."""
    found = set()
    for kind, one in outcomes.items():
        is_soft = mandate.get("force", {}).get(kind) is ClauseForce.SOFT
        if not is_soft and not (kind in waived and one is WAIVABLE):
            found.add(one)
    if FAILED in found:
        return ClearanceVerdict.STOPPED
    if WAIVABLE in found:
        return ClearanceVerdict.TO_WAIVE
    return ClearanceVerdict.TO_ASK if UNKNOWN in found else ClearanceVerdict.CLEARED


def _before_force(kind: ClauseKind, mandate: Row, firm: Row, today: date) -> ClauseOutcome | None:
    if kind is ClauseKind.FIRM_AGE:
        age = age_in_years(firm["founded"], today) if "founded" in firm else None
        return _at_most(age, mandate.get("age_high"))
    return READ_ALOUD[kind](mandate, firm)


def _met(holds: bool) -> ClauseOutcome:
    return MET if holds else FAILED


def _any_of(wanted: Any, held: Any) -> ClauseOutcome | None:
    if not wanted:
        return None
    return _met(bool(set(wanted) & set(held))) if held else UNKNOWN


def _at_most(fact: float | None, limit: float | None) -> ClauseOutcome | None:
    if limit is None:
        return None
    return UNKNOWN if fact is None else _met(fact <= limit)


def _at_least(fact: float | None, limit: float | None) -> ClauseOutcome | None:
    if limit is None:
        return None
    return UNKNOWN if fact is None else _met(fact >= limit)


def _exclusion(mandate: Row, firm: Row) -> ClauseOutcome | None:
    if not mandate.get("exclusions"):
        return None
    if set(mandate["exclusions"]) & set(firm.get("falls_under", ())):
        return FAILED
    return MET if firm.get("trade_known") else UNKNOWN


def _certification(mandate: Row, firm: Row) -> ClauseOutcome | None:
    if not mandate.get("certifications"):
        return None
    if "certifications" not in firm:
        return UNKNOWN
    return _met(bool(set(mandate["certifications"]) & set(firm["certifications"])))


def _stake(mandate: Row, firm: Row) -> ClauseOutcome | None:
    if "stake_high" not in mandate or "ticket_low" not in mandate:
        return None
    if "valuation" not in firm or "amount" not in firm:
        return UNKNOWN
    return _met(mandate["ticket_low"] / (firm["valuation"] + firm["amount"]) <= mandate["stake_high"])


def _money_left(mandate: Row) -> ClauseOutcome | None:
    if "remaining" not in mandate:
        return None
    return _met(mandate["remaining"] > 0 and mandate["remaining"] >= mandate.get("ticket_low", 0))


def _life(mandate: Row, firm: Row) -> ClauseOutcome | None:
    if "life_left" not in mandate:
        return None
    if "exit_months" not in firm:
        return UNKNOWN
    years = firm["exit_months"] / 12
    if years <= mandate["life_left"]:
        return MET
    return WAIVABLE if years <= mandate["life_left"] + mandate.get("extension", 0) else FAILED


def _main_field_share(mandate: Row, firm: Row) -> ClauseOutcome | None:
    if "main_share" not in mandate or not mandate.get("main_fields"):
        return None
    if set(mandate["main_fields"]) & set(firm.get("nodes", ())):
        return MET
    if "paid" not in mandate or "paid_main" not in mandate:
        return UNKNOWN
    after = mandate["paid"] + mandate.get("ticket_low", 0)
    if after == 0:
        return UNKNOWN
    if mandate["paid_main"] / after >= mandate["main_share"]:
        return MET
    return FAILED if firm.get("nodes") else UNKNOWN


def _reinvestment(mandate: Row, firm: Row) -> ClauseOutcome | None:
    if not mandate.get("reinvestment"):
        return None
    if firm.get("is_local"):
        return MET
    return FAILED if "place" in firm else UNKNOWN


READ_ALOUD: Mapping[ClauseKind, Callable[[Row, Row], ClauseOutcome | None]] = {
    ClauseKind.STATUS: lambda mandate, firm: _met(mandate.get("is_investing", True)),
    ClauseKind.FIELD: lambda mandate, firm: _any_of(mandate.get("fields"), firm.get("nodes")),
    ClauseKind.EXCLUSION: _exclusion,
    ClauseKind.DISTRICT: lambda mandate, firm: _any_of(
        mandate.get("places"), {firm["place"]} if "place" in firm else None
    ),
    ClauseKind.STAGE: lambda mandate, firm: _any_of(
        mandate.get("stages"), {firm["stage"]} if "stage" in firm else None
    ),
    ClauseKind.STAFF: lambda mandate, firm: _at_most(firm.get("staff"), mandate.get("staff_high")),
    ClauseKind.RD_RATIO: lambda mandate, firm: _at_least(firm.get("rd_ratio"), mandate.get("rd_ratio_low")),
    ClauseKind.CERTIFICATION: _certification,
    ClauseKind.READINESS: lambda mandate, firm: _at_least(firm.get("trl"), mandate.get("trl_low")),
    ClauseKind.VALUATION: lambda mandate, firm: _at_most(firm.get("valuation"), mandate.get("valuation_high")),
    ClauseKind.TICKET: lambda mandate, firm: _at_least(firm.get("amount"), mandate.get("ticket_low")),
    ClauseKind.STAKE: _stake,
    ClauseKind.MONEY_LEFT: lambda mandate, firm: _money_left(mandate),
    ClauseKind.LIFE: _life,
    ClauseKind.MAIN_FIELD_SHARE: _main_field_share,
    ClauseKind.REINVESTMENT: _reinvestment,
}
