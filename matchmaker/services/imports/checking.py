"""What checking a table found, frozen as plain facts that a page shows as often as it is asked."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from matchmaker.services import visibility
from matchmaker.services.actors import Actor
from matchmaker.services.audit import plain
from matchmaker.services.duplicates import finding
from matchmaker.services.imports.plans import PlannedRecord, PlannedRow, Preview
from matchmaker.services.imports.previews import Advance, ignore_progress, preview
from matchmaker.services.imports.reading import Table
from matchmaker.services.imports.uploads import table_of
from models.base import columns_of
from models.enums import ImportAction
from models.funds import Mandate
from models.organisations import Certification, Organisation
from models.registry import ImportUpload

LONGEST_SHOWN = 120
# Rows whose changes are kept field by field; of the rest the page has the name and what becomes of it.
MOST_DETAILED = 2_000
TOLD_OF_CHECKED = ("scheme_code", "valid_until")


def check(
    session: Session,
    actor: Actor,
    upload: ImportUpload,
    *,
    table: Table | None = None,
    advance: Advance = ignore_progress,
) -> Preview:
    """What taking this upload in would do now; `table`: its rows, for who has read them already."""
    rows = table or table_of(upload)
    return preview(session, actor, rows, upload.kind, mapping=upload.mapping, advance=advance)


def tell(session: Session, plan: Preview) -> dict[str, Any]:
    """The preview as facts: counts, rows by what becomes of them, problems, possible duplicates."""
    return {
        "counts": {
            "created": plan.created,
            "updated": plan.updated,
            "unchanged": plan.unchanged,
            "bad": plan.bad_rows,
            "total": plan.total,
        },
        "ignored": list(plan.ignored_headers),
        "earlier": str(plan.earlier_batch) if plan.earlier_batch else None,
        "created": [{"row": row.number, "label": row.label} for row in plan.rows if _is(row, ImportAction.CREATED)],
        "updated": list(_tell_updated(session, plan.rows)),
        "unchanged": [*({"row": row.number, "label": row.label} for row in plan.rows if row.action is None)]
        + [{"row": number, "label": ""} for number in plan.repeated],
        "problems": [
            {
                "row": problem.row,
                "column": problem.column,
                "value": problem.value,
                "code": problem.code,
                "facts": plain(problem.facts),
            }
            for problem in plan.problems
        ],
        "duplicates": list(_tell_duplicates(session, plan)),
    }


def _is(row: PlannedRow, action: ImportAction) -> bool:
    return row.action == action


def _tell_updated(session: Session, rows: Sequence[PlannedRow]) -> Iterator[dict[str, Any]]:
    updated = [row for row in rows if _is(row, ImportAction.UPDATED)]
    detailed = updated[:MOST_DETAILED]
    ids = [record.record_id for row in detailed for record in row.records if record.part.model is Organisation]
    open_of = visibility.open_fields(session, ids, visibility.FIELDS)
    for row in detailed:
        told = [change for record in row.records for change in _tell_changes(record, open_of.get(record.record_id))]
        yield {"row": row.number, "label": row.label, "changes": told, "doubted": list(_doubted(row))}
    for row in updated[MOST_DETAILED:]:
        yield {"row": row.number, "label": row.label}


def _tell_changes(record: PlannedRecord, open_fields: frozenset[str] | None) -> Iterator[list[Any]]:
    """Field, before, after, and whether it is kept back; of a child table what its rows are called.

    Who looks through a table learns nothing of what an organisation keeps back but that it would change.
    """
    names = {column.target: column.name for column in record.part.columns}

    def told(field: str, before: Any, after: Any) -> list[Any]:
        is_kept_back = open_fields is not None and field in visibility.FIELDS and field not in open_fields
        return [names[field], None if is_kept_back else _shown(before), _shown(after), is_kept_back]

    for name, after in record.values.items():
        if name in names:
            yield told(name, record.before.get(name), after)
    for name, rows in record.children.items():
        children = record.part.children[name]
        if not children.checked:
            yield told(name, _keyed(rows.before, children.keys), _keyed(rows.after, children.keys))
            continue
        # Those of which the table says nothing stay, and are not told.
        before = [row for row in rows.before if row not in rows.after]
        now = [row for row in rows.after if row not in rows.before]
        yield told(name, _keyed(before, TOLD_OF_CHECKED), _keyed(now, TOLD_OF_CHECKED))


def _doubted(row: PlannedRow) -> Iterator[str]:
    """What officers found true and the table says otherwise: it would have to be checked again."""
    for record in row.records:
        for rows in record.children.values():
            yield from (after["scheme_code"] for _, after in rows.doubted)


def _keyed(rows: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> list[str]:
    return [" ".join(str(plain(row[key])) for key in keys if row.get(key)) for row in rows]


def _shown(value: object) -> Any:
    told = plain(value)
    if isinstance(told, list):
        told = "; ".join(map(str, told))
    return f"{told[: LONGEST_SHOWN - 1]}…" if isinstance(told, str) and len(told) > LONGEST_SHOWN else told


def _tell_duplicates(session: Session, plan: Preview) -> Iterator[dict[str, Any]]:
    """Which new organisations look like one that is there, or like another row of the table."""
    new = [
        (row, record)
        for row in plan.rows
        for record in row.records
        if record.part.model is Organisation and record.action == ImportAction.CREATED
    ]
    if not new:
        return
    rows = {record.record_id: row for row, record in new}
    described = [finding.describe(record.record_id, record.values) for _, record in new]
    for pair in finding.find_among(session, described):
        row, other = rows[pair.second], rows.get(pair.first)
        yield {
            "row": row.number,
            "label": row.label,
            "likeness": pair.likeness,
            "grounds": pair.grounds,
            "other": None if other else str(pair.first),
            "other_row": other.number if other else None,
            "other_label": other.label if other else pair.first_name,
        }


def state_of_registry(session: Session) -> str:
    """A mark that moves with every organisation, and with whatever hangs on one.

    What was worked out before it still holds as long as the mark is the same.
    """
    columns = columns_of(Organisation)
    mark = hashlib.sha256()
    for key, changed_at in session.execute(sa.select(columns.id, columns.changed_at).order_by(columns.id)):
        mark.update(f"{key}{changed_at.isoformat()}".encode())
    # A check moves the certification alone, a fund's own hand the mandate alone: the index does not read them.
    for held in (columns_of(Certification), columns_of(Mandate)):
        for key, version in session.execute(sa.select(held.id, held.version).order_by(held.id)):
            mark.update(f"{key}{version}".encode())
    return mark.hexdigest()
