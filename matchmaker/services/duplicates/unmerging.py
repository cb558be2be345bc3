"""A merge taken back: every row that moved and every value that was there; what people have changed since stays."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from matchmaker.errors import InvalidInput, NotFound
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.audit import plain
from matchmaker.services.duplicates import moving
from matchmaker.services.duplicates.merging import hold_record
from matchmaker.services.imports.images import restore, restore_value
from models.base import metadata, utc_now
from models.enums import DuplicateState, Grade, OrganisationState
from models.organisations import FieldGrade, Organisation
from models.registry import DuplicatePair, OrganisationMerge


@dataclass(frozen=True, kw_only=True)
class Unmerged:
    """How many rows went back; how many of which table did not; which fields of the kept record had changed since."""

    rows: int
    stayed: Mapping[str, int]
    fields: tuple[str, ...]


def get_merge(session: Session, actor: Actor, merge_id: UUID) -> OrganisationMerge:
    require(actor, Permission.REGISTRY_CURATE)
    merge = session.get(OrganisationMerge, merge_id)
    if merge is None:
        raise NotFound("merge", merge_id)
    return merge


def unmerge(session: Session, actor: Actor, merge_id: UUID) -> Unmerged:
    require(actor, Permission.REGISTRY_CURATE)
    wanted = select(OrganisationMerge).where(OrganisationMerge.id == merge_id).with_for_update()
    merge = session.exec(wanted.execution_options(populate_existing=True)).first()
    if merge is None:
        raise NotFound("merge", merge_id)
    if merge.undone_at is not None:
        raise InvalidInput("merge_undone")
    kept = hold_record(session, merge.kept_id, None)
    merged = hold_record(session, merge.merged_id, None)
    if kept.state is OrganisationState.MERGED or merged.merged_into_id != kept.id:
        raise InvalidInput("merge_later_first", name=kept.name_zh or kept.name_en)

    _give_grades_back(session, merge)
    rows, stayed = _move_back(session, merge)
    _give_back(session, merge)
    fields = _reset(kept, merge.moved["fields"]["kept"])
    session.flush()  # a credit code stands once: first it leaves the kept record
    _reset(merged, merge.moved["fields"]["merged"])
    for record in (kept, merged):
        record.changed_at = utc_now()
    merge.undone_at = utc_now()
    _reopen(session, merge)
    report = Unmerged(rows=rows, stayed=stayed, fields=tuple(fields))
    changes = {"rows": rows, "stayed": dict(stayed), "fields": fields}
    for record in (kept, merged):
        audit.record(session, actor, "organisation.unmerge", merge, organisation_id=record.id, changes=changes)
    session.flush()
    session.expire_all()
    return report


def _move_back(session: Session, merge: OrganisationMerge) -> tuple[int, dict[str, int]]:
    """Rows that still stand with the kept record; those that were deleted, or signed since, stay as they are."""
    locked = moving.locked_rooms(session)
    rows = 0
    stayed: dict[str, int] = {}
    for one in merge.moved["rows"]:
        missed = 0
        for stored in one["keys"]:
            key = moving.moved_key(moving.read_key(one["table"], stored), merged=merge.merged_id, kept=merge.kept_id)
            if _may_move(session, one["table"], one["column"], key, merge.kept_id, locked):
                rows += moving.write(session, one["table"], key, {one["column"]: merge.merged_id})
            else:
                missed += 1
        if missed:
            stayed[one["table"]] = stayed.get(one["table"], 0) + missed
    for listed in merge.moved["lists"]:
        key = moving.read_key(listed["table"], listed["key"])
        row = moving.find_row(session, listed["table"], key)
        if (
            row is not None
            and row[listed["column"]] == listed["after"]
            and not moving.is_locked(listed["table"], row, locked)
        ):
            rows += moving.write(session, listed["table"], key, {listed["column"]: listed["before"]})
        else:
            stayed[listed["table"]] = stayed.get(listed["table"], 0) + 1
    return rows, stayed


def _give_grades_back(session: Session, merge: OrganisationMerge) -> None:
    """Grades that the merge made closer, where they still are as it made them."""
    for one in merge.moved.get("grades", []):
        row = session.get(FieldGrade, UUID(one["id"]))
        if row is None or row.grade != one["after"]:
            continue
        if one["before"] is None:
            session.delete(row)
        else:
            moving.write(session, "field_grades", {"id": row.id}, {"grade": Grade(one["before"])})
    session.flush()


def _may_move(
    session: Session, table: str, column: str, key: Mapping[str, Any], kept: UUID, locked: frozenset[UUID]
) -> bool:
    row = moving.find_row(session, table, key)
    return row is not None and row[column] == kept and not moving.is_locked(table, row, locked)


def _give_back(session: Session, merge: OrganisationMerge) -> None:
    """What rows of the kept record had taken over, where they still say it."""
    for one in merge.moved["stayed"]:
        if not one["changed"]:
            continue
        key = moving.read_key(one["table"], one["beside"])
        row = moving.find_row(session, one["table"], key)
        if row is None:
            continue
        columns = metadata.tables[one["table"]].c
        back = {
            name: restore_value(columns[name], before)
            for name, (before, after) in one["changed"].items()
            if plain(row[name]) == after
        }
        if back:
            moving.write(session, one["table"], key, back)


def _reset(record: Organisation, changes: Mapping[str, Any]) -> list[str]:
    """Put values back that still are as the merge left them; gives the others."""
    changed_since = []
    for name, (before, after) in changes.items():
        if plain(getattr(record, name)) == after:
            setattr(record, name, restore(Organisation, name, before))
        else:
            changed_since.append(name)
    return changed_since


def _reopen(session: Session, merge: OrganisationMerge) -> None:
    for turned in merge.moved["pairs"]:
        first, second = UUID(turned["first"]), UUID(turned["second"])
        moving.write(session, "duplicate_pairs", {"id": UUID(turned["id"])}, {"first_id": first, "second_id": second})
    pair = session.get(DuplicatePair, UUID(merge.moved["pair_id"]))
    if pair is not None and pair.state is DuplicateState.MERGED:
        pair.state, pair.note = DuplicateState.OPEN, ""
