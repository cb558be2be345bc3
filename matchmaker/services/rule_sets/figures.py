"""The figures of a rule: as they are stored, and what must hold of them before they are."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlmodel import Session, SQLModel, col, select

from matchmaker.consortium.rules import (
    FIGURES_OF,
    KIND_OF,
    Apart,
    AtPositions,
    ConflictsApart,
    DifferentDistricts,
    Figures,
    FromDistricts,
    LargestShare,
    LeadIs,
    LeadReaches,
    MemberCount,
    Newcomers,
    OfKinds,
    OwnershipShare,
    OwnMoney,
    SmeShare,
    TeamRule,
    TechnicalStaff,
    Threshold,
    Together,
)
from matchmaker.errors import InvalidInput
from models.enums import LeadFigure, RuleKind
from models.organisations import Organisation
from models.rules import CompositionRule
from models.taxonomy import CertificationScheme, District

# For those above who do not look into the engine.
__all__ = [
    "FIGURES_OF", "KIND_OF", "Apart", "AtPositions", "ConflictsApart", "DifferentDistricts", "Figures", "FromDistricts",
    "LargestShare", "LeadIs", "LeadReaches", "MemberCount", "Newcomers", "OfKinds", "OwnMoney", "OwnershipShare",
    "RuleDraft", "SmeShare", "TeamRule", "TechnicalStaff", "Threshold", "Together", "check_draft", "figures_of",
    "read_figures", "stored_figures", "team_rule",
]  # fmt: skip

MOST_MEMBERS, MOST_STAFF, MOST_PROJECTS, MOST_SOURCE = 30, 100_000, 1_000, 400
#: Figures of a lead that are a share of something; the others are amounts.
SHARES = frozenset({LeadFigure.RD_RATIO})
MOST_AMOUNT = 1e12
ADAPTERS: Mapping[RuleKind, TypeAdapter[Any]] = {kind: TypeAdapter(figures) for kind, figures in FIGURES_OF.items()}


@dataclass(frozen=True, kw_only=True)
class RuleDraft:
    """A rule as somebody writes it; `source` is the document and the clause in it."""

    figures: Figures
    source: str
    is_hard: bool = True


def figures_of(rule: CompositionRule) -> Figures:
    return read_figures(rule.kind, rule.arguments)


def read_figures(kind: RuleKind, arguments: Mapping[str, Any]) -> Figures:
    return ADAPTERS[kind].validate_python(dict(arguments))


def stored_figures(figures: Figures) -> dict[str, Any]:
    """As JSON holds it; what is not said is left out."""
    stored = ADAPTERS[KIND_OF[type(figures)]].dump_python(figures, mode="json")
    return {name: value for name, value in stored.items() if value not in (None, [])}


def team_rule(rule: CompositionRule) -> TeamRule:
    """The rule as the engine knows it; its key is the id of its row."""
    return TeamRule(key=str(rule.id), figures=figures_of(rule), is_hard=rule.is_hard)


def check_draft(session: Session, draft: RuleDraft) -> None:
    """Raise InvalidInput, naming the field, where the rule says nothing or cannot be meant."""
    source = draft.source.strip()
    if not source:
        raise InvalidInput("rule_source_missing", field="source")
    if len(source) > MOST_SOURCE:
        raise InvalidInput("too_long", field="source", most=MOST_SOURCE)
    _check_figures(session, draft.figures)


#: The least and the most that a figure can be, by kind of rule and name.
BOUNDS: Mapping[type[Figures], Mapping[str, tuple[float, float]]] = {
    MemberCount: {"least": (0, MOST_MEMBERS), "most": (0, MOST_MEMBERS)},
    OfKinds: {"least": (0, MOST_MEMBERS), "most": (0, MOST_MEMBERS)},
    FromDistricts: {"least": (0, MOST_MEMBERS), "most": (0, MOST_MEMBERS)},
    AtPositions: {"least": (0, MOST_MEMBERS), "most": (0, MOST_MEMBERS)},
    DifferentDistricts: {"least": (1, MOST_MEMBERS)},
    SmeShare: {"least": (0, 1), "most": (0, 1)},
    OwnershipShare: {"least": (0, 1), "most": (0, 1)},
    LargestShare: {"most": (0.05, 1)},
    OwnMoney: {"least": (0, 1)},
    TechnicalStaff: {"least": (1, MOST_STAFF)},
    Newcomers: {"least": (1, MOST_MEMBERS), "projects_at_most": (0, MOST_PROJECTS)},
}


def _check_figures(session: Session, figures: Figures) -> None:
    _check_numbers(figures)
    _check_lists(session, figures)
    match figures:
        case LeadIs():
            _check_lead(session, figures)
        case LeadReaches():
            _check_thresholds(figures)
        case Apart() | Together():
            _check_pair(session, figures)


def _check_numbers(figures: Any) -> None:
    bounds = BOUNDS.get(type(figures), {})
    given = {name: getattr(figures, name) for name in bounds if getattr(figures, name) is not None}
    if bounds and not given:
        raise InvalidInput("bound_missing", field="least")
    for name, value in given.items():
        _check_number(name, value, *bounds[name])
    if given.get("least", 0) > given.get("most", math.inf):
        raise InvalidInput("bound_order", field="most")


def _check_lead(session: Session, figures: LeadIs) -> None:
    if not (figures.kinds or figures.ownerships or figures.certifications):
        raise InvalidInput("rule_says_nothing", field="kinds")
    _check_known(session, CertificationScheme, "certifications", figures.certifications)


def _check_thresholds(figures: LeadReaches) -> None:
    if not figures.thresholds:
        raise InvalidInput("rule_says_nothing", field=LeadFigure.RD_RATIO.value)
    for one in figures.thresholds:
        _check_number(one.figure.value, one.least, 0, 1 if one.figure in SHARES else MOST_AMOUNT)


def _check_number(name: str, value: float, lowest: float, highest: float) -> None:
    if not math.isfinite(value) or not lowest <= value <= highest:
        raise InvalidInput("out_of_range", field=name, low=lowest, high=highest)


def _check_lists(session: Session, figures: Figures) -> None:
    for name in ("kinds", "districts", "positions", "ownerships"):
        if not isinstance(figures, LeadIs) and hasattr(figures, name) and not getattr(figures, name):
            raise InvalidInput("choose_some", field=name)
    if isinstance(figures, FromDistricts):
        _check_known(session, District, "districts", figures.districts)


def _check_known(session: Session, table: type[SQLModel], name: str, codes: Iterable[str]) -> None:
    missing = sorted(code for code in codes if session.get(table, code) is None)
    if missing:
        raise InvalidInput("unknown_codes", field=name, codes=missing)


def _check_pair(session: Session, figures: Apart | Together) -> None:
    for name in ("first", "second"):
        if not _is_organisation(session, getattr(figures, name)):
            raise InvalidInput("unknown_organisation", field=name)
    if figures.first == figures.second:
        raise InvalidInput("two_organisations", field="second")


def _is_organisation(session: Session, key: str) -> bool:
    try:
        wanted = UUID(key)
    except ValueError:
        return False
    return session.exec(select(Organisation.id).where(col(Organisation.id) == wanted)).first() is not None
