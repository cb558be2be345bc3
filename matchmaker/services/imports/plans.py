"""What an import would do, in values that a page or a terminal can show before anything is done."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from matchmaker.services.imports.kinds import Part, TableKind
from matchmaker.services.imports.problems import RowProblem
from models.enums import ImportAction


@dataclass(frozen=True)
class ChildRows:
    """What one cell makes of a child table: all its rows before, and all its rows after."""

    before: tuple[Mapping[str, Any], ...]
    after: tuple[Mapping[str, Any], ...]

    @property
    def doubted(self) -> list[tuple[Mapping[str, Any], Mapping[str, Any]]]:
        """Rows that an officer found true and of which the table says something else, before and after."""
        after = {row["id"]: row for row in self.after if "verified_at" in row}
        pairs = [(row, after[row["id"]]) for row in self.before if row.get("verified_at")]
        return [(row, now) for row, now in pairs if not now["verified_at"]]


@dataclass(frozen=True, kw_only=True)
class PlannedRecord:
    """One record to be made or changed; `values` holds what differs, `before` what was there."""

    part: Part
    record_id: UUID
    action: ImportAction
    values: Mapping[str, Any]
    before: Mapping[str, Any] = field(default_factory=dict)
    children: Mapping[str, ChildRows] = field(default_factory=dict)
    owner_id: UUID
    version: int | None = None  # of the record that was looked at; None where it is new

    @property
    def changes_nothing(self) -> bool:
        return self.action == ImportAction.UPDATED and not self.values and not self.children


@dataclass(frozen=True, kw_only=True)
class PlannedRow:
    number: int
    label: str
    records: tuple[PlannedRecord, ...]

    @property
    def action(self) -> ImportAction | None:
        """What becomes of the row's own record; None when the registry says the same already."""
        effective = [record for record in self.records if not record.changes_nothing]
        return effective[-1].action if effective else None


@dataclass(frozen=True, kw_only=True)
class Preview:
    """A table held against the registry. Nothing is changed until it is applied."""

    kind: TableKind
    file_name: str
    sha256: str
    source: str
    rows: tuple[PlannedRow, ...]
    problems: tuple[RowProblem, ...]
    repeated: tuple[int, ...]
    ignored_headers: tuple[str, ...]
    earlier_batch: UUID | None

    @property
    def created(self) -> int:
        return sum(row.action == ImportAction.CREATED for row in self.rows)

    @property
    def updated(self) -> int:
        return sum(row.action == ImportAction.UPDATED for row in self.rows)

    @property
    def unchanged(self) -> int:
        return sum(row.action is None for row in self.rows) + len(self.repeated)

    @property
    def bad_rows(self) -> int:
        return len({problem.row for problem in self.problems})

    @property
    def total(self) -> int:
        return len(self.rows) + len(self.repeated) + self.bad_rows
