"""Which rules there are: of an edition, of a challenge, and all that a team is under."""

from collections.abc import Sequence
from typing import TypeAlias
from uuid import UUID

from sqlmodel import Session, col, func, select

from matchmaker.consortium.rules import TeamRule
from matchmaker.errors import NotFound
from matchmaker.services.rule_sets.figures import team_rule
from models.challenges import Challenge
from models.rules import CompositionRule, RuleSet

Home: TypeAlias = RuleSet | Challenge


def rules_in(session: Session, home: Home) -> Sequence[CompositionRule]:
    column = CompositionRule.rule_set_id if isinstance(home, RuleSet) else CompositionRule.challenge_id
    wanted = select(CompositionRule).where(column == home.id)
    return session.exec(wanted.order_by(col(CompositionRule.position), col(CompositionRule.id))).all()


def count_rules(session: Session) -> dict[UUID, int]:
    """How many rules each edition has that has any."""
    counted = select(CompositionRule.rule_set_id, func.count()).where(col(CompositionRule.rule_set_id).is_not(None))
    return {key: many for key, many in session.exec(counted.group_by(col(CompositionRule.rule_set_id))) if key}


def rules_for(session: Session, *, rule_set_id: UUID | None, challenge_id: UUID | None) -> list[CompositionRule]:
    """All rules that a team is under: those of the set, then the challenge's own."""
    homes = [
        session.get(RuleSet, rule_set_id) if rule_set_id else None,
        session.get(Challenge, challenge_id) if challenge_id else None,
    ]
    return [rule for home in homes if home is not None for rule in rules_in(session, home)]


def team_rules(session: Session, *, rule_set_id: UUID | None, challenge_id: UUID | None) -> tuple[TeamRule, ...]:
    """The same for the engine; a rule's key is the id of its row."""
    return tuple(team_rule(one) for one in rules_for(session, rule_set_id=rule_set_id, challenge_id=challenge_id))


def get_rule(session: Session, home: Home, rule_id: UUID) -> CompositionRule:
    for rule in rules_in(session, home):
        if rule.id == rule_id:
            return rule
    raise NotFound("rule", rule_id)
