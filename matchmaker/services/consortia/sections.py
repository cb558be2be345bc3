"""The parts of a room that belong to no seat: name and goal, the plan, and the articles of the agreement."""

from dataclasses import asdict
from uuid import UUID

from sqlmodel import Session

from matchmaker.errors import InvalidInput
from matchmaker.services.actors import Actor
from matchmaker.services.changes import fingerprint
from matchmaker.services.consortia import rooms
from matchmaker.services.consortia.changing import change_part
from matchmaker.services.consortia.drafts import Article, GoalDraft, PlanDraft, check_goal, check_plan
from models.consortia import Consortium
from models.enums import RuleSetState
from models.rules import RuleSet

LONGEST_ARTICLE = {Article.LIABLE_BODY: 1000}
LONGEST_TEXT = 2000


def update_goal(
    session: Session, actor: Actor, consortium_id: UUID, draft: GoalDraft, *, seen: str | None = None
) -> None:
    """What it is called and what it is for; for any member."""
    check_goal(draft)
    room = rooms.open_for_change(session, actor, consortium_id)
    change_part(session, actor, room, "consortium.update-goal", room.consortium, asdict(draft), seen=seen)


def update_plan(
    session: Session, actor: Actor, consortium_id: UUID, draft: PlanDraft, *, seen: str | None = None
) -> None:
    """Money, time and rules of the whole; for the lead."""
    check_plan(draft)
    room = rooms.open_for_change(session, actor, consortium_id)
    rooms.require_lead(actor, room)
    _check_rule_set(session, room.consortium, draft.rule_set_id)
    change_part(session, actor, room, "consortium.update-plan", room.consortium, asdict(draft), seen=seen)


def update_article(
    session: Session, actor: Actor, consortium_id: UUID, article: Article, text: str, *, seen: str | None = None
) -> None:
    """One article of the agreement; for any member."""
    if len(text) > longest(article):
        raise InvalidInput("feedback_note_too_long", field="text", most=longest(article))
    room = rooms.open_for_change(session, actor, consortium_id)
    change_part(session, actor, room, "consortium.update-article", room.consortium, {article.value: text}, seen=seen)


def longest(article: Article) -> int:
    return LONGEST_ARTICLE.get(article, LONGEST_TEXT)


def seen_goal(consortium: Consortium) -> str:
    return fingerprint({name: getattr(consortium, name) for name in GoalDraft.__dataclass_fields__})


def seen_plan(consortium: Consortium) -> str:
    return fingerprint({name: getattr(consortium, name) for name in PlanDraft.__dataclass_fields__})


def seen_article(consortium: Consortium, article: Article) -> str:
    return fingerprint({article.value: getattr(consortium, article.value)})


def _check_rule_set(session: Session, consortium: Consortium, rule_set_id: UUID | None) -> None:
    """A published one, or the one that it has, which may have been replaced since."""
    if rule_set_id is None or rule_set_id == consortium.rule_set_id:
        return
    chosen = session.get(RuleSet, rule_set_id)
    if chosen is None or chosen.state is not RuleSetState.PUBLISHED:
        raise InvalidInput("rule_set_not_published", field="rule_set_id")
