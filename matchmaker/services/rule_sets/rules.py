"""The rules themselves: of an edition while it is a draft, and of one challenge until it is handed in."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from matchmaker.consortium.rules import KIND_OF, LeadReaches
from matchmaker.errors import InvalidInput
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.challenges.editing import require_editable
from matchmaker.services.changes import check_version
from matchmaker.services.rule_sets.editions import require_draft
from matchmaker.services.rule_sets.figures import RuleDraft, check_draft, figures_of, stored_figures
from matchmaker.services.rule_sets.reading import Home, rules_in
from models.base import new_id, utc_now
from models.challenges import Challenge
from models.enums import LeadFigure
from models.rules import CompositionRule, RuleSet

MOST_RULES = 60


def require_editing(actor: Actor, home: Home) -> None:
    """Raise unless the actor may change the rules here, and they may still be changed."""
    if isinstance(home, RuleSet):
        require(actor, Permission.RULES_EDIT)
        require_draft(home)
        return
    require(actor, Permission.CHALLENGE_EDIT, home.organisation_id)
    require_editable(home)


def add_rule(session: Session, actor: Actor, home: Home, draft: RuleDraft) -> CompositionRule:
    """A rule at the end of the list."""
    require_editing(actor, home)
    check_draft(session, draft)
    present = rules_in(session, home)
    if len(present) >= MOST_RULES:
        raise InvalidInput("too_many_rules", most=MOST_RULES)
    rule = CompositionRule(
        id=new_id(),
        rule_set_id=home.id if isinstance(home, RuleSet) else None,
        challenge_id=home.id if isinstance(home, Challenge) else None,
        position=max((one.position for one in present), default=-1) + 1,
        kind=KIND_OF[type(draft.figures)],
        **_values(draft),
    )
    session.add(rule)
    _note(session, actor, home, "rule.add", rule, {"kind": rule.kind, **_values(draft)})
    return rule


def change_rule(
    session: Session,
    actor: Actor,
    home: Home,
    rule: CompositionRule,
    draft: RuleDraft,
    *,
    expected_version: int | None,
) -> None:
    """Other figures, another citation, hard or soft; what kind of rule it is stays."""
    require_editing(actor, home)
    check_draft(session, draft)
    if KIND_OF[type(draft.figures)] is not rule.kind:
        raise InvalidInput("rule_kind_is_fixed", kind=rule.kind)
    values = _values(draft)
    stored = RuleDraft(figures=figures_of(rule), source=rule.source, is_hard=rule.is_hard)
    check_version(rule, _flat(draft), theirs=_flat(stored), expected_version=expected_version)
    changes = audit.apply_changes(rule, values)
    if changes:
        _note(session, actor, home, "rule.change", rule, changes)


def remove_rule(session: Session, actor: Actor, home: Home, rule: CompositionRule) -> None:
    require_editing(actor, home)
    _note(session, actor, home, "rule.remove", rule, {"kind": rule.kind, **_values_of(rule)})
    session.delete(rule)
    session.flush()


def move_up(session: Session, actor: Actor, home: Home, rule: CompositionRule) -> None:
    """One place further to the front; the first stays."""
    require_editing(actor, home)
    ordered = [one.id for one in rules_in(session, home)]
    place = ordered.index(rule.id)
    if place == 0:
        return
    ordered[place - 1 : place + 1] = [rule.id, ordered[place - 1]]
    for position, rule_id in enumerate(ordered):
        session.get_one(CompositionRule, rule_id).position = position
    _note(session, actor, home, "rule.move", rule, {"position": [place, place - 1]})


def _values(draft: RuleDraft) -> dict[str, Any]:
    return {"arguments": stored_figures(draft.figures), "source": draft.source.strip(), "is_hard": draft.is_hard}


def _values_of(rule: CompositionRule) -> dict[str, Any]:
    return {"arguments": rule.arguments, "source": rule.source, "is_hard": rule.is_hard}


def _flat(draft: RuleDraft) -> dict[str, object]:
    """Each figure beside the others, so that what differs can be named."""
    figures = draft.figures
    shown = {name: getattr(figures, name) for name in figures.__dataclass_fields__ if name != "thresholds"}
    if isinstance(figures, LeadReaches):
        shown |= {figure.value: None for figure in LeadFigure}
        shown |= {one.figure.value: one.least for one in figures.thresholds}
    return {**shown, "source": draft.source.strip(), "is_hard": draft.is_hard}


def _note(
    session: Session, actor: Actor, home: Home, action: str, rule: CompositionRule, changes: Mapping[str, Any]
) -> None:
    """The audit row; and the clock of an edition, so that nobody publishes what has just been changed."""
    owner = home.organisation_id if isinstance(home, Challenge) else None
    audit.record(session, actor, action, rule, organisation_id=owner, changes={"of": str(home.id), **changes})
    if isinstance(home, RuleSet):
        home.changed_at = utc_now()
    session.flush()
