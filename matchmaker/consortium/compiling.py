"""Rules as rows for the composer: what an instance needs so that it only finds teams that the rules accept."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from matchmaker.consortium.facts import Facts
from matchmaker.consortium.instance import Rule, Spread
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
from matchmaker.consortium.tallies import INFINITE, Tally, fewest_for_share, may_lead, tally_of
from matchmaker.profiles import UNKNOWN, Ints, Mask, Scores

#: What relaxing a rule by as much as one member can do about it costs in a repair.
HARD_PRICE, SOFT_PRICE = 1000.0, 10.0


@dataclass(frozen=True, slots=True, eq=False)
class Compiled:
    """Rows for an Instance. A rule may come to several rows, and one row of `apart` a pair: `rule_of` a row's key
    gives the rule's. A floor counts only what is known; a ceiling counts whoever is unknown as one of them.

    `asked` are rules of which the rows do not say everything: no team could be known to meet them though some may,
    or the money is not settled. They are questions, which the judge asks of a real team.
    `unknown` maps a rule to the candidates of whom something is not known.
    """

    rules: tuple[Rule, ...]
    spreads: tuple[Spread, ...]
    apart: Ints  # q x 2
    apart_keys: tuple[str, ...]
    soft: frozenset[str]  # keys of rules that are not hard
    asked: tuple[str, ...]
    unknown: Mapping[str, Mask]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Question:
    candidates: Facts
    lead: int
    members_at_most: int
    budget: float | None


@dataclass(slots=True, eq=False)
class _Part:
    """What one rule comes to."""

    rules: list[Rule] = field(default_factory=list)
    spreads: list[Spread] = field(default_factory=list)
    apart: list[tuple[str, int, int]] = field(default_factory=list)
    is_asked: bool = False
    unknown: Mask | None = None


def rule_of(row_key: str) -> str:
    """The key of the rule that a row is of."""
    return row_key.split("/", maxsplit=1)[0]


def compile_rules(
    rules: Sequence[TeamRule],
    candidates: Facts,
    *,
    lead: int,
    members_at_most: int,
    budget: float | None = None,
) -> Compiled:
    """Rows over all candidates; `lead` is the row of whoever leads, which the instance holds in every team."""
    question = _Question(candidates=candidates, lead=lead, members_at_most=members_at_most, budget=budget)
    parts = {rule.key: _compile(rule, question) for rule in rules}
    pairs = [pair for part in parts.values() for pair in part.apart]
    return Compiled(
        rules=tuple(row for part in parts.values() for row in part.rules),
        spreads=tuple(row for part in parts.values() for row in part.spreads),
        apart=np.array([(first, second) for _, first, second in pairs], np.int32).reshape(-1, 2),
        apart_keys=tuple(key for key, _, _ in pairs),
        soft=frozenset(rule.key for rule in rules if not rule.is_hard),
        asked=tuple(key for key, part in parts.items() if part.is_asked),
        unknown={key: part.unknown for key, part in parts.items() if part.unknown is not None and part.unknown.any()},
    )


def _compile(rule: TeamRule, question: _Question) -> _Part:
    figures, candidates = rule.figures, question.candidates
    match figures:
        case LeadIs() | LeadReaches():
            return _lead(rule, may_lead(figures, candidates), question)
        case LargestShare():
            return _largest(rule, figures, question)
        case DifferentDistricts():
            return _districts(rule, figures, question)
        case ConflictsApart():
            return _Part(apart=[_pair(rule, candidates, *pair) for pair in candidates.conflicts.tolist()])
        case Apart():
            present = candidates.rows_of(figures.first, figures.second)
            return _Part(apart=[_pair(rule, candidates, *present.tolist())] if len(present) == 2 else [])
        case Together():
            return _together(rule, figures, question)
    tally = tally_of(figures, candidates, budget=question.budget)
    assert tally is not None, figures
    return _sum(rule, tally, question)


def _lead(rule: TeamRule, may: Tally, question: _Question) -> _Part:
    """Against a lead that may not be: a row that nobody meets with it."""
    lead, unknown = question.lead, np.zeros(len(question.candidates), dtype=bool)
    unknown[lead] = may.low[lead] < may.high[lead]
    if may.high[lead] >= may.least:
        return _Part(is_asked=bool(unknown[lead]), unknown=unknown)
    weights = np.zeros(len(question.candidates))
    weights[lead] = 1
    return _Part(rules=[_row(rule, weights, high=0)])


def _sum(rule: TeamRule, tally: Tally, question: _Question) -> _Part:
    if tally.per is not None and np.isnan(tally.per).any():
        return _Part(is_asked=True, unknown=tally.is_unknown)
    if _only_perhaps(tally, question):
        return _Part(is_asked=True, unknown=tally.is_unknown)
    return _Part(rules=list(_rows(rule, tally)), unknown=tally.is_unknown)


def _rows(rule: TeamRule, tally: Tally) -> Iterator[Rule]:
    """One row, or a floor and a ceiling where what is certain and what is possible differ."""
    if tally.per is None and np.array_equal(tally.low, tally.high):
        yield _row(rule, tally.low, low=tally.least, high=tally.most)
        return
    if tally.least > -INFINITE:
        low, bound = _held_against(tally, tally.low, tally.least)
        yield _row(rule, low, low=bound)
    if tally.most < INFINITE:
        high, bound = _held_against(tally, tally.high, tally.most)
        yield _row(rule, high, high=bound, part="most")


def _held_against(tally: Tally, counted: Scores, bound: float) -> tuple[Scores, float]:
    """A share of a whole as a sum: sum(counted) >= s * sum(per) is sum(counted - s * per) >= 0."""
    return (counted, bound) if tally.per is None else (counted - bound * tally.per, 0.0)


def _only_perhaps(tally: Tally, question: _Question) -> bool:
    """Whether no team reaches the floor by what is known, and some may by what is not."""
    if tally.least == -INFINITE:
        return False
    reach = [_held_against(tally, counted, tally.least) for counted in (tally.low, tally.high)]
    (known, bound), (possible, _) = reach
    return _most_of(known, question) < bound <= _most_of(possible, question)


def _most_of(weights: Scores, question: _Question) -> float:
    """The largest sum over a team of at most so many members, the lead among them."""
    others = np.delete(weights, question.lead)
    best = np.sort(others)[::-1][: question.members_at_most - 1]
    return float(weights[question.lead] + best[best > 0].sum())


def _largest(rule: TeamRule, figures: LargestShare, question: _Question) -> _Part:
    money, budget = question.candidates.money, question.budget
    unknown = np.isnan(money)
    if budget and not unknown.all():
        too_much = np.nan_to_num(money) > figures.most * budget * (1 + 1e-9)
        return _Part(
            rules=[_row(rule, too_much.astype(np.float64), high=0)], is_asked=bool(unknown.any()), unknown=unknown
        )
    ones = np.ones(len(question.candidates))
    return _Part(rules=[_row(rule, ones, low=fewest_for_share(figures.most))], is_asked=True, unknown=unknown)


def _districts(rule: TeamRule, figures: DifferentDistricts, question: _Question) -> _Part:
    district = question.candidates.district
    unknown = district == UNKNOWN
    certain = min(len(np.unique(district[~unknown])), question.members_at_most)
    possible = min(len(np.unique(district[~unknown])) + int(unknown.sum()), question.members_at_most)
    if certain < figures.least <= possible:
        return _Part(is_asked=True, unknown=unknown)
    return _Part(spreads=[Spread(rule.key, district, figures.least, price=_price(rule))], unknown=unknown)


def _together(rule: TeamRule, figures: Together, question: _Question) -> _Part:
    """The one with the other; where one of the two is no candidate, without it."""
    weights = np.zeros(len(question.candidates))
    weights[question.candidates.rows_of(figures.first)] = 1
    weights[question.candidates.rows_of(figures.second)] = -1
    return _Part(rules=[_row(rule, weights, low=0, high=0)] if weights.any() else [])


def _pair(rule: TeamRule, candidates: Facts, first: int, second: int) -> tuple[str, int, int]:
    return f"{rule.key}/{candidates.ids[first]}/{candidates.ids[second]}", first, second


def _row(rule: TeamRule, weights: Scores, *, low: float = -INFINITE, high: float = INFINITE, part: str = "") -> Rule:
    largest = float(np.abs(weights).max(initial=0.0)) or 1.0
    key = f"{rule.key}/{part}" if part else rule.key
    return Rule(key, weights, low, high, price=_price(rule) / largest)


def _price(rule: TeamRule) -> float:
    return HARD_PRICE if rule.is_hard else SOFT_PRICE
