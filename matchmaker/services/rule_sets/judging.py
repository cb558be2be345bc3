"""A team held against rules: one verdict a rule, with whom it concerns and what has to be asked."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

import numpy as np
from sqlmodel import Session, col, select

from matchmaker.consortium.facts import Facts
from matchmaker.consortium.judging import Verdict, judge
from matchmaker.services.actors import Actor, Permission, can, require
from matchmaker.services.rule_sets.figures import Figures, figures_of, team_rule
from matchmaker.store.reading import Visibility
from matchmaker.store.team_facts import Sees, read_facts
from models.enums import RuleOutcome
from models.organisations import Organisation
from models.rules import CompositionRule

__all__ = ["JudgedRule", "Judgement", "TeamMember", "Verdict", "judge_team", "sees_for"]


@dataclass(frozen=True, kw_only=True)
class TeamMember:
    """Somebody in a team: CNY of the budget that it is to receive, and CNY that it brings; None: not settled."""

    organisation_id: UUID
    money: float | None = None
    own_money: float | None = None


@dataclass(frozen=True, kw_only=True)
class JudgedRule:
    """A rule and what it comes to; `who` broke it, of `unknown` something has to be asked."""

    rule: CompositionRule
    figures: Figures
    verdict: Verdict
    who: tuple[UUID, ...]
    unknown: tuple[UUID, ...]

    @property
    def outcome(self) -> RuleOutcome:
        return self.verdict.outcome


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """All verdicts in the order of the rules; `organisations` are those that members and pairs of rules name."""

    rules: tuple[JudgedRule, ...]
    organisations: Mapping[str, Organisation]

    def of(self, outcome: RuleOutcome) -> tuple[JudgedRule, ...]:
        return tuple(rule for rule in self.rules if rule.outcome is outcome)

    @property
    def is_accepted(self) -> bool:
        """Whether every hard rule is met."""
        return all(rule.outcome is RuleOutcome.MET for rule in self.rules if rule.rule.is_hard)


def judge_team(
    session: Session,
    actor: Actor,
    rules: Sequence[CompositionRule],
    members: Sequence[TeamMember],
    *,
    lead_id: UUID | None,
    today: date,
    budget: float | None = None,
    chains: Sequence[str] = (),
    sees: Sees | None = None,
    joined: Collection[UUID] | None = None,
) -> Judgement:
    """Verdicts by what `actor` may see of the members, or by what `sees` lets through: the rest is unknown.

    `rules` are those of `rules.rules_for`; `chains` are the chains by which positions upstream and downstream count.
    Of others than `joined`, where that is given, no conflict on record is told.
    """
    require(actor, Permission.RULES_VIEW)
    ids = [member.organisation_id for member in members]
    seen = read_facts(session, ids, sees=sees or sees_for(session, actor), today=today, chains=chains)
    facts = _with_money(seen if joined is None else _told_of(seen, joined), members)
    lead = ids.index(lead_id) if lead_id in ids else None
    verdicts = judge([team_rule(rule) for rule in rules], facts, lead=lead, budget=budget)
    judged = tuple(
        JudgedRule(
            rule=rule,
            figures=figures_of(rule),
            verdict=verdict,
            who=tuple(ids[row] for row in verdict.who),
            unknown=tuple(ids[row] for row in verdict.unknown),
        )
        for rule, verdict in zip(rules, verdicts, strict=True)
    )
    return Judgement(rules=judged, organisations=organisations_named(session, ids, rules))


def sees_for(session: Session, actor: Actor) -> Callable[[UUID, str], bool]:
    """Whether `actor` may see a field of an organisation."""
    is_open = Visibility(session)
    return lambda key, field: is_open(key, field) or can(actor, Permission.ORGANISATION_SEE_CLOSED, key)


def organisations_named(
    session: Session, ids: Sequence[UUID], rules: Sequence[CompositionRule]
) -> dict[str, Organisation]:
    """By id as text: the members, and the two of every rule about a pair."""
    pairs = [UUID(rule.arguments[end]) for rule in rules for end in ("first", "second") if end in rule.arguments]
    wanted = select(Organisation).where(col(Organisation.id).in_([*ids, *pairs]))
    return {str(one.id): one for one in session.exec(wanted)}


def _told_of(facts: Facts, joined: Collection[UUID]) -> Facts:
    """With the conflicts among those who have joined. Anybody can put two names into a team, and would read from the
    verdict what is on record of them."""
    has_joined = np.isin(facts.ids, [str(key) for key in joined])
    told = facts.conflicts[has_joined[facts.conflicts].all(axis=1)]
    return replace(facts, conflicts=told, untold=np.flatnonzero(~has_joined).astype(np.int32))


def _with_money(facts: Facts, members: Sequence[TeamMember]) -> Facts:
    return replace(
        facts,
        money=np.array([_amount(one.money) for one in members], np.float64),
        own_money=np.array([_amount(one.own_money) for one in members], np.float64),
    )


def _amount(money: float | None) -> float:
    return float("nan") if money is None else money
