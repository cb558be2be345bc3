"""What changed from one edition to another."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from matchmaker.services.rule_sets.reading import rules_in
from models.rules import CompositionRule, RuleSet


@dataclass(frozen=True)
class Difference:
    """A rule in both editions; only in the earlier one it was taken out, only in the later one it is new."""

    before: CompositionRule | None
    after: CompositionRule | None

    @property
    def is_changed(self) -> bool:
        return self.before is None or self.after is None or _content(self.before) != _content(self.after)


def compare(session: Session, before: RuleSet, after: RuleSet) -> list[Difference]:
    """Every rule of both: in the order of the later edition, what was taken out at the end.

    Rules are copied into a new edition without a mark of their origin, so alike ones are paired first, then those of
    one kind in their order.
    """
    left = list(rules_in(session, before))
    found: dict[int, CompositionRule | None] = {}
    new = rules_in(session, after)
    for alike in (_are_alike, _are_of_one_kind):
        for number, rule in enumerate(new):
            if found.get(number) is None and (twin := _first(left, rule, alike)) is not None:
                left.remove(twin)
                found[number] = twin
    differences = [Difference(found.get(number), rule) for number, rule in enumerate(new)]
    return [*differences, *(Difference(rule, None) for rule in left)]


def _first(
    rules: Sequence[CompositionRule],
    wanted: CompositionRule,
    alike: Callable[[CompositionRule, CompositionRule], bool],
) -> CompositionRule | None:
    return next((rule for rule in rules if alike(rule, wanted)), None)


def _are_alike(one: CompositionRule, other: CompositionRule) -> bool:
    return _content(one) == _content(other)


def _are_of_one_kind(one: CompositionRule, other: CompositionRule) -> bool:
    return one.kind is other.kind


def _content(rule: CompositionRule) -> tuple[object, ...]:
    return rule.kind, rule.arguments, rule.is_hard, rule.source
