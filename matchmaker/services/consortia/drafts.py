"""What people write in a room: one frozen draft for each part, checked before it is stored."""

import math
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from matchmaker.errors import InvalidInput
from models.enums import IpSide

MOST_SEATS = 30
MOST_RIGHTS = 60
MOST_MONEY = 1e13


class Article(StrEnum):
    """The articles of the agreement that are written out; each is a section of its own, by its column."""

    ORGANS = "organs"
    LIABLE_BODY = "liable_body"
    BREACH = "breach"
    ENTRY_EXIT = "entry_exit"
    SECRECY = "secrecy"


@dataclass(frozen=True, kw_only=True)
class GoalDraft:
    name_zh: str = ""
    name_en: str = ""
    goal_zh: str = ""
    goal_en: str = ""


@dataclass(frozen=True, kw_only=True)
class PlanDraft:
    """Money and time of the whole, and by which rules it is checked."""

    budget: float | None = None
    starts_on: date | None = None
    months: int | None = None
    rule_set_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class SeatDraft:
    """Amounts are in CNY; shares in percent, in hundredths."""

    role_zh: str = ""
    role_en: str = ""
    tasks: str = ""
    money: float | None = None
    own_money: float | None = None
    benefit_percent: float | None = None


@dataclass(frozen=True, kw_only=True)
class RightDraft:
    """A line of the IP matrix; owners and users are organisations of the room."""

    side: IpSide
    title: str
    owner_ids: tuple[str, ...] = ()
    user_ids: tuple[str, ...] = ()
    terms: str = ""


def check_goal(draft: GoalDraft) -> None:
    if not (draft.name_zh or draft.name_en):
        raise InvalidInput("name_missing", field="name_zh")


def check_plan(draft: PlanDraft) -> None:
    _check_range("budget", draft.budget, MOST_MONEY)
    if draft.months is not None and not 1 <= draft.months <= 240:
        raise InvalidInput("out_of_range", field="months", low=1, high=240)


def check_seat(draft: SeatDraft) -> None:
    if not (draft.role_zh or draft.role_en):
        raise InvalidInput("role_missing", field="role_zh")
    _check_range("money", draft.money, MOST_MONEY)
    _check_range("own_money", draft.own_money, MOST_MONEY)
    _check_range("benefit_percent", draft.benefit_percent, 100)
    share = draft.benefit_percent
    if share is not None and abs(share * 100 - round(share * 100)) > 1e-6:
        raise InvalidInput("share_in_hundredths", field="benefit_percent")


def check_right(draft: RightDraft, known: frozenset[str]) -> None:
    if not draft.title:
        raise InvalidInput("title_missing", field="title")
    for field, ids in (("owner_ids", draft.owner_ids), ("user_ids", draft.user_ids)):
        if not known.issuperset(ids):
            raise InvalidInput("not_in_the_room", field=field)


def _check_range(field: str, value: float | None, high: float) -> None:
    if value is not None and not (math.isfinite(value) and 0 <= value <= high):
        raise InvalidInput("out_of_range", field=field, low=0, high=high)
