"""What a mandate is written as: one frozen draft per step of its form, checked before anything is stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput
from models.enums import (
    CapitalType,
    ClauseForce,
    ClauseKind,
    FinancingStage,
    FundLevel,
    LeadOrFollow,
    RiskTolerance,
)
from models.taxonomy import CertificationScheme, ChainNode, District

MOST_MONEY = 1e13
MOST_FIELDS = 60
MOST_EXCLUSIONS = 30
LONGEST_EXCLUSION = 80
# A paused fund pays nobody, and national guidance has made local re-investment a term that no longer decides.
FIXED_FORCES = {ClauseKind.STATUS: ClauseForce.HARD, ClauseKind.REINVESTMENT: ClauseForce.SOFT}


@dataclass(frozen=True, kw_only=True)
class FieldDraft:
    """A chain node, or a parent of nodes, in which the fund invests."""

    node_code: str
    is_main: bool = False


@dataclass(frozen=True, kw_only=True)
class ClauseDraft:
    """How hard the fund holds a clause, in its own words where it has any."""

    kind: ClauseKind
    force: ClauseForce
    text_zh: str = ""
    text_en: str = ""
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class FundDraft:
    """Step one: the fund and its life. Amounts are in CNY."""

    name_zh: str = ""
    name_en: str = ""
    level: FundLevel | None = None
    capital_type: CapitalType | None = None
    legal_form: str = ""
    manager: str = ""
    size: float | None = None
    remaining: float | None = None
    started_on: date | None = None
    investment_years: int | None = None
    exit_years: int | None = None
    extension_years: int | None = None


@dataclass(frozen=True, kw_only=True)
class DirectionDraft:
    """Step two: what it invests in, and what it does not."""

    stages: tuple[FinancingStage, ...] = ()
    fields: tuple[FieldDraft, ...] = ()
    districts: tuple[str, ...] = ()
    exclusions: tuple[str, ...] = ()
    thesis_zh: str = ""
    thesis_en: str = ""

    @property
    def main_fields(self) -> tuple[str, ...]:
        return tuple(one.node_code for one in self.fields if one.is_main)


@dataclass(frozen=True, kw_only=True)
class LimitsDraft:
    """Step three: the limits that a firm and a deal are held against."""

    ticket_low: float | None = None
    ticket_high: float | None = None
    stake_high: float | None = None
    leads: LeadOrFollow | None = None
    firm_age_high: int | None = None
    staff_high: int | None = None
    valuation_high: float | None = None
    rd_ratio_low: float | None = None
    trl_low: int | None = None
    certifications: tuple[str, ...] = ()
    main_field_share: float | None = None
    reinvestment_multiple: float | None = None


@dataclass(frozen=True, kw_only=True)
class ClausesDraft:
    """Step four: how hard each clause is held, in whose words, and how the fund decides."""

    clauses: tuple[ClauseDraft, ...] = ()
    risk_tolerance: RiskTolerance | None = None
    exemption_terms: str = ""
    decision_weeks: int | None = None


StepDraft = FundDraft | DirectionDraft | LimitsDraft | ClausesDraft
STEPS: tuple[type[Any], ...] = (FundDraft, DirectionDraft, LimitsDraft, ClausesDraft)


def check(session: Session, draft: StepDraft) -> None:
    """Raise InvalidInput at the first thing that could not be stored or would mean nothing."""
    match draft:
        case FundDraft():
            _check_fund(draft)
        case DirectionDraft():
            _check_direction(session, draft)
        case LimitsDraft():
            _check_limits(session, draft)
        case ClausesDraft():
            _check_clauses(draft)


def _check_fund(draft: FundDraft) -> None:
    if not (draft.name_zh or draft.name_en):
        raise InvalidInput("name_missing", field="name_zh")
    _check_range("size", draft.size, 0, MOST_MONEY)
    _check_range("remaining", draft.remaining, 0, MOST_MONEY)
    if draft.size is not None and (draft.remaining or 0) > draft.size:
        raise InvalidInput("remaining_over_size", field="remaining")
    for name in ("investment_years", "exit_years", "extension_years"):
        _check_range(name, getattr(draft, name), 0, 50)


def _check_direction(session: Session, draft: DirectionDraft) -> None:
    codes = [one.node_code for one in draft.fields]
    if len(codes) > MOST_FIELDS:
        raise InvalidInput("too_many_nodes", field="fields", most=MOST_FIELDS, given=len(codes))
    if len(set(codes)) < len(codes):
        raise InvalidInput("field_twice", field="fields")
    _check_known(session, ChainNode, codes, "unknown_nodes", "fields")
    _check_known(session, District, draft.districts, "unknown_districts", "districts")
    if len(draft.exclusions) > MOST_EXCLUSIONS:
        raise InvalidInput("too_many_exclusions", field="exclusions", most=MOST_EXCLUSIONS, given=len(draft.exclusions))
    if any(len(word) > LONGEST_EXCLUSION for word in draft.exclusions):
        raise InvalidInput("exclusion_too_long", field="exclusions", most=LONGEST_EXCLUSION)


def _check_limits(session: Session, draft: LimitsDraft) -> None:
    for name in ("ticket_low", "ticket_high", "valuation_high"):
        _check_range(name, getattr(draft, name), 0, MOST_MONEY)
    if draft.ticket_low is not None and draft.ticket_high is not None and draft.ticket_low > draft.ticket_high:
        raise InvalidInput("ticket_order", field="ticket_high")
    for name in ("stake_high", "rd_ratio_low", "main_field_share"):
        _check_share(name, getattr(draft, name))
    _check_range("firm_age_high", draft.firm_age_high, 0, 100)
    _check_range("staff_high", draft.staff_high, 0, 1_000_000)
    _check_range("trl_low", draft.trl_low, 1, 9)
    _check_range("reinvestment_multiple", draft.reinvestment_multiple, 0, 10)
    _check_known(session, CertificationScheme, draft.certifications, "unknown_schemes", "certifications")


def _check_clauses(draft: ClausesDraft) -> None:
    kinds = [clause.kind for clause in draft.clauses]
    if len(set(kinds)) < len(kinds):
        raise InvalidInput("clause_twice", field="clauses")
    for clause in draft.clauses:
        fixed = FIXED_FORCES.get(clause.kind, clause.force)
        if clause.force is not fixed:
            raise InvalidInput("force_is_fixed", field="clauses", clause=clause.kind, force=fixed)
    _check_range("decision_weeks", draft.decision_weeks, 0, 520)


def _check_range(field: str, value: float | None, low: float, high: float) -> None:
    if value is not None and not low <= value <= high:
        raise InvalidInput("out_of_range", field=field, low=low, high=high)


def _check_share(field: str, share: float | None) -> None:
    if share is not None and not 0 <= share <= 1:
        raise InvalidInput("out_of_range", field=field, low=0, high=100)


def _check_known(session: Session, table: Any, codes: Sequence[str], code: str, field: str) -> None:
    known = set(session.exec(select(table.code).where(col(table.code).in_(codes))))
    if unknown := [one for one in codes if one not in known]:
        raise InvalidInput(code, field=field, codes=unknown)
