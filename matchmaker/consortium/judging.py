"""Rules held against a real team: met, broken, or not to be told from what is known."""

from collections.abc import Sequence
from dataclasses import dataclass

from matchmaker.consortium.facts import Facts
from matchmaker.consortium.rules import TeamRule
from models.enums import RuleKind, RuleOutcome

INFINITE = float("inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a rule comes to: `low` to `high` is what it can be by what is known, `least` to `most` what is wanted.

    `who` are the rows of the members by whom a rule is broken (the lead, those beyond a ceiling, the two that may not
    meet; nobody where somebody is missing), `unknown` those of whom something has to be asked. For rules that are
    not about an amount (who may lead, pairs) the figure is 1 where it holds and 0 where not.
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


def judge(
    rules: Sequence[TeamRule], team: Facts, *, lead: int | None, budget: float | None = None
) -> tuple[Verdict, ...]:
    """One verdict a rule, in their order. `team` holds the members alone; `lead` is the row of the lead among them."""
    raise NotImplementedError


def is_accepted(verdicts: Sequence[Verdict]) -> bool:
    """Whether no hard rule is broken or open."""
    return all(verdict.outcome is RuleOutcome.MET for verdict in verdicts if verdict.is_hard)
