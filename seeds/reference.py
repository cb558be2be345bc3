"""Reference data: from the CSV files beside this module into the tables, again and again with the same result."""

import csv
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid5

import sqlalchemy as sa
from pydantic import ValidationError
from sqlmodel import Session, SQLModel, select

from matchmaker.errors import InvalidInput
from matchmaker.services.indicators.catalogue import read_formula
from matchmaker.services.rule_sets.figures import read_figures
from models.audit import RetentionRule
from models.chain import ChainLimit
from models.challenges import ClarityLimit, VagueWord
from models.consortia import PairingWay
from models.desk import StageTemplate
from models.enums import IndicatorUnit, RuleKind, ScopeKind
from models.exposure import ExposurePolicy
from models.funds import ClauseDefault, TypicalFund
from models.indicators import Indicator
from models.interest import DeclineEffect
from models.opening import OpeningCriterion
from models.outcomes import BaseRate
from models.registry import FreshnessLimit, ReviewCriterion, ReviewPolicy, ReviewReason
from models.rules import ClarityCriterion, CompositionRule, RuleSet
from models.taxonomy import (
    Capability,
    CertificationScheme,
    Chain,
    ChainLink,
    ChainNode,
    Cluster,
    DeclineMeaning,
    District,
    FieldGradeDefault,
    Industry,
    OutcomeValue,
    PresetWeight,
    ReadinessLevel,
    RelayHop,
    WeightPreset,
)

FOLDER = Path(__file__).with_name("reference")
TEMPLATES = UUID("2c1d3f2a-6f0e-4c7b-9d55-0a4f4b8f7e11")
CHAINS = ("nev", "equipment", "biomedicine")
# Headers of the chains' files are shorter than our column names.
COLUMNS = {"parent": "parent_code", "upstream": "upstream_code", "downstream": "downstream_code", "node": "node_code"}


@dataclass(frozen=True)
class Row:
    """One line of a file, with the place to name when it is wrong."""

    file: str
    line: int
    values: Mapping[str, str]

    def wrong(self, column: str, reason: str) -> InvalidInput:
        return InvalidInput("reference_row", field=column, file=self.file, row=self.line, reason=reason)


@dataclass(frozen=True)
class Entry:
    """A record and the line it was read from."""

    row: Row
    record: SQLModel

    @property
    def key(self) -> tuple[Any, ...]:
        return primary_key(self.record)


@dataclass(frozen=True)
class Source:
    """A table and the files that fill it."""

    table: type[SQLModel]
    files: Sequence[str]


def _of_chains(name: str) -> tuple[str, ...]:
    return tuple(f"chains/{chain}/{name}.csv" for chain in CHAINS)


# In the order in which they refer to one another. What the files say replaces what the tables say.
TAXONOMY = (
    Source(Cluster, ("clusters.csv",)),
    Source(Chain, ("chains.csv",)),
    Source(ChainNode, _of_chains("nodes")),
    Source(ChainLink, _of_chains("links")),
    Source(Capability, _of_chains("capabilities")),
    Source(District, ("districts.csv",)),
    Source(ReadinessLevel, ("readiness.csv",)),
    Source(Industry, ("industries.csv",)),
)
# Officers and administrators edit these, so the files only add what is missing.
DEFAULTS = (
    Source(CertificationScheme, ("certifications.csv",)),
    Source(FieldGradeDefault, ("field_grades.csv",)),
    Source(WeightPreset, ("presets.csv",)),
    Source(PresetWeight, ("preset_weights.csv",)),
    Source(OutcomeValue, ("outcome_values.csv",)),
    Source(RelayHop, ("relay_hops.csv",)),
    Source(PairingWay, ("pairing_ways.csv",)),
    Source(ClauseDefault, ("clause_defaults.csv",)),
    Source(StageTemplate, ("stage_templates.csv",)),
    Source(TypicalFund, ("typical_funds.csv",)),
    Source(DeclineMeaning, ("decline_meanings.csv",)),
    Source(DeclineEffect, ("decline_effects.csv",)),
    Source(ExposurePolicy, ("exposure_policies.csv",)),
    Source(BaseRate, ("base_rates.csv",)),
    Source(VagueWord, ("vague_words.csv",)),
    Source(ClarityLimit, ("clarity_limits.csv",)),
    Source(ChainLimit, ("chain_limits.csv",)),
    Source(ClarityCriterion, ("clarity_criteria.csv",)),
    Source(ReviewPolicy, ("review_policies.csv",)),
    Source(ReviewCriterion, ("review_criteria.csv",)),
    Source(ReviewReason, ("review_reasons.csv",)),
    Source(FreshnessLimit, ("freshness_limits.csv",)),
    Source(RetentionRule, ("retention_rules.csv",)),
    Source(Indicator, ("indicators.csv",)),
    Source(OpeningCriterion, ("opening_criteria.csv",)),
    Source(RuleSet, ("rule_sets.csv",)),
    Source(CompositionRule, ("composition_rules.csv",)),
)


# Which column points at which table; all of them are checked before anything is written, so that the error names a row.
REFERENCES: Mapping[type[SQLModel], Mapping[str, type[SQLModel]]] = {
    Chain: {"cluster_code": Cluster},
    ChainNode: {"chain_code": Chain, "parent_code": ChainNode},
    ChainLink: {"upstream_code": ChainNode, "downstream_code": ChainNode},
    Capability: {"node_code": ChainNode},
    PresetWeight: {"preset_code": WeightPreset},
    CompositionRule: {"rule_set_id": RuleSet},
}

Table = TypeVar("Table", bound=SQLModel)
Entries = dict[type[SQLModel], list[Entry]]


def digest() -> str:
    """Of all files: another one where this release brings other rows."""
    total = hashlib.sha256()
    for path in sorted(FOLDER.rglob("*.csv")):
        total.update(path.relative_to(FOLDER).as_posix().encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def load_reference(session: Session) -> None:
    """Bring all reference tables to what the files say; flushes, the caller commits."""
    entries = read_reference()
    for source in TAXONOMY:
        _refresh(session, source.table, entries[source.table])
    for source in DEFAULTS:
        _add_missing(session, source.table, entries[source.table])


def read_reference() -> Entries:
    """Everything in the files as checked records; InvalidInput names file, row and column."""
    entries: Entries = {source.table: _read(source) for source in (*TAXONOMY, *DEFAULTS)}
    for table, columns in REFERENCES.items():
        for column, target in columns.items():
            _check_codes(entries[table], column, {entry.key for entry in entries[target]})
    _check_acyclic(entries[ChainLink])
    entries[ChainNode] = _parents_first(entries[ChainNode])
    return entries


def _read(source: Source) -> list[Entry]:
    entries: dict[tuple[Any, ...], Entry] = {}
    for position, row in enumerate(_rows(source.files)):
        entry = Entry(row, _record(source.table, row, position))
        if entry.key in entries:
            raise row.wrong(next(iter(row.values)), f"{'/'.join(map(str, entry.key))} is there twice")
        entries[entry.key] = entry
    return list(entries.values())


def _rows(files: Sequence[str]) -> Iterator[Row]:
    for file in files:
        with (FOLDER / file).open(encoding="utf-8", newline="") as stream:
            for line, values in enumerate(csv.DictReader(stream, strict=True), start=2):
                row = Row(file, line, values)
                if None in values or None in values.values():
                    raise row.wrong("", "the number of columns differs from the header's")
                if not values.get("source"):
                    raise row.wrong("source", "every row says where it comes from")
                yield row


def _record(table: type[SQLModel], row: Row, position: int) -> SQLModel:
    fields = table.model_fields
    values: dict[str, Any] = {COLUMNS.get(name, name): value for name, value in row.values.items()}
    for name in values.keys() - fields.keys() - {"source"} - ({"family"} if table is CompositionRule else set()):
        raise row.wrong(name, f"{table.__name__} has no such column")
    # An empty cell is an unknown: the table's default, or an error where the table wants a value.
    values = {name: value for name, value in values.items() if name in fields and value != ""}
    if "position_in_list" in fields:
        values["position_in_list"] = position
    if table is ChainNode:
        values["chain_code"] = row.file.split("/")[1]
    if table is Indicator:
        values |= _indicator_values(row)
    if table is RuleSet:
        values["id"] = template_id(values["family"])
    if table is CompositionRule:
        values |= _rule_values(row, position)
    try:
        return table.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        raise row.wrong(str(first["loc"][0]), first["msg"]) from error


def template_id(family: str) -> UUID:
    """Templates have the same id in every instance, so that loading them again adds none twice."""
    return uuid5(TEMPLATES, family)


def _rule_values(row: Row, position: int) -> dict[str, Any]:
    """A rule belongs to the set of its family; its figures are JSON, as they are stored."""
    family, kind = row.values["family"], row.values["kind"]
    try:
        arguments = json.loads(row.values["arguments"])
        read_figures(RuleKind(kind), arguments)
    except ValueError as error:
        raise row.wrong("arguments", str(error)) from error
    key = uuid5(TEMPLATES, f"{family}/{position}")
    return {"id": key, "rule_set_id": template_id(family), "arguments": arguments, "position": position}


def _indicator_values(row: Row) -> dict[str, Any]:
    """The formula is a tree, held against the fields that there are."""
    try:
        formula = json.loads(row.values["formula"])
        read_formula(formula, IndicatorUnit(row.values["unit"]))
        scopes = [ScopeKind(code).value for code in row.values["scopes"].split("|")]
    except (ValueError, InvalidInput) as error:
        raise row.wrong("formula", str(error)) from error
    return {"formula": formula, "scopes": scopes}


def _check_codes(entries: Sequence[Entry], column: str, known: set[tuple[Any, ...]]) -> None:
    for entry in entries:
        code = getattr(entry.record, column)
        if code is not None and (code,) not in known:
            raise entry.row.wrong(column, f"{code} is not known")


def _check_acyclic(links: Sequence[Entry]) -> None:
    suppliers: dict[str, set[str]] = {}
    for entry in links:
        upstream, downstream = entry.key
        suppliers.setdefault(downstream, set()).add(upstream)
    try:
        tuple(TopologicalSorter(suppliers).static_order())
    except CycleError as error:
        cycle = error.args[1]
        row = next(entry.row for entry in links if entry.key in pairwise(cycle))
        raise row.wrong("downstream", f"supplies itself: {' > '.join(cycle)}") from error


def _parents_first(nodes: Sequence[Entry]) -> list[Entry]:
    parents: dict[str, set[str]] = {}
    for entry in nodes:
        parent = getattr(entry.record, "parent_code", None)
        parents[entry.key[0]] = {parent} if parent else set()
    by_code = {entry.key[0]: entry for entry in nodes}
    return [by_code[code] for code in TopologicalSorter(parents).static_order()]


def _refresh(session: Session, table: type[SQLModel], entries: Sequence[Entry]) -> None:
    present = {primary_key(record): record for record in session.exec(select(table))}
    for entry in entries:
        known = present.get(entry.key)
        if known is None:
            session.add(entry.record)
            continue
        for name in table.model_fields:
            value = getattr(entry.record, name)
            if getattr(known, name) != value:
                setattr(known, name, value)
    session.flush()


def _add_missing(session: Session, table: type[SQLModel], entries: Sequence[Entry]) -> None:
    present = {primary_key(record) for record in session.exec(select(table))}
    session.add_all(entry.record for entry in entries if entry.key not in present)
    session.flush()


def records_of(entries: Entries, table: type[Table]) -> list[Table]:
    """The records of one table, in the order of its files."""
    return [entry.record for entry in entries[table] if isinstance(entry.record, table)]


def primary_key(record: SQLModel) -> tuple[Any, ...]:
    return tuple(getattr(record, column.name) for column in sa.inspect(type(record)).primary_key)
