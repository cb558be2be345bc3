"""What a formula may name, for whoever shows or writes one; and whether the codes in one are there."""

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from matchmaker.chain.fields import BY_CODE, CATALOGUE, HELD, SINGLE, FieldShape, Listed, RegistryField
from matchmaker.chain.formula import (
    All,
    Any_,
    Comparison,
    Condition,
    Formula,
    Has,
    Not,
    comparisons,
    read_formula,
    write_formula,
)
from matchmaker.errors import InvalidInput
from models.base import columns_of
from models.enums import CountedRecord
from models.taxonomy import CertificationScheme, Chain, ChainNode, District, Industry

__all__ = [
    "BY_CODE",
    "CATALOGUE",
    "HELD",
    "SINGLE",
    "All",
    "Any_",
    "Comparison",
    "Condition",
    "FieldShape",
    "Formula",
    "Has",
    "Listed",
    "Not",
    "RegistryField",
    "amounts_of",
    "check_codes",
    "comparisons",
    "fields_of",
    "list_names",
    "read_formula",
    "reads_open_fields",
    "write_formula",
]

TABLES: Mapping[Listed, Any] = {
    Listed.DISTRICTS: District,
    Listed.INDUSTRIES: Industry,
    Listed.SCHEMES: CertificationScheme,
    Listed.CHAINS: Chain,
    Listed.NODES: ChainNode,
}
Names = Mapping[Listed, Mapping[str, tuple[str, str]]]


def fields_of(record: CountedRecord) -> list[RegistryField]:
    return list(CATALOGUE[record])


def amounts_of(record: CountedRecord) -> list[RegistryField]:
    """The fields of which a sum or a mean says something."""
    return [field for field in CATALOGUE[record] if field.is_amount]


def list_names(session: Session) -> Names:
    """Both names of every row that a formula may name, in the order of its list."""
    found: dict[Listed, dict[str, tuple[str, str]]] = {}
    for listed, table in TABLES.items():
        rows = columns_of(table)
        wanted = sa.select(rows.code, rows.name_zh, rows.name_en).order_by(rows.position_in_list, rows.code)
        found[listed] = {row.code: (row.name_zh, row.name_en) for row in session.execute(wanted)}
    # Sections are letters with names of their own, which the web knows.
    found[Listed.SECTIONS] = {code: (code, code) for code in sorted({code[0] for code in found[Listed.INDUSTRIES]})}
    return found


def check_codes(session: Session, formula: Formula) -> None:
    """InvalidInput names the codes that no list has."""
    names = list_names(session)
    strange = sorted(set(_strange(formula, names)))
    if strange:
        raise InvalidInput("unknown_codes", field="formula", codes=strange)


def _strange(formula: Formula, names: Names) -> Iterator[str]:
    for record, comparison in comparisons(formula):
        listed = BY_CODE[record][comparison.field].codes
        if isinstance(listed, Listed) and isinstance(comparison.value, tuple):
            yield from (code for code in comparison.value if code not in names[listed])


def reads_open_fields(formula: Formula, open_fields: frozenset[str]) -> bool:
    """Whether everything that it reads of a profile is open to everybody."""
    graded = {BY_CODE[record][comparison.field].graded_by for record, comparison in comparisons(formula)}
    if formula.amount is not None:
        graded.add(BY_CODE[formula.count][formula.amount].graded_by)
    return not {field for field in graded if field} - open_fields
