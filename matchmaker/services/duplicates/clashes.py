"""What a row of the kept record takes over from one that says the same of the merged record, and so cannot move."""

from collections.abc import Callable, Mapping
from typing import Any

from models.enums import Grade, MembershipRole, ParticipationRole

Row = Mapping[str, Any]
TakeOver = Callable[[Row, Row], dict[str, Any]]

FROM_WEAK_TO_STRONG = (MembershipRole.VIEWER, MembershipRole.EDITOR, MembershipRole.OWNER)
FROM_OPEN_TO_CLOSED = (Grade.OPEN, Grade.CONDITIONAL, Grade.CLOSED)


def _membership(ours: Row, theirs: Row) -> dict[str, Any]:
    """Nobody loses a right."""
    return {"role": max(ours["role"], theirs["role"], key=FROM_WEAK_TO_STRONG.index)}


def _grade(ours: Row, theirs: Row) -> dict[str, Any]:
    """Nothing is seen that one of the two kept back."""
    return {"grade": max(ours["grade"], theirs["grade"], key=FROM_OPEN_TO_CLOSED.index)}


def _patents(ours: Row, theirs: Row) -> dict[str, Any]:
    """Both counted the same patents; the later count is the larger one."""
    return {name: max(ours[name], theirs[name]) for name in ("granted", "applied")}


def _participation(ours: Row, theirs: Row) -> dict[str, Any]:
    """One body in one project: it led if it led under either name; an unknown amount is filled in."""
    led = ParticipationRole.COORDINATOR in (ours["role"], theirs["role"])
    return {
        "role": ParticipationRole.COORDINATOR if led else ours["role"],
        "amount": theirs["amount"] if ours["amount"] is None else ours["amount"],
    }


# Of the tables that are not named here the kept record's row counts as it is.
TAKE_OVER: Mapping[str, TakeOver] = {
    "memberships": _membership,
    "field_grades": _grade,
    "patent_counts": _patents,
    "participations": _participation,
}
