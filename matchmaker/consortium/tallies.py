"""What each organisation counts towards a rule, by what is known of it: at least `low`, at most `high`.

The one place that reads figures and facts together. The composer's rows and the judge's verdicts are both made of it.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matchmaker.consortium.facts import OWNERSHIPS, POSITIONS, YES, Facts
from matchmaker.consortium.rules import (
    AtPositions,
    Figures,
    FromDistricts,
    LeadIs,
    LeadReaches,
    MemberCount,
    Newcomers,
    OfKinds,
    OwnershipShare,
    OwnMoney,
    SmeShare,
    TechnicalStaff,
)
from matchmaker.profiles import KINDS, UNKNOWN, Mask, Scores
from models.enums import LeadFigure, OrganisationKind, Quantifier

INFINITE = float("inf")


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """least <= sum over the members <= most; with `per`, the sum is taken as a share of the sum of `per`.

    A NaN in `per` is a part of the whole that is not known.
    """

    low: Scores
    high: Scores
    least: float = -INFINITE
    most: float = INFINITE
    per: Scores | None = None

    @property
    def is_unknown(self) -> Mask:
        doubted = self.low < self.high
        return doubted if self.per is None else doubted | np.isnan(self.per)


def tally_of(figures: Figures, facts: Facts, *, budget: float | None) -> Tally | None:
    """The tally of a rule about a sum; None where the rule is of another form."""
    make = TALLIES.get(type(figures))
    return make(figures, facts, budget) if make else None


def may_lead(figures: LeadIs | LeadReaches, facts: Facts) -> Tally:
    """1 for whoever may lead by this rule."""
    if isinstance(figures, LeadIs):
        asked = [_is_one_of(facts.kind, [KINDS.index(kind) for kind in figures.kinds])] if figures.kinds else []
        if figures.ownerships:
            asked.append(_is_one_of(facts.ownership, [OWNERSHIPS.index(one) for one in figures.ownerships]))
        if figures.certifications:
            columns = [number for number, code in enumerate(facts.schemes) if code in figures.certifications]
            asked.append(_any_of_columns(facts.certifications, columns, named=len(figures.certifications)))
        return _joined(asked, Quantifier.ALL, len(facts))
    reached = [_reaches(facts.figure(one.figure), one.least) for one in figures.thresholds]
    return _joined(reached, figures.needed, len(facts))


def _joined(parts: list[tuple[Scores, Scores]], needed: Quantifier, n: int) -> Tally:
    """Three-valued all or any: what is certain by the low ends, what is possible by the high ends."""
    if not parts:
        return Tally(np.ones(n), np.ones(n), least=1)
    join = np.minimum.reduce if needed is Quantifier.ALL else np.maximum.reduce
    return Tally(join([low for low, _ in parts]), join([high for _, high in parts]), least=1)


def _reaches(span: tuple[Scores, Scores], least: float) -> tuple[Scores, Scores]:
    low, high = span
    return (low >= least).astype(np.float64), (high >= least).astype(np.float64)


def _is_one_of(column: NDArray[Any], rows: list[int]) -> tuple[Scores, Scores]:
    low = np.isin(column, rows)
    return low.astype(np.float64), (low | (column == UNKNOWN)).astype(np.float64)


def _any_of_columns(table: NDArray[Any], columns: list[int], *, named: int) -> tuple[Scores, Scores]:
    """Of a table of YES, NO, UNKNOWN: whether any of `columns` is YES. A named one without a column is on nobody's
    record, so it is unknown of all."""
    chosen = table[:, columns]
    low = (chosen == YES).any(axis=1)
    doubted = (chosen == UNKNOWN).any(axis=1) | (len(columns) < named)
    return low.astype(np.float64), (low | doubted).astype(np.float64)


def _between(counted: tuple[Scores, Scores], figures: Any, *, per: Scores | None = None) -> Tally:
    least = -INFINITE if figures.least is None else figures.least
    most = INFINITE if figures.most is None else figures.most
    return Tally(*counted, least=least, most=most, per=per)


def _members(figures: MemberCount, facts: Facts, _budget: float | None) -> Tally:
    return _between((np.ones(len(facts)), np.ones(len(facts))), figures)


def _of_kinds(figures: OfKinds, facts: Facts, _budget: float | None) -> Tally:
    return _between(_is_one_of(facts.kind, [KINDS.index(kind) for kind in figures.kinds]), figures)


def _from_districts(figures: FromDistricts, facts: Facts, _budget: float | None) -> Tally:
    rows = [row for row, code in enumerate(facts.districts) if code in figures.districts]
    return _between(_is_one_of(facts.district, rows), figures)


def _at_positions(figures: AtPositions, facts: Facts, _budget: float | None) -> Tally:
    columns = [POSITIONS.index(position) for position in figures.positions]
    return _between(_any_of_columns(facts.positions, columns, named=len(columns)), figures)


def _smes(figures: SmeShare, facts: Facts, _budget: float | None) -> Tally:
    counted = _is_one_of(facts.kind, [KINDS.index(OrganisationKind.SME)])
    return _between(counted, figures, per=np.ones(len(facts)))


def _ownership(figures: OwnershipShare, facts: Facts, _budget: float | None) -> Tally:
    counted = _is_one_of(facts.ownership, [OWNERSHIPS.index(one) for one in figures.ownerships])
    return _between(counted, figures, per=np.ones(len(facts)))


def _technical_staff(figures: TechnicalStaff, facts: Facts, _budget: float | None) -> Tally:
    low, high = facts.figure(LeadFigure.TECHNICAL_STAFF)
    return Tally(low, high, least=figures.least)


def _newcomers(figures: Newcomers, facts: Facts, _budget: float | None) -> Tally:
    is_new = facts.projects <= figures.projects_at_most
    return Tally(is_new.astype(np.float64), (is_new | np.isnan(facts.projects)).astype(np.float64), least=figures.least)


def _own_money(figures: OwnMoney, facts: Facts, budget: float | None) -> Tally:
    low, high = np.nan_to_num(facts.own_money, nan=0.0), np.nan_to_num(facts.own_money, nan=INFINITE)
    if budget:
        return Tally(low / budget, high / budget, least=figures.least)
    return Tally(low, high, least=figures.least, per=facts.money)


TALLIES: Mapping[type, Callable[[Any, Facts, float | None], Tally]] = {
    MemberCount: _members,
    OfKinds: _of_kinds,
    FromDistricts: _from_districts,
    AtPositions: _at_positions,
    SmeShare: _smes,
    OwnershipShare: _ownership,
    TechnicalStaff: _technical_staff,
    Newcomers: _newcomers,
    OwnMoney: _own_money,
}


def fewest_for_share(most: float) -> int:
    """Whatever the split, k members include one with at least 1/k: a largest share needs so many of them."""
    return math.ceil(1 / most - 1e-9)
