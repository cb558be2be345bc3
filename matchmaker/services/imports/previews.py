"""Holding a table against the registry: what would be made, what would change, what is wrong, row by row."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.imports import headers as headers_of
from matchmaker.services.imports.drafts import Draft, DraftRecord, finish_drafts
from matchmaker.services.imports.kinds import Part, TableKind
from matchmaker.services.imports.matching import Belongings, load_belongings, match_organisation
from matchmaker.services.imports.parsing import ParsedRow, RowParser
from matchmaker.services.imports.plans import Preview
from matchmaker.services.imports.problems import CellProblem, ImportRefused, RowProblem
from matchmaker.services.imports.reading import Table
from matchmaker.services.imports.reference import Reference, load_reference
from matchmaker.services.imports.tables import get_kind
from models.base import new_id
from models.enums import ImportState, OrganisationKind
from models.jobs import ImportBatch
from models.organisations import Organisation

DEFAULT_SOURCE = "import"
Advance = Callable[[int], None]


def ignore_progress(_rows: int) -> None:
    """For callers who show none."""


def preview(
    session: Session,
    actor: Actor,
    table: Table,
    kind_name: str,
    *,
    mapping: Mapping[str, str] | None = None,
    source: str = DEFAULT_SOURCE,
    advance: Advance = ignore_progress,
) -> Preview:
    """What importing `table` would do now. `mapping` says which header is which field; `source` whose keys these are.

    `advance` is called with the number of rows done since the last call.
    """
    require(actor, Permission.IMPORT)
    kind = get_kind(kind_name)
    headers = headers_of.recognise(table.headers, kind, mapping or {})
    reference = load_reference(session, source=source)
    parser = RowParser(headers, table.headers, kind.parts, reference)
    planner = Planner(kind, reference, source, _belongings(session, kind, source))
    for row in table.rows:
        planner.plan(parser.parse(row))
        advance(1)
    _check_required(kind, {column.name for column in headers.columns.values()}, planner.drafts)
    rows, problems = finish_drafts(session, planner.drafts)
    return Preview(
        kind=kind,
        file_name=table.file_name,
        sha256=table.sha256,
        source=source,
        rows=rows,
        problems=tuple(sorted([*planner.problems, *problems], key=lambda problem: problem.row)),
        repeated=tuple(planner.repeated),
        ignored_headers=headers.ignored,
        earlier_batch=_earlier_batch(session, kind, table),
    )


def _belongings(session: Session, kind: TableKind, source: str) -> Belongings:
    model = kind.parts[-1].model
    if model is Organisation:
        return Belongings(source, ("name_zh", "name_en"))
    return load_belongings(session, model, source=source)


def _earlier_batch(session: Session, kind: TableKind, table: Table) -> UUID | None:
    """The batch that brought in this very file whole, so that nothing is left to do."""
    same = select(ImportBatch.id).where(ImportBatch.sha256 == table.sha256, ImportBatch.kind == kind.name)
    whole = same.where(ImportBatch.state == ImportState.APPLIED, ImportBatch.skipped == 0)
    return session.exec(whole.order_by(col(ImportBatch.created_at).desc())).first()


def _check_required(kind: TableKind, present: set[str], drafts: list[Draft]) -> None:
    """A required column that is not there at all is one error, not one for each row."""
    if not any(record.is_new for draft in drafts for record in draft.records):
        return
    for column in kind.columns:
        if column.is_required and column.name not in present:
            raise ImportRefused("missing_column", column=f"{column.zh} / {column.en}")


@dataclass
class Planner:
    """Row after row, finds the record that each means; earlier rows count like records of the registry."""

    kind: TableKind
    reference: Reference
    source: str
    belongings: Belongings
    drafts: list[Draft] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)
    seen: dict[UUID, tuple[int, Mapping[str, Any]]] = field(default_factory=dict)

    def plan(self, row: ParsedRow) -> None:
        draft = Draft(row.number, _label(self.kind, row))
        try:
            if not row.problems:
                self._identify(row, draft)
        except CellProblem as problem:
            row.refuse(problem)
        if row.problems:
            self.problems += row.problems
        elif not draft.records:
            self.repeated.append(row.number)
        else:
            self._remember(draft)
            self.drafts.append(draft)

    def _identify(self, row: ParsedRow, draft: Draft) -> None:
        owner: UUID | None = None
        for part in self.kind.parts:
            values = row.values[part.record_type]
            if part.model is Organisation:
                owner = self._add_organisation(draft, part, values)
            else:
                self._add_belonging(row, draft, part, values, owner)

    def _add_organisation(self, draft: Draft, part: Part, values: dict[str, Any]) -> UUID:
        found = match_organisation(self.reference.organisations, values)
        if found is not None:
            self.reference.organisations.without_former(values)
        if found is None and not (values.get("name_zh") or values.get("name_en")):
            raise CellProblem("needs_a_name")
        if len(self.kind.parts) > 1:
            values.setdefault("kind", OrganisationKind.FUND)
        return self._add(draft, part, values, found, owner=None)

    def _add_belonging(
        self, row: ParsedRow, draft: Draft, part: Part, values: dict[str, Any], owner: UUID | None
    ) -> None:
        if owner is not None:
            values["organisation_id"] = owner
        found = self._match_mandate(values, owner, row) if owner else self.belongings.match(values)
        if found is not None and values.get("organisation_id") is None:
            values["organisation_id"] = self.belongings.owner_of[found]
        if values.get("organisation_id") is None:
            raise CellProblem("unknown_organisation")
        self._add(draft, part, values, found, owner=values["organisation_id"])

    def _match_mandate(self, values: dict[str, Any], owner: UUID, row: ParsedRow) -> UUID | None:
        """A row that names no mandate means the fund's only one, else one that is called like the fund."""
        if values.get("name_zh") or values.get("name_en"):
            return self.belongings.match(values)
        if not values.get("source_key") and (only := self.belongings.only_one_of(owner)):
            return only
        found = self.belongings.match(values)
        if found is None:
            fund = row.values[self.kind.parts[0].record_type]
            values |= {name: fund[name] for name in ("name_zh", "name_en") if fund.get(name)}
            values.setdefault("name_zh", self.reference.organisations.name_of.get(owner, ""))
            found = self.belongings.match(values)
        return found

    def _add(self, draft: Draft, part: Part, values: dict[str, Any], found: UUID | None, *, owner: UUID | None) -> UUID:
        record_id = found or new_id()
        if values.get("source_key"):
            values["source"] = self.source
        earlier = self.seen.get(record_id)
        if earlier and any(earlier[1].get(name) != value for name, value in values.items()):
            raise CellProblem("repeats_row", row=earlier[0])
        if not earlier:
            draft.records.append(DraftRecord(part, record_id, owner or record_id, values, is_new=found is None))
        return record_id

    def _remember(self, draft: Draft) -> None:
        for record in draft.records:
            self.seen[record.record_id] = (draft.number, dict(record.values))
            if record.part.model is Organisation:
                self.reference.organisations.add(record.record_id, record.values)
            else:
                self.belongings.add(record.record_id, record.values)


def _label(kind: TableKind, row: ParsedRow) -> str:
    values = {name: value for part in reversed(kind.parts) for name, value in row.values[part.record_type].items()}
    names = ("title_zh", "title_en", "name_zh", "name_en", "uscc", "source_key")
    return str(next((values[name] for name in names if values.get(name)), ""))
