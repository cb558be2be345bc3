"""Rule sets in editions: a draft is edited, a published edition never changes, a newer one replaces it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, NotFound, Stale
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, can, require
from matchmaker.services.changes import change
from matchmaker.services.rule_sets.reading import rules_in
from models.base import new_id
from models.enums import RuleSetState
from models.rules import CompositionRule, RuleSet

MOST_NAME, MOST_SUMMARY, MOST_SOURCE = 200, 1000, 400


@dataclass(frozen=True, kw_only=True)
class SetDraft:
    """What a set is called and where it comes from; a template is there to be copied."""

    name_zh: str = ""
    name_en: str = ""
    summary_zh: str = ""
    summary_en: str = ""
    source: str
    valid_from: date | None = None
    is_template: bool = False


def draft_of(rule_set: RuleSet) -> SetDraft:
    return SetDraft(**{name: getattr(rule_set, name) for name in SetDraft.__dataclass_fields__})


def list_sets(session: Session, actor: Actor) -> Sequence[RuleSet]:
    """Every edition that the person may see, family by family, the newest first; drafts are for who edits rules."""
    require(actor, Permission.RULES_VIEW)
    order = (col(RuleSet.is_template), RuleSet.family, col(RuleSet.edition).desc())
    wanted = select(RuleSet).order_by(*order)
    if not can(actor, Permission.RULES_EDIT):
        wanted = wanted.where(RuleSet.state != RuleSetState.DRAFT)
    return session.exec(wanted).all()


def list_usable(session: Session, actor: Actor) -> Sequence[RuleSet]:
    """The editions that a challenge or a consortium can be put under: published, and no mere templates."""
    require(actor, Permission.RULES_VIEW)
    wanted = select(RuleSet).where(RuleSet.state == RuleSetState.PUBLISHED, col(RuleSet.is_template).is_(False))
    return session.exec(wanted.order_by(RuleSet.name_zh, RuleSet.family)).all()


def get_set(session: Session, actor: Actor, rule_set_id: UUID) -> RuleSet:
    """An edition; a draft is not there for who does not edit rules."""
    require(actor, Permission.RULES_VIEW)
    rule_set = session.get(RuleSet, rule_set_id)
    if rule_set is None or (rule_set.state is RuleSetState.DRAFT and not can(actor, Permission.RULES_EDIT)):
        raise NotFound("rule set", rule_set_id)
    return rule_set


def list_editions(session: Session, actor: Actor, rule_set: RuleSet) -> Sequence[RuleSet]:
    """All editions of the same family, the newest first."""
    return [one for one in list_sets(session, actor) if one.family == rule_set.family]


def create_set(session: Session, actor: Actor, draft: SetDraft, *, copied_from: RuleSet | None = None) -> RuleSet:
    """The first edition of a new set, a draft; with the rules of `copied_from`, each with its citation."""
    require(actor, Permission.RULES_EDIT)
    check_set(draft)
    rule_set = RuleSet(id=new_id(), family=str(new_id()), **asdict(draft))
    session.add(rule_set)
    session.flush()
    if copied_from is not None:
        _copy_rules(session, copied_from, rule_set)
    origin = {"copied_from": str(copied_from.id)} if copied_from else {}
    audit.record(session, actor, "rule_set.create", rule_set, changes={**asdict(draft), **origin})
    session.flush()
    return rule_set


def change_set(
    session: Session, actor: Actor, rule_set: RuleSet, draft: SetDraft, *, expected_version: int | None
) -> None:
    require(actor, Permission.RULES_EDIT)
    check_set(draft)
    require_draft(rule_set)
    change(session, actor, "rule_set.change", rule_set, asdict(draft), expected_version=expected_version)


def publish(session: Session, actor: Actor, rule_set: RuleSet, *, expected_version: int | None) -> None:
    """Freeze the edition as the officer has seen it; the edition that was in force is replaced by it.

    Challenges keep the edition that they were put under.
    """
    require(actor, Permission.RULES_EDIT)
    require_draft(rule_set)
    if expected_version is not None and rule_set.version != expected_version:
        raise Stale("rule_sets", {"version": (rule_set.version, expected_version)})
    if not rules_in(session, rule_set):
        raise InvalidInput("rule_set_empty")
    in_force = select(RuleSet).where(RuleSet.family == rule_set.family, RuleSet.state == RuleSetState.PUBLISHED)
    for former in session.exec(in_force):
        former.state = RuleSetState.REPLACED
        audit.record(session, actor, "rule_set.replace", former, changes={"by": str(rule_set.id)})
    rule_set.state = RuleSetState.PUBLISHED
    audit.record(session, actor, "rule_set.publish", rule_set, changes={"edition": rule_set.edition})
    session.flush()


def start_edition(session: Session, actor: Actor, rule_set: RuleSet) -> RuleSet:
    """A draft that begins where the published edition stands; one that is being written already is given instead."""
    require(actor, Permission.RULES_EDIT)
    family = session.exec(select(RuleSet).where(RuleSet.family == rule_set.family)).all()
    for edition in family:
        if edition.state is RuleSetState.DRAFT:
            return edition
    number = max(edition.edition for edition in family) + 1
    draft = RuleSet(id=new_id(), family=rule_set.family, edition=number, **asdict(draft_of(rule_set)))
    session.add(draft)
    session.flush()
    _copy_rules(session, rule_set, draft)
    audit.record(session, actor, "rule_set.start_edition", draft, changes={"edition": number})
    session.flush()
    return draft


def delete_set(session: Session, actor: Actor, rule_set: RuleSet) -> None:
    """Take a draft away; what was published stays, for teams were judged by it."""
    require(actor, Permission.RULES_EDIT)
    require_draft(rule_set)
    audit.record(session, actor, "rule_set.delete", rule_set, changes={"family": rule_set.family})
    for rule in rules_in(session, rule_set):
        session.delete(rule)
    session.flush()
    session.delete(rule_set)
    session.flush()


def require_draft(rule_set: RuleSet) -> None:
    if rule_set.state is not RuleSetState.DRAFT:
        raise InvalidInput("edition_is_published", edition=rule_set.edition)


def check_set(draft: SetDraft) -> None:
    if not draft.name_zh and not draft.name_en:
        raise InvalidInput("name_missing", field="name_zh")
    if not draft.source:
        raise InvalidInput("rule_source_missing", field="source")
    limits = {"name_zh": MOST_NAME, "name_en": MOST_NAME, "source": MOST_SOURCE}
    for name, most in {**limits, "summary_zh": MOST_SUMMARY, "summary_en": MOST_SUMMARY}.items():
        if len(getattr(draft, name)) > most:
            raise InvalidInput("too_long", field=name, most=most)


def _copy_rules(session: Session, origin: RuleSet, copy: RuleSet) -> None:
    for rule in rules_in(session, origin):
        values = {name: getattr(rule, name) for name in ("kind", "is_hard", "source", "position")}
        session.add(CompositionRule(rule_set_id=copy.id, arguments=dict(rule.arguments), **values))
    session.flush()
