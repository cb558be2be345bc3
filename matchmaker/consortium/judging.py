"""Rules held against a real team: met, broken, or not to be told from what is known."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matchmaker.consortium.facts import Facts
from matchmaker.consortium.rules import (
    Apart,
    ConflictsApart,
    DifferentDistricts,
    LargestShare,
    LeadIs,
    LeadReaches,
    TeamRule,
    Together,
)
from matchmaker.consortium.tallies import INFINITE, Tally, may_lead, tally_of
from matchmaker.profiles import UNKNOWN, Ints, Mask, Scores
from models.enums import LeadFigure, RuleKind, RuleOutcome

#: Shares are quotients: 3 of 10 are 30 %.
TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a rule comes to: `low` to `high` is what it can be by what is known, `least` to `most` what is wanted.

    `who` are the rows of the members by whom a rule is broken (the lead, those beyond a ceiling, the two that may not
    meet; nobody where somebody is missing), `unknown` those of whom something has to be asked. For rules that are
    not about an amount (who may lead, pairs) the figure is 1 where it holds and 0 where not; `reached` are the figures
    of the lead that a threshold asks for, each from the least to the most that it can be.
    """

    key: str
    kind: RuleKind
    outcome: RuleOutcome
    is_hard: bool
    low: float
    high: float
    least: float = -INFINITE
    most: float = INFINITE
    who: tuple[int, ...] = ()
    unknown: tuple[int, ...] = ()
    reached: tuple[tuple[LeadFigure, float, float], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """What one rule comes to in a team, before it is held against what is wanted."""

    low: float
    high: float
    least: float = -INFINITE
    most: float = INFINITE
    above: Sequence[int] | NDArray[Any] = ()  # by whom it is too much
    below: Sequence[int] | NDArray[Any] = ()  # by whom it is too little
    unknown: Sequence[int] | NDArray[Any] = ()
    reached: tuple[tuple[LeadFigure, float, float], ...] = ()


def judge(
    rules: Sequence[TeamRule], team: Facts, *, lead: int | None, budget: float | None = None
) -> tuple[Verdict, ...]:
    """One verdict a rule, in their order. `team` holds the members alone; `lead` is the row of the lead among them."""
    return tuple(_verdict(rule, _find(rule, team, lead=lead, budget=budget)) for rule in rules)


def is_accepted(verdicts: Sequence[Verdict]) -> bool:
    """Whether every hard rule is met: none is broken, and none has to be asked about."""
    return all(verdict.outcome is RuleOutcome.MET for verdict in verdicts if verdict.is_hard)


def _verdict(rule: TeamRule, found: _Found) -> Verdict:
    is_too_little, is_too_much = found.high < found.least - TOLERANCE, found.low > found.most + TOLERANCE
    is_met = found.low >= found.least - TOLERANCE and found.high <= found.most + TOLERANCE
    outcome = RuleOutcome.UNKNOWN
    if is_too_little or is_too_much:
        outcome = RuleOutcome.BROKEN
    elif is_met:
        outcome = RuleOutcome.MET
    who = found.above if is_too_much else found.below if is_too_little else ()
    return Verdict(
        key=rule.key,
        kind=rule.kind,
        outcome=outcome,
        is_hard=rule.is_hard,
        low=float(found.low),
        high=float(found.high),
        least=float(found.least),
        most=float(found.most),
        who=tuple(int(row) for row in who),
        unknown=tuple(int(row) for row in found.unknown) if outcome is RuleOutcome.UNKNOWN else (),
        reached=found.reached,
    )


def _find(rule: TeamRule, team: Facts, *, lead: int | None, budget: float | None) -> _Found:
    figures = rule.figures
    if isinstance(figures, LeadIs | LeadReaches):
        return _lead(figures, team, lead)
    if tally := tally_of(figures, team, budget=budget):
        return _sum(tally)
    return OTHERS[type(figures)](figures, team, budget)


def _lead(figures: LeadIs | LeadReaches, team: Facts, lead: int | None) -> _Found:
    if lead is None:
        return _Found(0, 1, least=1)
    may, row = may_lead(figures, team), [lead]
    asked = figures.thresholds if isinstance(figures, LeadReaches) else ()
    spans = ((one.figure, *team.figure(one.figure)) for one in asked)
    reached = tuple((figure, float(low[lead]), float(high[lead])) for figure, low, high in spans)
    return _Found(may.low[lead], may.high[lead], least=1, below=row, unknown=row, reached=reached)


def _sum(tally: Tally) -> _Found:
    """A share of an empty or unknown whole can be anything."""
    whole = 1.0 if tally.per is None else float(tally.per.sum())
    low, high = (tally.low.sum() / whole, tally.high.sum() / whole) if whole > 0 else (0.0, INFINITE)
    return _Found(
        low,
        high,
        least=tally.least,
        most=tally.most,
        above=np.flatnonzero(tally.low > 0),
        unknown=np.flatnonzero(tally.is_unknown),
    )


def _districts(figures: DifferentDistricts, team: Facts, _budget: float | None) -> _Found:
    known = team.district[team.district != UNKNOWN]
    unknown = np.flatnonzero(team.district == UNKNOWN)
    certain = len(np.unique(known))
    return _Found(certain, certain + len(unknown), least=figures.least, unknown=unknown)


def _largest(figures: LargestShare, team: Facts, budget: float | None) -> _Found:
    """Members whose money is open share what is left of it, so the largest of them gets no less than the mean."""
    open_ones = np.isnan(team.money)
    whole = budget or (None if open_ones.any() else float(team.money.sum()))
    if not whole:
        return _Found(1 / max(len(team), 1), 1, most=figures.most, unknown=np.flatnonzero(open_ones))
    shares = np.nan_to_num(team.money) / whole
    largest, left = shares.max(initial=0.0), max(0.0, 1 - shares.sum())
    low, high = _with_open(largest, left, open_ones)
    above = np.flatnonzero(shares > figures.most + TOLERANCE)
    return _Found(low, high, most=figures.most, above=above, unknown=np.flatnonzero(open_ones))


def _with_open(largest: float, left: float, open_ones: Mask) -> tuple[float, float]:
    if not open_ones.any():
        return largest, largest
    return max(largest, left / open_ones.sum()), max(largest, left)


def _conflicts(_figures: ConflictsApart, team: Facts, _budget: float | None) -> _Found:
    meeting = np.unique(team.conflicts)
    if not len(meeting) and len(team.untold):
        return _Found(0.0, 1.0, least=1, unknown=team.untold)
    return _holds(not len(meeting), who=meeting)


def _apart(figures: Apart, team: Facts, _budget: float | None) -> _Found:
    present = team.rows_of(figures.first, figures.second)
    return _holds(len(present) < 2, who=present)


def _together(figures: Together, team: Facts, _budget: float | None) -> _Found:
    present = team.rows_of(figures.first, figures.second)
    return _holds(len(present) != 1, who=present)


def _holds(holds: bool, *, who: Scores | Ints | NDArray[np.intp]) -> _Found:
    return _Found(float(holds), float(holds), least=1, below=who)


OTHERS: Mapping[type, Callable[[Any, Facts, float | None], _Found]] = {
    DifferentDistricts: _districts,
    LargestShare: _largest,
    ConflictsApart: _conflicts,
    Apart: _apart,
    Together: _together,
}
