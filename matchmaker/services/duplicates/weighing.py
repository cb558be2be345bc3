"""Which of two records is kept, and which value of each field stands, as proposed to the officer."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from models.accounts import Membership
from models.organisations import Organisation

# What people know of an organisation; keys, clocks and states are not for choosing.
FIELDS = (
    "name_zh",
    "name_en",
    "short_name",
    "uscc",
    "kind",
    "ownership",
    "district_code",
    "country",
    "region",
    "address",
    "website",
    "founded_on",
    "industry_code",
    "staff",
    "rd_staff_share",
    "revenue_band",
    "rd_ratio",
    "capacity",
    "engaged",
    "summary_zh",
    "summary_en",
    "tags",
    "contact_name",
    "contact_email",
    "contact_phone",
)


class Side(StrEnum):
    KEPT = "kept"
    MERGED = "merged"


def differing(kept: Organisation, merged: Organisation) -> list[str]:
    return [name for name in FIELDS if getattr(kept, name) != getattr(merged, name)]


def propose_values(kept: Organisation, merged: Organisation) -> dict[str, Side]:
    """The filled value before an empty one, then the verified record's, then that of the record looked at last."""
    stronger = Side.MERGED if _trust(merged) > _trust(kept) else Side.KEPT
    return {name: _propose(getattr(kept, name), getattr(merged, name), stronger) for name in differing(kept, merged)}


def _propose(ours: Any, theirs: Any, stronger: Side) -> Side:
    if is_empty(ours) or is_empty(theirs):
        return Side.MERGED if is_empty(ours) else Side.KEPT
    return stronger


def is_empty(value: Any) -> bool:
    return value is None or value == "" or value == []


def _trust(record: Organisation) -> tuple[bool, float]:
    seen = record.looked_at or record.changed_at
    return record.verified_at is not None, seen.timestamp()


def propose_kept(session: Session, first: Organisation, second: Organisation) -> Organisation:
    """The verified one, else the one with people, else the one that is filled in better, else the older."""
    people = dict(_count_people(session, first, second))

    def worth(record: Organisation) -> tuple[bool, int, int, float]:
        filled = sum(not is_empty(getattr(record, name)) for name in FIELDS)
        return record.verified_at is not None, people.get(record.id, 0), filled, -record.created_at.timestamp()

    return max(first, second, key=worth)


def _count_people(session: Session, *records: Organisation) -> Mapping[Any, int]:
    ids = [record.id for record in records]
    counted = sa.select(col(Membership.organisation_id), sa.func.count()).where(
        col(Membership.organisation_id).in_(ids)
    )
    rows = session.execute(counted.group_by(col(Membership.organisation_id)))
    return {row[0]: row[1] for row in rows}
