"""Rules as rows for the composer: what an instance needs so that it only finds teams that the rules accept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matchmaker.consortium.facts import Facts
from matchmaker.consortium.instance import Rule, Spread
from matchmaker.consortium.rules import TeamRule
from matchmaker.profiles import Ints, Mask

HARD_PRICE, SOFT_PRICE = 1000.0, 10.0


@dataclass(frozen=True, slots=True, eq=False)
class Compiled:
    """Rows for an Instance. A rule may come to several rows, and one row of `apart` a pair: `rule_of` a row's key
    gives the rule's. A floor counts only what is known; a ceiling counts whoever is unknown as one of them.

    `asked` are rules that no team could be known to meet though some may: they are no rows but questions.
    `unknown` maps a rule to the candidates of whom it would have to be asked.
    """

    rules: tuple[Rule, ...]
    spreads: tuple[Spread, ...]
    apart: Ints  # q x 2
    apart_keys: tuple[str, ...]
    soft: frozenset[str]  # keys of rules that are not hard
    asked: tuple[str, ...]
    unknown: Mapping[str, Mask]


def rule_of(row_key: str) -> str:
    return row_key.split("/", maxsplit=1)[0]


def compile_rules(
    rules: Sequence[TeamRule],
    candidates: Facts,
    *,
    lead: int | None,
    members_at_most: int,
    budget: float | None = None,
) -> Compiled:
    """Rows over all candidates; `lead` is the row of whoever leads (held in every team)."""
    raise NotImplementedError
