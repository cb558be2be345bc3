"""One record taken into another: values as the officer chose, every row that pointed at it moved, all on record."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, Stale
from matchmaker.names import fold_name
from matchmaker.services import audit, visibility
from matchmaker.services.actors import Actor
from matchmaker.services.audit import plain
from matchmaker.services.duplicates import moving
from matchmaker.services.duplicates.clashes import FROM_OPEN_TO_CLOSED
from matchmaker.services.duplicates.queue import LONGEST_NOTE, hold_pair
from matchmaker.services.duplicates.weighing import FIELDS, Side, propose_values
from models.base import utc_now
from models.enums import DuplicateState, Grade, OrganisationState
from models.organisations import FieldGrade, Organisation
from models.registry import DuplicatePair, OrganisationMerge

# Trust and presence: the merged record's where the kept one has none, and the later of two.
LATER = ("verified_at", "looked_at")


@dataclass(frozen=True, kw_only=True)
class Seen:
    """The versions of what the officer had before their eyes."""

    pair: int | None = None
    kept: int | None = None
    merged: int | None = None


def merge(
    session: Session,
    actor: Actor,
    pair_id: UUID,
    *,
    kept_id: UUID,
    values: Mapping[str, Side] | None = None,
    note: str = "",
    seen: Seen = Seen(),
) -> OrganisationMerge:
    """Take the other record of the pair into `kept_id`. `values` says which side stands, field by field."""
    pair = hold_pair(session, actor, pair_id, expected_version=seen.pair)
    if pair.state is not DuplicateState.OPEN:
        raise InvalidInput("pair_decided", state=pair.state)
    if kept_id not in (pair.first_id, pair.second_id):
        raise InvalidInput("not_of_the_pair", field="kept")
    if len(note) > LONGEST_NOTE:
        raise InvalidInput("too_long", field="note", most=LONGEST_NOTE)
    kept = hold_record(session, kept_id, seen.kept)
    merged = hold_record(session, pair.second_id if kept_id == pair.first_id else pair.first_id, seen.merged)
    for one in (kept, merged):
        if one.state is OrganisationState.MERGED:
            raise InvalidInput("merged_already", name=one.name_zh or one.name_en)

    moves = moving.work_out(session, kept=kept.id, merged=merged.id)
    grades = _strictest(session, kept.id, merged.id)
    fields = _set_fields(session, kept, merged, values or propose_values(kept, merged))
    moving.carry_out(session, moves, kept=kept.id)
    closed = _hold_back(session, kept.id, grades)
    pairs = _turn_pairs(session, pair, kept=kept.id, merged=merged.id)
    done = OrganisationMerge(
        kept_id=kept.id,
        merged_id=merged.id,
        moved={**moves.to_stored(), "fields": fields, "grades": closed, "pairs": pairs, "pair_id": str(pair.id)},
        note=note,
        merged_by=actor.user_id,
    )
    session.add(done)
    pair.state, pair.note = DuplicateState.MERGED, note
    counts = moves.count_by_table()
    # Who reads the account may not read every field, so it tells which ones changed, never what they said.
    names = sorted(fields["kept"])
    changes = {"kept": kept.id, "merged": merged.id, "moved": counts, "stayed": len(moves.stayed), "fields": names}
    for one in (kept, merged):
        audit.record(session, actor, "organisation.merge", done, organisation_id=one.id, changes=changes)
    session.flush()
    # What moved was written past the records that this session knows.
    session.expire_all()
    return done


def hold_record(session: Session, organisation_id: UUID, expected_version: int | None) -> Organisation:
    """The organisation, read anew and held; Stale where it is not as it was shown."""
    wanted = select(Organisation).where(Organisation.id == organisation_id).with_for_update()
    record = session.exec(wanted.execution_options(populate_existing=True)).one()
    if expected_version is not None and record.version != expected_version:
        raise Stale("organisations", {"version": (record.version, expected_version)})
    return record


def _set_fields(
    session: Session, kept: Organisation, merged: Organisation, values: Mapping[str, Side]
) -> dict[str, dict[str, Any]]:
    """Write the chosen values; gives what was and what is, by record and field."""
    if unknown := [name for name in values if name not in FIELDS]:
        raise InvalidInput("unknown_field", typed=", ".join(unknown))
    ours = {name: getattr(merged, name) for name, side in values.items() if side is Side.MERGED}
    ours |= {name: _later(getattr(kept, name), getattr(merged, name)) for name in LATER}
    name_zh, name_en = ours.get("name_zh", kept.name_zh), ours.get("name_en", kept.name_en)
    if not (name_zh or name_en):
        raise InvalidInput("name_missing", field="name_zh")
    ours["name_key"] = fold_name(name_zh or name_en)
    theirs: dict[str, Any] = {"state": OrganisationState.MERGED, "merged_into_id": kept.id}
    if "uscc" in ours:
        theirs["uscc"] = None  # a credit code stands once in the registry
    told = {"merged": audit.apply_changes(merged, theirs)}
    session.flush()
    told["kept"] = audit.apply_changes(kept, ours)
    for record in (kept, merged):
        record.changed_at = utc_now()
    session.flush()
    return {name: dict(plain(changes)) for name, changes in told.items()}


def _strictest(session: Session, *organisation_ids: UUID) -> dict[str, Grade]:
    """Of each field the closest grade that any of them gives it, by itself or by default."""
    every = [visibility.grades_of(session, one) for one in organisation_ids]
    return {name: max((one[name] for one in every), key=FROM_OPEN_TO_CLOSED.index) for name in visibility.FIELDS}


def _hold_back(session: Session, kept: UUID, grades: Mapping[str, Grade]) -> list[dict[str, Any]]:
    """Nothing is seen that one of the two kept back, be it by default; gives the rows as they were and are."""
    session.expire_all()  # rows moved past the records that this session knows
    changed = []
    for name, now in visibility.grades_of(session, kept).items():
        if now is grades[name]:
            continue
        own = select(FieldGrade).where(FieldGrade.organisation_id == kept, FieldGrade.field == name)
        row = session.exec(own).first()
        told = {"before": plain(row.grade) if row else None, "after": plain(grades[name])}
        if row is None:
            row = FieldGrade(organisation_id=kept, field=name, grade=grades[name])
            session.add(row)
        else:
            moving.write(session, "field_grades", {"id": row.id}, {"grade": grades[name]})
        changed.append({"id": str(row.id), **told})
    session.flush()
    return changed


def _later(ours: Any, theirs: Any) -> Any:
    return max((value for value in (ours, theirs) if value is not None), default=None)


def _turn_pairs(session: Session, decided: DuplicatePair, *, kept: UUID, merged: UUID) -> list[dict[str, str]]:
    """Whoever was said to be another body than the merged record is another than the kept one."""
    both = select(DuplicatePair).where((DuplicatePair.first_id == merged) | (DuplicatePair.second_id == merged))
    turned = []
    for pair in session.exec(both.where(DuplicatePair.state == DuplicateState.APART, DuplicatePair.id != decided.id)):
        other = pair.second_id if pair.first_id == merged else pair.first_id
        first, second = sorted((kept, other))
        if other == kept or _has_pair(session, first, second):
            continue
        turned.append({"id": str(pair.id), "first": str(pair.first_id), "second": str(pair.second_id)})
        moving.write(session, "duplicate_pairs", {"id": pair.id}, {"first_id": first, "second_id": second})
    return turned


def _has_pair(session: Session, first: UUID, second: UUID) -> bool:
    same = select(DuplicatePair.id).where(DuplicatePair.first_id == first, DuplicatePair.second_id == second)
    return session.exec(same.order_by(col(DuplicatePair.id))).first() is not None
