"""What people pick from reference lists: checked before it is stored, the same for postings and challenges."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput
from models.taxonomy import Capability

MOST_TAGS = 12


@dataclass(frozen=True, kw_only=True)
class Tag:
    """A capability of an offer (how good), or asked for by a need (at least how good, how important, a must or not)."""

    capability_code: str
    level: int
    weight: float = 1.0
    is_must: bool = False


def check_tags(session: Session, tags: Sequence[Tag]) -> None:
    codes = [tag.capability_code for tag in tags]
    if len(codes) > MOST_TAGS:
        raise InvalidInput("too_many_tags", field="tags", most=MOST_TAGS, given=len(codes))
    if len(set(codes)) < len(codes):
        raise InvalidInput("tag_twice", field="tags")
    if any(not 1 <= tag.level <= 5 or not 0 < tag.weight <= 100 for tag in tags):
        raise InvalidInput("tag_range", field="tags")
    check_known(session, Capability, codes, "unknown_capabilities", "tags")


def check_known(session: Session, table: Any, codes: Sequence[str], code: str, field: str) -> None:
    """Raise InvalidInput with those that are not in the list."""
    known = set(session.exec(select(table.code).where(col(table.code).in_(codes))))
    if unknown := [one for one in codes if one not in known]:
        raise InvalidInput(code, field=field, codes=unknown)


def check_range(low: int | None, high: int | None, *, fields: tuple[str, str]) -> None:
    """Readiness levels: both ends or neither, from low to high."""
    if (low is None) is not (high is None):
        raise InvalidInput("trl_both_ends", field=fields[1] if high is None else fields[0])
    if low is not None and high is not None and not 1 <= low <= high <= 9:
        raise InvalidInput("trl_order", field=fields[1])
