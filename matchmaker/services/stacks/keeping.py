"""What the worker writes into a stack, step by step. Each is called in a transaction of its own."""

from typing import Any
from uuid import UUID

from sqlmodel import Session

from matchmaker.services import audit
from matchmaker.services.actors import PLATFORM
from models.enums import StackState
from models.rounds import CapitalStack


def keep(session: Session, stack_id: UUID, name: str, value: Any) -> None:
    """One part of the answer, under its name."""
    stack = session.get_one(CapitalStack, stack_id)
    stack.result = {**stack.result, name: value}


def show_plan(session: Session, stack_id: UUID, plan: dict[str, Any]) -> None:
    """The best plan so far; may be written again and again. Where the search is stopped it is what stays."""
    keep(session, stack_id, "plan", plan)
    session.get_one(CapitalStack, stack_id).seconds = plan["seconds"]


def keep_plan(session: Session, stack_id: UUID, plan: dict[str, Any], *, has_gap: bool) -> None:
    """The best plan. Where time ran out before the proof the search ends as it is."""
    show_plan(session, stack_id, plan)
    stack = session.get_one(CapitalStack, stack_id)
    if has_gap and plan["proof"]["gap"]["is_proved"]:
        _settle(session, stack, StackState.GAP)
    elif plan["is_proved"]:
        _settle(session, stack, StackState.PROVED)


def end(session: Session, stack_id: UUID) -> None:
    """Nothing more will come; what was not proved ends as it is. A stop may come behind the last step."""
    _settle(session, session.get_one(CapitalStack, stack_id), StackState.ENDED)


def _settle(session: Session, stack: CapitalStack, state: StackState) -> None:
    """A search ends once, and the log says so once."""
    if stack.state is not StackState.SEARCHING:
        return
    changes = audit.apply_changes(stack, {"state": state})
    audit.record(session, PLATFORM, "stack.end", stack, organisation_id=stack.organisation_id, changes=changes)
